"""A client of the stand-in's GraphQL API."""

from __future__ import annotations

from typing import Any

import httpx

from github_standin.server import GitHubServer

TOKEN = {"authorization": "bearer ghp_of-the-test"}


def post(github: GitHubServer, query: str, **variables: Any) -> httpx.Response:
    """Send a query with a token."""
    body = {"query": query, "variables": variables}
    return httpx.post(f"{github.url}/graphql", json=body, headers=TOKEN)


def ask(github: GitHubServer, query: str, **variables: Any) -> Any:
    """Return the data of a query that must succeed."""
    response = post(github, query, **variables)
    assert 200 == response.status_code
    assert "errors" not in response.json(), response.json()["errors"]
    return response.json()["data"]
