"""`.repo-context.json`: strict JSON, kept as found."""

from __future__ import annotations

import json
from math import isfinite
from typing import Any

from bundles.text import encodable

CONTEXT_FILE = ".repo-context.json"
MAX_CONTEXT_BYTES = 1_000_000


def parse_context(content: bytes) -> tuple[dict[str, Any], str | None]:
    """Parse a context file; return the object ({} if unusable) and its warning, if any."""
    try:
        value = json.loads(
            content.decode("utf-8-sig"), parse_constant=_refuse_constant, parse_float=_finite
        )
        json.dumps(value).encode()  # nesting that can be read but not written is malformed too
    except (ValueError, RecursionError):
        return {}, "context_malformed"
    if not isinstance(value, dict):
        return {}, "context_not_object"
    context: dict[str, Any] = json.loads(encodable(json.dumps(value, ensure_ascii=False)))
    return context, None


def _refuse_constant(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _finite(text: str) -> float:
    value = float(text)
    if not isfinite(value):
        raise ValueError(f"{text} overflows")
    return value
