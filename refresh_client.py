"""Starting a refresh and following it: the one place that talks to the Durable client."""

from __future__ import annotations

import asyncio
import math
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, TypedDict

import azure.durable_functions as df
import azure.functions as func
from connections import github_cache

from models import PushInput, RefreshInput
from observability import Facts, logger
from settings import settings

bp = df.Blueprint()

ORCHESTRATOR = "repo_context_orchestrator"
PUSH_ORCHESTRATOR = "repo_push_orchestrator"
UNFINISHED = {
    df.OrchestrationRuntimeStatus.Pending,
    df.OrchestrationRuntimeStatus.Running,
    df.OrchestrationRuntimeStatus.ContinuedAsNew,
    df.OrchestrationRuntimeStatus.Suspended,
}

Started = Literal["started", "joined"]
# The refresh that a start was refused for may end before it can be looked at: then the next start holds.
STARTS = 3
# Webhooks that come within this time are one refresh.
COLLECT = timedelta(seconds=2)
# Of clocks: a webhook is recorded before the time is taken that says which refresh answers it.
SKEW = timedelta(seconds=1)
# Every refresh and every batch of one leaves a record in the task hub.
RECORDS_KEPT = timedelta(days=7)


class RefreshProgress(TypedDict, total=False):
    """What `GET /refresh/{username}` answers."""

    username: str
    state: Literal["idle", "queued", "running", "waiting", "completed", "failed"]
    total: int
    done: int
    failed: int
    unchanged: int
    requests: int
    requests_remaining: int | None
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
    purged = await client.purge_instance_history_by(
        created_time_from=datetime(2000, 1, 1, tzinfo=UTC),
        created_time_to=datetime.now(UTC) - RECORDS_KEPT,
        runtime_status=[
            df.OrchestrationRuntimeStatus.Completed,
            df.OrchestrationRuntimeStatus.Failed,
            df.OrchestrationRuntimeStatus.Terminated,
        ],
    )
    logger.info("records.purged %s", Facts(instances=purged.instances_deleted))


@bp.activity_trigger(input_name="username", activity="StartRefreshActivity")
@bp.durable_client_input(client_name="client")
async def start_refresh_for_webhooks(username: str, client: df.DurableOrchestrationClient) -> str:
    """Start the refresh that answers the webhooks recorded so far. username -> `started`, `joined`
    if one runs, `answered` if there is none to answer."""
    if not await asyncio.to_thread(github_cache().pending_deliveries, username):
        return "answered"
    return await start_refresh(client, username, changed=True)


def instance_id(username: str) -> str:
    """The id of the one refresh that a portfolio can have at a time."""
    return f"portfolio-{username.lower()}"


async def start_refresh(
    client: df.DurableOrchestrationClient,
    username: str,
    *,
    force: bool = False,
    changed: bool = False,
) -> Started:
    """Start a refresh, or join the one that runs. `changed`: only of what webhooks have named.

    Race-free: the id is fixed and the host refuses a second running instance of it. Raises what the
    host answers if it cannot start one.
    """
    request = RefreshInput(username=username, force=force, changed=changed)
    for attempts_left in reversed(range(STARTS)):
        try:
            await client.start_new(ORCHESTRATOR, instance_id(username), request)
            break
        except Exception:  # the SDK raises a bare Exception for a conflict as for everything else
            status = await client.get_status(instance_id(username), show_input=False)
            if status.runtime_status in UNFINISHED:
                return "joined"
            if not attempts_left:
                raise
    logger.info("refresh.started %s", Facts(username=username, force=force, only_changed=changed))
    return "started"


async def answer_webhooks(client: df.DurableOrchestrationClient, username: str) -> None:
    """See to it that a refresh answers every webhook recorded until now: one for all that come in
    the same few seconds.

    Race-free: the id names a span of time that has not ended, and whoever runs under that id reads
    what was recorded after its end.
    """
    span = math.ceil((datetime.now(UTC) + SKEW).timestamp() / COLLECT.total_seconds())
    until = datetime.fromtimestamp(span * COLLECT.total_seconds(), UTC) + SKEW
    request = PushInput(username=username, collect_until=until.isoformat().replace("+00:00", "Z"))
    instance = f"webhooks-{username.lower()}-{span}"
    try:
        await client.start_new(PUSH_ORCHESTRATOR, instance, request)
    except Exception:  # as above
        status = await client.get_status(instance, show_input=False)
        if status.runtime_status not in UNFINISHED:
            raise


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
        "requests": 0,
        "requests_remaining": None,
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
        "requests",
        "requests_remaining",
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
