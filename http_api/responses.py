"""Every HTTP answer of the app is made here: strict JSON or a page, and an `X-Request-Id` that the log knows
too."""

from __future__ import annotations

import gzip
import json
import re
import time
import uuid
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any

import azure.functions as func

from errors import InvalidRequest, InvalidSettings, PortfolioError
from observability import Facts, logger
from settings import settings

WORTH_COMPRESSING = 1_400  # bytes: below, an answer is one packet anyway

# HEAD is GET without the body; OPTIONS is how a browser asks whether another site may.
READ = ["GET", "HEAD", "OPTIONS"]
PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST",
    "Access-Control-Allow-Headers": "Content-Type, If-None-Match",
    "Access-Control-Max-Age": "86400",
}

Respond = Callable[[str], Awaitable[func.HttpResponse]]


def create_success_response(
    data: Any,
    status: int = 200,
    *,
    request_id: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> func.HttpResponse:
    """The data itself as JSON. Raises ValueError for NaN and infinities, which JSON does not
    have."""
    return _response(
        json.dumps(data, allow_nan=False, separators=(",", ":")), status, request_id, headers
    )


def create_page_response(
    text: str, *, request_id: str, headers: Mapping[str, str], mimetype: str = "text/html"
) -> func.HttpResponse:
    """A page for people, or what one is made of."""
    return _response(text, 200, request_id, headers, mimetype=mimetype)


def create_error_response(
    message: str,
    status: int,
    *,
    code: str | None = None,
    request_id: str | None = None,
    details: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> func.HttpResponse:
    """`{"error": {"code", "message", "details"?, "request_id"}}`: the one shape of every error.

    `message` is for people and names the thing, the value and the way out; `code` is for programs
    and by default the status in words ("not_found"). Without a `request_id` a new one is made.
    """
    request_id = request_id or str(uuid.uuid4())
    error: dict[str, Any] = {
        "code": code or HTTPStatus(status).name.lower(),
        "message": message,
        "request_id": request_id,
    }
    if details:
        error["details"] = dict(details)
    return _response(json.dumps({"error": error}, allow_nan=False), status, request_id, headers)


async def answered(req: func.HttpRequest, respond: Respond) -> func.HttpResponse:
    """Run `respond` under a new request id; turn what it raises into the error response it stands
    for.

    The only place where an exception becomes a status. What is not of our family is logged and
    becomes a bare 500.
    """
    request_id, began = str(uuid.uuid4()), time.perf_counter()
    try:
        if req.method == "OPTIONS":
            response = func.HttpResponse(status_code=204, headers={"X-Request-Id": request_id})
        else:
            response = await respond(request_id)
    except InvalidRequest as error:
        response = create_error_response(
            str(error), error.status, code=error.code, request_id=request_id, details=error.problems
        )
    except PortfolioError as error:
        response = create_error_response(
            str(error), error.status, code=error.code, request_id=request_id
        )
    except Exception:  # noqa: BLE001  # the last resort: logged whole, told to nobody
        logger.exception("request.failed %s", Facts(request_id=request_id))
        response = create_error_response(
            "something went wrong on our side; the log has it under this request id",
            500,
            code="internal",
            request_id=request_id,
        )
    response = _compressed(req, response)
    _share(req, response)
    logger.info(
        "request.answered %s",
        Facts(
            request_id=request_id,
            method=req.method,
            route=re.sub(r"\?.*", "", req.url),
            status=response.status_code,
            duration_ms=milliseconds_since(began),
        ),
    )
    return response


def _share(req: func.HttpRequest, response: func.HttpResponse) -> None:
    """Let pages of allowed origins read the answer. https://fetch.spec.whatwg.org/#http-cors-protocol"""
    try:
        allowed = settings().allowed_origins
    except InvalidSettings:  # the answer says so; it is for nobody else to read
        return
    origin = req.headers.get("Origin")
    if origin and ("*" in allowed or origin in allowed):
        response.headers["Access-Control-Allow-Origin"] = "*" if "*" in allowed else origin
        if req.method == "OPTIONS":
            response.headers.update(PREFLIGHT)
        response.headers["Access-Control-Expose-Headers"] = (
            "ETag, Location, Retry-After, X-Request-Id"
        )
    if allowed and "*" not in allowed:
        varied = response.headers.get("Vary")
        response.headers["Vary"] = f"{varied}, Origin" if varied else "Origin"


def _compressed(req: func.HttpRequest, response: func.HttpResponse) -> func.HttpResponse:
    """The Functions host does not: a portfolio of a thousand repositories is megabytes otherwise."""
    body = response.get_body()
    if len(body) < WORTH_COMPRESSING or "gzip" not in req.headers.get("Accept-Encoding", ""):
        return response
    return func.HttpResponse(
        gzip.compress(body, compresslevel=5, mtime=0),
        status_code=response.status_code,
        mimetype=response.mimetype,
        charset=response.charset,
        headers={**response.headers, "Content-Encoding": "gzip", "Vary": "Accept-Encoding"},
    )


def milliseconds_since(began: float) -> float:
    """Since a moment of `time.perf_counter`."""
    return round((time.perf_counter() - began) * 1000, 2)


def _response(
    body: str,
    status: int,
    request_id: str | None,
    headers: Mapping[str, str] | None,
    mimetype: str = "application/json",
) -> func.HttpResponse:
    return func.HttpResponse(
        body,
        status_code=status,
        mimetype=mimetype,
        charset="utf-8",
        headers={
            "X-Request-Id": request_id or str(uuid.uuid4()),
            "X-Content-Type-Options": "nosniff",
            **(headers or {}),
        },
    )
