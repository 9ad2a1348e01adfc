"""StartRefreshActivity: start the refresh that answers webhooks."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import azure.durable_functions as df

from cache import GitHubCache
from clients import github_cache
from models import START_REFRESH
from refresh_client import start_refresh

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

    Returns `started`, `joined` if a refresh runs already, `postponed` if the last refreshes failed
    and it is too early for another one, or `answered` if no webhook is pending.
    """
    if not await asyncio.to_thread(cache.pending_deliveries, username):
        return "answered"
    health = await asyncio.to_thread(cache.load_refresh_health, username)
    if health and health["next_try_at"] and datetime.fromisoformat(health["next_try_at"]) > now:
        return "postponed"
    return await start_refresh(client, username, changed=True)
