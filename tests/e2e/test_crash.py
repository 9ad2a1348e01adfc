"""The app is killed in the middle of a refresh: it goes on by itself, and readers never notice."""

from __future__ import annotations

import threading
from collections import Counter
from pathlib import Path
from uuid import uuid4

import pytest
from azure.data.tables import TableServiceClient

from cache import GitHubCache
from github_standin.portfolio import many_repositories
from github_standin.server import GitHubServer, StandIn
from tests.e2e.shared_app import running_app
from tools.host_process import HostProcess, ended, refreshed, wait_for

pytestmark = pytest.mark.server
OWNER = "octo"
REPOSITORIES = 100
BATCH_SIZE = 10
# How many requests GitHub answers before each kill: amid the listing, right after it, within a
# batch, and after one or two more. A batch needs 20 requests.
KILL_AFTER_REQUESTS = (1, 2, 12, 45, 25)
DEADLINE_S = 120


class Reader(threading.Thread):
    """Reads the portfolio from the table again and again, as another instance of the app would."""

    def __init__(self, table: TableServiceClient, name: str) -> None:
        super().__init__(daemon=True)
        self._cache = GitHubCache(table.get_table_client(name), recheck_after_s=0.0)
        self._stopping = threading.Event()
        self.versions: list[dict[str, str]] = []  # the READMEs of every version, in order

    def run(self) -> None:
        while not self._stopping.wait(0.1):
            self.read()

    def stop(self) -> None:
        """Stop, and read the last version."""
        self._stopping.set()
        self.join()
        self.read()

    def read(self) -> None:
        """Note the portfolio if it is another version than the last one."""
        portfolio = self._cache.portfolio(OWNER)
        assert portfolio is not None
        assert ("complete", 0) == (portfolio.state, portfolio.lost)
        version = {name: bundle["readme"] for name, bundle in portfolio.by_name().items()}
        if version not in self.versions[-1:]:
            self.versions.append(version)


def trees(standin: StandIn, since: int) -> Counter[str]:
    """Count the fetches of each repository, from request number `since` on."""
    return Counter(
        request.path.split("/")[3]
        for request in standin.requests[since:]
        if "/git/trees/" in request.path and request.status == 200
    )


@pytest.mark.timeout(4 * DEADLINE_S)
def test_killed_again_and_again_a_refresh_completes_and_readers_see_whole_portfolios(
    azurite, tmp_path: Path
):
    user = many_repositories(OWNER, REPOSITORIES)
    table = f"t{uuid4().hex[:12]}"
    before = {
        name: repository.files["README.md"][1].decode()
        for name, repository in user.repositories.items()
    }
    after = {name: f"# {name}, again" for name in user.repositories}
    with (
        TableServiceClient.from_connection_string(azurite.connection_string) as tables,
        GitHubServer(StandIn(user, latency_s=0.02)) as github,
    ):
        standin = github.standin

        def app() -> HostProcess:
            return running_app(
                azurite,
                github,
                tmp_path,
                GITHUB_USERNAMES=OWNER,
                GITHUB_REQUESTS_PER_MINUTE="0",
                REFRESH_BATCH_SIZE=str(BATCH_SIZE),
                CACHE_TABLE=table,
            )

        def kill_after(host: HostProcess, requests: int) -> None:
            reached = len(standin.requests) + requests
            wait_for(
                lambda: len(standin.requests) >= reached or ended(host, OWNER),
                f"{requests} requests",
                DEADLINE_S,
            )
            host.kill()

        reader = Reader(tables, table)
        with app() as host:
            refreshed(host, OWNER)
            reader.read()
            reader.start()
            for repository in user.repositories.values():
                repository.push({"README.md": after[repository.name]}, "2026-11-01T00:00:00Z")
            requests = len(standin.requests)
            host.post("/api/refresh", {})
            kill_after(host, KILL_AFTER_REQUESTS[0])
        for number in KILL_AFTER_REQUESTS[1:]:
            with app() as host:  # nobody starts anything: the refresh goes on by itself
                kill_after(host, number)
        with app() as host:
            progress = wait_for(lambda: ended(host, OWNER), "end of the refresh", DEADLINE_S)
        reader.stop()

    assert ("completed", REPOSITORIES, 0) == tuple(
        progress[key] for key in ("state", "done", "failed")
    )
    # Batch by batch, each repository changes once, from the old bundle to the new one.
    assert [before, after] == [reader.versions[0], reader.versions[-1]]
    changed: set[str] = set()
    for version in reader.versions:
        changed_before = changed
        changed = {name for name, readme in version.items() if readme == after[name]}
        assert version == before | {name: after[name] for name in changed}
        assert changed_before <= changed
    assert len(reader.versions) > 2
    fetched = trees(standin, requests)
    assert set(user.repositories) == set(fetched)
    # A kill costs no more than the repositories that were in flight.
    assert sum(fetched.values()) - REPOSITORIES <= len(KILL_AFTER_REQUESTS) * BATCH_SIZE
