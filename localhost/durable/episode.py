"""One replay of an orchestrator: what is sent to the Durable SDK, and what it replies."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from localhost.durable.events import Event
from localhost.durable.ledger import Action
from localhost.durable.sdk import ActionType

# In the message of the SDK's exception, the state of the orchestration follows this label.
STATE_LABEL = "\n\n$OutOfProcData$:"


@dataclass(frozen=True, slots=True)
class Reply:
    """The SDK's reply to a replay.

    `actions` lists everything the orchestrator has asked for since its execution began.
    """

    actions: list[Action]
    done: bool
    output: str | None = None  # JSON text
    custom_status: str | None = None  # JSON text; None if this replay set none
    error: str | None = None

    @property
    def new_input(self) -> str | None:
        """The input of the next execution, as JSON; None if the orchestrator did not ask for one."""
        for action in self.actions:
            if action["actionType"] == ActionType.CONTINUE_AS_NEW:
                return str(action["input"])
        return None


def parse_reply(text: str) -> Reply:
    """Parse what the SDK returned."""
    return _reply(json.loads(text))


def parse_failure(message: str) -> Reply:
    """Parse the message of what the SDK raised.

    When user code raises, the message carries the actions asked for before that.
    """
    text, label, state = message.partition(STATE_LABEL)
    if not label:
        return Reply(actions=[], done=False, error=text)
    return _reply(json.loads(state), error=text)


def context_json(
    played: Sequence[str],
    inbound: Sequence[Event],
    *,
    instance_id: str,
    parent_id: str | None,
    raw_input: str | None,
) -> str:
    """Build the payload of an orchestration trigger.

    `played` are the events of finished episodes as `as_played` returns them; `inbound` are those of
    the new episode. The input is unwrapped by one JSON level, as the Durable extension does.
    """
    head = json.dumps(
        {
            "input": json.loads(raw_input) if raw_input else None,
            "instanceId": instance_id,
            "isReplaying": bool(played),
            "parentInstanceId": parent_id,
            "upperSchemaVersion": 1,
            "upperSchemaVersionNew": 2,
        }
    )
    history = ",".join([*played, *(json.dumps(event) for event in inbound)])
    return f'{head[:-1]}, "history": [{history}]}}'


def as_played(event: Event) -> str:
    """Dump an event of a finished episode."""
    return json.dumps({**event, "IsPlayed": True}, separators=(",", ":"))


def _reply(state: dict[str, Any], error: str | None = None) -> Reply:
    return Reply(
        actions=_flatten([action for batch in state["actions"] for action in batch]),
        done=bool(state["isDone"]),
        output=json.dumps(state["output"]) if "output" in state else None,
        custom_status=json.dumps(state["customStatus"]) if "customStatus" in state else None,
        error=state.get("error") or error,
    )


def _flatten(actions: Sequence[Action]) -> list[Action]:
    """Resolve `task_all` and `task_any` depth first, the order in which the SDK gives out ids."""
    flat: list[Action] = []
    for action in actions:
        if "compoundActions" in action:
            flat += _flatten(action["compoundActions"])
        else:
            flat.append(action)
    return flat
