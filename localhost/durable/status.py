"""An instance as the management API shows it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from localhost.durable.events import Event
from localhost.durable.sdk import HistoryEventType
from localhost.durable.store import Instance

SCHEDULED = (
    HistoryEventType.TASK_SCHEDULED,
    HistoryEventType.SUB_ORCHESTRATION_INSTANCE_CREATED,
)
HIDDEN_EVENTS = (HistoryEventType.ORCHESTRATOR_STARTED, HistoryEventType.ORCHESTRATOR_COMPLETED)
HIDDEN_FIELDS = {
    *("EventId", "IsPlayed", "TaskScheduledId", "TimerId", "Version", "Tags"),
    *("OrchestrationInstance", "InstanceId"),
}


def status_body(
    instance: Instance, params: Mapping[str, str], history: Callable[[str], Sequence[Event]]
) -> dict[str, Any]:
    """Build the status of an instance. `params` are the query parameters that choose its parts."""
    return {
        "name": instance.name,
        "instanceId": instance.id,
        "runtimeStatus": instance.status,
        "input": parsed(instance.input) if flag(params, "showInput", default=True) else None,
        "customStatus": parsed(instance.custom_status),
        "output": parsed(instance.output),
        "createdTime": _whole_seconds(instance.created),
        "lastUpdatedTime": _whole_seconds(instance.updated),
        "historyEvents": (
            _shown_history(history(instance.id), params)
            if flag(params, "showHistory", default=False)
            else None
        ),
    }


def flag(params: Mapping[str, str], name: str, *, default: bool) -> bool:
    """Read a boolean query parameter."""
    return params.get(name, str(default)).lower() == "true"


def parsed(text: str | None) -> Any:
    """Parse JSON text; return text that is not JSON, such as a reason, as it is."""
    if text is None:
        return None
    try:
        return json.loads(text)
    except ValueError:
        return text


def _shown_history(history: Sequence[Event], params: Mapping[str, str]) -> list[dict[str, Any]]:
    """Make a history readable: merge each completion with what it completes, drop bookkeeping."""
    hidden = set(HIDDEN_FIELDS)
    if not flag(params, "showHistoryOutput", default=False):
        hidden.add("Result")
    if not flag(params, "showInput", default=True):
        hidden.add("Input")
    scheduled = {event["EventId"]: event for event in history if event["EventType"] in SCHEDULED}
    completed = {event.get("TaskScheduledId") for event in history}
    shown = []
    for event in history:
        kind = event["EventType"]
        if kind in HIDDEN_EVENTS or (kind in SCHEDULED and event["EventId"] in completed):
            continue
        entry = {name: value for name, value in event.items() if name not in hidden}
        entry["EventType"] = _type_name(kind)
        if "TaskScheduledId" in event:
            origin = scheduled.get(event["TaskScheduledId"], {})
            entry["FunctionName"] = origin.get("Name")
            entry["ScheduledTime"] = origin.get("Timestamp")
            if "Input" not in hidden:
                entry["Input"] = origin.get("Input")
        elif kind == HistoryEventType.EXECUTION_STARTED:
            entry["FunctionName"] = entry.pop("Name")
        shown.append(entry)
    return shown


def _type_name(kind: int) -> str:
    """Name an event type as .NET does: `TaskScheduled`."""
    return str(HistoryEventType(kind).name).title().replace("_", "")


def _whole_seconds(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
