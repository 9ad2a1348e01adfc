"""GitHub's JSON, whatever it contains."""

from __future__ import annotations

import base64
import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundles import Selection, build_bundle
from errors import GitHubUnavailable, PortfolioError, RepositoryUnavailable
from github_api.parsing import blob_content, blob_sha, file_tree, json_object, listed_repository
from tests.unit.fakes import NOW, listed
from tests.unit.portfolios import make_metadata

SHA = "0123456789abcdef0123456789abcdef01234567"
URL = f"https://api.github.com/repos/Ada/A/git/trees/{SHA}"
any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)

any_tree = st.fixed_dictionaries(
    {
        "sha": st.just(SHA),
        "url": st.just(URL),
        "tree": st.lists(
            any_json
            | st.fixed_dictionaries(
                {
                    "path": st.text(),
                    "mode": st.text(),
                    "type": st.sampled_from(["blob", "tree", "commit"]),
                    "sha": st.sampled_from([SHA, "", "x"]),
                    "size": any_json,
                }
            ),
            max_size=5,
        ),
    }
)


def item(**changes: Any) -> dict[str, Any]:
    """An item of a listing with the fields that every repository has."""
    return {
        "name": "a",
        "full_name": "ada/a",
        "html_url": "https://github.com/ada/a",
        "created_at": "2025-01-01T00:00:00Z",
        "updated_at": "2025-01-01T00:00:00Z",
        **changes,
    }


def entry(path: str, **changes: Any) -> dict[str, Any]:
    return {"path": path, "mode": "100644", "type": "blob", "sha": SHA, "size": 7, **changes}


def tree_body(*entries: Any, **changes: Any) -> dict[str, Any]:
    return {"sha": SHA, "url": URL, "tree": list(entries), "truncated": False, **changes}


class TestJsonObject:
    def test_an_object_is_returned(self):
        assert {"a": 1} == json_object({"a": 1}, "user")

    @pytest.mark.parametrize("body", [None, [], "text", 7])
    def test_anything_else_is_a_bad_response(self, body):
        with pytest.raises(GitHubUnavailable, match="GitHub's user is not an object") as raised:
            json_object(body, "user")

        assert "bad_response" == raised.value.code


class TestListedRepository:
    def test_a_full_item_keeps_every_field(self):
        expected = listed(
            "a",
            description="About",
            homepage="https://a.test",
            topics=["go"],
            language="Go",
            license="MIT",
            stargazers_count=1,
            forks_count=2,
            open_issues_count=3,
            size=4,
            fork=True,
            archived=True,
            is_template=True,
            visibility="internal",
        )
        metadata = expected["metadata"]

        assert expected == listed_repository({**metadata, "license": {"spdx_id": "MIT"}, "id": 7})

    def test_missing_fields_have_neutral_values(self):
        metadata = listed_repository(item())["metadata"]

        assert ([], None, 0, False, "public") == (
            metadata["topics"],
            metadata["license"],
            metadata["stargazers_count"],
            metadata["archived"],
            metadata["visibility"],
        )

    @pytest.mark.parametrize(
        ("changes", "visibility"),
        [
            ({"private": True}, "private"),
            ({"private": False}, "public"),
            ({"private": True, "visibility": "internal"}, "internal"),
        ],
    )
    def test_an_older_github_states_only_whether_it_is_private(self, changes, visibility):
        assert visibility == listed_repository(item(**changes))["metadata"]["visibility"]

    def test_an_empty_homepage_is_none(self):
        assert listed_repository(item(homepage=""))["metadata"]["homepage"] is None

    @pytest.mark.parametrize("field", ["name", "full_name", "html_url", "created_at", "updated_at"])
    def test_without_a_field_that_every_repository_has_it_is_a_bad_response(self, field):
        body = item()
        del body[field]

        with pytest.raises(GitHubUnavailable, match="lacks a field"):
            listed_repository(body)

    @pytest.mark.parametrize("value", [7, 1.5, True, None, "", [], {}, [[]], {"a": 1}, "\ud800"])
    @pytest.mark.parametrize(
        "field",
        [
            *("description", "homepage", "topics", "language", "license", "default_branch"),
            *("stargazers_count", "size", "visibility", "pushed_at"),
        ],
    )
    def test_a_field_of_another_type_counts_as_missing(self, field, value):
        plain = listed_repository(item())["metadata"]

        metadata = listed_repository(item(**{field: value}))["metadata"]

        json.dumps(metadata, ensure_ascii=False).encode()
        kinds = {key: type(known) for key, known in plain.items() if known is not None}
        assert {key: type(metadata[key]) for key in kinds} == kinds  # type: ignore[literal-required]
        assert isinstance(metadata["description"], str | None)

    def test_topics_are_text(self):
        topics = listed_repository(item(topics=["go", 7, None, ["a"]]))["metadata"]["topics"]

        assert ["go"] == topics

    @given(st.dictionaries(st.sampled_from(sorted(make_metadata("a"))), any_json))
    def test_any_listing_is_parsed_or_a_bad_response(self, changes):
        with suppress(GitHubUnavailable):
            listed_repository(item(**changes))


