"""Timer triggers, on a clock that the tests set."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from localhost.app import AppError, Function
from localhost.timers import Timer
from localhost.worker import Worker

EVERY_SECOND = "* * * * * *"
EVERY_MINUTE = "0 * * * * *"
TIMEOUT_S = 60


class Clock:
    """A clock that stands a millisecond before the next minute, until somebody sets it."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 31, 11, 59, 59, 999_000, UTC)

    def __call__(self) -> datetime:
        return self.now


class FakeWorker:
    """A worker that keeps what a timer function receives."""

    def __init__(self, clock: Clock, call_lasts: timedelta) -> None:
        self.requests: list[Any] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.fails = False
        self._clock = clock
        self._call_lasts = call_lasts

    async def run_timer(self, function: Function, request: Any) -> None:
        self.requests.append(request)
        await self.gate.wait()
        self._clock.now += self._call_lasts
        if self.fails:
            raise ValueError("not this time")

    async def called(self, times: int) -> None:
        """Wait until the function was called so many times."""
        async with asyncio.timeout(TIMEOUT_S):
            while len(self.requests) < times:  # noqa: ASYNC110 - a list tells nobody that it grew
                await asyncio.sleep(0.001)


def timer_function(schedule: str, **trigger: object) -> Function:
    return Function("tick", print, {"type": "timerTrigger", "schedule": schedule, **trigger}, None)


def timer(schedule: str, folder: Path) -> Timer:
    return Timer(timer_function(schedule), cast(Worker, None), folder, Clock())


@asynccontextmanager
async def running(
    folder: Path, schedule: str, *, call_lasts: timedelta = timedelta(0), **trigger: object
) -> AsyncIterator[FakeWorker]:
    """Run a timer. Each call of its function moves the clock by `call_lasts`."""
    clock = Clock()
    worker = FakeWorker(clock, call_lasts)
    function = timer_function(schedule, **trigger)
    stopping = asyncio.Event()
    task = asyncio.create_task(Timer(function, cast(Worker, worker), folder, clock).run(stopping))
    yield worker
    stopping.set()
    worker.gate.set()
    await task


class TestRun:
    async def test_the_function_is_called_at_every_occurrence(self, tmp_path):
        async with running(tmp_path, EVERY_SECOND, call_lasts=timedelta(seconds=1)) as worker:
            await worker.called(3)

        assert not any(request.past_due for request in worker.requests)

    async def test_calls_do_not_overlap(self, tmp_path):
        async with running(tmp_path, EVERY_SECOND, call_lasts=timedelta(seconds=5)) as worker:
            worker.gate.clear()
            await worker.called(1)
            await asyncio.sleep(0.02)  # twenty times the pause before a call
            calls_meanwhile = len(worker.requests)
            worker.gate.set()
            await worker.called(2)

        assert 1 == calls_meanwhile

    async def test_an_occurrence_is_not_repeated_if_the_pause_ends_early(self, tmp_path):
        async with running(tmp_path, EVERY_MINUTE) as worker:
            await worker.called(1)
            await asyncio.sleep(0.02)  # the clock still stands before the minute

        assert 1 == len(worker.requests)

    async def test_a_failed_call_is_followed_by_the_next(self, tmp_path, caplog):
        async with running(tmp_path, EVERY_SECOND, call_lasts=timedelta(seconds=1)) as worker:
            worker.fails = True
            await worker.called(2)

        assert "function tick failed" in caplog.text

    async def test_run_on_startup_calls_at_once(self, tmp_path):
        async with running(tmp_path, "0 0 0 1 1 *", runOnStartup=True) as worker:
            await worker.called(1)

        assert not worker.requests[0].past_due


class TestStatus:
    @pytest.mark.parametrize("startup", [False, True])
    async def test_a_missed_occurrence_is_made_up_for_at_the_start(self, tmp_path, startup):
        past = "2020-01-01T00:00:00+00:00"
        (tmp_path / "tick.json").write_text(
            json.dumps({"Last": past, "Next": past, "LastUpdated": past})
        )

        async with running(tmp_path, "0 0 0 1 1 *", runOnStartup=startup) as worker:
            await worker.called(1)
            await asyncio.sleep(0.02)

        assert [True] == [request.past_due for request in worker.requests]

    async def test_the_first_start_misses_nothing_and_stores_the_next_occurrence(self, tmp_path):
        async with running(tmp_path, "0 0 0 1 1 *") as worker:
            await asyncio.sleep(0.02)

        assert [] == worker.requests
        assert (
            "2027-01-01T00:00:00+00:00" == json.loads((tmp_path / "tick.json").read_text())["Next"]
        )

    @pytest.mark.parametrize("content", ["", "[]", "{}", '{"Next": 1}', '{"Next": "soon"}'])
    async def test_a_status_file_that_is_damaged_is_replaced(self, tmp_path, content):
        (tmp_path / "tick.json").write_text(content)

        async with running(tmp_path, "0 0 0 1 1 *"):
            await asyncio.sleep(0.02)

        assert "Next" in (tmp_path / "tick.json").read_text()

    @pytest.mark.parametrize(
        ("schedule", "trigger"), [(EVERY_SECOND, {}), (EVERY_MINUTE, {"useMonitor": False})]
    )
    async def test_fast_and_unmonitored_timers_store_no_status(self, tmp_path, schedule, trigger):
        async with running(
            tmp_path, schedule, call_lasts=timedelta(minutes=1), **trigger
        ) as worker:
            await worker.called(1)

        assert [] == list(tmp_path.iterdir())


class TestSchedule:
    @pytest.mark.parametrize(
        ("schedule", "expected"),
        [
            ("0 */5 * * * *", "2026-01-31T12:00:00"),
            ("*/5 * * * *", "2026-01-31T12:00:00"),  # five fields: at second 0
            ("30 0 12 * * *", "2026-01-31T12:00:30"),
            ("0 0 9 * * Mon-Fri", "2026-02-02T09:00:00"),
            ("0 0 9 * * 0", "2026-02-01T09:00:00"),  # Sunday
            ("0 0 9 13 * 5", "2026-02-13T09:00:00"),  # a 13th that is also a Friday
        ],
    )
    def test_an_ncrontab_schedule_has_a_next_occurrence(self, tmp_path, schedule, expected):
        after = timer(schedule, tmp_path).next_after(Clock().now)

        assert f"{expected}+00:00" == after.isoformat()

    def test_a_schedule_may_stand_in_a_setting(self, tmp_path, monkeypatch):
        monkeypatch.setenv("MY_SCHEDULE", EVERY_MINUTE)

        assert EVERY_MINUTE == timer("%MY_SCHEDULE%", tmp_path).schedule

    @pytest.mark.parametrize(
        ("schedule", "message"),
        [
            ("%NOT_SET%", "function `tick`: its schedule is %NOT_SET%, and `NOT_SET` is not set"),
            ("hourly", "function `tick`: `hourly` is 'hourly', which cannot be understood"),
            ("0 0 25 * * *", "expected six fields: second minute hour day month weekday"),
        ],
    )
    def test_a_wrong_schedule_is_named(self, tmp_path, monkeypatch, schedule, message):
        monkeypatch.delenv("NOT_SET", raising=False)

        with pytest.raises(AppError, match=message):
            timer(schedule, tmp_path)
