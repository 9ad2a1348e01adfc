"""GraphQL as GitHub answers it. graphql-core holds queries and values to GitHub's own schema."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from github_standin.git_objects import FILE, LINK, SUBMODULE, object_sha
from github_standin.portfolio import Repository, User
from github_standin.server import GitHubServer, StandIn
from tests.standin.asking import TOKEN, ask, post
from tools.host_process import USERNAME, http

BINARY = b"\x89PNG\r\n\x1a\n\0\0"
SUBMODULE_COMMIT = "1234567890123456789012345678901234567890"
LONG = "é" * 300_000  # two bytes each


@pytest.fixture
def skyhook() -> Repository:
    return Repository(
        "skyhook",
        description="Canary releases",
        homepage="https://skyhook.example",
        topics=["kubernetes", "operator"],
        license="Apache-2.0",
        default_branch="trunk",
        stars=37,
        forks=7,
        archived=True,
        commits=120,
        pushed_at="2026-01-02T03:04:05Z",
        files={
            "README.md": (FILE, b"# skyhook\n"),
            "logo.png": (FILE, BINARY),
            "long.txt": (FILE, LONG.encode()),
            "latin.txt": (FILE, "café".encode("latin-1")),
            "src/app.py": (FILE, b"print(1)\n"),
            "src/deep/er.go": (FILE, b"package main // and more\n"),
            "current": (LINK, b"src"),
            "vendor": (SUBMODULE, SUBMODULE_COMMIT.encode()),
        },
    )


@pytest.fixture
def ada(skyhook) -> User:
    user = User("Ada", name="Ada Nimbus")
    user.add(skyhook)
    user.add(Repository("empty"))
    user.add(Repository("secret", private=True, files={"a": (FILE, b"a")}))
    return user


@pytest.fixture
def server(ada) -> Iterator[GitHubServer]:
    with GitHubServer(StandIn(ada)) as server:
        yield server


def repository(server: GitHubServer, fields: str) -> Any:
    """Return fields of `skyhook`."""
    query = f'{{repository(owner: "ada", name: "Skyhook") {{{fields}}}}}'
    return ask(server, query)["repository"]


def file_text(server: GitHubServer, path: str) -> Any:
    """Return what GraphQL says of a file's content."""
    blob = "... on Blob {byteSize text isBinary isTruncated}"
    return repository(server, f'object(expression: "HEAD:{path}") {{{blob}}}')["object"]


def test_a_repository_has_its_metadata(server):
    assert {
        "name": "skyhook",
        "nameWithOwner": "Ada/skyhook",
        "owner": {"__typename": "User", "login": "Ada"},
        "url": "https://github.com/Ada/skyhook",
        "description": "Canary releases",
        "homepageUrl": "https://skyhook.example",
        "isArchived": True,
        "isFork": False,
        "isPrivate": False,
        "isTemplate": False,
        "isEmpty": False,
        "isDisabled": False,
        "visibility": "PUBLIC",
        "stargazerCount": 37,
        "forkCount": 7,
        "pushedAt": "2026-01-02T03:04:05Z",
        "createdAt": "2024-01-01T00:00:00Z",
        "updatedAt": "2024-01-01T00:00:00Z",
        "diskUsage": 586,
        "licenseInfo": {
            "key": "apache-2.0",
            "name": "Apache License 2.0",
            "spdxId": "Apache-2.0",
        },
        "repositoryTopics": {
            "totalCount": 2,
            "nodes": [{"topic": {"name": "kubernetes"}}, {"topic": {"name": "operator"}}],
        },
        "primaryLanguage": {"name": "Go"},
    } == repository(
        server,
        "name nameWithOwner owner {__typename login} url description homepageUrl isArchived isFork "
        "isPrivate isTemplate isEmpty isDisabled visibility stargazerCount forkCount pushedAt "
        "createdAt updatedAt diskUsage licenseInfo {key name spdxId} primaryLanguage {name} "
        "repositoryTopics(first: 20) {totalCount nodes {topic {name}}}",
    )


