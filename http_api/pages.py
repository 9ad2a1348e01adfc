"""Serve what people look at: the search page, the widget, and the API's description."""

from __future__ import annotations

import hashlib
from functools import cache
from html import escape
from urllib.parse import urlsplit

import azure.durable_functions as df
import azure.functions as func

from errors import UnknownPage
from http_api.requests import MAX_SHOWN_NAME_CHARS, served_username
from http_api.responses import (
    READ,
    answered,
    create_file_response,
    create_page_response,
    create_success_response,
    not_modified,
)
from settings import settings
from web.api_page import api_page, openapi_document
from web.static_files import STATIC, SWAGGER_UI, static_text

bp = df.Blueprint()

ANONYMOUS = func.AuthLevel.ANONYMOUS  # pages are for every visitor
CACHED_FOR_AN_HOUR = {"Cache-Control": "public, max-age=3600"}
MODULES = (  # of the search page's script; app.js imports the others
    "address", "answer", "api", "app", "details", "dom", "facets",
    "keyboard", "profile", "questions", "refresh", "repository",
)  # fmt: skip
ASSETS = {
    "app.css": "text/css",
    "colors.json": "application/json",
    "icon.svg": "image/svg+xml",
    **{f"{module}.js": "text/javascript" for module in MODULES},
}
API_ASSETS = {
    "api_page.css": (STATIC, "text/css"),
    "api_page.js": (STATIC, "text/javascript"),
    "swagger-ui.css": (SWAGGER_UI, "text/css"),
    "swagger-ui-bundle.js": (SWAGGER_UI, "text/javascript"),
    "swagger-ui-bundle.js.LICENSE.txt": (SWAGGER_UI, "text/plain"),
}
# The search page runs this app's own files only, so a script in a repository's text cannot run.
OWN_SCRIPTS = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self';"
    " base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)
# The images in Swagger UI's style sheet are data.
OWN_SCRIPTS_AND_DATA_IMAGES = OWN_SCRIPTS.replace("img-src 'self'", "img-src 'self' data:")


@bp.route(route="ui", methods=READ, auth_level=ANONYMOUS)
async def ui(req: func.HttpRequest) -> func.HttpResponse:
    """Show the search page."""
    return await answered(req, respond_ui, req)


@bp.route(route="ui/{asset}", methods=READ, auth_level=ANONYMOUS)
async def ui_asset(req: func.HttpRequest) -> func.HttpResponse:
    """Return a script, style or image of the search page."""
    return await answered(req, respond_asset, req)


@bp.route(route="widget.js", methods=READ, auth_level=ANONYMOUS)
async def widget(req: func.HttpRequest) -> func.HttpResponse:
    """Return the script of the custom element `<portfolio-search>`."""
    return await answered(req, respond_widget, req)


@bp.route(route="openapi.json", methods=READ, auth_level=ANONYMOUS)
async def openapi(req: func.HttpRequest) -> func.HttpResponse:
    """Return the API's description as an OpenAPI document."""
    return await answered(req, respond_openapi)


@bp.route(route="docs", methods=READ, auth_level=ANONYMOUS)
async def docs(req: func.HttpRequest) -> func.HttpResponse:
    """Show the API's description as a page, on which one can call the API."""
    return await answered(req, respond_docs, req)


@bp.route(route="docs/{asset}", methods=READ, auth_level=ANONYMOUS)
async def docs_asset(req: func.HttpRequest) -> func.HttpResponse:
    """Return a script or style of the API's page."""
    return await answered(req, respond_docs_asset, req)


async def respond_ui(req: func.HttpRequest) -> func.HttpResponse:
    """Return the search page of `?username=`, by default the first. Raises UnknownPortfolio."""
    username = served_username(req.params.get("username"), settings().github_usernames)
    html = static_text("ui.html").replace("USERNAME", escape(username, quote=True))
    security = {"Content-Security-Policy": OWN_SCRIPTS, "Referrer-Policy": "no-referrer"}
    return create_page_response(html, headers={**CACHED_FOR_AN_HOUR, **security})


async def respond_asset(req: func.HttpRequest) -> func.HttpResponse:
    """Return one of ASSETS, or 304 if the caller has this version. Raises UnknownPage."""
    name = req.route_params["asset"]
    if name not in ASSETS:
        raise UnknownPage(name[:MAX_SHOWN_NAME_CHARS])
    return _static_response(req, static_text(name), ASSETS[name])


async def respond_widget(req: func.HttpRequest) -> func.HttpResponse:
    """Return the widget to pages of every origin.

    Browsers fetch module scripts of other sites with CORS, unlike classic scripts.
    """
    response = _static_response(req, static_text("widget.js"), "text/javascript")
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


async def respond_openapi() -> func.HttpResponse:
    """Return the OpenAPI document."""
    return create_success_response(openapi_document(), headers=CACHED_FOR_AN_HOUR)


async def respond_docs(req: func.HttpRequest) -> func.HttpResponse:
    """Return the page that shows the OpenAPI document."""
    page = api_page(ends_with_slash=urlsplit(req.url).path.endswith("/"))
    security = {
        "Content-Security-Policy": OWN_SCRIPTS_AND_DATA_IMAGES,
        "Referrer-Policy": "no-referrer",
    }
    return create_page_response(page, headers={**CACHED_FOR_AN_HOUR, **security})


async def respond_docs_asset(req: func.HttpRequest) -> func.HttpResponse:
    """Return one of API_ASSETS, or 304 if the caller has this version. Raises UnknownPage."""
    name = req.route_params["asset"]
    if name not in API_ASSETS:
        raise UnknownPage(name[:MAX_SHOWN_NAME_CHARS])
    folder, mimetype = API_ASSETS[name]
    return _static_response(req, static_text(name, folder), mimetype)


def _static_response(req: func.HttpRequest, text: str, mimetype: str) -> func.HttpResponse:
    """Return the text of a file, or 304 if the caller has this version."""
    etag = _etag(text)
    return not_modified(req, etag, CACHED_FOR_AN_HOUR) or create_file_response(
        req, text, headers={"ETag": etag, **CACHED_FOR_AN_HOUR}, mimetype=mimetype
    )


@cache
def _etag(text: str) -> str:
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:16]}"'
