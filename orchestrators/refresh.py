"""The refresh of one portfolio."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from datetime import datetime, timedelta
from typing import Any

import azure.durable_functions as df
from models import BatchInput, BatchResult, Bundle, Failure, Plan, PublishInput, RefreshInput, Saved

from orchestrators.batch import RETRY
from orchestrators.progress import Progress

bp = df.Blueprint()

# What fails in a way that may pass is asked for again after each of these pauses, then given up.
PAUSES = (timedelta(seconds=2), timedelta(seconds=8), timedelta(seconds=32))
# GitHub's primary limit resets within the hour: a later moment is not a reset but a mistake.
LONGEST_WAIT = timedelta(minutes=65)
MINUTE = timedelta(minutes=1)

Steps = Generator[Any, Any, Any]


class RefreshFailed(Exception):
    """Ends the orchestration as Failed: there is nothing to publish."""


@bp.orchestration_trigger(context_name="context", orchestration="repo_context_orchestrator")
def repo_context_orchestrator(context: df.DurableOrchestrationContext) -> Steps:
    """List a user's repositories, fetch the changed ones in batches, publish, return all bundles.

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
        ),
    )
    progress.completed()
    return bundles


def list_names(
    context: df.DurableOrchestrationContext, progress: Progress, request: RefreshInput
) -> Steps:
    """The Plan of this refresh. Raises RefreshFailed when GitHub gives no listing, however often it
    is asked."""
    for pause in (*PAUSES, None):
        plan: Any = yield context.call_activity_with_retry("GetRepoNamesActivity", RETRY, request)
        if "error" not in plan:
            return plan
        if pause is None or not plan["retry_at"]:
            break
        yield from wait(context, progress, [plan], pause)
    progress.failed(plan)
    raise RefreshFailed(plan["message"])


def fetch_all(
    context: df.DurableOrchestrationContext, progress: Progress, username: str, plan: Plan
) -> Steps:
    """Fetch and save what the plan names; ask again for what failed in a way that may pass.

    Returns the bundles saved and the failures that remain.
    """
    saved: list[Saved] = []
    failures: list[Failure] = []
    names = plan["names"]
    for pause in (*PAUSES, None):
        passing: list[Failure] = []
        for batches in by_minute(names, plan):
            started = context.current_utc_datetime
            running = [
                context.call_sub_orchestrator(
                    "repo_batch_orchestrator",
                    BatchInput(username=username, listing_id=plan["listing_id"], names=batch),
                )
                for batch in batches
            ]
            while running:
                finished = yield context.task_any(running)
                running.remove(finished)
                result = batch_result(finished)
                again = [each for each in result["failures"] if pause and each["retry_at"]]
                ended = [each for each in result["failures"] if each not in again]
                saved += result["saved"]
                failures += ended
                passing += again
                progress.fetched(len(result["saved"]), ended)
            if batches[-1][-1] != names[-1]:
                yield context.create_timer(started + MINUTE)
        if not passing or not pause:
            break
        yield from wait(context, progress, passing, pause)
        names = sorted(str(failure["repo_name"]) for failure in passing)
    return saved, failures


def batch_result(finished: Any) -> BatchResult:
    """The result of a finished sub-orchestration; raises what it failed with."""
    if isinstance(finished.result, Exception):
        raise finished.result
    result: BatchResult = finished.result
    return result


def by_minute(names: Sequence[str], plan: Plan) -> list[list[list[str]]]:
    """Batches of names, grouped into those that may start within the same minute."""
    size = plan["batch_size"]
    batches = [list(names[start : start + size]) for start in range(0, len(names), size)]
    together = plan["batches_per_minute"] or len(batches) or 1
    return [batches[start : start + together] for start in range(0, len(batches), together)]


def wait(
    context: df.DurableOrchestrationContext,
    progress: Progress,
    failures: Sequence[Failure],
    pause: timedelta,
) -> Steps:
    """Sleep on one durable timer until all of `failures` may be asked for again: at least `pause`,
    capped."""
    now = context.current_utc_datetime
    last = max(failures, key=lambda failure: str(failure["retry_at"]))
    until = min(max(datetime.fromisoformat(str(last["retry_at"])), now + pause), now + LONGEST_WAIT)
    progress.waiting(last, until)
    yield context.create_timer(until)
    progress.resumed()
