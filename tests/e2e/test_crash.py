"""The app is killed in the middle of a refresh: it goes on by itself, and readers never notice."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from azure.data.tables import TableServiceClient

from cache import GitHubCache
from github_standin.portfolio import many_repositories
from github_standin.server import GitHubServer, StandIn
from tools.host_process import ROOT, HostProcess, ended, refreshed, wait_for

pytestmark = pytest.mark.server
OWNER = "octo"
REPOSITORIES = 200
BATCH = 25
KILLS = 6


class Reader(threading.Thread):
    """Reads the portfolio from the table all the time, as another instance of the app would."""

    def __init__(self, cache: GitHubCache) -> None:
        super().__init__(daemon=True)
        self.cache = cache
        self.seen: list[frozenset[str]] = []  # every version that was ever seen
        self.stopping = threading.Event()

    def run(self) -> None:
        while not self.stopping.is_set():
            portfolio = self.cache.portfolio(OWNER)
            version = frozenset(each["readme"] for each in portfolio.bundles) if portfolio else None
            if version is not None and (not self.seen or self.seen[-1] != version):
                self.seen.append(version)
            time.sleep(0.02)


def trees(standin: StandIn, since: int) -> Counter[str]:
    return Counter(
        seen.path.split("/")[3]
        for seen in standin.requests[since:]
        if "/git/trees/" in seen.path and seen.status == 200
    )


@pytest.mark.timeout(240)
def test_killed_at_random_moments_a_refresh_of_200_completes_and_readers_see_whole_portfolios(
    azurite, tmp_path: Path
):
    dice = random.Random(4)
    user = many_repositories(OWNER, REPOSITORIES)
    table = f"t{uuid4().hex[:12]}"
    service = TableServiceClient.from_connection_string(azurite.connection_string)
    cache = GitHubCache(service.create_table_if_not_exists(table), recheck_after_s=0.0)
    with GitHubServer(StandIn(user, latency_s=0.02)) as github:

        def app() -> HostProcess:
            env: dict[str, Any] = {
                "GITHUB_USERNAMES": OWNER,
                "GITHUB_API_URL": github.url,
                "GITHUB_REQUESTS_PER_MINUTE": "0",
                "AzureWebJobsStorage": azurite.connection_string,
                "CACHE_TABLE": table,
                "REFRESH_SCHEDULE": "0 0 0 1 1 *",
                "PYTHON_THREADPOOL_THREAD_COUNT": "32",
            }
            return HostProcess(ROOT, tmp_path, **env)

        with app() as host:
            refreshed(host, OWNER)
        published = cache.portfolio(OWNER)
        assert published is not None
        before = frozenset(each["readme"] for each in published.bundles)
        for repository in user.repositories.values():
            repository.push({"README.md": f"# {repository.name}, again"}, "2026-11-01T00:00:00Z")
        after = frozenset(f"# {name}, again" for name in user.repositories)

        reader = Reader(cache)
        reader.start()
        asked = len(github.standin.requests)
        with app() as host:
            host.post("/api/refresh", {})
            time.sleep(dice.uniform(0.05, 0.9))
            host.kill()
        for _ in range(KILLS - 1):
            with app() as host:  # nobody asks for anything: it goes on by itself
                time.sleep(dice.uniform(0.05, 0.9))
                host.kill()
        with app() as host:
            progress = wait_for(lambda: ended(host, OWNER), "end of the refresh", 60)
        time.sleep(0.1)
        reader.stopping.set()
        reader.join()

    assert ("completed", REPOSITORIES, 0) == tuple(
        progress[key] for key in ("state", "done", "failed")
    )
    assert [before, after] == reader.seen
    fetched = trees(github.standin, asked)
    assert set(user.repositories) == set(fetched)
    # A kill costs no more than what was in flight: one batch.
    assert sum(fetched.values()) - REPOSITORIES <= KILLS * BATCH
    assert max(fetched.values()) <= 1 + KILLS
