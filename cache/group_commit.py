"""Rows that several threads save at the same moment, written together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from threading import Lock

from cache.table import Entity


class GroupCommit:
    """Writes rows in as few calls as possible, without making any of them wait for more to come.

    While one call writes, the rows of other threads gather; the next call writes them all. So the
    fetches of a batch, which end in short succession, share a few transactions.
    """

    def __init__(self, write: Callable[[Sequence[Entity]], None]) -> None:
        """`write` stores rows of one partition; their keys differ."""
        self._write = write
        self._waiting: dict[tuple[str, str], tuple[Entity, list[Future[None]]]] = {}
        self._is_writing = False
        self._lock = Lock()

    def save(self, row: Entity) -> None:
        """Return when the row is stored. Raises what `write` raises."""
        saved: Future[None] = Future()
        key = (row["PartitionKey"], row["RowKey"])
        with self._lock:
            _, savers = self._waiting.get(key, (row, []))
            self._waiting[key] = (row, [*savers, saved])
            leads, self._is_writing = not self._is_writing, True
        while leads:
            leads = self._write_waiting()
        saved.result()

    def _write_waiting(self) -> bool:
        """Write the rows that wait; return whether there were any. Never raises."""
        with self._lock:
            waiting, self._waiting = self._waiting, {}
            self._is_writing = bool(waiting)
        # A transaction holds rows of one partition only.
        for partition in {partition for partition, _ in waiting}:
            group = [entry for key, entry in waiting.items() if key[0] == partition]
            savers = [saver for _, savers in group for saver in savers]
            try:
                self._write([row for row, _ in group])
            except Exception as error:  # noqa: BLE001 - it belongs to the threads that wait
                for saver in savers:
                    saver.set_exception(error)
            else:
                for saver in savers:
                    saver.set_result(None)
        return bool(waiting)
