"""What the running app answers is what its description says."""

from __future__ import annotations

import pytest

from tests.unit.web.test_api_page import validator
from tools.host_process import USERNAME, HostProcess, Reply, http, refreshed
from web.api_page import openapi_document

pytestmark = pytest.mark.server


@pytest.fixture
def host(start_app) -> HostProcess:
    running: HostProcess = start_app()
    return running


def check(reply: Reply, path: str, method: str = "get") -> None:
    """Against the schema of the operation and the status."""
    response = openapi_document()["paths"][path][method]["responses"][str(reply.status)]
    if "$ref" in response:
        response = openapi_document()["components"]["responses"][response["$ref"].split("/")[-1]]
    assert reply.headers["content-type"].startswith("application/json")
    assert reply.headers["x-request-id"]
    validator(response["content"]["application/json"]["schema"]).validate(reply.json)


def test_every_answer_of_an_empty_cache(host):
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


def test_every_answer_of_a_served_portfolio(host):
    check(host.post("/api/refresh", {}), "/refresh", "post")
    refreshed(host)

    for question in ("kubernetes", "blockchain", "which projects use python?"):
        check(host.get(f"/api/query?q={question.replace(' ', '%20')}"), "/query")
    check(host.post("/api/ai", {"query": "kubernetes"}), "/ai", "post")
    portfolio = host.get(f"/api/portfolios/{USERNAME}")
    check(portfolio, "/portfolios/{username}")
    for each in portfolio.json["repositories"]:
        name = each["metadata"]["name"]
        check(
            host.get(f"/api/portfolios/{USERNAME}/repos/{name}"),
            "/portfolios/{username}/repos/{repo}",
        )
    check(host.get("/api/health"), "/health")
    check(host.get("/api/cache/stats"), "/cache/stats")
    check(host.get(f"/api/refresh/{USERNAME}"), "/refresh/{username}")
    check(http("DELETE", f"{host.url}/api/cache/{USERNAME}"), "/cache/{username}", "delete")


def test_every_error(host):
    check(host.get("/api/query"), "/query")
    check(host.get("/api/query?q=x&username=mallory"), "/query")
    check(host.post("/api/query", raw=b"{"), "/query", "post")
    check(host.post("/api/ai", {}), "/ai", "post")
    check(host.post("/api/refresh", {"force": 7}), "/refresh", "post")
    check(host.get("/api/portfolios/mallory"), "/portfolios/{username}")
    check(host.get("/api/refresh/mallory"), "/refresh/{username}")
    check(host.post("/api/webhooks/github", {}), "/webhooks/github", "post")


def test_the_description_and_its_page_are_served(host):
    assert openapi_document() == host.get("/api/openapi.json").json
    page = host.get("/api/docs")
    assert page.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert b"<h1>portfolio-api</h1>" in page.body
