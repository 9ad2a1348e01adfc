"""Links, submodules and bytes of a portfolio's files, as REST, GraphQL and the raw host serve them."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from github_standin.git_objects import FILE, FOLDER, LINK, SUBMODULE, object_sha
from github_standin.portfolio import load_user
from github_standin.server import GitHubServer, StandIn
from tests.standin.asking import ask
from tools.host_process import SAMPLES

TARGET = "packages/core/README.md"
COMMIT = "1234567890123456789012345678901234567890"
UTF_16 = "flask==3.0\r\n".encode("utf-16")
SHIFT_JIS = "天気のカード".encode("shift-jis")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[GitHubServer]:
    folder = tmp_path / "ada"
    folder.mkdir()
    (folder / "cards.toml").write_text(
        f"""[files]
        "README.md" = {{ link = "{TARGET}" }}
        "{TARGET}" = "# Cards\\n"
        "README.ja.md" = {{ base64 = "{base64.b64encode(SHIFT_JIS).decode()}" }}
        "requirements.txt" = {{ base64 = "{base64.b64encode(UTF_16).decode()}" }}
        "themes/plain" = {{ submodule = "{COMMIT}" }}
        ".github/workflows/test.yml" = "on: push\\n"
        ".github/workflows/release.yml" = "on: release\\n"
        """,
        encoding="utf-8",
    )
    with GitHubServer(StandIn(load_user(folder))) as server:
        yield server


def test_the_tree_lists_each_file_with_its_mode(server):
    url = f"{server.url}/repos/ada/cards/git/trees/HEAD?recursive=1"
    entries = {entry["path"]: entry for entry in httpx.get(url).json()["tree"]}

    assert {
        ".github": (FOLDER, "tree"),
        ".github/workflows": (FOLDER, "tree"),
        ".github/workflows/release.yml": (FILE, "blob"),
        ".github/workflows/test.yml": (FILE, "blob"),
        "README.ja.md": (FILE, "blob"),
        "README.md": (LINK, "blob"),
        "packages": (FOLDER, "tree"),
        "packages/core": (FOLDER, "tree"),
        TARGET: (FILE, "blob"),
        "requirements.txt": (FILE, "blob"),
        "themes": (FOLDER, "tree"),
        "themes/plain": (SUBMODULE, "commit"),
    } == {path: (entry["mode"], entry["type"]) for path, entry in entries.items()}
    assert (object_sha("blob", TARGET.encode()), len(TARGET)) == (
        entries["README.md"]["sha"],
        entries["README.md"]["size"],
    )
    assert (COMMIT, None) == (entries["themes/plain"]["sha"], entries["themes/plain"].get("size"))


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("README.md", TARGET.encode()),
        (TARGET, b"# Cards\n"),
        ("README.ja.md", SHIFT_JIS),
        ("requirements.txt", UTF_16),
    ],
)
def test_rest_and_the_raw_host_serve_the_same_bytes(server, path, content):
    blob = httpx.get(f"{server.url}/repos/ada/cards/git/blobs/{object_sha('blob', content)}").json()
    raw = httpx.get(f"{server.raw_url}/ada/cards/HEAD/{path}")

    assert content == base64.b64decode(blob["content"])
    assert (200, content) == (raw.status_code, raw.content)


def test_a_link_is_not_followed(server):
    found = ask(
        server,
        """{repository(owner: "ada", name: "cards") {
          object(expression: "HEAD:README.md") {__typename oid ... on Blob {text byteSize isBinary}}
        }}""",
    )["repository"]["object"]

    assert {
        "__typename": "Blob",
        "oid": object_sha("blob", TARGET.encode()),
        "text": TARGET,
        "byteSize": len(TARGET),
        "isBinary": False,
    } == found


def test_a_folder_lists_its_files_with_their_text(server):
    found = ask(
        server,
        """{repository(owner: "ada", name: "cards") {
          object(expression: "HEAD:.github/workflows") {... on Tree {entries {
            name path mode object {... on Blob {oid text isTruncated}}
          }}}
        }}""",
    )["repository"]["object"]

    assert [
        {
            "name": name,
            "path": f".github/workflows/{name}",
            "mode": int(FILE, 8),
            "object": {
                "oid": object_sha("blob", text),
                "text": text.decode(),
                "isTruncated": False,
            },
        }
        for name, text in (("release.yml", b"on: release\n"), ("test.yml", b"on: push\n"))
    ] == found["entries"]


def test_graphql_has_no_exact_text_of_bytes_that_are_not_utf_8(server):
    found = ask(
        server,
        """{repository(owner: "ada", name: "cards") {
          utf_16: object(expression: "HEAD:requirements.txt") {... on Blob {text isBinary}}
          shift_jis: object(expression: "HEAD:README.ja.md") {... on Blob {text isBinary}}
        }}""",
    )["repository"]

    assert {"text": None, "isBinary": True} == found["utf_16"]
    assert False is found["shift_jis"]["isBinary"]
    assert "\ufffd" in found["shift_jis"]["text"]


def test_the_sample_portfolio_has_a_link_a_submodule_and_bytes_that_are_not_utf_8():
    repositories = load_user(SAMPLES).repositories.values()
    files = [file for repository in repositories for file in repository.files.values()]

    assert {FILE, LINK, SUBMODULE} == {mode for mode, _ in files}
    assert [content for _, content in files if content.startswith(b"\xff\xfe")]
