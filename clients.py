"""The outside systems of this process: created on first use, then shared by every function."""

from __future__ import annotations

from functools import cache

from ai_assistant import Assistant
from cache import GitHubCache
from github_repo_manager import GitHubRepoManager
from settings import settings


@cache
def github_cache() -> GitHubCache:
    """The portfolios in Azure Table Storage."""
    options = settings()
    return GitHubCache.connect(
        table=options.cache_table,
        connection_string=options.storage_connection,
        table_service_uri=options.storage_table_uri,
        show_private=options.include_private,
    )


@cache
def github_repo_manager() -> GitHubRepoManager:
    """GitHub, with the owner's token."""
    options = settings()
    return GitHubRepoManager(
        token=options.github_token,
        base_url=options.github_api_url,
        include_forks=options.include_forks,
        include_archived=options.include_archived,
        include_private=options.include_private,
    )


@cache
def assistant() -> Assistant:
    """The ranking and the answers, with the owner's model if one is set."""
    return Assistant(settings())
