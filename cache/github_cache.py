"""Portfolios in one Azure table."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from threading import Lock
from typing import Any

from azure.core import MatchConditions
from azure.core.exceptions import AzureError, HttpResponseError, ResourceNotFoundError
from azure.data.tables import TableClient, TableServiceClient, UpdateMode

from cache.portfolio import Portfolio
from cache.values import Corrupt, TooLarge, encode_key, pack, unpack
from errors import CacheConflict, CacheUnavailable
from models import Bundle, ListedRepository, Listing, Manifest
from observability import Facts, logger

BATCH_ENTITIES = 100
BATCH_BYTES = 3 * 1024 * 1024  # of 4 MiB; base64 and property names take the rest
LOAD_ATTEMPTS = 3


class GitHubCache:
    """All access to what is known of GitHub.

    PartitionKey is the lower-case username. RowKey is `manifest`, `listing`, for a bundle
    `repo:<encoded name>@<version>`, for a webhook `delivery:<encoded id>`. Bundles are only ever
    added; the manifest names those that are published; the rest is pruned. Raises CacheUnavailable
    when the storage does not answer.
    """

    def __init__(
        self,
        table: TableClient,
        *,
        show_private: bool = False,
        recheck_after_s: float = 2.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`show_private`: whether readers see private repositories that an earlier setting let in.
        `recheck_after_s`: how long a portfolio in memory is served without asking the table."""
        self._table = table
        self._show_private = show_private
        self._recheck_after_s = recheck_after_s
        self._clock = clock
        self._memory: dict[str, tuple[float, Portfolio]] = {}
        self._loading = Lock()
        self._listings: dict[str, tuple[str, dict[str, ListedRepository]]] = {}
        self._loading_listing = Lock()

    @classmethod
    def connect(
        cls,
        *,
        table: str,
        connection_string: str | None,
        table_service_uri: str | None,
        show_private: bool = False,
    ) -> GitHubCache:
        """Connect by connection string, else with the app's identity; make the table if need be."""
        # Fail within seconds: a visitor waits, and Durable asks again.
        patience: dict[str, Any] = {
            "retry_total": 2,
            "retry_backoff_factor": 0.2,
            "connection_timeout": 2,
            "read_timeout": 10,
        }
        with translated():
            if connection_string:
                service = TableServiceClient.from_connection_string(connection_string, **patience)
            else:
                from azure.identity import DefaultAzureCredential

                service = TableServiceClient(
                    str(table_service_uri), credential=DefaultAzureCredential(), **patience
                )
            return cls(service.create_table_if_not_exists(table), show_private=show_private)

    def save_listing(self, username: str, listing: Listing) -> None:
        """Keep the listing for the steps of a refresh; replaces the one of before."""
        self._put(username, "listing", listing)

    def load_listing(self, username: str) -> Listing | None:
        """The last listing."""
        found = self._get(username, "listing")
        return found[0] if found else None

    def listed_repositories(self, username: str, listing_id: str) -> dict[str, ListedRepository]:
        """Return the repositories of a listing by name; empty if it has been replaced since.

        Kept in memory: every fetch of a refresh asks for the same listing.
        """
        key = username.lower()
        with self._loading_listing:  # a whole batch asks at once; one of them loads the listing
            if self._listings.get(key, ("", {}))[0] != listing_id:
                listing = self.load_listing(username)
                if listing is None or listing["listing_id"] != listing_id:
                    return {}
                by_name = {listed["metadata"]["name"]: listed for listed in listing["repositories"]}
                self._listings[key] = (listing_id, by_name)
            return self._listings[key][1]

    def save_bundles(self, username: str, bundles: Sequence[Bundle]) -> dict[str, str]:
        """Add bundles beside the published ones; name -> row key. Saving twice changes nothing."""
        rows = {bundle["metadata"]["name"]: _row(username, bundle) for bundle in bundles}
        for batch in _batches(list(rows.values())):
            with translated():
                self._table.submit_transaction(
                    [("upsert", row, {"mode": UpdateMode.REPLACE}) for row in batch]
                )
        return {name: row["RowKey"] for name, row in rows.items()}

    def load_bundles(self, username: str, row_keys: Collection[str]) -> dict[str, Bundle]:
        """Row key -> bundle, of those that are there."""
        wanted, found = set(row_keys), {}
        for entity in self._repo_rows(username):
            if entity["RowKey"] in wanted and (value := _value(entity)) is not None:
                found[entity["RowKey"]] = value
        return found

    def load_manifest(self, username: str) -> tuple[Manifest, str] | None:
        """The published manifest and its ETag."""
        return self._get(username, "manifest")

    def publish(self, username: str, manifest: Manifest, *, if_etag: str | None) -> str:
        """Swap the manifest, if it is still that of `if_etag` (None: if there is none); the new
        ETag.

        Raises CacheConflict if somebody else published meanwhile.
        """
        etag = self._put(username, "manifest", manifest, if_etag=if_etag, conditional=True)
        key = username.lower()
        if key in self._memory:  # this process sees it at once
            self._memory[key] = (float("-inf"), self._memory[key][1])
        return etag

    def prune(self, username: str, keep: Collection[str]) -> int:
        """Delete the bundles that `keep` does not name; how many."""
        kept = set(keep)
        doomed = [
            entity
            for entity in self._repo_rows(username, select=["PartitionKey", "RowKey"])
            if entity["RowKey"] not in kept
        ]
        self._delete(doomed)
        return len(doomed)

    def record_delivery(
        self, username: str, delivery: str, names: Sequence[str], now: datetime
    ) -> bool:
        """Remember that a webhook named these repositories; False if this delivery is known."""
        entity = {
            "PartitionKey": username.lower(),
            "RowKey": f"delivery:{encode_key(delivery)}",
            "settled": False,
            "received_at": now,
            **pack(list(names)),
        }
        try:
            with translated():
                self._table.create_entity(entity)
        except CacheConflict:
            return False
        return True

    def pending_deliveries(self, username: str) -> dict[str, list[str]]:
        """Row key -> names of repositories, of every webhook that no refresh has answered yet."""
        rows = self._deliveries(username, "settled eq false")
        return {row["RowKey"]: _value(row) or [] for row in rows}

    def settle_deliveries(
        self, username: str, row_keys: Collection[str], *, forget_before: datetime
    ) -> None:
        """A refresh has answered these. Settled ones of before that moment are forgotten."""
        settled = [
            {"PartitionKey": username.lower(), "RowKey": key, "settled": True} for key in row_keys
        ]
        for start in range(0, len(settled), BATCH_ENTITIES):
            with translated():
                self._table.submit_transaction(
                    [
                        ("upsert", row, {"mode": UpdateMode.MERGE})
                        for row in settled[start : start + BATCH_ENTITIES]
                    ]
                )
        self._delete(
            self._deliveries(
                username, "settled eq true and received_at lt @before", before=forget_before
            )
        )

    def delete(self, username: str) -> int:
        """Forget a portfolio, manifest first, so that no reader sees a part of it; rows deleted."""
        with translated():
            rows = list(
                self._table.query_entities(
                    "PartitionKey eq @p",
                    parameters={"p": username.lower()},
                    select=["PartitionKey", "RowKey"],
                )
            )
        rows.sort(key=lambda row: row["RowKey"] != "manifest")
        self._delete(rows)
        self._memory.pop(username.lower(), None)
        return len(rows)

    def portfolio(self, username: str) -> Portfolio | None:
        """The published portfolio; None if there never was one.

        Served from memory; at most every `recheck_after_s` the manifest's ETag is asked for, and
        only when it is another one the table is read. With the storage down, the copy in memory is
        served on; without one, CacheUnavailable is raised.
        """
        key = username.lower()
        checked, held = self._memory.get(key, (float("-inf"), None))
        if held and self._clock() - checked < self._recheck_after_s:
            return held
        try:
            with self._loading:
                return self._renew(key, self._memory.get(key, (0.0, None))[1])
        except CacheUnavailable as error:
            if held is None:
                raise
            logger.warning("cache.unavailable %s", Facts(username=username, error=str(error)))
            return held

    def _renew(self, key: str, held: Portfolio | None) -> Portfolio | None:
        etag = self._etag(key, "manifest")
        if etag is None:
            self._memory.pop(key, None)
            return None
        if held is None or held.etag != etag:
            held = self._load(key)
        if held is not None:
            self._memory[key] = (self._clock(), held)
        return held

    def _load(self, key: str) -> Portfolio | None:
        """Manifest and rows. Rows that vanish in between were pruned: then there is a newer
        manifest."""
        portfolio = None
        for _ in range(LOAD_ATTEMPTS):
            published = self.load_manifest(key)
            if published is None:
                return None
            manifest, etag = published
            entries = [
                entry
                for entry in manifest["entries"]
                if self._show_private or entry["metadata"]["visibility"] == "public"
            ]
            manifest = {**manifest, "entries": entries}
            row_keys = [entry["row_key"] for entry in entries]
            portfolio = Portfolio.of(manifest, etag, self.load_bundles(key, row_keys))
            if len(portfolio.bundles) == len(row_keys):
                return portfolio
        logger.warning("cache.rows_missing %s", Facts(username=key))
        return portfolio

    def _etag(self, username: str, row_key: str) -> str | None:
        with translated():
            try:
                found = self._table.get_entity(
                    username.lower(), row_key, select=["PartitionKey", "RowKey"]
                )
            except ResourceNotFoundError:
                return None
        return str(found.metadata["etag"])

    def _get(self, username: str, row_key: str) -> tuple[Any, str] | None:
        with translated():
            try:
                entity = self._table.get_entity(username.lower(), row_key)
            except ResourceNotFoundError:
                return None
        value = _value(entity)
        return None if value is None else (value, str(entity.metadata["etag"]))

    def _put(
        self,
        username: str,
        row_key: str,
        value: Any,
        *,
        if_etag: str | None = None,
        conditional: bool = False,
    ) -> str:
        entity = {"PartitionKey": username.lower(), "RowKey": row_key, **pack(value)}
        with translated():
            if not conditional:
                written = self._table.upsert_entity(entity, mode=UpdateMode.REPLACE)
            elif if_etag is None:
                written = self._table.create_entity(entity)
            else:
                written = self._table.update_entity(
                    entity,
                    mode=UpdateMode.REPLACE,
                    etag=if_etag,
                    match_condition=MatchConditions.IfNotModified,
                )
        return str(written["etag"])

    def _repo_rows(self, username: str, select: list[str] | None = None) -> Iterator[Any]:
        with translated():
            # `;` follows `:` in the order of keys
            yield from self._table.query_entities(
                "PartitionKey eq @p and RowKey ge 'repo:' and RowKey lt 'repo;'",
                parameters={"p": username.lower()},
                select=select,
            )

    def _deliveries(self, username: str, which: str, **values: Any) -> list[Any]:
        with translated():
            return list(
                self._table.query_entities(
                    "PartitionKey eq @p and RowKey ge 'delivery:' and RowKey lt 'delivery;'"
                    f" and {which}",
                    parameters={"p": username.lower(), **values},
                )
            )

    def _delete(self, rows: Sequence[Any]) -> None:
        for start in range(0, len(rows), BATCH_ENTITIES):
            with translated():
                self._table.submit_transaction(
                    [("delete", row) for row in rows[start : start + BATCH_ENTITIES]]
                )


