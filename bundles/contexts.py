"""`.repo-context.json`: strict JSON; that of the root is kept as found, nested ones become components."""

from __future__ import annotations

import codecs
import json
import posixpath
from collections.abc import Iterable
from math import isfinite
from typing import Any

from bundles.text import encodable, read_text
from models import Component
from relevance.context import normalise_context

CONTEXT_FILE = ".repo-context.json"
MAX_CONTEXT_BYTES = 1_000_000
UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)  # what PowerShell writes
MAX_COMPONENT_NAMES = 25  # technologies, skills and topics, each, of one component
MAX_NAME_CHARS, MAX_DESCRIPTION_CHARS = 80, 300
MAX_LOCATED_TEXTS, MAX_LOCATED_CHARS = 300, 100  # of one file


def parse_context(content: bytes) -> tuple[dict[str, Any], str | None]:
    """Parse a context file; return the object ({} if unusable) and its warning, if any."""
    try:
        text = (
            read_text(content).content
            if content.startswith(UTF16_MARKS)
            else content.decode("utf-8-sig")
        )
        value = json.loads(text, parse_constant=_refuse_constant, parse_float=_finite)
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


def component(path: str, context: dict[str, Any]) -> Component | None:
    """Describe the part of a repository that a nested context file is about; None if it says nothing.

    Files of another tool, which uses the same name, say nothing.
    """
    view = normalise_context(context)
    folder = posixpath.dirname(path)
    known = (view.name, view.description)
    subjects = [text for text in view.identity if " ".join(text.split()) not in known]
    texts = [*view.topics, *subjects, *view.components]
    if view.foreign or not (view.name or view.technologies or view.skills or texts):
        return None
    return {
        "path": folder,
        "name": (view.name or posixpath.basename(folder))[:MAX_NAME_CHARS],
        "description": view.description[:MAX_DESCRIPTION_CHARS],
        "technologies": list(view.technologies[:MAX_COMPONENT_NAMES]),
        "skills": list(view.skills[:MAX_COMPONENT_NAMES]),
        "topics": [text[:MAX_DESCRIPTION_CHARS] for text in texts[:MAX_COMPONENT_NAMES]],
    }


def context_lines(text: str, context: dict[str, Any]) -> dict[str, int]:
    """Return the line, from 1, in which a context file has each short text that the ranking reads."""
    view = normalise_context(context)
    texts: Iterable[str] = dict.fromkeys(
        [*view.identity, *view.technologies, *view.skills, *view.components, *view.topics]
    )
    lines: dict[str, int] = {}
    for known in texts:
        if len(known) > MAX_LOCATED_CHARS or len(lines) == MAX_LOCATED_TEXTS:
            continue
        # The view has texts without the blanks round them, so the quotes are left out.
        for written in (json.dumps(known, ensure_ascii=False), json.dumps(known)):
            offset = text.find(written[1:-1])
            if offset >= 0:
                lines[known] = text.count("\n", 0, offset) + 1
                break
    return lines
