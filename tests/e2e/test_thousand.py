"""A thousand repositories: bounded memory, bounded histories."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from github_standin.portfolio import many_repositories
from github_standin.server import GitHubServer, StandIn
from tools.host_process import ended, wait_for

pytestmark = pytest.mark.server
OWNER = "octo"


@pytest.fixture
def thousand() -> Iterator[GitHubServer]:
    """A thousand repositories."""
    standin = StandIn(many_repositories(OWNER, 1000))
    standin.limit = standin.remaining = 15_000  # more than an hour of the usual 5,000
    with GitHubServer(standin) as server:
        yield server


def test_a_thousand_repositories_are_refreshed_within_bounds(thousand, start_app, tmp_path: Path):
    host = start_app(
        GITHUB_USERNAMES=OWNER, GITHUB_API_URL=thousand.url, GITHUB_REQUESTS_PER_MINUTE="0"
    )

    host.post("/api/refresh", {})
    progress = wait_for(lambda: ended(host, OWNER), "end of the refresh", 100)

    assert ("completed", 1000, 0) == tuple(progress[key] for key in ("state", "done", "failed"))
    assert 10 + 5 * 1000 == progress["requests"] == len(thousand.standin.requests)
    database = sqlite3.connect(tmp_path / "state" / "durable.db")
    sizes = database.execute("SELECT SUM(LENGTH(event)) FROM history GROUP BY instance").fetchall()
    database.close()
    assert 41 == len(sizes)  # the refresh, and 40 batches
    assert max(size for (size,) in sizes) < 1_000_000
    returned = host.management(f"/instances/portfolio-{OWNER}").json["output"]
    assert 1000 == len({each["metadata"]["full_name"] for each in returned})
    resident = Path(f"/proc/{host.process.pid}/status").read_text().split("VmRSS:")[1].split()[0]
    assert int(resident) / 1024 < 250
    assert 1000 == len(host.get(f"/api/portfolios/{OWNER}").json["repositories"])
    asked = len(thousand.standin.requests)
    host.post("/api/refresh", {})
    again = wait_for(
        lambda: (p := ended(host, OWNER)) and p["started_at"] != progress["started_at"] and p,
        "end of the second refresh",
    )
    assert 1000 == again["unchanged"]
    assert [304] * 10 == [seen.status for seen in thousand.standin.requests[asked:]]