@contextmanager
def translated() -> Iterator[None]:
    """What the storage client raises, in our words."""
    try:
        yield
    except HttpResponseError as error:
        if error.status_code in {409, 412}:
            raise CacheConflict("the manifest changed since it was read") from error
        raise CacheUnavailable(f"the table storage answers {error.status_code}") from error
    except AzureError as error:
        raise CacheUnavailable("the table storage does not answer") from error


def _row(username: str, bundle: Bundle) -> dict[str, Any]:
    """The entity of a bundle, cut with a warning if it is too large for one."""
    packed: dict[str, bytes] = {}
    for cut in ((), ("readme",), ("readme", "path_terms", "repoContext")):
        content = dict(bundle)
        for field in cut:
            content[field] = type(content[field])()
        if cut:
            content["warnings"] = [*bundle["warnings"], "bundle_cut"]
        try:
            packed = pack(content)
        except TooLarge:
            continue
        break
    version = hashlib.sha256(
        json.dumps([bundle["fingerprint"], bundle["fetched_at"]]).encode()
    ).hexdigest()[:12]
    return {
        "PartitionKey": username.lower(),
        "RowKey": f"repo:{encode_key(bundle['metadata']['name'])}@{version}",
        **packed,
    }


def _batches(rows: Sequence[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Transactions within the limits of the table service."""
    batch: list[dict[str, Any]] = []
    size = 0
    for row in rows:
        # binary values travel as base64
        row_bytes = sum(len(v) * 4 // 3 for v in row.values() if isinstance(v, bytes)) + 1024
        if batch and (len(batch) == BATCH_ENTITIES or size + row_bytes > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(row)
        size += row_bytes
    if batch:
        yield batch


def _value(entity: Any) -> Any | None:
    try:
        return unpack(entity)
    except Corrupt as error:
        logger.warning("cache.row_corrupt %s", Facts(row=entity["RowKey"], error=str(error)))
        return None
