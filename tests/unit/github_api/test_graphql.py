"""GraphQL queries and what their answers mean."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import parse, validate
from hypothesis import given
from hypothesis import strategies as st

from bundles import LIKELY_PATHS
from errors import GitHubError, GitHubUnavailable, RepositoryUnavailable
from github_api.graphql import (
    REPOSITORY_QUERY,
    REPOSITORY_QUERY_WITHOUT_FILES,
    blobs_query,
    read_files,
    read_summary,
)
from github_api.parsing import blob_sha
from github_standin.graphql import schema
from tests.unit.github_api.test_parsing import any_json

COMMIT, TREE = "c" * 40, "d" * 40
NOT_FOUND = {"type": "NOT_FOUND", "path": ["repository"], "message": "Could not resolve"}
TIMED_OUT = {"message": "Something went wrong while executing your query."}
TOO_MUCH = {"type": "RESOURCE_LIMITS_EXCEEDED", "message": "Resource limits exceeded"}


def repository(**changes: Any) -> dict[str, Any]:
    """GraphQL's answer about the repository `ada/a`."""
    target = {"oid": COMMIT, "tree": {"oid": TREE}, "history": {"totalCount": 12}}
    return {
        "nameWithOwner": "Ada/A",
        "defaultBranchRef": {"target": target},
        "languages": {
            "pageInfo": {"hasNextPage": False},
            "edges": [{"size": 7, "node": {"name": "Go"}}, {"size": 1, "node": {"name": "C"}}],
        },
        **changes,
    }


def answer(*errors: Any, **changes: Any) -> dict[str, Any]:
    return {"data": {"repository": repository(**changes)}, "errors": list(errors)}


def file(text: str | None, *, is_truncated: Any = False, sha: str = "") -> dict[str, Any]:
    sha = sha or blob_sha((text or "").encode())
    return {"oid": sha, "text": text, "isTruncated": is_truncated}


class TestQueries:
    @pytest.mark.parametrize(
        "query",
        [REPOSITORY_QUERY, REPOSITORY_QUERY_WITHOUT_FILES, blobs_query(1), blobs_query(4)],
        ids=["repository", "without-files", "one-blob", "four-blobs"],
    )
    def test_githubs_schema_knows_everything_that_is_asked(self, query):
        assert [] == validate(schema(), parse(query))

    def test_the_likely_files_are_asked_for_each_once(self):
        assert len(set(LIKELY_PATHS)) == len(LIKELY_PATHS)
        assert [] == [path for path in LIKELY_PATHS if f'"HEAD:{path}"' not in REPOSITORY_QUERY]
        assert ":object(" not in REPOSITORY_QUERY_WITHOUT_FILES

    def test_the_query_for_blobs_is_made_once(self):
        assert blobs_query(3) is blobs_query(3)


