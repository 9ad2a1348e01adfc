"""`GET /cache/stats` and `DELETE /cache/{username}`: the operator's view of the cache."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import azure.durable_functions as df
import azure.functions as func

from clients import assistant, refresh_starter
from http_api import views
from http_api.requests import served_username
from http_api.responses import answered, create_success_response
from http_api.serving import cached_portfolio, connected_cache
from observability import Facts, logger
from settings import settings

bp = df.Blueprint()


@bp.route(route="cache/stats", methods=["GET"], auth_level=func.AuthLevel.FUNCTION)
async def cache_stats(req: func.HttpRequest) -> func.HttpResponse:
    """Show what is cached and what the answers have cost this process."""
    return await answered(req, respond_stats)


@bp.route(route="cache/{username}", methods=["DELETE"], auth_level=func.AuthLevel.FUNCTION)
async def delete_cache(req: func.HttpRequest) -> func.HttpResponse:
    """Delete a portfolio from the cache; the next visitor starts its refresh."""
    return await answered(req, respond_delete, req)


async def respond_stats() -> func.HttpResponse:
    """Return the size and age of each portfolio and the counts of answers, without a refresh."""
    options, now = settings(), datetime.now(UTC)
    portfolios: list[dict[str, Any]] = []
    for username in options.github_usernames:
        portfolio = await cached_portfolio(username)
        if portfolio is None:
            portfolios.append({"username": username, "repos": 0})
        else:
            stale = views.is_stale(portfolio, now, options.cache_max_age_seconds)
            portfolios.append(views.portfolio_facts(portfolio, now, stale=stale))
    return create_success_response(
        {"portfolios": portfolios, "answers": assistant().desk.stats()},
        headers={"Cache-Control": "no-store"},
    )


async def respond_delete(req: func.HttpRequest) -> func.HttpResponse:
    """Delete every row of the portfolio. Idempotent. Raises UnknownPortfolio."""
    username = served_username(req.route_params["username"], settings().github_usernames)
    deleted = await asyncio.to_thread((await connected_cache()).delete, username)
    refresh_starter().forget(username)
    logger.info("portfolio.deleted %s", Facts(username=username, rows=deleted))
    return create_success_response({"username": username, "deleted_rows": deleted})
