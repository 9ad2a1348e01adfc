"""The admin endpoints of the Functions host: its state, and functions run by hand.

https://learn.microsoft.com/azure/azure-functions/functions-manually-run-non-http
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import time
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


def admin_routes(
    functions: list[Function], worker: Worker, keys: Keys, running: set[asyncio.Task[None]]
) -> list[Route]:
    """The routes. `running` holds what has been started and not ended; the host waits for it when
    it stops."""
    began = time.monotonic()
    by_name = {function.name.lower(): function for function in functions}

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
                "processUptime": round((time.monotonic() - began) * 1000),
                "functionAppContentEditingState": "Unknown",
            }
        )

    async def function_status(request: Request) -> Response:
        if not keys.admit("admin", request):
            return Response(status_code=401)
        # A function with errors has stopped the host at its start: what is here has none.
        found = request.path_params["name"].lower() in by_name
        return JSONResponse({}) if found else Response(status_code=404)

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
        task = asyncio.create_task(_run(worker, function, given))
        running.add(task)
        task.add_done_callback(running.discard)
        return Response(status_code=202)

    return [
        Route("/admin/host/status", host_status, methods=["GET"]),
        Route("/admin/functions/{name}", run_function, methods=["POST"]),
        Route("/admin/functions/{name}/status", function_status, methods=["GET"]),
    ]


async def _run(worker: Worker, function: Function, given: Any) -> None:
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
