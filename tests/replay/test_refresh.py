"""The orchestrators of a refresh, replayed by the SDK."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from models import (
    BATCH_ORCHESTRATOR,
    EMBED_BUNDLES,
    FETCH_BUNDLE,
    GET_REPO_NAMES,
    PUBLISH_PORTFOLIO,
    START_REFRESH,
    no_usage,
)
from orchestrators.batch import repo_batch_orchestrator
from orchestrators.push import repo_push_orchestrator
from orchestrators.refresh import repo_context_orchestrator
from tests.replay.history import Replay

PUSH = {"username": "ada", "collect_until": "2026-01-02T03:04:09Z"}


TRANSIENT = {"rate_limited", "unreachable", "cache_unavailable"}


def usage(
    requests: int = 1, remaining: int | None = 5000, queries: int = 0, points: int | None = None
) -> dict[str, Any]:
    return {
        **no_usage(),
        "requests": requests,
        "queries": queries,
        "remaining": remaining,
        "points_remaining": points,
    }


def plan(
    *names: str, total: int | None = None, size: int = 2, per_minute: int = 0, **facts: Any
) -> dict[str, Any]:
    return {
        "listing_id": "l1",
        "total": len(names) if total is None else total,
        "names": list(names),
        "batch_size": size,
        "requests_per_minute": per_minute,
        "embed": False,
        "deliveries": [],
        "usage": usage(),
        **facts,
    }


def failure(name: str | None, code: str, retry_at: str | None = None) -> dict[str, Any]:
    return {
        "repo_name": name,
        "error": code,
        "message": f"{code}!",
        "retryable": code in TRANSIENT,
        "retry_at": retry_at,
        "usage": usage(),
    }


NO_STORAGE = failure(None, "cache_unavailable")


def saved(*names: str) -> list[dict[str, Any]]:
    return [{"name": name, "row_key": f"repo:{name}"} for name in names]


def fetched(name: str, **facts: Any) -> dict[str, Any]:
    (bundle,) = saved(name)
    return {"metadata": {"name": name}, "saved": bundle, "usage": usage(), **facts}


def batch(*names: str, failures: tuple[Any, ...] = (), **facts: Any) -> dict[str, Any]:
    return {"saved": saved(*names), "failures": list(failures), "usage": usage(4), **facts}


def published(replay: Replay) -> list[list[str]]:
    """Return the names of the bundles of every publishing."""
    return [
        [bundle["name"] for bundle in publish["saved"]]
        for publish in replay.inputs(PUBLISH_PORTFOLIO)
    ]


def failed(replay: Replay) -> dict[str, list[str]]:
    """Return what the last publishing marks as failed: code -> names."""
    marked: dict[str, list[str]] = replay.inputs(PUBLISH_PORTFOLIO)[-1]["failed"]
    return marked


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
        repo_batch_orchestrator,
        {"username": "ada", "listing_id": "l1", "names": ["a"], "embed": True},
    ).complete((0, fetched("a")))
    push = Replay(repo_push_orchestrator, PUSH).complete((0, None))

    assert [
        ("activity", "GetRepoNamesActivity"),
        ("sub", "repo_batch_orchestrator"),
        ("activity", "PublishPortfolioActivity"),
    ] == replay.scheduled
    assert [
        ("activity", "FetchRepoContextBundleActivity"),
        ("activity", "EmbedBundlesActivity"),
    ] == one_batch.scheduled
    assert ("activity", "StartRefreshActivity") == push.scheduled[-1]


class TestBatch:
    def run(self, *names: str, embed: bool = False) -> Replay:
        request = {"username": "ada", "listing_id": "l1", "names": list(names), "embed": embed}
        return Replay(repo_batch_orchestrator, request)

    def test_it_fetches_every_name_in_parallel_and_returns_what_each_has_saved(self):
        replay = self.run("a", "b", "c")

        assert [("activity", FETCH_BUNDLE)] * 3 == replay.scheduled
        assert [
            {"username": "ada", "repo_name": name, "listing_id": "l1"} for name in ("a", "b", "c")
        ] == replay.inputs(FETCH_BUNDLE)
        gone = failure("b", "gone")
        replay.complete((1, gone), (2, fetched("c", usage=usage(2, 90, 1, 4_000))))
        replay.complete((0, fetched("a", usage=usage(1, 91, 2, 3_990))))

        assert {
            "saved": saved("a", "c"),
            "failures": [gone],
            "usage": usage(4, 90, 3, 3_990),
        } == replay.output

    def test_with_a_model_the_saved_bundles_are_embedded_together_before_it_ends(self):
        replay = self.run("a", "b", "c", embed=True)

        replay.complete((0, fetched("a")), (1, failure("b", "gone")), (2, fetched("c")))

        assert [{"username": "ada", "row_keys": ["repo:a", "repo:c"]}] == replay.inputs(
            EMBED_BUNDLES
        )
        assert saved("a", "c") == replay.complete((3, 2)).output["saved"]

    def test_a_batch_of_failures_alone_asks_no_model(self):
        replay = self.run("a", embed=True).complete((0, failure("a", "unreachable")))

        assert [failure("a", "unreachable")] == replay.output["failures"]


class TestRefresh:
    def test_it_plans_then_fetches_one_batch_after_another_then_publishes_the_end(self):
        replay = refresh().complete((0, plan("a", "b", "c", total=5, deliveries=["d1"])))

        assert [{"username": "ada", "last_try": False}] == replay.inputs(GET_REPO_NAMES)
        assert [["a", "b"]] == [batch["names"] for batch in replay.inputs(BATCH_ORCHESTRATOR)]
        assert (5, 2, 2) == tuple(replay.status[key] for key in ("total", "done", "unchanged"))
        replay.complete((1, batch("a", "b")))
        assert ["c"] == replay.inputs(BATCH_ORCHESTRATOR)[-1]["names"]
        assert (4, "running") == (replay.status["done"], replay.status["state"])
        replay.complete((2, batch("c")), (3, []))

        first, end = replay.inputs(PUBLISH_PORTFOLIO)
        assert [["a", "b"], ["c"]] == published(replay)
        assert [(False, []), (True, ["d1"])] == [
            (publish["ended"], publish["deliveries"]) for publish in (first, end)
        ]
        assert {replay.status["started_at"]} == {first["started_at"], end["started_at"]}
        assert {"l1"} == {first["listing_id"], end["listing_id"]}

    def test_a_batch_is_published_while_the_next_one_is_fetched(self):
        replay = refresh().complete((0, plan("a", "b", "c", size=1))).complete((1, batch("a")))

        assert [("sub", BATCH_ORCHESTRATOR), ("activity", PUBLISH_PORTFOLIO)] == (
            replay.scheduled[-2:]
        )
        assert (["b"], [["a"]]) == (
            replay.inputs(BATCH_ORCHESTRATOR)[-1]["names"],
            published(replay),
        )
        replay.complete((3, []))  # published; the batch is still in flight
        assert 4 == len(replay.scheduled)
        replay.complete((2, batch("b")))
        assert [["a"], ["b"]] == published(replay)

    def test_nothing_to_fetch_is_one_publishing_without_bundles(self):
        replay = refresh().complete((0, plan(total=7)))

        assert [[]] == published(replay)
        assert (7, 7) == (replay.status["total"], replay.status["done"])

    def test_it_returns_the_published_bundles_and_is_completed(self):
        bundles = [{"metadata": {"name": "a"}}]

        replay = refresh().complete((0, plan())).complete((1, bundles))

        assert bundles == replay.output
        assert "completed" == replay.status["state"]
        assert replay.status["started_at"] < replay.status["finished_at"]

    def test_requests_of_both_apis_are_counted_and_both_quotas_shown(self):
        replay = refresh().complete((0, plan("a", "b", "c", usage=usage(1, 4990))))
        replay.complete((1, batch("a", "b", usage=usage(9, 4981, 2, 4_998))))
        replay.complete((2, batch("c", usage=usage(5, None))), (3, []))

        assert (17, 4981, 4_998) == tuple(
            replay.status[key] for key in ("requests", "requests_remaining", "points_remaining")
        )

    def test_a_deleted_repository_is_done_and_not_failed(self):
        replay = refresh().complete((0, plan("a")))

        replay.complete((1, batch(failures=(failure("a", "gone"),))))

        assert (1, 0) == (replay.status["done"], replay.status["failed"])
        assert {"gone": ["a"]} == failed(replay)

    def test_whether_bundles_get_embeddings_is_planned(self):
        replay = refresh().complete((0, plan("a", embed=True)))

        assert [True] == [batch["embed"] for batch in replay.inputs(BATCH_ORCHESTRATOR)]

    def test_a_refused_token_fails_the_refresh_at_once_with_the_reason(self):
        with pytest.raises(Exception, match="bad_credentials!"):
            refresh().complete((0, failure(None, "bad_credentials")))

    def test_a_listing_that_fails_is_retried_four_times_and_told_which_try_is_the_last(self):
        down = failure(None, "unreachable")
        replay = refresh()
        for task, seconds in ((0, 2), (2, 8), (4, 32), (6, 64)):
            replay.complete((task, down))
            assert seconds == wait_s(replay)
            replay.complete((task + 1, None))

        assert [False] * 4 + [True] == [
            request["last_try"] for request in replay.inputs(GET_REPO_NAMES)
        ]
        with pytest.raises(Exception, match="unreachable!"):
            replay.complete((8, down))


class TestWithoutStorage:
    """A minute without storage costs time, and no refresh."""

    def test_planning_is_repeated_later_and_later(self):
        replay = refresh()
        for task, seconds in ((0, 2), (2, 8), (4, 32), (6, 64)):
            replay.complete((task, NO_STORAGE))
            assert ("waiting", seconds) == (replay.status["state"], wait_s(replay))
            replay.complete((task + 1, None))

        replay.complete((8, plan("a"))).complete((9, batch("a"))).complete((10, []))

        assert "completed" == replay.status["state"]

    def test_what_could_not_be_saved_is_fetched_again_and_no_further_batch_before(self):
        lost = failure("b", "cache_unavailable")
        replay = refresh().complete((0, plan("a", "b", "c", "d")))

        replay.complete((1, batch("a", failures=(lost,)))).complete((2, []))

        assert [["a"]] == published(replay)
        assert 2 == wait_s(replay)
        replay.complete((3, None))
        assert ["b", "c"] == replay.inputs(BATCH_ORCHESTRATOR)[-1]["names"]

    def test_what_could_not_be_published_is_published_with_the_next_batch(self):
        replay = refresh().complete((0, plan("a", "b", "c", size=1))).complete((1, batch("a")))

        replay.complete((2, batch("b")), (3, NO_STORAGE))

        assert [["a"], ["a", "b"]] == published(replay)

    def test_what_could_not_be_published_before_a_wait_is_published_after_it(self):
        broken = failure("b", "unreachable")
        replay = (
            refresh().complete((0, plan("a", "b"))).complete((1, batch("a", failures=(broken,))))
        )

        replay.complete((2, NO_STORAGE))
        assert 2 == wait_s(replay)
        replay.complete((3, None))

        assert [["a"], ["a"]] == published(replay)  # the second one, while `b` is fetched again

    def test_the_last_publishing_is_repeated_until_it_succeeds(self):
        replay = refresh().complete((0, plan("a"))).complete((1, batch("a")))

        for task, seconds in ((2, 2), (4, 8), (6, 32), (8, 64)):
            replay.complete((task, NO_STORAGE))
            assert seconds == wait_s(replay)
            replay.complete((task + 1, None))
        replay.complete((10, []))

        assert [["a"]] * 5 == published(replay)
        assert all(publish["ended"] for publish in replay.inputs(PUBLISH_PORTFOLIO))
        assert "completed" == replay.status["state"]

    def test_storage_that_stays_away_fails_the_refresh(self):
        replay = refresh().complete((0, plan("a"))).complete((1, batch("a")))
        for task in (2, 4, 6, 8):
            replay.complete((task, NO_STORAGE)).complete((task + 1, None))

        with pytest.raises(Exception, match="cache_unavailable!"):
            replay.complete((10, NO_STORAGE))


class TestRetries:
    def test_a_rate_limit_waits_on_one_timer_then_fetches_the_missing_names_only(self):
        limited = failure("b", "rate_limited", "2026-01-02T03:30:00Z")
        replay = refresh().complete((0, plan("a", "b", "c", "d")))

        replay.complete((1, batch("a", failures=(limited,))))

        # The second batch is not started, because it would meet the same limit. What is there is
        # published before the wait.
        assert [["a"]] == published(replay)
        replay.complete((2, []))
        assert ("timer", "2026-01-02T03:30:00.000000Z") == replay.scheduled[-1]
        assert "waiting" == replay.status["state"]
        assert {"code": "rate_limited", "message": "rate_limited!"} == replay.status["error"]
        replay.complete((3, None))
        assert ["b", "c"] == replay.inputs(BATCH_ORCHESTRATOR)[-1]["names"]
        assert "error" not in replay.status
        replay.complete((4, batch("b", "c"))).complete((5, batch("d")), (6, []))
        assert [["a"], ["b", "c"], ["d"]] == published(replay)
        assert {} == failed(replay)
        assert (4, 0) == (replay.status["done"], replay.status["failed"])

    def test_a_reset_time_in_the_far_future_is_waited_for_at_most_65_minutes(self):
        replay = refresh().complete((0, failure(None, "rate_limited", "2030-01-01T00:00:00Z")))

        assert 65 * 60 == wait_s(replay)

    def test_a_rate_limit_without_a_reset_time_waits_a_minute_then_longer_then_gives_up(self):
        limited = failure("a", "rate_limited")
        replay = refresh().complete((0, plan("a", "c", size=1)))

        for task, seconds in ((1, 60), (3, 120), (5, 240), (7, 480)):
            replay.complete((task, batch(failures=(limited,))))
            assert seconds == wait_s(replay)
            replay.complete((task + 1, None))
        replay.complete((9, batch(failures=(limited,))))

        assert {"rate_limited": ["a", "c"]} == failed(replay)
        assert (2, 2) == (replay.status["done"], replay.status["failed"])

    @pytest.mark.parametrize("stop", ["rate_limited", "cache_unavailable"])
    def test_repositories_that_were_never_tried_fail_for_what_stopped_the_round(self, stop):
        failures = (failure("a", stop), failure("b", "unreachable"))
        replay = refresh().complete((0, plan("a", "b", "c", size=2)))

        for task in (1, 3, 5, 7):
            replay.complete((task, batch(failures=failures)))
            replay.complete((task + 1, None))
        replay.complete((9, batch(failures=failures)))

        assert {stop: ["a", "c"], "unreachable": ["b"]} == failed(replay)

    def test_rate_limits_are_waited_out_for_as_long_as_rounds_make_progress(self):
        names = [f"r{number}" for number in range(8)]
        replay = refresh().complete((0, plan(*names, size=8)))
        task = 1
        for number in range(7):
            limits = tuple(failure(name, "rate_limited") for name in names[number + 1 :])
            replay.complete((task, batch(names[number], failures=limits)))
            replay.complete((task + 1, []))
            assert 60 == wait_s(replay)
            replay.complete((task + 2, None))
            task += 3
        replay.complete((task, batch(names[7])))

        assert [[name] for name in names] == published(replay)
        assert {} == failed(replay)

    def test_a_repository_that_keeps_failing_is_given_up_and_the_rest_published(self):
        broken = failure("a", "unreachable")
        replay = refresh().complete((0, plan("a")))

        for task, seconds in ((1, 2), (3, 8), (5, 32), (7, 64)):
            replay.complete((task, batch(failures=(broken,))))
            assert seconds == wait_s(replay)
            replay.complete((task + 1, None))
        replay.complete((9, batch(failures=(broken,))))

        assert ("activity", PUBLISH_PORTFOLIO) == replay.scheduled[-1]
        assert {"unreachable": ["a"]} == failed(replay)
        assert (1, 1) == (replay.status["done"], replay.status["failed"])


class TestPacing:
    def test_a_batch_waits_until_its_requests_fit_into_the_minute(self):
        replay = refresh().complete((0, plan("a", "b", "c", size=1, per_minute=8)))

        replay.complete((1, batch("a", usage=usage(4)))).complete(
            (2, batch("b", usage=usage(4))), (3, [])
        )

        # What is there is published before the wait, which counts from the end of the first batch.
        assert [["a"], ["b"]] == published(replay)
        replay.complete((4, []))
        assert ("timer", 58) == (replay.scheduled[-1][0], wait_s(replay))
        assert "running" == replay.status["state"]
        replay.complete((5, None))
        assert ["c"] == replay.inputs(BATCH_ORCHESTRATOR)[-1]["names"]

    def test_without_pacing_no_batch_waits(self):
        replay = refresh().complete((0, plan("a", "b", size=1, per_minute=0)))

        replay.complete((1, batch("a", usage=usage(5_000))))

        assert ["b"] == replay.inputs(BATCH_ORCHESTRATOR)[-1]["names"]


class TestPush:
    def test_it_collects_webhooks_until_the_window_ends_then_starts_one_refresh(self):
        replay = Replay(repo_push_orchestrator, PUSH)

        assert [("timer", "2026-01-02T03:04:09.000000Z")] == replay.scheduled
        replay.complete((0, None))
        assert ["ada"] == replay.inputs(START_REFRESH)

    @pytest.mark.parametrize("result", ["started", "joined", "postponed"])
    def test_it_looks_again_later_and_later_until_a_refresh_has_answered_the_webhooks(self, result):
        replay = Replay(repo_push_orchestrator, PUSH).complete((0, None))

        for task, seconds in ((1, 2), (3, 4), (5, 8)):
            replay.complete((task, result))
            assert seconds == wait_s(replay)
            replay.complete((task + 1, None))

        assert "answered" == replay.complete((7, "answered")).output

    def test_a_refresh_that_failed_is_started_again(self):
        replay = Replay(repo_push_orchestrator, PUSH).complete((0, None))

        for task, result in ((1, "started"), (3, "started")):
            replay.complete((task, result)).complete((task + 1, None))

        assert ["ada"] * 3 == replay.inputs(START_REFRESH)
