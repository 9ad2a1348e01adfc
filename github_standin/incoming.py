"""Requests as they arrive, before anybody has looked for what they ask."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from github_standin import raw

ENTERPRISE = "/api/v3"  # GitHub Enterprise Server has REST there, and GraphQL at `/api/graphql`
GRAPHQL_PATHS = ("/graphql", "/api/graphql")


@dataclass(frozen=True, slots=True)
class Incoming:
    """A request."""

    path: str  # decoded
    query: str
    headers: Mapping[str, str]  # names in lower case
    body: bytes
    resource: str  # "core", "graphql" or "raw"
    address: str  # of the client

    @property
    def token(self) -> str | None:
        """The token; None for an anonymous request."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token if scheme else None

    @property
    def parameters(self) -> dict[str, str]:
        """The first value of each parameter of the address."""
        return {name: values[0] for name, values in parse_qs(self.query).items()}

    @property
    def base_url(self) -> str:
        """The start of the API's addresses, by which the client reached it."""
        root = f"http://{self.headers.get('host', 'localhost')}"
        return root + (ENTERPRISE if self.path.startswith(f"{ENTERPRISE}/") else "")

    @property
    def api_path(self) -> str:
        """The path below `base_url`."""
        return self.path.removeprefix(ENTERPRISE)

    @property
    def json(self) -> Any:
        """The body as JSON. Raises ValueError."""
        return json.loads(self.body)

    @property
    def operation(self) -> str:
        """The name of the GraphQL operation; empty if the client does not give it."""
        try:
            name = self.json.get("operationName") if self.resource == "graphql" else ""
        except (ValueError, AttributeError):
            return ""
        return name if isinstance(name, str) else ""


async def receive_request(scope: Any, receive: Any) -> Incoming:
    """Read a request of ASGI's."""
    body, is_complete = b"", False
    while not is_complete:
        message = await receive()
        body += message.get("body", b"")
        is_complete = not message.get("more_body", False)
    path = scope["path"]
    resource = "core"
    if scope["method"] == "POST" and path in GRAPHQL_PATHS:
        resource = "graphql"
    elif path.startswith(raw.PREFIX):
        resource = "raw"
    return Incoming(
        path=path,
        query=scope["query_string"].decode(),
        headers={name.decode().lower(): value.decode() for name, value in scope["headers"]},
        body=body,
        resource=resource,
        address=scope["client"][0],
    )
