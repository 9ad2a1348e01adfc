"""What a manifest becomes at each step of a refresh.

Pure, but for `swap_manifest` and `readable_rows`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from cache import GitHubCache, StoredRow
from errors import CacheConflict
from models import (
    CONTENT_PENDING,
    PERMANENT_WARNINGS,
    ListedRepository,
    Listing,
    Manifest,
    ManifestEntry,
    Metadata,
    PublishInput,
    SavedBundle,
    iso_utc,
)

MAX_SWAPS = 5
ROW_LOST = "row_lost"  # why a bundle is stale: the storage has lost it

Change = Callable[[Manifest | None], Manifest | None]


def swap_manifest(cache: GitHubCache, username: str, change: Change) -> Manifest | None:
    """Publish what `change` makes of the published manifest; return it.

    Nothing is written if `change` returns what it was given. If another process publishes at the
    same moment, `change` is called again with the manifest of that process. Raises CacheConflict if
    that happens again and again.
    """
    for _ in range(MAX_SWAPS):
        before, etag = _published(cache, username)
        after = change(before)
        if after is None or after == before:
            return before
        try:
            cache.publish(username, after, if_etag=etag)
        except CacheConflict:
            continue
        return after
    raise CacheConflict(f"the manifest of `{username}` changed {MAX_SWAPS} times during publishing")


def _published(cache: GitHubCache, username: str) -> tuple[Manifest | None, str | None]:
    """Load the published manifest and its ETag. Earlier versions of the app wrote fewer keys."""
    published = cache.load_manifest(username)
    if published is None:
        return None, None
    manifest, etag = published
    before: Manifest = {"finished": True, "gone": {}, **manifest}
    return before, etag


def is_complete(manifest: Manifest) -> bool:
    """Tell whether every repository of the portfolio has been read."""
    return all(entry["row_key"] for entry in manifest["entries"])


def first_sight(
    before: Manifest | None, username: str, listing: Listing, now: datetime
) -> Manifest:
    """Show every listed repository, those without a bundle as the listing describes them.

    A portfolio that was complete is left alone: it never becomes partial by a new listing.
    """
    if before and is_complete(before) and before["finished"]:
        return before
    known = {entry["name"]: entry for entry in (before["entries"] if before else [])}
    gone = before["gone"] if before else {}
    manifest: Manifest = before or {
        "username": username,
        "refreshed_at": iso_utc(now),
        "started_at": "",
        "finished": False,
        "excluded": 0,
        "entries": [],
        "gone": {},
    }
    entries: list[ManifestEntry] = [
        {**known[name], "metadata": listed["metadata"]}
        if name in known
        else pending_entry(listed["metadata"])
        for listed in listing["repositories"]
        if gone.get(name := listed["metadata"]["name"]) != listed["fingerprint"]
    ]
    return {**manifest, "excluded": listing["excluded"], "entries": _by_name(entries)}


def with_bundles(
    before: Manifest,
    listed: Mapping[str, ListedRepository],
    rows: Mapping[str, StoredRow],
    saved: Iterable[SavedBundle],
    failed: Mapping[str, Iterable[str]],
) -> Manifest:
    """Replace the entries of repositories that were fetched, and mark those that were not.

    `rows`: those that are there of the saved bundles and of the entries that they replace. A saved
    bundle whose row is missing counts as not fetched.
    """
    entries = {entry["name"]: entry for entry in before["entries"]}
    gone = dict(before["gone"])
    errors = {name: code for code, names in failed.items() for name in names}
    for bundle in saved:
        name = bundle["name"]
        row = rows.get(bundle["row_key"])
        if row is None:
            errors[name] = ROW_LOST
        elif name in listed or name in entries:
            metadata = listed[name]["metadata"] if name in listed else entries[name]["metadata"]
            entries[name] = _renewed(metadata, row, entries.get(name), rows)
            errors.pop(name, None)
            gone.pop(name, None)
    for name, code in errors.items():
        if code == "gone":
            entries.pop(name, None)
            if name in listed:
                gone[name] = listed[name]["fingerprint"]
        elif name in entries:
            entries[name] = {**entries[name], "stale": code}
    return {**before, "entries": _by_name(entries.values()), "gone": gone}


def readable_rows(
    cache: GitHubCache,
    username: str,
    before: Manifest | None,
    listed: Mapping[str, ListedRepository],
    rows: Mapping[str, StoredRow],
    saved: Iterable[SavedBundle] = (),
) -> dict[str, StoredRow]:
    """Leave out the rows that could be taken over but cannot be read.

    Of the rows that it names, the manifest tells by their ETags whether they are as they were
    written; nothing tells it of the others. `saved`: this refresh has just written these.
    """
    unread = {bundle["row_key"] for bundle in _found_rows(before, listed, rows)}
    unread -= {bundle["row_key"] for bundle in saved}
    if unread:
        unread -= cache.load_bundles(username, unread).keys()
    return {row_key: row for row_key, row in rows.items() if row_key not in unread}


def with_found_rows(
    before: Manifest, listed: Mapping[str, ListedRepository], rows: Mapping[str, StoredRow]
) -> Manifest:
    """Take over bundles that an earlier refresh saved but did not live to publish.

    These are as new as the listing. `rows`: all that are there.
    """
    return with_bundles(before, listed, rows, _found_rows(before, listed, rows), {})


def at_the_end(
    before: Manifest | None,
    request: PublishInput,
    listing: Listing,
    rows: Mapping[str, StoredRow],
    now: datetime,
) -> Manifest:
    """Make the manifest with which a refresh ends.

    It holds what is listed and has been fetched at some time; of a portfolio that was never
    complete, also what has not. Metadata is the listing's. Entries whose rows are missing or
    damaged are pending again.
    """
    if before and before["started_at"] == request["started_at"]:
        return before  # a second run of the activity
    listed = {repository["metadata"]["name"]: repository for repository in listing["repositories"]}
    sight = first_sight(before, request["username"], listing, now)
    renewed = with_bundles(sight, listed, rows, request["saved"], request["failed"])
    after = with_found_rows(renewed, listed, rows)
    entries: list[ManifestEntry] = [
        {**_checked(entry, rows), "metadata": listed[entry["name"]]["metadata"]}
        for entry in after["entries"]
        if entry["name"] in listed
    ]
    gone = {
        name: fingerprint
        for name, fingerprint in after["gone"].items()
        if name in listed and listed[name]["fingerprint"] == fingerprint
    }
    untried = any(entry["row_key"] is None and entry["stale"] is None for entry in entries)
    return {
        "username": request["username"],
        "refreshed_at": iso_utc(now),
        "started_at": request["started_at"],
        "finished": after["finished"] or not untried,
        "excluded": listing["excluded"],
        "entries": entries,
        "gone": gone,
    }


def is_sound(entry: ManifestEntry, rows: Mapping[str, StoredRow]) -> bool:
    """Tell whether the row of an entry is there, as it was when it was published."""
    row = rows.get(entry["row_key"] or "")
    return row is not None and row.etag == entry["row_etag"]


def has_content_of(entry: ManifestEntry, fingerprint: str, rows: Mapping[str, StoredRow]) -> bool:
    """Tell whether an entry has the content of this fingerprint, and its row is sound."""
    return entry["fingerprint"] == fingerprint and is_sound(entry, rows)


def by_name(listing: Listing) -> dict[str, ListedRepository]:
    """Return the repositories of a listing by name, in its order."""
    return {listed["metadata"]["name"]: listed for listed in listing["repositories"]}


def pending_entry(metadata: Metadata) -> ManifestEntry:
    """Make the entry of a repository whose content has not been read."""
    return {
        "name": metadata["name"],
        "row_key": None,
        "row_etag": None,
        "fingerprint": "",
        "metadata": metadata,
        "fetched_at": None,
        "warnings": [CONTENT_PENDING],
        "stale": None,
    }


def _checked(entry: ManifestEntry, rows: Mapping[str, StoredRow]) -> ManifestEntry:
    if entry["row_key"] is None or is_sound(entry, rows):
        return entry
    return {**pending_entry(entry["metadata"]), "stale": ROW_LOST}


def _renewed(
    metadata: Metadata,
    row: StoredRow,
    last_good: ManifestEntry | None,
    rows: Mapping[str, StoredRow],
) -> ManifestEntry:
    """Choose between the new bundle and the last good one."""
    saved = row.saved
    permanent = next((code for code in saved["warnings"] if code in PERMANENT_WARNINGS), None)
    if permanent is None or last_good is None or not _has_files(last_good, rows):
        return {
            **saved,
            "row_etag": row.etag,
            "metadata": metadata,
            "stale": None,
        }
    # The repository was emptied or blocked: its last good bundle tells more than an empty one.
    warnings = [code for code in last_good["warnings"] if code not in PERMANENT_WARNINGS]
    return {
        **last_good,
        "metadata": metadata,
        "fingerprint": saved["fingerprint"],
        "warnings": [*warnings, permanent],
        "stale": permanent,
    }


def _has_files(entry: ManifestEntry, rows: Mapping[str, StoredRow]) -> bool:
    """Tell whether the entry's bundle is there and has files.

    It has, unless the repository was empty or blocked when it was fetched. A bundle that was kept
    because the repository is empty or blocked by now is an earlier one with files.
    """
    return is_sound(entry, rows) and (
        entry["stale"] in PERMANENT_WARNINGS or not PERMANENT_WARNINGS & set(entry["warnings"])
    )


def _by_name(entries: Iterable[ManifestEntry]) -> list[ManifestEntry]:
    return sorted(entries, key=lambda entry: entry["name"].lower())


def _found_rows(
    before: Manifest | None,
    listed: Mapping[str, ListedRepository],
    rows: Mapping[str, StoredRow],
) -> list[SavedBundle]:
    """Return saved bundles that are as new as the listing and that the manifest lacks."""
    entries = {entry["name"]: entry for entry in (before["entries"] if before else [])}
    gone = before["gone"] if before else {}
    found: dict[str, SavedBundle] = {}
    for row in rows.values():
        name, fingerprint = row.saved["name"], row.saved["fingerprint"]
        entry = entries.get(name)
        is_current = name in listed and listed[name]["fingerprint"] == fingerprint
        is_needed = entry is None or not has_content_of(entry, fingerprint, rows)
        # If an entry's own row is another one than was published, it is damaged.
        is_other = entry is None or entry["row_key"] != row.saved["row_key"]
        if is_current and is_needed and is_other and gone.get(name) != fingerprint:
            found[name] = row.saved
    return list(found.values())
