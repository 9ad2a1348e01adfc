"""Failures that tests order."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from github_standin.messages import Response, refusal

UNLIMITED = 1_000_000


@dataclass
class Fault:
    """Fail the next `times` requests whose path contains `path` and whose body contains `text`.

    A fault with status 200 and neither body nor errors only delays the usual response.
    """

    path: str = ""
    status: int = 500
    message: str = "Server Error"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None  # sent unchanged, instead of a JSON error with `message`
    drop: bool = False  # close the connection instead of responding
    delay_s: float = 0.0
    times: int = UNLIMITED
    text: str = ""  # in the JSON of a GraphQL request: a piece of the query or a variable's value
    # GraphQL errors, for requests to `/graphql`. Where all have a path, the query is executed and
    # null stands at each of the paths; otherwise there is no data at all.
    errors: Sequence[Mapping[str, Any]] = ()

    @property
    def is_partial(self) -> bool:
        """Whether the query's other data is sent beside the errors."""
        return bool(self.errors) and all("path" in error for error in self.errors)

    def response(self) -> Response | None:
        """Return the response that replaces the usual one; None if there is none."""
        if self.body is not None:
            return Response(self.status, self.body, self.headers)
        if self.is_partial:
            return None
        if self.errors:
            return Response(self.status, {"data": None, "errors": self.errors}, self.headers)
        if self.status == 200:
            return None
        return Response(self.status, refusal(self.status, self.message).body, self.headers)

    def spoil(self, response: Response) -> Response:
        """Add the errors to the response of an executed query, and put null at their paths."""
        if not self.errors or "data" not in response.body:
            return response
        data = copy.deepcopy(response.body["data"])
        for error in self.errors:
            *folders, last = error["path"]
            parent: Any = data
            for key in folders:
                parent = parent[key] if parent else None
            if parent:
                parent[last] = None
        errors = [*response.body.get("errors", []), *self.errors]
        return Response(self.status, {"data": data, "errors": errors}, self.headers)


def take_fault(faults: Sequence[Fault], path: str, body: str) -> Fault | None:
    """Return the first fault for this request, and count it as used once."""
    for fault in faults:
        if fault.path in path and fault.text in body and fault.times > 0:
            fault.times -= 1
            return fault
    return None
