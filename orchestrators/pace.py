"""Pacing: when the next batch may start without meeting GitHub's secondary rate limit.

https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits
"""

from __future__ import annotations

from datetime import datetime, timedelta

from models import RequestUsage

MINUTE = timedelta(minutes=1)


class Pace:
    """The requests of one refresh, at most `per_minute` in any minute. 0: no pacing.

    REST and GraphQL have limits of their own, so the one that is used more decides. A request
    counts as sent when its batch ended.
    """

    def __init__(self, per_minute: int, expected: float) -> None:
        """`expected`: the requests that a repository takes, until one has been fetched."""
        self._per_minute = per_minute
        self._expected = expected
        self._ended: list[tuple[datetime, int]] = []  # batches of the last minute, their requests

    def next_start(self, repositories: int, now: datetime) -> datetime:
        """Return the earliest start of a batch of this size; `now` if it need not wait."""
        if not self._per_minute:
            return now
        self._ended = [(end, sent) for end, sent in self._ended if end + MINUTE > now]
        excess = sum(sent for _, sent in self._ended) - self._per_minute
        excess += min(self._per_minute, round(repositories * self._expected))
        for end, sent in self._ended:
            if excess <= 0:
                break
            excess -= sent
            now = end + MINUTE
        return now

    def ended(self, repositories: int, usage: RequestUsage, now: datetime) -> None:
        """Count a batch that ends now."""
        sent = max(usage["requests"], usage["queries"])
        self._ended.append((now, sent))
        self._expected = max(1.0, sent / repositories)
