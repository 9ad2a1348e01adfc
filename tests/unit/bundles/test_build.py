"""Bundles from what was fetched, and the fingerprint that says whether to fetch."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundles import Selection, bare_bundle, build_bundle, fingerprint
from bundles.build import MAX_ROOT_NAMES
from tests.unit.bundles.trees import entry, tree
from tests.unit.fakes import NOW, bundle_of, listed

CONTENT_FIELDS = ("full_name", "default_branch", "pushed_at")


def metadata(**changes: Any) -> Any:
    return listed("skyhook", **changes)["metadata"]


class TestFingerprint:
    @pytest.mark.parametrize(
        "change",
        [
            {"stargazers_count": 2},
            {"description": "y"},
            {"topics": ["a"]},
            {"updated_at": "2026-02-01T00:00:00Z"},
        ],
    )
    def test_metadata_that_says_nothing_of_the_content_does_not_affect_it(self, change):
        assert fingerprint(metadata()) == fingerprint(metadata(**change))

    @pytest.mark.parametrize(
        "change",
        [
            {"pushed_at": "2026-01-01T00:00:01Z"},
            {"default_branch": "dev"},
            {"full_name": "ada/other"},
            {"pushed_at": None},
        ],
    )
    def test_metadata_that_changes_with_the_content_affects_it(self, change):
        assert fingerprint(metadata()) != fingerprint(metadata(**change))

    metadatas = st.fixed_dictionaries(
        {
            "full_name": st.text(max_size=20),
            "default_branch": st.none() | st.text(max_size=10),
            "pushed_at": st.none() | st.datetimes().map(str),
            "stargazers_count": st.integers(),
            "description": st.none() | st.text(max_size=20),
            "topics": st.lists(st.text(max_size=5), max_size=3),
            "updated_at": st.datetimes().map(str),
            "archived": st.booleans(),
        }
    )

    @given(metadatas, metadatas)
    def test_it_differs_if_and_only_if_the_content_may(self, one, other):
        is_same = all(one[field] == other[field] for field in CONTENT_FIELDS)
        same_content: Any = {**other, **{field: one[field] for field in CONTENT_FIELDS}}

        assert is_same == (fingerprint(one) == fingerprint(other))
        assert fingerprint(one) == fingerprint(same_content)


class TestBuildBundle:
    def build(self, blobs: dict[str, bytes], *, truncated: bool = False, **languages: Any) -> Any:
        """Build the bundle of a repository that consists of these files."""
        entries = [entry(path, sha=path.encode().hex()) for path in blobs]
        files = tree(*entries, truncated=truncated)
        by_sha = {path.encode().hex(): content for path, content in blobs.items()}
        wanted = Selection(files).wanted(by_sha)
        return build_bundle(listed("a"), languages, files, wanted, by_sha, NOW, commits=7)

    def test_every_field_is_filled_from_what_was_fetched(self):
        bundle = self.build(
            {
                ".repo-context.json": b'{"skills": ["Streaming"]}',
                "README.md": b"# A\n\nMoves events.",
                "requirements.txt": b"Flask\nrich",
                "requirements-dev.txt": b"tox",
                "package.json": b'{"dependencies": {"react": "1"}}',
                "KafkaConsumer.py": b"",
                "part/.repo-context.json": b'{"contextName": "Part", "mainLanguage": "Go"}',
            },
            Python=7,
        )

        assert {
            **bundle_of(listed("a")),
            "languages": {"Python": 7},
            "repoContext": {"skills": ["Streaming"]},
            "file_types": {".json": 3, ".txt": 2, ".md": 1, ".py": 1},
            "files": [
                *(".repo-context.json", "KafkaConsumer.py", "README.md"),
                *("package.json", "part", "requirements-dev.txt", "requirements.txt"),
            ],
            "path_terms": {"consumer": 1, "context": 1, "dev": 1, "kafka": 1, "part": 1, "repo": 1},
            "dependencies": ["react", "flask", "rich", "tox"],
            "readme": "# A\n\nMoves events.",
            "summary": "Moves events.",
            "sections": [{"title": "A", "line": 1, "lines": [3], "passages": ["Moves events."]}],
            "components": [
                {
                    "path": "part",
                    "name": "Part",
                    "description": "",
                    "technologies": ["Go"],
                    "skills": [],
                    "topics": [],
                }
            ],
            "locations": {
                "readme": "README.md",
                "files": [
                    *(".repo-context.json", "part/.repo-context.json"),
                    *("package.json", "requirements.txt", "requirements-dev.txt"),
                ],
                "dependencies": {"react": [2, 1], "flask": [3, 1], "rich": [3, 2], "tox": [4, 1]},
                "contexts": {"Streaming": [0, 1], "Part": [1, 1], "Go": [1, 1]},
                "paths": {
                    "consumer": "KafkaConsumer.py",
                    "context": ".repo-context.json",
                    "dev": "requirements-dev.txt",
                    "kafka": "KafkaConsumer.py",
                    "part": "part/.repo-context.json",
                    "repo": ".repo-context.json",
                    ".json": "package.json",
                    ".txt": "requirements.txt",
                    ".md": "README.md",
                    ".py": "KafkaConsumer.py",
                },
            },
            "commits": 7,
            "revision": bundle["revision"],
        } == bundle

    def test_only_sizes_of_languages_are_kept(self):
        """PyGithub adds a key `url` to every object."""
        bundle = self.build({"README.md": b""}, Go=7, url="http://github.test", Perl=True)

        assert {"Go": 7} == bundle["languages"]

    def test_the_largest_language_comes_first_whatever_the_order_of_the_answer(self):
        bundle = self.build({"README.md": b""}, C=1, Go=7, Awk=1)

        assert ["Go", "Awk", "C"] == list(bundle["languages"])

    @pytest.mark.parametrize(
        ("blobs", "warnings"),
        [
            ({"a.py": b""}, ["readme_missing"]),
            (
                {"README.md": b"", ".repo-context.json": b"{"},
                ["context_malformed"],
            ),
            (
                {"README.md": b"", "part/.repo-context.json": b"{"},
                ["context_malformed", "context_malformed:part/.repo-context.json"],
            ),
            ({"README.md": b"x" * 70_000}, ["readme_cut"]),
            (
                {"README.md": bytes(range(256)) * 4},
                ["readme_undecodable", "readme_undecodable:README.md"],
            ),
            (
                {"README.md": b"", "package.json": b"{"},
                ["package_file_unreadable", "package_file_unreadable:package.json"],
            ),
            (
                {"README.md": b"", "package.json": b"{", "pyproject.toml": b"= ="},
                [
                    "package_file_unreadable",
                    "package_file_unreadable:package.json",
                    "package_file_unreadable:pyproject.toml",
                ],
            ),
            (
                {"README.md": b"", "package.json": bytes(range(256)) * 4},
                ["package_file_unreadable", "package_file_unreadable:package.json"],
            ),
        ],
        ids=[
            "no-readme",
            "context",
            "part",
            "long",
            "readme",
            "package-file",
            "two-package-files",
            "binary",
        ],
    )
    def test_what_is_wrong_with_it_is_a_warning_once_and_once_for_each_file(self, blobs, warnings):
        assert warnings == self.build(blobs)["warnings"]

    def test_a_truncated_tree_is_a_warning(self):
        bundle = self.build({"README.md": b""}, truncated=True)

        assert ["tree_truncated"] == bundle["warnings"]

    def test_the_names_in_the_root_are_bounded(self):
        bundle = self.build({f"{number}.py": b"" for number in range(MAX_ROOT_NAMES + 1)})

        assert MAX_ROOT_NAMES == len(bundle["files"])

    @given(
        st.dictionaries(
            st.sampled_from(
                [".repo-context.json", "README.md", "package.json", "pyproject.toml", "go.mod"]
            ),
            st.binary(max_size=40),
        )
    )
    def test_any_content_gives_strict_json(self, blobs):
        json.dumps(self.build(blobs), ensure_ascii=False, allow_nan=False).encode()


def test_a_bare_bundle_has_metadata_and_the_reason():
    expected = bundle_of(listed("a"), warnings=["blocked"], commits=None)

    assert expected == bare_bundle(listed("a"), "blocked", NOW)