def test_the_sample_portfolio_is_the_same_as_in_rest(github):
    names = [
        listed["name"]
        for listed in http("GET", f"{github.url}/users/{USERNAME}/repos?per_page=100").json
    ]
    for name in names:
        rest = httpx.get(f"{github.url}/repos/{USERNAME}/{name}", headers=TOKEN).json()
        languages = httpx.get(
            f"{github.url}/repos/{USERNAME}/{name}/languages", headers=TOKEN
        ).json()
        found = ask(
            github,
            """query ($owner: String!, $name: String!) {
              repository(owner: $owner, name: $name) {
                id databaseId nameWithOwner description homepageUrl stargazerCount forkCount
                isArchived isFork pushedAt diskUsage primaryLanguage {name}
                languages(first: 100, orderBy: {field: SIZE, direction: DESC}) {
                  edges {size node {name}}
                }
                repositoryTopics(first: 100) {nodes {topic {name}}}
              }
            }""",
            owner=USERNAME,
            name=name,
        )["repository"]

        assert languages == {
            edge["node"]["name"]: edge["size"] for edge in found["languages"]["edges"]
        }
        assert rest["topics"] == [
            node["topic"]["name"] for node in found["repositoryTopics"]["nodes"]
        ]
        assert rest["language"] == (found["primaryLanguage"] or {}).get("name")
        assert [
            rest[key]
            for key in "node_id id full_name description homepage stargazers_count forks_count "
            "archived fork pushed_at size".split()
        ] == [
            found[key]
            for key in "id databaseId nameWithOwner description homepageUrl stargazerCount "
            "forkCount isArchived isFork pushedAt diskUsage".split()
        ]


def test_the_branch_has_a_head_whose_tree_is_that_of_rest(server, skyhook):
    tree = httpx.get(
        f"{server.url}/repos/ada/skyhook/git/trees/trunk?recursive=1", headers=TOKEN
    ).json()
    by_path = {entry["path"]: entry for entry in tree["tree"]}

    branch = repository(
        server,
        """defaultBranchRef {name prefix target {__typename oid ... on Commit {
          committedDate history {totalCount}
          tree {oid entries {name path mode type oid size object {__typename oid}}}
        }}}""",
    )["defaultBranchRef"]

    assert ("trunk", "refs/heads/") == (branch["name"], branch["prefix"])
    commit = branch["target"]
    assert ("Commit", tree["sha"]) == (commit["__typename"], commit["oid"])
    assert ("2026-01-02T03:04:05Z", 120) == (
        commit["committedDate"],
        commit["history"]["totalCount"],
    )
    assert skyhook.tree[0] == commit["tree"]["oid"]
    entries = commit["tree"]["entries"]
    assert [path for path in by_path if "/" not in path] == [entry["path"] for entry in entries]
    for entry in entries:
        listed = by_path[entry["path"]]
        assert (int(listed["mode"], 8), listed["type"], listed["sha"], listed.get("size", 0)) == (
            entry["mode"],
            entry["type"],
            entry["oid"],
            entry["size"],
        )
        kind = {"blob": "Blob", "tree": "Tree"}.get(entry["type"])
        expected = {"__typename": kind, "oid": entry["oid"]} if kind else None
        assert expected == entry["object"]


def test_an_expression_finds_files_folders_and_commits(server, skyhook):
    found = repository(
        server,
        f"""
        head: object(expression: "HEAD") {{oid}}
        branch: object(expression: "trunk") {{oid}}
        sha: object(expression: "{skyhook.commit}") {{__typename}}
        root: object(expression: "HEAD:") {{oid}}
        folder: object(expression: "trunk:src") {{... on Tree {{entries {{path}}}}}}
        deep: object(expression: "refs/heads/trunk:src/deep/er.go") {{... on Blob {{text}}}}
        by_commit: object(expression: "{skyhook.commit}:README.md") {{... on Blob {{text}}}}
        by_tree: object(expression: "{skyhook.tree[0]}:README.md") {{... on Blob {{text}}}}
        link: object(expression: "HEAD:current") {{... on Blob {{text}}}}
        submodule: object(expression: "HEAD:vendor") {{oid}}
        through_link: object(expression: "HEAD:current/app.py") {{oid}}
        missing: object(expression: "HEAD:readme.md") {{oid}}
        no_branch: object(expression: "main:README.md") {{oid}}
        nothing: object(expression: "main") {{oid}}
        """,
    )

    assert {
        "head": {"oid": skyhook.commit},
        "branch": {"oid": skyhook.commit},
        "sha": {"__typename": "Commit"},
        "root": {"oid": skyhook.tree[0]},
        "folder": {"entries": [{"path": "src/app.py"}, {"path": "src/deep"}]},
        "deep": {"text": "package main // and more\n"},
        "by_commit": {"text": "# skyhook\n"},
        "by_tree": {"text": "# skyhook\n"},
        "link": {"text": "src"},
        "submodule": None,
        "through_link": None,
        "missing": None,
        "no_branch": None,
        "nothing": None,
    } == found


