"""The routes: parse, start or read, respond."""

from __future__ import annotations

import asyncio
import hashlib
import re
import time
from datetime import UTC, datetime
from typing import Any

import azure.durable_functions as df
import azure.functions as func
import views
from connections import github_cache
from http_input import parse_ai, parse_query, parse_refresh, served
from refresh import instance_id, read_progress, start_refresh
from responses import READ, answered, create_success_response, milliseconds_since

import ai_assistant
from cache import Portfolio
from errors import PortfolioError, UnknownRepository
from settings import settings

bp = df.Blueprint()

ANONYMOUS = (
    func.AuthLevel.ANONYMOUS
)  # what a visitor of the site may ask; the rest needs the function key
FIRST_REFRESH_SECONDS = "5"  # when to ask again while the first refresh runs


@bp.route(route="health", methods=READ, auth_level=ANONYMOUS)
@bp.durable_client_input(client_name="client")
async def health(req: func.HttpRequest, client: df.DurableOrchestrationClient) -> func.HttpResponse:
    """State of the app and age of each portfolio; starts the refresh of one that is missing or
    stale."""
    return await answered(req, lambda request_id: respond_health(client, request_id))


@bp.route(route="refresh", methods=["POST"], auth_level=func.AuthLevel.FUNCTION)
@bp.durable_client_input(client_name="client")
async def refresh(
    req: func.HttpRequest, client: df.DurableOrchestrationClient
) -> func.HttpResponse:
    """Start a refresh, or join the running one."""
    return await answered(req, lambda request_id: respond_refresh(req, client, request_id))


@bp.route(route="refresh/{username}", methods=READ, auth_level=ANONYMOUS)
@bp.durable_client_input(client_name="client")
async def refresh_progress(
    req: func.HttpRequest, client: df.DurableOrchestrationClient
) -> func.HttpResponse:
    """How far the refresh is."""
    return await answered(req, lambda request_id: respond_progress(req, client, request_id))


@bp.route(route="portfolios/{username}", methods=READ, auth_level=ANONYMOUS)
@bp.durable_client_input(client_name="client")
async def portfolio(
    req: func.HttpRequest, client: df.DurableOrchestrationClient
) -> func.HttpResponse:
    """A portfolio's repositories and facets."""
    return await answered(req, lambda request_id: respond_portfolio(req, client, request_id))


@bp.route(route="portfolios/{username}/repos/{repo}", methods=READ, auth_level=ANONYMOUS)
@bp.durable_client_input(client_name="client")
async def repository(
    req: func.HttpRequest, client: df.DurableOrchestrationClient
) -> func.HttpResponse:
    """One repository's bundle."""
    return await answered(req, lambda request_id: respond_repository(req, client, request_id))


@bp.route(route="query", methods=[*READ, "POST"], auth_level=ANONYMOUS)
@bp.durable_client_input(client_name="client")
async def query(req: func.HttpRequest, client: df.DurableOrchestrationClient) -> func.HttpResponse:
    """Which repositories answer a question, why, and a written answer that cites them."""
    return await answered(req, lambda request_id: respond_query(req, client, request_id))


@bp.route(route="ai", methods=["POST", "OPTIONS"], auth_level=ANONYMOUS)
@bp.durable_client_input(client_name="client")
async def ai(req: func.HttpRequest, client: df.DurableOrchestrationClient) -> func.HttpResponse:
    """The answer in words alone, in the shape that portfolio sites of before ask for."""
    return await answered(req, lambda request_id: respond_ai(req, client, request_id))


async def respond_health(
    client: df.DurableOrchestrationClient, request_id: str
) -> func.HttpResponse:
    """Never waits for a refresh and never asks GitHub: what is shown of GitHub is what the last
    refresh saw."""
    options = settings()
    portfolios: list[dict[str, Any]] = []
    cache_state = "ok"
    for username in options.github_usernames:
        try:
            found = await _portfolio(username)
        except PortfolioError as error:
            cache_state = error.code
            portfolios.append({"username": username, "state": "unknown"})
            continue
        stale = found is None or _is_stale(found)
        started = await start_refresh(client, username) if stale else None
        progress = await read_progress(client, username)
        portfolios.append(
            {
                "username": username,
                "state": "missing" if found is None else "stale" if stale else "fresh",
                "repositories": len(found.bundles) if found else 0,
                "refreshed_at": views.iso(found.refreshed_at) if found else None,
                "age_seconds": views.age_seconds(found, _now()) if found else None,
                "refresh": progress["state"],
                "refresh_started": started == "started",
            }
        )
    return create_success_response(
        {
            "status": "ok" if cache_state == "ok" else "degraded",
            "app": "portfolio-api",
            "cache": cache_state,
            "github": {"api_url": options.github_api_url, "token": bool(options.github_token)},
            "ai": {"model": options.openai_model if options.openai_api_key else None},
            "portfolios": portfolios,
        },
        request_id=request_id,
        headers={"Cache-Control": "no-store"},
    )


async def respond_refresh(
    req: func.HttpRequest, client: df.DurableOrchestrationClient, request_id: str
) -> func.HttpResponse:
    """202 with where to look; never one of Durable's own URLs, which carry the system key."""
    order = parse_refresh(req, settings().github_usernames)
    started = await start_refresh(client, order.username, force=order.force)
    status_url = _status_url(req, order.username)
    return create_success_response(
        {
            "instance_id": instance_id(order.username),
            "status_url": status_url,
            "joined": started == "joined",
        },
        202,
        request_id=request_id,
        headers={"Location": status_url, "Retry-After": "1"},
    )


