"""Failures that tests order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from github_standin.messages import Response, refusal

UNLIMITED = 1_000_000


@dataclass
class Fault:
    """Fail the next `times` requests whose path contains `path`.

    A fault with status 200 and no body only delays the usual response.
    """

    path: str = ""
    status: int = 500
    message: str = "Server Error"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None  # sent unchanged, instead of a JSON error with `message`
    drop: bool = False  # close the connection instead of responding
    delay_s: float = 0.0
    times: int = UNLIMITED

    def response(self) -> Response | None:
        """Return the response that replaces the usual one; None if there is none."""
        if self.body is not None:
            return Response(self.status, self.body, self.headers)
        if self.status == 200:
            return None
        return Response(self.status, refusal(self.status, self.message).body, self.headers)


def take_fault(faults: Sequence[Fault], path: str) -> Fault | None:
    """Return the first fault for this path, and count it as used once."""
    for fault in faults:
        if fault.path in path and fault.times > 0:
            fault.times -= 1
            return fault
    return None
