"""A request and a response, without the network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from github_standin.accounts import Viewer
from github_standin.json_shapes import basic_error

ACCESS_BLOCKED = "Repository access blocked"
SSO_REQUIRED = (
    "Resource protected by organization SAML enforcement. "
    "You must grant your Personal Access token access to this organization."
)


@dataclass(frozen=True, slots=True)
class Request:
    """The parts of a request that decide its response."""

    path: str
    parameters: Mapping[str, str]
    base_url: str  # start of every API address in the response
    viewer: Viewer

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


NOT_FOUND = refusal(404, "Not Found")


def sso_header(organisation: str) -> dict[str, str]:
    """Return the header with the address at which a token's owner can authorize it."""
    address = f"https://github.com/orgs/{organisation}/sso?authorization_request=A0B1C2"
    return {"x-github-sso": f"required; url={address}"}


def authentication_required() -> Response:
    """Refuse an anonymous GraphQL request."""
    error = basic_error(401, "This endpoint requires you to be authenticated.")
    guide = "https://docs.github.com/graphql/guides/forming-calls-with-graphql"
    return Response(401, {**error, "documentation_url": f"{guide}#authenticating-with-graphql"})


def quota_exceeded(resource: str, address: str | None) -> Response:
    """Refuse a request beyond the quota. `address` is that of an anonymous client."""
    if resource == "graphql":
        error = {
            "type": "RATE_LIMIT",
            "code": "graphql_rate_limit",
            "message": "API rate limit already exceeded for user ID 1.",
        }
        return Response(200, {"errors": [error]})
    if address is None:
        return refusal(403, "API rate limit exceeded for user ID 1.")
    return refusal(
        403,
        f"API rate limit exceeded for {address}. (But here's the good news: Authenticated requests "
        "get a higher rate limit. Check out the documentation for more details.)",
    )
