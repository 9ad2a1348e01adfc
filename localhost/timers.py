"""Timer triggers: NCRONTAB schedules whose status outlives a restart.

https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from azure.functions.meta import Datum
from azure.functions.timer import TimerRequestConverter
from croniter import croniter

from localhost.app import AppError, Function
from localhost.worker import Worker

logger = logging.getLogger("localhost")

# The Functions host stores no status for schedules that fire more often than this.
MIN_MONITORED_INTERVAL = timedelta(minutes=1)


def timer_request(*, past_due: bool, status: dict[str, str] | None) -> Any:
    """Build the argument of a timer function."""
    facts = {
        "Schedule": {"AdjustForDST": True},
        "ScheduleStatus": status,
        "IsPastDue": past_due,
    }
    return TimerRequestConverter.decode(Datum(json.dumps(facts), "json"), trigger_metadata=None)


class Timer:
    """One timer function and its schedule."""

    def __init__(
        self,
        function: Function,
        worker: Worker,
        state_dir: Path,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Raise AppError if the schedule is not valid."""
        self.function = function
        self._worker = worker
        self._status_file = state_dir / f"{function.name}.json"
        self._now = now
        self.schedule = _resolve(function)
        try:
            first = self.next_after(now())
            interval = self.next_after(first) - first
        except (ValueError, KeyError) as error:
            raise AppError(
                f"function `{function.name}`: `{function.trigger['schedule'].strip('%')}` is"
                f" {self.schedule!r}, which cannot be understood ({error});"
                " expected six fields: second minute hour day month weekday"
            ) from error
        self._monitored = bool(function.trigger.get("useMonitor", True)) and (
            interval >= MIN_MONITORED_INTERVAL
        )

    def next_after(self, moment: datetime) -> datetime:
        """Return the first occurrence after `moment`, in UTC.

        Day and weekday must both match; in cron, one of them is enough.
        """
        schedule = croniter(self.schedule, moment, day_or=False, second_at_beginning=True)
        occurrence: datetime = schedule.get_next(datetime)
        return occurrence

    async def run(self, stopping: asyncio.Event) -> None:
        """Call the function at every occurrence until `stopping`; calls do not overlap."""
        status = self._load_status()
        if status and datetime.fromisoformat(status["Next"]) <= self._now():
            await self._call(past_due=True)
        elif self.function.trigger.get("runOnStartup"):
            await self._call(past_due=False)
        elif status is None:
            self._save_status()
        previous = datetime.min.replace(tzinfo=UTC)
        while not stopping.is_set():
            now = self._now()
            # A pause may end a moment early by the wall clock; do not fire the same time twice.
            previous = self.next_after(max(now, previous))
            try:
                await asyncio.wait_for(stopping.wait(), (previous - now).total_seconds())
            except TimeoutError:
                await self._call(past_due=False)

    async def _call(self, *, past_due: bool) -> None:
        request = timer_request(past_due=past_due, status=self._load_status())
        try:
            await self._worker.run_timer(self.function, request)
        except Exception:
            logger.exception("function %s failed", self.function.name)
        self._save_status()

    def _load_status(self) -> dict[str, str] | None:
        if not self._monitored:
            return None
        try:
            status: dict[str, str] = json.loads(self._status_file.read_text())
            datetime.fromisoformat(status["Next"])
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return None
        return status

    def _save_status(self) -> None:
        if not self._monitored:
            return
        now = self._now()
        status = {
            "Last": now.isoformat(),
            "Next": self.next_after(now).isoformat(),
            "LastUpdated": now.isoformat(),
            "Schedule": self.schedule,
        }
        self._status_file.parent.mkdir(parents=True, exist_ok=True)
        temporary = self._status_file.with_suffix(".new")
        temporary.write_text(json.dumps(status))
        temporary.replace(self._status_file)


def _resolve(function: Function) -> str:
    """Replace `%SETTING%` in the schedule; put second 0 in front of five fields."""
    schedule = str(function.trigger["schedule"])
    for name in re.findall(r"%(\w+)%", schedule):
        if not os.environ.get(name):
            raise AppError(
                f"function `{function.name}`: its schedule is %{name}%, and `{name}` is not set;"
                " expected e.g. '0 0 */6 * * *'"
            )
        schedule = schedule.replace(f"%{name}%", os.environ[name])
    return f"0 {schedule}" if len(schedule.split()) == 5 else schedule
