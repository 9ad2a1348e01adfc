"""The progress that an orchestration shows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from models import RefreshProgress, RequestUsage, new_progress, no_usage
from orchestrators.progress import Progress
from tests.unit.fakes import NOW


class Context:
    """The part of an orchestration's context that Progress uses."""

    def __init__(self) -> None:
        self.current_utc_datetime = NOW
        self.status: dict[str, Any] = {}

    def set_custom_status(self, status: Any) -> None:
        self.status = status


@pytest.fixture
def context() -> Context:
    return Context()


@pytest.fixture
def progress(context) -> Progress:
    return Progress(context)


def usage(requests: int, remaining: int | None = None, **facts: Any) -> RequestUsage:
    made: Any = {**no_usage(), "requests": requests, "remaining": remaining, **facts}
    return made  # type: ignore[no-any-return]


def plan(*names: str, total: int, requests: int = 1) -> Any:
    return {"names": list(names), "total": total, "usage": usage(requests, 4990)}


def failure(name: str | None, error: str, *, retryable: bool = False) -> Any:
    return {"repo_name": name, "error": error, "message": f"{error}!", "retryable": retryable}


def batch(saved: int, *failures: Any, requests: int = 4, remaining: int | None = 4980) -> Any:
    return {
        "saved": [{}] * saved,
        "failures": list(failures),
        "usage": usage(requests, remaining),
    }


def test_it_begins_as_running_and_at_the_orchestrations_time(context, progress):
    assert {
        **new_progress(),
        "state": "running",
        "started_at": "2026-01-02T03:04:05Z",
    } == context.status
    assert "2026-01-02T03:04:05Z" == progress.started_at


def test_repositories_that_are_not_planned_are_done(context, progress):
    progress.planned(plan("a", "b", total=5))

    assert (5, 3, 3) == tuple(context.status[key] for key in ("total", "done", "unchanged"))


@pytest.mark.parametrize(
    ("failures", "done", "failed"),
    [
        pytest.param([], 2, 0, id="all-saved"),
        pytest.param([failure("c", "gone")], 3, 0, id="gone-is-done"),
        pytest.param([failure("c", "bad_credentials")], 3, 1, id="permanent"),
        pytest.param([failure("c", "unreachable", retryable=True)], 2, 0, id="retryable-is-open"),
    ],
)
def test_a_batch_counts_what_needs_no_more_work(context, progress, failures, done, failed):
    progress.planned(plan("a", "b", "c", total=3))

    progress.fetched(batch(2, *failures))

    assert (done, failed) == (context.status["done"], context.status["failed"])


def test_repositories_that_are_given_up_are_done_and_failed(context, progress):
    progress.planned(plan("a", "b", total=2))

    progress.gave_up(2)

    assert (2, 2) == (context.status["done"], context.status["failed"])


def test_requests_add_up_and_the_quota_is_the_last_one_reported(context, progress):
    progress.spent(usage(2))
    assert (2, None) == (context.status["requests"], context.status["requests_remaining"])

    progress.planned(plan("a", total=1))
    progress.fetched(batch(1, requests=4, remaining=4986))
    progress.fetched(batch(0, requests=3, remaining=None))

    assert (10, 4986) == (context.status["requests"], context.status["requests_remaining"])


def test_queries_count_as_requests_and_have_a_quota_of_their_own(context, progress):
    progress.spent(usage(2, 4990, queries=3, raw_files=50, points_remaining=4970))
    progress.spent(usage(1, 4989))

    assert (6, 4989, 4970) == tuple(
        context.status[key] for key in ("requests", "requests_remaining", "points_remaining")
    )


def test_a_wait_shows_its_end_and_its_reason_until_it_is_over(context, progress):
    progress.waiting(failure("a", "rate_limited"), NOW + timedelta(minutes=5))

    assert (
        "waiting",
        "2026-01-02T03:09:05Z",
        {"code": "rate_limited", "message": "rate_limited!"},
    ) == (
        context.status["state"],
        context.status["waiting_until"],
        context.status["error"],
    )

    progress.resumed()

    assert "running" == context.status["state"]
    assert {"waiting_until", "error"}.isdisjoint(context.status)


def test_resuming_without_a_wait_is_harmless(context, progress):
    progress.resumed()

    assert "running" == context.status["state"]


def test_a_completed_refresh_shows_when_it_ended(context, progress):
    context.current_utc_datetime += timedelta(seconds=9)

    progress.completed()

    assert ("completed", "2026-01-02T03:04:14Z") == (
        context.status["state"],
        context.status["finished_at"],
    )
    assert "error" not in context.status


def test_a_failed_refresh_shows_why(context, progress):
    progress.failed(failure(None, "bad_credentials"))

    assert ("failed", "2026-01-02T03:04:05Z", "bad_credentials") == (
        context.status["state"],
        context.status["finished_at"],
        context.status["error"]["code"],
    )


def test_a_status_that_was_set_does_not_change_afterwards(context, progress):
    before = context.status
    seen = dict(before)

    progress.planned(plan("a", total=3))

    assert seen == before


def test_every_field_of_the_status_is_described(context, progress):
    progress.waiting(failure("a", "rate_limited"), NOW)

    assert set(context.status) <= set(RefreshProgress.__annotations__)
