"""Events of an orchestration's history, in the form that the Durable SDK reads.

An event is a JSON object, and its `EventType` is a `HistoryEventType`. The events of one task share
an id: `EventId` when the task is scheduled, `TaskScheduledId` or `TimerId` when it ends.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from localhost.durable.sdk import HistoryEventType

Event = dict[str, Any]

# The SDK ignores events of these types. Without them, a replay parses half as much.
NOT_REPLAYED = frozenset(
    {
        HistoryEventType.TASK_SCHEDULED,
        HistoryEventType.SUB_ORCHESTRATION_INSTANCE_CREATED,
        HistoryEventType.TIMER_CREATED,
        HistoryEventType.ORCHESTRATOR_COMPLETED,
        HistoryEventType.EXECUTION_SUSPENDED,
        HistoryEventType.EXECUTION_RESUMED,
    }
)


def execution_started(
    name: str, raw_input: str | None, instance_id: str, execution: str, now: datetime
) -> Event:
    """Build the first event of an execution."""
    return _event(
        HistoryEventType.EXECUTION_STARTED,
        now,
        Name=name,
        Version="",
        Input=raw_input,
        Tags=None,
        OrchestrationInstance={"InstanceId": instance_id, "ExecutionId": execution},
    )


def execution_completed(status: str, result: str | None, now: datetime) -> Event:
    """Build the last event of an execution."""
    return _event(
        HistoryEventType.EXECUTION_COMPLETED, now, OrchestrationStatus=status, Result=result
    )


def execution_terminated(reason: str, now: datetime) -> Event:
    """Build the event of a client that terminates the instance."""
    return _event(HistoryEventType.EXECUTION_TERMINATED, now, Input=reason)


def execution_suspended(reason: str | None, now: datetime) -> Event:
    """Build the event of a client that suspends the instance."""
    return _event(HistoryEventType.EXECUTION_SUSPENDED, now, Reason=reason)


def execution_resumed(reason: str | None, now: datetime) -> Event:
    """Build the event of a client that resumes the instance."""
    return _event(HistoryEventType.EXECUTION_RESUMED, now, Reason=reason)


def episode_started(now: datetime) -> Event:
    """Build the marker in front of the events that one episode delivers."""
    return _event(HistoryEventType.ORCHESTRATOR_STARTED, now)


def episode_completed(now: datetime) -> Event:
    """Build the marker behind the last event of an episode."""
    return _event(HistoryEventType.ORCHESTRATOR_COMPLETED, now)


def event_raised(name: str, input_text: str, now: datetime) -> Event:
    """Build an external event. `input_text` is JSON."""
    return _event(HistoryEventType.EVENT_RAISED, now, Name=name, Input=input_text)


def task_scheduled(task: int, name: str, input_text: str, now: datetime) -> Event:
    """Build the event that schedules an activity."""
    return _event(HistoryEventType.TASK_SCHEDULED, now, EventId=task, Name=name, Input=input_text)


def task_completed(task: int, result: str, now: datetime) -> Event:
    """Build the event of an activity that returned. `result` is JSON."""
    return _event(HistoryEventType.TASK_COMPLETED, now, TaskScheduledId=task, Result=result)


def task_failed(task: int, reason: str, now: datetime) -> Event:
    """Build the event of an activity that raised."""
    return _event(
        HistoryEventType.TASK_FAILED, now, TaskScheduledId=task, Reason=reason, Details=""
    )


def child_created(
    task: int, name: str, input_text: str, child_id: str | None, now: datetime
) -> Event:
    """Build the event that schedules a sub-orchestration."""
    return _event(
        HistoryEventType.SUB_ORCHESTRATION_INSTANCE_CREATED,
        now,
        EventId=task,
        Name=name,
        Input=input_text,
        InstanceId=child_id,
    )


def child_completed(task: int, result: str, now: datetime) -> Event:
    """Build the event of a sub-orchestration that returned. `result` is JSON."""
    return _event(
        HistoryEventType.SUB_ORCHESTRATION_INSTANCE_COMPLETED,
        now,
        TaskScheduledId=task,
        Result=result,
    )


def child_failed(task: int, reason: str, now: datetime) -> Event:
    """Build the event of a sub-orchestration that failed or was terminated."""
    return _event(
        HistoryEventType.SUB_ORCHESTRATION_INSTANCE_FAILED,
        now,
        TaskScheduledId=task,
        Reason=reason,
        Details="",
    )


def timer_created(task: int, fire_at: str, now: datetime) -> Event:
    """Build the event that schedules a timer."""
    return _event(HistoryEventType.TIMER_CREATED, now, EventId=task, FireAt=fire_at)


def timer_fired(task: int, fire_at: str, now: datetime) -> Event:
    """Build the event of a timer that is due."""
    return _event(HistoryEventType.TIMER_FIRED, now, TimerId=task, FireAt=fire_at)


def completed_task(event: Event) -> int:
    """Return the id of the task whose end `event` reports."""
    task: int = event["TimerId"] if "TimerId" in event else event["TaskScheduledId"]
    return task


def iso_utc(moment: datetime) -> str:
    """Format a time as UTC with microseconds and a `Z`, as the SDK formats its own."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _event(kind: int, now: datetime, **facts: Any) -> Event:
    return {
        "EventType": int(kind),
        "EventId": -1,
        "IsPlayed": False,
        "Timestamp": iso_utc(now),
        **facts,
    }
