"""PublishPortfolioActivity: make the saved bundles the portfolio that readers see. Idempotent."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import azure.durable_functions as df

from cache import GitHubCache
from clients import github_cache
from models import (
    PERMANENT_WARNINGS,
    PUBLISH_PORTFOLIO,
    Bundle,
    ListedRepository,
    Listing,
    Manifest,
    ManifestEntry,
    PublishInput,
    SavedBundle,
    iso_utc,
)
from observability import Facts, logger

bp = df.Blueprint()

DELIVERY_RETENTION = timedelta(days=3)  # GitHub redelivers webhooks that are at most that old
# The orchestration's history holds its output twice and should stay under 1 MB.
MAX_OUTPUT_BYTES = 256_000


@bp.activity_trigger(input_name="request", activity=PUBLISH_PORTFOLIO)
def publish_portfolio(request: dict) -> list:  # type: ignore[type-arg]  # the worker resolves plain types only
    """Publish a refresh. PublishInput -> list[Bundle], by name."""
    return list(
        run_publish_portfolio(github_cache(), cast(PublishInput, request), datetime.now(UTC))
    )


def run_publish_portfolio(cache: GitHubCache, request: PublishInput, now: datetime) -> list[Bundle]:
    """Swap the manifest, then delete the rows that it no longer names.

    A listed repository is published with its new bundle, or else with its last good one, which is
    stale if it should have been renewed. A repository with neither is left out, and one that is no
    longer listed disappears. Returns the portfolio, shortened to fit into a history. Raises
    CacheConflict if another refresh published meanwhile, and LookupError if there is no listing.
    """
    username = request["username"]
    listing = cache.load_listing(username)
    if listing is None:
        raise LookupError(f"the cache has no listing of `{username}`; start the refresh again")
    published = cache.load_manifest(username)
    before = published[0] if published else None
    if before and before["started_at"] == request["started_at"]:
        manifest = before  # a second run of this activity
    else:
        manifest = new_manifest(request, listing, before, now)
        cache.publish(username, manifest, if_etag=published[1] if published else None)
    row_keys = [entry["row_key"] for entry in manifest["entries"]]
    deleted = cache.prune(username, keep=set(row_keys))
    cache.mark_deliveries_answered(
        username, request["deliveries"], delete_before=now - DELIVERY_RETENTION
    )
    logger.info(
        "portfolio.published %s",
        Facts(
            username=username,
            repositories=len(row_keys),
            stale=sum(1 for entry in manifest["entries"] if entry["stale"]),
            deleted_rows=deleted,
        ),
    )
    bundles = cache.load_bundles(username, row_keys)
    return shortened(
        [
            {**bundles[entry["row_key"]], "metadata": entry["metadata"]}
            for entry in manifest["entries"]
            if entry["row_key"] in bundles
        ]
    )


def new_manifest(
    request: PublishInput, listing: Listing, before: Manifest | None, now: datetime
) -> Manifest:
    """Make the manifest: an entry for every listed repository that was ever fetched."""
    saved = {bundle["name"]: bundle for bundle in request["saved"]}
    errors = {failure["repo_name"]: failure["error"] for failure in request["failures"]}
    last_good = {entry["name"]: entry for entry in (before["entries"] if before else [])}
    known_gone = before.get("gone", {}) if before else {}
    entries: list[ManifestEntry] = []
    gone: dict[str, str] = {}
    for listed in listing["repositories"]:
        name, fingerprint = listed["metadata"]["name"], listed["fingerprint"]
        if errors.get(name) == "gone" or (
            name not in saved and known_gone.get(name) == fingerprint
        ):
            gone[name] = fingerprint
        elif entry := _entry(listed, saved.get(name), errors.get(name), last_good.get(name)):
            entries.append(entry)
    return {
        "username": request["username"],
        "refreshed_at": iso_utc(now),
        "started_at": request["started_at"],
        "excluded": listing["excluded"],
        "entries": sorted(entries, key=lambda entry: entry["name"].lower()),
        "gone": gone,
    }


def _entry(
    listed: ListedRepository,
    saved: SavedBundle | None,
    error: str | None,
    last_good: ManifestEntry | None,
) -> ManifestEntry | None:
    """Choose between the new bundle and the last good one; None if there is neither."""
    name, metadata = listed["metadata"]["name"], listed["metadata"]
    if saved is None:
        if last_good is None:
            return None
        return {**last_good, "metadata": metadata, "stale": error or last_good["stale"]}
    permanent = next((code for code in saved["warnings"] if code in PERMANENT_WARNINGS), None)
    if permanent is None or last_good is None or not _has_content(last_good):
        return {**saved, "name": name, "metadata": metadata, "stale": None}
    # The repository was emptied or blocked: its last good bundle tells more than an empty one.
    warnings = [code for code in last_good["warnings"] if code not in PERMANENT_WARNINGS]
    return {
        **last_good,
        "metadata": metadata,
        "fingerprint": saved["fingerprint"],
        "warnings": [*warnings, permanent],
        "stale": permanent,
    }


def _has_content(entry: ManifestEntry) -> bool:
    """Tell whether the entry's bundle has files.

    It has, unless the repository was empty or blocked when it was fetched. A bundle that was kept
    because the repository is empty or blocked by now is an earlier one with files.
    """
    return entry["stale"] in PERMANENT_WARNINGS or not PERMANENT_WARNINGS & set(entry["warnings"])


def shortened(bundles: list[Bundle]) -> list[Bundle]:
    """Shorten the bundles until they fit into the orchestration's output.

    A history is read at every replay, and the management API shows it whole. So large portfolios
    are returned without what only the cache needs, then without contexts, then as names and URLs.
    """
    for shorten in (_without_embedding, _core, _core_without_context, _address):
        result = [shorten(bundle) for bundle in bundles]
        if len(json.dumps(result)) <= MAX_OUTPUT_BYTES:
            break
    return result


def _without_embedding(bundle: Bundle) -> Bundle:
    return cast(Bundle, {key: value for key, value in bundle.items() if key != "embedding"})


def _core(bundle: Bundle) -> Bundle:
    return cast(
        Bundle,
        {
            "metadata": bundle["metadata"],
            "languages": bundle["languages"],
            "repoContext": bundle["repoContext"],
            "file_types": bundle["file_types"],
        },
    )


def _core_without_context(bundle: Bundle) -> Bundle:
    return {**_core(bundle), "repoContext": {}}


def _address(bundle: Bundle) -> Bundle:
    known = cast(dict[str, Any], bundle["metadata"])
    metadata = {key: known[key] for key in ("name", "full_name", "html_url")}
    return cast(
        Bundle, {"metadata": metadata, "languages": {}, "repoContext": {}, "file_types": {}}
    )
