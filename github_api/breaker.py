"""A circuit breaker: leave alone for a while what keeps failing."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

MAX_FAILURES = 3  # in a row
PAUSE = timedelta(minutes=10)


class Breaker:
    """Counts failures in a row and pauses the use of one way to get something. Thread-safe."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._failures = 0
        self._paused_until: datetime | None = None

    def allows(self) -> bool:
        """Tell whether to try now. After a pause one caller at a time is told to."""
        with self._lock:
            if self._paused_until is None:
                return True
            if self._now() < self._paused_until:
                return False
            # This caller finds out for all others. If it reports nothing, another one tries later.
            self._paused_until = self._now() + PAUSE
            return True

    def succeeded(self) -> None:
        """Report a success, which ends a pause."""
        with self._lock:
            self._failures = 0
            self._paused_until = None

    def failed(self) -> None:
        """Report a failure; the third in a row begins a pause."""
        with self._lock:
            self._failures += 1
            if self._failures >= MAX_FAILURES:
                self._paused_until = self._now() + PAUSE

    def pause(self, duration: timedelta) -> None:
        """Begin a pause at once, after a failure that will not pass soon."""
        with self._lock:
            self._failures = MAX_FAILURES
            self._paused_until = self._now() + duration
