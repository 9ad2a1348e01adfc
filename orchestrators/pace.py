"""Pacing: how many batches may start in a minute without meeting GitHub's secondary rate limit.

https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits
"""

from __future__ import annotations

from datetime import datetime, timedelta

MINUTE = timedelta(minutes=1)


class Pace:
    """The batches of one refresh, at most `per_minute` in any span of a minute. 0: no pacing.

    The minute counts from the end of the batch that used up the allowance.
    """

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._started = 0
        self._last_end: datetime | None = None

    def next_start(self, now: datetime) -> datetime:
        """Return the earliest start of the next batch; `now` if it need not wait."""
        if self._last_end is None or not self._per_minute or self._started < self._per_minute:
            return now
        return self._last_end + MINUTE

    def started(self, now: datetime) -> None:
        """Count a batch that starts now."""
        if self._last_end is not None and now >= self._last_end + MINUTE:
            self._started = 0
        self._started += 1

    def ended(self, now: datetime) -> None:
        """Note that the running batch ended now."""
        self._last_end = now
