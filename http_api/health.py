"""`GET /health`: report the state of the app, and refresh missing and stale portfolios."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import azure.durable_functions as df
import azure.functions as func

from answers.model import has_model
from errors import PortfolioError
from http_api import views
from http_api.responses import READ, answered, create_success_response
from http_api.serving import cached_portfolio
from refresh_client import read_progress, start_refresh
from settings import settings

bp = df.Blueprint()


# Anonymous: monitors have no key, and the response contains no secret.
@bp.route(route="health", methods=READ, auth_level=func.AuthLevel.ANONYMOUS)
@bp.durable_client_input(client_name="client")
async def health(req: func.HttpRequest, client: df.DurableOrchestrationClient) -> func.HttpResponse:
    """Report the state of the app and of each portfolio."""
    return await answered(req, respond_health, client)


async def respond_health(client: df.DurableOrchestrationClient) -> func.HttpResponse:
    """Report the state of the app; start the refreshes of missing and stale portfolios.

    Never waits for a refresh and never calls GitHub. A portfolio that cannot be read is `unknown`.
    """
    options, now = settings(), datetime.now(UTC)
    portfolios: list[dict[str, Any]] = []
    cache_state = "ok"
    for username in options.github_usernames:
        try:
            portfolios.append(await _portfolio_health(client, username, now))
        except PortfolioError as error:
            cache_state = error.code
            portfolios.append({"username": username, "state": "unknown"})
    return create_success_response(
        {
            "status": "ok" if cache_state == "ok" else "degraded",
            "app": "portfolio-api",
            "cache": cache_state,
            "github": {"api_url": options.github_api_url, "token": bool(options.github_token)},
            "ai": {"model": options.openai_model if has_model(options) else None},
            "portfolios": portfolios,
        },
        headers={"Cache-Control": "no-store"},
    )


async def _portfolio_health(
    client: df.DurableOrchestrationClient, username: str, now: datetime
) -> dict[str, Any]:
    portfolio = await cached_portfolio(username)
    if portfolio is None:
        state = "missing"
    elif views.is_stale(portfolio, now, settings().cache_max_age_seconds):
        state = "stale"
    else:
        state = "fresh"
    result = await start_refresh(client, username) if state != "fresh" else None
    progress = await read_progress(client, username)
    return {
        "username": username,
        "state": state,
        "repositories": len(portfolio.bundles) if portfolio else 0,
        "refreshed_at": views.refreshed_at(portfolio) if portfolio else None,
        "age_seconds": views.age_seconds(portfolio, now) if portfolio else None,
        "refresh": progress["state"],
        "refresh_started": result == "started",
    }
