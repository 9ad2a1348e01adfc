"""The management API of the Durable Functions extension, and the client binding that points to it.

https://learn.microsoft.com/azure/azure-functions/durable/durable-functions-http-api
"""

from __future__ import annotations

import asyncio
import hmac
import json
import math
import sqlite3
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from localhost.durable import episode
from localhost.durable.engine import Conflict, DurableEngine, Finished, NotFound
from localhost.durable.rows import FINISHED, UNFINISHED

WEBHOOKS = "/runtime/webhooks/durabletask"
EVENT_NAMES = {
    0: "ExecutionStarted",
    1: "ExecutionCompleted",
    3: "ExecutionTerminated",
    4: "TaskScheduled",
    5: "TaskCompleted",
    6: "TaskFailed",
    7: "SubOrchestrationInstanceCreated",
    8: "SubOrchestrationInstanceCompleted",
    9: "SubOrchestrationInstanceFailed",
    10: "TimerCreated",
    11: "TimerFired",
    15: "EventRaised",
}
SCHEDULED = (episode.TASK_SCHEDULED, episode.SUB_CREATED)
DEFAULT_POLL_S = 1.0  # of a caller who waits for the end
Answer = Callable[[Request], Awaitable[Response]]


class BadParameter(ValueError):
    """A query parameter that cannot be understood."""


def client_binding(*, hub_name: str, base_url: str, rpc_url: str, system_key: str) -> str:
    """The `durableClient` parameter: where the SDK's client sends its calls."""
    return json.dumps(
        {
            "taskHubName": hub_name,
            "creationUrls": creation_urls(base_url, hub_name, system_key),
            "managementUrls": management_urls(base_url, hub_name, system_key, "INSTANCEID"),
            "baseUrl": f"{base_url}{WEBHOOKS}",
            "requiredQueryStringParameters": f"code={system_key}",
            "rpcBaseUrl": rpc_url,
        }
    )


def creation_urls(base_url: str, hub: str, key: str) -> dict[str, str]:
    """Where orchestrations are started."""
    root = f"{base_url}{WEBHOOKS}/orchestrators/{{functionName}}[/{{instanceId}}]?code={key}"
    return {
        "createNewInstancePostUri": root,
        "createAndWaitOnNewInstancePostUri": f"{root}&timeout={{timeoutInSeconds}}"
        "&pollingInterval={intervalInSeconds}",
    }


def management_urls(base_url: str, hub: str, key: str, instance: str) -> dict[str, str]:
    """Where one instance is watched and steered."""
    root = f"{base_url}{WEBHOOKS}/instances/{instance}"
    suffix = f"taskHub={hub}&connection=Storage&code={key}"
    return {
        "id": instance,
        "statusQueryGetUri": f"{root}?{suffix}",
        "sendEventPostUri": f"{root}/raiseEvent/{{eventName}}?{suffix}",
        "terminatePostUri": f"{root}/terminate?reason={{text}}&{suffix}",
        "rewindPostUri": f"{root}/rewind?reason={{text}}&{suffix}",
        "purgeHistoryDeleteUri": f"{root}?{suffix}",
        "restartPostUri": f"{root}/restart?{suffix}",
        "suspendPostUri": f"{root}/suspend?reason={{text}}&{suffix}",
        "resumePostUri": f"{root}/resume?reason={{text}}&{suffix}",
    }


