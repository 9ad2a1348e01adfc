"""Read the files of the pages and the widget."""

from __future__ import annotations

from functools import cache
from pathlib import Path

STATIC = Path(__file__).parent / "static"
SWAGGER_UI = Path(__file__).parent / "vendor" / "swagger-ui"


@cache
def static_text(name: str, folder: Path = STATIC) -> str:
    """Read a file, once."""
    return (folder / name).read_text(encoding="utf-8")
