"""GetRepoNamesActivity: list a user's repositories, publish what the listing shows, plan the rest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import cast

import azure.durable_functions as df

from activities.failures import attempt, failure
from activities.manifests import (
    by_name,
    first_sight,
    has_content_of,
    readable_rows,
    swap_manifest,
    with_found_rows,
)
from cache import GitHubCache, StoredRow
from clients import assistant, github_cache, github_repo_manager
from errors import CacheUnavailable, GitHubError, GitHubUnavailable, RepositoryUnavailable
from github_repo_manager import GitHubRepoManager
from models import (
    GET_REPO_NAMES,
    PERMANENT_WARNINGS,
    Failure,
    ListedRepository,
    Listing,
    Manifest,
    RefreshHealth,
    RefreshInput,
    RefreshPlan,
    RequestUsage,
    iso_utc,
    no_usage,
    total_usage,
)
from observability import Facts, logger
from refresh_client import TOKEN_WARNING, next_try_at
from settings import Settings, settings

bp = df.Blueprint()

# Above this many changed repositories, one full listing is cheaper than a request for each.
MAX_CHANGED = 20
LISTING_VERSION = 3  # raise it when the shape or the content of listings changes
# Names that travel in one plan: Durable keeps payloads above 64 KB in blobs. Those of two thousand
# repositories fit; the rest is planned by the next refresh.
MAX_PLANNED_BYTES = 45_000


@bp.activity_trigger(input_name="request", activity=GET_REPO_NAMES)
def get_repo_names(request: dict) -> dict:  # type: ignore[type-arg]  # the worker resolves plain types only
    """Plan a refresh. RefreshInput -> RefreshPlan or Failure."""
    return dict(
        attempt(
            lambda: plan_refresh(
                github_repo_manager(),
                github_cache(),
                settings(),
                cast(RefreshInput, request),
                datetime.now(UTC),
                embed=assistant().embeds,
            )
        )
    )


def plan_refresh(
    manager: GitHubRepoManager,
    cache: GitHubCache,
    options: Settings,
    request: RefreshInput,
    now: datetime,
    *,
    embed: bool = False,
) -> RefreshPlan | Failure:
    """Renew the listing, save it for the later steps, and plan which repositories to fetch.

    The listing is a conditional request if an earlier one is known. With `changed`, only the
    repositories that webhooks named are listed again. What the listing shows is published at once
    unless the portfolio is complete already; so are bundles that an earlier refresh saved but did
    not live to publish. A failure that ends the refresh is recorded for health.
    """
    username = request["username"]
    scope = listing_scope(options)
    force = request.get("force", False)
    usage = no_usage()
    try:
        # Read before GitHub is asked: GitHub's answer may not cover webhooks that arrive later.
        deliveries = cache.pending_deliveries(username)
        earlier = cache.load_listing(username)
        if earlier and (force or earlier["scope"] != scope):
            earlier = None
        try:
            listing, usage = current_listing(
                manager, username, earlier, scope, changed_names(request, deliveries)
            )
        except GitHubError as error:
            failed = failure(error)
            if request.get("last_try", True) or not failed["retryable"]:
                record_outcome(cache, manager, username, now, failed)
            return failed
        record_outcome(cache, manager, username, now)
        if listing is not earlier:
            cache.save_listing(username, listing)
        rows, listed = cache.saved_rows(username), by_name(listing)

        def change(before: Manifest | None) -> Manifest:
            sight = first_sight(before, username, listing, now)
            if force:
                return sight
            found = readable_rows(cache, username, sight, listed, rows)
            return with_found_rows(sight, listed, found)

        published = swap_manifest(cache, username, change)
    except CacheUnavailable as error:
        return failure(error, usage=usage)
    names = names_to_fetch(listing, published, rows, force=force)
    planned = within_limit(names)
    logger.info(
        "refresh.planned %s",
        Facts(
            username=username,
            repositories=len(listing["repositories"]),
            changed=len(names),
            planned=len(planned),
            excluded=listing["excluded"],
            webhooks=len(deliveries),
            requests=usage["requests"],
        ),
    )
    return {
        "listing_id": listing["listing_id"],
        "total": len(listing["repositories"]) - (len(names) - len(planned)),
        "names": planned,
        "batch_size": _part_of(options.refresh_batch_size, options),
        "requests_per_minute": _part_of(options.github_requests_per_minute, options),
        "embed": embed,
        "deliveries": sorted(deliveries),
        "usage": usage,
    }


def changed_names(
    request: RefreshInput, deliveries: Mapping[str, Collection[str]]
) -> set[str] | None:
    """Return the repositories that webhooks named; None if all must be listed."""
    names = {name for named in deliveries.values() for name in named}
    lists_all = not request.get("changed") or not names or not all(deliveries.values())
    return None if lists_all or len(names) > MAX_CHANGED else names


def current_listing(
    manager: GitHubRepoManager,
    username: str,
    earlier: Listing | None,
    scope: str,
    changed: Collection[str] | None,
) -> tuple[Listing, RequestUsage]:
    """Renew the listing; with `changed`, only these repositories, if there is an earlier listing."""
    if earlier and changed is not None:
        return update_listing(manager, username, earlier, changed)
    return renew_listing(manager, username, earlier, scope)


def renew_listing(
    manager: GitHubRepoManager, username: str, earlier: Listing | None, scope: str
) -> tuple[Listing, RequestUsage]:
    """List all repositories; return the listing and what it cost.

    Returns `earlier` itself if GitHub says that nothing changed since. Raises GitHubError.
    """
    if earlier and earlier["etags"]:
        page = manager.list_repositories(
            username, path=earlier["path"], etags=earlier["etags"], known=by_name(earlier)
        )
        if page is None:
            return earlier, manager.usage(requests=len(earlier["etags"]))
    else:
        page = manager.list_repositories(username, known=by_name(earlier) if earlier else ())
    if page is None:
        raise GitHubUnavailable("bad_response", "GitHub answered 304 to an unconditional listing")
    return {
        "listing_id": _digest(page.repositories),
        "scope": scope,
        "path": page.path,
        "etags": page.etags,
        "repositories": page.repositories,
        "excluded": page.excluded,
    }, page.usage


def update_listing(
    manager: GitHubRepoManager, username: str, earlier: Listing, changed_names: Collection[str]
) -> tuple[Listing, RequestUsage]:
    """Update the changed repositories of an earlier listing; return it and what it cost.

    The result has no ETags: GitHub's listing as a whole may have changed in other ways. Raises
    GitHubError.
    """
    repositories = {
        listed["metadata"]["name"].lower(): listed for listed in earlier["repositories"]
    }
    for requests, name in enumerate(sorted(changed_names)):
        try:
            listed: ListedRepository | None = manager.get_repository(username, name)
        except GitHubError as error:
            if not isinstance(error, RepositoryUnavailable) and error.code != "token_refused":
                error.usage = total_usage(error.usage, {**no_usage(), "requests": requests})
                raise
            if error.code != "gone":
                continue  # the next full listing describes it
            listed = None
        if listed and manager.includes(listed["metadata"]):
            repositories[name.lower()] = listed
        else:
            repositories.pop(name.lower(), None)
    sorted_repositories = [repositories[name] for name in sorted(repositories)]
    updated: Listing = {
        **earlier,
        "listing_id": _digest(sorted_repositories),
        "repositories": sorted_repositories,
        "etags": [],
    }
    return updated, manager.usage(requests=len(changed_names))


def names_to_fetch(
    listing: Listing, published: Manifest | None, rows: Mapping[str, StoredRow], *, force: bool
) -> list[str]:
    """Return the names of the repositories whose content must be fetched.

    These are those that are new or changed, those whose bundle is stale for a reason that may pass,
    and those whose row is missing, damaged or of an older format.
    """
    entries = {entry["name"]: entry for entry in (published["entries"] if published else [])}
    gone = published["gone"] if published else {}
    names: list[str] = []
    for name, listed in by_name(listing).items():
        entry = entries.get(name)
        is_known = gone.get(name) == listed["fingerprint"] or (
            entry is not None
            and (entry["stale"] is None or entry["stale"] in PERMANENT_WARNINGS)
            and has_content_of(entry, listed["fingerprint"], rows)
        )
        if force or not is_known:
            names.append(name)
    return names


def within_limit(names: list[str]) -> list[str]:
    """Return as many of the names, in order, as one plan may carry."""
    size = 0
    for count, name in enumerate(names):
        size += len(name) + len('"", ')
        if size > MAX_PLANNED_BYTES:
            return names[:count]
    return names


def record_outcome(
    cache: GitHubCache,
    manager: GitHubRepoManager,
    username: str,
    now: datetime,
    failed: Failure | None = None,
) -> None:
    """Keep, for health and for the next start, whether GitHub gave a listing."""
    before = cache.load_refresh_health(username)
    failures = (before["failures"] if before else 0) + 1 if failed else 0
    expires_at = manager.token_expires_at
    outcome: RefreshHealth = {
        "error": None,
        "failures": failures,
        "next_try_at": None,
        "token_expires_at": iso_utc(expires_at) if expires_at else None,
    }
    if failed:
        outcome["error"] = {"code": failed["error"], "message": failed["message"]}
        outcome["next_try_at"] = iso_utc(next_try_at(failures, now))
        if before and not expires_at:  # GitHub does not name it when it refuses the token
            outcome["token_expires_at"] = before["token_expires_at"]
    if outcome != before:
        cache.save_refresh_health(username, outcome)
    if expires_at and expires_at - now < TOKEN_WARNING:
        logger.warning("token.expires %s", Facts(expires_at=outcome["token_expires_at"]))


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


def _part_of(whole: int, options: Settings) -> int:
    """Return a portfolio's part of what all share, because all may be refreshed at once. 0: none."""
    return whole and max(1, whole // len(options.github_usernames))


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]
