"""Serve a published portfolio at once; its refresh, where one is due, starts behind the answer."""

from __future__ import annotations

import asyncio
import math
import re
from datetime import datetime

import azure.durable_functions as df
import azure.functions as func

from cache import GitHubCache, Portfolio
from clients import github_cache, refresh_starter
from errors import RefreshUnavailable
from http_api.responses import create_success_response
from http_api.views import is_stale
from refresh_client import START_INTERVAL, postponed_until
from settings import settings

FIRST_REFRESH_RETRY_S = "1"  # `Retry-After` until the listing is published, usually within a second


async def connected_cache() -> GitHubCache:
    """Return the cache. Connecting asks the storage, so it happens on a thread."""
    return github_cache() if github_cache.is_created else await asyncio.to_thread(github_cache)


async def cached_portfolio(username: str) -> Portfolio | None:
    """Return the published portfolio; None before the first listing. Raises CacheUnavailable.

    A portfolio in memory costs no thread, so that warm requests wait for none.
    """
    cache = await connected_cache()
    return cache.portfolio_in_memory(username) or await asyncio.to_thread(cache.portfolio, username)


async def serve_portfolio(
    client: df.DurableOrchestrationClient, username: str, now: datetime
) -> Portfolio | None:
    """Return the published portfolio, and start its refresh behind the answer if one is due.

    Without a published portfolio there is nothing to serve, so the start is awaited. Returns None
    once the first refresh runs. Raises CacheUnavailable, and RefreshUnavailable if it cannot run.
    """
    portfolio = await cached_portfolio(username)
    if portfolio is None:
        await _start_first_refresh(client, username, now)
    elif needs_refresh(portfolio, now):
        cache = await connected_cache()
        refresh_starter().start(client, username, now, cache.load_refresh_health)
    return portfolio


def needs_refresh(portfolio: Portfolio, now: datetime) -> bool:
    """Tell whether a refresh is due.

    It is if the portfolio is stale, if its first refresh has not ended, or if rows were lost.
    """
    return (
        is_stale(portfolio, now, settings().cache_max_age_seconds)
        or not portfolio.finished
        or portfolio.lost > 0
    )


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


async def _start_first_refresh(
    client: df.DurableOrchestrationClient, username: str, now: datetime
) -> None:
    """Start or join the first refresh. Raises RefreshUnavailable if that fails or is postponed."""
    cache = await connected_cache()
    health = await asyncio.to_thread(cache.load_refresh_health, username)
    error, next_try = health["error"] if health else None, postponed_until(health, now)
    if error and next_try:
        raise RefreshUnavailable(
            error["message"],
            retry_after_s=math.ceil((next_try - now).total_seconds()),
            code=error["code"],
        )
    start, _ = refresh_starter().start(client, username, now, cache.load_refresh_health)
    # Shielded: other visitors wait for the same start.
    if await asyncio.shield(start) == "failed":
        retry_after_s = int(START_INTERVAL.total_seconds())
        raise RefreshUnavailable(
            f"the portfolio of `{username}` was never fetched, and its first refresh cannot be"
            f" started now; ask again in {retry_after_s} seconds",
            retry_after_s=retry_after_s,
        )
