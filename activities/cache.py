"""Activities that write the cache. Both may run twice: the second time changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast

import azure.durable_functions as df

from cache import GitHubCache
from connections import github_cache
from models import Bundle, Listed, Manifest, ManifestEntry, PublishInput, Saved
from observability import Facts, logger

bp = df.Blueprint()


@bp.activity_trigger(input_name="request", activity="SaveBundlesActivity")
def save_bundles(request: dict) -> list:  # type: ignore[type-arg]  # the worker resolves plain types only
    """Save the bundles of one batch, unpublished. {username, bundles} -> list[Saved]."""
    return list(run_save_bundles(github_cache(), request["username"], request["bundles"]))


@bp.activity_trigger(input_name="request", activity="PublishPortfolioActivity")
def publish_portfolio(request: dict) -> list:  # type: ignore[type-arg]
    """Make what was saved the portfolio that readers see. PublishInput -> list[Bundle], by name."""
    return list(
        run_publish_portfolio(github_cache(), cast(PublishInput, request), datetime.now(UTC))
    )


def run_save_bundles(cache: GitHubCache, username: str, bundles: list[Bundle]) -> list[Saved]:
    """Write the bundles beside the published ones, which stay as they are."""
    row_keys = cache.save_bundles(username, bundles)
    return [
        {
            "name": bundle["metadata"]["name"],
            "row_key": row_keys[bundle["metadata"]["name"]],
            "fingerprint": bundle["fingerprint"],
            "fetched_at": bundle["fetched_at"],
            "warnings": bundle["warnings"],
        }
        for bundle in bundles
    ]


def run_publish_portfolio(cache: GitHubCache, request: PublishInput, now: datetime) -> list[Bundle]:
    """Swap the manifest, then delete the rows that no portfolio names any more.

    A listed repository is published with its new bundle, else with its last good one, which is
    stale if it should have been renewed; one that has neither is left out. What is no longer listed
    disappears. Raises CacheConflict if another refresh published meanwhile, LookupError if there is
    no listing to publish from.
    """
    username = request["username"]
    listing = cache.load_listing(username)
    if listing is None:
        raise LookupError(f"no listing of `{username}` in the cache: start the refresh again")
    published = cache.load_manifest(username)
    before = published[0] if published else None
    if before and before["started_at"] == request["started_at"]:
        manifest = before  # this activity has run before
    else:
        manifest = _manifest(request, listing["repositories"], listing["excluded"], before, now)
        cache.publish(username, manifest, if_etag=published[1] if published else None)
    row_keys = [entry["row_key"] for entry in manifest["entries"]]
    deleted = cache.prune(username, keep=set(row_keys))
    logger.info(
        "portfolio.published %s",
        Facts(username=username, repositories=len(row_keys), deleted_rows=deleted),
    )
    bundles = cache.load_bundles(username, row_keys)
    return [
        {**bundles[entry["row_key"]], "metadata": entry["metadata"]}
        for entry in manifest["entries"]
        if entry["row_key"] in bundles
    ]


def _manifest(
    request: PublishInput,
    repositories: list[Listed],
    excluded: int,
    before: Manifest | None,
    now: datetime,
) -> Manifest:
    saved = {each["name"]: each for each in request["saved"]}
    failed = {each["repo_name"]: each["error"] for each in request["failures"]}
    last_good = {entry["name"]: entry for entry in (before["entries"] if before else [])}
    entries: list[ManifestEntry] = []
    for listed in repositories:
        name = listed["metadata"]["name"]
        source: Any = saved.get(name) or last_good.get(name)
        if source is None or failed.get(name) == "gone":
            continue
        entries.append(
            {
                "name": name,
                "row_key": source["row_key"],
                "fingerprint": source["fingerprint"],
                "metadata": listed["metadata"],
                "fetched_at": source["fetched_at"],
                "warnings": source["warnings"],
                "stale": None if name in saved else failed.get(name, source.get("stale")),
            }
        )
    return {
        "username": request["username"],
        "refreshed_at": now.isoformat().replace("+00:00", "Z"),
        "started_at": request["started_at"],
        "excluded": excluded,
        "entries": sorted(entries, key=lambda entry: entry["name"].lower()),
    }
