"""Rows of an Azure table: conditional writes, and transactions within the service's limits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from azure.core import MatchConditions
from azure.core.exceptions import (
    AzureError,
    ClientAuthenticationError,
    HttpResponseError,
    ResourceExistsError,
    ResourceNotFoundError,
)
from azure.data.tables import TableClient, TableErrorCode, UpdateMode

from cache.rows import Corrupt, pack, unpack
from errors import CacheConflict, CacheUnavailable
from observability import Facts, logger

# https://learn.microsoft.com/rest/api/storageservices/performing-entity-group-transactions
MAX_TRANSACTION_ROWS = 100
MAX_TRANSACTION_BYTES = 3 * 1024 * 1024  # of 4 MiB; property names take the rest
ROW_OVERHEAD_BYTES = 1024  # headers, keys and property names of one row in a transaction
NOT_SIGNED_IN = (
    "Azure gives the app no token for the table storage; is `AzureWebJobsStorage__clientId` the"
    " client id of an identity that is assigned to the app?"
)

Entity = dict[str, Any]


class Table:
    """The rows of one Azure table. A row's PartitionKey is a username in lower case.

    Raises CacheConflict when a conditional write fails, and CacheUnavailable when the storage does
    not answer.
    """

    def __init__(self, client: TableClient) -> None:
        self._client = client

    @contextmanager
    def _storage(self) -> Iterator[None]:
        """Translate errors. A table that the storage has lost is made anew for the next attempt."""
        try:
            with translated():
                yield
        except CacheUnavailable as error:
            if getattr(error.__cause__, "error_code", None) == TableErrorCode.TABLE_NOT_FOUND:
                logger.warning("cache.table_lost %s", Facts(table=self._client.table_name))
                with translated(), suppress(ResourceExistsError):
                    self._client.create_table()
            raise

    def read(self, username: str, row_key: str) -> tuple[Any, str] | None:
        """Read a row's value and ETag; None if the row is missing or corrupt."""
        row = self.read_row(username, row_key)
        value = None if row is None else value_of(row)
        return None if value is None else (value, etag_of(row))

    def read_etag(self, username: str, row_key: str) -> str | None:
        """Read a row's ETag alone; None if the row is missing."""
        row = self.read_row(username, row_key, select=["PartitionKey", "RowKey"])
        return None if row is None else etag_of(row)

    def read_row(
        self, username: str, row_key: str, *, select: list[str] | None = None
    ) -> Any | None:
        """Read a row, or the selected properties of it; None if it is missing."""
        with self._storage():
            try:
                return self._client.get_entity(username.lower(), row_key, select=select)
            except ResourceNotFoundError:
                return None

    def write(self, username: str, row_key: str, value: Any) -> None:
        """Create or replace a row that has a value and nothing else."""
        self.put({"PartitionKey": username.lower(), "RowKey": row_key, **pack(value)})

    def put(self, row: Entity) -> None:
        """Create or replace a row."""
        with self._storage():
            self._client.upsert_entity(row, mode=UpdateMode.REPLACE)

    def swap(self, username: str, row_key: str, value: Any, *, if_etag: str | None) -> str:
        """Replace a row if its ETag is still `if_etag`, or create it if that is None.

        A corrupt row counts as missing, as in `read`. Returns the new ETag. Raises CacheConflict.
        """
        row = {"PartitionKey": username.lower(), "RowKey": row_key, **pack(value)}
        if if_etag is None:
            existing = self.read_row(username, row_key)
            if existing is None or value_of(existing) is not None:
                return self.create(row)
            if_etag = etag_of(existing)
        with self._storage():
            written = self._client.update_entity(
                row,
                mode=UpdateMode.REPLACE,
                etag=if_etag,
                match_condition=MatchConditions.IfNotModified,
            )
        return str(written["etag"])

    def create(self, row: Entity) -> str:
        """Create a row and return its ETag. Raises CacheConflict if it exists."""
        with self._storage():
            return str(self._client.create_entity(row)["etag"])

    def query(
        self,
        username: str,
        kind: str | None = None,
        condition: str | None = None,
        *,
        select: list[str] | None = None,
        rows_per_request: int | None = None,
        **parameters: Any,
    ) -> Iterator[Any]:
        """Yield a portfolio's rows; with `kind`, only those whose key begins with `kind:`."""
        conditions = ["PartitionKey eq @username"]
        if kind:  # `;` is the character after `:`
            conditions.append(f"RowKey ge '{kind}:' and RowKey lt '{kind};'")
        if condition:
            conditions.append(condition)
        with self._storage():
            yield from self._client.query_entities(
                " and ".join(conditions),
                parameters={"username": username.lower(), **parameters},
                select=select,
                results_per_page=rows_per_request,
            )

    def replace(self, rows: Sequence[Entity]) -> None:
        """Create or replace rows of one portfolio."""
        if len(rows) == 1:
            self.put(rows[0])  # cheaper than a transaction
        else:
            self.upsert(rows, UpdateMode.REPLACE)

    def upsert(self, rows: Sequence[Entity], mode: UpdateMode) -> None:
        """Write rows of one portfolio, in as few transactions as the service allows."""
        for transaction in transactions(rows):
            with self._storage():
                self._client.submit_transaction(
                    [("upsert", row, {"mode": mode}) for row in transaction]
                )

    def delete(self, rows: Sequence[Entity]) -> None:
        """Delete rows of one portfolio, in as few transactions as the service allows.

        Rows that another process has deleted meanwhile are deleted, too.
        """
        for transaction in transactions(rows):
            with self._storage():
                try:
                    self._client.submit_transaction([("delete", row) for row in transaction])
                except HttpResponseError as error:
                    if error.status_code != 404:
                        raise
                    for row in transaction:  # one missing row fails a whole transaction
                        self._client.delete_entity(row["PartitionKey"], row["RowKey"])


