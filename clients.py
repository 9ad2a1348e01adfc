"""Clients of the outside systems: created on first use, then shared by every function."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, update_wrapper
from threading import Lock
from typing import Generic, TypeVar

from ai_assistant import Assistant
from cache import GitHubCache
from github_repo_manager import GitHubRepoManager
from refresh_client import RefreshStarter
from settings import settings

T = TypeVar("T")


class CreatedOnce(Generic[T]):
    """Create an object on the first call and share it, also if several threads call at once.

    `functools.cache` alone would call `create` in each of these threads.
    """

    def __init__(self, create: Callable[[], T]) -> None:
        update_wrapper(self, create)
        self._create = cache(create)
        self._lock = Lock()

    def __call__(self) -> T:
        with self._lock:
            return self._create()

    @property
    def is_created(self) -> bool:
        """Tell whether a call returns at once, without creating the object. Never waits."""
        return self._create.cache_info().currsize > 0

    def cache_clear(self) -> None:
        """Forget the object; the next call creates another one."""
        self._create.cache_clear()


@CreatedOnce
def github_cache() -> GitHubCache:
    """Return the cache of portfolios in Azure Table Storage."""
    options = settings()
    return GitHubCache.connect(
        table=options.cache_table,
        connection_string=options.storage_connection,
        table_service_uri=options.storage_table_uri,
        identity=options.storage_identity,
        show_private=options.include_private,
    )


@CreatedOnce
def github_repo_manager() -> GitHubRepoManager:
    """Return GitHub's manager, with the owner's token."""
    options = settings()
    return GitHubRepoManager(
        token=options.github_token,
        base_url=options.github_api_url,
        raw_url=options.github_raw_url,
        include_forks=options.include_forks,
        include_archived=options.include_archived,
        include_private=options.include_private,
    )


@CreatedOnce
def assistant() -> Assistant:
    """Return the assistant that ranks and answers, with the owner's model if one is set."""
    return Assistant(settings())


@CreatedOnce
def refresh_starter() -> RefreshStarter:
    """Return what starts the refreshes that visitors' requests find to be due."""
    return RefreshStarter()
