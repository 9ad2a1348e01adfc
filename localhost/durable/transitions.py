"""Changes of state that touch several tables. Each runs inside a transaction of its caller."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from localhost.durable import events
from localhost.durable.events import Event
from localhost.durable.sdk import HistoryEventType
from localhost.durable.store import Instance, Parent, PendingTimer, QueuedActivity, Store


@dataclass(slots=True)
class Scheduled:
    """What an episode has scheduled; the engine starts it when the transaction is committed."""

    activities: list[QueuedActivity] = field(default_factory=list)
    timers: list[PendingTimer] = field(default_factory=list)
    children: list[str] = field(default_factory=list)  # instance ids
    # Whether a sub-orchestration could not start. Its failure is in the instance's inbox.
    refused: bool = False


def create(
    store: Store,
    instance_id: str,
    name: str,
    raw_input: str | None,
    now: datetime,
    parent: Parent | None = None,
) -> None:
    """Create an instance, in place of an ended one of the same id."""
    forget(store, instance_id)
    execution = uuid.uuid4().hex
    store.save_instance(
        Instance(
            id=instance_id,
            execution=execution,
            name=name,
            status="Pending",
            input=raw_input,
            output=None,
            custom_status=None,
            created=now,
            updated=now,
            parent=parent,
            ledger="{}",
            episodes=0,
        )
    )
    started = events.execution_started(name, raw_input, instance_id, execution, now)
    store.send(instance_id, execution, started)


def schedule(
    store: Store,
    instance: Instance,
    outbound: Sequence[Event],
    has_orchestrator: Callable[[str], bool],
    now: datetime,
) -> Scheduled:
    """Queue the activities, timers and sub-orchestrations of an episode."""
    scheduled = Scheduled()
    for event in outbound:
        task = event["EventId"]
        match event["EventType"]:
            case HistoryEventType.TASK_SCHEDULED:
                activity = store.queue_activity(
                    instance.id, instance.execution, task, event["Name"], event["Input"]
                )
                scheduled.activities.append(activity)
            case HistoryEventType.TIMER_CREATED:
                timer = PendingTimer(event["FireAt"], instance.id, instance.execution, task)
                store.add_timer(timer)
                scheduled.timers.append(timer)
            case HistoryEventType.SUB_ORCHESTRATION_INSTANCE_CREATED:
                child_id = event["InstanceId"] or f"{instance.execution}:{task}"
                refusal = _refusal(store, child_id, event["Name"], has_orchestrator)
                if refusal:
                    failure = events.child_failed(task, refusal, now)
                    store.send(instance.id, instance.execution, failure)
                    scheduled.refused = True
                else:
                    parent = Parent(instance.id, instance.execution, task)
                    child_input = json.dumps(event["Input"])
                    create(store, child_id, event["Name"], child_input, now, parent)
                    scheduled.children.append(child_id)
    return scheduled


def finish(
    store: Store, instance: Instance, status: str, output: str | None, now: datetime
) -> None:
    """End an instance and tell its parent. The history stays."""
    store.delete_messages(instance.id)
    store.delete_timers(instance.id)
    store.save_instance(replace(instance, status=status, output=output, updated=now))
    if instance.parent is None:
        return
    task = instance.parent.task
    if status == "Completed":
        result = output if output is not None else "null"
        event = events.child_completed(task, result, now)
    else:
        event = events.child_failed(task, json.loads(output) if output else status, now)
    store.send(instance.parent.instance_id, instance.parent.execution, event)


def continue_as_new(store: Store, instance: Instance, new_input: str, now: datetime) -> None:
    """Begin a new execution: with an empty history, and with the messages not yet delivered."""
    store.delete_history(instance.id)
    store.delete_timers(instance.id)
    execution, raw_input = uuid.uuid4().hex, json.dumps(new_input)
    store.save_instance(
        replace(
            instance,
            execution=execution,
            input=raw_input,
            status="Suspended" if instance.status == "Suspended" else "ContinuedAsNew",
            updated=now,
            ledger="{}",
            episodes=0,
        )
    )
    started = events.execution_started(instance.name, raw_input, instance.id, execution, now)
    store.send(instance.id, execution, started)


def forget(store: Store, instance_id: str) -> None:
    """Delete the history, messages and timers of an instance.

    Its queued activities run, as on Azure, although nobody waits for their results.
    """
    store.delete_history(instance_id)
    store.delete_messages(instance_id)
    store.delete_timers(instance_id)


def _refusal(
    store: Store, child_id: str, name: str, has_orchestrator: Callable[[str], bool]
) -> str | None:
    if not has_orchestrator(name):
        return f"there is no orchestrator '{name}'"
    return conflict(store.instance(child_id))


def conflict(existing: Instance | None) -> str | None:
    """Say why an instance cannot be created in place of `existing`; None if it can."""
    if existing is None or existing.is_finished:
        return None
    return f"An Orchestration instance with the status {existing.status} already exists."
