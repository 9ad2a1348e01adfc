"""The refresh orchestrators, replayed by the SDK."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from orchestrators.batch import repo_batch_orchestrator
from orchestrators.refresh import repo_context_orchestrator
from tests.replay.history import Replay


def plan(
    *names: str, total: int | None = None, size: int = 2, per_minute: int = 0
) -> dict[str, Any]:
    return {
        "listing_id": "l1",
        "total": len(names) if total is None else total,
        "names": list(names),
        "batch_size": size,
        "batches_per_minute": per_minute,
    }


def failure(name: str | None, code: str, retry_at: str | None = None) -> dict[str, Any]:
    return {"repo_name": name, "error": code, "message": f"{code}!", "retry_at": retry_at}


def saved(*names: str) -> list[dict[str, Any]]:
    return [{"name": name, "row_key": f"repo:{name}"} for name in names]


def refresh(**request: Any) -> Replay:
    return Replay(repo_context_orchestrator, {"username": "ada", **request})


def test_a_batch_fetches_every_name_in_parallel_then_saves_what_came():
    replay = Replay(
        repo_batch_orchestrator, {"username": "ada", "listing_id": "l1", "names": ["a", "b", "c"]}
    )

    assert [("activity", "FetchRepoContextBundleActivity")] * 3 == replay.scheduled
    gone = failure("b", "gone")
    replay.complete((1, gone), (2, {"metadata": {"name": "c"}}))
    replay.complete((0, {"metadata": {"name": "a"}}))

    (save,) = replay.inputs("SaveBundlesActivity")
    assert ["a", "c"] == [bundle["metadata"]["name"] for bundle in save["bundles"]]
    replay.complete((3, saved("a", "c")))
    assert {"saved": saved("a", "c"), "failures": [gone]} == replay.output


def test_a_refresh_lists_then_fans_out_batches_then_publishes():
    replay = refresh().complete((0, plan("a", "b", "c", total=5)))

    assert [{"username": "ada"}] == replay.inputs("GetRepoNamesActivity")
    assert [["a", "b"], ["c"]] == [
        each["names"] for each in replay.inputs("repo_batch_orchestrator")
    ]
    assert (5, 2, 2) == tuple(replay.status[key] for key in ("total", "done", "unchanged"))


def test_progress_moves_with_every_batch():
    replay = refresh().complete((0, plan("a", "b", "c")))

    replay.complete((2, {"saved": saved("c"), "failures": []}))
    assert (1, "running") == (replay.status["done"], replay.status["state"])

    replay.complete((1, {"saved": saved("a", "b"), "failures": []}))
    assert 3 == replay.status["done"]
    (publish,) = replay.inputs("PublishPortfolioActivity")
    assert saved("c", "a", "b") == publish["saved"]
    assert replay.status["started_at"] == publish["started_at"]


def test_a_refresh_returns_the_published_bundles_and_says_so():
    bundles = [{"metadata": {"name": "a"}}]

    replay = refresh().complete((0, plan())).complete((1, bundles))

    assert bundles == replay.output
    assert "completed" == replay.status["state"]
    assert replay.status["started_at"] < replay.status["finished_at"]


def test_batches_that_complete_in_the_same_episode_are_both_counted():
    replay = refresh().complete((0, plan("a", "b", "c", "d")))

    replay.complete(
        (1, {"saved": saved("a", "b"), "failures": []}),
        (2, {"saved": saved("c", "d"), "failures": []}),
    )

    assert 4 == replay.status["done"]
    assert saved("a", "b", "c", "d") == replay.inputs("PublishPortfolioActivity")[0]["saved"]


def test_a_rate_limit_waits_on_one_timer_then_asks_for_the_missing_names_only():
    limited = failure("b", "rate_limited", "2026-01-02T03:30:00Z")
    replay = refresh().complete((0, plan("a", "b")))

    replay.complete((1, {"saved": saved("a"), "failures": [limited]}))

    assert ("timer", "2026-01-02T03:30:00.000000Z") == replay.scheduled[-1]
    assert "waiting" == replay.status["state"]
    assert {"code": "rate_limited", "message": "rate_limited!"} == replay.status["error"]
    replay.complete((2, None))
    assert ["b"] == replay.inputs("repo_batch_orchestrator")[-1]["names"]
    assert "error" not in replay.status
    replay.complete((3, {"saved": saved("b"), "failures": []}))
    assert [] == replay.inputs("PublishPortfolioActivity")[0]["failures"]
    assert (2, 0) == (replay.status["done"], replay.status["failed"])


def test_a_reset_in_the_far_future_is_not_believed():
    replay = refresh().complete((0, failure(None, "rate_limited", "2030-01-01T00:00:00Z")))

    kind, moment = replay.scheduled[-1]
    assert "timer" == kind
    assert datetime.fromisoformat(moment) < datetime.fromisoformat("2026-01-02T04:10:00Z")


def test_a_repository_that_keeps_failing_is_given_up_and_published_without():
    broken = failure("a", "unreachable", "2026-01-02T03:04:06Z")
    replay = refresh().complete((0, plan("a")))

    for task in (1, 3, 5):
        replay.complete((task, {"saved": [], "failures": [broken]})).complete((task + 1, None))
    replay.complete((7, {"saved": [], "failures": [broken]}))

    assert ("activity", "PublishPortfolioActivity") == replay.scheduled[-1]
    assert [broken] == replay.inputs("PublishPortfolioActivity")[0]["failures"]
    assert (1, 1) == (replay.status["done"], replay.status["failed"])


def test_a_deleted_repository_is_done_and_not_failed():
    replay = refresh().complete((0, plan("a")))

    replay.complete((1, {"saved": [], "failures": [failure("a", "gone")]}))

    assert (1, 0) == (replay.status["done"], replay.status["failed"])


def test_pacing_starts_no_more_batches_a_minute_than_planned():
    replay = refresh().complete((0, plan("a", "b", "c", size=1, per_minute=2)))

    assert [("sub", "repo_batch_orchestrator")] * 2 == replay.scheduled[1:]
    done: dict[str, Any] = {"saved": [], "failures": []}
    replay.complete((1, done), (2, done))
    kind, moment = replay.scheduled[-1]
    assert ("timer", 60) == (
        kind,
        (
            datetime.fromisoformat(moment) - datetime.fromisoformat("2026-01-02T03:04:07Z")
        ).total_seconds(),
    )
    replay.complete((3, None))
    assert [["a"], ["b"], ["c"]] == [
        each["names"] for each in replay.inputs("repo_batch_orchestrator")
    ]


def test_a_refused_token_fails_the_refresh_at_once_and_says_why():
    refused = failure(None, "bad_credentials")

    with pytest.raises(Exception, match="bad_credentials!"):
        refresh().complete((0, refused))
