"""Changes of instances, as rows. Each function runs inside a transaction of its caller."""

from __future__ import annotations

import json
import sqlite3
import uuid
from datetime import datetime

from localhost.durable import episode
from localhost.durable.episode import Event


def create(
    db: sqlite3.Connection,
    instance: str,
    name: str,
    raw_input: str | None,
    now: datetime,
    parent: tuple[str, str, int] | None = None,
) -> None:
    """A new instance, in place of an ended one; `parent` is instance, execution and task id."""
    forget(db, instance)
    execution = uuid.uuid4().hex
    moment = episode.iso(now)
    db.execute(
        "INSERT OR REPLACE INTO instances (id, execution, name, status, input, created, updated,"
        " parent, parent_execution, parent_task) VALUES (?, ?, ?, 'Pending', ?, ?, ?, ?, ?, ?)",
        (instance, execution, name, raw_input, moment, moment, *(parent or (None,) * 3)),
    )
    send(db, instance, execution, episode.started(name, raw_input, instance, execution, now))


def send(db: sqlite3.Connection, instance: str, execution: str | None, event: Event) -> None:
    """Put an event into the inbox; `execution` None: for whichever there is."""
    db.execute(
        "INSERT INTO inbox (instance, execution, event) VALUES (?, ?, ?)",
        (instance, execution, json.dumps(event)),
    )


def forget(db: sqlite3.Connection, instance: str) -> None:
    """Delete what an instance has left behind, but not the instance."""
    for table in ("history", "inbox", "work", "timers"):
        db.execute(f"DELETE FROM {table} WHERE instance = ?", (instance,))  # noqa: S608


def finish(
    db: sqlite3.Connection, found: sqlite3.Row, status: str, output: str | None, now: datetime
) -> None:
    """End an execution and tell its parent. The history stays."""
    for table in ("inbox", "work", "timers"):
        db.execute(f"DELETE FROM {table} WHERE instance = ?", (found["id"],))  # noqa: S608
    db.execute(
        "UPDATE instances SET status = ?, output = ?, suspended = 0, updated = ? WHERE id = ?",
        (status, output, episode.iso(now), found["id"]),
    )
    if found["parent"] is None:
        return
    task = found["parent_task"]
    if status == "Completed":
        event = episode.completion(
            episode.SUB_COMPLETED, now, task, Result=output if output is not None else "null"
        )
    else:
        reason = json.loads(output) if output else status
        event = episode.completion(episode.SUB_FAILED, now, task, Reason=reason, Details="")
    send(db, found["parent"], found["parent_execution"], event)


def continue_as_new(
    db: sqlite3.Connection, found: sqlite3.Row, raw_input: str, now: datetime
) -> None:
    """The same instance with a new execution: an empty history, and events not yet delivered."""
    instance, execution = found["id"], uuid.uuid4().hex
    for table in ("history", "work", "timers"):
        db.execute(f"DELETE FROM {table} WHERE instance = ?", (instance,))  # noqa: S608
    wrapped = json.dumps(raw_input)
    db.execute(
        "UPDATE instances SET execution = ?, input = ?, plan = '{}', status = 'ContinuedAsNew'"
        " WHERE id = ?",
        (execution, wrapped, instance),
    )
    first = episode.started(found["name"], wrapped, instance, execution, now)
    send(db, instance, execution, first)
