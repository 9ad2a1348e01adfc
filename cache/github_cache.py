"""Portfolios in one Azure table."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any

from azure.data.tables import TableClient, TableServiceClient, UpdateMode

from cache.memory import ListingMemory, PortfolioMemory
from cache.portfolio import Portfolio
from cache.rows import bundle_row
from cache.table import Table, translated, value_of
from cache.webhook_inbox import WebhookInbox
from models import Bundle, ListedRepository, Listing, Manifest
from observability import Facts, logger

DEFAULT_RECHECK_AFTER_S = 2.0
MAX_LOAD_ATTEMPTS = 3
# Fail within seconds: visitors are waiting, and Durable retries activities.
CONNECTION_OPTIONS: dict[str, Any] = {
    "retry_total": 2,
    "retry_backoff_factor": 0.2,
    "connection_timeout": 2,
    "read_timeout": 10,
}


class GitHubCache:
    """The app's only access to its table.

    The PartitionKey is the username in lower case. The RowKey is `manifest`, `listing`,
    `repo:<encoded name>@<version>` for a bundle or `delivery:<encoded id>` for a webhook. Bundles
    are only ever added; the manifest names the published ones, and pruning deletes the others.

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
        self._show_private = show_private
        self._inbox = WebhookInbox(self._table)
        self._listings = ListingMemory(self.load_listing)
        self._portfolios = PortfolioMemory(
            read_etag=lambda username: self._table.read_etag(username, "manifest"),
            load=self._load_portfolio,
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
        show_private: bool = False,
    ) -> GitHubCache:
        """Connect by connection string, else with the app's identity; create the table if needed."""
        with translated():
            if connection_string:
                service = TableServiceClient.from_connection_string(
                    connection_string, **CONNECTION_OPTIONS
                )
            else:
                from azure.identity import DefaultAzureCredential

                service = TableServiceClient(
                    str(table_service_uri),
                    credential=DefaultAzureCredential(),
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

    def save_bundles(self, username: str, bundles: Sequence[Bundle]) -> dict[str, str]:
        """Add bundles beside the published ones; return their row keys by name. Idempotent."""
        rows = {bundle["metadata"]["name"]: bundle_row(username, bundle) for bundle in bundles}
        self._table.upsert(list(rows.values()), UpdateMode.REPLACE)
        return {name: row["RowKey"] for name, row in rows.items()}

    def load_bundles(self, username: str, row_keys: Collection[str]) -> dict[str, Bundle]:
        """Load bundles by row key. Leaves out missing and corrupt ones."""
        wanted = set(row_keys)
        bundles: dict[str, Bundle] = {}
        for row in self._table.query(username, "repo"):
            if row["RowKey"] in wanted and (bundle := value_of(row)) is not None:
                bundles[row["RowKey"]] = bundle
        return bundles

    def load_manifest(self, username: str) -> tuple[Manifest, str] | None:
        """Load the published manifest and its ETag; None if nothing is published."""
        return self._table.read(username, "manifest")

    def publish(self, username: str, manifest: Manifest, *, if_etag: str | None) -> str:
        """Swap the manifest if its ETag is still `if_etag` (None: if there is no manifest).

        Returns the new ETag. Raises CacheConflict if another process published meanwhile.
        """
        etag = self._table.swap(username, "manifest", manifest, if_etag=if_etag)
        self._portfolios.expire(username)
        return etag

    def prune(self, username: str, keep: Collection[str]) -> int:
        """Delete the bundles whose row keys are not in `keep`; return their number."""
        kept = set(keep)
        unused = [
            row
            for row in self._table.query(username, "repo", select=["PartitionKey", "RowKey"])
            if row["RowKey"] not in kept
        ]
        self._table.delete(unused)
        return len(unused)

    def record_delivery(
        self, username: str, delivery: str, names: Sequence[str], now: datetime
    ) -> bool:
        """Record the repositories that a webhook names; False if its delivery is known already."""
        return self._inbox.record(username, delivery, names, now)

    def pending_deliveries(self, username: str) -> dict[str, list[str]]:
        """Return the repositories named by every unanswered webhook, by the webhook's row key."""
        return self._inbox.pending(username)

    def mark_deliveries_answered(
        self, username: str, row_keys: Collection[str], *, delete_before: datetime
    ) -> None:
        """Mark the webhooks that a refresh answered; delete those received before a moment."""
        self._inbox.mark_answered(username, row_keys)
        self._inbox.delete_answered(username, received_before=delete_before)

    def delete(self, username: str) -> int:
        """Delete a portfolio, manifest first, so that readers never see a part; return its rows."""
        rows = list(self._table.query(username, select=["PartitionKey", "RowKey"]))
        rows.sort(key=lambda row: row["RowKey"] != "manifest")
        self._table.delete(rows)
        self._portfolios.forget(username)
        return len(rows)

    def portfolio(self, username: str) -> Portfolio | None:
        """Return the published portfolio; None if there is none.

        Served from memory, and checked at most every `recheck_after_s`. While the storage is down,
        the portfolio in memory is served; without one, CacheUnavailable is raised.
        """
        return self._portfolios.get(username)

    def _load_portfolio(self, username: str) -> Portfolio | None:
        """Load manifest and bundles. If bundles are missing, there may be a newer manifest."""
        portfolio = None
        for _ in range(MAX_LOAD_ATTEMPTS):
            published = self.load_manifest(username)
            if published is None:
                return None
            manifest, etag = published
            entries = [
                entry
                for entry in manifest["entries"]
                if self._show_private or entry["metadata"]["visibility"] == "public"
            ]
            bundles = self.load_bundles(username, [entry["row_key"] for entry in entries])
            portfolio = Portfolio.of({**manifest, "entries": entries}, etag, bundles)
            if len(portfolio.bundles) == len(entries):
                return portfolio
        logger.warning("cache.rows_missing %s", Facts(username=username))
        return portfolio
