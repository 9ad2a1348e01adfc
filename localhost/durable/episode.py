"""One episode of an orchestration: what is sent to the SDK, and what its reply asks for.

Follows the Durable Task Framework: ids count up per execution, one for every task in the order in
which the orchestrator yields it, and one for every step of a retry, which the host makes by itself.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

Event = dict[str, Any]

ACTIVITY, ACTIVITY_RETRY, SUB, SUB_RETRY, CONTINUE_AS_NEW, TIMER, EXTERNAL = range(7)
UNSUPPORTED = {7: "Entities are", 8: "call_http is", 9: "Entities are", 10: "Entities are"}

STARTED, COMPLETED, TERMINATED = 0, 1, 3
TASK_SCHEDULED, TASK_COMPLETED, TASK_FAILED = 4, 5, 6
SUB_CREATED, SUB_COMPLETED, SUB_FAILED, TIMER_CREATED, TIMER_FIRED = 7, 8, 9, 10, 11
EPISODE_STARTED, EPISODE_COMPLETED, EVENT_RAISED = 12, 13, 15
# The SDK does not read these; without them a replay parses half as much.
NOT_SENT = {TASK_SCHEDULED, SUB_CREATED, TIMER_CREATED, EPISODE_COMPLETED}
FAILURE_LABEL = "\n\n$OutOfProcData$:"


@dataclass(slots=True)
class Plan:
    """Bookkeeping of one execution, kept with the instance so that a restart goes on exactly
    here."""

    next_id: int = 0
    ids: list[int | None] = field(default_factory=list)  # of the SDK's actions, in their order
    # id of an attempt or of a retry timer -> the action it belongs to and how many attempts there
    # were
    retries: dict[str, tuple[int, int]] = field(default_factory=dict)
    canceled: list[int] = field(default_factory=list)
    digest: str = ""  # of the actions that have an id
    episodes: int = 0

    @classmethod
    def from_json(cls, text: str) -> Plan:
        return cls(**json.loads(text))

    def to_json(self) -> str:
        return json.dumps(
            {
                "next_id": self.next_id,
                "ids": self.ids,
                "retries": self.retries,
                "canceled": self.canceled,
                "digest": self.digest,
                "episodes": self.episodes,
            }
        )

    def take(self) -> int:
        """The next id."""
        self.next_id += 1
        return self.next_id - 1


@dataclass(slots=True)
class Reply:
    """What the SDK answered: the flat list of everything ever asked for, and how it ended."""

    actions: list[dict[str, Any]]
    done: bool
    output: str | None = None  # JSON text
    custom_status: str | None = None  # JSON text
    error: str | None = None

    @property
    def continued(self) -> dict[str, Any] | None:
        """The continue_as_new action, if that is how it ended."""
        return next((a for a in self.actions if a["actionType"] == CONTINUE_AS_NEW), None)


def parse_reply(text: str) -> Reply:
    """The SDK's reply."""
    state = json.loads(text)
    return Reply(
        actions=flatten([action for each in state["actions"] for action in each]),
        done=bool(state["isDone"]),
        output=json.dumps(state["output"]) if "output" in state else None,
        custom_status=json.dumps(state["customStatus"]) if "customStatus" in state else None,
        error=state.get("error"),
    )


def parse_failure(message: str) -> Reply:
    """What the SDK raised: behind a label stands the state, with the actions asked for before the
    failure."""
    text, label, state = message.partition(FAILURE_LABEL)
    if not label:
        return Reply(actions=[], done=False, error=text)
    reply = parse_reply(state)
    reply.error = reply.error or text
    return reply