async def respond_progress(
    req: func.HttpRequest, client: df.DurableOrchestrationClient, request_id: str
) -> func.HttpResponse:
    username = served(req.route_params["username"], settings().github_usernames)
    return create_success_response(
        await read_progress(client, username),
        request_id=request_id,
        headers={"Cache-Control": "no-store"},
    )


async def respond_portfolio(
    req: func.HttpRequest, client: df.DurableOrchestrationClient, request_id: str
) -> func.HttpResponse:
    username = served(req.route_params["username"], settings().github_usernames)
    found = await _served_portfolio(client, username)
    if found is None:
        return _first_refresh(req, username, request_id)
    # The manifest's ETag is a text of the storage, quotes and all: a hash of it is an ETag of ours.
    version = hashlib.sha256(found.etag.encode()).hexdigest()[:16]
    etag = f'W/"{version}{"-stale" if _is_stale(found) else ""}"'
    max_age = settings().cache_max_age_seconds
    headers = {
        "ETag": etag,
        "Cache-Control": f"public, max-age=60, stale-while-revalidate={max_age}",
    }
    if etag in [each.strip() for each in req.headers.get("If-None-Match", "").split(",")]:
        return func.HttpResponse(status_code=304, headers={**headers, "X-Request-Id": request_id})
    return create_success_response(
        {**views.portfolio_facts(found, _now(), stale=_is_stale(found)), **views.listing(found)},
        request_id=request_id,
        headers=headers,
    )


async def respond_repository(
    req: func.HttpRequest, client: df.DurableOrchestrationClient, request_id: str
) -> func.HttpResponse:
    username = served(req.route_params["username"], settings().github_usernames)
    found = await _served_portfolio(client, username)
    if found is None:
        return _first_refresh(req, username, request_id)
    name = req.route_params["repo"]
    for bundle in found.bundles:
        if bundle["metadata"]["name"].lower() == name.lower():
            return create_success_response(views.visible(bundle), request_id=request_id)
    raise UnknownRepository(username, name[:100])


async def respond_query(
    req: func.HttpRequest, client: df.DurableOrchestrationClient, request_id: str
) -> func.HttpResponse:
    began = time.perf_counter()
    asked = parse_query(req, settings().github_usernames)
    found = await _served_portfolio(client, asked.username)
    if found is None:
        return _first_refresh(req, asked.username, request_id)
    scores = await _ranked(found, asked.text)
    nothing: dict[str, Any] = {}
    if ai_assistant.is_no_match(scores):
        nothing["nearest"] = views.nearest(found, ai_assistant.nearest_repos(found, asked.text))
    answer: dict[str, Any] = {}
    if asked.answer:
        answer = {
            "answer": await ai_assistant.answer(asked.text, found, scores, settings=settings()),
            "suggestions": ai_assistant.suggest(asked.text, found, scores),
        }
    return create_success_response(
        {
            "query": asked.text,
            "username": asked.username,
            "results": views.results(found, scores[: asked.limit]),
            "no_match": ai_assistant.is_no_match(scores),
            **nothing,
            **answer,
            "portfolio": views.portfolio_facts(found, _now(), stale=_is_stale(found)),
            "took_ms": milliseconds_since(began),
        },
        request_id=request_id,
    )


async def respond_ai(
    req: func.HttpRequest, client: df.DurableOrchestrationClient, request_id: str
) -> func.HttpResponse:
    """The same ranking and the same answer as `query`."""
    asked = parse_ai(req, settings().github_usernames)
    found = await _served_portfolio(client, asked.username)
    if found is None:
        return _first_refresh(req, asked.username, request_id)
    scores = await _ranked(found, asked.text)
    written = await ai_assistant.answer(asked.text, found, scores, settings=settings())
    by_name = {score["name"]: score["score"] for score in scores}
    return create_success_response(
        {
            "response": written["text"],
            "repositories_used": [
                {"name": each["name"], "relevance_score": by_name[each["name"]]}
                for each in written["citations"]
            ],
            "total_repositories": len(found.bundles),
            "query": asked.text,
        },
        request_id=request_id,
    )


async def _ranked(found: Portfolio, question: str) -> list[ai_assistant.RepoScore]:
    # A new version's index takes a second or so for hundreds of repositories: not on this thread.
    index = await asyncio.to_thread(found.memo, "index", ai_assistant.build_index)
    meaning = await ai_assistant.meaning_of(question, settings())
    return ai_assistant.calculate_repo_scores(index, question, meaning=meaning)


async def _served_portfolio(
    client: df.DurableOrchestrationClient, username: str
) -> Portfolio | None:
    """The portfolio as it is now; a missing or stale one starts a refresh behind the answer."""
    found = await _portfolio(username)
    if found is None or _is_stale(found):
        await start_refresh(client, username)
    return found


async def _portfolio(username: str) -> Portfolio | None:
    return await asyncio.to_thread(github_cache().portfolio, username)


def _first_refresh(req: func.HttpRequest, username: str, request_id: str) -> func.HttpResponse:
    status_url = _status_url(req, username)
    return create_success_response(
        {
            "state": "refreshing",
            "message": f"the portfolio of `{username}` is being fetched for the first time;"
            " ask again soon",
            "status_url": status_url,
        },
        202,
        request_id=request_id,
        headers={
            "Location": status_url,
            "Retry-After": FIRST_REFRESH_SECONDS,
            "Cache-Control": "no-store",
        },
    )


def _status_url(req: func.HttpRequest, username: str) -> str:
    """Absolute, under whatever prefix the app is served at."""
    root = re.match(r"(.*?/api)/", req.url)
    return f"{root[1] if root else ''}/refresh/{username}"


def _is_stale(found: Portfolio) -> bool:
    return views.is_stale(found, settings())


def _now() -> datetime:
    return datetime.now(UTC)