def test_an_object_is_found_by_its_id(server, skyhook):
    folder = next(entry["sha"] for entry in skyhook.tree[1] if entry["path"] == "src/deep")
    found = repository(
        server,
        f"""
        blob: object(oid: "{object_sha("blob", b"src")}") {{__typename ... on Blob {{text}}}}
        root: object(oid: "{skyhook.tree[0]}") {{__typename}}
        folder: object(oid: "{folder}") {{... on Tree {{entries {{path}}}}}}
        commit: object(oid: "{skyhook.commit}") {{__typename}}
        missing: object(oid: "{SUBMODULE_COMMIT}") {{__typename}}
        """,
    )

    assert {
        "blob": {"__typename": "Blob", "text": "src"},
        "root": {"__typename": "Tree"},
        "folder": {"entries": [{"path": "src/deep/er.go"}]},
        "commit": {"__typename": "Commit"},
        "missing": None,
    } == found


def test_binary_content_has_no_text(server):
    assert {
        "byteSize": len(BINARY),
        "text": None,
        "isBinary": True,
        "isTruncated": False,
    } == file_text(server, "logo.png")


def test_long_text_is_cut_and_says_so(server):
    assert {
        "byteSize": 600_000,
        "text": "é" * 256_000,
        "isBinary": None,
        "isTruncated": True,
    } == file_text(server, "long.txt")


def test_text_that_is_not_utf_8_has_replacements(server):
    assert ("caf\ufffd", 4, False) == tuple(
        file_text(server, "latin.txt")[key] for key in ("text", "byteSize", "isBinary")
    )


def test_a_push_moves_the_branch_and_keeps_what_it_replaced(server, skyhook):
    before = skyhook.head
    skyhook.push({"README.md": "new"}, "2026-11-01T00:00:00Z")

    commit = "{oid ... on Commit {committedDate history {totalCount}}}"
    found = repository(
        server,
        f"""
        new: object(expression: "HEAD") {commit}
        old: object(oid: "{before.sha}") {commit}
        old_text: object(expression: "{before.sha}:README.md") {{... on Blob {{text}}}}
        old_tree: object(oid: "{before.tree}") {{__typename}}
        new_text: object(expression: "HEAD:README.md") {{... on Blob {{text}}}}
        """,
    )

    assert {
        "new": {
            "oid": skyhook.commit,
            "committedDate": "2026-11-01T00:00:00Z",
            "history": {"totalCount": 121},
        },
        "old": {
            "oid": before.sha,
            "committedDate": "2026-01-02T03:04:05Z",
            "history": {"totalCount": 120},
        },
        "old_text": {"text": "# skyhook\n"},
        "old_tree": {"__typename": "Tree"},
        "new_text": {"text": "new"},
    } == found


def test_an_empty_repository_has_no_branch_and_no_objects(server):
    found = ask(
        server,
        """{repository(owner: "ada", name: "empty") {
          isEmpty defaultBranchRef {name} object(expression: "HEAD") {oid} primaryLanguage {name}
          languages(first: 10) {totalSize edges {size}} licenseInfo {key} description
        }}""",
    )["repository"]

    assert {
        "isEmpty": True,
        "defaultBranchRef": None,
        "object": None,
        "primaryLanguage": None,
        "languages": {"totalSize": 0, "edges": []},
        "licenseInfo": None,
        "description": None,
    } == found


def test_a_missing_repository_is_null_at_its_alias_and_the_rest_is_there(server):
    reply = post(
        server,
        """{
          a: repository(owner: "ada", name: "skyhook") {name}
          b: repository(owner: "ada", name: "nothing") {name}
          c: repository(owner: "nobody", name: "x") {name}
          d: repository(owner: "ada", name: "secret") {name}
        }""",
    ).json()

    assert {"a": {"name": "skyhook"}, "b": None, "c": None, "d": None} == reply["data"]
    assert {
        "type": "NOT_FOUND",
        "path": ["b"],
        "locations": [{"line": 3, "column": 11}],
        "message": "Could not resolve to a Repository with the name 'ada/nothing'.",
    } == reply["errors"][0]
    assert [["b"], ["c"], ["d"]] == [error["path"] for error in reply["errors"]]


def test_a_private_repository_is_shown_to_the_tokens_owner(ada):
    query = '{viewer {login name} repository(owner: "ada", name: "secret") {isPrivate visibility}}'
    with GitHubServer(StandIn(ada, tokens={"ghp_of-the-test": "Ada"})) as server:
        assert {
            "viewer": {"login": "Ada", "name": "Ada Nimbus"},
            "repository": {"isPrivate": True, "visibility": "PRIVATE"},
        } == ask(server, query)


