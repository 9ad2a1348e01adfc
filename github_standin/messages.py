"""A request and a response, without the network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from github_standin.json_shapes import basic_error


@dataclass(frozen=True, slots=True)
class Request:
    """The parts of a request that decide its response."""

    path: str
    parameters: Mapping[str, str]
    base_url: str  # start of every API address in the response
    viewer: str  # login of the token's owner; empty: anonymous

    def positive_number(self, name: str, default: int) -> int:
        """Read a parameter as GitHub does: the default replaces everything but a number above 0."""
        text = self.parameters.get(name, "")
        return int(text) if text.isascii() and text.isdecimal() and int(text) > 0 else default


@dataclass(frozen=True, slots=True)
class Response:
    """A response before GitHub's usual headers are added."""

    status: int
    body: Any  # JSON; bytes are sent unchanged
    headers: Mapping[str, str] = field(default_factory=dict)


def refusal(status: int, message: str) -> Response:
    """Refuse a request in GitHub's form."""
    return Response(status, basic_error(status, message))
