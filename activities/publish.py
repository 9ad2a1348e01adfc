"""PublishPortfolioActivity: make saved bundles part of the portfolio that readers see. Idempotent."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import azure.durable_functions as df

from activities.failures import attempt, failure
from activities.manifests import at_the_end, by_name, readable_rows, swap_manifest, with_bundles
from cache import GitHubCache
from clients import github_cache
from errors import CacheUnavailable
from models import PUBLISH_PORTFOLIO, Bundle, Failure, Manifest, PublishInput
from observability import Facts, logger

bp = df.Blueprint()

DELIVERY_RETENTION = timedelta(days=3)  # GitHub redelivers webhooks that are at most that old
# Durable keeps payloads above 64 KB in blobs and reads them again at every replay.
MAX_OUTPUT_BYTES = 48_000


@bp.activity_trigger(input_name="request", activity=PUBLISH_PORTFOLIO)
def publish_portfolio(request: dict) -> object:  # type: ignore[type-arg]  # the worker resolves plain types only
    """Publish a part or the end of a refresh. PublishInput -> list[Bundle] or Failure."""
    return attempt(
        lambda: run_publish(github_cache(), cast(PublishInput, request), datetime.now(UTC))
    )


def run_publish(cache: GitHubCache, request: PublishInput, now: datetime) -> list[Bundle] | Failure:
    """Publish what was saved; at the end of a refresh, return the portfolio, shortened.

    Raises LookupError at the end if there is no listing.
    """
    try:
        if request["ended"]:
            return publish_end(cache, request, now)
        publish_batch(cache, request)
    except CacheUnavailable as error:
        return failure(error)
    return []


def publish_batch(cache: GitHubCache, request: PublishInput) -> None:
    """Swap the entries of one batch, so that the portfolio fills while the refresh goes on."""
    username = request["username"]
    listed = cache.listed_repositories(username, request["listing_id"])
    saved = {bundle["name"]: bundle["row_key"] for bundle in request["saved"]}

    def change(before: Manifest | None) -> Manifest | None:
        if before is None:
            return None  # an operator deleted the portfolio; the end of the refresh publishes it
        replaced = [entry["row_key"] for entry in before["entries"] if entry["name"] in saved]
        row_keys = {*saved.values(), *(row_key for row_key in replaced if row_key)}
        rows = cache.saved_rows(username, row_keys)
        return with_bundles(before, listed, rows, request["saved"], request["failed"])

    swap_manifest(cache, username, change)


def publish_end(cache: GitHubCache, request: PublishInput, now: datetime) -> list[Bundle]:
    """Publish the end of a refresh, then tidy up: snapshot, unused rows, answered webhooks."""
    username = request["username"]
    listing = cache.load_listing(username)
    if listing is None:
        raise LookupError(f"the cache has no listing of `{username}`; start the refresh again")

    def change(before: Manifest | None) -> Manifest:
        # The rows are read after the manifest, so that those which it names are among them.
        rows = cache.saved_rows(username)
        rows = readable_rows(cache, username, before, by_name(listing), rows, request["saved"])
        return at_the_end(before, request, listing, rows, now)

    manifest = swap_manifest(cache, username, change)
    entries = manifest["entries"] if manifest else []
    portfolio = cache.renew_portfolio(username)
    if portfolio is not None:
        cache.save_snapshot(portfolio)
    deleted = cache.prune(
        username,
        keep={entry["row_key"] for entry in entries if entry["row_key"]},
        saved_before=request["started_at"],
    )
    cache.mark_deliveries_answered(
        username, request["deliveries"], delete_before=now - DELIVERY_RETENTION
    )
    logger.info(
        "portfolio.published %s",
        Facts(
            username=username,
            repositories=len(entries),
            pending=sum(1 for entry in entries if entry["row_key"] is None),
            stale=sum(1 for entry in entries if entry["stale"]),
            deleted_rows=deleted,
        ),
    )
    return shortened(list(portfolio.bundles) if portfolio else [])


def shortened(bundles: list[Bundle]) -> list[Bundle]:
    """Return metadata, languages, context and file types, in as many words as fit into a payload.

    Large portfolios are returned without contexts and file types, then as names and URLs, then as
    names; of a portfolio whose names do not fit, the first.
    """
    shorten: Callable[[Any], dict[str, Any]]
    for shorten in (_core, _core_without_context, _address, _name):
        result = [shorten(bundle) for bundle in bundles]
        if len(json.dumps(result)) <= MAX_OUTPUT_BYTES:
            break
    while len(json.dumps(result)) > MAX_OUTPUT_BYTES:
        result = result[: len(result) * 3 // 4]
    return cast(list[Bundle], result)


def _core(bundle: Bundle) -> dict[str, Any]:
    return {
        "metadata": bundle["metadata"],
        "languages": bundle["languages"],
        "repoContext": bundle["repoContext"],
        "file_types": bundle["file_types"],
    }


def _core_without_context(bundle: Bundle) -> dict[str, Any]:
    return {**_core(bundle), "repoContext": {}}


def _address(bundle: Bundle) -> dict[str, Any]:
    known = cast(dict[str, Any], bundle["metadata"])
    metadata = {key: known[key] for key in ("name", "full_name", "html_url")}
    return {"metadata": metadata, "languages": {}, "repoContext": {}, "file_types": {}}


def _name(bundle: Bundle) -> dict[str, Any]:
    return {"metadata": {"name": bundle["metadata"]["name"]}}