def test_a_former_name_leads_to_the_present_one_unless_told_not_to(server):
    server.standin.renamed["ada/old"] = "Ada/skyhook"

    reply = post(
        server,
        """{
          a: repository(owner: "ada", name: "old") {nameWithOwner}
          b: repository(owner: "ada", name: "old", followRenames: false) {nameWithOwner}
        }""",
    ).json()

    assert {"a": {"nameWithOwner": "Ada/skyhook"}, "b": None} == reply["data"]
    assert ["NOT_FOUND"] == [error["type"] for error in reply["errors"]]


def test_a_blocked_repository_is_an_error(server, skyhook):
    skyhook.blocked = True

    reply = post(server, '{repository(owner: "ada", name: "skyhook") {name}}').json()

    assert {"repository": None} == reply["data"]
    assert ["Repository access blocked"] == [error["message"] for error in reply["errors"]]


def test_single_sign_on_refuses_a_token_as_in_rest(server, skyhook):
    skyhook.needs_sso = True

    reply = post(server, '{a: repository(owner: "ada", name: "skyhook") {name}}')
    rest = httpx.get(f"{server.url}/repos/ada/skyhook", headers=TOKEN)

    assert {"a": None} == reply.json()["data"]
    (error,) = reply.json()["errors"]
    assert ("FORBIDDEN", {"saml_failure": True}) == (error["type"], error["extensions"])
    assert (403, error["message"]) == (rest.status_code, rest.json()["message"])
    assert error["message"].startswith("Resource protected by organization SAML enforcement.")
    for response in (reply, rest):
        assert response.headers["x-github-sso"].startswith("required; url=https://github.com/orgs/")
    assert 200 == httpx.get(f"{server.url}/repos/ada/skyhook").status_code


def test_nodes_are_found_by_their_ids(server, skyhook):
    blob = http("GET", f"{server.url}/repos/ada/skyhook/git/blobs/{object_sha('blob', b'src')}")
    query = """query ($ids: [ID!]!) {
      nodes(ids: $ids) {__typename ... on Blob {text} ... on Repository {name}}
    }"""
    repository_id = repository(server, "id")["id"]
    secret = base64.b64encode(b"Repository:1").decode()

    reply = post(server, query, ids=[repository_id, secret, blob.json["node_id"], "no id"]).json()

    assert [
        {"__typename": "Repository", "name": "skyhook"},
        None,
        {"__typename": "Blob", "text": "src"},
        None,
    ] == reply["data"]["nodes"]
    assert [["nodes", 1], ["nodes", 3]] == [error["path"] for error in reply["errors"]]
    message = "Could not resolve to a node with the global id of 'no id'."
    assert ("NOT_FOUND", message) == (reply["errors"][1]["type"], reply["errors"][1]["message"])
    assert {"node": {"id": repository_id}} == ask(
        server, "query ($id: ID!) {node(id: $id) {id}}", id=repository_id
    )


def test_more_than_a_hundred_ids_are_too_many(server):
    reply = post(server, "query ($ids: [ID!]!) {nodes(ids: $ids) {id}}", ids=["x"] * 101).json()

    assert [
        ("ARGUMENT_LIMIT", "You may not provide more than 100 node ids; you provided 101.")
    ] == [(error["type"], error["message"]) for error in reply["errors"]]


def test_languages_come_in_pages_of_either_order(server):
    languages = """query ($after: String, $direction: OrderDirection!) {
      repository(owner: "ada", name: "skyhook") {
        languages(first: 1, after: $after, orderBy: {field: SIZE, direction: $direction}) {
          totalCount totalSize nodes {name} edges {cursor size}
          pageInfo {hasNextPage hasPreviousPage startCursor endCursor}
        }
      }
    }"""

    def page(**variables: str) -> Any:
        return ask(server, languages, **variables)["repository"]["languages"]

    first = page(direction="DESC")
    second = page(direction="DESC", after=first["pageInfo"]["endCursor"])

    assert (2, 34) == (first["totalCount"], first["totalSize"])
    assert (["Go"], ["Python"]) == (
        [node["name"] for node in first["nodes"]],
        [node["name"] for node in second["nodes"]],
    )
    assert [(True, False), (False, True)] == [
        (cut["pageInfo"]["hasNextPage"], cut["pageInfo"]["hasPreviousPage"])
        for cut in (first, second)
    ]
    assert [{"name": "Python"}] == page(direction="ASC")["nodes"]


