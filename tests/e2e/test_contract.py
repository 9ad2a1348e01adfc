"""The running app's responses match their description in the OpenAPI document."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from github_standin.portfolio import load_user
from github_standin.server import GitHubServer, StandIn
from localhost.azurite import Azurite
from tests.e2e.shared_app import served_portfolio
from tests.unit.web.test_api_page import validator
from tools.host_process import SAMPLES, USERNAME, HostProcess, Reply, http, refreshed
from web.api_page import openapi_document

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def served_host(
    azurite: Azurite, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[HostProcess]:
    """The app with the sample portfolio."""
    with (
        GitHubServer(StandIn(load_user(SAMPLES))) as github,
        served_portfolio(azurite, github, tmp_path_factory.mktemp("state")) as host,
    ):
        yield host


def check(reply: Reply, path: str, method: str = "get") -> None:
    """Check a response against the schema of its operation and status."""
    response = openapi_document()["paths"][path][method]["responses"][str(reply.status)]
    if "$ref" in response:
        response = openapi_document()["components"]["responses"][response["$ref"].split("/")[-1]]
    assert reply.headers["content-type"].startswith("application/json")
    assert reply.headers["x-request-id"]
    validator(response["content"]["application/json"]["schema"]).validate(reply.json)


def test_responses_before_the_first_refresh_match(start_app):
    host = start_app()

    check(host.get("/api/health"), "/health")
    for path, method, reply in (
        ("/query", "get", host.get("/api/query?q=x")),
        ("/query", "post", host.post("/api/query", {"q": "x"})),
        ("/ai", "post", host.post("/api/ai", {"query": "x"})),
        ("/portfolios/{username}", "get", host.get(f"/api/portfolios/{USERNAME}")),
    ):
        assert reply.status in (200, 202)
        check(reply, path, method)
    check(host.get("/api/cache/stats"), "/cache/stats")
    check(host.get(f"/api/refresh/{USERNAME}"), "/refresh/{username}")


def test_responses_with_a_served_portfolio_match(served_host):
    check(served_host.post("/api/refresh", {}), "/refresh", "post")

    for question in ("kubernetes", "blockchain", "which projects use python?"):
        check(served_host.get(f"/api/query?q={question.replace(' ', '%20')}"), "/query")
    check(served_host.post("/api/ai", {"query": "kubernetes"}), "/ai", "post")
    portfolio = served_host.get(f"/api/portfolios/{USERNAME}")
    check(portfolio, "/portfolios/{username}")
    for repository in portfolio.json["repositories"]:
        name = repository["metadata"]["name"]
        check(
            served_host.get(f"/api/portfolios/{USERNAME}/repos/{name}"),
            "/portfolios/{username}/repos/{repo}",
        )
    check(served_host.get("/api/health"), "/health")
    check(served_host.get("/api/cache/stats"), "/cache/stats")
    check(served_host.get(f"/api/refresh/{USERNAME}"), "/refresh/{username}")
    check(http("DELETE", f"{served_host.url}/api/cache/{USERNAME}"), "/cache/{username}", "delete")
    refreshed(served_host)  # as the other tests expect it


def test_responses_to_wrong_requests_match(served_host):
    check(served_host.get("/api/query"), "/query")
    check(served_host.get("/api/query?q=x&username=mallory"), "/query")
    check(served_host.post("/api/query", raw=b"{"), "/query", "post")
    check(served_host.post("/api/ai", {}), "/ai", "post")
    check(served_host.post("/api/refresh", {"force": 7}), "/refresh", "post")
    check(served_host.get("/api/portfolios/mallory"), "/portfolios/{username}")
    check(served_host.get("/api/refresh/mallory"), "/refresh/{username}")
    check(served_host.post("/api/webhooks/github", {}), "/webhooks/github", "post")


def test_the_document_and_its_page_are_served(served_host):
    assert openapi_document() == served_host.get("/api/openapi.json").json
    page = served_host.get("/api/docs")
    assert page.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert b"<h1>portfolio-api</h1>" in page.body
