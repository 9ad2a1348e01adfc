"""Make every HTTP response of the app, and turn exceptions into responses.

Responses are strict JSON or a page, and carry the request's `X-Request-Id`.
"""

from __future__ import annotations

import gzip
import json
import re
import time
import uuid
from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from functools import cache
from http import HTTPStatus
from typing import Any

import azure.functions as func

from errors import InvalidRequest, InvalidSettings, PortfolioError, RefreshUnavailable
from observability import Facts, logger
from settings import settings

# Smaller responses fit in one TCP packet, so compressing them gains nothing.
MIN_COMPRESSED_BYTES = 1_400
COMPRESSED = {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}

# The methods of a route that only reads. HEAD is GET without the body; OPTIONS is a CORS preflight.
READ = ["GET", "HEAD", "OPTIONS"]
PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST",
    "Access-Control-Allow-Headers": "Content-Type, If-None-Match",
    "Access-Control-Max-Age": "86400",
}

# Set by `answered`. `asyncio.to_thread` copies it to the threads that a request starts.
_request_id: ContextVar[str] = ContextVar("request_id")


def create_success_response(
    data: Any, status: int = 200, *, headers: Mapping[str, str] | None = None
) -> func.HttpResponse:
    """Return `data` itself as JSON. Raises ValueError for NaN and infinities, which JSON lacks."""
    return _response(json.dumps(data, allow_nan=False, separators=(",", ":")), status, headers)


def create_page_response(text: str, *, headers: Mapping[str, str]) -> func.HttpResponse:
    """Return a page."""
    return _response(text, 200, headers, mimetype="text/html")


def create_file_response(
    req: func.HttpRequest, text: str, *, headers: Mapping[str, str], mimetype: str
) -> func.HttpResponse:
    """Return a file that a page loads, which never changes: it is compressed once per process."""
    if not _is_to_be_compressed(req, len(text)):
        return _response(text, 200, headers, mimetype)
    return _response(_compressed_file(text), 200, {**headers, **COMPRESSED}, mimetype)


def create_error_response(
    message: str,
    status: int,
    *,
    code: str | None = None,
    details: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> func.HttpResponse:
    """Return the JSON of an error: `{"error": {"code", "message", "details"?, "request_id"}}`.

    `message` is for people and names the thing, the value and the way out. `code` is for programs;
    by default it is the name of the status, e.g. `not_found`.
    """
    request_id = current_request_id()
    error: dict[str, Any] = {
        "code": code or HTTPStatus(status).name.lower(),
        "message": message,
        "request_id": request_id,
    }
    if details:
        error["details"] = dict(details)
    body = json.dumps({"error": error}, allow_nan=False)
    return _response(body, status, {"X-Request-Id": request_id, **(headers or {})})


def not_modified(
    req: func.HttpRequest, etag: str, headers: Mapping[str, str]
) -> func.HttpResponse | None:
    """Return a 304 if the caller already has the version that `etag` names, otherwise None.

    https://www.rfc-editor.org/rfc/rfc9110#name-if-none-match
    """
    known = {_without_weak_mark(part) for part in req.headers.get("If-None-Match", "").split(",")}
    if _without_weak_mark(etag) not in known:
        return None
    return func.HttpResponse(
        status_code=304, headers={"X-Request-Id": current_request_id(), "ETag": etag, **headers}
    )


async def answered(
    req: func.HttpRequest, respond: Callable[..., Awaitable[func.HttpResponse]], *arguments: Any
) -> func.HttpResponse:
    """Await `respond(*arguments)` under a new request id, and turn exceptions into responses.

    This is the only place where an exception becomes a status. A PortfolioError becomes its own
    status. Any other exception is logged and becomes a 500 that does not show it.
    """
    request_id, began = str(uuid.uuid4()), time.perf_counter()
    token = _request_id.set(request_id)
    try:
        response = await _respond_or_explain(req, respond, arguments)
        response = _compressed(req, response)
        _allow_origin(req, response)
    finally:
        _request_id.reset(token)
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


def current_request_id() -> str:
    """Return the id of the request being answered; outside of a request, a new id."""
    return _request_id.get(None) or str(uuid.uuid4())


def milliseconds_since(began: float) -> float:
    """Return the milliseconds since `began`, a reading of `time.perf_counter`."""
    return round((time.perf_counter() - began) * 1000, 2)


async def _respond_or_explain(
    req: func.HttpRequest,
    respond: Callable[..., Awaitable[func.HttpResponse]],
    arguments: tuple[Any, ...],
) -> func.HttpResponse:
    try:
        if req.method == "OPTIONS":
            headers = {"X-Request-Id": current_request_id()}
            return func.HttpResponse(status_code=204, headers=headers)
        return await respond(*arguments)
    except InvalidRequest as error:
        return create_error_response(
            str(error), error.status, code=error.code, details=error.problems
        )
    except RefreshUnavailable as error:
        headers = {"Retry-After": str(error.retry_after_s), "Cache-Control": "no-store"}
        return create_error_response(str(error), error.status, code=error.code, headers=headers)
    except PortfolioError as error:
        return create_error_response(str(error), error.status, code=error.code)
    except Exception:  # noqa: BLE001  # unexpected errors must be logged and must not leak
        logger.exception("request.failed %s", Facts(request_id=current_request_id()))
        return create_error_response(
            "something went wrong on our side; the log has it under this request id",
            500,
            code="internal",
        )


def _allow_origin(req: func.HttpRequest, response: func.HttpResponse) -> None:
    """Add the CORS headers that let pages of allowed origins read the response.

    https://fetch.spec.whatwg.org/#http-cors-protocol
    """
    try:
        allowed = settings().allowed_origins
    except InvalidSettings:  # the response reports them already; allow no origin
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
        vary = response.headers.get("Vary")
        response.headers["Vary"] = f"{vary}, Origin" if vary else "Origin"


def _compressed(req: func.HttpRequest, response: func.HttpResponse) -> func.HttpResponse:
    """Compress the response if the caller accepts gzip, which the Functions host does not do."""
    body = response.get_body()
    if "Content-Encoding" in response.headers or not _is_to_be_compressed(req, len(body)):
        return response
    return func.HttpResponse(
        _gzipped(body),
        status_code=response.status_code,
        mimetype=response.mimetype,
        charset=response.charset,
        headers={**response.headers, **COMPRESSED},
    )


def _is_to_be_compressed(req: func.HttpRequest, size: int) -> bool:
    return size >= MIN_COMPRESSED_BYTES and "gzip" in req.headers.get("Accept-Encoding", "")


def _gzipped(body: bytes) -> bytes:
    return gzip.compress(body, compresslevel=5, mtime=0)


@cache
def _compressed_file(text: str) -> bytes:
    """Swagger UI's script takes 40 ms, for which every other request would have to wait."""
    return _gzipped(text.encode())


def _without_weak_mark(etag: str) -> str:
    """Strip the weakness mark `W/`, because `If-None-Match` compares ETags weakly."""
    return etag.strip().removeprefix("W/")


def _response(
    body: str | bytes,
    status: int,
    headers: Mapping[str, str] | None,
    mimetype: str = "application/json",
) -> func.HttpResponse:
    return func.HttpResponse(
        body,
        status_code=status,
        mimetype=mimetype,
        charset="utf-8",
        headers={
            "X-Request-Id": current_request_id(),
            "X-Content-Type-Options": "nosniff",
            **(headers or {}),
        },
    )
