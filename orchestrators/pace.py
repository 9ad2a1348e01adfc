"""How many batches may start now, so that a token stays under GitHub's limit for a minute.

https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits
"""

from __future__ import annotations

from datetime import datetime, timedelta

MINUTE = timedelta(minutes=1)


class Pace:
    """Batches of one refresh. `per_minute` 0: no pacing.

    A minute counts from the end of the last batch that used it up, so that no span of a minute
    holds more.
    """

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._started = 0
        self._ended: datetime | None = None

    def free_at(self, now: datetime) -> datetime:
        """When the next batch may start; not after `now` if it may start at once."""
        if self._ended is None or not self._per_minute or self._started < self._per_minute:
            return now
        return self._ended + MINUTE

    def started(self, now: datetime) -> None:
        """A batch starts."""
        if self._ended is not None and now >= self._ended + MINUTE:
            self._started = 0
        self._started += 1

    def ended(self, now: datetime) -> None:
        """It has ended."""
        self._ended = now
