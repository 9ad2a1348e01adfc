"""What the GitHub stand-in answers is what GitHub's published OpenAPI description says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator

from tools.host_process import ROOT, USERNAME, http

DESCRIPTION = (
    ROOT / "node_modules" / "@octokit" / "openapi" / "generated" / "api.github.com.deref.json"
)
ROOT_PATH = f"/repos/{USERNAME}"


@pytest.fixture(scope="session")
def paths() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path(DESCRIPTION).read_text())["paths"]
    return found


def nullable(schema: Any) -> Any:
    """OpenAPI 3.0's `nullable` in the words of JSON Schema."""
    if isinstance(schema, list):
        return [nullable(each) for each in schema]
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
    """How a body differs from the schema of that path's response."""
    content = paths[path]["get"]["responses"][str(status)]["content"]
    schema = content["application/json"]["schema"]
    return [
        f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}"
        for error in Draft202012Validator(nullable(schema)).iter_errors(body)
    ]


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/users/{username}/repos", f"/users/{USERNAME}/repos?per_page=100"),
        ("/repos/{owner}/{repo}", f"{ROOT_PATH}/skyhook"),
        ("/repos/{owner}/{repo}/languages", f"{ROOT_PATH}/skyhook/languages"),
        (
            "/repos/{owner}/{repo}/git/trees/{tree_sha}",
            f"{ROOT_PATH}/skyhook/git/trees/main?recursive=1",
        ),
    ],
)
def test_what_is_there_has_githubs_shape(paths, github, path, asked):
    reply = http("GET", github.url + asked)

    assert 200 == reply.status
    assert [] == problems(paths, path, 200, reply.json)
    assert {"x-ratelimit-remaining", "x-ratelimit-reset", "etag"} <= set(reply.headers)


def test_every_blob_of_a_tree_can_be_read_and_has_githubs_shape(paths, github):
    tree = http("GET", f"{github.url}{ROOT_PATH}/skyhook/git/trees/main?recursive=1").json

    for entry in tree["tree"]:
        if entry["type"] == "blob":
            blob = http("GET", entry["url"])
            assert [] == problems(
                paths, "/repos/{owner}/{repo}/git/blobs/{file_sha}", 200, blob.json
            )
            assert entry["size"] == blob.json["size"]


@pytest.mark.parametrize(
    ("path", "asked", "status"),
    [
        ("/repos/{owner}/{repo}", f"{ROOT_PATH}/nothing", 404),
        (
            "/repos/{owner}/{repo}/git/trees/{tree_sha}",
            f"{ROOT_PATH}/skyhook/git/trees/nothing",
            404,
        ),
        (
            "/repos/{owner}/{repo}/git/trees/{tree_sha}",
            f"{ROOT_PATH}/scratch-ideas/git/trees/main",
            409,
        ),
        ("/repos/{owner}/{repo}", f"{ROOT_PATH}/postcards", 403),
        ("/repos/{owner}/{repo}", f"{ROOT_PATH}/old-name", 301),
    ],
)
def test_what_is_refused_has_githubs_shape(paths, github, path, asked, status):
    github.standin.users[USERNAME].repositories["postcards"].blocked = True
    github.standin.renamed[f"{USERNAME}/old-name"] = f"{USERNAME}/new-name"

    reply = httpx.get(github.url + asked, follow_redirects=False)

    assert status == reply.status_code
    assert [] == problems(paths, path, status, reply.json())


def test_a_listing_comes_in_pages_with_links(github):
    first = http("GET", f"{github.url}/users/{USERNAME}/repos?per_page=20&page=1")
    second = http("GET", f"{github.url}/users/{USERNAME}/repos?per_page=20&page=2")

    assert (20, 12) == (len(first.json), len(second.json))
    assert 'rel="next"' in first.headers["link"]
    assert 'rel="prev"' not in first.headers["link"]
    assert 'rel="next"' not in second.headers["link"]
    following = first.headers["link"].split("<")[1].split(">")[0]
    assert second.json == http("GET", following).json


def test_what_was_pushed_over_can_still_be_read_by_its_hash(github):
    root = f"{github.url}{ROOT_PATH}/tally"
    before = http("GET", f"{root}/git/trees/main?recursive=1").json
    (readme,) = [each for each in before["tree"] if each["path"] == "README.md"]

    github.standin.users[USERNAME].repositories["tally"].push(
        {"README.md": "new"}, "2026-11-01T00:00:00Z"
    )

    assert 200 == http("GET", readme["url"]).status
    assert (
        before["tree"] == http("GET", f"{root}/git/trees/{before['sha']}?recursive=1").json["tree"]
    )
    assert before["sha"] != http("GET", f"{root}/git/trees/main").json["sha"]


def test_an_unchanged_answer_is_304_and_free_with_a_token(github):
    url = f"{github.url}/users/{USERNAME}/repos"
    first = http("GET", url)
    left = github.standin.remaining

    again = http("GET", url, If_None_Match=first.headers["etag"], Authorization="token x")

    assert (304, b"") == (again.status, again.body)
    assert left == github.standin.remaining


def test_an_exhausted_limit_is_403_with_githubs_words(paths, github):
    github.standin.remaining = 0

    reply = http("GET", f"{github.url}{ROOT_PATH}/skyhook")

    assert (403, "0") == (reply.status, reply.headers["x-ratelimit-remaining"])
    assert reply.json["message"].startswith("API rate limit exceeded for ")
    assert [] == problems(paths, "/repos/{owner}/{repo}", 403, reply.json)
