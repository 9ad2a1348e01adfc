"""Routes of what people look at: the search page, the widget, the API's description."""

from __future__ import annotations

import hashlib
from functools import cache
from html import escape
from pathlib import Path

import azure.durable_functions as df
import azure.functions as func
from http_input import served
from responses import READ, answered, create_page_response, create_success_response

from errors import UnknownPage
from settings import settings
from web.docs import description, page

bp = df.Blueprint()

ANONYMOUS = func.AuthLevel.ANONYMOUS
STATIC = Path(__file__).parent / "static"
AN_HOUR = {"Cache-Control": "public, max-age=3600"}
ASSETS = {
    "app.css": "text/css",
    "app.js": "text/javascript",
    "colors.json": "application/json",
}
# Nothing from elsewhere, no script at all.
NO_SCRIPTS = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
# Only what this app serves; a script in a repository's text would have nowhere to run.
OWN_SCRIPTS = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:;"
    " base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)


@bp.route(route="ui", methods=READ, auth_level=ANONYMOUS)
async def ui(req: func.HttpRequest) -> func.HttpResponse:
    """The search page."""
    return await answered(req, lambda request_id: respond_ui(req, request_id))


@bp.route(route="ui/{asset}", methods=READ, auth_level=ANONYMOUS)
async def ui_asset(req: func.HttpRequest) -> func.HttpResponse:
    """What the page is made of."""
    return await answered(req, lambda request_id: respond_asset(req, request_id))


@bp.route(route="widget.js", methods=READ, auth_level=ANONYMOUS)
async def widget(req: func.HttpRequest) -> func.HttpResponse:
    """The custom element `<portfolio-search>`, for any site."""
    return await answered(req, lambda request_id: respond_widget(req, request_id))


@bp.route(route="openapi.json", methods=READ, auth_level=ANONYMOUS)
async def openapi(req: func.HttpRequest) -> func.HttpResponse:
    """The API's description, for programs."""
    return await answered(req, respond_openapi)


@bp.route(route="docs", methods=READ, auth_level=ANONYMOUS)
async def docs(req: func.HttpRequest) -> func.HttpResponse:
    """The API's description, for people."""
    return await answered(req, respond_docs)


async def respond_ui(req: func.HttpRequest, request_id: str) -> func.HttpResponse:
    """The page of the first username, or of `?username=`. Raises UnknownPortfolio."""
    username = served(req.params.get("username"), settings().github_usernames)
    html = static_text("ui.html").replace("USERNAME", escape(username, quote=True))
    headers = {"Content-Security-Policy": OWN_SCRIPTS, "Referrer-Policy": "no-referrer"}
    return create_page_response(html, request_id=request_id, headers={**AN_HOUR, **headers})


async def respond_asset(req: func.HttpRequest, request_id: str) -> func.HttpResponse:
    """Raises UnknownPage for anything but the few files there are."""
    name = req.route_params["asset"]
    if name not in ASSETS:
        raise UnknownPage(name[:100])
    return _static(req, name, ASSETS[name], request_id)


async def respond_widget(req: func.HttpRequest, request_id: str) -> func.HttpResponse:
    """For every site: a script is fetched without asking for permission, a module with."""
    response = _static(req, "widget.js", "text/javascript", request_id)
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


async def respond_openapi(request_id: str) -> func.HttpResponse:
    return create_success_response(description(), request_id=request_id, headers=AN_HOUR)


async def respond_docs(request_id: str) -> func.HttpResponse:
    return create_page_response(
        page(), request_id=request_id, headers={**AN_HOUR, "Content-Security-Policy": NO_SCRIPTS}
    )


def _static(req: func.HttpRequest, name: str, mimetype: str, request_id: str) -> func.HttpResponse:
    text = static_text(name)
    etag = f'"{hashlib.sha256(text.encode()).hexdigest()[:16]}"'
    headers = {**AN_HOUR, "ETag": etag}
    if etag in req.headers.get("If-None-Match", ""):
        return func.HttpResponse(status_code=304, headers={**headers, "X-Request-Id": request_id})
    return create_page_response(text, request_id=request_id, headers=headers, mimetype=mimetype)


@cache
def static_text(name: str) -> str:
    """A file of `static/`."""
    return (STATIC / name).read_text(encoding="utf-8")
