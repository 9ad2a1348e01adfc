"""Start refreshes and read their progress: everything the app asks of the Durable client."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, cast

import azure.durable_functions as df

from errors import RefreshUnavailable
from models import (
    PUSH_ORCHESTRATOR,
    REFRESH_ORCHESTRATOR,
    PushInput,
    RefreshHealth,
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
# How a start behind an answer ends; `postponed`: not before the `next_try_at` of RefreshHealth.
BehindResult = Literal["started", "joined", "postponed", "failed"]
# The SDK would wait 4 minutes for Durable's back-end, and GitHub gives up on a webhook after 10 s.
DURABLE_TIMEOUT_S = 8
# Visitors' requests start the refresh of a portfolio at most this often, and wait this long for it.
START_INTERVAL = timedelta(seconds=10)
# From this long before its end, a token is logged as expiring and makes the app's health degraded.
TOKEN_WARNING = timedelta(days=14)
# Pauses after 1, 2, 3 and more refreshes in a row that failed for a lasting reason.
RETRY_PAUSES = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(minutes=60),
)
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
    Raises RefreshUnavailable if no refresh can be started.
    """
    request = RefreshInput(username=username, force=force, changed=changed)
    async with _durable_within_limit(username):
        for attempts_left in reversed(range(MAX_START_ATTEMPTS)):
            try:
                await client.start_new(REFRESH_ORCHESTRATOR, instance_id(username), request)
                break
            except Exception:  # the SDK raises a bare Exception for a conflict as for all else
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
    that has not ended yet, and it reads the recorded webhooks only after the end. Raises
    RefreshUnavailable if it cannot be scheduled.
    """
    window_s = DEBOUNCE_WINDOW.total_seconds()
    window = math.ceil((now + CLOCK_SKEW).timestamp() / window_s)
    window_end = datetime.fromtimestamp(window * window_s, UTC) + CLOCK_SKEW
    request = PushInput(username=username, collect_until=iso_utc(window_end))
    instance = f"webhooks-{username.lower()}-{window}"
    async with _durable_within_limit(username):
        try:
            await client.start_new(PUSH_ORCHESTRATOR, instance, request)
        except Exception:  # a bare Exception, as above
            status = await client.get_status(instance, show_input=False)
            if status.runtime_status not in UNFINISHED:
                raise


class RefreshStarter:
    """Starts refreshes behind the answers to visitors, who wait for none of it.

    At most one start per portfolio and START_INTERVAL, however many visitors ask. Not thread-safe:
    call it on the event loop's thread.
    """

    def __init__(self) -> None:
        """Begin with no start made."""
        self._latest: dict[str, tuple[datetime, asyncio.Task[BehindResult]]] = {}
        # The event loop itself keeps only weak references to its tasks.
        self._running: set[asyncio.Task[BehindResult]] = set()

    def start(
        self,
        client: df.DurableOrchestrationClient,
        username: str,
        now: datetime,
        load_health: Callable[[str], RefreshHealth | None],
    ) -> tuple[asyncio.Task[BehindResult], bool]:
        """Begin a start, unless one began less than START_INTERVAL ago.

        Returns the latest start, which raises nothing, and whether this call began it.
        `load_health` may block; it runs on a thread.
        """
        begun_at, task = self._latest.get(username.lower(), (None, None))
        # A clock that was set back must not delay the next start.
        if task and begun_at and timedelta(0) <= now - begun_at < START_INTERVAL:
            return task, False
        task = asyncio.create_task(_start_if_due(client, username, now, load_health))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        self._latest[username.lower()] = (now, task)
        return task, True

    def forget(self, username: str) -> None:
        """Let the next request start a refresh, however short ago the last start was."""
        self._latest.pop(username.lower(), None)


async def _start_if_due(
    client: df.DurableOrchestrationClient,
    username: str,
    now: datetime,
    load_health: Callable[[str], RefreshHealth | None],
) -> BehindResult:
    """Start a refresh unless it is postponed. Raises nothing: nobody may be waiting for it."""
    try:
        async with asyncio.timeout(START_INTERVAL.total_seconds()):
            if postponed_until(await asyncio.to_thread(load_health, username), now):
                return "postponed"
            return await start_refresh(client, username)
    except Exception as error:  # noqa: BLE001  # whatever it is, the portfolio is served meanwhile
        logger.warning(
            "refresh.not_started %s", Facts(username=username, error=type(error).__name__)
        )
        return "failed"


def postponed_until(health: RefreshHealth | None, now: datetime) -> datetime | None:
    """Return the moment before which visitors start no refresh; None if they may start one now."""
    if health is None or health["next_try_at"] is None:
        return None
    next_try = datetime.fromisoformat(health["next_try_at"])
    return next_try if next_try > now else None


def next_try_at(failures: int, now: datetime) -> datetime:
    """Return when visitors may start a refresh again after `failures` (1 or more) in a row."""
    return now + RETRY_PAUSES[min(failures, len(RETRY_PAUSES)) - 1]


async def read_progress(client: df.DurableOrchestrationClient, username: str) -> RefreshProgress:
    """Read the progress of the running refresh, or the result of the last one; `idle` if none ran.

    Raises RefreshUnavailable if Durable's back-end does not answer.
    """
    async with _durable_within_limit(username):
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


@asynccontextmanager
async def _durable_within_limit(username: str) -> AsyncIterator[None]:
    """Give Durable's back-end DURABLE_TIMEOUT_S, and raise RefreshUnavailable for all its errors.

    The log gets the kind of the error alone: its text may contain a management URL with a key.
    """
    try:
        async with asyncio.timeout(DURABLE_TIMEOUT_S):
            yield
    except Exception as error:
        logger.warning(
            "durable.unavailable %s", Facts(username=username, error=type(error).__name__)
        )
        retry_after_s = int(START_INTERVAL.total_seconds())
        raise RefreshUnavailable(
            f"the refresh of `{username}` can neither be started nor asked about now, because"
            f" Durable Functions does not answer; try again in {retry_after_s} seconds",
            retry_after_s=retry_after_s,
        ) from error


def _optional_iso_utc(moment: datetime | None) -> str | None:
    return iso_utc(moment) if moment else None
