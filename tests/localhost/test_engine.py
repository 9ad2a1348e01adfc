"""The engine by itself, with the SDK's replays and no server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import azure.durable_functions as df
from azure.functions._durable_functions import OrchestrationContext

from localhost.durable import engine
from localhost.durable.engine import DurableEngine


def chain(context: df.DurableOrchestrationContext) -> Any:
    """Five activities, each with the result of the one before."""
    number = 0
    for _ in range(5):
        number = yield context.call_activity("add_one", number)
    return number


def fan(context: df.DurableOrchestrationContext) -> Any:
    """Five activities side by side."""
    numbers = yield context.task_all([context.call_activity("add_one", n) for n in range(5)])
    return sum(numbers)


class Functions:
    """One activity that adds 1, and one orchestrator."""

    def __init__(self, orchestrator: Callable[..., Any]) -> None:
        self.replay = df.Orchestrator.create(orchestrator)

    def has_orchestrator(self, name: str) -> bool:
        return True

    def has_activity(self, name: str) -> bool:
        return True

    def run_orchestrator(self, name: str, context_json: str) -> str:
        return str(self.replay(OrchestrationContext(context_json)))

    async def run_activity(self, name: str, input_text: str) -> str:
        await asyncio.sleep(int(input_text) / 1000)  # the fan's do not complete all at once
        return str(int(input_text) + 1)


def completed(orchestrator: Callable[..., Any], folder: Path, wait_s: float) -> dict[str, Any]:
    """Run an orchestration; what the engine told of its end. Raises TimeoutError."""

    async def run() -> dict[str, Any]:
        told: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        running = DurableEngine(
            Functions(orchestrator),
            folder / "durable.db",
            max_activities=10,
            max_orchestrators=1,
            activity_timeout_s=None,
            on_event=lambda kind, facts: (
                told.set_result(facts) if kind == "orchestration.completed" else None
            ),
        )
        await running.start()
        running.start_instance("any", "one", None)
        try:
            return await asyncio.wait_for(told, wait_s)
        finally:
            await running.stop(1)

    return asyncio.run(run())


def test_what_nothing_else_can_join_is_delivered_at_once(tmp_path, monkeypatch):
    monkeypatch.setattr(engine, "GATHER_S", 60)

    assert 6 == completed(chain, tmp_path, wait_s=20)["episodes"]


def test_completions_wait_for_those_beside_them(tmp_path, monkeypatch):
    monkeypatch.setattr(engine, "GATHER_S", 0.5)

    assert 2 == completed(fan, tmp_path, wait_s=20)["episodes"]