@contextmanager
def translated() -> Iterator[None]:
    """Raise what the storage client raises as CacheConflict or CacheUnavailable."""
    try:
        yield
    except HttpResponseError as error:
        if isinstance(error, ClientAuthenticationError) and error.response is None:
            raise CacheUnavailable(NOT_SIGNED_IN) from error
        is_missing_row = getattr(error, "error_code", None) == TableErrorCode.RESOURCE_NOT_FOUND
        if error.status_code in {409, 412} or is_missing_row:
            raise CacheConflict("the row changed since it was read") from error
        raise CacheUnavailable(f"the table storage answers {error.status_code}") from error
    except AzureError as error:
        raise CacheUnavailable("the table storage does not answer") from error


def value_of(entity: Any) -> Any | None:
    """Return the value of a row; None, logged, if it is corrupt."""
    try:
        return unpack(entity)
    except Corrupt as error:
        logger.warning("cache.row_corrupt %s", Facts(row=entity["RowKey"], error=str(error)))
        return None


def etag_of(row: Any) -> str:
    """Return the ETag of a row that was read, also if only some of its properties were selected."""
    return str(row.metadata["etag"])


def transactions(rows: Sequence[Entity]) -> Iterator[list[Entity]]:
    """Split rows into transactions that the table service accepts."""
    transaction: list[Entity] = []
    size = 0
    for row in rows:
        values = (value for value in row.values() if isinstance(value, bytes))
        # Binary values travel as base64.
        row_bytes = sum(len(value) * 4 // 3 for value in values) + ROW_OVERHEAD_BYTES
        is_full = len(transaction) == MAX_TRANSACTION_ROWS
        if transaction and (is_full or size + row_bytes > MAX_TRANSACTION_BYTES):
            yield transaction
            transaction, size = [], 0
        transaction.append(row)
        size += row_bytes
    if transaction:
        yield transaction
