"""`POST /refresh` and `GET /refresh/{username}`: start a refresh and show its progress."""

from __future__ import annotations

import azure.durable_functions as df
import azure.functions as func

from http_api.requests import parse_refresh, served_username
from http_api.responses import READ, answered, create_success_response
from http_api.serving import status_url
from refresh_client import instance_id, read_progress, start_refresh
from settings import settings

bp = df.Blueprint()


@bp.route(route="refresh", methods=["POST"], auth_level=func.AuthLevel.FUNCTION)
@bp.durable_client_input(client_name="client")
async def refresh(
    req: func.HttpRequest, client: df.DurableOrchestrationClient
) -> func.HttpResponse:
    """Start a refresh, or join the running one."""
    return await answered(req, respond_refresh, req, client)


# Anonymous: the search page shows the first refresh to the visitors who wait for it.
@bp.route(route="refresh/{username}", methods=READ, auth_level=func.AuthLevel.ANONYMOUS)
@bp.durable_client_input(client_name="client")
async def refresh_progress(
    req: func.HttpRequest, client: df.DurableOrchestrationClient
) -> func.HttpResponse:
    """Show the progress of the running refresh, or the result of the last one."""
    return await answered(req, respond_progress, req, client)


async def respond_refresh(
    req: func.HttpRequest, client: df.DurableOrchestrationClient
) -> func.HttpResponse:
    """Start or join the refresh, and return 202 with the URL of its progress.

    The URL is ours, never one of Durable's management URLs: those contain the system key. An
    operator's start is not postponed after failures. Raises RefreshUnavailable.
    """
    request = parse_refresh(req, settings().github_usernames)
    result = await start_refresh(client, request.username, force=request.force)
    url = status_url(req, request.username)
    return create_success_response(
        {
            "instance_id": instance_id(request.username),
            "status_url": url,
            "joined": result == "joined",
        },
        202,
        headers={"Location": url, "Retry-After": "1"},
    )


async def respond_progress(
    req: func.HttpRequest, client: df.DurableOrchestrationClient
) -> func.HttpResponse:
    """Return the username and its RefreshProgress.

    Raises UnknownPortfolio and RefreshUnavailable.
    """
    username = served_username(req.route_params["username"], settings().github_usernames)
    return create_success_response(
        {"username": username, **await read_progress(client, username)},
        headers={"Cache-Control": "no-store"},
    )