def flatten(actions: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Compounds, depth first: the order in which the SDK gave out ids."""
    flat: list[dict[str, Any]] = []
    for action in actions:
        if "compoundActions" in action:
            flat += flatten(action["compoundActions"])
        else:
            flat.append(action)
    return flat


def order(events: Sequence[Event], plan: Plan) -> list[Event]:
    """Steps inside a retry first: each takes exactly one id and resumes no user code.

    With any other order the ids that a replay gives out would depend on which event came first.
    """
    return sorted(events, key=lambda event: not _is_retry_step(event, plan))


def retry_steps(
    events: Sequence[Event], actions: Sequence[dict[str, Any]], plan: Plan, now: datetime
) -> list[Event]:
    """What the host schedules by itself for the retries among `events`; updates `plan`.

    A failed attempt is followed by a timer, even the last one (the task fails when that timer
    fires); a timer that is not the last is followed by another attempt.
    """
    scheduled: list[Event] = []
    for event in events:
        if not _is_retry_step(event, plan):
            continue
        number, attempt = plan.retries.pop(str(_task(event)))
        action = actions[number]
        options = action["retryOptions"]
        task = plan.take()
        plan.retries[str(task)] = (number, attempt)
        if event["EventType"] == TIMER_FIRED:
            plan.retries[str(task)] = (number, attempt + 1)
            scheduled.append(_scheduled(action, task, now))
        else:
            wait = timedelta(milliseconds=options["firstRetryIntervalInMilliseconds"])
            scheduled.append(_event(TIMER_CREATED, now, EventId=task, FireAt=iso(now + wait)))
            if attempt >= options["maxNumberOfAttempts"]:
                del plan.retries[str(task)]
    return scheduled


def user_steps(
    actions: Sequence[dict[str, Any]],
    plan: Plan,
    now: datetime,
    history: Callable[[], Sequence[Event]],
) -> list[Event]:
    """What the orchestrator newly asked for; updates `plan`. Raises ValueError if we cannot do it.

    The SDK lists every action from the beginning each time, so those that have an id are old. They
    must be the same as before: the SDK does not notice it, and would hand a recorded result to
    another call. `history` is asked only to say what has changed.
    """
    known = len(plan.ids)
    if len(actions) < known or (known and _digest(actions[:known]) != plan.digest):
        raise ValueError(
            f"Non-Deterministic workflow detected: {_change(actions, plan, history())}"
        )
    scheduled: list[Event] = []
    for number, action in enumerate(actions[known:], start=known):
        kind = action["actionType"]
        if kind in UNSUPPORTED:
            raise ValueError(f"{UNSUPPORTED[kind]} not supported by this host")
        if kind in (EXTERNAL, CONTINUE_AS_NEW):
            plan.ids.append(None)
            continue
        task = plan.take()
        plan.ids.append(task)
        if kind == TIMER:
            scheduled.append(_event(TIMER_CREATED, now, EventId=task, FireAt=action["fireAt"]))
        else:
            scheduled.append(_scheduled(action, task, now))
            if kind in (ACTIVITY_RETRY, SUB_RETRY):
                plan.retries[str(task)] = (number, 1)
    if len(actions) > known:
        plan.digest = _digest(actions)
    return scheduled


def _digest(actions: Sequence[dict[str, Any]]) -> str:
    named = [f"{each['actionType']} {each.get('functionName', '')}" for each in actions]
    return hashlib.sha256("\n".join(named).encode()).hexdigest()[:16]


def _change(actions: Sequence[dict[str, Any]], plan: Plan, history: Sequence[Event]) -> str:
    """The first task that differs from its record, in words."""
    recorded = {
        event["EventId"]: event.get("Name", "a timer")
        for event in history
        if event["EventType"] in (TASK_SCHEDULED, SUB_CREATED, TIMER_CREATED)
    }
    for number, task in enumerate(plan.ids):
        before = "an event" if task is None else recorded.get(task, "an event")
        now = _named(actions[number]) if number < len(actions) else "nothing"
        if now != before:
            return (
                f"task {number} was '{before}' when it ran and is '{now}' in the replay. An"
                " orchestrator must do the same from the same history: no clock, no randomness, no"
                " I/O, and no change of its code while instances run"
            )
    return "the kinds of its tasks have changed since they ran"


def _named(action: dict[str, Any]) -> str:
    return str(
        action.get("functionName") or ("a timer" if action["actionType"] == TIMER else "an event")
    )


def newly_canceled(actions: Sequence[dict[str, Any]], plan: Plan) -> list[int]:
    """Ids of timers that the orchestrator has cancelled since the last episode; updates `plan`."""
    canceled = [
        task
        for action, task in zip(actions, plan.ids, strict=False)
        if action["actionType"] == TIMER and action["isCanceled"] and task is not None
    ]
    new = [task for task in canceled if task not in plan.canceled]
    plan.canceled += new
    return new


def started(
    name: str, input_text: str | None, instance: str, execution: str, now: datetime
) -> Event:
    """The first event of every execution."""
    return _event(
        STARTED,
        now,
        Name=name,
        Version="",
        Input=input_text,
        Tags=None,
        OrchestrationInstance={"InstanceId": instance, "ExecutionId": execution},
    )


def completion(kind: int, now: datetime, task: int, **facts: Any) -> Event:
    """A task's end: TASK_COMPLETED, TASK_FAILED and the like."""
    name = "TimerId" if kind == TIMER_FIRED else "TaskScheduledId"
    return _event(kind, now, **{name: task}, **facts)


def ended(status: str, result: str | None, now: datetime) -> Event:
    """The last event of an execution."""
    return _event(COMPLETED, now, OrchestrationStatus=status, Result=result)


def terminated(reason: str, now: datetime) -> Event:
    """Somebody ends it."""
    return _event(TERMINATED, now, Input=reason)


def raised(name: str, input_text: str, now: datetime) -> Event:
    """An external event."""
    return _event(EVENT_RAISED, now, Name=name, Input=input_text)


def marker(kind: int, now: datetime) -> Event:
    """EPISODE_STARTED or EPISODE_COMPLETED."""
    return _event(kind, now)


def context_json(
    sent: Sequence[str],
    inbound: Sequence[Event],
    *,
    instance: str,
    parent: str | None,
    raw_input: str | None,
) -> str:
    """What the SDK is sent. `sent` are the finished episodes' events as JSON text, marked as
    played.

    The input is unwrapped by one JSON level, as the extension does.
    """
    unwrapped = json.loads(raw_input) if raw_input else None
    head = json.dumps(
        {
            "input": unwrapped,
            "instanceId": instance,
            "isReplaying": bool(sent),
            "parentInstanceId": parent,
            "upperSchemaVersion": 1,
            "upperSchemaVersionNew": 2,
        }
    )
    history = ",".join([*sent, *(json.dumps(event) for event in inbound)])
    return f'{head[:-1]}, "history": [{history}]}}'


def as_played(event: Event) -> str:
    """An event of a finished episode, as it is sent from then on."""
    return json.dumps({**event, "IsPlayed": True}, separators=(",", ":"))


def iso(moment: datetime) -> str:
    """UTC with microseconds and a `Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _scheduled(action: dict[str, Any], task: int, now: datetime) -> Event:
    kind = TASK_SCHEDULED if action["actionType"] in (ACTIVITY, ACTIVITY_RETRY) else SUB_CREATED
    facts = {"Name": action["functionName"], "Input": action["input"]}
    if kind == SUB_CREATED:
        facts["InstanceId"] = action.get("instanceId")
    return _event(kind, now, EventId=task, **facts)


def _is_retry_step(event: Event, plan: Plan) -> bool:
    return event["EventType"] in (TASK_FAILED, SUB_FAILED, TIMER_FIRED) and (
        str(_task(event)) in plan.retries
    )


def _task(event: Event) -> int:
    task: int = event["TimerId"] if event["EventType"] == TIMER_FIRED else event["TaskScheduledId"]
    return task


def _event(kind: int, now: datetime, **facts: Any) -> Event:
    return {"EventType": kind, "EventId": -1, "IsPlayed": False, "Timestamp": iso(now), **facts}
