"""A refresh that dies between any two writes to the table leaves a whole portfolio."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from cache import GitHubCache
from github_standin.portfolio import many_repositories
from github_standin.server import GitHubServer, StandIn
from tests.integration.refreshes import (
    assert_whole,
    fetches,
    new_user,
    process,
    read,
    readmes,
)

pytestmark = pytest.mark.server
REPOSITORIES = 4
WRITES = {
    *("create_entity", "upsert_entity", "update_entity", "submit_transaction", "delete_entity"),
}
# Health, listing, first sight, a bundle and its publishing for each repository, snapshot.
WRITES_OF_A_FIRST_REFRESH = 4 + 2 * REPOSITORIES
# Listing, two bundles and their publishing, snapshot, pruning, webhook.
WRITES_OF_A_REFRESH = 8


class ProcessDied(Exception):
    """The end of the simulated process."""


class MortalTable:
    """A table client whose process dies before the write number `dies_at`, or never."""

    def __init__(self, table: Any, dies_at: int | None) -> None:
        self._table = table
        self._dies_at = dies_at
        self.writes = 0

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._table, name)
        if name not in WRITES:
            return method

        def write(*arguments: Any, **options: Any) -> Any:
            self.writes += 1
            if self.writes == self._dies_at:
                raise ProcessDied
            return method(*arguments, **options)

        return write


@pytest.fixture(scope="module")
def github() -> Iterator[GitHubServer]:
    with GitHubServer(StandIn()) as server:
        yield server


@pytest.fixture
def owner() -> str:
    return f"octo-{uuid4().hex[:8]}"


def expected(user: Any) -> dict[str, str]:
    """Return the READMEs on GitHub."""
    return {
        name: repository.files["README.md"][1].decode()[:12]
        for name, repository in user.repositories.items()
    }


class TestFirstRefresh:
    @pytest.mark.parametrize("dies_at", range(1, WRITES_OF_A_FIRST_REFRESH + 1))
    def test_that_dies_at_any_write_shows_what_it_has_and_is_continued(
        self, github, table, owner, dies_at
    ):
        user = new_user(github, owner, REPOSITORIES)
        with (
            process(github, MortalTable(table, dies_at), owner) as first,
            pytest.raises(ProcessDied),
        ):
            first.refresh()

        if dies_at > 3:  # first sight is the third write
            assert set(user.repositories) == set(readmes(table, owner))
        saved = {row.saved["name"] for row in GitHubCache(table).saved_rows(owner).values()}

        with process(github, table, owner) as second:
            fetched = second.refresh()

        assert set(fetched) == set(user.repositories) - saved
        assert_whole(table, owner, expected(user))
        # Nothing is fetched twice but the repository that was in flight.
        assert sum(fetches(github, owner).values()) <= REPOSITORIES + 1

    def test_makes_few_writes(self, github, table, owner):
        new_user(github, owner, REPOSITORIES)
        counting = MortalTable(table, None)

        with process(github, counting, owner) as running:
            running.refresh()

        assert WRITES_OF_A_FIRST_REFRESH == counting.writes


class TestRefresh:
    @pytest.fixture
    def user(self, github, table, owner) -> Any:
        """A published portfolio; since then a repository was deleted, one pushed, one created."""
        user = new_user(github, owner, REPOSITORIES)
        with process(github, table, owner) as running:
            running.refresh()
        del user.repositories["project-0001"]
        user.repositories["project-0002"].push({"README.md": "# new"}, "2026-11-01T00:00:00Z")
        user.add(many_repositories(owner, REPOSITORIES + 1).repositories["project-0004"])
        GitHubCache(table).record_delivery(owner, "d-1", ["project-0002"], datetime.now(UTC))
        return user

    @pytest.mark.parametrize("dies_at", range(1, WRITES_OF_A_REFRESH + 1))
    def test_that_dies_at_any_write_leaves_a_whole_portfolio(
        self, github, table, owner, user, dies_at
    ):
        before, after = readmes(table, owner), expected(user)
        requests = len(github.standin.requests)

        with (
            process(github, MortalTable(table, dies_at), owner) as first,
            pytest.raises(ProcessDied),
        ):
            first.refresh()

        # Every repository is as it was or as it is, none is pending and no row is missing.
        portfolio, seen = read(table, owner), readmes(table, owner)
        assert ("complete", 0) == (portfolio.state, portfolio.lost)
        assert set(before) & set(after) <= set(seen) <= set(before) | set(after)
        assert all(readme in (before.get(name), after.get(name)) for name, readme in seen.items())

        with process(github, table, owner) as second:
            second.refresh()

        assert_whole(table, owner, after)
        assert {} == GitHubCache(table).pending_deliveries(owner)
        fetched = fetches(github, owner, requests)
        assert {"project-0002", "project-0004"} == set(fetched)
        assert sum(fetched.values()) <= 2 + 1

    def test_makes_few_writes(self, github, table, owner, user):
        counting = MortalTable(table, None)

        with process(github, counting, owner) as running:
            running.refresh()

        assert WRITES_OF_A_REFRESH == counting.writes

    def test_with_nothing_changed_writes_its_time_alone(self, github, table, owner):
        new_user(github, owner, REPOSITORIES)
        with process(github, table, owner) as running:
            running.refresh()
        counting = MortalTable(table, None)

        with process(github, counting, owner) as running:
            assert [] == running.refresh()

        assert 1 == counting.writes
