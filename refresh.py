"""Starting a refresh and following it: the one place that talks to the Durable client."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Literal, TypedDict

import azure.durable_functions as df
import azure.functions as func

from models import RefreshInput
from observability import Facts, logger
from settings import settings

bp = df.Blueprint()

ORCHESTRATOR = "repo_context_orchestrator"
UNFINISHED = {
    df.OrchestrationRuntimeStatus.Pending,
    df.OrchestrationRuntimeStatus.Running,
    df.OrchestrationRuntimeStatus.ContinuedAsNew,
    df.OrchestrationRuntimeStatus.Suspended,
}

Started = Literal["started", "joined"]


class RefreshProgress(TypedDict, total=False):
    """What `GET /refresh/{username}` answers."""

    username: str
    state: Literal["idle", "queued", "running", "waiting", "completed", "failed"]
    total: int
    done: int
    failed: int
    unchanged: int
    started_at: str | None
    finished_at: str | None
    waiting_until: str
    error: dict[str, str]


@bp.timer_trigger(arg_name="timer", schedule="%REFRESH_SCHEDULE%", run_on_startup=False)
@bp.durable_client_input(client_name="client")
async def refresh_on_schedule(
    timer: func.TimerRequest, client: df.DurableOrchestrationClient
) -> None:
    """Refresh every portfolio; one that is being refreshed already is left to it."""
    for username in settings().github_usernames:
        started = await start_refresh(client, username)
        logger.info(
            "refresh.scheduled %s",
            Facts(username=username, result=started, past_due=timer.past_due),
        )


def instance_id(username: str) -> str:
    """The id of the one refresh that a portfolio can have at a time."""
    return f"portfolio-{username.lower()}"


async def start_refresh(
    client: df.DurableOrchestrationClient, username: str, *, force: bool = False
) -> Started:
    """Start a refresh, or join the one that runs.

    Race-free: the id is fixed and the host refuses a second running instance of it.
    """
    try:
        await client.start_new(
            ORCHESTRATOR, instance_id(username), RefreshInput(username=username, force=force)
        )
    except Exception:  # the SDK raises a bare Exception for a conflict as for everything else
        status = await client.get_status(instance_id(username), show_input=False)
        if status.runtime_status in UNFINISHED:
            return "joined"
        raise
    logger.info("refresh.started %s", Facts(username=username, force=force))
    return "started"


async def read_progress(client: df.DurableOrchestrationClient, username: str) -> RefreshProgress:
    """How far the running refresh is, or how the last one ended; `idle` if there was none."""
    status = await client.get_status(instance_id(username), show_input=False)
    progress: RefreshProgress = {
        "username": username,
        "state": "idle",
        "total": 0,
        "done": 0,
        "failed": 0,
        "unchanged": 0,
        "started_at": None,
        "finished_at": None,
    }
    seen: dict[str, Any] = status.custom_status if isinstance(status.custom_status, dict) else {}
    match status.runtime_status:
        case None:
            return progress
        case state if state in UNFINISHED:
            progress["state"] = "running" if seen else "queued"
            progress["started_at"] = _utc(status.created_time)
        case df.OrchestrationRuntimeStatus.Completed:
            progress["state"] = "completed"
        case _:
            progress["state"] = "failed"
            progress["started_at"] = _utc(status.created_time)
            progress["finished_at"] = _utc(status.last_updated_time)
            progress["error"] = {
                "code": "refresh_failed",
                "message": "the refresh ended before it could publish; the log has the reason",
            }
    for name in (
        "total",
        "done",
        "failed",
        "unchanged",
        "started_at",
        "finished_at",
        "waiting_until",
        "error",
    ):
        if seen.get(name) is not None:
            progress[name] = seen[name]
    if seen.get("state") == "waiting" and status.runtime_status in UNFINISHED:
        progress["state"] = "waiting"
    return progress


def _utc(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else None
