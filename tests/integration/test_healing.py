"""What the storage loses or damages, the next refresh brings back, and fetches nothing else."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from azure.data.tables import TableServiceClient, UpdateMode

from github_standin.portfolio import many_repositories
from github_standin.server import GitHubServer, StandIn
from localhost.azurite import Azurite
from models import iso_utc
from tests.e2e.shared_app import running_app
from tests.integration.refreshes import (
    Process,
    assert_whole,
    fetches,
    new_user,
    process,
    read,
    readmes,
)
from tools.host_process import ended, refreshed, wait_for

pytestmark = pytest.mark.server
REPOSITORIES = 6
LOST = ("project-0001", "project-0004")


@pytest.fixture(scope="module")
def github() -> Iterator[GitHubServer]:
    with GitHubServer(StandIn()) as server:
        yield server


@pytest.fixture
def owner(github, table) -> str:
    """A user with a complete portfolio."""
    owner = f"octo-{uuid4().hex[:8]}"
    new_user(github, owner, REPOSITORIES)
    with process(github, table, owner) as running:
        running.refresh()
    return owner


@pytest.fixture
def running(github, table, owner) -> Iterator[Process]:
    """A process that knows the portfolio only from the table."""
    with process(github, table, owner) as running:
        yield running


def rows(table: Any, owner: str, *names: str) -> list[Any]:
    """Return the rows of bundles."""
    kept = table.query_entities("PartitionKey eq @owner", parameters={"owner": owner})
    return [row for row in kept if row["RowKey"].startswith(tuple(f"repo:{n}@" for n in names))]


def write(table: Any, row: Any, mode: UpdateMode, **properties: Any) -> None:
    keys = {key: row[key] for key in ("PartitionKey", "RowKey")}
    table.upsert_entity({**keys, **properties}, mode=mode)


DAMAGES = {
    "deleted": lambda table, row: table.delete_entity(row),
    "replaced-by-garbage": lambda table, row: write(
        table, row, UpdateMode.REPLACE, v00=b"garbage", other="x"
    ),
    "garbage-in-its-value": lambda table, row: write(table, row, UpdateMode.MERGE, v00=b"garbage"),
    "of-an-older-format": lambda table, row: write(table, row, UpdateMode.MERGE, format=1),
}


class TestRows:
    @pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
    def test_of_a_published_portfolio_that_are_lost_are_fetched_again_and_no_others(
        self, table, owner, running, damage
    ):
        before = readmes(table, owner)
        for row in rows(table, owner, *LOST):
            damage(table, row)

        assert list(LOST) == running.refresh()

        assert_whole(table, owner, before)

    def test_that_are_lost_leave_metadata_which_is_marked_until_they_are_fetched(
        self, github, table, owner, running
    ):
        before = readmes(table, owner)
        started_at = iso_utc(datetime.now(UTC))
        planned = running.plan()
        for row in rows(table, owner, *LOST):
            table.delete_entity(row)

        running.publish(planned, started_at, ended=True)

        portfolio = read(table, owner)
        assert ("partial", 2, 0) == (portfolio.state, portfolio.pending, portfolio.lost)
        bundle = portfolio.by_name()[LOST[0]]
        assert ("Project number 1", "row_lost") == (
            bundle["metadata"]["description"],
            bundle["stale_reason"],
        )
        assert list(LOST) == running.refresh()
        assert_whole(table, owner, before)

    def test_that_are_lost_between_saving_and_publishing_are_not_named(
        self, github, table, owner, running
    ):
        user = github.standin.users[owner]
        for name in LOST:
            user.repositories[name].push({"README.md": "# new"}, "2026-11-01T00:00:00Z")
        before = readmes(table, owner)
        started_at = iso_utc(datetime.now(UTC))
        planned = running.plan()
        old = rows(table, owner, *LOST)
        results = [running.fetch(planned, name) for name in planned["names"]]
        for row in rows(table, owner, *LOST):
            if row["RowKey"] not in {known["RowKey"] for known in old}:
                table.delete_entity(row)

        running.publish(planned, started_at, *results, ended=True)

        assert before == readmes(table, owner)
        assert list(LOST) == running.refresh()
        assert_whole(table, owner, before | dict.fromkeys(LOST, "# new"))


@pytest.mark.parametrize("damage", ["deleted", "replaced-by-garbage"])
@pytest.mark.parametrize("row_key", ["manifest", "listing", "health", "snapshot:00"])
def test_without_any_other_row_nothing_is_fetched_again(table, owner, running, row_key, damage):
    before = readmes(table, owner)
    DAMAGES[damage](table, table.get_entity(owner, row_key))

    assert [] == running.refresh()

    assert_whole(table, owner, before)


class TestDifferentSettings:
    """Two apps over one table, of which only one shows forks."""

    @pytest.fixture
    def forks(self, github, table, owner) -> Iterator[Process]:
        repositories = github.standin.users[owner].repositories
        repositories["project-0005"].fork = True
        with process(github, table, owner, INCLUDE_FORKS="true") as forks:
            yield forks

    def test_in_turn_each_makes_the_portfolio_its_own(self, table, owner, running, forks):
        with_forks = readmes(table, owner)
        without = {name: text for name, text in with_forks.items() if name != "project-0005"}

        for _ in range(2):
            running.refresh()
            assert_whole(table, owner, without)
            assert ["project-0005"] == forks.refresh()
            assert_whole(table, owner, with_forks)

    def test_at_the_same_time_the_next_refresh_of_either_makes_it_whole(
        self, github, table, owner, running, forks
    ):
        with_forks = readmes(table, owner)
        github.standin.users[owner].repositories["project-0000"].push(
            {"README.md": "# new"}, "2026-11-01T00:00:00Z"
        )
        started = [(each, iso_utc(datetime.now(UTC)), each.plan()) for each in (running, forks)]
        for each, started_at, planned in started:
            fetched = [each.fetch(planned, name) for name in planned["names"]]
            each.publish(planned, started_at, *fetched, ended=False)
        for each, started_at, planned in started:
            each.publish(planned, started_at, ended=True)

        expected = {**with_forks, "project-0000": "# new"}
        forks.refresh()
        assert_whole(table, owner, expected)
        running.refresh()
        del expected["project-0005"]
        assert_whole(table, owner, expected)


DEADLINE_S = 90
MANY, BATCH_SIZE = 60, 10


@pytest.mark.timeout(4 * DEADLINE_S)
def test_an_emulator_that_is_killed_and_forgets_costs_no_refresh_and_the_next_one_heals(
    tmp_path: Path,
):
    owner, name = "octo", f"t{uuid4().hex[:12]}"
    user = many_repositories(owner, MANY)
    storage = Azurite(tmp_path / "tables")
    try:
        with (
            GitHubServer(StandIn(user, latency_s=0.02)) as github,
            running_app(
                storage,
                github,
                tmp_path / "state",
                GITHUB_USERNAMES=owner,
                GITHUB_REQUESTS_PER_MINUTE="0",
                REFRESH_BATCH_SIZE=str(BATCH_SIZE),
                CACHE_TABLE=name,
            ) as host,
            TableServiceClient.from_connection_string(storage.connection_string) as service,
        ):
            assert "completed" == refreshed(host, owner)["state"]
            storage.stop()  # it saves its tables
            storage = Azurite(tmp_path / "tables", port=storage.port)
            for repository in user.repositories.values():
                repository.push({"README.md": "# new"}, "2026-11-01T00:00:00Z")
            requests = len(github.standin.requests)

            host.post("/api/refresh", {"username": owner})
            wait_for(
                lambda: sum(fetches(github, owner, requests).values()) >= MANY // 2,
                "half of the fetches",
                DEADLINE_S,
            )
            os.kill(storage._process.pid, signal.SIGKILL)
            storage.stop()
            storage = Azurite(tmp_path / "tables", port=storage.port)

            progress = wait_for(lambda: ended(host, owner), "end of the refresh", DEADLINE_S)
            assert "completed" == progress["state"]
            table = service.get_table_client(name)
            assert set(user.repositories) == set(readmes(table, owner))  # it did not shrink
            assert 0 == read(table, owner).lost

            assert ("completed", 0) == (
                (progress := refreshed(host, owner))["state"],
                progress["failed"],
            )
            assert_whole(table, owner, dict.fromkeys(user.repositories, "# new"))
            served = host.get(f"/api/portfolios/{owner}").json
            assert MANY == len(served["repositories"])
    finally:
        storage.stop()
