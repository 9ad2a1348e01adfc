"""The engine by itself: replays by the SDK, no server."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import azure.durable_functions as df
import pytest
from azure.functions._durable_functions import OrchestrationContext

from localhost.durable import engine
from localhost.durable.engine import DurableEngine
from localhost.durable.store import Store, StoreError

TIMEOUT_S = 60


def chain(context: df.DurableOrchestrationContext) -> Any:
    """Call five activities, each with the result of the one before."""
    number = 0
    for _ in range(5):
        number = yield context.call_activity("add_one", number)
    return number


def fan(context: df.DurableOrchestrationContext) -> Any:
    """Call twelve activities side by side."""
    numbers = yield context.task_all([context.call_activity("add_one", n) for n in range(12)])
    return sum(numbers)


def waits(context: df.DurableOrchestrationContext) -> Any:
    """Return the event `answer`."""
    return (yield context.wait_for_external_event("answer"))


class Functions:
    """One orchestrator, and one activity that adds 1 to its input.

    The activity waits for a gate: `gate_of_zero` if its input is 0, else `gate`.
    """

    def __init__(self, orchestrator: Callable[..., Any]) -> None:
        self.replay = df.Orchestrator.create(orchestrator)
        self.gate_of_zero = asyncio.Event()
        self.gate = asyncio.Event()
        self.gate_of_zero.set()
        self.gate.set()
        self.running = 0
        self.most_running = 0
        self.replaying = threading.Event()
        self.may_replay = threading.Event()
        self.may_replay.set()

    def has_orchestrator(self, name: str) -> bool:
        return True

    def has_activity(self, name: str) -> bool:
        return True

    def run_orchestrator(self, name: str, context_json: str) -> str:
        self.replaying.set()
        self.may_replay.wait(TIMEOUT_S)
        return str(self.replay(OrchestrationContext(context_json)))

    async def run_activity(self, name: str, input_text: str) -> str:
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        try:
            await (self.gate_of_zero if input_text == "0" else self.gate).wait()
        finally:
            self.running -= 1
        return str(int(input_text) + 1)


class Run:
    """An engine with one orchestration, `one`."""

    def __init__(self, functions: Functions, folder: Path, **options: Any) -> None:
        self.ended: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        limits: dict[str, Any] = {
            "max_activities": 100,
            "max_orchestrators": 1,
            "activity_timeout_s": None,
        }
        self.engine = DurableEngine(
            functions, folder / "durable.db", on_event=self._on_event, **{**limits, **options}
        )

    def _on_event(self, kind: str, facts: dict[str, Any]) -> None:
        if kind in ("orchestration.completed", "orchestration.failed"):
            self.ended.set_result(facts)

    async def __aenter__(self) -> Run:
        await self.engine.start()
        self.engine.start_instance("any", "one", None)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.engine.stop(TIMEOUT_S)

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait until a condition holds."""
        async with asyncio.timeout(TIMEOUT_S):
            while not condition():  # noqa: ASYNC110 - the engine has no hook for this
                await asyncio.sleep(0.001)

    @property
    def status(self) -> str:
        """The instance's status."""
        instance = self.engine.instance("one")
        assert instance
        return instance.status

    @property
    def output(self) -> Any:
        """The instance's output."""
        instance = self.engine.instance("one")
        assert instance
        return json.loads(instance.output) if instance.output else None

    @property
    def is_idle(self) -> bool:
        """Whether every message has led to an episode, and none is in progress."""
        return not self.engine._busy


class TestEpisodes:
    async def test_a_completion_is_delivered_at_once_if_no_other_task_is_in_progress(
        self, tmp_path, monkeypatch
    ):
        monkeypatch.setattr(engine, "GATHER_S", 2 * TIMEOUT_S)

        async with Run(Functions(chain), tmp_path) as running:
            facts = await asyncio.wait_for(running.ended, TIMEOUT_S)

        assert 6 == facts["episodes"]

    async def test_completions_of_tasks_side_by_side_are_gathered_into_one_episode(
        self, tmp_path, monkeypatch
    ):
        monkeypatch.setattr(engine, "GATHER_S", 0.5)
        functions = Functions(fan)
        functions.gate_of_zero.clear()
        functions.gate.clear()
        async with Run(functions, tmp_path) as running:
            await running.until(lambda: functions.running == 12)
            functions.gate_of_zero.set()
            await running.until(lambda: functions.running == 11 and not running.is_idle)
            functions.gate.set()
            facts = await asyncio.wait_for(running.ended, TIMEOUT_S)

        assert 2 == facts["episodes"]


class TestLimits:
    @pytest.mark.parametrize("limit", [1, 3])
    async def test_as_many_activities_run_at_once_as_the_limit_allows(self, tmp_path, limit):
        functions = Functions(fan)
        functions.gate_of_zero.clear()
        functions.gate.clear()
        async with Run(functions, tmp_path, max_activities=limit) as running:
            await running.until(lambda: functions.running == limit)
            functions.gate_of_zero.set()
            functions.gate.set()
            await asyncio.wait_for(running.ended, TIMEOUT_S)

        assert limit == functions.most_running

    async def test_an_activity_that_exceeds_the_timeout_fails_its_orchestration(self, tmp_path):
        functions = Functions(chain)
        functions.gate_of_zero.clear()
        async with Run(functions, tmp_path, activity_timeout_s=0.01) as running:
            facts = await asyncio.wait_for(running.ended, TIMEOUT_S)

        assert "Activity function 'add_one' failed: timed out after 0.01 s" in facts["error"]


class TestSuspend:
    async def test_a_suspended_instance_gets_its_events_when_it_is_resumed(self, tmp_path):
        async with Run(Functions(waits), tmp_path) as running:
            await running.until(lambda: running.status == "Running" and running.is_idle)
            running.engine.suspend("one", "lunch")
            running.engine.raise_event("one", "answer", '"yes"')
            await running.until(lambda: running.is_idle)
            assert ("Suspended", "lunch") == (running.status, running.output)

            running.engine.resume("one", "coffee")
            assert ("Running", "coffee") == (running.status, running.output)
            await asyncio.wait_for(running.ended, TIMEOUT_S)

            assert ("Completed", "yes") == (running.status, running.output)

    async def test_an_episode_in_progress_leaves_the_instance_suspended(self, tmp_path):
        functions = Functions(chain)
        functions.may_replay.clear()
        async with Run(functions, tmp_path) as running:
            await running.until(functions.replaying.is_set)
            running.engine.suspend("one", None)
            functions.may_replay.set()
            await running.until(lambda: running.is_idle)
            assert "Suspended" == running.status

            running.engine.resume("one", None)
            await asyncio.wait_for(running.ended, TIMEOUT_S)

            assert 5 == running.output


class TestStore:
    def test_a_database_with_another_schema_is_refused_and_left_alone(self, tmp_path):
        path = tmp_path / "durable.db"
        with sqlite3.connect(path) as old:
            old.execute("CREATE TABLE instances (id TEXT)")
        old.close()

        with pytest.raises(StoreError, match=r"durable\.db has version 0 of the schema"):
            Store(path)

        with sqlite3.connect(path) as old:
            assert [("instances",)] == old.execute("SELECT name FROM sqlite_schema").fetchall()
        old.close()

    def test_a_transaction_that_fails_changes_nothing(self, tmp_path):
        store = Store(tmp_path / "durable.db")

        def fail() -> None:
            with store.transaction():
                store.send("one", None, {"EventType": 15})
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fail()

        assert [] == store.messages("one")
        store.close()