def management_routes(
    engine: DurableEngine, *, required_key: str | None, system_key: str, base_url: Callable[[], str]
) -> list[Route]:
    """The routes, relative to where they are mounted.

    `required_key` None: no key is asked for (the SDK's own listener, on loopback). The URLs in
    answers always point to the public address `base_url()` with `system_key`.
    """

    def guarded(answer: Answer) -> Answer:
        @wraps(answer)
        async def checked(request: Request) -> Response:
            given = request.headers.get("x-functions-key") or request.query_params.get("code", "")
            if required_key and not hmac.compare_digest(given.encode(), required_key.encode()):
                return Response(status_code=401)
            try:
                return await answer(request)
            except NotFound:
                return Response(status_code=404)
            except Finished:
                return Response(status_code=410)
            except BadParameter as error:
                return JSONResponse({"Message": str(error)}, 400)

        return checked

    def accepted(instance: str) -> Response:
        urls = management_urls(base_url(), engine.hub_name, system_key, instance)
        urls.pop("rewindPostUri")
        headers = {"Location": urls["statusQueryGetUri"], "Retry-After": "10"}
        return JSONResponse(urls, 202, headers)

    async def start(request: Request) -> Response:
        body = (await request.body()).decode() or None
        try:
            if body:
                json.loads(body)
            instance = engine.start_instance(
                request.path_params["name"], request.path_params.get("instance"), body
            )
        except Conflict as error:
            return JSONResponse({"Message": str(error), "ExceptionMessage": str(error)}, 409)
        except (NotFound, ValueError) as error:
            # The SDK reads ExceptionMessage from a 400.
            return JSONResponse({"Message": str(error), "ExceptionMessage": str(error)}, 400)
        wait_s = _number(request.query_params, "timeout")
        if wait_s is None:
            return accepted(instance)
        pause_s = _number(request.query_params, "pollingInterval") or DEFAULT_POLL_S
        return await ended(instance, wait_s, pause_s) or accepted(instance)

    async def ended(instance: str, wait_s: float, pause_s: float) -> Response | None:
        """What a caller gets who waits for the end; None if it takes longer."""
        deadline = time.monotonic() + wait_s
        while (found := engine.instance(instance)) is not None:
            if found["status"] == "Completed":
                return JSONResponse(_parsed(found["output"]))
            if found["status"] in FINISHED:
                failed = found["status"] == "Failed"
                return JSONResponse(status_body(engine, found, {}), 500 if failed else 200)
            if time.monotonic() + pause_s > deadline:
                return None
            await asyncio.sleep(pause_s)
        return None

    async def status(request: Request) -> Response:
        found = engine.instance(request.path_params["instance"])
        if found is None:
            return Response(status_code=404)
        body = status_body(engine, found, request.query_params)
        if found["status"] in UNFINISHED:
            return JSONResponse(body, 202, {"Location": str(request.url), "Retry-After": "5"})
        failed = found["status"] == "Failed"
        loud = _flag(request.query_params, "returnInternalServerErrorOnFailure", False)
        return JSONResponse(body, 500 if failed and loud else 200)

    async def statuses(request: Request) -> Response:
        chosen = _filtered(engine.instances(), request.query_params)
        top = _number(request.query_params, "top")
        if top is not None:
            chosen = chosen[: int(top)]
        return JSONResponse([status_body(engine, each, request.query_params) for each in chosen])

    async def raise_event(request: Request) -> Response:
        if request.headers.get("content-type", "").split(";")[0] != "application/json":
            return JSONResponse(
                {"Message": "Only application/json request content is supported"}, 400
            )
        body = (await request.body()).decode()
        try:
            json.loads(body)
        except ValueError:
            return JSONResponse({"Message": "The request body is not JSON"}, 400)
        engine.raise_event(request.path_params["instance"], request.path_params["event"], body)
        return Response(status_code=202)

    async def steer(request: Request) -> Response:
        instance, verb = request.path_params["instance"], request.path_params["verb"]
        reason = request.query_params.get("reason", "")
        try:
            match verb:
                case "terminate":
                    engine.terminate(instance, reason)
                case "suspend":
                    engine.suspend(instance, reason)
                case "resume":
                    engine.resume(instance, reason)
                case "rewind":
                    return JSONResponse({"Message": "Rewind is not supported by this host"}, 501)
                case "restart":
                    new_id = _flag(request.query_params, "restartWithNewInstanceId", True)
                    return accepted(engine.restart(instance, new_id=new_id))
                case _:
                    return Response(status_code=404)
        except Conflict as error:
            return JSONResponse({"Message": str(error)}, 409)
        except NotFound as error:
            status_code = 400 if verb == "restart" else 404
            return JSONResponse({"Message": str(error)}, status_code)
        except ValueError as error:
            return JSONResponse({"Message": str(error)}, 500)
        return Response(status_code=202)

    async def entities(request: Request) -> Response:
        return JSONResponse({"Message": "Entities are not supported by this host"}, 501)

    async def purge(request: Request) -> Response:
        purged = engine.purge([request.path_params["instance"]])
        return JSONResponse({"instancesDeleted": purged}) if purged else Response(status_code=404)

    async def purge_many(request: Request) -> Response:
        if "createdTimeFrom" not in request.query_params:
            return JSONResponse({"Message": "createdTimeFrom is required"}, 400)
        chosen = _filtered(engine.instances(), request.query_params)
        purged = engine.purge([each["id"] for each in chosen])
        return JSONResponse({"instancesDeleted": purged}) if purged else Response(status_code=404)

    return [
        Route("/orchestrators/{name}", guarded(start), methods=["POST"]),
        Route("/orchestrators/{name}/{instance}", guarded(start), methods=["POST"]),
        Route("/entities/{path:path}", guarded(entities), methods=["GET", "POST"]),
        Route("/instances", guarded(statuses), methods=["GET"]),
        Route("/instances/", guarded(statuses), methods=["GET"]),
        Route("/instances", guarded(purge_many), methods=["DELETE"]),
        Route("/instances/", guarded(purge_many), methods=["DELETE"]),
        Route("/instances/{instance}", guarded(status), methods=["GET"]),
        Route("/instances/{instance}", guarded(purge), methods=["DELETE"]),
        Route("/instances/{instance}/raiseEvent/{event}", guarded(raise_event), methods=["POST"]),
        Route("/instances/{instance}/{verb}", guarded(steer), methods=["POST"]),
    ]


