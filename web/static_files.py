"""Read the files of the search page and the widget."""

from __future__ import annotations

from functools import cache
from pathlib import Path

STATIC = Path(__file__).parent / "static"


@cache
def static_text(name: str) -> str:
    """Read a file of `static/`, once."""
    return (STATIC / name).read_text(encoding="utf-8")
