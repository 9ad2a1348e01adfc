"""`GET|POST /query` and `POST /ai`: answer questions about a portfolio."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import azure.durable_functions as df
import azure.functions as func

from ai_assistant import suggest
from clients import assistant
from http_api import views
from http_api.requests import parse_ai, parse_query
from http_api.responses import READ, answered, create_success_response, milliseconds_since
from http_api.serving import first_refresh_response, serve_portfolio
from settings import settings

bp = df.Blueprint()


# Anonymous: visitors of the site have no key.
@bp.route(route="query", methods=[*READ, "POST"], auth_level=func.AuthLevel.ANONYMOUS)
@bp.durable_client_input(client_name="client")
async def query(req: func.HttpRequest, client: df.DurableOrchestrationClient) -> func.HttpResponse:
    """Return the repositories that answer a question, with reasons and a written answer."""
    return await answered(req, respond_query, req, client)


# Anonymous: existing portfolio sites send no key.
@bp.route(route="ai", methods=["POST", "OPTIONS"], auth_level=func.AuthLevel.ANONYMOUS)
@bp.durable_client_input(client_name="client")
async def ai(req: func.HttpRequest, client: df.DurableOrchestrationClient) -> func.HttpResponse:
    """Return only the written answer, in the format that existing portfolio sites expect."""
    return await answered(req, respond_ai, req, client)


async def respond_query(
    req: func.HttpRequest, client: df.DurableOrchestrationClient
) -> func.HttpResponse:
    """Rank the repositories for the question, and write an answer unless `answer` is false.

    Before the first listing, start the refresh and return 202. Raises InvalidRequest,
    UnknownPortfolio and RefreshUnavailable.
    """
    began, now = time.perf_counter(), datetime.now(UTC)
    query = parse_query(req, settings().github_usernames)
    portfolio = await serve_portfolio(client, query.username, now)
    if portfolio is None:
        return first_refresh_response(req, query.username)
    if query.read:
        ranking = await assistant().answer_question(portfolio, query.text, now)
    else:
        ranking = await assistant().rank(portfolio, query.text)
    body: dict[str, Any] = {
        "query": query.text,
        "username": query.username,
        "understood": views.understood(ranking.understood),
        "results": views.results(portfolio, ranking.scores[: query.limit]),
        "no_match": ranking.no_match,
    }
    if ranking.told:
        body["fact"] = views.fact(ranking.told.fact)
    if ranking.no_match:
        body["nearest"] = views.nearest(portfolio, ranking.nearest)
        body["difference"] = ranking.difference
    if query.answer:
        written = await assistant().answer(ranking)
        body["answer"] = views.answer(portfolio, ranking.scores, written)
        body["suggestions"] = suggest(ranking)
    stale = views.is_stale(portfolio, now, settings().cache_max_age_seconds)
    body["portfolio"] = views.portfolio_facts(portfolio, now, stale=stale)
    body["took_ms"] = milliseconds_since(began)
    return create_success_response(body)


async def respond_ai(
    req: func.HttpRequest, client: df.DurableOrchestrationClient
) -> func.HttpResponse:
    """Rank and answer as `respond_query` does, and return the answer with its citations' scores."""
    query = parse_ai(req, settings().github_usernames)
    portfolio = await serve_portfolio(client, query.username, datetime.now(UTC))
    if portfolio is None:
        return first_refresh_response(req, query.username)
    ranking = await assistant().answer_question(portfolio, query.text, datetime.now(UTC))
    answer = await assistant().answer(ranking)
    scores = {score["name"]: score["score"] for score in ranking.scores}
    return create_success_response(
        {
            "response": views.linked(answer),
            "repositories_used": [
                {"name": citation["name"], "relevance_score": scores[citation["name"]]}
                for citation in answer["citations"]
            ],
            "total_repositories": len(portfolio.bundles),
            "query": query.text,
        }
    )
