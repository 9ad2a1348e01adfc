"""GitHub's limits: how much is left of each quota, and which requests may be started now."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal

from errors import RateLimited

Resource = Literal["core", "graphql", "raw"]  # the first two are GitHub's names

# Stop fetching when 1/50 of an hour's quota is left, so that webhooks and other users of the token
# can still make requests.
RESERVED_SHARE = 0.02
# A longer `Retry-After` is taken for a mistake.
MAX_RETRY_AFTER_S = 86_400
# Pause after a limit for which GitHub names no end:
# https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api
DEFAULT_PAUSE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Quota:
    """A primary rate limit of this hour: requests of the REST API, or points of GraphQL.

    https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
    """

    limit: int
    remaining: int
    reset_at: datetime  # UTC


@dataclass(frozen=True, slots=True)
class Pause:
    """A limit that was met; no request of its resource starts before `until`."""

    until: datetime
    error: RateLimited


class Calls:
    """The requests of one step, counted as they are sent. Thread-safe."""

    def __init__(self, *, keep_reserve: bool = False) -> None:
        """`keep_reserve`: refuse requests that would use the reserved rest of a quota."""
        self.keep_reserve = keep_reserve
        self._resources: list[Resource] = []  # appending is atomic, adding to a number is not

    def add(self, resource: Resource) -> None:
        """Count one request."""
        self._resources.append(resource)

    def count(self, resource: Resource) -> int:
        """Return the number of requests so far."""
        return self._resources.count(resource)


class Limits:
    """What GitHub's limits allow now, for each resource. Thread-safe; never sleeps."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._quotas: dict[Resource, Quota] = {}
        self._pauses: dict[Resource, Pause] = {}

    def quota(self, resource: Resource) -> Quota | None:
        """Return this hour's quota, requests in flight deducted; None if GitHub stated none."""
        return self._quotas.get(resource)

    def check(self, resource: Resource, *, keep_reserve: bool = False) -> None:
        """Raise RateLimited if no request may be started now."""
        now = self._now()
        pause = self._pauses.get(resource)
        if pause and now < pause.until:
            raise RateLimited(str(pause.error), reset_at=pause.error.reset_at)
        quota = self._quotas.get(resource)
        if quota is None or now >= quota.reset_at:
            return
        if quota.remaining <= 0:
            raise RateLimited("GitHub's rate limit is reached", reset_at=quota.reset_at)
        if keep_reserve and quota.remaining <= quota.limit * RESERVED_SHARE:
            raise RateLimited(
                "the rest of GitHub's rate limit is reserved", reset_at=quota.reset_at
            )

    def start(self, resource: Resource, calls: Calls) -> None:
        """Count a request that is about to be sent. Raises RateLimited if it must not be."""
        with self._lock:
            self.check(resource, keep_reserve=calls.keep_reserve)
            self._change_remaining(resource, -1)
        calls.add(resource)

    def not_counted(self, resource: Resource) -> None:
        """Take back a request that GitHub does not count."""
        with self._lock:
            self._change_remaining(resource, 1)

    def update(self, resource: Resource, headers: Mapping[str, str]) -> None:
        """Keep the newest quota that a response states, unless it is another resource's.

        Responses overtake each other: within an hour, lower is newer.
        """
        quota = quota_of(headers)
        if quota is None or headers.get("x-ratelimit-resource", resource) != resource:
            return
        with self._lock:
            known = self._quotas.get(resource)
            if not (
                known and known.reset_at == quota.reset_at and known.remaining < quota.remaining
            ):
                self._quotas[resource] = quota

    def pause(self, resource: Resource, error: RateLimited) -> None:
        """Start no request of this resource until the limit that was met is over."""
        until = error.reset_at or self._now() + DEFAULT_PAUSE
        with self._lock:
            known = self._pauses.get(resource)
            if not known or known.until < until:
                self._pauses[resource] = Pause(until, error)

    def _change_remaining(self, resource: Resource, change: int) -> None:
        quota = self._quotas.get(resource)
        if quota:
            self._quotas[resource] = replace(quota, remaining=max(0, quota.remaining + change))


def quota_of(headers: Mapping[str, str]) -> Quota | None:
    """Read a quota from response headers; None if they do not state it."""
    limit, remaining, reset = (
        _whole_number(headers, f"x-ratelimit-{name}") for name in ("limit", "remaining", "reset")
    )
    if limit is None or remaining is None or reset is None:
        return None
    return Quota(limit, remaining, _reset_moment(reset))


def retry_moment(
    headers: Mapping[str, str], now: datetime, *, is_primary: bool = False
) -> datetime | None:
    """Return the earliest moment for a retry; None if GitHub names none.

    `is_primary`: the quota is known to be used up, whatever the headers say is left of it.
    https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api
    """
    if headers.get("retry-after", "").isdecimal():
        return now + timedelta(seconds=min(int(headers["retry-after"]), MAX_RETRY_AFTER_S))
    reset = _whole_number(headers, "x-ratelimit-reset")
    if reset is not None and (is_primary or headers.get("x-ratelimit-remaining") == "0"):
        return _reset_moment(reset)
    return None


def _reset_moment(epoch_s: int) -> datetime:
    return datetime.fromtimestamp(epoch_s + 1, UTC)  # one second more, because clocks differ


def _whole_number(headers: Mapping[str, str], name: str) -> int | None:
    text = headers.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 12 else None
