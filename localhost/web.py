"""HTTP as the Functions host serves it: routes of functions, CORS, the limit of a body."""

from __future__ import annotations

import logging
import time
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
from starlette.routing import BaseRoute, Mount, Route, request_response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from localhost.app import AppError, Function
from localhost.config import LocalConfig
from localhost.durable.management import WEBHOOKS
from localhost.keys import Keys
from localhost.templates import Template, TemplateError, compile_template
from localhost.terminal import Terminal
from localhost.worker import Worker

RESERVED = ("admin", "runtime")
LARGEST_BODY = 100 * 1024 * 1024  # of the real host
logger = logging.getLogger("localhost")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An HTTP function and where it answers."""

    function: Function
    template: Template
    methods: frozenset[str]  # empty: all

    @property
    def level(self) -> str:
        return str(self.function.trigger.get("authLevel", "function")).lower()


def endpoints(functions: list[Function], prefix: str) -> list[Endpoint]:
    """The HTTP functions, the more specific routes first. Raises AppError for a bad template."""
    found = []
    for function in functions:
        if function.kind != "httpTrigger":
            continue
        own = str(function.trigger.get("route") or function.name).strip("/")
        route = f"{prefix}/{own}".strip("/")
        if any(each.lower().startswith(RESERVED) for each in (own, route)):
            raise AppError(
                f"function `{function.name}`: its route `{own}` is reserved; expected one that"
                " begins with neither `admin` nor `runtime`"
            )
        try:
            template = compile_template(route)
        except TemplateError as error:
            raise AppError(f"function `{function.name}`: {error}") from error
        methods = frozenset(str(each).upper() for each in function.trigger.get("methods") or ())
        found.append(Endpoint(function, template, methods))
    return sorted(found, key=lambda each: each.template.rank)


def build_app(
    routed: list[Endpoint],
    worker: Worker,
    keys: Keys,
    local: LocalConfig,
    terminal: Terminal,
    admin: list[Route],
    durable: list[Route],
) -> Starlette:
    """The ASGI application."""

    async def serve(request: Request) -> Response:
        began = time.perf_counter()
        response = await answer(request)
        terminal.request(
            request.method,
            request.url.path,
            response.status_code,
            (time.perf_counter() - began) * 1000,
        )
        return response

    async def answer(request: Request) -> Response:
        path = request.scope["raw_path"].decode("latin-1").split("?")[0]
        for endpoint in routed:
            params = endpoint.template.match(path)
            # The method is part of the route: a wrong one is a 404, not a 405.
            if params is None or (endpoint.methods and request.method not in endpoint.methods):
                continue
            if not keys.admit(endpoint.level, request):
                return Response(status_code=401)
            return await invoke(endpoint, request, params)
        return Response(status_code=404)

    async def invoke(endpoint: Endpoint, request: Request, params: dict[str, str]) -> Response:
        body = await request.body()
        try:
            result = await worker.run_http(endpoint.function, _to_function(request, params, body))
        except Exception:
            logger.exception("function %s failed", endpoint.function.name)
            return Response(status_code=500)
        return _from_function(result)

    routes: list[BaseRoute] = [
        *admin,
        Mount(WEBHOOKS, routes=durable),
    ]
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
    application = Starlette(routes=routes, middleware=middleware)
    # Whatever the path: a route would not match a line feed in it.
    application.router.default = request_response(serve)
    return application


class BodyLimit:
    """Refuses bodies over `LARGEST_BODY` with 413, before and while they arrive."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > LARGEST_BODY:
                raise HTTPException(413)
            return message

        declared = int(Headers(scope=scope).get("content-length") or 0)
        if declared > LARGEST_BODY:
            await Response(status_code=413)(scope, receive, send)
        else:
            await self._app(scope, counted, send)


def _to_function(request: Request, params: dict[str, str], body: bytes) -> HttpRequest:
    """As the worker makes it: lower-case header names; what is empty is left out."""
    headers: dict[str, str] = {}
    for name, value in request.headers.items():
        if value:
            headers[name] = f"{headers[name]},{value}" if name in headers else value
    query: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        if value:
            query[name] = f"{query[name]},{value}" if name in query else value
    return HttpRequest(
        method=request.method,
        url=str(request.url),
        headers=headers,
        params=query,
        route_params=params,
        body_type="bytes",
        body=body,
    )


def _from_function(result: Any) -> Response:
    if isinstance(result, func.HttpResponse):
        response = Response(result.get_body(), result.status_code)
        # Starlette counts the body; the function says everything else.
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
