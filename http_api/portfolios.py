"""`GET /portfolios/{username}` and `GET /portfolios/{username}/repos/{repo}`: read a portfolio."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import azure.durable_functions as df
import azure.functions as func

from cache import Portfolio
from errors import UnknownRepository
from http_api import views
from http_api.requests import MAX_SHOWN_NAME_CHARS, served_username
from http_api.responses import READ, answered, create_success_response, not_modified
from http_api.serving import first_refresh_response, serve_portfolio
from settings import settings

bp = df.Blueprint()


# Anonymous: visitors of the site read the portfolio.
@bp.route(route="portfolios/{username}", methods=READ, auth_level=func.AuthLevel.ANONYMOUS)
@bp.durable_client_input(client_name="client")
async def portfolio(
    req: func.HttpRequest, client: df.DurableOrchestrationClient
) -> func.HttpResponse:
    """List a portfolio's repositories and facets."""
    return await answered(req, respond_portfolio, req, client)


# Anonymous: visitors of the site read the portfolio.
@bp.route(
    route="portfolios/{username}/repos/{repo}", methods=READ, auth_level=func.AuthLevel.ANONYMOUS
)
@bp.durable_client_input(client_name="client")
async def repository(
    req: func.HttpRequest, client: df.DurableOrchestrationClient
) -> func.HttpResponse:
    """Show one repository's bundle."""
    return await answered(req, respond_repository, req, client)


async def respond_portfolio(
    req: func.HttpRequest, client: df.DurableOrchestrationClient
) -> func.HttpResponse:
    """Return the repositories and facets, or 304 if the caller has this version.

    Before the first listing, start the refresh and return 202. Raises UnknownPortfolio and
    RefreshUnavailable.
    """
    username, now = _username(req), datetime.now(UTC)
    portfolio = await serve_portfolio(client, username, now)
    if portfolio is None:
        return first_refresh_response(req, username)
    max_age_s = settings().cache_max_age_seconds
    stale = views.is_stale(portfolio, now, max_age_s)
    etag = _etag(portfolio, stale=stale)
    # A partial portfolio grows within seconds, so caches ask each time; 304 costs little.
    caching = {
        "Cache-Control": "no-cache"
        if portfolio.state == "partial"
        else f"public, max-age=60, stale-while-revalidate={max_age_s}"
    }
    return not_modified(req, etag, caching) or create_success_response(
        {**views.portfolio_facts(portfolio, now, stale=stale), **views.listing(portfolio)},
        headers={"ETag": etag, **caching},
    )


async def respond_repository(
    req: func.HttpRequest, client: df.DurableOrchestrationClient
) -> func.HttpResponse:
    """Return the public view of one bundle; 202 before the first listing.

    Raises UnknownPortfolio, UnknownRepository and RefreshUnavailable.
    """
    username, now = _username(req), datetime.now(UTC)
    portfolio = await serve_portfolio(client, username, now)
    if portfolio is None:
        return first_refresh_response(req, username)
    name = req.route_params["repo"]
    for bundle in portfolio.bundles:
        if bundle["metadata"]["name"].lower() == name.lower():
            return create_success_response(views.public_bundle(bundle))
    raise UnknownRepository(username, name[:MAX_SHOWN_NAME_CHARS])


def _username(req: func.HttpRequest) -> str:
    return served_username(req.route_params["username"], settings().github_usernames)


def _etag(portfolio: Portfolio, *, stale: bool) -> str:
    """Return the ETag of this version and its staleness, which the response shows.

    It is a hash because the manifest's own ETag contains quotes. It is weak because the response
    also contains the portfolio's age.
    """
    version = hashlib.sha256(portfolio.etag.encode()).hexdigest()[:16]
    return f'W/"{version}{"-stale" if stale else ""}"'
