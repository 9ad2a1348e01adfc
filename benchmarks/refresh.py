"""The refresh, against a GitHub that answers after 80 ms, pacing off."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.app_process import THREADS, running_app
from benchmarks.github import LOGIN, GitHubProcess
from benchmarks.rows import Row
from bundles import Tree, wanted_blobs
from github_repo_manager import GitHubRepoManager
from localhost.azurite import Azurite
from tools.host_process import HostProcess, ended, refreshed, wait_for

LATENCY_S = 0.08
RUNS = 3


def measure() -> Iterator[Row]:
    """Cold, unchanged, one changed, and ten times as many."""
    with Azurite(None) as azurite, GitHubProcess(100, LATENCY_S) as github:
        cold = []
        for run in range(RUNS):
            with running_app(github, azurite) as host:
                cold.append(_seconds(partial(_refreshed, host, 60)))
                if run == RUNS - 1:
                    yield from _incremental(host, github)
        pool = min(_seconds(lambda: bare_pool(github.url)) for _ in range(RUNS))
        yield Row("cold refresh of 100 / a bare thread pool", min(cold) / pool, 1.5, "×")
        sequential = _seconds(lambda: one_by_one(github.url))
        yield Row(
            "one after the other / cold refresh of 100", sequential / min(cold), 25, "×", True
        )
        with (
            GitHubProcess(1000, LATENCY_S) as thousand,
            running_app(thousand, azurite) as host,
        ):
            taken = _seconds(lambda: _refreshed(host, 300))
            yield Row(
                "seconds a repository, 1,000 / 100", taken / 1000 / (min(cold) / 100), 1.2, "×"
            )
            yield Row("resident memory after 1,000", _resident_mb(host), 250, "MB")


def _incremental(host: HostProcess, github: GitHubProcess) -> Iterator[Row]:
    before = github.requests()
    unchanged = min(_seconds(lambda: refreshed(host, LOGIN)) for _ in range(RUNS))
    yield Row("nothing changed of 100", (github.requests() - before) / RUNS, 2, "requests")
    yield Row("nothing changed of 100", unchanged, 0.3, "s")
    github.push("project-0050")
    before = github.requests()
    refreshed(host, LOGIN)
    yield Row("one changed of 100", github.requests() - before, 8, "requests")


def _refreshed(host: HostProcess, timeout_s: float) -> None:
    assert host.post("/api/refresh", {}).status == 202
    wait_for(lambda: ended(host, LOGIN), "end of the refresh", timeout_s)


def one_by_one(url: str) -> list[Any]:
    """`get_all_repos_with_context`: the plain sequential way."""
    manager = GitHubRepoManager(
        token="benchmark",
        base_url=url,
        include_forks=False,
        include_archived=True,
        include_private=False,
    )
    return list(manager.get_all_repos_with_context(LOGIN))


def bare_pool(url: str) -> list[Any]:
    """The same requests with PyGithub on as many threads, and nothing kept."""
    from github import Auth, Github

    local = threading.local()

    def client() -> Github:
        if not hasattr(local, "github"):
            local.github = Github(
                auth=Auth.Token("benchmark"), base_url=url, retry=None,
                seconds_between_requests=None, seconds_between_writes=None, per_page=100, lazy=True,
            )  # fmt: skip
        found: Github = local.github
        return found

    def ask(pool: ThreadPoolExecutor, call: Callable[[Any], Any], name: str) -> Any:
        return pool.submit(lambda: call(client().get_repo(f"{LOGIN}/{name}")))

    with ThreadPoolExecutor(THREADS) as pool:
        names = [repository.name for repository in client().get_user(LOGIN).get_repos()]
        first = [
            (
                name,
                ask(pool, lambda repo: repo.get_languages(), name),
                ask(pool, lambda repo: repo.get_git_tree("main", recursive=True), name),
            )
            for name in names
        ]
        second = []
        for name, languages, tree in first:
            languages.result()
            raw = tree.result().raw_data
            wanted = wanted_blobs(Tree(raw["sha"], raw["tree"], raw["truncated"]))
            second += [ask(pool, partial(_blob, sha), name) for sha in wanted.shas()]
        return [base64.b64decode(blob.result()) for blob in second]


def _blob(sha: str, repository: Any) -> str:
    content: str = repository.get_git_blob(sha).content
    return content


def _seconds(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def _resident_mb(host: HostProcess) -> float:
    status = Path(f"/proc/{host.process.pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024
