"""The HTTP management API of the Durable Functions extension.

https://learn.microsoft.com/azure/azure-functions/durable/durable-functions-http-api
"""

from __future__ import annotations

import asyncio
import hmac
import json
import math
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from functools import wraps

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from localhost.durable.engine import Conflict, DurableEngine, Finished, NotFound
from localhost.durable.status import flag, parsed, status_body
from localhost.durable.store import Instance
from localhost.durable.urls import ManagementUrls

DEFAULT_POLLING_INTERVAL_S = 1.0
ALL_METHODS = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]

Handler = Callable[[Request], Awaitable[Response]]


class BadParameter(ValueError):
    """A query parameter is not valid; the message names it."""


class ManagementApi:
    """The routes of the API, one method each. Their paths are relative to where they are mounted.

    The SDK's client calls a listener of its own on the loopback interface, which asks for no key:
    `required_key` is None there.
    """

    def __init__(
        self, engine: DurableEngine, urls: ManagementUrls, *, required_key: str | None
    ) -> None:
        self._engine = engine
        self._urls = urls
        self._required_key = required_key

    def routes(self) -> list[Route]:
        """List the routes."""
        table: list[tuple[str, str, Handler]] = [
            ("POST", "/orchestrators/{name}", self.start),
            ("POST", "/orchestrators/{name}/{instance}", self.start),
            ("GET", "/instances", self.list_instances),
            ("GET", "/instances/", self.list_instances),
            ("DELETE", "/instances", self.purge_many),
            ("DELETE", "/instances/", self.purge_many),
            ("GET", "/instances/{instance}", self.status),
            ("DELETE", "/instances/{instance}", self.purge),
            ("POST", "/instances/{instance}/raiseEvent/{event}", self.raise_event),
            ("POST", "/instances/{instance}/terminate", self.terminate),
            ("POST", "/instances/{instance}/suspend", self.suspend),
            ("POST", "/instances/{instance}/resume", self.resume),
            ("POST", "/instances/{instance}/rewind", self.rewind),
            ("POST", "/instances/{instance}/restart", self.restart),
            ("GET", "/entities/{path:path}", self.entities),
            ("POST", "/entities/{path:path}", self.entities),
        ]
        routes = [
            Route(path, self._guarded(handler), methods=[method]) for method, path, handler in table
        ]
        # Otherwise Starlette answers a wrong method with 405; the extension answers 404.
        everything_else = Route("/{path:path}", self._guarded(self.not_found), methods=ALL_METHODS)
        return [*routes, everything_else]

    async def start(self, request: Request) -> Response:
        """Start an orchestration; with `timeout`, wait for its end."""
        params = request.query_params
        timeout_s = _number(params, "timeout")
        interval_s = _number(params, "pollingInterval") or DEFAULT_POLLING_INTERVAL_S
        try:
            instance_id = self._engine.start_instance(
                request.path_params["name"],
                request.path_params.get("instance"),
                await _json_body(request),
            )
        except Conflict as error:
            return _refusal(409, error)
        except (NotFound, ValueError) as error:
            return _refusal(400, error)
        if timeout_s is None:
            return self._accepted(instance_id)
        ended = await self._wait_for_end(instance_id, timeout_s, interval_s)
        return ended or self._accepted(instance_id)

    async def list_instances(self, request: Request) -> Response:
        """List the instances that match the filters."""
        params = request.query_params
        instances = _matching(self._engine.instances(), params)
        top = _number(params, "top")
        if top is not None:
            instances = instances[: int(top)]
        return JSONResponse(
            [status_body(instance, params, self._engine.history) for instance in instances]
        )

    async def status(self, request: Request) -> Response:
        """Show one instance."""
        instance = self._engine.instance(_instance_id(request))
        if instance is None:
            return Response(status_code=404)
        params = request.query_params
        body = status_body(instance, params, self._engine.history)
        if not instance.is_finished:
            return JSONResponse(body, 202, {"Location": str(request.url), "Retry-After": "5"})
        failure_is_500 = flag(params, "returnInternalServerErrorOnFailure", default=False)
        return JSONResponse(body, 500 if failure_is_500 and instance.status == "Failed" else 200)

    async def raise_event(self, request: Request) -> Response:
        """Send an external event."""
        if request.headers.get("content-type", "").split(";")[0] != "application/json":
            return _message(400, "Only application/json request content is supported")
        try:
            body = await _json_body(request)
        except ValueError:
            body = None
        if body is None:
            return _message(400, "The request body is not JSON")
        self._engine.raise_event(_instance_id(request), request.path_params["event"], body)
        return Response(status_code=202)

    async def terminate(self, request: Request) -> Response:
        """End an instance now."""
        self._engine.terminate(_instance_id(request), request.query_params.get("reason", ""))
        return Response(status_code=202)

    async def suspend(self, request: Request) -> Response:
        """Stop the delivery of events to an instance."""
        try:
            self._engine.suspend(_instance_id(request), request.query_params.get("reason"))
        except ValueError as error:
            return _message(500, str(error))
        return Response(status_code=202)

    async def resume(self, request: Request) -> Response:
        """Deliver events to a suspended instance again."""
        try:
            self._engine.resume(_instance_id(request), request.query_params.get("reason"))
        except ValueError as error:
            return _message(500, str(error))
        return Response(status_code=202)

    async def restart(self, request: Request) -> Response:
        """Start an orchestration again with the same input."""
        new_id = flag(request.query_params, "restartWithNewInstanceId", default=True)
        try:
            instance_id = self._engine.restart(_instance_id(request), new_id=new_id)
        except Conflict as error:
            return _refusal(409, error)
        except NotFound as error:
            return _refusal(400, error)
        return self._accepted(instance_id)

    async def purge(self, request: Request) -> Response:
        """Delete an ended instance."""
        return _purged(self._engine.purge([_instance_id(request)]))

    async def purge_many(self, request: Request) -> Response:
        """Delete the ended instances that match the filters."""
        params = request.query_params
        if "createdTimeFrom" not in params:
            return _message(400, "createdTimeFrom is required")
        instances = _matching(self._engine.instances(), params)
        return _purged(self._engine.purge(instance.id for instance in instances))

    async def rewind(self, request: Request) -> Response:
        """Refuse."""
        return _message(501, "Rewind is not supported by this host")

    async def entities(self, request: Request) -> Response:
        """Refuse."""
        return _message(501, "Entities are not supported by this host")

    async def not_found(self, request: Request) -> Response:
        """Answer what no other route matches."""
        return Response(status_code=404)

    def _guarded(self, handler: Handler) -> Handler:
        """Ask for the key, and turn the engine's exceptions into status codes."""

        @wraps(handler)
        async def guarded(request: Request) -> Response:
            key = request.headers.get("x-functions-key") or request.query_params.get("code", "")
            if self._required_key and not hmac.compare_digest(
                key.encode(), self._required_key.encode()
            ):
                return Response(status_code=401)
            try:
                return await handler(request)
            except NotFound:
                return Response(status_code=404)
            except Finished:
                return Response(status_code=410)
            except BadParameter as error:
                return _message(400, str(error))

        return guarded

    def _accepted(self, instance_id: str) -> Response:
        urls = self._urls.of(instance_id)
        urls.pop("rewindPostUri")  # as the extension does, unlike the SDK
        headers = {"Location": urls["statusQueryGetUri"], "Retry-After": "10"}
        return JSONResponse(urls, 202, headers)

    async def _wait_for_end(
        self, instance_id: str, timeout_s: float, interval_s: float
    ) -> Response | None:
        """Poll until the instance has ended; None if that would take longer than the timeout."""
        deadline = time.monotonic() + timeout_s
        while (instance := self._engine.instance(instance_id)) is not None:
            if instance.status == "Completed":
                return JSONResponse(parsed(instance.output))
            if instance.is_finished:
                body = status_body(instance, {}, self._engine.history)
                return JSONResponse(body, 500 if instance.status == "Failed" else 200)
            if time.monotonic() + interval_s > deadline:
                return None
            await asyncio.sleep(interval_s)
        return None


