"""Activities that ask GitHub. What GitHub refuses is a value, so that one repository cannot sink
the refresh."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from datetime import UTC
from functools import lru_cache
from threading import Lock
from typing import cast

import azure.durable_functions as df
from connections import github_cache, github_repo_manager

from cache import GitHubCache
from errors import GitHubError, GitHubUnavailable, RateLimited, RepositoryUnavailable
from github_repo_manager import GitHubRepoManager
from models import (
    LASTING,
    Failure,
    FetchedBundle,
    FetchInput,
    Listed,
    Listing,
    Manifest,
    Plan,
    RefreshInput,
    Usage,
)
from observability import Facts, logger
from settings import Settings, settings

bp = df.Blueprint()

REQUESTS_PER_REPOSITORY = 6  # at most: languages, tree, context, readme, two dependency manifests
# Above, one listing costs less than asking for each repository that webhooks have named.
MOST_CHANGED = 20
LISTING_VERSION = 2  # raise it when listings hold more or other things


@bp.activity_trigger(input_name="request", activity="GetRepoNamesActivity")
def get_repo_names(request: dict) -> dict:  # type: ignore[type-arg]  # the worker resolves plain types only
    """Plan a refresh: which repositories there are, and which have changed. RefreshInput -> Plan or
    Failure."""
    return dict(
        plan_refresh(github_repo_manager(), github_cache(), settings(), cast(RefreshInput, request))
    )


@bp.activity_trigger(input_name="request", activity="FetchRepoContextBundleActivity")
def fetch_repo_context_bundle(request: dict) -> dict:  # type: ignore[type-arg]
    """Fetch one repository. FetchInput -> FetchedBundle or Failure."""
    return dict(fetch_bundle(github_repo_manager(), github_cache(), cast(FetchInput, request)))


def plan_refresh(
    manager: GitHubRepoManager, cache: GitHubCache, options: Settings, request: RefreshInput
) -> Plan | Failure:
    """Renew the listing and keep it in the cache; plan what has changed since the last refresh.

    A repository is planned when its fingerprint differs from the published one, when its published
    bundle is stale for a reason that may pass, or when the request forces it. The listing is asked
    for conditionally where an earlier one is known; with `changed`, only the repositories are asked
    for that webhooks have named.
    """
    username, force = request["username"], request.get("force", False)
    scope = listing_scope(options)
    # Before GitHub is asked: what comes later is not answered by what GitHub says now.
    deliveries = cache.pending_deliveries(username)
    named = {name for names in deliveries.values() for name in names}
    earlier = cache.load_listing(username)
    if earlier and (force or earlier["scope"] != scope):
        earlier = None
    try:
        if earlier and request.get("changed") and len(named) <= MOST_CHANGED:
            listing, requests = with_changes(manager, username, earlier, named)
        else:
            listing, requests = renewed(manager, username, earlier, scope)
    except GitHubError as error:
        return failure(manager, None, error)
    if listing is not earlier:
        cache.save_listing(username, listing)

    published = cache.load_manifest(username)
    names = changed_names(listing, published[0] if published else None, force=force)
    share = max(1, len(options.github_usernames))  # all portfolios may be refreshed at once
    size = max(1, options.refresh_batch_size // share)
    pace = options.github_requests_per_minute
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
        "batch_size": size,
        "batches_per_minute": max(1, pace // share // (size * REQUESTS_PER_REPOSITORY))
        if pace
        else 0,
        "deliveries": sorted(deliveries),
        "usage": usage(manager, requests),
    }


def renewed(
    manager: GitHubRepoManager, username: str, earlier: Listing | None, scope: str
) -> tuple[Listing, int]:
    """The whole listing, `earlier` itself if GitHub says that it has not changed, and the number of
    requests."""
    if earlier and earlier["etags"]:
        page = manager.list_repositories(username, path=earlier["path"], etags=earlier["etags"])
        if page is None:
            return earlier, len(earlier["etags"])
    else:
        page = manager.list_repositories(username)
    if page is None:
        raise GitHubUnavailable("bad_response", "GitHub answered 304 to a plain listing")
    return {
        "listing_id": _digest(page.repositories),
        "scope": scope,
        "path": page.path,
        "etags": page.etags,
        "repositories": page.repositories,
        "excluded": page.excluded,
    }, page.requests


def with_changes(
    manager: GitHubRepoManager, username: str, earlier: Listing, named: Collection[str]
) -> tuple[Listing, int]:
    """The earlier listing with these repositories as they are now, and the number of requests.

    Without ETags: what GitHub's listing says by now is not known.
    """
    repositories = {each["metadata"]["name"].lower(): each for each in earlier["repositories"]}
    for name in sorted(named):
        try:
            found: Listed | None = manager.get_repository(username, name)
        except RepositoryUnavailable as error:
            if error.code != "gone":
                continue
            found = None
        if found and manager.includes(found["metadata"]):
            repositories[name.lower()] = found
        else:
            repositories.pop(name.lower(), None)
    ordered = [repositories[name] for name in sorted(repositories)]
    changed: Listing = {
        **earlier,
        "listing_id": _digest(ordered),
        "repositories": ordered,
        "etags": [],
    }
    return changed, len(named)


def changed_names(listing: Listing, published: Manifest | None, *, force: bool) -> list[str]:
    """Names of the repositories whose content must be asked for."""
    known: dict[str, str] = {}
    if published and not force:
        known = dict(published.get("gone", {}))
        for entry in published["entries"]:
            if not entry["stale"] or entry["stale"] in LASTING:
                known[entry["name"]] = entry["fingerprint"]
    return [
        name
        for listed in listing["repositories"]
        if known.get(name := listed["metadata"]["name"]) != listed["fingerprint"]
    ]


def fetch_bundle(
    manager: GitHubRepoManager, cache: GitHubCache, request: FetchInput
) -> FetchedBundle | Failure:
    """Fetch one repository as the listing knows it; ask GitHub for it where the listing does
    not."""
    username, name = request["username"], request["repo_name"]
    asked = 0
    try:
        listed = _listed(cache, username, request.get("listing_id", "")).get(name)
        if listed is None:
            listed, asked = manager.get_repository(username, name), 1
        fetched = manager.fetch_bundle(username, listed)
    except GitHubError as error:
        return failure(manager, name, error)
    return {**fetched.bundle, "usage": usage(manager, asked + fetched.requests)}


def failure(manager: GitHubRepoManager, repo_name: str | None, error: GitHubError) -> Failure:
    """A GitHub error as a value, with the moment from which asking again may help."""
    reset_at = error.reset_at if isinstance(error, RateLimited) else None
    passes = isinstance(error, RateLimited) or error.code in {"unreachable", "bad_response"}
    logger.warning(
        "github.failed %s", Facts(repository=repo_name, code=error.code, error=str(error))
    )
    return {
        "repo_name": repo_name,
        "error": error.code,
        "message": str(error),
        "passes": passes,
        "retry_at": reset_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
        if reset_at
        else None,
        "usage": usage(manager, error.requests),
    }


def usage(manager: GitHubRepoManager, requests: int) -> Usage:
    """What a step took, and what GitHub said last of what is left."""
    return {
        "requests": requests,
        "remaining": manager.quota.remaining if manager.quota else None,
    }


def listing_scope(options: Settings) -> str:
    """What a listing depends on besides the username: an ETag of another scope must not be used."""
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


def _listed(cache: GitHubCache, username: str, listing_id: str) -> dict[str, Listed]:
    """The listing by name."""
    with _loading:  # a whole batch asks for it at once: one loads it
        return _load_listed(cache, username, listing_id)


_loading = Lock()


@lru_cache(maxsize=8)
def _load_listed(cache: GitHubCache, username: str, listing_id: str) -> dict[str, Listed]:
    listing = cache.load_listing(username)
    if listing is None or listing["listing_id"] != listing_id:
        return {}
    return {listed["metadata"]["name"]: listed for listed in listing["repositories"]}


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]
