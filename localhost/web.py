"""HTTP as the Functions host serves it: the routes of functions, CORS, the limit of a body."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import azure.functions as func
from azure.functions.http import HttpRequest
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, request_response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from localhost.app import AppError, Function
from localhost.config import LocalSettings
from localhost.keys import Keys
from localhost.templates import Template, TemplateError, compile_template
from localhost.terminal import Terminal
from localhost.worker import Worker

RESERVED_PREFIXES = ("admin", "runtime")
MAX_BODY_BYTES = 100 * 1024 * 1024  # of the Functions host
logger = logging.getLogger("localhost")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An HTTP function and its route."""

    function: Function
    template: Template
    methods: frozenset[str]  # empty: every method

    @property
    def auth_level(self) -> str:
        """The auth level in lower case: `anonymous`, `function` or `admin`."""
        return str(self.function.trigger.get("authLevel", "function")).lower()


def endpoints(functions: Iterable[Function], prefix: str) -> list[Endpoint]:
    """List the HTTP functions, more specific routes first. Raises AppError for a bad route."""
    http_functions = [function for function in functions if function.kind == "httpTrigger"]
    return sorted(
        (_endpoint(function, prefix) for function in http_functions),
        key=lambda endpoint: endpoint.template.rank,
    )


class FunctionRoutes:
    """Finds the HTTP function of a request and calls it."""

    def __init__(
        self, routed: Sequence[Endpoint], worker: Worker, keys: Keys, terminal: Terminal
    ) -> None:
        self._endpoints = routed
        self._worker = worker
        self._keys = keys
        self._terminal = terminal

    async def serve(self, request: Request) -> Response:
        """Answer a request and show it in the terminal."""
        began = time.perf_counter()
        response = await self._dispatch(request)
        duration_ms = (time.perf_counter() - began) * 1000
        self._terminal.request(request.method, request.url.path, response.status_code, duration_ms)
        return response

    async def _dispatch(self, request: Request) -> Response:
        path = request.scope["raw_path"].decode("latin-1").split("?")[0]
        for endpoint in self._endpoints:
            params = endpoint.template.match(path)
            # The method is part of the route: a wrong one is a 404, not a 405.
            if params is None or (endpoint.methods and request.method not in endpoint.methods):
                continue
            if not self._keys.admit(endpoint.auth_level, request):
                return Response(status_code=401)
            return await self._call(endpoint.function, request, params)
        return Response(status_code=404)

    async def _call(self, function: Function, request: Request, params: dict[str, str]) -> Response:
        body = await request.body()
        try:
            return _response(
                await self._worker.run_http(function, _function_request(request, params, body))
            )
        except Exception:
            logger.exception("function %s failed", function.name)
            return Response(status_code=500)


def build_app(
    function_routes: FunctionRoutes, other_routes: Sequence[BaseRoute], local: LocalSettings
) -> Starlette:
    """Build the ASGI application that listens on the public port."""
    middleware = [Middleware(BodyLimit)]
    if local.cors:
        cors = Middleware(
            CORSMiddleware,
            allow_origins=list(local.cors),
            allow_methods=["*"],
            allow_headers=["*"],
            allow_credentials=local.cors_credentials and "*" not in local.cors,
        )
        middleware.insert(0, cors)
    application = Starlette(routes=other_routes, middleware=middleware)
    # Not a catch-all route: Starlette's would not match a path with a line feed.
    application.router.default = request_response(function_routes.serve)
    return application


class BodyLimit:
    """Middleware that refuses a body over `MAX_BODY_BYTES` with 413, declared or streamed."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and count its body while it arrives."""
        received_bytes = 0

        async def counted() -> Message:
            nonlocal received_bytes
            message = await receive()
            received_bytes += len(message.get("body", b""))
            if received_bytes > MAX_BODY_BYTES:
                raise HTTPException(413)
            return message

        declared_bytes = int(Headers(scope=scope).get("content-length") or 0)
        if declared_bytes > MAX_BODY_BYTES:
            await Response(status_code=413)(scope, receive, send)
        else:
            await self._app(scope, counted, send)


def _endpoint(function: Function, prefix: str) -> Endpoint:
    own = str(function.trigger.get("route") or function.name).strip("/")
    route = f"{prefix}/{own}".strip("/")
    if own.lower().startswith(RESERVED_PREFIXES) or route.lower().startswith(RESERVED_PREFIXES):
        raise AppError(
            f"function `{function.name}`: its route `{own}` is reserved; expected one that"
            " begins with neither `admin` nor `runtime`"
        )
    try:
        template = compile_template(route)
    except TemplateError as error:
        raise AppError(f"function `{function.name}`: {error}") from error
    methods = frozenset(str(method).upper() for method in function.trigger.get("methods") or ())
    return Endpoint(function, template, methods)


def _function_request(request: Request, params: dict[str, str], body: bytes) -> HttpRequest:
    """Build what the language worker hands to a function.

    Header names are in lower case. Repeated values are joined by commas, empty ones left out.
    """
    return HttpRequest(
        method=request.method,
        url=str(request.url),
        headers=_joined(request.headers.items()),
        params=_joined(request.query_params.multi_items()),
        route_params=params,
        body_type="bytes",
        body=body,
    )


def _joined(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    joined: dict[str, str] = {}
    for name, value in pairs:
        if value:
            joined[name] = f"{joined[name]},{value}" if name in joined else value
    return joined


def _response(result: Any) -> Response:
    """Convert what a function returned. Raises TypeError."""
    if isinstance(result, func.HttpResponse):
        response = Response(result.get_body(), result.status_code)
        # Starlette sets the length of the body; every other header comes from the function.
        for name, value in result.headers.items():
            response.headers[name] = value
        if result.mimetype and "content-type" not in response.headers:
            charset = f"; charset={result.charset}" if result.charset else ""
            response.headers["content-type"] = f"{result.mimetype}{charset}"
        return response
    if isinstance(result, str):
        return Response(result, media_type="text/plain")
    raise TypeError(
        f"an HTTP function returned {type(result).__name__}; expected HttpResponse or str"
    )
