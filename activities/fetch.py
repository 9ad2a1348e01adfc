"""FetchRepoContextBundleActivity: fetch one repository."""

from __future__ import annotations

from typing import cast

import azure.durable_functions as df

from activities.failures import failure, request_usage
from cache import GitHubCache
from clients import github_cache, github_repo_manager
from errors import GitHubError
from github_repo_manager import GitHubRepoManager
from models import FETCH_BUNDLE, Failure, FetchedBundle, FetchInput

bp = df.Blueprint()


@bp.activity_trigger(input_name="request", activity=FETCH_BUNDLE)
def fetch_repo_context_bundle(request: dict) -> dict:  # type: ignore[type-arg]  # the worker resolves plain types only
    """Fetch one repository. FetchInput -> FetchedBundle or Failure."""
    return dict(fetch_bundle(github_repo_manager(), github_cache(), cast(FetchInput, request)))


def fetch_bundle(
    manager: GitHubRepoManager, cache: GitHubCache, request: FetchInput
) -> FetchedBundle | Failure:
    """Fetch a repository as the listing describes it; ask GitHub for one that is not listed."""
    username, name = request["username"], request["repo_name"]
    requests = 0
    try:
        listed = cache.listed_repositories(username, request.get("listing_id", "")).get(name)
        if listed is None:
            listed, requests = manager.get_repository(username, name), 1
        fetched = manager.fetch_bundle(username, listed)
    except GitHubError as error:
        return failure(manager, name, error)
    return {**fetched.bundle, "usage": request_usage(manager, requests + fetched.requests)}
