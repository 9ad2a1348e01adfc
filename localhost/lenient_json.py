"""JSON as Json.NET reads it, the parser of the Functions host and of Core Tools.

It allows comments and trailing commas, which a strict parser refuses.
"""

from __future__ import annotations

import json
import re
from typing import Any

# Atomic: a comment ends at its first end, also when the rest of TOKEN does not match behind it.
COMMENT = r"(?>//[^\r\n]*|/\*.*?\*/)"
# A string is matched whole, so nothing inside it is taken for a comment or a trailing comma.
TOKEN = re.compile(
    rf'(?P<string>"(?:[^"\\]|\\.)*")|{COMMENT}|,(?=(?:\s|{COMMENT})*[\]}}])', re.DOTALL
)


def loads(text: str) -> Any:
    """Parse JSON with comments and trailing commas. Raises ValueError with line and column."""
    return json.loads(TOKEN.sub(_blank, text))


def is_strict(text: str) -> bool:
    """Whether a strict parser accepts the text, too."""
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _blank(match: re.Match[str]) -> str:
    """Replace by spaces what is not a string; an error still points to the right line and column."""
    if match["string"] is not None:
        return match["string"]
    return re.sub(r"[^\r\n]", " ", match[0])
