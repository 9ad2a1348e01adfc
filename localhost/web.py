"""HTTP as the Functions host serves it: routes of functions, keys, CORS, admin endpoints."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import os
import time
from dataclasses import dataclass
from typing import Any

import azure.functions as func
from azure.functions.http import HttpRequest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from localhost.app import AppError, Function
from localhost.config import LocalConfig
from localhost.durable.management import WEBHOOKS
from localhost.templates import Template, TemplateError, compile_template
from localhost.terminal import Terminal
from localhost.timers import timer_request
from localhost.worker import Worker

METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"]
LARGEST_BODY = 100 * 1024 * 1024  # of the real host
logger = logging.getLogger("localhost")


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of the app; `enforced` False: only the Durable webhooks ask for theirs."""

    function: str
    master: str
    system: str
    enforced: bool

    def admit(self, level: str, request: Request) -> bool:
        """Whether the request may call a function of this auth level."""
        if not self.enforced or level == "anonymous":
            return True
        given = request.headers.get("x-functions-key") or request.query_params.get("code") or ""
        accepted = [self.master] if level == "admin" else [self.function, self.master]
        return any(hmac.compare_digest(given.encode(), each.encode()) for each in accepted)


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
        route = f"{prefix}/{function.trigger.get('route') or function.name}".strip("/")
        if route.split("/")[0].lower() in {"admin", "runtime"}:
            raise AppError(
                f"function `{function.name}`: routes below `{route.split('/')[0]}` are reserved"
            )
        try:
            template = compile_template(route)
        except TemplateError as error:
            raise AppError(f"function `{function.name}`: {error}") from error
        methods = frozenset(str(each).upper() for each in function.trigger.get("methods") or ())
        found.append(Endpoint(function, template, methods))
    return sorted(found, key=lambda each: each.template.rank)


def build_app(
    functions: list[Function],
    routed: list[Endpoint],
    worker: Worker,
    keys: Keys,
    local: LocalConfig,
    terminal: Terminal,
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
        if int(request.headers.get("content-length") or 0) > LARGEST_BODY:
            return Response(status_code=413)
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > LARGEST_BODY:
                return Response(status_code=413)
        try:
            result = await worker.run_http(
                endpoint.function, _to_function(request, params, bytes(body))
            )
        except Exception:
            logger.exception("function %s failed", endpoint.function.name)
            return Response(status_code=500)
        return _from_function(result)

    async def host_status(request: Request) -> Response:
        if not keys.admit("admin", request):
            return Response(status_code=401)
        return JSONResponse(
            {
                "id": "localhost",
                "state": "Running",
                "version": "4.0.0",
                "versionDetails": "localhost",
                "instanceId": "localhost",
                "computerName": os.uname().nodename,
                "processUptime": round(time.process_time() * 1000),
                "functionAppContentEditingState": "Unknown",
            }
        )

    # Strong references: the event loop keeps weak ones only.
    background: set[asyncio.Task[Any]] = set()
    by_name = {function.name.lower(): function for function in functions}

    async def run_function(request: Request) -> Response:
        if not keys.admit("admin", request):
            return Response(status_code=401)
        function = by_name.get(request.path_params["name"].lower())
        if function is None:
            return Response(status_code=404)
        try:
            given = json.loads(await request.body())["input"]
        except (ValueError, KeyError, TypeError):
            return Response(status_code=400)
        task = asyncio.create_task(_run(function, given))
        background.add(task)
        task.add_done_callback(background.discard)
        return Response(status_code=202)

    async def _run(function: Function, given: str) -> None:
        try:
            if function.kind == "timerTrigger":
                await worker.run_timer(function, timer_request(past_due=False, status=None))
            elif function.kind == "activityTrigger":
                await worker.run_activity(function.durable_name, given, instance_id="")
            elif function.kind == "httpTrigger":
                request = HttpRequest(
                    method="POST", url="/", headers={}, params={}, route_params={},
                    body_type="bytes", body=str(given).encode(),
                )  # fmt: skip
                await worker.run_http(function, request)
        except Exception:
            logger.exception("function %s failed", function.name)

    routes: list[BaseRoute] = [
        Route("/admin/host/status", host_status, methods=["GET"]),
        Route("/admin/functions/{name}", run_function, methods=["POST"]),
        Mount(WEBHOOKS, routes=durable),
        Route("/{path:path}", serve, methods=METHODS),
    ]
    cors = [
        Middleware(
            CORSMiddleware,
            allow_origins=list(local.cors),
            allow_methods=["*"],
            allow_headers=["*"],
            allow_credentials=local.cors_credentials and "*" not in local.cors,
        )
    ]
    return Starlette(routes=routes, middleware=cors if local.cors else [])


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
