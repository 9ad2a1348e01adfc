"""repo_context_orchestrator: the refresh of one portfolio."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from datetime import datetime, timedelta
from typing import Any

import azure.durable_functions as df

from models import (
    BATCH_ORCHESTRATOR,
    GET_REPO_NAMES,
    PUBLISH_PORTFOLIO,
    REFRESH_ORCHESTRATOR,
    BatchInput,
    BatchResult,
    Bundle,
    Failure,
    PublishInput,
    RefreshInput,
    RefreshPlan,
    SavedBundle,
)
from orchestrators.batch import RETRY
from orchestrators.pace import Pace
from orchestrators.progress import Progress

bp = df.Blueprint()

# Delays before retrying transient failures; the count restarts when a round makes progress.
RETRY_DELAYS = (timedelta(seconds=2), timedelta(seconds=8), timedelta(seconds=32))
# For a rate limit without a reset time. "Wait for at least one minute … an exponentially increasing
# amount of time":
# https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
RATE_LIMIT_DELAYS = (timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4))
# GitHub's primary limit resets within the hour, so a later reset time is a mistake.
MAX_WAIT = timedelta(minutes=65)
MAX_ROUNDS = 100

Steps = Generator[Any, Any, Any]


class RefreshFailed(Exception):
    """Ends the orchestration as Failed: there is nothing to publish."""


@bp.orchestration_trigger(context_name="context", orchestration=REFRESH_ORCHESTRATOR)
def repo_context_orchestrator(context: df.DurableOrchestrationContext) -> Steps:
    """List a user's repositories, fetch the changed ones in batches, publish, return the bundles.

    Input: RefreshInput. Output: the portfolio's bundles by name (list[Bundle]). Custom status:
    RefreshProgress.
    """
    request: RefreshInput = context.get_input()
    progress = Progress(context)
    plan: RefreshPlan = yield from plan_refresh(context, progress, request)
    progress.planned(plan)
    saved, failures = yield from fetch_all(context, progress, request["username"], plan)
    bundles: list[Bundle] = yield context.call_activity_with_retry(
        PUBLISH_PORTFOLIO,
        RETRY,
        PublishInput(
            username=request["username"],
            started_at=progress.started_at,
            saved=saved,
            failures=failures,
            deliveries=plan["deliveries"],
        ),
    )
    progress.completed()
    return bundles


def plan_refresh(
    context: df.DurableOrchestrationContext, progress: Progress, request: RefreshInput
) -> Steps:
    """Return the RefreshPlan. Raises RefreshFailed if GitHub gives no listing after all retries."""
    for retries in range(len(RETRY_DELAYS) + 1):
        plan: Any = yield context.call_activity_with_retry(GET_REPO_NAMES, RETRY, request)
        if "error" not in plan:
            return plan
        progress.spent(plan["usage"])
        if retries == len(RETRY_DELAYS) or not plan["retryable"]:
            break
        yield from wait(context, progress, [plan], retries)
    progress.failed(plan)
    raise RefreshFailed(plan["message"])


def fetch_all(
    context: df.DurableOrchestrationContext, progress: Progress, username: str, plan: RefreshPlan
) -> Steps:
    """Fetch and save every planned repository.

    Retries transient failures for as long as rounds make progress. Returns the saved bundles and
    the failures that remain.
    """
    saved: list[SavedBundle] = []
    failures: list[Failure] = []
    names, retries, pace = plan["names"], 0, Pace(plan["batches_per_minute"])
    for round_number in range(MAX_ROUNDS):
        new, failed, postponed = yield from fetch_round(
            context, progress, pace, username, plan, names
        )
        saved += new
        failures += [failure for failure in failed if not failure["retryable"]]
        retryable = [failure for failure in failed if failure["retryable"]]
        if new:
            retries = 0
        if not retryable:
            break
        if retries == len(RETRY_DELAYS) or round_number == MAX_ROUNDS - 1:
            # Postponed repositories were never tried: they fail for the limit that stopped the round.
            limits = [failure for failure in retryable if failure["error"] == "rate_limited"]
            retryable += [{**limits[-1], "repo_name": name} for name in postponed]
            failures += retryable
            progress.gave_up(len(retryable))
            break
        yield from wait(context, progress, retryable, retries)
        retries += 1
        names = sorted([str(failure["repo_name"]) for failure in retryable] + postponed)
    return saved, failures


def fetch_round(
    context: df.DurableOrchestrationContext,
    progress: Progress,
    pace: Pace,
    username: str,
    plan: RefreshPlan,
    names: Sequence[str],
) -> Steps:
    """Fetch every name once, batch after batch, and stop at a rate limit.

    One batch of a portfolio is in flight at a time; its size is the portfolio's part of the
    token's budget. Returns the saved bundles, the failures, and the names that were postponed.
    """
    saved: list[SavedBundle] = []
    failures: list[Failure] = []
    size = plan["batch_size"]
    for start in range(0, len(names), size):
        now = context.current_utc_datetime
        if pace.next_start(now) > now:
            yield context.create_timer(pace.next_start(now))
        pace.started(context.current_utc_datetime)
        result: BatchResult = yield context.call_sub_orchestrator(
            BATCH_ORCHESTRATOR,
            BatchInput(
                username=username,
                listing_id=plan["listing_id"],
                names=list(names[start : start + size]),
            ),
        )
        pace.ended(context.current_utc_datetime)
        progress.fetched(result)
        saved += result["saved"]
        failures += result["failures"]
        if any(failure["error"] == "rate_limited" for failure in result["failures"]):
            return saved, failures, list(names[start + size :])
    return saved, failures, []


def wait(
    context: df.DurableOrchestrationContext,
    progress: Progress,
    failures: Sequence[Failure],
    retries: int,
) -> Steps:
    """Sleep on one durable timer until every failure may be retried, at most MAX_WAIT.

    `retries`: retries in a row that made no progress.
    """
    now: datetime = context.current_utc_datetime

    def retry_moment(failure: Failure) -> datetime:
        if failure["retry_at"]:
            return max(datetime.fromisoformat(failure["retry_at"]), now + RETRY_DELAYS[0])
        rate_limited = failure["error"] == "rate_limited"
        return now + (RATE_LIMIT_DELAYS if rate_limited else RETRY_DELAYS)[retries]

    last = max(failures, key=retry_moment)
    until = min(retry_moment(last), now + MAX_WAIT)
    progress.waiting(last, until)
    yield context.create_timer(until)
    progress.resumed()
