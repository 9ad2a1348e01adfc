"""Everything the engine must not forget, in one SQLite file.

Each method that changes more than one row is one transaction, so `kill -9` leaves either all of it
or nothing. Write-ahead logging with `synchronous=NORMAL` keeps every committed transaction when the
process dies (only a power cut could lose the last ones).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from localhost.errors import CannotStart

SCHEMA = """
CREATE TABLE IF NOT EXISTS instances (
    id TEXT PRIMARY KEY,
    execution TEXT NOT NULL,        -- a new one with every restart and continue_as_new
    name TEXT NOT NULL,
    status TEXT NOT NULL,
    suspended INTEGER NOT NULL DEFAULT 0,
    input TEXT,
    output TEXT,
    custom_status TEXT,
    created TEXT NOT NULL,
    updated TEXT NOT NULL,
    parent TEXT,                    -- instance id
    parent_execution TEXT,
    parent_task INTEGER,
    plan TEXT NOT NULL DEFAULT '{}' -- bookkeeping of ids, see episode.Plan
);
CREATE INDEX IF NOT EXISTS instances_by_parent ON instances (parent);
CREATE TABLE IF NOT EXISTS history (
    instance TEXT NOT NULL, seq INTEGER NOT NULL, event TEXT NOT NULL,
    PRIMARY KEY (instance, seq)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS inbox (   -- events that no episode has seen yet
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    instance TEXT NOT NULL,
    execution TEXT,                  -- NULL: for whichever execution there is
    event TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS inbox_by_instance ON inbox (instance);
CREATE TABLE IF NOT EXISTS work (    -- activities that have not completed
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    instance TEXT NOT NULL, execution TEXT NOT NULL, task INTEGER NOT NULL,
    name TEXT NOT NULL, input TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS work_by_instance ON work (instance);
CREATE TABLE IF NOT EXISTS timers (  -- that have not fired
    instance TEXT NOT NULL, execution TEXT NOT NULL, task INTEGER NOT NULL, fire_at TEXT NOT NULL,
    PRIMARY KEY (instance, execution, task)
) WITHOUT ROWID;
"""


class StoreError(CannotStart):
    """The database cannot be used."""


class Store:
    """The database. For one thread, and for one host at a time: two would run everything twice.

    Raises StoreError when another host has it, or when the file is not ours.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        # A lock of its own leaves the database readable for whoever looks into it meanwhile.
        self._lock = sqlite3.connect(path.with_suffix(".lock"), timeout=0, isolation_level=None)
        try:
            self._lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            self._lock.close()
            raise StoreError(
                f"{path} is in use by another host ({error});"
                " stop that one, or choose another folder with --data"
            ) from error
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.row_factory = sqlite3.Row
        try:
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")
            self._db.executescript(SCHEMA)
        except sqlite3.DatabaseError as error:
            self.close()
            raise StoreError(
                f"{path} cannot be used ({error}); move it away, and the host begins anew"
            ) from error

    def close(self) -> None:
        """Close the file and let another host have it."""
        self._db.close()
        self._lock.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield self._db
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def rows(self, statement: str, *values: Any) -> list[sqlite3.Row]:
        """What a SELECT finds."""
        return self._db.execute(statement, values).fetchall()

    def row(self, statement: str, *values: Any) -> sqlite3.Row | None:
        """The first of it."""
        found: sqlite3.Row | None = self._db.execute(statement, values).fetchone()
        return found
