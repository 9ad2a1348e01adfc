"""repo_push_orchestrator: debounces webhooks into one refresh."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime, timedelta
from typing import Any

import azure.durable_functions as df

from models import PUSH_ORCHESTRATOR, START_REFRESH, PushInput
from orchestrators.batch import RETRY

bp = df.Blueprint()

# Delays before looking again while a refresh runs. It may have listed the repositories before these
# webhooks arrived, so it does not answer them.
FIRST_DELAY, MAX_DELAY = timedelta(seconds=2), timedelta(minutes=1)
MAX_ATTEMPTS = 200  # about three hours; after that the next scheduled refresh answers the webhooks


@bp.orchestration_trigger(context_name="context", orchestration=PUSH_ORCHESTRATOR)
def repo_push_orchestrator(context: df.DurableOrchestrationContext) -> Generator[Any, Any, str]:
    """Start the refresh that webhooks asked for, once their window is over and no other one runs.

    Ends when a refresh has answered the webhooks: one that fails is started again. Input:
    PushInput. Output: `answered` or `gave up`.
    """
    request: PushInput = context.get_input()
    yield context.create_timer(datetime.fromisoformat(request["collect_until"]))
    delay = FIRST_DELAY
    for _ in range(MAX_ATTEMPTS):
        result: str = yield context.call_activity_with_retry(
            START_REFRESH, RETRY, request["username"]
        )
        if result == "answered":
            return result
        yield context.create_timer(context.current_utc_datetime + delay)
        delay = min(2 * delay, MAX_DELAY)
    return "gave up"