class TestReadSummary:
    def test_it_has_everything_that_was_asked(self):
        summary = read_summary(answer(f0=file("# A"), f1=None, f2={}), "ada/a")

        assert (COMMIT, TREE, 12) == (summary.commit, summary.tree, summary.commits)
        assert {"Go": 7, "C": 1} == summary.languages
        assert {blob_sha(b"# A"): b"# A"} == summary.files.contents

    @pytest.mark.parametrize("error", [TIMED_OUT, TOO_MUCH, NOT_FOUND, "x"])
    def test_a_whole_answer_counts_also_beside_errors(self, error):
        assert 12 == read_summary(answer(error, f0=None), "ada/a").commits

    @pytest.mark.parametrize(
        "languages",
        [
            None,
            {},
            {"pageInfo": {"hasNextPage": True}, "edges": []},
            {"pageInfo": {"hasNextPage": False}, "edges": None},
            {"pageInfo": {"hasNextPage": False}, "edges": [{"size": 1, "node": None}]},
            {"pageInfo": {"hasNextPage": False}, "edges": [{"size": "x", "node": {"name": "C"}}]},
        ],
        ids=["null", "empty", "more-than-a-page", "no-edges", "no-node", "no-number"],
    )
    def test_languages_that_are_not_all_there_are_unknown(self, languages):
        assert read_summary(answer(languages=languages), "ada/a").languages is None

    def test_a_repository_of_another_name_is_gone(self):
        with pytest.raises(RepositoryUnavailable, match="another name") as raised:
            read_summary(answer(nameWithOwner="ada/b"), "ada/a")

        assert "gone" == raised.value.code

    def test_one_without_a_branch_is_empty(self):
        with pytest.raises(RepositoryUnavailable) as raised:
            read_summary(answer(defaultBranchRef=None), "ada/a")

        assert "empty" == raised.value.code

    @pytest.mark.parametrize(
        ("errors", "code"),
        [
            ([NOT_FOUND], "gone"),
            ([{"type": "FORBIDDEN", "message": "IP allow list"}], "token_refused"),
            ([{"type": "INSUFFICIENT_SCOPES", "message": "scope"}], "token_refused"),
            ([{"extensions": {"saml_failure": True}, "message": "SAML"}], "token_refused"),
            ([{"type": "FORBIDDEN", "message": "Repository access blocked"}], "blocked"),
            ([TIMED_OUT], "overloaded"),
            ([TOO_MUCH], "overloaded"),
            ([{"type": "MAX_NODE_LIMIT_EXCEEDED", "locations": []}], "overloaded"),
            ([{"type": ["?"], "message": {}, "extensions": []}], "overloaded"),
            ([{"locations": [], "message": "Field 'x' doesn't exist"}], "unsupported"),
            ([], "bad_response"),
            (["x"], "bad_response"),
        ],
    )
    @pytest.mark.parametrize("data", [None, {"repository": None}], ids=["no-data", "no-repository"])
    def test_an_answer_without_the_repository_has_a_reason(self, errors, code, data):
        if code == "unsupported" and data is not None:
            code = "overloaded"  # the query was executed, so this GitHub knows it

        with pytest.raises(GitHubError) as raised:
            read_summary({"data": data, "errors": errors}, "ada/a")

        assert code == raised.value.code

    def test_githubs_own_reason_is_kept(self):
        error = {"type": "FORBIDDEN", "message": "Octo has an IP allow list\nenabled"}

        with pytest.raises(GitHubUnavailable, match="Octo has an IP allow list enabled"):
            read_summary({"data": {"repository": None}, "errors": [error]}, "ada/a")

    @pytest.mark.parametrize(
        "branch",
        [
            None,
            {"target": None},
            {"target": {"oid": COMMIT, "tree": {"oid": TREE}, "history": None}},
            {"target": {"oid": COMMIT, "tree": {"oid": TREE}, "history": {"totalCount": "1"}}},
            {"target": {"oid": 7, "tree": {"oid": TREE}, "history": {"totalCount": 1}}},
        ],
        ids=["branch", "commit", "history", "count", "sha"],
    )
    def test_without_the_head_it_is_of_no_use(self, branch):
        error = {**TIMED_OUT, "path": ["repository", "defaultBranchRef"]}

        with pytest.raises(GitHubUnavailable) as raised:
            read_summary(answer(error, defaultBranchRef=branch), "ada/a")

        assert "overloaded" == raised.value.code

    @given(
        st.dictionaries(st.sampled_from(["data", "errors"]), any_json)
        | st.dictionaries(st.sampled_from([*repository(), "f0"]), any_json).map(
            lambda changes: answer(**changes)
        )
    )
    def test_any_answer_is_a_summary_or_one_of_our_errors(self, body):
        try:
            assert 12 == read_summary(body, "ada/a").commits
        except GitHubError:
            return


class TestReadFiles:
    def files(self, *files: Any) -> Any:
        named = {f"f{number}": each for number, each in enumerate(files)}
        return read_files({"data": {"repository": named}})

    @pytest.mark.parametrize("text", ["", "# A\r\n", "\ufeff# B", "ä\u2028\x00"])
    def test_text_is_the_files_bytes(self, text):
        content = text.encode()

        assert {blob_sha(content): content} == self.files(file(text)).contents

    @pytest.mark.parametrize(
        "unreadable",
        [
            file(None, sha="a" * 40),
            file("# A", is_truncated=True),
            file("# A", is_truncated=None),
            file("replaced \ufffd", sha="a" * 40),
            file("\ud800", sha="a" * 40),
        ],
        ids=["binary", "cut", "perhaps-cut", "not-utf-8", "surrogate"],
    )
    def test_text_that_is_not_the_file_is_not_used(self, unreadable):
        files = self.files(unreadable)

        assert ({}, {unreadable["oid"]}) == (files.contents, files.unreadable)

    @pytest.mark.parametrize("value", [None, {}, [], "x", {"oid": None}, {"oid": 7}])
    def test_what_is_no_file_is_ignored(self, value):
        files = self.files(value)

        assert ({}, frozenset()) == (files.contents, files.unreadable)
