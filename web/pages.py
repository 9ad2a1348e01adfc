"""Routes of what people and tools read about the API."""

from __future__ import annotations

import azure.durable_functions as df
import azure.functions as func

from responses import answered, create_page_response, create_success_response
from web.docs import description, page

bp = df.Blueprint()

AN_HOUR = {"Cache-Control": "public, max-age=3600"}
# Nothing from elsewhere, no script at all.
NO_SCRIPTS = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


@bp.route(route="openapi.json", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
async def openapi(req: func.HttpRequest) -> func.HttpResponse:
    """The API's description, for programs."""
    return await answered(req, respond_openapi)


@bp.route(route="docs", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
async def docs(req: func.HttpRequest) -> func.HttpResponse:
    """The API's description, for people."""
    return await answered(req, respond_docs)


async def respond_openapi(request_id: str) -> func.HttpResponse:
    return create_success_response(description(), request_id=request_id, headers=AN_HOUR)


async def respond_docs(request_id: str) -> func.HttpResponse:
    return create_page_response(
        page(), request_id=request_id, headers={**AN_HOUR, "Content-Security-Policy": NO_SCRIPTS}
    )
