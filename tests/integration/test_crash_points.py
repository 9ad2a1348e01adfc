"""A refresh that dies between any two writes to the table leaves a whole portfolio, old or new."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from azure.data.tables import TableServiceClient

from activities.fetch import fetch_bundle
from activities.plan import plan_refresh
from activities.publish import run_publish_portfolio
from activities.save import run_save_bundles
from cache import GitHubCache
from github_repo_manager import GitHubRepoManager
from github_standin.portfolio import many_repositories
from github_standin.server import GitHubServer, StandIn
from settings import Settings

pytestmark = pytest.mark.server
REPOSITORIES = 5
WRITES = {
    *("create_entity", "upsert_entity", "update_entity", "submit_transaction", "delete_entity"),
}
# Listing, two batches of bundles, manifest, pruning, webhook.
WRITES_OF_A_REFRESH = 6


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
def standin() -> Iterator[GitHubServer]:
    with GitHubServer(StandIn()) as server:
        yield server


@pytest.fixture(scope="module")
def manager(standin) -> Iterator[GitHubRepoManager]:
    manager = GitHubRepoManager(
        token=None,
        base_url=standin.url,
        include_forks=False,
        include_archived=True,
        include_private=False,
    )
    yield manager
    manager.close()


@pytest.fixture
def table(azurite) -> Iterator[Any]:
    with TableServiceClient.from_connection_string(azurite.connection_string) as service:
        yield service.create_table(f"t{uuid4().hex[:12]}")


class Portfolio:
    """A user of GitHub and a table with the portfolio."""

    def __init__(
        self, standin: GitHubServer, manager: GitHubRepoManager, table: Any, owner: str
    ) -> None:
        self.manager = manager
        self.table = table
        self.owner = owner
        self.user = standin.standin.users[owner] = many_repositories(owner, REPOSITORIES)
        self.options = Settings.from_env(
            {
                "GITHUB_USERNAMES": owner,
                "GITHUB_API_URL": standin.url,
                "AzureWebJobsStorage": "UseDevelopmentStorage=true",
            }
        )

    def refresh(self, table: Any = None) -> None:
        """Run the activities of a refresh in the orchestrator's order."""
        cache = GitHubCache(table or self.table)
        plan: Any = plan_refresh(self.manager, cache, self.options, {"username": self.owner})
        saved = []
        for name in plan["names"]:  # batches of one repository make the most writes
            bundle: Any = fetch_bundle(
                self.manager,
                cache,
                {"username": self.owner, "repo_name": name, "listing_id": plan["listing_id"]},
            )
            saved += run_save_bundles(cache, self.owner, [bundle])
        run_publish_portfolio(
            cache,
            {
                "username": self.owner,
                "started_at": uuid4().hex,
                "saved": saved,
                "failures": [],
                "deliveries": plan["deliveries"],
            },
            datetime.now(UTC),
        )

    def readmes(self) -> dict[str, str]:
        """Return what a reader sees whose memory is empty."""
        portfolio = GitHubCache(self.table).portfolio(self.owner)
        assert portfolio is not None
        return {name: bundle["readme"][:12] for name, bundle in portfolio.by_name().items()}


@pytest.fixture
def portfolio(standin, manager, table) -> Portfolio:
    """A published portfolio; since then a repository was deleted, one pushed and one created."""
    owner = f"octo-{uuid4().hex[:8]}"
    portfolio = Portfolio(standin, manager, table, owner)
    portfolio.refresh()
    user = portfolio.user
    del user.repositories["project-0001"]
    user.repositories["project-0002"].push({"README.md": "# new"}, "2026-11-01T00:00:00Z")
    user.add(many_repositories(owner, REPOSITORIES + 1).repositories["project-0005"])
    GitHubCache(table).record_delivery(owner, "d-1", ["project-0002"], datetime.now(UTC))
    return portfolio


@pytest.mark.parametrize("dies_at", range(1, WRITES_OF_A_REFRESH + 1))
def test_a_refresh_that_dies_at_any_write_leaves_a_whole_portfolio(portfolio, table, dies_at):
    before = portfolio.readmes()
    after = {name: readme for name, readme in before.items() if name != "project-0001"}
    after |= {"project-0002": "# new", "project-0005": "# Project 5\n"}

    with pytest.raises(ProcessDied):
        portfolio.refresh(MortalTable(table, dies_at))

    assert portfolio.readmes() in (before, after)
    portfolio.refresh()
    assert after == portfolio.readmes()
    row_keys = [row["RowKey"] for row in table.list_entities(select=["RowKey"])]
    assert REPOSITORIES == sum(key.startswith("repo:") for key in row_keys)  # nothing is left over
    assert {} == GitHubCache(table).pending_deliveries(portfolio.owner)


def test_a_refresh_makes_few_writes(portfolio, table):
    counting = MortalTable(table, None)

    portfolio.refresh(counting)

    assert WRITES_OF_A_REFRESH == counting.writes