def status_body(engine: DurableEngine, found: sqlite3.Row, params: Any) -> dict[str, Any]:
    """An instance as the API shows it; input, custom status and output are parsed where they are
    JSON."""
    show_history = _flag(params, "showHistory", False)
    return {
        "name": found["name"],
        "instanceId": found["id"],
        "runtimeStatus": found["status"],
        "input": _parsed(found["input"]) if _flag(params, "showInput", True) else None,
        "customStatus": _parsed(found["custom_status"]),
        "output": _parsed(found["output"]),
        "createdTime": _seconds(found["created"]),
        "lastUpdatedTime": _seconds(found["updated"]),
        "historyEvents": _shown_history(engine, found, params) if show_history else None,
    }


def _shown_history(engine: DurableEngine, found: sqlite3.Row, params: Any) -> list[dict[str, Any]]:
    """Readable events: scheduling merged into its completion, episode markers left out."""
    hidden = {"EventId", "IsPlayed", "TaskScheduledId", "TimerId", "Version", "Tags"}
    hidden |= {"OrchestrationInstance", "InstanceId"}
    hidden |= set() if _flag(params, "showHistoryOutput", False) else {"Result"}
    hidden |= set() if _flag(params, "showInput", True) else {"Input"}
    events = [each for each in engine.history(found["id"]) if each["EventType"] in EVENT_NAMES]
    scheduled = {each["EventId"]: each for each in events if each["EventType"] in SCHEDULED}
    completed = {each.get("TaskScheduledId") for each in events}
    shown = []
    for event in events:
        kind = event["EventType"]
        if kind in SCHEDULED and event["EventId"] in completed:
            continue
        clean = {key: value for key, value in event.items() if key not in hidden}
        clean["EventType"] = EVENT_NAMES[kind]
        if "TaskScheduledId" in event:
            origin = scheduled.get(event["TaskScheduledId"], {})
            clean["FunctionName"] = origin.get("Name")
            clean["ScheduledTime"] = origin.get("Timestamp")
            if "Input" not in hidden:
                clean["Input"] = origin.get("Input")
        elif kind == episode.STARTED:
            clean["FunctionName"] = clean.pop("Name")
        shown.append(clean)
    return shown


def _filtered(rows: list[sqlite3.Row], params: Any) -> list[sqlite3.Row]:
    states = {each for each in params.get("runtimeStatus", "").split(",") if each}
    prefix = params.get("instanceIdPrefix", "")
    after, before = _moment(params, "createdTimeFrom"), _moment(params, "createdTimeTo")
    return [
        row
        for row in rows
        if (not states or row["status"] in states)
        and row["id"].startswith(prefix)
        and (not after or datetime.fromisoformat(row["created"]) >= after)
        and (not before or datetime.fromisoformat(row["created"]) <= before)
    ]


def _moment(params: Any, name: str) -> datetime | None:
    text = params.get(name)
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        raise BadParameter(
            f"`{name}` is {text!r}; expected a time, e.g. 2026-01-31T12:00:00Z"
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _number(params: Any, name: str) -> float | None:
    text = params.get(name)
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 <= number < math.inf:
        raise BadParameter(f"`{name}` is {text!r}; expected a number, 0 or more")
    return number


def _seconds(text: str) -> str:
    return datetime.fromisoformat(text).strftime("%Y-%m-%dT%H:%M:%SZ")


def _flag(params: Any, name: str, default: bool) -> bool:
    return bool(params.get(name, str(default)).lower() == "true")


def _parsed(text: str | None) -> Any:
    if text is None:
        return None
    try:
        return json.loads(text)
    except ValueError:
        return text
