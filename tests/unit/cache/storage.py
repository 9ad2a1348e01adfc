"""Azure's table client in memory, whose answers a test can hold, count and break."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from threading import Event, Lock, Semaphore
from typing import Any

from azure.core.exceptions import (
    HttpResponseError,
    ResourceExistsError,
    ResourceNotFoundError,
    ServiceRequestError,
)
from azure.data.tables import TableClient

from cache import GitHubCache, StoredRow
from cache.threads import THREAD_NAME
from models import Bundle, Manifest, ManifestEntry
from relevance.terms import analyse, pack_terms
from tests.unit.fakes import bundle_of, listed

DEADLINE_S = 30
RECHECK_AFTER_S = 2.0


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


class WatchedFuture(Future[Any]):
    """A future that tells when somebody begins to wait for it."""

    waiters = Semaphore(0)

    @classmethod
    def wait_for_waiters(cls, count: int) -> None:
        """Return when so many more have begun to wait."""
        for _ in range(count):
            assert cls.waiters.acquire(timeout=DEADLINE_S)

    def result(self, timeout: float | None = None) -> Any:
        self.waiters.release()
        return super().result(timeout)

    def exception(self, timeout: float | None = None) -> Any:
        self.waiters.release()
        return super().exception(timeout)


def settle() -> None:
    """Wait until the cache does nothing in the background."""
    for thread in threading.enumerate():
        if thread.name == THREAD_NAME:
            thread.join(DEADLINE_S)


class Row(dict[str, Any]):
    """A row that was read."""

    metadata: dict[str, str]


class Gate:
    """Holds the operations that come to it until it is opened."""

    def __init__(self) -> None:
        self._come, self._open = Event(), Event()

    def hold(self) -> None:
        self._come.set()
        assert self._open.wait(DEADLINE_S)

    def wait_for_the_first(self) -> None:
        assert self._come.wait(DEADLINE_S)

    def open(self) -> None:
        self._open.set()


def refusal(status: int) -> HttpResponseError:
    """Make the error with which the storage refuses a request."""
    error = HttpResponseError("refused")
    error.status_code = status
    return error


class MemoryTable(TableClient):
    """Rows in a dictionary. Understands the conditions on keys, and no others.

    `operations` has each operation as `<verb> <row key or kind>`. `before` runs before each, in the
    thread that makes it, and may hold it or raise.
    """

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], Row] = {}
        self.operations: list[str] = []
        self.before: Callable[[str, str], object] = lambda username, operation: None
        self.is_down = False
        self._writes = 0
        self._lock = Lock()

    def count(self) -> list[str]:
        """Return the operations since the last count, sorted: some are made at the same time."""
        made, self.operations = sorted(self.operations), []
        return made

    def row_keys(self, kind: str = "") -> list[str]:
        return sorted(row_key for _, row_key in self.rows if row_key.startswith(kind))

    def get_entity(
        self,
        partition_key: str,
        row_key: str,
        *,
        select: str | list[str] | None = None,
        **options: Any,
    ) -> Any:
        self._begin(partition_key, f"get {row_key}")
        with self._lock:
            if (partition_key, row_key) not in self.rows:
                raise ResourceNotFoundError("not found")
            return _selected(self.rows[partition_key, row_key], select)

    def query_entities(  # type: ignore[override]  # the SDK returns pages
        self,
        query_filter: str,
        *,
        results_per_page: int | None = None,
        select: str | list[str] | None = None,
        parameters: dict[str, Any] | None = None,
        **options: Any,
    ) -> Iterator[Any]:
        kind = re.search(r"RowKey ge '(\w+:)'", query_filter)
        username = (parameters or {})["username"]
        self._begin(username, f"query {kind[1] if kind else ''}")
        with self._lock:
            found = [
                _selected(row, select)
                for key, row in sorted(self.rows.items())
                if key[0] == username and (not kind or key[1].startswith(kind[1]))
            ]
        return iter(found)

    def create_entity(self, entity: Any, **options: Any) -> dict[str, Any]:
        self._begin(entity["PartitionKey"], f"create {entity['RowKey']}")
        if (entity["PartitionKey"], entity["RowKey"]) in self.rows:
            raise ResourceExistsError("exists")
        return self._write(entity)

    def upsert_entity(self, entity: Any, mode: Any = None, **options: Any) -> dict[str, Any]:
        self._begin(entity["PartitionKey"], f"upsert {entity['RowKey']}")
        return self._write(entity)

    def update_entity(
        self, entity: Any, mode: Any = None, *, etag: str | None = None, **options: Any
    ) -> dict[str, Any]:
        self._begin(entity["PartitionKey"], f"update {entity['RowKey']}")
        row = self.rows.get((entity["PartitionKey"], entity["RowKey"]))
        if row is None or row.metadata["etag"] != etag:
            raise refusal(412)
        return self._write(entity)

    def delete_entity(
        self, *keys: Any, **options: Any
    ) -> None:  # the SDK accepts missing ones, too
        username, row_key = keys
        self._begin(username, f"delete {row_key}")
        self.rows.pop((username, row_key), None)

    def submit_transaction(self, operations: Iterable[Any], **options: Any) -> list[Any]:
        steps = [(verb, row) for verb, row, *_ in operations]
        for verb, row in steps:
            self._begin(row["PartitionKey"], f"{verb} {row['RowKey']}")
            if verb == "delete" and (row["PartitionKey"], row["RowKey"]) not in self.rows:
                raise refusal(404)
        for verb, row in steps:
            if verb == "delete":
                with self._lock:
                    del self.rows[row["PartitionKey"], row["RowKey"]]
            else:
                self._write(row)
        return []

    def _begin(self, username: str, operation: str) -> None:
        with self._lock:
            self.operations.append(operation)
        self.before(username, operation)
        if self.is_down:
            raise ServiceRequestError("connection refused")

    def _write(self, entity: Any) -> dict[str, Any]:
        with self._lock:
            self._writes += 1
            row = Row(entity)
            row.metadata = {"etag": f"e{self._writes}"}
            self.rows[row["PartitionKey"], row["RowKey"]] = row
            return dict(row.metadata)


def make_bundle(name: str, readme: str = "", fingerprint: str = "f1", **changes: Any) -> Bundle:
    """Make a bundle as the fetching activity saves it, with its terms.

    `changes`: `fetched_at`, `warnings`, and keys of the metadata.
    """
    content = {"readme": readme, "fingerprint": fingerprint, "commits": 1}
    content |= {key: changes.pop(key) for key in ("fetched_at", "warnings") if key in changes}
    bundle = bundle_of(listed(name, **changes), **content)
    return {**bundle, "terms": pack_terms(analyse(bundle))}


def make_entry(bundle: Bundle, row: StoredRow | None, **changes: Any) -> ManifestEntry:
    """Make the entry of a bundle in a manifest; without a row, of one that was not read yet."""
    entry: Any = {
        "name": bundle["metadata"]["name"],
        "row_key": row.saved["row_key"] if row else None,
        "row_etag": row.etag if row else None,
        "fingerprint": bundle["fingerprint"] if row else "",
        "metadata": bundle["metadata"],
        "fetched_at": bundle["fetched_at"] if row else None,
        "warnings": row.saved["warnings"] if row else ["content_pending"],
        "stale": None,
        **changes,
    }
    made: ManifestEntry = entry
    return made


def make_manifest(
    username: str, *entries: ManifestEntry, started_at: str = "s1", finished: bool = True
) -> Manifest:
    return {
        "username": username,
        "refreshed_at": "2026-01-02T03:04:05Z",
        "started_at": started_at,
        "finished": finished,
        "excluded": 0,
        "entries": list(entries),
        "gone": {},
    }


def publish(
    cache: GitHubCache,
    *bundles: Bundle,
    username: str = "Ada",
    started_at: str = "s1",
    pending: Sequence[Bundle] = (),
) -> None:
    """Save bundles and publish them, with those that are pending, as a refresh does."""
    row_keys = [cache.save_bundle(username, bundle)["row_key"] for bundle in bundles]
    rows = cache.saved_rows(username, row_keys)
    entries = [
        make_entry(bundle, rows[row_key]) for bundle, row_key in zip(bundles, row_keys, strict=True)
    ]
    entries += [make_entry(bundle, None) for bundle in pending]
    before = cache.load_manifest(username)
    cache.publish(
        username,
        make_manifest(username, *entries, started_at=started_at),
        if_etag=before[1] if before else None,
    )


def _selected(row: Row, select: str | list[str] | None) -> Row:
    selected = Row({key: value for key, value in row.items() if not select or key in select})
    selected.metadata = dict(row.metadata)
    return selected
