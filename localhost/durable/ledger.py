"""Task ids, given out as the Durable Task Framework gives them out.

The SDK numbers tasks by itself during a replay and expects to find the same numbers in the history.
Ids count up from 0 in each execution: one for every task in the order in which the orchestrator
yields it, and one for every step of a retry, which the host schedules without asking the SDK.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from localhost.durable import events
from localhost.durable.events import Event
from localhost.durable.sdk import ActionType, HistoryEventType

Action = dict[str, Any]  # an entry of the SDK's reply

ACTIVITIES = (ActionType.CALL_ACTIVITY, ActionType.CALL_ACTIVITY_WITH_RETRY)
WITH_RETRY = (
    ActionType.CALL_ACTIVITY_WITH_RETRY,
    ActionType.CALL_SUB_ORCHESTRATOR_WITH_RETRY,
)
SUPPORTED = (*ACTIVITIES, *WITH_RETRY, ActionType.CALL_SUB_ORCHESTRATOR, ActionType.CREATE_TIMER)
WITHOUT_ID = (ActionType.WAIT_FOR_EXTERNAL_EVENT, ActionType.CONTINUE_AS_NEW)
UNSUPPORTED = {
    ActionType.CALL_ENTITY: "Entities are",
    ActionType.SIGNAL_ENTITY: "Entities are",
    ActionType.CALL_HTTP: "call_http is",
}
SCHEDULING = (
    HistoryEventType.TASK_SCHEDULED,
    HistoryEventType.SUB_ORCHESTRATION_INSTANCE_CREATED,
    HistoryEventType.TIMER_CREATED,
)
RETRY_STEPS = (
    HistoryEventType.TASK_FAILED,
    HistoryEventType.SUB_ORCHESTRATION_INSTANCE_FAILED,
    HistoryEventType.TIMER_FIRED,
)


class CannotSchedule(ValueError):
    """The orchestrator asked for something this host cannot do; the message says what."""


@dataclass(slots=True)
class TaskLedger:
    """The task ids that one execution has given out, and what each stands for.

    Stored with the instance, so that a restarted host continues with the same ids.
    """

    next_id: int = 0
    # By position in the SDK's list of actions; None for an action that takes no id.
    action_ids: list[int | None] = field(default_factory=list)
    # Task id (as text, for JSON) -> position of the retried action, and its current attempt. Holds
    # the attempts that are running and the timers after which another attempt follows.
    retries: dict[str, tuple[int, int]] = field(default_factory=dict)
    digest: str = ""  # of the actions in `action_ids`

    @classmethod
    def from_json(cls, text: str) -> TaskLedger:
        """Load a ledger that `to_json` wrote; `{}` is the ledger of a new execution."""
        return cls(**json.loads(text))

    def to_json(self) -> str:
        """Dump the ledger as JSON."""
        return json.dumps({name: getattr(self, name) for name in self.__slots__})

    def retry_steps_first(self, inbound: Sequence[Event]) -> list[Event]:
        """Sort the events of an episode so that ids do not depend on their order of arrival.

        A step of a retry takes exactly one id and resumes no user code, so all of them go first.
        The tasks that user code schedules in this episode get the ids behind them.
        """
        return sorted(inbound, key=lambda event: not self._is_retry_step(event))

    def schedule_retries(
        self, inbound: Sequence[Event], actions: Sequence[Action], now: datetime
    ) -> list[Event]:
        """Schedule the next step of every retry among `inbound`.

        A failed attempt is followed by a timer, and the timer by the next attempt. A timer follows
        the last attempt too: the SDK fails the task when that one fires.
        """
        scheduled: list[Event] = []
        for event in inbound:
            if not self._is_retry_step(event):
                continue
            position, attempt = self.retries.pop(str(events.completed_task(event)))
            action = actions[position]
            task = self._take_id()
            if event["EventType"] == HistoryEventType.TIMER_FIRED:
                self.retries[str(task)] = (position, attempt + 1)
                scheduled.append(_call(action, task, now))
                continue
            options = action["retryOptions"]
            pause = timedelta(milliseconds=options["firstRetryIntervalInMilliseconds"])
            scheduled.append(events.timer_created(task, events.iso_utc(now + pause), now))
            if attempt < options["maxNumberOfAttempts"]:
                self.retries[str(task)] = (position, attempt)
        return scheduled

    def schedule_new(
        self, actions: Sequence[Action], now: datetime, history: Callable[[], Sequence[Event]]
    ) -> list[Event]:
        """Schedule the actions that the orchestrator added in this episode. Raises CannotSchedule.

        The SDK lists every action from the beginning each time. Those that have an id must be the
        same as before: the SDK does not notice a change, and would hand a recorded result to
        another call. `history` is read only to say what has changed.
        """
        known = len(self.action_ids)
        if len(actions) < known or (known and _digest(actions[:known]) != self.digest):
            raise CannotSchedule(
                f"Non-Deterministic workflow detected: {self._change(actions, history())}"
            )
        scheduled: list[Event] = []
        for position, action in enumerate(actions[known:], start=known):
            kind = action["actionType"]
            if kind in WITHOUT_ID:
                self.action_ids.append(None)
                continue
            if kind not in SUPPORTED:
                what = UNSUPPORTED.get(kind, f"Actions of type {kind} are")
                raise CannotSchedule(f"{what} not supported by this host")
            task = self._take_id()
            self.action_ids.append(task)
            if kind in WITH_RETRY:
                self.retries[str(task)] = (position, 1)
            scheduled.append(_call(action, task, now))
        if len(actions) > known:
            self.digest = _digest(actions)
        return scheduled

    def canceled_timers(self, actions: Sequence[Action]) -> list[int]:
        """Return the ids of timers that the orchestrator has cancelled, also long ago."""
        return [
            task
            for action, task in zip(actions, self.action_ids, strict=False)
            if action["actionType"] == ActionType.CREATE_TIMER
            and action["isCanceled"]
            and task is not None
        ]

    def _take_id(self) -> int:
        self.next_id += 1
        return self.next_id - 1

    def _is_retry_step(self, event: Event) -> bool:
        return event["EventType"] in RETRY_STEPS and (
            str(events.completed_task(event)) in self.retries
        )

    def _change(self, actions: Sequence[Action], history: Sequence[Event]) -> str:
        """Describe the first task that differs from its record."""
        recorded = {
            event["EventId"]: event.get("Name", "a timer")
            for event in history
            if event["EventType"] in SCHEDULING
        }
        for position, task in enumerate(self.action_ids):
            before = "an event" if task is None else recorded.get(task, "an event")
            now = _described(actions[position]) if position < len(actions) else "nothing"
            if now != before:
                return (
                    f"task {position} was '{before}' when it ran and is '{now}' in the replay. An"
                    " orchestrator must do the same from the same history: no clock, no randomness,"
                    " no I/O, and no change of its code while instances run"
                )
        return "the kinds of its tasks have changed since they ran"


def _call(action: Action, task: int, now: datetime) -> Event:
    kind = action["actionType"]
    if kind == ActionType.CREATE_TIMER:
        return events.timer_created(task, action["fireAt"], now)
    name, input_text = action["functionName"], action["input"]
    if kind in ACTIVITIES:
        return events.task_scheduled(task, name, input_text, now)
    return events.child_created(task, name, input_text, action.get("instanceId"), now)


def _digest(actions: Sequence[Action]) -> str:
    calls = [f"{action['actionType']} {action.get('functionName', '')}" for action in actions]
    return hashlib.sha256("\n".join(calls).encode()).hexdigest()[:16]


def _described(action: Action) -> str:
    if action["actionType"] == ActionType.CREATE_TIMER:
        return "a timer"
    return str(action.get("functionName") or "an event")