def _instance_id(request: Request) -> str:
    return str(request.path_params["instance"])


async def _json_body(request: Request) -> str | None:
    """Return the body, None if it is empty. Raises ValueError if it is not JSON."""
    text = (await request.body()).decode()
    if text:
        json.loads(text)
    return text or None


def _message(status: int, text: str) -> Response:
    return JSONResponse({"Message": text}, status)


def _refusal(status: int, error: Exception) -> Response:
    """Explain a 400 or 409: the SDK's client reads `ExceptionMessage`."""
    return JSONResponse({"Message": str(error), "ExceptionMessage": str(error)}, status)


def _purged(count: int) -> Response:
    return JSONResponse({"instancesDeleted": count}) if count else Response(status_code=404)


def _matching(instances: list[Instance], params: Mapping[str, str]) -> list[Instance]:
    """Filter by state, id prefix and time of creation."""
    states = {state for state in params.get("runtimeStatus", "").split(",") if state}
    prefix = params.get("instanceIdPrefix", "")
    after, before = _moment(params, "createdTimeFrom"), _moment(params, "createdTimeTo")
    return [
        instance
        for instance in instances
        if (not states or instance.status in states)
        and instance.id.startswith(prefix)
        and (not after or instance.created >= after)
        and (not before or instance.created <= before)
    ]


def _moment(params: Mapping[str, str], name: str) -> datetime | None:
    text = params.get(name)
    if not text:
        return None
    try:
        # A `+` that was not encoded arrives as a space.
        moment = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        raise BadParameter(
            f"`{name}` is {text!r}; expected a time, e.g. 2026-01-31T12:00:00Z"
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _number(params: Mapping[str, str], name: str) -> float | None:
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
