"""A refresh that dies between any two writes to the table leaves a whole portfolio, old or new."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

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
OWNER = "octo"
REPOSITORIES = 5
WRITES = ("create_entity", "upsert_entity", "update_entity", "submit_transaction", "delete_entity")


class Died(Exception):
    """The process is gone."""


class Mortal:
    """A table that dies before its `last`-th write, or never."""

    def __init__(self, table: Any, last: int | None) -> None:
        self._table = table
        self.writes = 0
        self._last = last

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._table, name)
        if name not in WRITES:
            return found

        def write(*arguments: Any, **options: Any) -> Any:
            self.writes += 1
            if self.writes == self._last:
                raise Died
            return found(*arguments, **options)

        return write


@pytest.fixture
def setting(azurite) -> Any:
    """A published portfolio, of which one repository was deleted, one pushed, one added since."""
    user = many_repositories(OWNER, REPOSITORIES)
    cache = GitHubCache.connect(
        table=f"t{uuid4().hex[:12]}",
        connection_string=azurite.connection_string,
        table_service_uri=None,
    )
    with GitHubServer(StandIn(user)) as github:
        options = Settings.from_env(
            {
                "GITHUB_USERNAMES": OWNER,
                "GITHUB_API_URL": github.url,
                "AzureWebJobsStorage": azurite.connection_string,
            }
        )
        manager = GitHubRepoManager(
            token=None,
            base_url=github.url,
            include_forks=False,
            include_archived=True,
            include_private=False,
        )
        refresh(manager, cache, options)
        del user.repositories["project-0001"]
        user.repositories["project-0002"].push({"README.md": "# new"}, "2026-11-01T00:00:00Z")
        user.add(many_repositories(OWNER, REPOSITORIES + 1).repositories["project-0005"])
        cache.record_delivery(OWNER, "d-1", ["project-0002"], datetime.now(UTC))
        yield manager, cache, options
        manager.close()


def refresh(manager: GitHubRepoManager, cache: GitHubCache, options: Settings) -> None:
    """The activities of a refresh, in the orchestrator's order."""
    started_at = uuid4().hex
    plan: Any = plan_refresh(manager, cache, options, {"username": OWNER})
    bundles: list[Any] = [
        fetch_bundle(
            manager,
            cache,
            {"username": OWNER, "repo_name": name, "listing_id": plan["listing_id"]},
        )
        for name in plan["names"]
    ]
    saved = []
    for bundle in bundles:  # batches of one: the most writes
        saved += run_save_bundles(cache, OWNER, [bundle])
    run_publish_portfolio(
        cache,
        {
            "username": OWNER,
            "started_at": started_at,
            "saved": saved,
            "failures": [],
            "deliveries": plan["deliveries"],
        },
        datetime.now(UTC),
    )


def version(cache: GitHubCache) -> dict[str, str]:
    """What a reader sees who has nothing in memory."""
    portfolio = GitHubCache(cache._table).portfolio(OWNER)
    assert portfolio is not None
    return {each["metadata"]["name"]: each["readme"][:12] for each in portfolio.bundles}


@pytest.mark.parametrize("last", range(1, 9))
def test_whatever_the_last_write_was_readers_see_a_whole_portfolio(setting, last):
    manager, cache, options = setting
    before = version(cache)
    after = {name: text for name, text in before.items() if name != "project-0001"}
    after |= {"project-0002": "# new", "project-0005": "# Project 5\n"}
    table: Any = Mortal(cache._table, last)

    try:
        refresh(manager, GitHubCache(table), options)
        died = False
    except Died:
        died = True

    assert version(cache) in (before, after)
    assert died or table.writes < last
    refresh(manager, cache, options)  # it goes on, or comes again
    assert after == version(cache)
    rows = [row["RowKey"] for row in cache._table.list_entities(select=["RowKey"])]
    assert REPOSITORIES == sum(row.startswith("repo:") for row in rows)  # nothing is left over
    assert {} == cache.pending_deliveries(OWNER)


def test_a_refresh_makes_few_writes(setting):
    manager, cache, options = setting
    table: Any = Mortal(cache._table, None)

    refresh(manager, GitHubCache(table), options)

    # Listing, two saves, manifest, pruning, the webhook.
    assert 6 == table.writes
