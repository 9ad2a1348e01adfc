"""Timer triggers: six-field NCRONTAB, kept across restarts.

https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from azure.functions.meta import Datum
from azure.functions.timer import TimerRequestConverter
from croniter import croniter

from localhost.app import AppError, Function
from localhost.worker import Worker

logger = logging.getLogger("localhost")

MONITORED_FROM = timedelta(minutes=1)  # the real host does not keep the status of faster schedules


def timer_request(*, past_due: bool, status: dict[str, str] | None) -> Any:
    """What a timer function receives."""
    facts = {
        "Schedule": {"AdjustForDST": True},
        "ScheduleStatus": status,
        "IsPastDue": past_due,
    }
    return TimerRequestConverter.decode(Datum(json.dumps(facts), "json"), trigger_metadata=None)


class Timer:
    """One timer function and its schedule."""

    def __init__(self, function: Function, worker: Worker, state_dir: Path) -> None:
        """Raises AppError when the schedule cannot be understood."""
        self.function = function
        self._worker = worker
        self._state = state_dir / f"{function.name}.json"
        self.schedule = _resolve(function)
        try:
            first = self.next_after(datetime.now(UTC))
            self._monitored = bool(function.trigger.get("useMonitor", True)) and (
                self.next_after(first) - first >= MONITORED_FROM
            )
        except (ValueError, KeyError) as error:
            raise AppError(
                f"function `{function.name}`: `{function.trigger['schedule'].strip('%')}` is"
                f" {self.schedule!r}, which cannot be understood ({error});"
                " expected six fields: second minute hour day month weekday"
            ) from error

    def next_after(self, moment: datetime) -> datetime:
        """The first occurrence after `moment`, UTC. Day and weekday must both match, unlike in
        cron."""
        found: datetime = croniter(
            self.schedule, moment, day_or=False, second_at_beginning=True
        ).get_next(datetime)
        return found

    async def run(self, stopping: asyncio.Event) -> None:
        """Call the function at every occurrence, one call after the other, until `stopping`."""
        status = self._load()
        due = self._monitored and status is not None
        if status and due and datetime.fromisoformat(status["Next"]) <= datetime.now(UTC):
            await self._call(past_due=True)
        elif self.function.trigger.get("runOnStartup"):
            await self._call(past_due=False)
        while not stopping.is_set():
            occurrence = self.next_after(datetime.now(UTC))
            if self._monitored and self._load() is None:
                self._save(datetime.now(UTC))
            pause = max(0.0, (occurrence - datetime.now(UTC)).total_seconds())
            try:
                await asyncio.wait_for(stopping.wait(), pause)
            except TimeoutError:
                await self._call(past_due=False)

    async def _call(self, *, past_due: bool) -> None:
        status = self._load() if self._monitored else None
        try:
            await self._worker.run_timer(
                self.function, timer_request(past_due=past_due, status=status)
            )
        except Exception:
            logger.exception("function %s failed", self.function.name)
        if self._monitored:
            self._save(datetime.now(UTC))

    def _load(self) -> dict[str, str] | None:
        try:
            status: dict[str, str] = json.loads(self._state.read_text())
        except (FileNotFoundError, ValueError):
            return None
        return status

    def _save(self, now: datetime) -> None:
        status = {
            "Last": now.isoformat(),
            "Next": self.next_after(now).isoformat(),
            "LastUpdated": now.isoformat(),
            "Schedule": self.schedule,
        }
        self._state.parent.mkdir(parents=True, exist_ok=True)
        temporary = self._state.with_suffix(".new")
        temporary.write_text(json.dumps(status))
        temporary.replace(self._state)


def _resolve(function: Function) -> str:
    """The schedule, with `%SETTING%` replaced; five fields get a zero for the seconds."""
    schedule = str(function.trigger["schedule"])
    for name in re.findall(r"%(\w+)%", schedule):
        if not os.environ.get(name):
            raise AppError(
                f"function `{function.name}`: its schedule is %{name}%, and `{name}` is not set;"
                " expected e.g. '0 0 */6 * * *'"
            )
        schedule = schedule.replace(f"%{name}%", os.environ[name])
    return f"0 {schedule}" if len(schedule.split()) == 5 else schedule
