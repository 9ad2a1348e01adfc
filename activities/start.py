"""StartRefreshActivity: start the refresh that answers webhooks."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import azure.durable_functions as df

from cache import GitHubCache
from clients import github_cache
from errors import CacheUnavailable, RefreshUnavailable
from models import START_REFRESH
from observability import Facts, logger
from refresh_client import postponed_until, start_refresh

bp = df.Blueprint()


@bp.activity_trigger(input_name="username", activity=START_REFRESH)
@bp.durable_client_input(client_name="client")
async def start_refresh_for_webhooks(username: str, client: df.DurableOrchestrationClient) -> str:
    """Start the refresh that answers the webhooks recorded so far. username -> result."""
    return await start_refresh_if_needed(github_cache(), client, username, datetime.now(UTC))


async def start_refresh_if_needed(
    cache: GitHubCache, client: df.DurableOrchestrationClient, username: str, now: datetime
) -> str:
    """Start a refresh of what webhooks named.

    Returns `started`, `joined` if a refresh runs already, `answered` if no webhook is pending, or
    `postponed`: the last refreshes failed and it is too early for another one, or the storage or
    Durable's back-end does not answer.
    """
    try:
        if not await asyncio.to_thread(cache.pending_deliveries, username):
            return "answered"
        health = await asyncio.to_thread(cache.load_refresh_health, username)
        if postponed_until(health, now):
            return "postponed"
        return await start_refresh(client, username, changed=True)
    except (CacheUnavailable, RefreshUnavailable) as error:
        logger.warning("refresh.not_started %s", Facts(username=username, error=str(error)))
        return "postponed"
