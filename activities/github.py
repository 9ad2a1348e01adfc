"""Activities that ask GitHub. What GitHub refuses is a value, so that one repository cannot sink
the refresh."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from functools import lru_cache
from typing import cast

import azure.durable_functions as df

from cache import GitHubCache
from connections import github_cache, github_repo_manager
from errors import GitHubError, GitHubUnavailable, RateLimited
from github_repo_manager import GitHubRepoManager
from models import Bundle, Failure, FetchInput, Listed, Listing, Plan, RefreshInput
from observability import Facts, logger
from settings import Settings, settings

bp = df.Blueprint()

REQUESTS_PER_REPOSITORY = 6  # at most: languages, tree, context, readme, two dependency manifests


@bp.activity_trigger(input_name="request", activity="GetRepoNamesActivity")
def get_repo_names(request: dict) -> dict:  # type: ignore[type-arg]  # the worker resolves plain types only
    """Plan a refresh: which repositories there are, and which have changed. RefreshInput -> Plan or
    Failure."""
    return dict(
        plan_refresh(github_repo_manager(), github_cache(), settings(), cast(RefreshInput, request))
    )


@bp.activity_trigger(input_name="request", activity="FetchRepoContextBundleActivity")
def fetch_repo_context_bundle(request: dict) -> dict:  # type: ignore[type-arg]
    """Fetch one repository. FetchInput -> Bundle or Failure."""
    return dict(fetch_bundle(github_repo_manager(), github_cache(), cast(FetchInput, request)))


def plan_refresh(
    manager: GitHubRepoManager, cache: GitHubCache, options: Settings, request: RefreshInput
) -> Plan | Failure:
    """List the repositories, conditionally where an earlier listing is known, and keep the listing
    in the cache.

    A repository is planned when its fingerprint differs from the published one, when its published
    bundle is stale, or when the request forces it.
    """
    username, force = request["username"], request.get("force", False)
    scope = listing_scope(options)
    earlier = cache.load_listing(username)
    if earlier and (force or earlier["scope"] != scope):
        earlier = None
    try:
        page = manager.list_repositories(username, etags=earlier["etags"] if earlier else ())
    except GitHubError as error:
        return failure(None, error)

    if page:
        listing = Listing(
            listing_id=_digest(page.repositories),
            scope=scope,
            etags=list(page.etags),
            repositories=list(page.repositories),
            excluded=page.excluded,
        )
        cache.save_listing(username, listing)
    elif earlier:
        listing = earlier
    else:
        return failure(
            None, GitHubUnavailable("bad_response", "GitHub answered 304 to a plain listing")
        )

    published = cache.load_manifest(username)
    current = {
        entry["name"]: entry["fingerprint"]
        for entry in (published[0]["entries"] if published else [])
        if not entry["stale"]
    }
    names = [
        listed["metadata"]["name"]
        for listed in listing["repositories"]
        if force or current.get(listed["metadata"]["name"]) != listed["fingerprint"]
    ]
    size = options.refresh_batch_size
    pace = options.github_requests_per_minute
    logger.info(
        "refresh.planned %s",
        Facts(
            username=username,
            repositories=len(listing["repositories"]),
            changed=len(names),
            excluded=listing["excluded"],
            listing_changed=page is not None,
        ),
    )
    return {
        "listing_id": listing["listing_id"],
        "total": len(listing["repositories"]),
        "names": names,
        "batch_size": size,
        "batches_per_minute": max(1, pace // (size * REQUESTS_PER_REPOSITORY)) if pace else 0,
    }


def fetch_bundle(
    manager: GitHubRepoManager, cache: GitHubCache, request: FetchInput
) -> Bundle | Failure:
    """Fetch one repository as the listing knows it; ask GitHub for it where the listing does
    not."""
    username, name = request["username"], request["repo_name"]
    try:
        listed = _listed(cache, username, request.get("listing_id", "")).get(name)
        return manager.fetch_bundle(username, listed or manager.get_repository(username, name))
    except GitHubError as error:
        return failure(name, error)


def failure(repo_name: str | None, error: GitHubError) -> Failure:
    """A GitHub error as a value, with the moment from which asking again may help."""
    retry_at: datetime | None = None
    if isinstance(error, RateLimited):
        retry_at = error.reset_at
    elif isinstance(error, GitHubUnavailable) and error.code in {"unreachable", "bad_response"}:
        retry_at = datetime.now(UTC)
    logger.warning(
        "github.failed %s", Facts(repository=repo_name, code=error.code, error=str(error))
    )
    return {
        "repo_name": repo_name,
        "error": error.code,
        "message": str(error),
        "retry_at": retry_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
        if retry_at
        else None,
    }


def listing_scope(options: Settings) -> str:
    """What a listing depends on besides the username: an ETag of another scope must not be used."""
    return _digest(
        [
            options.github_api_url,
            bool(options.github_token),
            options.include_forks,
            options.include_archived,
            options.include_private,
        ]
    )


@lru_cache(maxsize=8)
def _listed(cache: GitHubCache, username: str, listing_id: str) -> dict[str, Listed]:
    """The listing by name. Remembered, because every repository of a refresh asks for it."""
    listing = cache.load_listing(username)
    if listing is None or listing["listing_id"] != listing_id:
        return {}
    return {listed["metadata"]["name"]: listed for listed in listing["repositories"]}


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]
