"""From webhooks to a refresh: one for all that come within a moment."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime, timedelta
from typing import Any

import azure.durable_functions as df
from models import PushInput

from orchestrators.batch import RETRY

bp = df.Blueprint()

# While another refresh runs, which may have read the listing before these webhooks came.
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=2), timedelta(minutes=1)
MOST_ATTEMPTS = 200  # three hours; then the next scheduled refresh sees to it


@bp.orchestration_trigger(context_name="context", orchestration="repo_push_orchestrator")
def repo_push_orchestrator(context: df.DurableOrchestrationContext) -> Generator[Any, Any, str]:
    """Start the refresh that webhooks have asked for, when no more of them are expected and no
    other refresh runs.

    Input: PushInput. Output: `started`, or `answered` if another refresh has seen to it meanwhile.
    """
    request: PushInput = context.get_input()
    yield context.create_timer(datetime.fromisoformat(request["collect_until"]))
    pause = FIRST_PAUSE
    for _ in range(MOST_ATTEMPTS):
        started: str = yield context.call_activity_with_retry(
            "StartRefreshActivity", RETRY, request["username"]
        )
        if started != "joined":
            return started
        yield context.create_timer(context.current_utc_datetime + pause)
        pause = min(2 * pause, LONGEST_PAUSE)
    return "gave up"
