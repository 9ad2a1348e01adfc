"""Render the API's description as an HTML page that loads nothing from other sites."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

OPENAPI_PATH = Path(__file__).parent / "openapi.json"
METHODS = ("get", "post", "put", "delete")
STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem; }
h2 { margin-top: 2.5rem; font-size: 1.15rem; } h2 code { font-size: 1em; }
code, pre { font-family: ui-monospace, monospace; font-size: .875rem; }
pre { overflow-x: auto; padding: .75rem; border: 1px solid #8886; border-radius: .4rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0; }
th { font-weight: 600; } tr + tr { border-top: 1px solid #8884; }
.method { text-transform: uppercase; font-weight: 700; }
"""


@cache
def openapi_document() -> dict[str, Any]:
    """Read the OpenAPI document, once."""
    document: dict[str, Any] = json.loads(OPENAPI_PATH.read_text(encoding="utf-8"))
    return document


@cache
def api_page() -> str:
    """Render the OpenAPI document as HTML."""
    info = openapi_document()["info"]
    return "".join(
        [
            '<!doctype html><html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<link rel="icon" type="image/svg+xml" href="ui/icon.svg">',
            f"<title>{escape(info['title'])}: API</title><style>{STYLE}</style></head><body><main>",
            f"<h1>{escape(info['title'])}</h1><p>{escape(info['summary'])}. {escape(info['description'])}</p>",
            '<p>For programs: <a href="openapi.json">openapi.json</a>.</p>',
            *_operations(),
            "</main></body></html>",
        ]
    )


def _operations() -> Iterator[str]:
    root = openapi_document()["servers"][0]["url"]
    for path, item in openapi_document()["paths"].items():
        for method in METHODS:
            if method in item:
                operation = item[method]
                yield (
                    f'<h2 id="{escape(operation["operationId"])}"><span class="method">{method}</span>'
                    f" <code>{escape(root + path)}</code></h2>"
                )
                yield f"<p>{escape(operation['summary'])}. {escape(operation.get('description', ''))}"
                yield " Needs a function key.</p>" if "security" in operation else "</p>"
                yield from _parameters(operation)
                yield from _example(operation.get("requestBody", {}), "Body")
                yield from _responses(operation["responses"])


def _parameters(operation: Mapping[str, Any]) -> Iterator[str]:
    parameters = operation.get("parameters", ())
    if not parameters:
        return
    yield "<table><tr><th>parameter</th><th>in</th><th>meaning</th></tr>"
    for parameter in parameters:
        schema = {key: value for key, value in parameter["schema"].items() if key != "type"}
        limits = ", ".join(f"{key} {value}" for key, value in schema.items())
        meaning = "; ".join(part for part in (parameter.get("description", ""), limits) if part)
        optional = "" if parameter.get("required") else " (optional)"
        yield (
            f"<tr><td><code>{escape(parameter['name'])}</code>{optional}</td>"
            f"<td>{parameter['in']}</td><td>{escape(meaning)}</td></tr>"
        )
    yield "</table>"


def _responses(responses: Mapping[str, Any]) -> Iterator[str]:
    yield "<table><tr><th>status</th><th>when</th></tr>"
    resolved = {status: _resolved(response) for status, response in responses.items()}
    for status, response in resolved.items():
        yield f"<tr><td>{escape(status)}</td><td>{escape(response['description'])}</td></tr>"
    yield "</table>"
    for status, response in resolved.items():
        if status.startswith("2"):
            yield from _example(response, status)


def _example(content: Mapping[str, Any], title: str) -> Iterator[str]:
    example = content.get("content", {}).get("application/json", {}).get("example")
    if example is not None:
        text = json.dumps(example, indent=2, ensure_ascii=False)
        yield f'<p>{escape(title)}</p><pre tabindex="0">{escape(text)}</pre>'


def _resolved(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """Follow a `$ref` inside the document."""
    if "$ref" not in value:
        return value
    target: Any = openapi_document()
    for part in value["$ref"].removeprefix("#/").split("/"):
        target = target[part]
    resolved: Mapping[str, Any] = target
    return resolved
