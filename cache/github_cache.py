"""Portfolios in one Azure table."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any

from azure.data.tables import TableClient, TableServiceClient, UpdateMode

from cache.group_commit import GroupCommit
from cache.loading import PortfolioLoader
from cache.memory import ListingMemory, PortfolioMemory
from cache.portfolio import Portfolio
from cache.rows import SHORT_PROPERTIES, StoredRow, bundle_row, is_moment, saved_bundle
from cache.snapshot import PART_PROPERTIES, is_whole, snapshot_digest, snapshot_rows
from cache.table import Table, etag_of, translated
from cache.webhook_inbox import WebhookInbox
from credentials import DEFAULT_IDENTITY, Identity
from models import Bundle, ListedRepository, Listing, Manifest, RefreshHealth, SavedBundle

DEFAULT_RECHECK_AFTER_S = 2.0
# Fail within seconds: visitors wait for the first load, and orchestrations retry activities.
CONNECTION_OPTIONS: dict[str, Any] = {
    "retry_total": 2,
    "retry_backoff_factor": 0.2,
    "connection_timeout": 2,
    "read_timeout": 10,
}


class GitHubCache:
    """The app's only access to its table.

    The PartitionKey is the username in lower case. The RowKey is `manifest`, `listing`, `health`,
    `repo:<encoded name>@<fingerprint>-<hash of the time>` for a bundle, `snapshot:<number>` for a
    part of the snapshot, or `delivery:<encoded id>` for a webhook. Bundles are only ever added; the
    manifest names the published ones, and pruning deletes the others.

    Raises CacheUnavailable when the storage does not answer.
    """

    def __init__(
        self,
        table: TableClient,
        *,
        show_private: bool = False,
        recheck_after_s: float = DEFAULT_RECHECK_AFTER_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Use an existing table.

        `show_private`: whether readers see private repositories, which may have been published
        under an earlier setting. `recheck_after_s`: how long a portfolio is served from memory
        before its ETag is checked.
        """
        self._table = Table(table)
        self._loader = PortfolioLoader(self._table, show_private=show_private)
        self._inbox = WebhookInbox(self._table)
        self._bundles = GroupCommit(self._table.replace)
        self._listings = ListingMemory(self.load_listing)
        self._portfolios = PortfolioMemory(
            check=self._loader.check,
            load=self._loader.load,
            recheck_after_s=recheck_after_s,
            clock=clock,
        )

    @classmethod
    def connect(
        cls,
        *,
        table: str,
        connection_string: str | None,
        table_service_uri: str | None,
        identity: Identity = DEFAULT_IDENTITY,
        show_private: bool = False,
    ) -> GitHubCache:
        """Connect by connection string, else with an identity; create the table if needed."""
        with translated():
            if connection_string:
                service = TableServiceClient.from_connection_string(
                    connection_string, **CONNECTION_OPTIONS
                )
            else:
                service = TableServiceClient(
                    str(table_service_uri),
                    credential=identity.credential(),
                    **CONNECTION_OPTIONS,
                )
            return cls(service.create_table_if_not_exists(table), show_private=show_private)

    def save_listing(self, username: str, listing: Listing) -> None:
        """Store the listing for the later steps of this refresh, replacing the previous one."""
        self._table.write(username, "listing", listing)

    def load_listing(self, username: str) -> Listing | None:
        """Load the last listing; None if there is none."""
        stored = self._table.read(username, "listing")
        return stored[0] if stored else None

    def listed_repositories(self, username: str, listing_id: str) -> dict[str, ListedRepository]:
        """Return the repositories of a listing by name; empty if it has been replaced since."""
        return self._listings.repositories(username, listing_id)

    def save_bundle(self, username: str, bundle: Bundle) -> SavedBundle:
        """Add a bundle beside the published ones. Idempotent.

        A bundle too large for a row is cut, with a warning.
        """
        row, saved = bundle_row(username, bundle)
        self._bundles.save(row)
        return saved

    def saved_rows(
        self, username: str, row_keys: Collection[str] | None = None
    ) -> dict[str, StoredRow]:
        """Return what is stored, without values, by row key.

        With `row_keys`, only those are returned, and only the range from the first to the last of
        them is read. Leaves out rows that cannot be read or that an earlier version of the app wrote.
        """
        condition, bounds = None, dict[str, Any]()
        if row_keys is not None:
            if not row_keys:
                return {}
            condition = "RowKey ge @first and RowKey le @last"
            bounds = {"first": min(row_keys), "last": max(row_keys)}
        rows = self._table.query(username, "repo", condition, select=SHORT_PROPERTIES, **bounds)
        return {
            saved["row_key"]: StoredRow(saved, etag_of(row))
            for row in rows
            if (row_keys is None or row["RowKey"] in row_keys) and (saved := saved_bundle(row))
        }

    def load_bundles(self, username: str, row_keys: Collection[str]) -> dict[str, Bundle]:
        """Load bundles by row key. Leaves out missing and corrupt ones."""
        return self._loader.read_bundles(username, row_keys)

    def load_manifest(self, username: str) -> tuple[Manifest, str] | None:
        """Load the published manifest and its ETag; None if nothing is published."""
        return self._table.read(username, "manifest")

    def publish(self, username: str, manifest: Manifest, *, if_etag: str | None) -> str:
        """Swap the manifest if its ETag is still `if_etag` (None: if there is no manifest).

        Returns the new ETag. Raises CacheConflict if another process published meanwhile. Visitors
        of this process keep seeing the portfolio in memory until the new one is loaded.
        """
        return self._table.swap(username, "manifest", manifest, if_etag=if_etag)

    def renew_portfolio(self, username: str) -> Portfolio | None:
        """Load what is published now into this process's memory, and return it.

        Reads the rows that are not in memory. None if nothing is published.
        """
        return self._portfolios.renew(username)

    def save_snapshot(self, portfolio: Portfolio) -> None:
        """Store a portfolio in few rows, from which a process that starts loads it quickly.

        Does nothing if the stored snapshot has the same contents. Readers do not depend on it.
        """
        contents = portfolio.contents()
        stored = list(self._table.query(portfolio.username, "snapshot", select=PART_PROPERTIES))
        if is_whole(stored, snapshot_digest(contents)):
            return
        rows = snapshot_rows(portfolio.username, contents)
        self._table.upsert(rows, UpdateMode.REPLACE)
        written = {row["RowKey"] for row in rows}
        self._table.delete([row for row in stored if row["RowKey"] not in written])

    def prune(self, username: str, keep: Collection[str], saved_before: str) -> int:
        """Delete the bundles that were fetched before a moment (ISO-8601) and are not in `keep`.

        Returns their number. Later ones may be waiting to be published.
        """
        kept = set(keep)
        moment = datetime.fromisoformat(saved_before)
        unused = [
            row
            for row in self._table.query(username, "repo", select=SHORT_PROPERTIES)
            if row["RowKey"] not in kept and not _was_fetched_since(row.get("fetched_at"), moment)
        ]
        self._table.delete(unused)
        return len(unused)

    def save_refresh_health(self, username: str, health: RefreshHealth) -> None:
        """Store how the last refresh began."""
        self._table.write(username, "health", health)

    def load_refresh_health(self, username: str) -> RefreshHealth | None:
        """Load how the last refresh began; None if none has."""
        stored = self._table.read(username, "health")
        return stored[0] if stored else None

    def record_delivery(
        self, username: str, delivery: str, names: Sequence[str], now: datetime
    ) -> bool:
        """Record the repositories that a webhook names; False if its delivery is known already."""
        return self._inbox.record(username, delivery, names, now)

    def pending_deliveries(self, username: str) -> dict[str, list[str]]:
        """Return the repositories named by unanswered webhooks, at most 200, by row key."""
        return self._inbox.pending(username)

    def mark_deliveries_answered(
        self, username: str, row_keys: Collection[str], *, delete_before: datetime
    ) -> None:
        """Mark the webhooks that a refresh answered; delete those received before a moment."""
        self._inbox.mark_answered(username, row_keys)
        self._inbox.delete_answered(username, received_before=delete_before)

    def delete(self, username: str) -> int:
        """Delete a portfolio, manifest first, so that readers never see a part; return its rows."""
        self._portfolios.forget(username)
        try:
            rows = list(self._table.query(username, select=["PartitionKey", "RowKey"]))
            rows.sort(key=lambda row: row["RowKey"] != "manifest")
            self._table.delete(rows)
        finally:
            self._portfolios.forget(username)  # a visitor may have loaded it meanwhile
        return len(rows)

    def portfolio(self, username: str) -> Portfolio | None:
        """Return the published portfolio; None if there is none.

        Waits only if nothing is in memory, for one load that all visitors share. Raises
        CacheUnavailable if that fails. What is in memory is checked in the background at most every
        `recheck_after_s`, and served until something newer is loaded or while the storage is down.
        """
        return self._portfolios.get(username)

    def portfolio_in_memory(self, username: str) -> Portfolio | None:
        """Return the portfolio in memory; None if there is none. Never waits for the storage.

        If a check is due, it starts in the background.
        """
        return self._portfolios.peek(username)


def _was_fetched_since(fetched_at: object, moment: datetime) -> bool:
    return is_moment(fetched_at) and datetime.fromisoformat(str(fetched_at)) >= moment
