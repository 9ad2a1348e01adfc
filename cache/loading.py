"""Load a published portfolio: its manifest, and the contents that are not in memory yet."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from cache.portfolio import Content, Portfolio
from cache.rows import ROW_FORMAT, Corrupt
from cache.snapshot import read_snapshot
from cache.table import Table, value_of
from cache.threads import call_each, start
from errors import CacheUnavailable
from models import Bundle, Manifest
from observability import Facts, logger

MAX_ATTEMPTS = 3
# Reading a row by itself costs about as much as this many rows of a query.
POINT_READ_COST = 5
READING_THREADS = 8


class PortfolioLoader:
    """Makes portfolios from the rows of a table, and reads as few of them as possible."""

    def __init__(self, table: Table, *, show_private: bool) -> None:
        self._table = table
        self._show_private = show_private

    def check(self, username: str, held: Portfolio | None) -> Portfolio | None:
        """Return `held` if it is what is published, else what `load` returns."""
        etag = self._table.read_etag(username, "manifest")
        if etag is None:
            return None
        return held if held and held.etag == etag else self.load(username, held)

    def load(self, username: str, held: Portfolio | None) -> Portfolio | None:
        """Load what is published; None if nothing is. Raises CacheUnavailable.

        The contents that `held` has are not read again. Without `held`, they are taken from the
        snapshot, as far as it has them.
        """
        snapshot = None if held else start(lambda: self._read_snapshot(username))
        published = self._read_manifest(username)
        if published is None:
            return None
        if held and held.etag == published[1]:
            return held
        contents = held.contents() if held else {}
        if snapshot:
            contents = snapshot.result()
        attempts = 0
        while True:
            attempts += 1
            row_keys = {entry["row_key"] for entry in published[0]["entries"] if entry["row_key"]}
            missing = row_keys - contents.keys()
            found = self.read_bundles(username, missing, of=len(row_keys))
            contents |= {row_key: Content.of(bundle) for row_key, bundle in found.items()}
            if missing == found.keys() or attempts == MAX_ATTEMPTS:
                break
            # Rows disappear after a newer manifest is published. Without one, they are lost.
            newer = self._read_manifest(username)
            if newer is None:
                return None
            if newer[1] == published[1]:
                break
            published = newer
        portfolio = Portfolio.of(*published, contents)
        if portfolio.lost:
            logger.warning("cache.rows_missing %s", Facts(username=username, rows=portfolio.lost))
        return portfolio

    def read_bundles(
        self, username: str, row_keys: Collection[str], *, of: int | None = None
    ) -> dict[str, Bundle]:
        """Read bundles by row key. Leaves out those that are missing, corrupt or of another format.

        `of`: about how many bundles the table has of this user, if that is known. Where most of them
        are wanted, one query reads them all.
        """
        wanted = sorted(set(row_keys))
        if not wanted:
            return {}
        rows: list[Any]
        if of is None or len(wanted) <= max(1, of // POINT_READ_COST):
            rows = call_each(
                lambda row_key: self._table.read_row(username, row_key),
                wanted,
                threads=min(len(wanted), READING_THREADS),
            )
        else:
            rows = [row for row in self._table.query(username, "repo") if row["RowKey"] in row_keys]
        return {
            row["RowKey"]: bundle
            for row in rows
            if row and row.get("format") == ROW_FORMAT and (bundle := value_of(row)) is not None
        }

    def _read_manifest(self, username: str) -> tuple[Manifest, str] | None:
        """Read the manifest and its ETag, without the entries that readers must not see."""
        published = self._table.read(username, "manifest")
        if published is None:
            return None
        manifest: Manifest = published[0]
        entries = [
            entry
            for entry in manifest["entries"]
            if self._show_private or entry["metadata"]["visibility"] == "public"
        ]
        return {**manifest, "entries": entries}, published[1]

    def _read_snapshot(self, username: str) -> dict[str, Content]:
        """Read the snapshot; empty if it cannot be used, because the bundles have all it has."""
        try:
            rows = list(self._table.query(username, "snapshot"))
            return read_snapshot(rows) if rows else {}
        except (CacheUnavailable, Corrupt) as error:
            reason = str(error)
        logger.warning("cache.snapshot_ignored %s", Facts(username=username, error=reason))
        return {}
