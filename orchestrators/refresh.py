"""repo_context_orchestrator: the refresh of one portfolio."""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping, Sequence
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

# Delays before retrying transient failures; the count restarts when a round makes progress. Together
# they outlast a minute without storage.
RETRY_DELAYS = (
    timedelta(seconds=2),
    timedelta(seconds=8),
    timedelta(seconds=32),
    timedelta(seconds=64),
)
# For a rate limit without a reset time. "Wait for at least one minute … an exponentially increasing
# amount of time":
# https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
RATE_LIMIT_DELAYS = (
    timedelta(minutes=1),
    timedelta(minutes=2),
    timedelta(minutes=4),
    timedelta(minutes=8),
)
# GitHub's primary limit resets within the hour, so a later reset time is a mistake.
MAX_WAIT = timedelta(minutes=65)
MAX_ROUNDS = 100
# Failures that the next batch would meet, too. Without storage, its requests would be made in vain.
STOP_ROUND = frozenset({"rate_limited", "cache_unavailable"})
# Saved bundles and failed names that travel in one publishing, as JSON: Durable keeps payloads above
# 64 KB in blobs. Those of a hundred repositories fit, and leave room for the webhooks.
MAX_PUBLISHED_BYTES = 45_000
# REST requests of a repository where nothing but REST is to be had: at most 6, usually fewer.
EXPECTED_REQUESTS = 5

Steps = Generator[Any, Any, Any]


class RefreshFailed(Exception):
    """Ends the orchestration as Failed; what was published stays."""


@bp.orchestration_trigger(context_name="context", orchestration=REFRESH_ORCHESTRATOR)
def repo_context_orchestrator(context: df.DurableOrchestrationContext) -> Steps:
    """List a user's repositories, fetch the changed ones in batches, publish, return the bundles.

    Input: RefreshInput. Output: the portfolio's bundles by name, shortened (list[Bundle]). Custom
    status: RefreshProgress.
    """
    request: RefreshInput = context.get_input()
    progress = Progress(context)
    plan: RefreshPlan = yield from call_patiently(context, progress, GET_REPO_NAMES, request)
    progress.planned(plan)
    unpublished = Unpublished(request["username"], progress.started_at, plan)
    yield from fetch_all(context, progress, unpublished, plan)
    bundles: list[Bundle] = yield from publish_end(context, progress, unpublished)
    progress.completed()
    return bundles


class Unpublished:
    """What was fetched, and what failed for good, since the last publishing of a refresh.

    One publishing takes as much as fits into a payload, the oldest first.
    """

    def __init__(self, username: str, started_at: str, plan: RefreshPlan) -> None:
        self.username = username
        self._started_at = started_at
        self._plan = plan
        self._saved: list[SavedBundle] = []
        self._failed: list[tuple[str, str]] = []  # (code of the error, name)

    def __bool__(self) -> bool:
        return bool(self._saved or self._failed)

    def add(self, saved: Sequence[SavedBundle], failures: Sequence[Failure]) -> None:
        """Add bundles, and failures that will not be retried."""
        self._saved += saved
        self._failed += [(failure["error"], str(failure["repo_name"])) for failure in failures]

    def fits(self) -> bool:
        """Tell whether the next publishing takes everything."""
        return self._portion() == (len(self._saved), len(self._failed))

    def request(self, *, ended: bool = False) -> PublishInput:
        """Return the input of PublishPortfolioActivity for the next portion."""
        bundles, failures = self._portion()
        failed: dict[str, list[str]] = {}
        for code, name in self._failed[:failures]:
            failed.setdefault(code, []).append(name)
        return {
            "username": self.username,
            "listing_id": self._plan["listing_id"],
            "started_at": self._started_at,
            "saved": self._saved[:bundles],
            "failed": failed,
            "deliveries": self._plan["deliveries"] if ended else [],
            "ended": ended,
        }

    def published(self, result: Any) -> None:
        """Forget the portion that was published; keep it if `result` is a Failure."""
        if not is_failure(result):
            bundles, failures = self._portion()
            del self._saved[:bundles], self._failed[:failures]

    def _portion(self) -> tuple[int, int]:
        """Return how many bundles and failures the next publishing takes."""
        size = 0
        for count, item in enumerate([*self._saved, *self._failed]):
            size += len(json.dumps(item))
            if size > MAX_PUBLISHED_BYTES:
                bundles = min(count, len(self._saved))
                return bundles, count - bundles
        return len(self._saved), len(self._failed)


def call_patiently(
    context: df.DurableOrchestrationContext,
    progress: Progress,
    activity: str,
    request: Mapping[str, Any],
) -> Steps:
    """Return an activity's result; retry transient failures after a wait.

    The activity is told when it is its `last_try`. Raises RefreshFailed when it fails for good.
    """
    for retries in range(len(RETRY_DELAYS) + 1):
        last_try = retries == len(RETRY_DELAYS)
        result: Any = yield context.call_activity_with_retry(
            activity, RETRY, {**request, "last_try": last_try}
        )
        if not is_failure(result):
            return result
        progress.spent(result["usage"])
        if last_try or not result["retryable"]:
            break
        yield from wait(context, progress, [result], retries)
    progress.failed(result)
    raise RefreshFailed(result["message"])


