"""Webhooks that wait for a refresh: recorded on delivery, marked once a refresh has answered them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import islice

from azure.data.tables import UpdateMode

from cache.rows import encode_key, pack
from cache.table import Table, value_of
from errors import CacheConflict

# A refresh answers at most so many at once. The next one answers the others.
MAX_PENDING = 200


class WebhookInbox:
    """The deliveries of each portfolio, in rows `delivery:<encoded id>`.

    An answered delivery keeps its row for a while, so that a redelivery is recognised.
    """

    def __init__(self, table: Table) -> None:
        self._table = table

    def record(
        self, username: str, delivery: str, names: Sequence[str], received_at: datetime
    ) -> bool:
        """Record the repositories that a delivery names; False if it was recorded before."""
        try:
            self._table.create(
                {
                    "PartitionKey": username.lower(),
                    "RowKey": f"delivery:{encode_key(delivery)}",
                    "answered": False,
                    "received_at": received_at,
                    **pack(list(names)),
                }
            )
        except CacheConflict:
            return False
        return True

    def pending(self, username: str) -> dict[str, list[str]]:
        """Return the repositories of at most MAX_PENDING unanswered deliveries, by row key."""
        rows = self._table.query(
            username, "delivery", "answered eq false", rows_per_request=MAX_PENDING
        )
        return {row["RowKey"]: value_of(row) or [] for row in islice(rows, MAX_PENDING)}

    def mark_answered(self, username: str, row_keys: Collection[str]) -> None:
        """Mark deliveries that a refresh has answered."""
        rows = [
            {"PartitionKey": username.lower(), "RowKey": row_key, "answered": True}
            for row_key in row_keys
        ]
        self._table.upsert(rows, UpdateMode.MERGE)

    def delete_answered(self, username: str, received_before: datetime) -> None:
        """Delete answered deliveries that were received before a moment."""
        rows = self._table.query(
            username,
            "delivery",
            "answered eq true and received_at lt @received_before",
            received_before=received_before,
        )
        self._table.delete(list(rows))
