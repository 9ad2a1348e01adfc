"""The orchestrators of a refresh, replayed by the SDK."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from models import (
    BATCH_ORCHESTRATOR,
    FETCH_BUNDLE,
    GET_REPO_NAMES,
    PUBLISH_PORTFOLIO,
    SAVE_BUNDLES,
    START_REFRESH,
)
from orchestrators.batch import repo_batch_orchestrator
from orchestrators.push import repo_push_orchestrator
from orchestrators.refresh import repo_context_orchestrator
from tests.replay.history import Replay

PUSH = {"username": "ada", "collect_until": "2026-01-02T03:04:09Z"}


def usage(requests: int = 1, remaining: int | None = 5000) -> dict[str, Any]:
    return {"requests": requests, "remaining": remaining}


def plan(
    *names: str, total: int | None = None, size: int = 2, per_minute: int = 0, **facts: Any
) -> dict[str, Any]:
    return {
        "listing_id": "l1",
        "total": len(names) if total is None else total,
        "names": list(names),
        "batch_size": size,
        "batches_per_minute": per_minute,
        "deliveries": [],
        "usage": usage(),
        **facts,
    }


def failure(name: str | None, code: str, retry_at: str | None = None) -> dict[str, Any]:
    return {
        "repo_name": name,
        "error": code,
        "message": f"{code}!",
        "retryable": code in ("rate_limited", "unreachable"),
        "retry_at": retry_at,
        "usage": usage(),
    }


def saved(*names: str) -> list[dict[str, Any]]:
    return [{"name": name, "row_key": f"repo:{name}"} for name in names]


def batch(*names: str, failures: tuple[Any, ...] = (), **facts: Any) -> dict[str, Any]:
    return {"saved": saved(*names), "failures": list(failures), "usage": usage(4), **facts}


def refresh(**request: Any) -> Replay:
    return Replay(repo_context_orchestrator, {"username": "ada", **request})


def wait_s(replay: Replay) -> float:
    """Return the length of the timer that was scheduled last."""
    kind, moment = replay.scheduled[-1]
    assert "timer" == kind
    return (datetime.fromisoformat(moment) - replay.now).total_seconds()


def test_running_orchestrations_rely_on_these_names():
    """A refresh, a batch and a webhook schedule them under names that must not change."""
    replay = refresh().complete((0, plan("a"))).complete((1, batch("a")))
    one_batch = Replay(
        repo_batch_orchestrator, {"username": "ada", "listing_id": "l1", "names": ["a"]}
    ).complete((0, {"metadata": {"name": "a"}, "usage": usage()}))
    push = Replay(repo_push_orchestrator, PUSH).complete((0, None))

    assert [
        ("activity", "GetRepoNamesActivity"),
        ("sub", "repo_batch_orchestrator"),
        ("activity", "PublishPortfolioActivity"),
    ] == replay.scheduled
    assert [
        ("activity", "FetchRepoContextBundleActivity"),
        ("activity", "SaveBundlesActivity"),
    ] == one_batch.scheduled
    assert ("activity", "StartRefreshActivity") == push.scheduled[-1]


class TestBatch:
    def test_it_fetches_every_name_in_parallel_then_saves_the_bundles_together(self):
        replay = Replay(
            repo_batch_orchestrator,
            {"username": "ada", "listing_id": "l1", "names": ["a", "b", "c"]},
        )

        assert [("activity", FETCH_BUNDLE)] * 3 == replay.scheduled
        gone = failure("b", "gone")
        replay.complete((1, gone), (2, {"metadata": {"name": "c"}, "usage": usage(5, 90)}))
        replay.complete((0, {"metadata": {"name": "a"}, "usage": usage(4, 91)}))

        (save,) = replay.inputs(SAVE_BUNDLES)
        assert [{"metadata": {"name": "a"}}, {"metadata": {"name": "c"}}] == save["bundles"]
        replay.complete((3, saved("a", "c")))
        assert {
            "saved": saved("a", "c"),
            "failures": [gone],
            "usage": usage(10, 90),
        } == replay.output


class TestRefresh:
    def test_it_lists_then_fetches_one_batch_after_another_then_publishes(self):
        replay = refresh().complete((0, plan("a", "b", "c", total=5, deliveries=["d1"])))

        assert [{"username": "ada"}] == replay.inputs(GET_REPO_NAMES)
        assert [["a", "b"]] == [batch["names"] for batch in replay.inputs(BATCH_ORCHESTRATOR)]
        assert (5, 2, 2) == tuple(replay.status[key] for key in ("total", "done", "unchanged"))
        replay.complete((1, batch("a", "b")))
        assert ["c"] == replay.inputs(BATCH_ORCHESTRATOR)[-1]["names"]
        assert (4, "running") == (replay.status["done"], replay.status["state"])
        replay.complete((2, batch("c")))
        (publish,) = replay.inputs(PUBLISH_PORTFOLIO)
        assert saved("a", "b", "c") == publish["saved"]
        assert (replay.status["started_at"], ["d1"]) == (
            publish["started_at"],
            publish["deliveries"],
        )

    def test_it_returns_the_published_bundles_and_is_completed(self):
        bundles = [{"metadata": {"name": "a"}}]

        replay = refresh().complete((0, plan())).complete((1, bundles))

        assert bundles == replay.output
        assert "completed" == replay.status["state"]
        assert replay.status["started_at"] < replay.status["finished_at"]

    def test_requests_are_counted_and_the_remaining_quota_is_shown(self):
        replay = refresh().complete((0, plan("a", "b", "c", usage=usage(1, 4990))))
        replay.complete((1, batch("a", "b", usage=usage(9, 4981))))
        replay.complete((2, batch("c", usage=usage(5, None))))

        assert (15, 4981) == (replay.status["requests"], replay.status["requests_remaining"])

    def test_a_deleted_repository_is_done_and_not_failed(self):
        replay = refresh().complete((0, plan("a")))

        replay.complete((1, batch(failures=(failure("a", "gone"),))))

        assert (1, 0) == (replay.status["done"], replay.status["failed"])

    def test_a_refused_token_fails_the_refresh_at_once_with_the_reason(self):
        with pytest.raises(Exception, match="bad_credentials!"):
            refresh().complete((0, failure(None, "bad_credentials")))

    def test_a_listing_that_fails_is_retried_three_times(self):
        down = failure(None, "unreachable")
        replay = refresh()
        for task, seconds in ((0, 2), (2, 8), (4, 32)):
            replay.complete((task, down))
            assert seconds == wait_s(replay)
            replay.complete((task + 1, None))

        with pytest.raises(Exception, match="unreachable!"):
            replay.complete((6, down))


class TestRetries:
    def test_a_rate_limit_waits_on_one_timer_then_fetches_the_missing_names_only(self):
        limited = failure("b", "rate_limited", "2026-01-02T03:30:00Z")
        replay = refresh().complete((0, plan("a", "b", "c", "d")))

        replay.complete((1, batch("a", failures=(limited,))))

        # The second batch is not started, because it would meet the same limit.
        assert ("timer", "2026-01-02T03:30:00.000000Z") == replay.scheduled[-1]
        assert "waiting" == replay.status["state"]
        assert {"code": "rate_limited", "message": "rate_limited!"} == replay.status["error"]
        replay.complete((2, None))
        assert ["b", "c"] == replay.inputs(BATCH_ORCHESTRATOR)[-1]["names"]
        assert "error" not in replay.status
        replay.complete((3, batch("b", "c"))).complete((4, batch("d")))
        (publish,) = replay.inputs(PUBLISH_PORTFOLIO)
        assert (saved("a", "b", "c", "d"), []) == (publish["saved"], publish["failures"])
        assert (4, 0) == (replay.status["done"], replay.status["failed"])

    def test_a_reset_time_in_the_far_future_is_waited_for_at_most_65_minutes(self):
        replay = refresh().complete((0, failure(None, "rate_limited", "2030-01-01T00:00:00Z")))

        assert 65 * 60 == wait_s(replay)

    def test_a_rate_limit_without_a_reset_time_waits_a_minute_then_longer_then_gives_up(self):
        limited = failure("a", "rate_limited")
        replay = refresh().complete((0, plan("a", "c", size=1)))

        for task, seconds in ((1, 60), (3, 120), (5, 240)):
            replay.complete((task, batch(failures=(limited,))))
            assert seconds == wait_s(replay)
            replay.complete((task + 1, None))
        replay.complete((7, batch(failures=(limited,))))

        (publish,) = replay.inputs(PUBLISH_PORTFOLIO)
        assert {"a", "c"} == {failure["repo_name"] for failure in publish["failures"]}
        assert (2, 2) == (replay.status["done"], replay.status["failed"])

    def test_repositories_that_were_never_tried_fail_for_the_rate_limit(self):
        failures = (failure("a", "rate_limited"), failure("b", "unreachable"))
        replay = refresh().complete((0, plan("a", "b", "c", size=2)))

        for task in (1, 3, 5):
            replay.complete((task, batch(failures=failures)))
            replay.complete((task + 1, None))
        replay.complete((7, batch(failures=failures)))

        (publish,) = replay.inputs(PUBLISH_PORTFOLIO)
        errors = {failure["repo_name"]: failure["error"] for failure in publish["failures"]}
        assert {"a": "rate_limited", "b": "unreachable", "c": "rate_limited"} == errors

    def test_rate_limits_are_waited_out_for_as_long_as_rounds_make_progress(self):
        names = [f"r{number}" for number in range(8)]
        replay = refresh().complete((0, plan(*names, size=8)))
        task = 1
        for number in range(7):
            limits = tuple(failure(name, "rate_limited") for name in names[number + 1 :])
            replay.complete((task, batch(names[number], failures=limits)))
            assert 60 == wait_s(replay)
            replay.complete((task + 1, None))
            task += 2
        replay.complete((task, batch(names[7])))

        assert saved(*names) == replay.inputs(PUBLISH_PORTFOLIO)[0]["saved"]

    def test_a_repository_that_keeps_failing_is_given_up_and_the_rest_published(self):
        broken = failure("a", "unreachable")
        replay = refresh().complete((0, plan("a")))

        for task, seconds in ((1, 2), (3, 8), (5, 32)):
            replay.complete((task, batch(failures=(broken,))))
            assert seconds == wait_s(replay)
            replay.complete((task + 1, None))
        replay.complete((7, batch(failures=(broken,))))

        assert ("activity", PUBLISH_PORTFOLIO) == replay.scheduled[-1]
        assert [broken] == replay.inputs(PUBLISH_PORTFOLIO)[0]["failures"]
        assert (1, 1) == (replay.status["done"], replay.status["failed"])

    def test_no_more_batches_start_in_a_minute_than_planned(self):
        replay = refresh().complete((0, plan("a", "b", "c", "d", "e", size=1, per_minute=2)))

        replay.complete((1, batch("a"))).complete((2, batch("b")))
        assert 60 == wait_s(replay)  # from the end of the last batch
        replay.complete((3, None)).complete((4, batch("c"))).complete((5, batch("d")))
        assert 60 == wait_s(replay)
        replay.complete((6, None)).complete((7, batch("e")))

        assert ("activity", PUBLISH_PORTFOLIO) == replay.scheduled[-1]


class TestPush:
    def test_it_collects_webhooks_until_the_window_ends_then_starts_one_refresh(self):
        replay = Replay(repo_push_orchestrator, PUSH)

        assert [("timer", "2026-01-02T03:04:09.000000Z")] == replay.scheduled
        replay.complete((0, None))
        assert ["ada"] == replay.inputs(START_REFRESH)
        assert "started" == replay.complete((1, "started")).output

    def test_while_another_refresh_runs_it_tries_again_later_and_later(self):
        replay = Replay(repo_push_orchestrator, PUSH).complete((0, None))

        for task, seconds in ((1, 2), (3, 4), (5, 8)):
            replay.complete((task, "joined"))
            assert seconds == wait_s(replay)
            replay.complete((task + 1, None))

        assert "answered" == replay.complete((7, "answered")).output
