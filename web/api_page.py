"""Render the page of the API, on which Swagger UI shows the OpenAPI document."""

from __future__ import annotations

import json
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from web.static_files import static_text

OPENAPI_PATH = Path(__file__).parent / "openapi.json"


@cache
def openapi_document() -> dict[str, Any]:
    """Read the OpenAPI document, once."""
    document: dict[str, Any] = json.loads(OPENAPI_PATH.read_text(encoding="utf-8"))
    return document


@cache
def api_page(*, ends_with_slash: bool = False) -> str:
    """Render the page for `/docs`, or for `/docs/`, from which its files have other addresses.

    Addresses are relative, because a proxy may serve the app below a path of its own.
    """
    info = openapi_document()["info"]
    page = static_text("api_page.html").replace("ROOT", ".." if ends_with_slash else ".")
    for name in ("title", "summary", "description"):
        page = page.replace(name.upper(), escape(info[name]))
    return page
