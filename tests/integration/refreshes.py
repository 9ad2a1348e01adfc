"""Refreshes of one portfolio without Durable: the activities, in the orchestrator's order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from activities.fetch import fetch_bundle
from activities.plan import plan_refresh
from activities.publish import run_publish
from cache import GitHubCache, Portfolio
from github_repo_manager import GitHubRepoManager
from github_standin.portfolio import many_repositories
from github_standin.server import GitHubServer
from models import iso_utc
from settings import Settings


class Process:
    """A process of the app: its settings, its memory and its connections."""

    def __init__(self, github: GitHubServer, table: Any, owner: str, **env: str) -> None:
        self.options = Settings.from_env(
            {
                "GITHUB_USERNAMES": owner,
                "GITHUB_TOKEN": "t",
                "GITHUB_API_URL": github.url,
                "AzureWebJobsStorage": "UseDevelopmentStorage=true",
                **env,
            }
        )
        self.owner = owner
        self.cache = GitHubCache(table)
        self.manager = GitHubRepoManager(
            token=self.options.github_token,
            base_url=self.options.github_api_url,
            include_forks=self.options.include_forks,
            include_archived=self.options.include_archived,
            include_private=self.options.include_private,
        )

    def plan(self, **request: Any) -> Any:
        """Run GetRepoNamesActivity; fail unless it plans."""
        planned: Any = plan_refresh(
            self.manager,
            self.cache,
            self.options,
            {"username": self.owner, **request},  # type: ignore[typeddict-item]
            datetime.now(UTC),
        )
        assert "error" not in planned, planned
        return planned

    def fetch(self, planned: Any, name: str) -> Any:
        """Run FetchRepoContextBundleActivity."""
        return fetch_bundle(
            self.manager,
            self.cache,
            {"username": self.owner, "repo_name": name, "listing_id": planned["listing_id"]},
        )

    def publish(self, planned: Any, started_at: str, *results: Any, ended: bool) -> Any:
        """Run PublishPortfolioActivity with the results of fetches."""
        failed: dict[str, list[str]] = {}
        for result in results:
            if "error" in result:
                failed.setdefault(result["error"], []).append(result["repo_name"])
        return run_publish(
            self.cache,
            {
                "username": self.owner,
                "listing_id": planned["listing_id"],
                "started_at": started_at,
                "saved": [result["saved"] for result in results if "error" not in result],
                "failed": failed,
                "deliveries": planned["deliveries"] if ended else [],
                "ended": ended,
            },
            datetime.now(UTC),
        )

    def refresh(self, **request: Any) -> list[str]:
        """Run a refresh in batches of one repository; return the names that it fetched."""
        started_at = iso_utc(datetime.now(UTC))
        planned = self.plan(**request)
        results: list[Any] = []
        for name in planned["names"]:
            if results:
                self.publish(planned, started_at, *results, ended=False)
            results = [self.fetch(planned, name)]
        ended = self.publish(planned, started_at, *results, ended=True)
        assert isinstance(ended, list), ended
        names: list[str] = planned["names"]
        return names


@contextmanager
def process(github: GitHubServer, table: Any, owner: str, **env: str) -> Iterator[Process]:
    """Run a process of the app."""
    running = Process(github, table, owner, **env)
    try:
        yield running
    finally:
        running.manager.close()


def read(table: Any, owner: str) -> Portfolio:
    """Return what a reader sees whose memory is empty."""
    portfolio = GitHubCache(table, show_private=True).portfolio(owner)
    assert portfolio is not None
    return portfolio


def readmes(table: Any, owner: str) -> dict[str, str]:
    """Return the beginnings of the READMEs that such a reader sees."""
    return {name: bundle["readme"][:12] for name, bundle in read(table, owner).by_name().items()}


def assert_whole(table: Any, owner: str, expected: dict[str, str]) -> None:
    """Check that a reader sees these READMEs, complete, and that the table has no row too many."""
    portfolio = read(table, owner)
    assert expected == readmes(table, owner)
    assert ("complete", 0, True) == (portfolio.state, portfolio.lost, portfolio.finished)
    assert [None] * len(expected) == [bundle["stale_reason"] for bundle in portfolio.bundles]
    keys = [row["RowKey"] for row in table.list_entities(select=["RowKey", "PartitionKey"])]
    assert len(expected) == sum(key.startswith("repo:") for key in keys)


def fetches(github: GitHubServer, owner: str, since: int = 0) -> Counter[str]:
    """Count the fetches of each repository at GitHub, from request number `since` on."""
    return Counter(
        request.path.split("/")[3]
        for request in github.standin.requests[since:]
        if request.path.startswith(f"/repos/{owner}/")
        and "/git/trees/" in request.path
        and request.status == 200
    )


def new_user(github: GitHubServer, owner: str, repositories: int) -> Any:
    """Create a user of GitHub with repositories `project-0000` and so on."""
    user = github.standin.users[owner] = many_repositories(owner, repositories)
    return user
