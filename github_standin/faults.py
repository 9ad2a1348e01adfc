"""Failures that tests order, and the errors in which GitHub's GraphQL API tells them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from github_standin.messages import Response, refusal

UNLIMITED = 1_000_000

# For `Fault.errors`; `{**error, "path": […]}` lets the rest of the data through.
RATE_LIMITED = {"type": "RATE_LIMITED", "message": "API rate limit exceeded for user ID 1."}
RESOURCE_LIMITS_EXCEEDED = {
    "type": "RESOURCE_LIMITS_EXCEEDED",
    "message": "Resource limits for this query exceeded.",
}
TIMED_OUT = {
    "message": "Something went wrong while executing your query. This may be the result of a "
    "timeout, or it could be a GitHub bug. Please include `0001:1:2:3:4` when reporting this issue."
}
NOT_ACCESSIBLE = {
    "type": "FORBIDDEN",
    "message": "Resource not accessible by personal access token",
    "extensions": {"saml_failure": False},
}
OUTSIDE_IP_ALLOW_LIST = {
    "type": "FORBIDDEN",
    "message": "Although you appear to have the correct authorization credentials, the `initech` "
    "organization has an IP allow list enabled, and your IP address is not permitted to access "
    "this resource.",
    "extensions": {"saml_failure": False},
}


@dataclass
class Fault:
    """Fail the next `times` requests whose path contains `path` and whose body contains `text`.

    A fault with status 200 and neither body nor errors only delays the usual response.
    """

    path: str = ""
    status: int = 500
    message: str = "Server Error"
    headers: Mapping[str, str] = field(default_factory=dict)  # beside or instead of the usual ones
    body: bytes | None = None  # sent unchanged, instead of a JSON error with `message`
    drop: bool = False  # close the connection instead of responding
    delay_s: float = 0.0
    times: int = UNLIMITED
    text: str = ""  # a piece of a GraphQL request's JSON, such as a name among its variables
    # GraphQL errors. Those with a path occur there while the query is executed, which gives the rest
    # of the data, and status 200. If one has none, `status` and the errors are all there is.
    errors: Sequence[Mapping[str, Any]] = ()

    def response(self) -> Response | None:
        """Return the response that replaces the usual one; None if there is none."""
        if self.body is not None:
            return Response(self.status, self.body)
        if self.errors:
            if all("path" in error for error in self.errors):
                return None
            return Response(self.status, {"data": None, "errors": self.errors})
        if self.status == 200:
            return None
        return refusal(self.status, self.message)


def take_fault(faults: Sequence[Fault], path: str, body: str) -> Fault | None:
    """Return the first fault for this request, and count it as used once."""
    for fault in faults:
        if fault.path in path and fault.text in body and fault.times > 0:
            fault.times -= 1
            return fault
    return None
