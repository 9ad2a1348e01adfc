"""The timer: refreshes every portfolio and deletes old orchestration records."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import azure.durable_functions as df
import azure.functions as func

from errors import RefreshUnavailable
from observability import Facts, logger
from refresh_client import start_refresh
from settings import DEFAULT_SCHEDULE, settings

bp = df.Blueprint()

# Every refresh and every batch of one leaves a record in the task hub.
RECORD_RETENTION = timedelta(days=7)


def trigger_schedule(env: Mapping[str, str] = os.environ) -> str:
    """Return the schedule of the timer's binding.

    The host resolves the setting. It knows no default for it, and would never fire the timer.
    """
    is_set = env.get("REFRESH_SCHEDULE", "").strip()
    return "%REFRESH_SCHEDULE%" if is_set else DEFAULT_SCHEDULE


@bp.timer_trigger(arg_name="timer", schedule=trigger_schedule(), run_on_startup=False)
@bp.durable_client_input(client_name="client")
async def refresh_on_schedule(
    timer: func.TimerRequest, client: df.DurableOrchestrationClient
) -> None:
    """Refresh every portfolio, then purge old records."""
    await refresh_all(client, settings().github_usernames, past_due=timer.past_due)
    await purge_records(client, datetime.now(UTC))


async def refresh_all(
    client: df.DurableOrchestrationClient, usernames: Sequence[str], *, past_due: bool
) -> None:
    """Start a refresh of every portfolio that is not being refreshed already.

    Also after lasting failures, which may be over. A portfolio whose refresh cannot be started is
    left to visitors and to the next run, so that the others are refreshed.
    """
    for username in usernames:
        try:
            result: str = await start_refresh(client, username)
        except RefreshUnavailable:
            result = "unavailable"
        logger.info(
            "refresh.scheduled %s", Facts(username=username, result=result, past_due=past_due)
        )


async def purge_records(client: df.DurableOrchestrationClient, now: datetime) -> None:
    """Delete the records of finished orchestrations that are older than RECORD_RETENTION."""
    purged = await client.purge_instance_history_by(
        created_time_from=datetime(2000, 1, 1, tzinfo=UTC),
        created_time_to=now - RECORD_RETENTION,
        runtime_status=[
            df.OrchestrationRuntimeStatus.Completed,
            df.OrchestrationRuntimeStatus.Failed,
            df.OrchestrationRuntimeStatus.Terminated,
        ],
    )
    logger.info("records.purged %s", Facts(instances=purged.instances_deleted))
