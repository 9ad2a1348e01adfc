"""Clients of the outside systems: created on first use, then shared by every function."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps
from threading import Lock
from typing import TypeVar

from ai_assistant import Assistant
from cache import GitHubCache
from github_repo_manager import GitHubRepoManager
from settings import settings

T = TypeVar("T")


def created_once(create: Callable[[], T]) -> Callable[[], T]:
    """Share one object between all threads, also if several ask for it first.

    `functools.cache` alone would call `create` in each of them.
    """
    created = cache(create)
    lock = Lock()

    @wraps(create)
    def shared() -> T:
        with lock:
            return created()

    shared.cache_clear = created.cache_clear  # type: ignore[attr-defined]  # as on a cached function
    return shared


@created_once
def github_cache() -> GitHubCache:
    """Return the cache of portfolios in Azure Table Storage."""
    options = settings()
    return GitHubCache.connect(
        table=options.cache_table,
        connection_string=options.storage_connection,
        table_service_uri=options.storage_table_uri,
        show_private=options.include_private,
    )


@created_once
def github_repo_manager() -> GitHubRepoManager:
    """Return GitHub's manager, with the owner's token."""
    options = settings()
    return GitHubRepoManager(
        token=options.github_token,
        base_url=options.github_api_url,
        include_forks=options.include_forks,
        include_archived=options.include_archived,
        include_private=options.include_private,
    )


@created_once
def assistant() -> Assistant:
    """Return the assistant that ranks and answers, with the owner's model if one is set."""
    return Assistant(settings())
