"""Package files in TOML and JSON: parse them within bounds, and find the lines of their names."""

from __future__ import annotations

import bisect
import json
import re
import tomllib
from typing import Any

# A word of TOML or INI; lines that are comments are passed over.
WORD = re.compile(r"^[ \t]*[#;].*$|([\w-][\w.-]*)", re.MULTILINE)
# A key of JSON. A quote after a backslash opens nothing, so no part of a text is scanned twice.
JSON_KEY = re.compile(r'(?<!\\)"((?:[^"\\\n]|\\[^\n])*+)"[ \t\n]*+:')
JSON_STRING = re.compile(r'"((?:[^"\\\n]|\\.)*+)"?')
# A table or a key of TOML where a line begins.
TOML_KEY = re.compile(
    r"""^[ \t]*+(?:\[[ \t]*+)?["']?([\w-][\w.:-]*+)["']?[ \t]*+[]=]""", re.MULTILINE
)
# tomllib keeps every prefix of a dotted key, so memory grows with the square of its parts.
LONG_TOML_KEY = re.compile(
    r"""(?:(?:(?<![\w-])[\w-]++|(?<!\\)"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){32}"""
)


class Words:
    """The places of the words in a text, found in one pass.

    The first and the last part of a dotted word count as words, too: TOML writes
    `[dependencies.name]` and `name.workspace = true`.
    """

    def __init__(self, text: str, pattern: re.Pattern[str] = WORD) -> None:
        self._line_ends = [match.start() for match in re.finditer("\n", text)]
        self._offsets: dict[str, list[int]] = {}
        for match in pattern.finditer(text):
            word, offset = match[1] or "", match.start(1)
            last = word.rpartition(".")[2]
            places = {word: offset, last: offset + len(word) - len(last)}
            places.setdefault(word.partition(".")[0], offset)
            for part, place in places.items():
                self._offsets.setdefault(part, []).append(place)

    def after(self, *words: str) -> int:
        """Return the offset of the last word, each sought after the one before; skip missing ones."""
        start = 0
        for word in words:
            found = self._find(word, start)
            start = start if found is None else found
        return start

    def line(self, word: str, start: int = 0) -> int:
        """Return the line, from 1, of the first place of a word from an offset on; 0 if none."""
        found = self._find(word, start)
        return 0 if found is None else bisect.bisect_left(self._line_ends, found) + 1

    def _find(self, word: str, start: int) -> int | None:
        offsets = self._offsets.get(word, [])
        index = bisect.bisect_left(offsets, start)
        return offsets[index] if index < len(offsets) else None


def table(value: object) -> dict[str, Any]:
    """Return a value if it is a table or an object; otherwise an empty one."""
    return value if isinstance(value, dict) else {}


def strings(value: object) -> list[str]:
    """Return the strings in a list; other elements, and values that are no lists, have none."""
    return [entry for entry in value if isinstance(entry, str)] if isinstance(value, list) else []


def parse_toml(text: str) -> dict[str, Any]:
    """Parse TOML: https://toml.io/en/v1.0.0. Raises ValueError, RecursionError if it is too deep."""
    if LONG_TOML_KEY.search(text):
        raise ValueError("a key has too many parts")
    return tomllib.loads(text)


def parse_json(text: str) -> dict[str, Any]:
    """Parse a JSON object, without comments or trailing commas.

    Raises ValueError, RecursionError if it is too deep.
    """
    return _object(json.loads(text))


def parse_json_with_comments(text: str) -> dict[str, Any]:
    """Parse a JSON object with comments and trailing commas. Raises ValueError."""
    import pyjson5

    try:
        return _object(pyjson5.decode(text))
    except pyjson5.Json5Exception as error:
        raise ValueError("not JSON with comments") from error


def _object(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError("not an object")
    return value
