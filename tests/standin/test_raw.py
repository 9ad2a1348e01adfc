"""Raw files as raw.githubusercontent.com serves them."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import httpx
import pytest

from github_standin.faults import Fault
from github_standin.git_objects import FILE, LINK, SUBMODULE
from github_standin.portfolio import Repository, User
from github_standin.server import GitHubServer, StandIn

BINARY = b"\x89PNG\0"


@pytest.fixture
def skyhook() -> Repository:
    return Repository(
        "skyhook",
        default_branch="feature/raw",
        files={
            "README.md": (FILE, b"# skyhook\n"),
            "docs/how to ü?#%.md": (FILE, b"how"),
            "logo.png": (FILE, BINARY),
            "late-zero.txt": (FILE, b"a" * 8_000 + b"\0"),
            "link": (LINK, b"README.md"),
            "vendor": (SUBMODULE, b"1" * 40),
        },
    )


@pytest.fixture
def server(skyhook) -> Iterator[GitHubServer]:
    user = User("Ada")
    user.add(skyhook)
    user.add(Repository("secret", private=True, files={"README.md": (FILE, b"secret")}))
    user.add(Repository("blocked", blocked=True, files={"README.md": (FILE, b"blocked")}))
    user.add(Repository("empty"))
    with GitHubServer(StandIn(user)) as server:
        yield server


def get(server: GitHubServer, path: str, **headers: str) -> httpx.Response:
    return httpx.get(f"{server.raw_url}/{path}", headers=headers)


def test_a_file_is_served_by_branch_commit_and_tree(server, skyhook):
    refs = ["HEAD", "feature/raw", "refs/heads/feature/raw", skyhook.commit, skyhook.tree[0]]
    for ref in refs:
        reply = get(server, f"ada/SKYHOOK/{ref}/README.md")

        assert (200, b"# skyhook\n") == (reply.status_code, reply.content), ref
        assert "max-age=300" == reply.headers["cache-control"]


def test_every_kind_of_file_comes_as_its_bytes(server):
    text, binary = "text/plain; charset=utf-8", "application/octet-stream"
    expected = {
        "README.md": (b"# skyhook\n", text),
        "docs/how to ü?#%.md": (b"how", text),
        "logo.png": (BINARY, binary),
        "late-zero.txt": (b"a" * 8_000 + b"\0", text),
        "link": (b"README.md", text),
    }

    replies = {path: get(server, f"ada/skyhook/HEAD/{quote(path)}") for path in expected}

    assert expected == {
        path: (reply.content, reply.headers["content-type"]) for path, reply in replies.items()
    }


def test_what_is_no_public_file_is_404(server):
    paths = [
        "ada/skyhook/HEAD/readme.md",
        "ada/skyhook/HEAD/docs",
        "ada/skyhook/HEAD/vendor",
        "ada/skyhook/HEAD/",
        "ada/skyhook/main/README.md",
        f"ada/skyhook/{'0' * 40}/README.md",
        "ada/nothing/HEAD/README.md",
        "nobody/skyhook/HEAD/README.md",
        "ada/secret/HEAD/README.md",
        "ada/blocked/HEAD/README.md",
        "ada/empty/HEAD/README.md",
        "ada",
        "",
    ]
    for path in paths:
        reply = get(server, path)

        assert (404, b"404: Not Found") == (reply.status_code, reply.content), path
        assert "text/plain; charset=utf-8" == reply.headers["content-type"]
        assert "cache-control" not in reply.headers


def test_a_commit_keeps_its_files_after_a_push(server, skyhook):
    before = skyhook.commit
    skyhook.push({"README.md": "new"}, "2026-11-01T00:00:00Z")

    assert b"# skyhook\n" == get(server, f"ada/skyhook/{before}/README.md").content
    assert b"new" == get(server, f"ada/skyhook/{skyhook.commit}/README.md").content


def test_a_former_name_is_followed(server):
    server.standin.renamed["ada/old"] = "Ada/skyhook"

    assert b"# skyhook\n" == get(server, "ada/old/HEAD/README.md").content


def test_an_unchanged_file_is_304(server):
    first = get(server, "ada/skyhook/HEAD/README.md")
    again = get(server, "ada/skyhook/HEAD/README.md", **{"if-none-match": first.headers["etag"]})

    assert (304, b"") == (again.status_code, again.content)


def test_raw_files_count_nowhere_and_are_recorded_as_such(server):
    quotas = server.standin.quotas
    before = (quotas.core.remaining, quotas.graphql.remaining, quotas.anonymous.remaining)

    reply = get(server, "ada/skyhook/HEAD/README.md")

    assert not [name for name in reply.headers if name.startswith("x-ratelimit")]
    assert before == (quotas.core.remaining, quotas.graphql.remaining, quotas.anonymous.remaining)
    (seen,) = server.standin.requests
    assert ("raw", "/raw/ada/skyhook/HEAD/README.md", 200) == (
        seen.resource,
        seen.path,
        seen.status,
    )


def test_a_fault_may_be_a_limit_in_words_or_garbage(server):
    server.standin.faults += [
        Fault(
            path="/raw/",
            status=429,
            message="Too Many Requests",
            headers={"retry-after": "7"},
            times=1,
        ),
        Fault(path="/raw/", status=200, body=b"<html>", times=1),
    ]

    limited, garbage, served = (get(server, "ada/skyhook/HEAD/README.md") for _ in range(3))

    assert (429, "429: Too Many Requests", "7") == (
        limited.status_code,
        limited.text,
        limited.headers["retry-after"],
    )
    assert (200, "<html>") == (garbage.status_code, garbage.text)
    assert "# skyhook\n" == served.text
