"""What the routes return in each state is what the OpenAPI document says."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import azure.functions as func
import pytest
from jsonschema import Draft202012Validator

from http_api.health import respond_health
from http_api.operator import respond_stats
from http_api.portfolios import respond_portfolio, respond_repository
from http_api.query import respond_ai, respond_query
from http_api.refresh import respond_progress, respond_refresh
from http_api.responses import answered
from http_api.webhooks import respond_webhook
from models import iso_utc
from tests.unit.http_api.fakes import (
    behind_the_answers,
    bundle,
    failed_health,
    get,
    json_of,
    pending_bundle,
    portfolio,
    post,
)
from tests.unit.http_api.test_webhooks import SECRET, about, form, webhook
from web.api_page import openapi_document

Respond = Callable[[], Awaitable[func.HttpResponse]]


@pytest.fixture
def responders(client) -> dict[tuple[str, str], Respond]:
    """Every route that serves portfolios or asks Durable, by path and method in the document."""

    def responder(request: func.HttpRequest, respond: Any, *arguments: Any) -> Respond:
        return lambda: answered(request, respond, *arguments)

    ada, skyhook = get(route={"username": "Ada"}), get(route={"username": "Ada", "repo": "skyhook"})
    question, by_body = get(q="kubernetes"), post({"q": "kubernetes"})
    ai, start, push = post({"query": "kubernetes"}), post(b""), webhook(form(about("tally")))
    return {
        ("/health", "get"): responder(ada, respond_health, client),
        ("/query", "get"): responder(question, respond_query, question, client),
        ("/query", "post"): responder(by_body, respond_query, by_body, client),
        ("/ai", "post"): responder(ai, respond_ai, ai, client),
        ("/portfolios/{username}", "get"): responder(ada, respond_portfolio, ada, client),
        ("/portfolios/{username}/repos/{repo}", "get"): responder(
            skyhook, respond_repository, skyhook, client
        ),
        ("/refresh/{username}", "get"): responder(ada, respond_progress, ada, client),
        ("/refresh", "post"): responder(start, respond_refresh, start, client),
        ("/webhooks/github", "post"): responder(push, respond_webhook, push, client),
        ("/cache/stats", "get"): responder(ada, respond_stats),
    }


def check(response: func.HttpResponse, path: str, method: str) -> None:
    """Check a response and its headers against the document."""
    described = openapi_document()["paths"][path][method]["responses"][str(response.status_code)]
    components = openapi_document()["components"]
    if "$ref" in described:
        described = components["responses"][described["$ref"].split("/")[-1]]
    schema = described["content"]["application/json"]["schema"]
    Draft202012Validator(
        {**closed(schema), "components": closed(components)},
        format_checker=Draft202012Validator.FORMAT_CHECKER,
    ).validate(json_of(response))
    for header in ("Retry-After", "Location"):
        assert header not in response.headers or header in described["headers"], header


def closed(schema: Any) -> Any:
    """Copy a schema so that an object may have no properties but the described ones."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    # Parts of an `allOf` must allow one another's properties.
    copied = {key: value if key in EXTENDED else closed(value) for key, value in schema.items()}
    if "allOf" in schema or ("properties" in schema and schema.get("type") == "object"):
        copied["unevaluatedProperties"] = False
    return copied


EXTENDED = ("allOf", "PortfolioFacts")
STATES = ["complete", "partial", "missing", "failing", "storage-down", "durable-down"]


@pytest.fixture(params=STATES)
def state(request, client, cache, configure) -> str:
    """Bring portfolio, storage and Durable into a state."""
    configure(GITHUB_WEBHOOK_SECRET=SECRET, GITHUB_TOKEN="ghp_secret")
    moment = iso_utc(datetime.now(UTC) + timedelta(days=3))
    if request.param == "complete":
        cache.publish(portfolio())
        health = failed_health(error=None, next_try_in=None, token_expires_at=moment)
        cache.save_refresh_health("Ada", health)
    elif request.param == "partial":
        unread = pending_bundle("skyhook", description="Canary releases for Kubernetes")
        cache.publish(portfolio(unread, bundle("orchard"), finished=False))
    elif request.param == "failing":
        cache.save_refresh_health("Ada", failed_health())
    elif request.param == "storage-down":
        cache.is_down = True
    elif request.param == "durable-down":
        client.error = OSError("connection refused")
    return str(request.param)


EXPECTED = {
    "complete": {200},
    "partial": {200},
    "missing": {202},
    "failing": {503},
    "storage-down": {503},
    "durable-down": {503},
}


async def test_every_response_matches_its_description(state, responders):
    for (path, method), respond in responders.items():
        response = await respond()
        check(response, path, method)
        if path in ("/query", "/ai") or path.startswith("/portfolios"):
            assert {response.status_code} == EXPECTED[state], path
        if path == "/health":
            assert 200 == response.status_code
    await behind_the_answers()


async def test_the_examples_of_problems_are_the_routes_own(client, cache, configure):
    configure(GITHUB_WEBHOOK_SECRET=SECRET)
    bad = webhook(b"a=b&c=d")
    cache.save_refresh_health("Ada", failed_health())

    for name, request, respond in (
        ("BadWebhook", bad, respond_webhook),
        ("NotFetched", get(q="x"), respond_query),
    ):
        response = await answered(request, respond, request, client)

        described = openapi_document()["components"]["responses"][name]
        example = described["content"]["application/json"]["example"]["error"]
        assert {**example, "request_id": ""} == {**json_of(response)["error"], "request_id": ""}
