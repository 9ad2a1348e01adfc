"""The refresh of one portfolio."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from datetime import datetime, timedelta
from typing import Any

import azure.durable_functions as df
from models import BatchInput, BatchResult, Bundle, Failure, Plan, PublishInput, RefreshInput, Saved

from orchestrators.batch import RETRY
from orchestrators.pace import Pace
from orchestrators.progress import Progress

bp = df.Blueprint()

# What fails in a way that may pass is asked for again after these pauses, while nothing else comes.
PAUSES = (timedelta(seconds=2), timedelta(seconds=8), timedelta(seconds=32))
# "Wait for at least one minute … an exponentially increasing amount of time":
# https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
UNKNOWN_LIMIT_PAUSES = (timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4))
# GitHub's primary limit resets within the hour: a later moment is not a reset but a mistake.
LONGEST_WAIT = timedelta(minutes=65)
MOST_ROUNDS = 100

Steps = Generator[Any, Any, Any]


class RefreshFailed(Exception):
    """Ends the orchestration as Failed: there is nothing to publish."""


@bp.orchestration_trigger(context_name="context", orchestration="repo_context_orchestrator")
def repo_context_orchestrator(context: df.DurableOrchestrationContext) -> Steps:
    """List a user's repositories, fetch the changed ones in batches, publish, return the bundles.

    Input: RefreshInput. Output: the portfolio's bundles by name (list[Bundle]). The custom status
    is Progress.
    """
    request: RefreshInput = context.get_input()
    progress = Progress(context)
    plan: Plan = yield from list_names(context, progress, request)
    progress.listed(plan)
    saved, failures = yield from fetch_all(context, progress, request["username"], plan)
    bundles: list[Bundle] = yield context.call_activity_with_retry(
        "PublishPortfolioActivity",
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


def list_names(
    context: df.DurableOrchestrationContext, progress: Progress, request: RefreshInput
) -> Steps:
    """The Plan of this refresh. Raises RefreshFailed when GitHub gives no listing, however often it
    is asked."""
    for fruitless in range(len(PAUSES) + 1):
        plan: Any = yield context.call_activity_with_retry("GetRepoNamesActivity", RETRY, request)
        if "error" not in plan:
            return plan
        progress.spent(plan["usage"])
        if fruitless == len(PAUSES) or not plan["passes"]:
            break
        yield from wait(context, progress, [plan], fruitless)
    progress.failed(plan)
    raise RefreshFailed(plan["message"])


def fetch_all(
    context: df.DurableOrchestrationContext, progress: Progress, username: str, plan: Plan
) -> Steps:
    """Fetch and save what the plan names. What fails in a way that may pass is asked for again, as
    long as something comes.

    Returns the bundles saved and the failures that remain.
    """
    saved: list[Saved] = []
    failures: list[Failure] = []
    names, fruitless, pace = plan["names"], 0, Pace(plan["batches_per_minute"])
    for round_ in range(MOST_ROUNDS):
        came, refused, unasked = yield from fetch_round(
            context, progress, pace, username, plan, names
        )
        saved += came
        failures += [each for each in refused if not each["passes"]]
        passing = [each for each in refused if each["passes"]]
        if came:
            fruitless = 0
        if not passing:
            break
        if fruitless == len(PAUSES) or round_ == MOST_ROUNDS - 1:
            passing += [{**passing[-1], "repo_name": name} for name in unasked]
            failures += passing
            progress.gave_up(len(passing))
            break
        yield from wait(context, progress, passing, fruitless)
        fruitless += 1
        names = sorted([str(each["repo_name"]) for each in passing] + unasked)
    return saved, failures


def fetch_round(
    context: df.DurableOrchestrationContext,
    progress: Progress,
    pace: Pace,
    username: str,
    plan: Plan,
    names: Sequence[str],
) -> Steps:
    """Ask for every name once, one batch after the other: a batch is what is in flight against the
    token. Stops at a rate limit.

    Returns what was saved, what failed, and the names that were not asked for.
    """
    saved: list[Saved] = []
    failures: list[Failure] = []
    size = plan["batch_size"]
    for start in range(0, len(names), size):
        now = context.current_utc_datetime
        if pace.free_at(now) > now:
            yield context.create_timer(pace.free_at(now))
        pace.started(context.current_utc_datetime)
        result: BatchResult = yield context.call_sub_orchestrator(
            "repo_batch_orchestrator",
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
        if any(each["error"] == "rate_limited" for each in result["failures"]):
            return saved, failures, list(names[start + size :])
    return saved, failures, []


def wait(
    context: df.DurableOrchestrationContext,
    progress: Progress,
    failures: Sequence[Failure],
    fruitless: int,
) -> Steps:
    """Sleep on one durable timer until all of `failures` may be asked for again, capped.
    `fruitless`: how many times in a row nothing came."""
    now: datetime = context.current_utc_datetime

    def moment(failure: Failure) -> datetime:
        if failure["retry_at"]:
            return max(datetime.fromisoformat(failure["retry_at"]), now + PAUSES[0])
        limited = failure["error"] == "rate_limited"
        return now + (UNKNOWN_LIMIT_PAUSES if limited else PAUSES)[fruitless]

    last = max(failures, key=moment)
    until = min(moment(last), now + LONGEST_WAIT)
    progress.waiting(last, until)
    yield context.create_timer(until)
    progress.resumed()
