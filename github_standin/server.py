"""GitHub's REST API on this machine: latency, faults, ETags and rate limits around the routes.

https://docs.github.com/rest. Tests compare the responses with GitHub's published OpenAPI description.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs

import uvicorn

from github_standin.faults import Fault, take_fault
from github_standin.messages import Request, Response, refusal
from github_standin.portfolio import User
from github_standin.routes import Routes

__all__ = ["Fault", "GitHubServer", "RecordedRequest", "StandIn"]

HOURLY_LIMIT = 5_000


@dataclass(frozen=True, slots=True)
class RecordedRequest:
    """A request after its response."""

    path: str  # with the query string
    status: int  # 0: the connection was dropped
    conditional: bool


class StandIn:
    """GitHub's API as an ASGI application. Tests change its attributes while it runs."""

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
        self.limit = HOURLY_LIMIT
        self.remaining = HOURLY_LIMIT
        self.window_s = 3600.0  # from one reset of `remaining` to the next
        self.resets_at = time.time() + self.window_s
        self._in_flight = 0
        self._tokens = tokens
        self._routes = Routes(self.users, self.renamed)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            return
        path, query = scope["path"], scope["query_string"].decode()
        headers = {name.decode().lower(): value.decode() for name, value in scope["headers"]}
        fault = take_fault(self.faults, path)
        await self._delay(fault.delay_s if fault else 0.0)
        if fault and fault.drop:
            self.requests.append(RecordedRequest(path, status=0, conditional=False))
            raise ConnectionResetError  # makes uvicorn close the connection

        self._renew_quota()
        response = fault.response() if fault else None
        if response is None:
            response = self._respond(path, query, headers)
        content = response.body
        if not isinstance(content, bytes):
            content = json.dumps(content).encode()
        self.after_response(path)
        status, etag = response.status, f'W/"{hashlib.sha256(content).hexdigest()}"'
        if status == 200 and headers.get("if-none-match") == etag:
            status, content = 304, b""
        is_free = status == 304 and "authorization" in headers
        if not is_free:
            self.remaining = max(0, self.remaining - 1)
        self.requests.append(
            RecordedRequest(
                path=f"{path}?{query}" if query else path,
                status=status,
                conditional="if-none-match" in headers,
            )
        )
        sent_headers = {
            **self._usual_headers(),
            **({"etag": etag} if status in (200, 304) else {}),
            **response.headers,
        }
        pairs = [(name.encode(), value.encode()) for name, value in sent_headers.items()]
        await send({"type": "http.response.start", "status": status, "headers": pairs})
        await send({"type": "http.response.body", "body": content})

    async def _delay(self, extra_s: float) -> None:
        self._in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self._in_flight)
        await asyncio.sleep(self.latency_s + extra_s)
        self._in_flight -= 1

    def _renew_quota(self) -> None:
        if time.time() >= self.resets_at:
            self.remaining, self.resets_at = self.limit, time.time() + self.window_s

    def _respond(self, path: str, query: str, headers: Mapping[str, str]) -> Response:
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if self._tokens is not None and scheme and token not in self._tokens:
            return refusal(401, "Bad credentials")
        if self.remaining == 0:
            return refusal(403, "API rate limit exceeded for user ID 1.")
        request = Request(
            path=path,
            parameters={name: values[0] for name, values in parse_qs(query).items()},
            base_url=f"http://{headers.get('host', 'localhost')}",
            viewer=(self._tokens or {}).get(token, ""),
        )
        return self._routes.respond(request)

    def _usual_headers(self) -> dict[str, str]:
        return {
            "content-type": "application/json; charset=utf-8",
            "x-github-media-type": "github.v3; format=json",
            "x-github-request-id": f"{len(self.requests):04X}:1:2:3:4",
            "x-ratelimit-limit": str(self.limit),
            "x-ratelimit-remaining": str(self.remaining),
            "x-ratelimit-used": str(self.limit - self.remaining),
            "x-ratelimit-reset": str(int(self.resets_at)),
            "x-ratelimit-resource": "core",
        }


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
