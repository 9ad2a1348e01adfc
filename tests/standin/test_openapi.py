"""The stand-in's responses match GitHub's published OpenAPI description."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator

from tools.host_process import ROOT, USERNAME, http

OCTOKIT = ROOT / "node_modules" / "@octokit"
DESCRIPTION = OCTOKIT / "openapi" / "generated" / "api.github.com.deref.json"
REPOS = f"/repos/{USERNAME}"


@pytest.fixture(scope="session")
def paths() -> dict[str, Any]:
    """The paths of GitHub's OpenAPI description."""
    description: dict[str, Any] = json.loads(DESCRIPTION.read_text())
    return description["paths"]  # type: ignore[no-any-return]


def nullable(schema: Any) -> Any:
    """Convert OpenAPI 3.0's `nullable` to JSON Schema."""
    if isinstance(schema, list):
        return [nullable(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    converted = {key: nullable(value) for key, value in schema.items()}
    if converted.get("nullable") and "type" in converted:
        converted["type"] = [converted["type"], "null"]
        if "enum" in converted:
            converted["enum"] = [*converted["enum"], None]
    elif converted.get("nullable"):
        return {"anyOf": [converted, {"type": "null"}]}
    return converted


def problems(paths: dict[str, Any], path: str, status: int, body: Any) -> list[str]:
    """List how a body differs from the schema of the response to GET `path`."""
    content = paths[path]["get"]["responses"][str(status)]["content"]
    schema = content["application/json"]["schema"]
    return [
        f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}"
        for error in Draft202012Validator(nullable(schema)).iter_errors(body)
    ]


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("/users/{username}/repos", f"/users/{USERNAME}/repos?per_page=100"),
        ("/repos/{owner}/{repo}", f"{REPOS}/skyhook"),
        ("/repos/{owner}/{repo}/languages", f"{REPOS}/skyhook/languages"),
        (
            "/repos/{owner}/{repo}/git/trees/{tree_sha}",
            f"{REPOS}/skyhook/git/trees/main?recursive=1",
        ),
    ],
)
def test_a_resource_has_githubs_shape(paths, github, path, address):
    reply = http("GET", github.url + address)

    assert 200 == reply.status
    assert [] == problems(paths, path, 200, reply.json)
    assert {"x-ratelimit-remaining", "x-ratelimit-reset", "etag"} <= set(reply.headers)


def test_every_blob_of_a_tree_exists_and_has_githubs_shape(paths, github):
    tree = http("GET", f"{github.url}{REPOS}/skyhook/git/trees/main?recursive=1").json

    for entry in tree["tree"]:
        if entry["type"] == "blob":
            blob = http("GET", entry["url"])
            assert [] == problems(
                paths, "/repos/{owner}/{repo}/git/blobs/{file_sha}", 200, blob.json
            )
            assert entry["size"] == blob.json["size"]


@pytest.mark.parametrize(
    ("path", "address", "status"),
    [
        ("/repos/{owner}/{repo}", f"{REPOS}/nothing", 404),
        (
            "/repos/{owner}/{repo}/git/trees/{tree_sha}",
            f"{REPOS}/skyhook/git/trees/nothing",
            404,
        ),
        (
            "/repos/{owner}/{repo}/git/trees/{tree_sha}",
            f"{REPOS}/scratch-ideas/git/trees/main",
            409,
        ),
        ("/repos/{owner}/{repo}", f"{REPOS}/postcards", 403),
        ("/repos/{owner}/{repo}", f"{REPOS}/old-name", 301),
    ],
)
def test_a_refusal_has_githubs_shape(paths, github, path, address, status):
    github.standin.users[USERNAME].repositories["postcards"].blocked = True
    github.standin.renamed[f"{USERNAME}/old-name"] = f"{USERNAME}/new-name"

    reply = httpx.get(github.url + address, follow_redirects=False)

    assert status == reply.status_code
    assert [] == problems(paths, path, status, reply.json())


def test_a_listing_has_pages_and_links_them(github):
    first = http("GET", f"{github.url}/users/{USERNAME}/repos?per_page=20&page=1")
    second = http("GET", f"{github.url}/users/{USERNAME}/repos?per_page=20&page=2")

    assert (20, 12) == (len(first.json), len(second.json))
    assert 'rel="next"' in first.headers["link"]
    assert 'rel="prev"' not in first.headers["link"]
    assert 'rel="next"' not in second.headers["link"]
    next_page = first.headers["link"].split("<")[1].split(">")[0]
    assert second.json == http("GET", next_page).json


def test_content_from_before_a_push_is_still_served_by_its_hash(github):
    root = f"{github.url}{REPOS}/tally"
    before = http("GET", f"{root}/git/trees/main?recursive=1").json
    (readme,) = [entry for entry in before["tree"] if entry["path"] == "README.md"]

    github.standin.users[USERNAME].repositories["tally"].push(
        {"README.md": "new"}, "2026-11-01T00:00:00Z"
    )

    assert 200 == http("GET", readme["url"]).status
    assert (
        before["tree"] == http("GET", f"{root}/git/trees/{before['sha']}?recursive=1").json["tree"]
    )
    assert before["sha"] != http("GET", f"{root}/git/trees/main").json["sha"]


def test_an_unchanged_response_is_304_and_free_with_a_token(github):
    url = f"{github.url}/users/{USERNAME}/repos"
    first = http("GET", url)
    remaining = github.standin.remaining

    again = http("GET", url, If_None_Match=first.headers["etag"], Authorization="token x")

    assert (304, b"") == (again.status, again.body)
    assert remaining == github.standin.remaining


def test_an_exhausted_quota_is_403_with_githubs_message(paths, github):
    github.standin.remaining = 0

    reply = http("GET", f"{github.url}{REPOS}/skyhook", Authorization="token x")

    assert (403, "0") == (reply.status, reply.headers["x-ratelimit-remaining"])
    assert "API rate limit exceeded for user ID 1." == reply.json["message"]
    assert [] == problems(paths, "/repos/{owner}/{repo}", 403, reply.json)
