"""Start refreshes and read their progress: everything the app asks of the Durable client."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, cast

import azure.durable_functions as df

from models import (
    PUSH_ORCHESTRATOR,
    REFRESH_ORCHESTRATOR,
    PushInput,
    RefreshInput,
    RefreshProgress,
    iso_utc,
    new_progress,
)
from observability import Facts, logger

UNFINISHED = {
    df.OrchestrationRuntimeStatus.Pending,
    df.OrchestrationRuntimeStatus.Running,
    df.OrchestrationRuntimeStatus.ContinuedAsNew,
    df.OrchestrationRuntimeStatus.Suspended,
}

StartResult = Literal["started", "joined"]
# The running refresh that caused a conflict may finish before we read its status; then try again.
MAX_START_ATTEMPTS = 3
# One refresh answers all webhooks that arrive within this window.
DEBOUNCE_WINDOW = timedelta(seconds=2)
# The host's clock may run ahead of ours: choose a window a second late, and end it a second late.
CLOCK_SKEW = timedelta(seconds=1)


def instance_id(username: str) -> str:
    """Return the id of the one refresh that a portfolio can have at a time."""
    return f"portfolio-{username.lower()}"


async def start_refresh(
    client: df.DurableOrchestrationClient,
    username: str,
    *,
    force: bool = False,
    changed: bool = False,
) -> StartResult:
    """Start a refresh, or join the running one, which keeps its own `force` and `changed`.

    `force`: fetch unchanged repositories too. `changed`: list only the repositories that webhooks
    named.

    Race-free: the instance id is fixed, and the host refuses a second running instance of it.
    Raises the host's error if no refresh can be started.
    """
    request = RefreshInput(username=username, force=force, changed=changed)
    for attempts_left in reversed(range(MAX_START_ATTEMPTS)):
        try:
            await client.start_new(REFRESH_ORCHESTRATOR, instance_id(username), request)
            break
        except Exception:  # the SDK raises a bare Exception for a conflict as for everything else
            status = await client.get_status(instance_id(username), show_input=False)
            if status.runtime_status in UNFINISHED:
                return "joined"
            if not attempts_left:
                raise
    logger.info("refresh.started %s", Facts(username=username, force=force, only_changed=changed))
    return "started"


async def schedule_push_refresh(
    client: df.DurableOrchestrationClient, username: str, now: datetime
) -> None:
    """Make sure that a refresh answers every webhook recorded until `now`.

    Debounced: all webhooks of one window share an orchestration. Race-free: its id names a window
    that has not ended yet, and it reads the recorded webhooks only after the end.
    """
    window_s = DEBOUNCE_WINDOW.total_seconds()
    window = math.ceil((now + CLOCK_SKEW).timestamp() / window_s)
    window_end = datetime.fromtimestamp(window * window_s, UTC) + CLOCK_SKEW
    request = PushInput(username=username, collect_until=iso_utc(window_end))
    instance = f"webhooks-{username.lower()}-{window}"
    try:
        await client.start_new(PUSH_ORCHESTRATOR, instance, request)
    except Exception:  # a bare Exception, as above
        status = await client.get_status(instance, show_input=False)
        if status.runtime_status not in UNFINISHED:
            raise


async def read_progress(client: df.DurableOrchestrationClient, username: str) -> RefreshProgress:
    """Read the progress of the running refresh, or the result of the last one; `idle` if none ran."""
    status = await client.get_status(instance_id(username), show_input=False)
    if status.runtime_status is None:
        return new_progress()
    reported: dict[str, Any] = (
        status.custom_status if isinstance(status.custom_status, dict) else {}
    )
    progress: dict[str, Any] = {
        **new_progress(),
        **_state(status, reported),
        **{
            name: value
            for name, value in reported.items()
            if name in RefreshProgress.__annotations__ and name != "state" and value is not None
        },
    }
    return cast(RefreshProgress, progress)


def _state(status: Any, reported: dict[str, Any]) -> dict[str, Any]:
    """Derive the state, and what the orchestration may have had no time to report itself."""
    if status.runtime_status in UNFINISHED:
        state = reported.get("state", "queued")
        return {"state": state, "started_at": _optional_iso_utc(status.created_time)}
    if status.runtime_status == df.OrchestrationRuntimeStatus.Completed:
        return {"state": "completed"}
    return {
        "state": "failed",
        "started_at": _optional_iso_utc(status.created_time),
        "finished_at": _optional_iso_utc(status.last_updated_time),
        "error": {
            "code": "refresh_failed",
            "message": "the refresh ended before it could publish; the log has the reason",
        },
    }


def _optional_iso_utc(moment: datetime | None) -> str | None:
    return iso_utc(moment) if moment else None
