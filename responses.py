"""Every HTTP answer of the app is made here: strict JSON, and an `X-Request-Id` that the log knows
too."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import azure.functions as func


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


def _response(
    body: str, status: int, request_id: str | None, headers: Mapping[str, str] | None
) -> func.HttpResponse:
    return func.HttpResponse(
        body,
        status_code=status,
        mimetype="application/json",
        charset="utf-8",
        headers={
            "X-Request-Id": request_id or str(uuid.uuid4()),
            "X-Content-Type-Options": "nosniff",
            **(headers or {}),
        },
    )
