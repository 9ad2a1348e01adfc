"""GitHub on this machine: latency, faults, ETags and quotas around REST, GraphQL and raw files.

https://docs.github.com/rest and https://docs.github.com/graphql. Tests compare the responses with
GitHub's published OpenAPI description and with its GraphQL schema.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import uvicorn

from github_standin import raw
from github_standin.accounts import Accounts, Viewer
from github_standin.faults import Fault, take_fault
from github_standin.incoming import Incoming, receive_request
from github_standin.messages import (
    NOT_FOUND,
    Request,
    Response,
    authentication_required,
    quota_exceeded,
    refusal,
)
from github_standin.portfolio import User
from github_standin.quotas import HOURLY_LIMIT, Quota, Quotas, costs
from github_standin.routes import Routes

__all__ = ["HOURLY_LIMIT", "Fault", "GitHubServer", "RecordedRequest", "StandIn"]

MEDIA_TYPES = {"core": "github.v3; format=json", "graphql": "github.v4; format=json"}


@dataclass(frozen=True, slots=True)
class RecordedRequest:
    """A request after its response."""

    path: str  # with the query string
    status: int  # 0: the connection was dropped
    conditional: bool
    resource: str = "core"  # or "graphql", "raw"
    operation: str = ""  # name of the GraphQL operation, if the client gives it


class StandIn:
    """GitHub as an ASGI application. Tests change its attributes while it runs."""

    def __init__(
        self, *users: User, latency_s: float = 0.0, tokens: Mapping[str, str] | None = None
    ) -> None:
        """Serve the repositories of `users`.

        `tokens` maps each accepted token to the login of its owner, who sees private repositories.
        Without it any token is accepted, and private repositories are hidden.
        """
        self.users = {user.login.lower(): user for user in users}
        self.renamed: dict[str, str] = {}  # former full name in lower case -> full name
        self.latency_s = latency_s
        self.faults: list[Fault] = []
        # Called with the path once a response is made, before it is sent.
        self.after_response: Callable[[str], None] = lambda path: None
        self.requests: list[RecordedRequest] = []
        self.most_in_flight = 0
        self.quotas = Quotas()
        self.token_expires_at: str | None = None  # such as "2026-12-31 10:00:00 UTC"
        self._in_flight = 0
        self._tokens = tokens
        self._accounts = Accounts(self.users, self.renamed)
        self._routes = Routes(self._accounts)

    @property
    def limit(self) -> int:
        """The hourly limit of REST requests with a token."""
        return self.quotas.core.limit

    @limit.setter
    def limit(self, limit: int) -> None:
        self.quotas.core.limit = limit

    @property
    def remaining(self) -> int:
        """The REST requests with a token that are left until the reset."""
        return self.quotas.core.remaining

    @remaining.setter
    def remaining(self, remaining: int) -> None:
        self.quotas.core.remaining = remaining

    @property
    def window_s(self) -> float:
        """The time from one reset of `remaining` to the next."""
        return self.quotas.core.window_s

    @window_s.setter
    def window_s(self, window_s: float) -> None:
        self.quotas.core.window_s = window_s

    @property
    def resets_at(self) -> float:
        """The moment of the next reset of `remaining`."""
        return self.quotas.core.resets_at

    @resets_at.setter
    def resets_at(self, resets_at: float) -> None:
        self.quotas.core.resets_at = resets_at

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            return
        request = await receive_request(scope, receive)
        fault = take_fault(self.faults, request.path, request.body.decode(errors="replace"))
        async with self._in_time(fault.delay_s if fault else 0.0):
            answer = self._answer(request, fault)
        if answer is None:
            raise ConnectionResetError  # makes uvicorn close the connection
        status, headers, content = answer
        self.after_response(request.path)
        pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": status, "headers": pairs})
        await send({"type": "http.response.body", "body": content})

    @asynccontextmanager
    async def _in_time(self, delay_s: float) -> AsyncIterator[None]:
        """Make a response take `latency_s`, the making included; before that, wait `delay_s`."""
        self._in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self._in_flight)
        await asyncio.sleep(delay_s)
        until = time.monotonic() + self.latency_s
        yield
        await asyncio.sleep(until - time.monotonic())
        self._in_flight -= 1

    def _answer(
        self, request: Incoming, fault: Fault | None
    ) -> tuple[int, dict[str, str], bytes] | None:
        """Return status, headers and body of a response; None to drop the connection."""
        if fault and fault.drop:
            self._record(request, status=0)
            return None
        has_token = self._has_token(request)
        quota = None
        if request.resource != "raw":
            quota = self.quotas.of(request.resource, has_token=has_token)
        response = fault.response() if fault else None
        if response is None:
            response = self._respond(request, quota, fault.errors if fault else ())
        content = _encoded(response, request)
        status, etag = response.status, f'W/"{hashlib.sha256(content).hexdigest()}"'
        has_etag = status == 200 and request.resource != "graphql"
        if has_etag and request.headers.get("if-none-match") == etag:
            status, content = 304, b""
        if quota and costs(status, content, has_token=has_token):
            quota.spend()
        self._record(request, status)
        sent_headers = {
            **self._usual_headers(request, quota),
            **({"etag": etag} if has_etag else {}),
            **response.headers,
            **(fault.headers if fault else {}),
        }
        return status, sent_headers, content

    def _record(self, request: Incoming, status: int) -> None:
        self.requests.append(
            RecordedRequest(
                path=f"{request.path}?{request.query}" if request.query else request.path,
                status=status,
                conditional="if-none-match" in request.headers,
                resource=request.resource,
                operation=request.operation,
            )
        )

    def _has_token(self, request: Incoming) -> bool:
        """Tell whether the request has a token that is accepted."""
        return request.token is not None and (self._tokens is None or request.token in self._tokens)

    def _respond(
        self, request: Incoming, quota: Quota | None, errors: Sequence[Mapping[str, Any]]
    ) -> Response:
        if quota is None:
            return raw.respond(self._accounts, request.path)
        has_token = self._has_token(request)
        if request.token is not None and not has_token:
            return refusal(401, "Bad credentials")
        if request.resource == "graphql" and not has_token:
            return authentication_required()
        if quota.remaining == 0:
            return quota_exceeded(request.resource, None if has_token else request.address)
        viewer = Viewer((self._tokens or {}).get(request.token or "", ""), has_token)
        if request.resource == "graphql":
            return self._respond_graphql(request, viewer, quota, errors)
        return self._routes.respond(
            Request(request.api_path, request.parameters, request.base_url, viewer)
        )

    def _respond_graphql(
        self,
        request: Incoming,
        viewer: Viewer,
        quota: Quota,
        errors: Sequence[Mapping[str, Any]],
    ) -> Response:
        try:
            # Where nobody asks for GraphQL, neither its library nor its schema is needed.
            from github_standin import graphql

            graphql.schema()
        except (ImportError, FileNotFoundError):
            return NOT_FOUND
        try:
            asked = request.json
        except ValueError:
            return refusal(400, "Problems parsing JSON")
        return graphql.run(asked, self._accounts, viewer, quota, errors)

    def _usual_headers(self, request: Incoming, quota: Quota | None) -> Mapping[str, str]:
        if quota is None:
            return raw.HEADERS
        expires_at = self.token_expires_at if self._has_token(request) else None
        return {
            "content-type": "application/json; charset=utf-8",
            "x-github-media-type": MEDIA_TYPES[request.resource],
            "x-github-request-id": f"{len(self.requests):04X}:1:2:3:4",
            **({"github-authentication-token-expiration": expires_at} if expires_at else {}),
            **quota.headers(request.resource),
        }


def _encoded(response: Response, request: Incoming) -> bytes:
    """Return the body as it is sent: JSON, or words from where only files come."""
    if isinstance(response.body, bytes):
        return response.body
    if request.resource == "raw":
        return f"{response.status}: {response.body['message']}".encode()
    return json.dumps(response.body).encode()


class GitHubServer:
    """A stand-in on a port of this machine, in its own thread. `with GitHubServer(standin) as server:`"""

    def __init__(self, standin: StandIn, port: int = 0) -> None:
        """Take `port`, or any free port for 0. Raises OSError."""
        self.standin = standin
        # With the protocol named, asyncio switches off Nagle's algorithm: 40 ms less per response.
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        # Without it, a fixed port stays taken for a minute after a restart.
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("127.0.0.1", port))
        self._socket.listen(1024)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.raw_url = self.url + raw.PREFIX.rstrip("/")
        # Faults drop connections on purpose, so uvicorn's complaints about them are not shown.
        config = uvicorn.Config(
            standin, log_config=None, log_level="critical", access_log=False, lifespan="off"
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True, name="github"
        )

    def __enter__(self) -> GitHubServer:
        self._thread.start()
        while not self._server.started:
            time.sleep(0.005)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.should_exit = True
        self._server.force_exit = True
        self._thread.join(timeout=5)
        self._socket.close()
