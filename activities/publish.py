"""Activities that write the cache. Both may run twice: the second time changes nothing."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import azure.durable_functions as df
from connections import github_cache

from answers.model import ModelSettings, embed, has_model
from cache import GitHubCache
from errors import AnswerFailed
from models import (
    LASTING,
    Bundle,
    Listed,
    Listing,
    Manifest,
    ManifestEntry,
    PublishInput,
    Saved,
)
from observability import Facts, logger
from relevance.meaning import pack_embedding, text_to_embed
from settings import settings

bp = df.Blueprint()

DELIVERIES_REMEMBERED = timedelta(days=3)  # GitHub redelivers what is at most that old
# An orchestration's history holds what it returns twice, and should stay under 1 MB.
OUTPUT_BYTES = 256_000
EMBEDDING_TIMEOUT_S = 30.0


@bp.activity_trigger(input_name="request", activity="SaveBundlesActivity")
def save_bundles(request: dict) -> list:  # type: ignore[type-arg]  # the worker resolves plain types only
    """Save the bundles of one batch, unpublished. {username, bundles} -> list[Saved]."""
    bundles = with_embeddings(request["bundles"], settings())
    return list(run_save_bundles(github_cache(), request["username"], bundles))


@bp.activity_trigger(input_name="request", activity="PublishPortfolioActivity")
def publish_portfolio(request: dict) -> list:  # type: ignore[type-arg]
    """Make what was saved the portfolio that readers see. PublishInput -> list[Bundle], by name."""
    return list(
        run_publish_portfolio(github_cache(), cast(PublishInput, request), datetime.now(UTC))
    )


def with_embeddings(bundles: list[Bundle], options: ModelSettings) -> list[Bundle]:
    """The bundles with their directions, where a model of embeddings is set and delivers."""
    model = options.openai_embedding_model
    if not (bundles and model and has_model(options)):
        return bundles
    texts = [text_to_embed(bundle) for bundle in bundles]
    try:
        vectors = embed(texts, options, EMBEDDING_TIMEOUT_S)
    except AnswerFailed as error:
        logger.warning("embedding.failed %s", Facts(model=model, error=str(error)))
        return bundles
    return [
        {**bundle, "embedding": cast(dict[str, str], pack_embedding(model, vector))}
        for bundle, vector in zip(bundles, vectors, strict=True)
    ]


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
    disappears. Returns the portfolio, reduced to what a history can carry. Raises CacheConflict if
    another refresh published meanwhile, LookupError if there is no listing to publish from.
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
        manifest = new_manifest(request, listing, before, now)
        cache.publish(username, manifest, if_etag=published[1] if published else None)
    row_keys = [entry["row_key"] for entry in manifest["entries"]]
    deleted = cache.prune(username, keep=set(row_keys))
    cache.settle_deliveries(
        username, request["deliveries"], forget_before=now - DELIVERIES_REMEMBERED
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
    return reduced(
        [
            {**bundles[entry["row_key"]], "metadata": entry["metadata"]}
            for entry in manifest["entries"]
            if entry["row_key"] in bundles
        ]
    )


def new_manifest(
    request: PublishInput, listing: Listing, before: Manifest | None, now: datetime
) -> Manifest:
    """What is to be published: an entry for every listed repository that was ever fetched."""
    saved = {each["name"]: each for each in request["saved"]}
    failed = {each["repo_name"]: each["error"] for each in request["failures"]}
    last_good = {entry["name"]: entry for entry in (before["entries"] if before else [])}
    known_gone = before.get("gone", {}) if before else {}
    entries: list[ManifestEntry] = []
    gone: dict[str, str] = {}
    for listed in listing["repositories"]:
        name, fingerprint = listed["metadata"]["name"], listed["fingerprint"]
        if failed.get(name) == "gone" or (
            name not in saved and known_gone.get(name) == fingerprint
        ):
            gone[name] = fingerprint
        elif entry := _entry(listed, saved.get(name), failed.get(name), last_good.get(name)):
            entries.append(entry)
    return {
        "username": request["username"],
        "refreshed_at": now.isoformat().replace("+00:00", "Z"),
        "started_at": request["started_at"],
        "excluded": listing["excluded"],
        "entries": sorted(entries, key=lambda entry: entry["name"].lower()),
        "gone": gone,
    }


def _entry(
    listed: Listed, saved: Saved | None, failed: str | None, last_good: ManifestEntry | None
) -> ManifestEntry | None:
    """A repository as it is published from now on; None: there is nothing to show of it."""
    name, metadata = listed["metadata"]["name"], listed["metadata"]
    if saved is None and last_good is None:
        return None
    bare = next((code for code in saved["warnings"] if code in LASTING), None) if saved else None
    if saved and not (bare and last_good and _has_content(last_good)):
        return {**saved, "name": name, "metadata": metadata, "stale": None}
    assert last_good is not None  # noqa: S101 - one of the two is there
    if saved is None:
        return {**last_good, "metadata": metadata, "stale": failed or last_good["stale"]}
    # Emptied or blocked: what was there before says more than nothing.
    warnings = [code for code in last_good["warnings"] if code not in LASTING]
    return {
        **last_good,
        "metadata": metadata,
        "fingerprint": saved["fingerprint"],
        "warnings": [*warnings, str(bare)],
        "stale": bare,
    }


def _has_content(entry: ManifestEntry) -> bool:
    return entry["stale"] in LASTING or not LASTING & set(entry["warnings"])


def reduced(bundles: list[Bundle]) -> list[Bundle]:
    """The bundles as the orchestration returns them: whole while they are small together.

    A history is read at every replay and shown whole by the management API, so large portfolios
    come without what only the cache needs, then without contexts, then as names and addresses.
    """
    for reduce in (_whole, _core, _core_without_context, _address):
        smaller = [reduce(bundle) for bundle in bundles]
        if len(json.dumps(smaller)) <= OUTPUT_BYTES:
            break
    return smaller


def _whole(bundle: Bundle) -> Bundle:
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
