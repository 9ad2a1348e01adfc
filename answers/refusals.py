"""Tell why a model's server refused a request: by code and parameter first, then by status.

The same status means different things: 400 may speak of the question, of the length of the prompt,
of a parameter that the model does not support, or of the reply.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

MAX_MESSAGE_CHARS = 2_000
TOO_LARGE, TIMEOUT_STATUS, CONFLICT, TOO_MANY = 413, 408, 409, 429


class Reason(StrEnum):
    """Why there is no answer by a model. Operators read these, so none quotes a server."""

    CONTENT_FILTER = "content_filter"
    REFUSAL = "refusal"
    CONTEXT_LENGTH = "context_length"
    PARAMETERS = "parameters_refused"
    CREDENTIALS = "bad_credentials"
    UNKNOWN_MODEL = "unknown_model"
    QUOTA = "insufficient_quota"
    RATE_LIMIT = "rate_limited"
    UNAVAILABLE = "unavailable"
    SLOW = "slow"
    UNUSABLE_REPLY = "unusable_reply"
    OTHER_LANGUAGE = "other_language"
    UNSTATED_FACT = "unstated_fact"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a refusal is about, and which parameter of the request it names."""

    about: Literal["question", "prompt", "reply", "server", "moment", "settings"]
    reason: Reason
    parameter: str = ""  # of `server`; empty if the server does not name it


CONTENT_FILTER = re.compile(
    r"content.?filter|content_policy|content (?:management )?policy|responsibleai"
    r"|data_inspection_failed|moderation|flagged",
    re.IGNORECASE,
)
CONTEXT_LENGTH = re.compile(
    r"context_length|context.?(?:length|size|window)|string_above_max_length|prompt is too long"
    r"|too many (?:input )?tokens|reduce (?:the length|your message)|request too large",
    re.IGNORECASE,
)
UNUSABLE_REPLY = re.compile(r"json_validate_failed|failed to (?:generate|validate) json", re.I)
UNKNOWN_MODEL = re.compile(
    r"model_not_found|deploymentnotfound|model.{0,80}?(?:not exist|not found)", re.I
)
NO_QUOTA = re.compile(r"insufficient_quota|billing|insufficient balance|credit balance", re.I)
PARAMETERS = re.compile(
    r"temperature|max_completion_tokens|max_tokens|response_format|json_schema|json_object"
)
FORMATS = {"json_schema", "json_object"}


SAID_UNDER = {
    "code", "detail", "error", "innererror", "loc", "message", "metadata", "msg", "param", "reasons", "type",
}  # fmt: skip


def refusal_of(error: Any) -> Refusal:
    """Read an APIStatusError of openai."""
    said, status = " ".join(_said(error.body))[:MAX_MESSAGE_CHARS], error.status_code
    if status in (402, TOO_MANY) or "insufficient_quota" in said:
        is_spent = status != TOO_MANY or NO_QUOTA.search(said)
        return (
            Refusal("settings", Reason.QUOTA) if is_spent else Refusal("moment", Reason.RATE_LIMIT)
        )
    if status == 401:
        return Refusal("settings", Reason.CREDENTIALS)
    if CONTENT_FILTER.search(said):
        return Refusal("question", Reason.CONTENT_FILTER)
    if UNUSABLE_REPLY.search(said):
        return Refusal("reply", Reason.UNUSABLE_REPLY)
    if status == TOO_LARGE or CONTEXT_LENGTH.search(said):
        return Refusal("prompt", Reason.CONTEXT_LENGTH)
    if status >= 500 or status in (TIMEOUT_STATUS, CONFLICT):
        return Refusal("moment", Reason.UNAVAILABLE)
    if status == 403:
        return Refusal("settings", Reason.CREDENTIALS)
    named = PARAMETERS.search(str(error.param)) or PARAMETERS.search(said)
    if status == 404 or (not named and UNKNOWN_MODEL.search(said)):
        return Refusal("settings", Reason.UNKNOWN_MODEL)
    parameter = named.group() if named else ""
    return Refusal(
        "server", Reason.PARAMETERS, "response_format" if parameter in FORMATS else parameter
    )


def _said(body: Any) -> Iterator[str]:
    """Yield what a server says of an error, without what it repeats of the request."""
    if isinstance(body, Mapping):
        for key, value in body.items():
            if key in SAID_UNDER:
                yield from _said(value)
    elif isinstance(body, list):
        for item in body:
            yield from _said(item)
    elif body is not None:
        yield str(body)