def fetch_all(
    context: df.DurableOrchestrationContext,
    progress: Progress,
    unpublished: Unpublished,
    plan: RefreshPlan,
) -> Steps:
    """Fetch every planned repository and publish batch after batch; the last is left unpublished.

    Retries transient failures for as long as rounds make progress.
    """
    pace = Pace(plan["requests_per_minute"], EXPECTED_REQUESTS)
    names, retries = plan["names"], 0
    for round_number in range(MAX_ROUNDS):
        progressed, retryable, postponed = yield from fetch_round(
            context, progress, unpublished, pace, plan, names
        )
        if progressed:
            retries = 0
        if not retryable:
            break
        if retries == len(RETRY_DELAYS) or round_number == MAX_ROUNDS - 1:
            # Postponed repositories were never tried: they fail for what stopped the round.
            stops = [failure for failure in retryable if failure["error"] in STOP_ROUND]
            retryable += [{**stops[-1], "repo_name": name} for name in postponed]
            unpublished.add([], retryable)
            progress.gave_up(len(retryable))
            break
        yield from publish_batch(context, unpublished)
        yield from wait(context, progress, retryable, retries)
        retries += 1
        names = sorted([str(failure["repo_name"]) for failure in retryable] + postponed)


def fetch_round(
    context: df.DurableOrchestrationContext,
    progress: Progress,
    unpublished: Unpublished,
    pace: Pace,
    plan: RefreshPlan,
    names: Sequence[str],
) -> Steps:
    """Fetch every name once, batch after batch; stop at a rate limit, or without storage.

    One batch of a portfolio is in flight at a time; its size is the portfolio's part of the
    token's budget. A batch is published while the next one is fetched. Returns whether any
    repository was fetched, the failures that may be retried, and the names that were postponed.
    """
    progressed = False
    retryable: list[Failure] = []
    for start in range(0, len(names), plan["batch_size"]):
        batch = list(names[start : start + plan["batch_size"]])
        now = context.current_utc_datetime
        if (moment := pace.next_start(len(batch), now)) > now:
            yield from publish_batch(context, unpublished)
            yield context.create_timer(moment)
        result: BatchResult = yield from fetch_batch(context, unpublished, plan, batch)
        pace.ended(len(batch), result["usage"], context.current_utc_datetime)
        progress.fetched(result)
        progressed = progressed or bool(result["saved"])
        retryable += [failure for failure in result["failures"] if failure["retryable"]]
        if any(failure["error"] in STOP_ROUND for failure in result["failures"]):
            return progressed, retryable, list(names[start + len(batch) :])
    return progressed, retryable, []


def fetch_batch(
    context: df.DurableOrchestrationContext,
    unpublished: Unpublished,
    plan: RefreshPlan,
    names: list[str],
) -> Steps:
    """Fetch a batch, publish the one before it meanwhile, and return the BatchResult."""
    tasks = [
        context.call_sub_orchestrator(
            BATCH_ORCHESTRATOR,
            BatchInput(
                username=unpublished.username,
                listing_id=plan["listing_id"],
                names=names,
                embed=plan["embed"],
            ),
        )
    ]
    if unpublished:
        tasks.append(
            context.call_activity_with_retry(PUBLISH_PORTFOLIO, RETRY, unpublished.request())
        )
    result, *published = yield context.task_all(tasks)
    for outcome in published:
        unpublished.published(outcome)
    unpublished.add(
        result["saved"],
        [failure for failure in result["failures"] if not failure["retryable"]],
    )
    return result


def publish_batch(context: df.DurableOrchestrationContext, unpublished: Unpublished) -> Steps:
    """Publish what there is, before a wait. After a failure, the next publishing includes it."""
    while unpublished:
        result: Any = yield context.call_activity_with_retry(
            PUBLISH_PORTFOLIO, RETRY, unpublished.request()
        )
        unpublished.published(result)
        if is_failure(result):
            break


def publish_end(
    context: df.DurableOrchestrationContext, progress: Progress, unpublished: Unpublished
) -> Steps:
    """Publish the end of a refresh and return the bundles. Raises RefreshFailed."""
    while not unpublished.fits():
        unpublished.published(
            (yield from call_patiently(context, progress, PUBLISH_PORTFOLIO, unpublished.request()))
        )
    return (
        yield from call_patiently(
            context, progress, PUBLISH_PORTFOLIO, unpublished.request(ended=True)
        )
    )


def is_failure(result: Any) -> bool:
    """Tell whether an activity's result is a Failure."""
    return isinstance(result, dict) and "error" in result


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
