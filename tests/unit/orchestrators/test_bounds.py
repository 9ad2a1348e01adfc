"""Orchestrations end, however long their work goes wrong.

Stepped by hand, because a replay of hundreds of episodes takes minutes; tests/replay has the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from models import BATCH_ORCHESTRATOR, GET_REPO_NAMES, PUBLISH_PORTFOLIO, START_REFRESH, no_usage
from orchestrators.push import MAX_ATTEMPTS, MAX_DELAY, repo_push_orchestrator
from orchestrators.refresh import MAX_ROUNDS, repo_context_orchestrator
from tests.replay.history import user_function
from tests.unit.fakes import NOW

USAGE = {**no_usage(), "requests": 1}


class Context:
    """An orchestration's context whose calls are answered at once, and whose clock only timers move.

    `answer` gets the name and the input of an activity or a sub-orchestration.
    """

    def __init__(self, request: Any, answer: Callable[[str, Any], Any]) -> None:
        self.current_utc_datetime = NOW
        self.calls: list[tuple[str, Any]] = []
        self.waits_s: list[float] = []
        self.status: Any = None
        self._request = request
        self._answer = answer

    def get_input(self) -> Any:
        return self._request

    def set_custom_status(self, status: Any) -> None:
        self.status = status

    def create_timer(self, until: datetime) -> None:
        self.waits_s.append((until - self.current_utc_datetime).total_seconds())
        self.current_utc_datetime = until

    def task_all(self, results: list[Any]) -> list[Any]:
        return results

    def call_activity_with_retry(self, name: str, _retry: Any, request: Any) -> Any:
        return self.call_sub_orchestrator(name, request)

    def call_sub_orchestrator(self, name: str, request: Any) -> Any:
        self.calls.append((name, request))
        return self._answer(name, request)

    def run(self, orchestrator: Any) -> Any:
        """Run an orchestrator to its end; return its output."""
        steps = user_function(orchestrator)(self)
        result = None
        while True:
            try:
                result = steps.send(result)
            except StopIteration as end:
                return end.value


def unreachable(name: str) -> dict[str, Any]:
    return {
        "repo_name": name,
        "error": "unreachable",
        "message": "down",
        "retryable": True,
        "retry_at": None,
        "usage": USAGE,
    }


def test_a_push_gives_up_when_another_refresh_never_ends():
    request = {"username": "ada", "collect_until": "2026-01-02T03:04:09Z"}
    context = Context(request, lambda *_: "joined")

    assert "gave up" == context.run(repo_push_orchestrator)

    assert [(START_REFRESH, "ada")] * MAX_ATTEMPTS == context.calls
    assert MAX_DELAY.total_seconds() == max(context.waits_s)
    assert 3 <= sum(context.waits_s) / 3600 <= 4


def test_rounds_that_save_one_repository_each_end_after_a_hundred():
    names = [f"r{number:03}" for number in range(MAX_ROUNDS + 2)]
    plan = {
        "listing_id": "l1",
        "total": len(names),
        "names": names,
        "batch_size": len(names),
        "requests_per_minute": 0,
        "embed": False,
        "deliveries": [],
        "usage": USAGE,
    }

    def answer(name: str, request: Any) -> Any:
        if name == GET_REPO_NAMES:
            return plan
        if name == PUBLISH_PORTFOLIO:
            return []
        first, *others = request["names"]
        failures = [unreachable(other) for other in others]
        return {"saved": [{"name": first}], "failures": failures, "usage": USAGE}

    context = Context({"username": "ada"}, answer)

    context.run(repo_context_orchestrator)

    requests = [request for name, request in context.calls if name == PUBLISH_PORTFOLIO]
    assert MAX_ROUNDS == sum(name == BATCH_ORCHESTRATOR for name, _ in context.calls)
    assert names[:MAX_ROUNDS] == [
        bundle["name"] for request in requests for bundle in request["saved"]
    ]
    assert [{}] * (MAX_ROUNDS - 1) + [{"unreachable": names[MAX_ROUNDS:]}] == [
        request["failed"] for request in requests
    ]
    assert ("completed", len(names), 2) == tuple(
        context.status[key] for key in ("state", "done", "failed")
    )