@pytest.mark.parametrize(
    ("field", "kind", "message"),
    [
        (
            "languages {nodes {name}}",
            "MISSING_PAGINATION_BOUNDARIES",
            "You must provide a `first` or `last` value to properly paginate the `languages` "
            "connection.",
        ),
        (
            "languages(first: 101) {nodes {name}}",
            "EXCESSIVE_PAGINATION",
            "Requesting 101 records on the `languages` connection exceeds the `first` limit of 100 "
            "records.",
        ),
    ],
)
def test_a_page_has_a_size_of_at_most_a_hundred(server, field, kind, message):
    reply = post(server, f'{{repository(owner: "ada", name: "skyhook") {{name {field}}}}}').json()

    assert [(kind, ["repository", "languages"], message)] == [
        (error["type"], error["path"], error["message"]) for error in reply["errors"]
    ]


def test_half_a_million_nodes_are_too_many(server):
    query = """query ($size: Int!) {viewer {repositories(first: $size) {nodes {
      ...topics
    }}}}
    fragment topics on Repository {
      repositoryTopics(first: 100) {nodes {topic {repositories(last: 100) {nodes {id}}}}}
    }"""

    reply = post(server, query, size=50).json()

    assert {
        "errors": [
            {
                "type": "MAX_NODE_LIMIT_EXCEEDED",
                "message": "This query requests up to 505,050 possible nodes which exceeds the "
                "maximum limit of 500,000.",
            }
        ]
    } == reply


def test_an_undefined_field_is_githubs_error_and_nothing_is_executed(server):
    query = """query Q {
      a: repository(owner: "ada", name: "skyhook") {...parts}
    }
    fragment parts on Repository {
      object(expression: "HEAD") {... on Commit {foobar}}
    }"""

    reply = post(server, query).json()

    assert {
        "errors": [
            {
                "path": ["fragment parts", "object", "... on Commit", "foobar"],
                "extensions": {
                    "code": "undefinedField",
                    "typeName": "Commit",
                    "fieldName": "foobar",
                },
                "locations": [{"line": 5, "column": 50}],
                "message": "Field 'foobar' doesn't exist on type 'Commit'",
            }
        ]
    } == reply


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b'{"query": "{viewer {login}"}', "Syntax Error: Expected Name, found <EOF>."),
        (b'{"query": ""}', "A query attribute must be specified and must be a string."),
        (b"[]", "A query attribute must be specified and must be a string."),
        (b'{"query": "{viewer(x: 1) {login}}"}', "Unknown argument 'x' on field 'Query.viewer'."),
        (
            b'{"query": "query ($n: Int!) {viewer {login}}"}',
            "Variable '$n' is never used.",
        ),
    ],
)
def test_what_is_no_query_is_an_error_without_data(server, body, message):
    reply = httpx.post(f"{server.url}/graphql", content=body, headers=TOKEN)

    assert 200 == reply.status_code
    assert {"errors"} == reply.json().keys()
    assert [message] == [error["message"] for error in reply.json()["errors"]]


def test_what_is_no_json_is_refused(server):
    reply = httpx.post(f"{server.url}/graphql", content=b"{", headers=TOKEN)

    assert (400, "Problems parsing JSON") == (reply.status_code, reply.json()["message"])


def test_a_field_that_the_standin_does_not_have_is_an_error_that_names_it(server):
    reply = post(server, '{repository(owner: "ada", name: "skyhook") {hasWikiEnabled}}').json()

    assert ["The stand-in has no value for Repository.hasWikiEnabled."] == [
        error["message"] for error in reply["errors"]
    ]


def test_an_enterprise_server_has_rest_and_graphql_below_api(server):
    listed = http("GET", f"{server.url}/api/v3/repos/ada/skyhook")
    reply = httpx.post(
        f"{server.url}/api/graphql", json={"query": "{viewer {login}}"}, headers=TOKEN
    )

    assert 200 == listed.status
    assert f"{server.url}/api/v3/repos/Ada/skyhook" == listed.json["url"]
    assert {"data": {"viewer": {"login": "octocat"}}} == reply.json()


def test_without_the_schema_graphql_is_not_to_be_had(server, monkeypatch, tmp_path):
    from github_standin import graphql

    monkeypatch.setattr(graphql, "SCHEMA", tmp_path / "missing.graphql")
    graphql.schema.cache_clear()

    reply = post(server, "{viewer {login}}")

    assert (404, "Not Found") == (reply.status_code, reply.json()["message"])
