"""StartRefreshActivity: start the refresh that answers webhooks."""

from __future__ import annotations

import asyncio

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
    return await start_refresh_if_needed(github_cache(), client, username)


async def start_refresh_if_needed(
    cache: GitHubCache, client: df.DurableOrchestrationClient, username: str
) -> str:
    """Start a refresh of what webhooks named.

    Returns `started`, `joined` if a refresh runs already, or `answered` if no webhook is pending.
    """
    if not await asyncio.to_thread(cache.pending_deliveries, username):
        return "answered"
    return await start_refresh(client, username, changed=True)