class TestFileTree:
    def test_it_has_githubs_entries(self):
        tree = file_tree(tree_body(entry("a.py"), entry("b", type="tree")), "ada/a")

        assert (SHA, ["a.py"], False) == (tree.sha, tree.file_paths(), tree.truncated)

    def test_a_truncated_tree_says_so(self):
        assert file_tree(tree_body(truncated=True), "ada/a").truncated

    @pytest.mark.parametrize(
        "invalid",
        [
            "a.py",
            {},
            entry("a.py") | {"path": None},
            entry("a.py", sha="not hexadecimal"),
            entry("a.py", sha="abc"),
            entry("a.py", sha=None),
            entry("a.py", size="7"),
        ],
    )
    def test_entries_that_cannot_be_gits_are_dropped(self, invalid):
        tree = file_tree(tree_body(invalid, entry("b.py")), "ada/a")

        assert ["b.py"] == tree.file_paths()

    def test_a_folder_has_no_size(self):
        folder = entry("b", type="tree")
        del folder["size"]

        assert [folder] == list(file_tree(tree_body(folder), "ada/a").entries)

    @pytest.mark.parametrize(
        "changes", [{"tree": None}, {"tree": {}}, {"sha": None}], ids=["none", "object", "no-sha"]
    )
    def test_a_tree_without_entries_or_sha_is_a_bad_response(self, changes):
        with pytest.raises(GitHubUnavailable, match="file tree of ada/a cannot be used"):
            file_tree(tree_body(**changes), "ada/a")

    @pytest.mark.parametrize("url", ["https://api.github.com/repos/ada/b/git/trees/x", None])
    def test_a_tree_of_another_repository_means_that_this_one_was_renamed(self, url):
        with pytest.raises(RepositoryUnavailable) as raised:
            file_tree(tree_body(url=url), "ada/a")

        assert "gone" == raised.value.code

    @given(any_json | any_tree)
    def test_any_tree_gives_a_bundle_or_one_of_our_errors(self, body):
        try:
            tree = file_tree(body, "ada/a")
        except PortfolioError:
            return
        blobs: dict[str, bytes] = {}
        while missing := (wanted := Selection(tree).wanted(blobs)).files.keys() - blobs:
            blobs |= dict.fromkeys(missing, b"{")

        bundle = build_bundle(listed("a"), {}, tree, wanted, blobs, NOW, commits=None)

        assert listed("a")["fingerprint"] == bundle["fingerprint"]


class TestBlobContent:
    def test_it_is_base64_in_lines(self):
        encoded = base64.encodebytes(b"x" * 100).decode()

        assert b"x" * 100 == blob_content({"content": encoded, "encoding": "base64"})

    @pytest.mark.parametrize("body", [{}, {"content": None}, {"content": "a"}, {"content": "ä"}])
    def test_anything_else_is_a_bad_response(self, body):
        with pytest.raises(GitHubUnavailable, match="not base64"):
            blob_content(body)


def test_a_blob_has_the_name_that_git_gives_it():
    """`echo hello | git hash-object --stdin`"""
    assert "ce013625030ba8dba906f756967f9e9ca394464a" == blob_sha(b"hello\n")
