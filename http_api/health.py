"""`GET /health`: report the state of the app, and refresh the portfolios that are due."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any, NamedTuple

import azure.durable_functions as df
import azure.functions as func

from cache import Portfolio
from clients import assistant, refresh_starter
from errors import CacheUnavailable, RefreshUnavailable
from http_api import views
from http_api.responses import READ, answered, create_success_response
from http_api.serving import cached_portfolio, connected_cache, needs_refresh
from models import RefreshError, RefreshHealth, RefreshProgress, iso_utc
from refresh_client import TOKEN_WARNING, postponed_until, read_progress
from settings import settings

bp = df.Blueprint()

# Monitors give up after a few seconds: what has not answered within these is unknown.
STORAGE_TIMEOUT_S = 5
DURABLE_TIMEOUT_S = 2


class PortfolioReport(NamedTuple):
    """What health says of one portfolio, and what follows from it for the app."""

    facts: dict[str, Any]
    cache_state: str  # `ok`, or the code of the cache's error
    token_expires_at: datetime | None  # as GitHub said at the portfolio's last refresh

    @property
    def is_degraded(self) -> bool:
        """Tell whether something is wrong: visitors may see old repositories, or none."""
        return (
            self.cache_state != "ok"
            or self.facts["error"] is not None
            or self.facts["refresh"] == "unknown"
        )


# Anonymous: monitors have no key, and the response contains no secret.
@bp.route(route="health", methods=READ, auth_level=func.AuthLevel.ANONYMOUS)
@bp.durable_client_input(client_name="client")
async def health(req: func.HttpRequest, client: df.DurableOrchestrationClient) -> func.HttpResponse:
    """Report the state of the app and of each portfolio."""
    return await answered(req, respond_health, client)


async def respond_health(client: df.DurableOrchestrationClient) -> func.HttpResponse:
    """Report the state of the app; start the refreshes that are due.

    Never waits for a refresh and never calls GitHub. What the storage or Durable does not answer
    within seconds is `unknown`.
    """
    options, now = settings(), datetime.now(UTC)
    reports = await asyncio.gather(
        *(_report(client, username, now) for username in options.github_usernames)
    )
    cache_states = [report.cache_state for report in reports]
    # Portfolios that were refreshed before the token was renewed know the old date.
    expiries = [report.token_expires_at for report in reports if report.token_expires_at]
    expires_at = max(expiries, default=None) if options.github_token else None
    is_expiring = expires_at is not None and expires_at - now < TOKEN_WARNING
    is_degraded = is_expiring or any(report.is_degraded for report in reports)
    return create_success_response(
        {
            "status": "degraded" if is_degraded else "ok",
            "app": "portfolio-api",
            "cache": next((state for state in cache_states if state != "ok"), "ok"),
            "github": {
                "api_url": options.github_api_url,
                "token": bool(options.github_token),
                "token_expires_at": iso_utc(expires_at) if expires_at else None,
            },
            "ai": assistant().model_health(),
            "portfolios": [report.facts for report in reports],
        },
        headers={"Cache-Control": "no-store"},
    )


async def _report(
    client: df.DurableOrchestrationClient, username: str, now: datetime
) -> PortfolioReport:
    """Report on a portfolio, and start its refresh if one is due."""
    cache_state, portfolio, last, is_known = "ok", None, None, False
    try:
        async with asyncio.timeout(STORAGE_TIMEOUT_S):
            portfolio, is_known = await cached_portfolio(username), True
            cache = await connected_cache()
            last = await asyncio.to_thread(cache.load_refresh_health, username)
    except (CacheUnavailable, TimeoutError):
        cache_state = CacheUnavailable.code
    is_due = is_known and (portfolio is None or needs_refresh(portfolio, now))
    is_started, progress = await _refresh(client, username, now, start=is_due)
    return PortfolioReport(
        facts={
            "username": username,
            "state": _state(portfolio, now) if is_known else "unknown",
            "repositories": len(portfolio.bundles) if portfolio else 0,
            "pending": portfolio.pending if portfolio else 0,
            "refreshed_at": views.refreshed_at(portfolio) if portfolio else None,
            "age_seconds": views.age_seconds(portfolio, now) if portfolio else None,
            "refresh": progress["state"] if progress else "unknown",
            "refresh_started": is_started,
            "error": _error(last, progress),
            "next_try_at": iso_utc(next_try) if (next_try := postponed_until(last, now)) else None,
        },
        cache_state=cache_state,
        token_expires_at=_moment(last["token_expires_at"]) if last else None,
    )


def _state(portfolio: Portfolio | None, now: datetime) -> str:
    """Name what visitors get: nothing, a part, or everything as it was lately or long ago."""
    if portfolio is None:
        return "missing"
    if portfolio.state == "partial":
        return "partial"
    return "stale" if views.is_stale(portfolio, now, settings().cache_max_age_seconds) else "fresh"


async def _refresh(
    client: df.DurableOrchestrationClient, username: str, now: datetime, *, start: bool
) -> tuple[bool, RefreshProgress | None]:
    """Start a refresh if it is due; return whether this did, and the progress, None if unknown."""
    is_started = False
    try:
        async with asyncio.timeout(DURABLE_TIMEOUT_S):
            if start:
                cache = await connected_cache()
                behind, is_new = refresh_starter().start(
                    client, username, now, cache.load_refresh_health
                )
                # Shielded: it goes on when this request stops waiting.
                is_started = await asyncio.shield(behind) == "started" and is_new
            return is_started, await read_progress(client, username)
    except (RefreshUnavailable, TimeoutError):
        return is_started, None


def _error(last: RefreshHealth | None, progress: RefreshProgress | None) -> RefreshError | None:
    """Return why the last refresh got no listing or ended early; None if it did neither."""
    if last and last["error"]:
        return last["error"]
    return progress.get("error") if progress and progress["state"] == "failed" else None


def _moment(iso: str | None) -> datetime | None:
    return datetime.fromisoformat(iso) if iso else None
