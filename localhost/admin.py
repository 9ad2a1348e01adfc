"""The admin endpoints of the Functions host: its state, and functions run by hand.

https://learn.microsoft.com/azure/azure-functions/functions-manually-run-non-http
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import time
from collections.abc import Awaitable, Callable, Iterable
from functools import wraps
from typing import Any

from azure.functions.http import HttpRequest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from localhost.app import Function
from localhost.keys import Keys
from localhost.timers import timer_request
from localhost.worker import Worker

logger = logging.getLogger("localhost")

Handler = Callable[[Request], Awaitable[Response]]


class AdminApi:
    """The routes of the admin API, one method each. They ask for the master key."""

    def __init__(self, functions: Iterable[Function], worker: Worker, keys: Keys) -> None:
        self._functions = {function.name.lower(): function for function in functions}
        self._worker = worker
        self._keys = keys
        self._began = time.monotonic()
        # The event loop itself holds only weak references to tasks.
        self.running: set[asyncio.Task[None]] = set()

    def routes(self) -> list[Route]:
        """List the routes."""
        table: list[tuple[str, str, Handler]] = [
            ("GET", "/admin/host/status", self.host_status),
            ("POST", "/admin/functions/{name}", self.run_function),
            ("GET", "/admin/functions/{name}/status", self.function_status),
        ]
        return [
            Route(path, self._guarded(handler), methods=[method]) for method, path, handler in table
        ]

    async def host_status(self, request: Request) -> Response:
        """Show the state of the host."""
        return JSONResponse(
            {
                "id": "localhost",
                "state": "Running",
                "version": "4.0.0",
                "versionDetails": "localhost",
                "instanceId": "localhost",
                "computerName": os.uname().nodename,
                "processUptime": round((time.monotonic() - self._began) * 1000),
                "functionAppContentEditingState": "Unknown",
            }
        )

    async def function_status(self, request: Request) -> Response:
        """Show the errors of a function: none, because a function with errors stops the start."""
        return JSONResponse({}) if self._function(request) else Response(status_code=404)

    async def run_function(self, request: Request) -> Response:
        """Start a function in the background."""
        function = self._function(request)
        if function is None:
            return Response(status_code=404)
        try:
            argument = json.loads(await request.body())["input"]
        except (ValueError, KeyError, TypeError):
            return Response(status_code=400)
        task = asyncio.create_task(self._run(function, argument))
        self.running.add(task)
        task.add_done_callback(self.running.discard)
        return Response(status_code=202)

    def _function(self, request: Request) -> Function | None:
        return self._functions.get(request.path_params["name"].lower())

    def _guarded(self, handler: Handler) -> Handler:
        @wraps(handler)
        async def guarded(request: Request) -> Response:
            if not self._keys.admit("admin", request):
                return Response(status_code=401)
            return await handler(request)

        return guarded

    async def _run(self, function: Function, argument: Any) -> None:
        try:
            if function.kind == "timerTrigger":
                await self._worker.run_timer(function, timer_request(past_due=False, status=None))
            elif function.kind == "activityTrigger":
                await self._worker.run_activity(function.durable_name, argument)
            elif function.kind == "httpTrigger":
                request = HttpRequest(
                    method="POST", url="/", headers={}, params={}, route_params={},
                    body_type="bytes", body=str(argument).encode(),
                )  # fmt: skip
                await self._worker.run_http(function, request)
        except Exception:
            logger.exception("function %s failed", function.name)
