"""Which requests a repository's content takes, and what happens when some of them fail."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

import pytest

from errors import GitHubError, GitHubUnavailable, RateLimited, RepositoryUnavailable
from github_api.breaker import MAX_FAILURES, PAUSE
from github_api.content import MAX_TEXT_BYTES, UNSUPPORTED_PAUSE, Content, ContentReader, Target
from github_api.graphql import REPOSITORY_QUERY, REPOSITORY_QUERY_WITHOUT_FILES, blobs_query
from github_api.limits import Calls
from github_api.parsing import blob_sha
from github_standin.git_objects import FILE, tree_entries
from tests.unit.fakes import NOW, Clock, FakeGitHubClient
from tests.unit.github_api.test_graphql import COMMIT, TREE, answer, file

README, PACKAGE = b"# a", b'{"dependencies": {}}'
PATHS = {"README.md": README, "web/app/package.json": PACKAGE}
TREE_PATH = "/repos/ada/a/git/trees/main"
LANGUAGES_PATH = "/repos/ada/a/languages"
OVERLOADED = GitHubUnavailable("overloaded", "too much")
UNSUPPORTED = GitHubUnavailable("unsupported", "404")
DOWN = GitHubUnavailable("unreachable", "down")
GARBAGE = GitHubUnavailable("bad_response", "not JSON")
REFUSED = GitHubUnavailable("token_refused", "SAML")
LIMITED = RateLimited("limit", reset_at=None)
GONE = RepositoryUnavailable("gone", "404")


def blob_path(content: bytes) -> str:
    return f"/repos/ada/a/git/blobs/{blob_sha(content)}"


def raw_path(path: str, commit: str = COMMIT) -> str:
    return f"raw:ada/a/{commit}/{path}"


def tree_of(paths: dict[str, bytes], sha: str = COMMIT) -> dict[str, Any]:
    entries = [
        {
            "path": path,
            "mode": "100644",
            "type": "blob",
            "sha": blob_sha(content),
            "size": len(content),
        }
        for path, content in paths.items()
    ]
    url = f"http://github.test/repos/ada/a/git/trees/{sha}"
    return {"sha": sha, "url": url, "tree": entries, "truncated": False}


def rest(paths: dict[str, bytes] = PATHS) -> dict[str, Any]:
    """The answers of the REST API."""
    return {
        LANGUAGES_PATH: {"Go": 7},
        TREE_PATH: tree_of(paths),
        **{
            blob_path(content): {"content": base64.b64encode(content).decode()}
            for content in paths.values()
        },
    }


def files_answer(*contents: bytes) -> dict[str, Any]:
    named = {f"b{number}": file(content.decode()) for number, content in enumerate(contents)}
    return {"data": {"repository": {"nameWithOwner": "ada/a", **named}}}


class Reading:
    """A reader over answers, and what it asked for."""

    def __init__(self, answers: dict[str, Any]) -> None:
        self.clock = Clock()
        self.client = FakeGitHubClient(answers, self.clock)
        self.reader = ContentReader(self.client)
        self.calls = Calls(keep_reserve=True)

    def read(self) -> Content:
        self.client.requested.clear()
        self.client.queries.clear()
        self.calls = Calls(keep_reserve=True)
        return self.reader.read(Target("ada", "a", "ada/a", "main", self.calls))

    @property
    def asked(self) -> list[str]:
        """Paths of the REST API and of the raw host, and the queries."""
        queries = iter(self.client.queries)
        names = {
            REPOSITORY_QUERY: "query",
            REPOSITORY_QUERY_WITHOUT_FILES: "query without files",
            blobs_query(1): "query for one file",
            blobs_query(2): "query for two files",
        }
        return [
            names[next(queries)[0]] if path == "/graphql" else path
            for path in self.client.requested
        ]


class TestWithToken:
    def test_one_query_beside_one_tree_tells_everything_that_is_likely(self):
        paths = {"README.md": README, "package.json": PACKAGE}
        summary = answer(f0=file(README.decode()), f1=file(PACKAGE.decode()))
        reading = Reading({TREE_PATH: tree_of(paths), "/graphql": summary})

        content = reading.read()

        assert [TREE_PATH, "query"] == reading.asked
        assert {"owner": "ada", "name": "a"} == reading.client.queries[0][1]
        assert ({"Go": 7, "C": 1}, 12) == (content.languages, content.commits)
        assert {README, PACKAGE} == set(content.blobs.values())

    def test_one_more_query_gives_what_only_the_tree_shows(self):
        answers = iter([answer(f0=file(README.decode())), files_answer(PACKAGE)])
        reading = Reading({TREE_PATH: tree_of(PATHS), "/graphql": answers})

        content = reading.read()

        assert [TREE_PATH, "query", "query for one file"] == reading.asked
        assert blob_sha(PACKAGE) == reading.client.queries[1][1]["b0"]
        assert {README, PACKAGE} == set(content.blobs.values())

    def test_a_file_of_another_version_is_not_used(self):
        answers = iter([answer(f0=file("# of an earlier commit")), files_answer(README, PACKAGE)])
        reading = Reading({TREE_PATH: tree_of(PATHS), "/graphql": answers})

        content = reading.read()

        assert [TREE_PATH, "query", "query for two files"] == reading.asked
        assert README == content.blobs[blob_sha(README)]

    @pytest.mark.parametrize("sha", [COMMIT, TREE], ids=["commit", "tree"])
    def test_a_tree_of_the_querys_version_is_used(self, sha):
        reading = Reading({TREE_PATH: tree_of({}, sha), "/graphql": answer()})

        reading.read()

        assert [TREE_PATH, "query"] == reading.asked

    def test_a_tree_of_another_version_is_asked_for_again_by_the_querys_commit(self):
        pinned = f"/repos/ada/a/git/trees/{COMMIT}"
        answers = {
            TREE_PATH: tree_of({"README.md": b"new"}, "e" * 40),
            pinned: tree_of({"README.md": README}),
            "/graphql": answer(f0=file(README.decode())),
        }
        reading = Reading(answers)

        content = reading.read()

        assert [TREE_PATH, "query", pinned] == reading.asked
        assert (COMMIT, [README]) == (content.tree.sha, list(content.blobs.values()))

    @pytest.mark.parametrize(
        "unreadable",
        [
            file(None, sha=blob_sha(README)),
            file("# ", is_truncated=True, sha=blob_sha(README)),
            file("\ufffd", sha=blob_sha(README)),
        ],
        ids=["binary", "cut", "not-utf-8"],
    )
    def test_a_file_whose_text_is_not_the_file_comes_by_rest(self, unreadable):
        answers = {**rest({"README.md": README}), "/graphql": answer(f0=unreadable)}
        reading = Reading(answers)

        content = reading.read()

        assert [TREE_PATH, "query", blob_path(README)] == reading.asked
        assert [README] == list(content.blobs.values())

    def test_a_file_that_graphql_would_cut_comes_by_rest_at_once(self):
        large = b"x" * (MAX_TEXT_BYTES + 1)
        reading = Reading({**rest({"docs/README.md": large}), "/graphql": answer()})

        reading.read()

        assert [TREE_PATH, "query", blob_path(large)] == reading.asked

    @pytest.mark.parametrize(
        "second",
        [OVERLOADED, DOWN, GARBAGE, files_answer(b"other"), {"data": None}],
        ids=["overloaded", "down", "garbage", "another-file", "no-data"],
    )
    def test_files_that_the_second_query_lacks_come_by_rest(self, second):
        answers = {**rest({"web/README.md": b"", "package.json": PACKAGE})}
        reading = Reading({**answers, "/graphql": iter([answer(), second])})

        content = reading.read()

        assert [TREE_PATH, "query", "query for one file", blob_path(PACKAGE)] == reading.asked
        assert PACKAGE in content.blobs.values()

    def test_more_languages_than_fit_into_the_answer_come_by_rest(self):
        languages = {"pageInfo": {"hasNextPage": True}, "edges": []}
        reading = Reading({**rest({}), "/graphql": answer(languages=languages)})

        assert {"Go": 7} == reading.read().languages
        assert [TREE_PATH, "query", LANGUAGES_PATH] == reading.asked

    @pytest.mark.parametrize(
        ("tree", "query", "code"),
        [
            pytest.param(GONE, DOWN, "gone", id="deleted"),
            pytest.param(RepositoryUnavailable("empty", ""), DOWN, "empty", id="empty-by-tree"),
            pytest.param({}, answer(defaultBranchRef=None), "empty", id="empty-by-query"),
            pytest.param({}, answer(nameWithOwner="ada/b"), "gone", id="renamed"),
            pytest.param({}, REFUSED, "token_refused", id="token"),
            pytest.param({}, LIMITED, "rate_limited", id="points"),
            pytest.param(LIMITED, answer(), "rate_limited", id="requests"),
            pytest.param(GONE, LIMITED, "rate_limited", id="limit-first"),
        ],
    )
    def test_some_answers_end_the_reading(self, tree, query, code):
        reading = Reading({TREE_PATH: tree or tree_of({}), "/graphql": query})

        with pytest.raises(GitHubError) as raised:
            reading.read()

        assert code == raised.value.code
        assert (1, 1) == (reading.calls.count("core"), reading.calls.count("graphql"))

    @pytest.mark.parametrize("error", [REFUSED, LIMITED])
    def test_some_errors_of_the_second_query_end_it_too(self, error):
        reading = Reading({TREE_PATH: tree_of(PATHS), "/graphql": iter([answer(), error])})

        with pytest.raises(type(error)):
            reading.read()


class TestWithoutGraphQL:
    BY_REST = (LANGUAGES_PATH, TREE_PATH, blob_path(README), blob_path(PACKAGE))

    def test_a_query_that_was_too_much_is_asked_without_files(self):
        answers = iter([OVERLOADED, answer(), files_answer(README, PACKAGE)])
        reading = Reading({**rest(), "/graphql": answers})

        content = reading.read()

        assert [
            TREE_PATH,
            "query",
            "query without files",
            "query for two files",
        ] == reading.asked
        assert (12, {README, PACKAGE}) == (content.commits, set(content.blobs.values()))

    @pytest.mark.parametrize(
        ("error", "queries"), [(OVERLOADED, 2), (DOWN, 1), (GARBAGE, 1), (UNSUPPORTED, 1)]
    )
    def test_then_rest_tells_the_rest(self, error, queries):
        reading = Reading({**rest(), "/graphql": error})

        content = reading.read()

        assert ({"Go": 7}, None, {README, PACKAGE}) == (
            content.languages,
            content.commits,
            set(content.blobs.values()),
        )
        assert (4, queries) == (reading.calls.count("core"), reading.calls.count("graphql"))

    @pytest.mark.parametrize("error", [DOWN, GARBAGE, OVERLOADED])
    def test_after_failures_in_a_row_everything_goes_by_rest_for_a_while(self, error):
        reading = Reading({**rest(), "/graphql": error})
        for _ in range(MAX_FAILURES):
            reading.read()
        reading.read()
        assert {*self.BY_REST} == set(reading.asked)

        reading.clock.now += PAUSE - timedelta(seconds=1)
        reading.read()
        assert 0 == reading.calls.count("graphql")

        reading.clock.now += timedelta(seconds=1)
        reading.client.answers["/graphql"] = answer(f0=file(README.decode()))
        reading.read()
        assert reading.calls.count("graphql")
        assert reading.reader._graphql.allows()

    def test_a_github_without_graphql_is_asked_again_after_an_hour(self):
        reading = Reading({**rest(), "/graphql": UNSUPPORTED})
        reading.read()

        reading.clock.now += UNSUPPORTED_PAUSE - timedelta(seconds=1)
        reading.read()
        assert 0 == reading.calls.count("graphql")

        reading.clock.now += timedelta(seconds=1)
        reading.read()
        assert 1 == reading.calls.count("graphql")

    def test_without_raw_host_and_token_rest_tells_everything_in_two_round_trips(self):
        reading = Reading(rest())

        content = reading.read()

        assert [*self.BY_REST] == reading.asked
        assert {README, PACKAGE} == set(content.blobs.values())


class TestRawFiles:
    def answers(self, paths: dict[str, bytes] = PATHS, **raw: Any) -> dict[str, Any]:
        raw_files = {raw_path(path): content for path, content in paths.items()}
        return {TREE_PATH: tree_of(paths), **raw_files, **raw}

    def test_a_repository_costs_one_request_and_its_files_none(self):
        reading = Reading(self.answers({**PATHS, "main.go": b"package main"}))

        content = reading.read()

        assert [TREE_PATH, raw_path("README.md"), raw_path("web/app/package.json")] == reading.asked
        assert ({README, PACKAGE}, {"Go": 12}, None) == (
            set(content.blobs.values()),
            content.languages,
            content.commits,
        )
        assert (1, 2) == (reading.calls.count("core"), reading.calls.count("raw"))

    def test_a_repository_without_files_to_read_asks_for_none(self):
        reading = Reading({**self.answers({}), raw_path("x"): b""})

        assert {} == reading.read().blobs

    def test_a_github_that_names_no_commit_is_asked_by_branch(self):
        paths = {"README.md": README}
        tree_sha, _ = tree_entries({"README.md": (FILE, README)})
        answers = {TREE_PATH: tree_of(paths, tree_sha), raw_path("README.md", "main"): README}
        reading = Reading(answers)

        assert [README] == list(reading.read().blobs.values())

    @pytest.mark.parametrize(
        "raw",
        [DOWN, LIMITED, b"<html>", b""],
        ids=["down", "429", "other-content", "nothing"],
    )
    def test_a_raw_host_that_fails_is_replaced_by_rest(self, raw):
        paths = {"README.md": README}
        reading = Reading({**rest(paths), raw_path("README.md"): raw})

        content = reading.read()

        assert [TREE_PATH, raw_path("README.md"), blob_path(README)] == reading.asked
        assert ([README], {}) == (list(content.blobs.values()), content.languages)

    @pytest.mark.parametrize(
        ("raw", "code"),
        [(DOWN, "unreachable"), (LIMITED, "rate_limited"), (b"<html>", "bad_response")],
        ids=["down", "429", "other-content"],
    )
    def test_without_quota_for_rest_the_failure_is_the_raw_hosts(self, raw, code):
        paths = {"README.md": README}
        reading = Reading({**rest(paths), raw_path("README.md"): raw})
        quota = {"limit": "60", "remaining": "2", "reset": str(int(NOW.timestamp()) + 600)}
        reading.client.limits.update(
            "core", {f"x-ratelimit-{name}": value for name, value in quota.items()}
        )

        with pytest.raises(GitHubError) as raised:
            reading.read()

        assert code == raised.value.code
        assert (1, 1) == (reading.calls.count("core"), reading.calls.count("raw"))

    def test_a_raw_host_that_keeps_failing_is_left_alone_for_a_while(self):
        paths = {"README.md": README}
        reading = Reading({**rest(paths), raw_path("README.md"): DOWN})
        for _ in range(MAX_FAILURES):
            reading.read()
            assert 1 == reading.calls.count("raw")

        reading.read()
        assert (2, 0) == (reading.calls.count("core"), reading.calls.count("raw"))

        reading.clock.now += PAUSE
        reading.client.answers[raw_path("README.md")] = README
        reading.read()
        reading.read()
        assert (1, 1) == (reading.calls.count("core"), reading.calls.count("raw"))

    def test_while_it_is_left_alone_a_limit_of_rest_is_one(self):
        paths = {"README.md": README}
        reading = Reading({**rest(paths), raw_path("README.md"): DOWN, blob_path(README): LIMITED})
        for _ in range(MAX_FAILURES):
            with pytest.raises(GitHubUnavailable):
                reading.read()

        with pytest.raises(RateLimited):
            reading.read()
