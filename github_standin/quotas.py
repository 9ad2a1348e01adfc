"""GitHub's hourly quotas. Each is used up and renewed for itself.

https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

HOURLY_LIMIT = 5_000  # of a token, for each of `core` and `graphql`
ANONYMOUS_LIMIT = 60  # of an address
HOUR_S = 3600.0


@dataclass
class Quota:
    """What may be asked for until the reset. Tests change it."""

    limit: int
    window_s: float = HOUR_S  # from one reset to the next
    remaining: int = field(init=False)
    resets_at: float = field(init=False)  # seconds since the epoch

    def __post_init__(self) -> None:
        self.remaining = self.limit
        self.resets_at = time.time() + self.window_s

    def renew(self) -> None:
        """Begin another window if the current one is over."""
        if time.time() >= self.resets_at:
            self.remaining, self.resets_at = self.limit, time.time() + self.window_s

    def spend(self) -> None:
        """Count one request or point."""
        self.remaining = max(0, self.remaining - 1)

    def headers(self, resource: str) -> Mapping[str, str]:
        """Return the headers in which GitHub reports the quota."""
        return {
            "x-ratelimit-limit": str(self.limit),
            "x-ratelimit-remaining": str(self.remaining),
            "x-ratelimit-used": str(self.limit - self.remaining),
            "x-ratelimit-reset": str(int(self.resets_at)),
            "x-ratelimit-resource": resource,
        }


class Quotas:
    """The quotas of all clients together."""

    def __init__(self) -> None:
        self.core = Quota(HOURLY_LIMIT)
        self.graphql = Quota(HOURLY_LIMIT)
        self.anonymous = Quota(ANONYMOUS_LIMIT)  # of REST
        self._anonymous_graphql = Quota(0)

    def of(self, resource: str, *, has_token: bool) -> Quota:
        """Return the quota of a request to `core` or `graphql`, renewed if its window is over."""
        if resource == "graphql":
            quota = self.graphql if has_token else self._anonymous_graphql
        else:
            quota = self.core if has_token else self.anonymous
        quota.renew()
        return quota


def costs(status: int, content: bytes, *, has_token: bool) -> bool:
    """Tell whether GitHub counts a request by its response. Refused ones are free."""
    if status == 304:
        return not has_token
    if status == 403:
        return b"rate limit" not in content
    return status not in (401, 429)
