"""GetRepoNamesActivity: list a user's repositories and plan which to fetch."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from typing import cast

import azure.durable_functions as df

from activities.failures import failure, request_usage
from cache import GitHubCache
from clients import github_cache, github_repo_manager
from errors import GitHubError, GitHubUnavailable, RepositoryUnavailable
from github_repo_manager import MAX_REQUESTS_PER_REPOSITORY, GitHubRepoManager
from models import (
    GET_REPO_NAMES,
    PERMANENT_WARNINGS,
    Failure,
    ListedRepository,
    Listing,
    Manifest,
    RefreshInput,
    RefreshPlan,
)
from observability import Facts, logger
from settings import Settings, settings

bp = df.Blueprint()

# Above this many changed repositories, one full listing is cheaper than a request for each.
MAX_CHANGED = 20
LISTING_VERSION = 2  # raise it when the shape or the content of listings changes


@bp.activity_trigger(input_name="request", activity=GET_REPO_NAMES)
def get_repo_names(request: dict) -> dict:  # type: ignore[type-arg]  # the worker resolves plain types only
    """Plan a refresh. RefreshInput -> RefreshPlan or Failure."""
    return dict(
        plan_refresh(github_repo_manager(), github_cache(), settings(), cast(RefreshInput, request))
    )


def plan_refresh(
    manager: GitHubRepoManager, cache: GitHubCache, options: Settings, request: RefreshInput
) -> RefreshPlan | Failure:
    """Renew the listing, save it for the later steps, and plan which repositories to fetch.

    A repository is planned if its fingerprint differs from the published one, if its published
    bundle is stale for a reason that may pass, or if the request forces it. The listing is a
    conditional request if an earlier one is known. With `changed`, only the repositories that
    webhooks named are listed again.
    """
    username, force = request["username"], request.get("force", False)
    scope = listing_scope(options)
    # Read before GitHub is asked: GitHub's answer may not cover webhooks that arrive later.
    deliveries = cache.pending_deliveries(username)
    changed_names = {name for names in deliveries.values() for name in names}
    earlier = cache.load_listing(username)
    if earlier and (force or earlier["scope"] != scope):
        earlier = None
    try:
        if earlier and request.get("changed") and len(changed_names) <= MAX_CHANGED:
            listing, requests = update_listing(manager, username, earlier, changed_names)
        else:
            listing, requests = renew_listing(manager, username, earlier, scope)
    except GitHubError as error:
        return failure(manager, None, error)
    if listing is not earlier:
        cache.save_listing(username, listing)

    published = cache.load_manifest(username)
    names = names_to_fetch(listing, published[0] if published else None, force=force)
    batch_size, batches_per_minute = pace(options)
    logger.info(
        "refresh.planned %s",
        Facts(
            username=username,
            repositories=len(listing["repositories"]),
            changed=len(names),
            excluded=listing["excluded"],
            webhooks=len(deliveries),
            requests=requests,
        ),
    )
    return {
        "listing_id": listing["listing_id"],
        "total": len(listing["repositories"]),
        "names": names,
        "batch_size": batch_size,
        "batches_per_minute": batches_per_minute,
        "deliveries": sorted(deliveries),
        "usage": request_usage(manager, requests),
    }


def renew_listing(
    manager: GitHubRepoManager, username: str, earlier: Listing | None, scope: str
) -> tuple[Listing, int]:
    """List all repositories; return the listing and the number of requests.

    Returns `earlier` itself if GitHub says that nothing changed since. Raises GitHubError.
    """
    if earlier and earlier["etags"]:
        page = manager.list_repositories(username, path=earlier["path"], etags=earlier["etags"])
        if page is None:
            return earlier, len(earlier["etags"])
    else:
        page = manager.list_repositories(username)
    if page is None:
        raise GitHubUnavailable("bad_response", "GitHub answered 304 to an unconditional listing")
    return {
        "listing_id": _digest(page.repositories),
        "scope": scope,
        "path": page.path,
        "etags": page.etags,
        "repositories": page.repositories,
        "excluded": page.excluded,
    }, page.requests


def update_listing(
    manager: GitHubRepoManager, username: str, earlier: Listing, changed_names: Collection[str]
) -> tuple[Listing, int]:
    """Update the changed repositories of an earlier listing; return it and the number of requests.

    The result has no ETags: GitHub's listing as a whole may have changed in other ways. Raises
    GitHubError.
    """
    repositories = {
        listed["metadata"]["name"].lower(): listed for listed in earlier["repositories"]
    }
    for name in sorted(changed_names):
        try:
            listed: ListedRepository | None = manager.get_repository(username, name)
        except RepositoryUnavailable as error:
            if error.code != "gone":
                continue
            listed = None
        if listed and manager.includes(listed["metadata"]):
            repositories[name.lower()] = listed
        else:
            repositories.pop(name.lower(), None)
    by_name = [repositories[name] for name in sorted(repositories)]
    updated: Listing = {
        **earlier,
        "listing_id": _digest(by_name),
        "repositories": by_name,
        "etags": [],
    }
    return updated, len(changed_names)


def names_to_fetch(listing: Listing, published: Manifest | None, *, force: bool) -> list[str]:
    """Return the names of the repositories whose content must be fetched."""
    known: dict[str, str] = {}
    if published and not force:
        known = dict(published.get("gone", {}))
        for entry in published["entries"]:
            if not entry["stale"] or entry["stale"] in PERMANENT_WARNINGS:
                known[entry["name"]] = entry["fingerprint"]
    return [
        name
        for listed in listing["repositories"]
        if known.get(name := listed["metadata"]["name"]) != listed["fingerprint"]
    ]


def pace(options: Settings) -> tuple[int, int]:
    """Return the batch size and the batches a minute of one portfolio; 0 batches: no pacing.

    All portfolios may be refreshed at once and share the token, so each gets an equal part.
    """
    portfolios = max(1, len(options.github_usernames))
    batch_size = max(1, options.refresh_batch_size // portfolios)
    if not options.github_requests_per_minute:
        return batch_size, 0
    requests_per_minute = options.github_requests_per_minute // portfolios
    return batch_size, max(1, requests_per_minute // (batch_size * MAX_REQUESTS_PER_REPOSITORY))


def listing_scope(options: Settings) -> str:
    """Hash the settings that a listing depends on: ETags of another scope must not be used."""
    return _digest(
        [
            LISTING_VERSION,
            options.github_api_url,
            bool(options.github_token),
            options.include_forks,
            options.include_archived,
            options.include_private,
        ]
    )


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]
