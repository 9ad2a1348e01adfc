"""Everything the engine must not forget, in one SQLite file.

A caller groups the changes that belong together in one transaction, so `kill -9` leaves either all
of them or none. Write-ahead logging with `synchronous=NORMAL` keeps every committed transaction
when the process dies; only a power cut could lose the last ones.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from localhost.durable.events import Event, iso_utc
from localhost.errors import CannotStart

UNFINISHED = ("Pending", "Running", "ContinuedAsNew", "Suspended")
FINISHED = ("Completed", "Failed", "Terminated", "Canceled")

SCHEMA_VERSION = 2  # raise it with every change of SCHEMA
SCHEMA = """
CREATE TABLE IF NOT EXISTS instances (
    id TEXT PRIMARY KEY,
    execution TEXT NOT NULL,
    name TEXT NOT NULL,
    status TEXT NOT NULL,
    input TEXT,
    output TEXT,
    custom_status TEXT,
    created TEXT NOT NULL,
    updated TEXT NOT NULL,
    parent TEXT,
    parent_execution TEXT,
    parent_task INTEGER,
    ledger TEXT NOT NULL,
    episodes INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS instances_by_parent ON instances (parent);
CREATE TABLE IF NOT EXISTS history (
    instance TEXT NOT NULL, seq INTEGER NOT NULL, event TEXT NOT NULL,
    PRIMARY KEY (instance, seq)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS inbox (       -- messages that no episode has delivered yet
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    instance TEXT NOT NULL, execution TEXT, event TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS inbox_by_instance ON inbox (instance);
CREATE TABLE IF NOT EXISTS activities (  -- activities that have not completed
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    instance TEXT NOT NULL, execution TEXT NOT NULL, task INTEGER NOT NULL,
    name TEXT NOT NULL, input TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS activities_by_instance ON activities (instance);
CREATE TABLE IF NOT EXISTS timers (      -- timers that have not fired
    fire_at TEXT NOT NULL, instance TEXT NOT NULL, execution TEXT NOT NULL, task INTEGER NOT NULL,
    PRIMARY KEY (instance, execution, task)
) WITHOUT ROWID;
"""


class StoreError(CannotStart):
    """The database cannot be used; the message names the file and the way out."""


@dataclass(frozen=True, slots=True)
class Parent:
    """The task of another orchestration that waits for an instance."""

    instance_id: str
    execution: str
    task: int


@dataclass(frozen=True, slots=True)
class Instance:
    """An orchestration instance and the state of its current execution."""

    id: str
    execution: str  # a new id for every start and every continue_as_new
    name: str  # of the orchestrator
    status: str
    input: str | None  # JSON text, as are output and custom_status
    output: str | None
    custom_status: str | None
    created: datetime
    updated: datetime
    parent: Parent | None
    ledger: str  # a TaskLedger as JSON
    episodes: int

    @property
    def is_finished(self) -> bool:
        """Whether the instance has ended, in whatever way."""
        return self.status in FINISHED


@dataclass(frozen=True, slots=True)
class Message:
    """An event on its way to an instance; `execution` None addresses the current execution."""

    id: int
    execution: str | None
    event: Event


@dataclass(frozen=True, slots=True)
class QueuedActivity:
    """An activity that has not completed. `input` is JSON text."""

    id: int
    instance_id: str
    execution: str
    task: int
    name: str
    input: str


@dataclass(frozen=True, slots=True, order=True)
class PendingTimer:
    """A durable timer that has not fired; sorts by its due time."""

    fire_at: str  # as `iso_utc` formats it
    instance_id: str
    execution: str
    task: int


class Store:
    """The database. For one thread, and for one host at a time: two would run everything twice.

    Raises StoreError if another host uses the file, or if it is not a database of this host.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        # A separate lock file leaves the database readable for anyone who wants to look into it.
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
            self._create_tables(path)
        except sqlite3.DatabaseError as error:
            self.close()
            raise StoreError(
                f"{path} cannot be used ({error}); move it away, and the host creates a new one"
            ) from error
        except StoreError:
            self.close()
            raise

    def close(self) -> None:
        """Close the file and release it for another host."""
        self._db.close()
        self._lock.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit every change made inside, or none of them."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def instance(self, instance_id: str) -> Instance | None:
        """Return an instance; None if there is none of this id."""
        row = self._db.execute("SELECT * FROM instances WHERE id = ?", (instance_id,)).fetchone()
        return _instance(row) if row else None

    def instances(self) -> list[Instance]:
        """List all instances, oldest first."""
        rows = self._db.execute("SELECT * FROM instances ORDER BY created, id")
        return [_instance(row) for row in rows]

    def save_instance(self, instance: Instance) -> None:
        """Insert an instance, or replace the one of the same id."""
        parent = instance.parent
        self._db.execute(
            "INSERT OR REPLACE INTO instances VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(instance.id, instance.execution, instance.name, instance.status),
                *(instance.input, instance.output, instance.custom_status),
                *(iso_utc(instance.created), iso_utc(instance.updated)),
                *((parent.instance_id, parent.execution, parent.task) if parent else [None] * 3),
                *(instance.ledger, instance.episodes),
            ),
        )

    def delete_instance(self, instance_id: str) -> None:
        """Delete an instance. Its history, messages and timers are deleted separately."""
        self._db.execute("DELETE FROM instances WHERE id = ?", (instance_id,))

    def has_tasks_in_progress(self, instance_id: str) -> bool:
        """Whether the instance waits for activities or sub-orchestrations."""
        row = self._db.execute(
            "SELECT 1 FROM activities WHERE instance = ? UNION ALL SELECT 1 FROM instances"
            " WHERE parent = ? AND status IN (?, ?, ?, ?) LIMIT 1",
            (instance_id, instance_id, *UNFINISHED),
        ).fetchone()
        return row is not None

    def history(self, instance_id: str) -> list[Event]:
        """List the events of an instance's current execution."""
        rows = self._db.execute(
            "SELECT event FROM history WHERE instance = ? ORDER BY seq", (instance_id,)
        )
        return [json.loads(row["event"]) for row in rows]

    def append_history(self, instance_id: str, events: Iterable[Event]) -> None:
        """Add events to an instance's history."""
        (first,) = self._db.execute(
            "SELECT COALESCE(MAX(seq) + 1, 0) FROM history WHERE instance = ?", (instance_id,)
        ).fetchone()
        self._db.executemany(
            "INSERT INTO history VALUES (?, ?, ?)",
            [(instance_id, seq, json.dumps(event)) for seq, event in enumerate(events, first)],
        )

    def delete_history(self, instance_id: str) -> None:
        """Delete the history of an instance."""
        self._db.execute("DELETE FROM history WHERE instance = ?", (instance_id,))

    def messages(self, instance_id: str) -> list[Message]:
        """List the messages of an instance, oldest first."""
        rows = self._db.execute(
            "SELECT id, execution, event FROM inbox WHERE instance = ? ORDER BY id", (instance_id,)
        )
        return [Message(row["id"], row["execution"], json.loads(row["event"])) for row in rows]

    def instances_with_messages(self) -> list[str]:
        """List the ids of instances that have messages."""
        rows = self._db.execute("SELECT DISTINCT instance FROM inbox")
        return [row["instance"] for row in rows]

    def send(self, instance_id: str, execution: str | None, event: Event) -> None:
        """Put a message into an instance's inbox; `execution` as in `Message`."""
        self._db.execute(
            "INSERT INTO inbox (instance, execution, event) VALUES (?, ?, ?)",
            (instance_id, execution, json.dumps(event)),
        )

    def delete_delivered(self, messages: Iterable[Message]) -> None:
        """Delete the given messages."""
        self._db.executemany(
            "DELETE FROM inbox WHERE id = ?", [(message.id,) for message in messages]
        )

    def delete_messages(self, instance_id: str) -> None:
        """Delete all messages of an instance."""
        self._db.execute("DELETE FROM inbox WHERE instance = ?", (instance_id,))

    def activities(self) -> list[QueuedActivity]:
        """List all activities that have not completed, oldest first."""
        rows = self._db.execute("SELECT * FROM activities ORDER BY id")
        return [QueuedActivity(*row) for row in rows]

    def queue_activity(
        self, instance_id: str, execution: str, task: int, name: str, input_text: str
    ) -> QueuedActivity:
        """Add an activity to the queue."""
        row = self._db.execute(
            "INSERT INTO activities (instance, execution, task, name, input)"
            " VALUES (?, ?, ?, ?, ?) RETURNING *",
            (instance_id, execution, task, name, input_text),
        ).fetchone()
        return QueuedActivity(*row)

    def delete_activity(self, activity: QueuedActivity) -> None:
        """Delete a completed activity from the queue."""
        self._db.execute("DELETE FROM activities WHERE id = ?", (activity.id,))

    def timers(self) -> list[PendingTimer]:
        """List all timers that have not fired."""
        return [PendingTimer(*row) for row in self._db.execute("SELECT * FROM timers")]

    def add_timer(self, timer: PendingTimer) -> None:
        """Add a timer."""
        self._db.execute(
            "INSERT INTO timers VALUES (?, ?, ?, ?)",
            (timer.fire_at, timer.instance_id, timer.execution, timer.task),
        )

    def delete_timer(self, instance_id: str, execution: str, task: int) -> bool:
        """Delete a timer; False if there is none, because it has fired or was deleted before."""
        deleted = self._db.execute(
            "DELETE FROM timers WHERE instance = ? AND execution = ? AND task = ?",
            (instance_id, execution, task),
        )
        return deleted.rowcount > 0

    def delete_timers(self, instance_id: str) -> None:
        """Delete all timers of an instance."""
        self._db.execute("DELETE FROM timers WHERE instance = ?", (instance_id,))

    def _create_tables(self, path: Path) -> None:
        (tables,) = self._db.execute("SELECT COUNT(*) FROM sqlite_schema").fetchone()
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        if tables and version != SCHEMA_VERSION:
            raise StoreError(
                f"{path} has version {version} of the schema, and this host needs version"
                f" {SCHEMA_VERSION}; move it away, and the host creates a new one"
            )
        self._db.executescript(SCHEMA)
        self._db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def _instance(row: sqlite3.Row) -> Instance:
    return Instance(
        id=row["id"],
        execution=row["execution"],
        name=row["name"],
        status=row["status"],
        input=row["input"],
        output=row["output"],
        custom_status=row["custom_status"],
        created=datetime.fromisoformat(row["created"]),
        updated=datetime.fromisoformat(row["updated"]),
        parent=row["parent"] and Parent(row["parent"], row["parent_execution"], row["parent_task"]),
        ledger=row["ledger"],
        episodes=row["episodes"],
    )
