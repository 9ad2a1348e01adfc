"""A thousand repositories: bounded memory, bounded histories."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from github_standin.portfolio import many_repositories
from github_standin.server import GitHubServer, StandIn
from tools.host_process import ended, refreshed, wait_for

pytestmark = pytest.mark.server
OWNER = "octo"
REPOSITORIES = 1000
PAGES = 10
BATCHES = 20
MAX_HISTORY_BYTES = 1_000_000
MAX_RESIDENT_MB = 250
MAX_REPEATED = 1.01
DEADLINE_S = 240  # takes 10 s on an idle machine


@pytest.mark.timeout(2 * DEADLINE_S)
def test_a_thousand_repositories_are_refreshed_within_bounds(start_app, tmp_path: Path):
    standin = StandIn(many_repositories(OWNER, REPOSITORIES))
    with GitHubServer(standin) as github:
        host = start_app(
            GITHUB_USERNAMES=OWNER, GITHUB_API_URL=github.url, GITHUB_REQUESTS_PER_MINUTE="0"
        )

        host.post("/api/refresh", {})
        progress = wait_for(lambda: ended(host, OWNER), "end of the refresh", DEADLINE_S)

        assert ("completed", REPOSITORIES, 0) == tuple(
            progress[key] for key in ("state", "done", "failed")
        )
        # An hour's quotas, 5,000 of each, are enough for thousands of repositories.
        needed = PAGES + 2 * REPOSITORIES
        # On a busy machine a request may time out, and then its repository is fetched again.
        assert needed <= len(standin.requests) <= MAX_REPEATED * needed
        assert needed <= progress["requests"] <= MAX_REPEATED * needed
        assert REPOSITORIES == host.get(f"/api/portfolios/{OWNER}").json["repos"]
        returned = host.management(f"/instances/portfolio-{OWNER}").json["output"]
        assert REPOSITORIES == len({bundle["metadata"]["name"] for bundle in returned})

        histories = history_bytes(tmp_path / "state" / "durable.db")
        # What had to be fetched again came in a batch of its own.
        repeated = len(standin.requests) - needed
        assert 1 + BATCHES <= len(histories) <= 1 + BATCHES + repeated
        assert max(histories) < MAX_HISTORY_BYTES
        assert resident_mb(host.process.pid) < MAX_RESIDENT_MB

        requests = len(standin.requests)
        assert REPOSITORIES == refreshed(host, OWNER)["unchanged"]
        assert [304] * PAGES == [request.status for request in standin.requests[requests:]]


def history_bytes(database: Path) -> list[int]:
    """Return the size of each orchestration's history."""
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute("SELECT SUM(LENGTH(event)) FROM history GROUP BY instance")
        return [size for (size,) in rows]


def resident_mb(pid: int) -> float:
    """Return the memory that a process occupies."""
    _, status = Path(f"/proc/{pid}/status").read_text().split("VmRSS:")
    return int(status.split()[0]) / 1024
