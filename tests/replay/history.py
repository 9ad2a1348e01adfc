"""Replay an orchestrator with the SDK's own executor over a history that a test writes.

Stepping a generator by hand is not replay, because it misses what the executor adds. The SDK itself
does not notice a renamed activity; this does, because the actions of every episode must begin with
the recorded ones.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import azure.durable_functions as df

START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
KINDS = {0: "activity", 1: "activity", 2: "sub", 3: "sub", 5: "timer"}


def user_function(builder: Any) -> Any:
    """Return the generator function of a registered orchestrator."""
    return builder._function.get_user_function().orchestrator_function


class Replay:
    """One orchestration. A test completes the scheduled tasks in any order."""

    def __init__(self, orchestrator: Any, request: Any, start: datetime = START) -> None:
        self._handle = df.Orchestrator.create(user_function(orchestrator))
        self._request = request
        self._now = start
        self._events: list[dict[str, Any]] = []
        self._scheduled: list[tuple[str, str]] = []
        self._completed: set[int] = set()
        self.state: dict[str, Any] = {}
        self._episode([self._event(0, Name="o", Version="", Input=json.dumps(json.dumps(request)))])

    @property
    def scheduled(self) -> list[tuple[str, str]]:
        """Return (kind, name or moment) of every task so far; the index is the task's id."""
        return self._scheduled

    @property
    def now(self) -> datetime:
        """Return the orchestrator's time in the last episode."""
        return self._now

    @property
    def output(self) -> Any:
        """Return the orchestrator's output. Fails while it has not returned."""
        assert self.state["isDone"]
        return self.state.get("output")

    @property
    def status(self) -> dict[str, Any]:
        """Return the custom status."""
        status: dict[str, Any] = self.state["customStatus"]
        return status

    def inputs(self, name: str) -> list[Any]:
        """Return the inputs of every activity or sub-orchestration called `name`."""
        return [
            json.loads(action["input"])
            for action in self._actions()
            if action.get("functionName") == name
        ]

    def open(self) -> dict[int, Any]:
        """Return the tasks that have not been completed: id -> action."""
        actions = dict(enumerate(self._actions()))
        return {task: action for task, action in actions.items() if task not in self._completed}

    def complete(self, *results: tuple[int, Any]) -> Replay:
        """Run one episode in which tasks complete: (id, result); the result of a timer is None."""
        events = []
        for task, result in results:
            self._completed.add(task)
            match self._scheduled[task]:
                case ("timer", moment):
                    self._now = max(self._now, datetime.fromisoformat(moment))
                    events.append(self._event(11, TimerId=task, FireAt=moment))
                case ("activity", _):
                    events.append(self._event(5, TaskScheduledId=task, Result=json.dumps(result)))
                case ("sub", _):
                    events.append(self._event(8, TaskScheduledId=task, Result=json.dumps(result)))
        self._episode(events)
        return self

    def _episode(self, inbound: list[dict[str, Any]]) -> None:
        self._now += timedelta(seconds=1)
        self._events += [self._event(12), *inbound]
        context = {
            "history": self._events,
            "input": json.dumps(self._request),
            "instanceId": "portfolio-ada",
            "isReplaying": False,
            "parentInstanceId": None,
            "upperSchemaVersion": 1,
            "upperSchemaVersionNew": 2,
        }
        before = list(self._scheduled)
        self.state = json.loads(self._handle(json.dumps(context)))
        self._scheduled = [
            (KINDS[action["actionType"]], action.get("functionName") or action["fireAt"])
            for action in self._actions()
        ]
        assert before == self._scheduled[: len(before)], "the code no longer matches its history"
        for event in self._events:
            event["IsPlayed"] = True

    def _actions(self) -> list[dict[str, Any]]:
        return _flatten(self.state["actions"][0]) if self.state["actions"] else []

    def _event(self, kind: int, **facts: Any) -> dict[str, Any]:
        moment = self._now.isoformat().replace("+00:00", "Z")
        return {"EventType": kind, "EventId": -1, "IsPlayed": False, "Timestamp": moment, **facts}


def _flatten(actions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    flat: list[dict[str, Any]] = []
    for action in actions:
        flat += _flatten(action["compoundActions"]) if "compoundActions" in action else [action]
    return flat
