"""The operator's routes: what the cache holds and what the answers cost; removal."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import azure.durable_functions as df
import azure.functions as func
import views
from connections import github_cache
from http_input import served
from responses import answered, create_success_response

import ai_assistant
from observability import Facts, logger
from settings import settings

bp = df.Blueprint()


@bp.route(route="cache/stats", methods=["GET"], auth_level=func.AuthLevel.FUNCTION)
async def cache_stats(req: func.HttpRequest) -> func.HttpResponse:
    """What is cached, and what answering has cost this process."""
    return await answered(req, respond_stats)


@bp.route(route="cache/{username}", methods=["DELETE"], auth_level=func.AuthLevel.FUNCTION)
async def delete_cache(req: func.HttpRequest) -> func.HttpResponse:
    """Forget a portfolio; the next visitor starts its refresh."""
    return await answered(req, lambda request_id: respond_delete(req, request_id))


async def respond_stats(request_id: str) -> func.HttpResponse:
    """Never starts a refresh."""
    portfolios: list[dict[str, Any]] = []
    for username in settings().github_usernames:
        found = await asyncio.to_thread(github_cache().portfolio, username)
        portfolios.append(
            {"username": username, "repos": 0}
            if found is None
            else views.portfolio_facts(
                found, datetime.now(UTC), stale=views.is_stale(found, settings())
            )
        )
    return create_success_response(
        {"portfolios": portfolios, "answers": ai_assistant.answer_desk().stats()},
        request_id=request_id,
        headers={"Cache-Control": "no-store"},
    )


async def respond_delete(req: func.HttpRequest, request_id: str) -> func.HttpResponse:
    """Doing so twice is harmless."""
    username = served(req.route_params["username"], settings().github_usernames)
    deleted = await asyncio.to_thread(github_cache().delete, username)
    logger.info("portfolio.deleted %s", Facts(username=username, rows=deleted))
    return create_success_response(
        {"username": username, "deleted_rows": deleted}, request_id=request_id
    )
