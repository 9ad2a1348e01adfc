"""The refresh, against a GitHub that takes 80 ms a request, without pacing."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.app_process import WORKER_THREADS, running_app
from benchmarks.github import LOGIN, GitHubProcess
from benchmarks.rows import Row
from bundles import Selection, Tree
from github_api.content import REST_LIMITS
from github_repo_manager import GitHubRepoManager
from localhost.azurite import Azurite
from tools.host_process import HostProcess, ended, http, refreshed

LATENCY_S = 0.08
RUNS = 4


def measure() -> Iterator[Row]:
    """Time a cold refresh, an unchanged one, one with a change, and one of ten times the size."""
    with Azurite(None) as azurite, GitHubProcess(100, LATENCY_S) as github:
        cold_s, pool_s = [], []
        # The app and the pool run by turns, because the machine may be busy for a while. Neither
        # starts a process or imports anything, but for the first time.
        with running_app(github, azurite) as host:
            for _ in range(RUNS):
                pool_s.append(_seconds(lambda: bare_pool(github.url)))
                http("DELETE", f"{host.url}/api/cache/{LOGIN}")
                before = github.requests()
                cold_s.append(_refresh_s(host))
                each = (github.requests() - before) / 100
            yield Row("requests a changed repository, with a token", each, 2.35, "")
            yield from _incremental(host, github)
        yield Row("cold refresh of 100 / a bare thread pool", min(cold_s) / min(pool_s), 0.9, "×")
        sequential_s = _seconds(lambda: one_by_one(github.url))
        yield Row(
            "one after the other / cold refresh of 100", sequential_s / min(cold_s), 30, "×", True
        )
        with (
            GitHubProcess(1000, LATENCY_S) as thousand,
            running_app(thousand, azurite) as host,
        ):
            thousand_s = _refresh_s(host)
            ratio = (thousand_s / 1000) / (min(cold_s) / 100)
            yield Row("seconds a repository, 1,000 / 100", ratio, 1.2, "×")
            yield Row("resident memory after 1,000", _resident_mb(host), 250, "MB")


def _incremental(host: HostProcess, github: GitHubProcess) -> Iterator[Row]:
    before = github.requests()
    unchanged_s = min(_refresh_s(host) for _ in range(RUNS))
    yield Row("nothing changed of 100", (github.requests() - before) / RUNS, 1, "requests")
    yield Row("nothing changed of 100", unchanged_s, 0.3, "s")
    github.push("project-0050")
    before = github.requests()
    refreshed(host, LOGIN)
    yield Row("one changed of 100", github.requests() - before, 4, "requests")


def _refresh_s(host: HostProcess) -> float:
    """Return the seconds from the start by HTTP to the published end.

    Looks rarely, because a look takes the app some milliseconds, and reads the end from the progress.
    """
    began = time.time()
    assert host.post("/api/refresh", {}).status == 202
    while (progress := ended(host, LOGIN)) is None:
        time.sleep(0.25)
    return datetime.fromisoformat(progress["finished_at"]).timestamp() - began


def one_by_one(url: str) -> list[Any]:
    """Fetch every bundle with the sequential `get_all_repos_with_context`."""
    manager = GitHubRepoManager(
        token="benchmark",
        base_url=url,
        include_forks=False,
        include_archived=True,
        include_private=False,
    )
    return list(manager.get_all_repos_with_context(LOGIN))


def bare_pool(url: str) -> list[Any]:
    """Make the same requests with PyGithub on as many threads as the app has, and store nothing."""
    from github import Auth, Github

    local = threading.local()

    def client() -> Github:
        if not hasattr(local, "github"):
            local.github = Github(
                auth=Auth.Token("benchmark"), base_url=url, retry=None,
                seconds_between_requests=None, seconds_between_writes=None, per_page=100, lazy=True,
            )  # fmt: skip
        github: Github = local.github
        return github

    with ThreadPoolExecutor(WORKER_THREADS) as pool:

        def submit(call: Callable[[Any], Any], name: str) -> Any:
            return pool.submit(lambda: call(client().get_repo(f"{LOGIN}/{name}")))

        names = [repository.name for repository in client().get_user(LOGIN).get_repos()]
        first_round_trip = [
            (
                name,
                submit(lambda repository: repository.get_languages(), name),
                submit(lambda repository: repository.get_git_tree("main", recursive=True), name),
            )
            for name in names
        ]
        second_round_trip = []
        for name, languages, git_tree in first_round_trip:
            languages.result()
            raw = git_tree.result().raw_data
            tree = Tree(raw["sha"], raw["tree"], raw["truncated"])
            wanted = Selection(tree, REST_LIMITS).wanted({})
            second_round_trip += [submit(partial(_blob, sha), name) for sha in wanted.files]
        return [base64.b64decode(blob.result()) for blob in second_round_trip]


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
