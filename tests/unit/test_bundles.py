"""From GitHub's answers to a bundle, whatever the repository holds."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundles import Tree, fingerprint, wanted_blobs
from bundles.contexts import parse_context
from bundles.readme import MAX_README_BYTES, cut_readme
from bundles.tree import file_types, path_terms, revision
from github_standin.git_objects import FILE, tree_entries


def metadata(**changes: Any) -> Any:
    return {
        "full_name": "ada/skyhook",
        "default_branch": "main",
        "pushed_at": "2026-01-01T00:00:00Z",
        "stargazers_count": 1,
        "description": "x",
        "topics": [],
        "updated_at": "2026-01-01T00:00:00Z",
        **changes,
    }


def entry(path: str, **facts: Any) -> dict[str, Any]:
    return {"path": path, "mode": FILE, "type": "blob", "sha": f"sha-{path}", "size": 10, **facts}


def tree(*entries: dict[str, Any], truncated: bool = False) -> Tree:
    return Tree("c" * 40, list(entries), truncated)


@pytest.mark.parametrize(
    "change",
    [
        {"stargazers_count": 2},
        {"description": "y"},
        {"topics": ["a"]},
        {"updated_at": "2026-02-01T00:00:00Z"},
    ],
)
def test_what_does_not_touch_content_keeps_the_fingerprint(change):
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
def test_what_touches_content_changes_the_fingerprint(change):
    assert fingerprint(metadata()) != fingerprint(metadata(**change))


def test_a_repository_without_anything_to_read_asks_for_no_blob():
    wanted = wanted_blobs(tree(entry("main.go")))

    assert [] == wanted.shas()
    assert ("readme_missing",) == wanted.warnings


def test_at_most_four_blobs_are_asked_for():
    names = [
        ".repo-context.json",
        "README.md",
        "package.json",
        "requirements.txt",
        "go.mod",
        "docs/README.md",
    ]

    assert 4 == len(wanted_blobs(tree(*map(entry, names))).shas())


@pytest.mark.parametrize(
    ("facts", "warning"),
    [
        ({"mode": "120000"}, "context_not_a_file"),
        ({"type": "commit", "mode": "160000"}, "context_not_a_file"),
        ({"type": "tree", "mode": "040000"}, "context_not_a_file"),
        ({"size": 5_000_000}, "context_too_large"),
    ],
    ids=["symlink", "submodule", "folder", "huge"],
)
def test_a_context_that_is_not_a_plain_file_is_absent_with_a_warning(facts, warning):
    wanted = wanted_blobs(tree(entry(".repo-context.json", **facts)))

    assert wanted.context is None
    assert warning in wanted.warnings


def test_the_name_of_the_context_file_is_case_sensitive_and_in_the_root():
    wanted = wanted_blobs(tree(entry(".Repo-Context.json"), entry("sub/.repo-context.json")))

    assert wanted.context is None


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        (["README.rst", "README.md"], "README.md"),
        (["docs/README.md", "README"], "README"),
        (["README.md", ".github/README.md"], ".github/README.md"),
        (["readme.txt"], "readme.txt"),
    ],
)
def test_the_readme_is_the_one_that_github_shows(names, chosen):
    assert f"sha-{chosen}" == wanted_blobs(tree(*map(entry, names))).readme


def test_manifests_of_the_root_come_before_deeper_ones_and_vendored_ones_never():
    names = ["a/b/package.json", "vendor/go.mod", "requirements.txt", "node_modules/x/package.json"]

    manifests = wanted_blobs(tree(*map(entry, names))).package_files

    assert ["requirements.txt", "package.json"] == [name for name, _ in manifests]


@pytest.mark.parametrize(
    ("content", "warning"),
    [
        (b"{", "context_malformed"),
        (b"", "context_malformed"),
        (b'{"a": NaN}', "context_malformed"),
        (b'{"a": Infinity}', "context_malformed"),
        (b'{"a": 1e999}', "context_malformed"),
        (b'{"a": "\xff"}', "context_malformed"),
        (b"[" * 100_000, "context_malformed"),
        (b"[1]", "context_not_object"),
        (b"7", "context_not_object"),
        (b"null", "context_not_object"),
    ],
)
def test_a_context_that_is_not_an_object_is_empty_with_a_warning(content, warning):
    assert ({}, warning) == parse_context(content)


def test_a_context_is_kept_as_found_and_may_have_a_byte_order_mark():
    assert ({"ä": [1, None]}, None) == parse_context('\ufeff{"ä": [1, null]}'.encode())


def test_a_lone_surrogate_does_not_get_through():
    context, warning = parse_context(b'{"a": "\\ud800"}')

    assert warning is None
    assert json.dumps(context, ensure_ascii=False).encode()


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
def test_a_fingerprint_changes_with_what_changes_the_content_and_only_then(one, other):
    def content(metadata):
        return [metadata[key] for key in ("full_name", "default_branch", "pushed_at")]

    assert (content(one) == content(other)) == (fingerprint(one) == fingerprint(other))
    starred: Any = {
        **other,
        **dict(zip(("full_name", "default_branch", "pushed_at"), content(one), strict=True)),
    }
    assert fingerprint(one) == fingerprint(starred)


@given(st.binary())
def test_any_context_is_strict_json(content):
    context, _ = parse_context(content)

    assert context == json.loads(json.dumps(context, allow_nan=False).encode())


@given(st.text(max_size=10).map(lambda text: (text * 20_000).encode(errors="replace")))
def test_a_readme_is_cut_between_characters(content):
    text, warnings = cut_readme(content)

    assert len(text.encode()) <= MAX_README_BYTES
    assert ("readme_cut" in warnings) == (len(content) > MAX_README_BYTES)
    assert content.decode("utf-8-sig").startswith(text)


def test_markdown_is_counted_by_suffix_and_vendored_files_are_not():
    paths = [
        "README.md",
        "a/B.PY",
        "c.py",
        "node_modules/x.js",
        "Makefile",
        ".gitignore",
        "x.tar.gz",
    ]

    assert {".py": 2, ".gz": 1, ".md": 1} == file_types(paths)


def test_path_terms_are_the_telling_words():
    terms = path_terms(
        ["src/KafkaConsumer.java", "src/kafka_producer.java", "manage.py", "test/index.js"]
    )

    assert {"kafka": 2, "consumer": 1, "manage": 1, "producer": 1} == terms


def test_path_terms_are_bounded():
    assert 200 == len(
        path_terms([f"word{chr(97 + n % 26)}{chr(97 + n // 26)}x.py" for n in range(600)])
    )


@given(st.lists(st.text()))
def test_any_path_can_be_read(paths):
    json.dumps([path_terms(paths), file_types(paths)], ensure_ascii=False).encode()


def test_the_tree_of_a_revision_is_the_one_that_git_computes():
    files = {
        "b/x.py": (FILE, b"x"),
        "b.py": (FILE, b"y"),
        "a": ("100755", b"z"),
        "b-c": ("120000", b"a"),
    }
    sha, entries = tree_entries(files)

    assert {"commit": "c" * 40, "tree": sha} == revision(Tree("c" * 40, entries, False))
    assert {"commit": None, "tree": sha} == revision(Tree(sha, entries, False))
    assert {"commit": "c" * 40, "tree": None} == revision(Tree("c" * 40, entries[:1], True))
