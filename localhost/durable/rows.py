"""Changes of instances, as rows. Each function that writes runs inside a transaction of its
caller."""

from __future__ import annotations

import json
import sqlite3
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from localhost.durable import episode
from localhost.durable.episode import Event
from localhost.durable.store import Store

UNFINISHED = ("Pending", "Running", "ContinuedAsNew", "Suspended")
FINISHED = ("Completed", "Failed", "Terminated", "Canceled")


@dataclass(slots=True)
class Scheduled:
    """What an episode has written down to be done, once its transaction is committed."""

    work: list[sqlite3.Row] = field(default_factory=list)
    timers: list[tuple[str, int]] = field(default_factory=list)  # fire_at, task
    children: list[str] = field(default_factory=list)
    answered: bool = False  # a sub-orchestration that could not start: the inbox has its failure


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


def schedule(
    db: sqlite3.Connection,
    found: sqlite3.Row,
    outbound: Sequence[Event],
    has_orchestrator: Callable[[str], bool],
    now: datetime,
) -> Scheduled:
    """Put the activities, timers and sub-orchestrations of an episode on record."""
    instance, execution = found["id"], found["execution"]
    done = Scheduled()
    for event in outbound:
        task = event["EventId"]
        match event["EventType"]:
            case episode.TASK_SCHEDULED:
                (row,) = db.execute(
                    "INSERT INTO work (instance, execution, task, name, input) VALUES (?, ?, ?, ?, ?)"
                    " RETURNING *",
                    (instance, execution, task, event["Name"], event["Input"]),
                )
                done.work.append(row)
            case episode.TIMER_CREATED:
                due = event["FireAt"]
                db.execute(
                    "INSERT INTO timers VALUES (?, ?, ?, ?)", (instance, execution, task, due)
                )
                done.timers.append((due, task))
            case episode.SUB_CREATED:
                child, name = event["InstanceId"] or f"{execution}:{task}", event["Name"]
                reason = _refusal(db, child, name, has_orchestrator)
                if reason:
                    failure = episode.completion(
                        episode.SUB_FAILED, now, task, Reason=reason, Details=""
                    )
                    send(db, instance, execution, failure)
                    done.answered = True
                else:
                    parent = (instance, execution, task)
                    create(db, child, name, json.dumps(event["Input"]), now, parent)
                    done.children.append(child)
    return done


def _refusal(
    db: sqlite3.Connection, child: str, name: str, has_orchestrator: Callable[[str], bool]
) -> str | None:
    if not has_orchestrator(name):
        return f"there is no orchestrator '{name}'"
    other = db.execute("SELECT status FROM instances WHERE id = ?", (child,)).fetchone()
    if other and other["status"] in UNFINISHED:
        return f"An Orchestration instance with the status {other['status']} already exists."
    return None


def has_tasks_under_way(store: Store, instance: str) -> bool:
    """Whether the instance has activities or sub-orchestrations that have not completed."""
    found = store.row(
        "SELECT 1 FROM work WHERE instance = ? UNION ALL SELECT 1 FROM instances"
        " WHERE parent = ? AND status IN (?, ?, ?, ?) LIMIT 1",
        *(instance, instance, *UNFINISHED),
    )
    return found is not None


def remember(db: sqlite3.Connection, instance: str, events: Sequence[Event]) -> None:
    """Append to the history."""
    (first,) = db.execute(
        "SELECT COALESCE(MAX(seq) + 1, 0) FROM history WHERE instance = ?", (instance,)
    ).fetchone()
    db.executemany(
        "INSERT INTO history VALUES (?, ?, ?)",
        [(instance, first + number, json.dumps(event)) for number, event in enumerate(events)],
    )


def forget(db: sqlite3.Connection, instance: str) -> None:
    """Delete what an instance has left behind, but neither the instance nor its queued activities:
    they run, as on Azure, though nobody waits for their results."""
    for table in ("history", "inbox", "timers"):
        db.execute(f"DELETE FROM {table} WHERE instance = ?", (instance,))  # noqa: S608


def finish(
    db: sqlite3.Connection, found: sqlite3.Row, status: str, output: str | None, now: datetime
) -> None:
    """End an execution and tell its parent. The history stays."""
    for table in ("inbox", "timers"):
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
    for table in ("history", "timers"):
        db.execute(f"DELETE FROM {table} WHERE instance = ?", (instance,))  # noqa: S608
    wrapped = json.dumps(raw_input)
    db.execute(
        "UPDATE instances SET execution = ?, input = ?, plan = '{}', status = 'ContinuedAsNew'"
        " WHERE id = ?",
        (execution, wrapped, instance),
    )
    first = episode.started(found["name"], wrapped, instance, execution, now)
    send(db, instance, execution, first)
