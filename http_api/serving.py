"""Serve a cached portfolio: a stale one while its refresh runs, 202 before the first refresh."""

from __future__ import annotations

import asyncio
import re
from datetime import datetime

import azure.durable_functions as df
import azure.functions as func

from cache import Portfolio
from clients import github_cache
from http_api.responses import create_success_response
from http_api.views import is_stale
from refresh_client import start_refresh
from settings import settings

FIRST_REFRESH_RETRY_S = "5"  # `Retry-After` while the first refresh runs


async def cached_portfolio(username: str) -> Portfolio | None:
    """Return the published portfolio; None before its first refresh. Raises CacheUnavailable."""
    return await asyncio.to_thread(github_cache().portfolio, username)


async def serve_portfolio(
    client: df.DurableOrchestrationClient, username: str, now: datetime
) -> Portfolio | None:
    """Return the published portfolio; start its refresh if it is missing or stale.

    Returns None before the first refresh. Raises CacheUnavailable.
    """
    portfolio = await cached_portfolio(username)
    if portfolio is None or is_stale(portfolio, now, settings().cache_max_age_seconds):
        await start_refresh(client, username)
    return portfolio


def first_refresh_response(req: func.HttpRequest, username: str) -> func.HttpResponse:
    """Return a 202 that says that the portfolio's first refresh is running."""
    url = status_url(req, username)
    return create_success_response(
        {
            "state": "refreshing",
            "message": f"the portfolio of `{username}` is being fetched for the first time;"
            " ask again soon",
            "status_url": url,
        },
        202,
        headers={
            "Location": url,
            "Retry-After": FIRST_REFRESH_RETRY_S,
            "Cache-Control": "no-store",
        },
    )


def status_url(req: func.HttpRequest, username: str) -> str:
    """Return the URL of a refresh's progress, with the origin and prefix of the request's URL."""
    root = re.match(r"(.*?/api)/", req.url)
    return f"{root[1] if root else ''}/refresh/{username}"
