"""The blobs that are worth a request."""

from __future__ import annotations

import pytest

from bundles import wanted_blobs
from bundles.contexts import MAX_CONTEXT_BYTES
from bundles.selection import MAX_BLOB_BYTES
from github_standin.git_objects import LINK, SUBMODULE
from tests.unit.bundles.trees import entry, tree


def test_a_repository_without_anything_to_read_needs_no_request():
    wanted = wanted_blobs(tree(entry("main.go")))

    assert [] == list(wanted.files)
    assert ("readme_missing",) == wanted.warnings


def test_at_most_four_blobs_are_wanted():
    names = [
        ".repo-context.json",
        "README.md",
        "package.json",
        "requirements.txt",
        "go.mod",
        "docs/README.md",
    ]

    wanted = wanted_blobs(tree(*map(entry, names)))

    assert [f"sha-{name}" for name in names[:4]] == list(wanted.files)


def test_equal_files_are_one_blob():
    same = [entry(name, sha="same") for name in ("README.md", "go.mod", "package.json")]

    assert ["same"] == list(wanted_blobs(tree(*same)).files)


@pytest.mark.parametrize(
    ("facts", "warning"),
    [
        ({"mode": LINK}, "context_not_a_file"),
        ({"type": "commit", "mode": SUBMODULE}, "context_not_a_file"),
        ({"type": "tree", "mode": "040000"}, "context_not_a_file"),
        ({"size": MAX_CONTEXT_BYTES + 1}, "context_too_large"),
    ],
    ids=["symlink", "submodule", "folder", "huge"],
)
def test_a_context_that_is_not_a_plain_file_is_absent_with_a_warning(facts, warning):
    wanted = wanted_blobs(tree(entry(".repo-context.json", **facts)))

    assert wanted.context is None
    assert warning in wanted.warnings


@pytest.mark.parametrize(
    "facts", [{}, {"mode": "100755"}, {"mode": "100664"}, {"size": MAX_CONTEXT_BYTES}]
)
def test_a_context_in_a_plain_file_is_wanted(facts):
    wanted = wanted_blobs(tree(entry(".repo-context.json", **facts)))

    assert "sha-.repo-context.json" == wanted.context


def test_the_name_of_the_context_file_is_case_sensitive_and_in_the_root():
    wanted = wanted_blobs(tree(entry(".Repo-Context.json"), entry("sub/.repo-context.json")))

    assert wanted.context is None


@pytest.mark.parametrize("facts", [{"size": MAX_BLOB_BYTES + 1}, {"mode": LINK}])
def test_large_files_and_links_are_no_readme_and_no_package_file(facts):
    wanted = wanted_blobs(tree(entry("README.md", **facts), entry("go.mod", **facts)))

    assert (None, ()) == (wanted.readme, wanted.package_files)


def test_package_files_in_the_root_come_before_deeper_ones_and_vendored_ones_never():
    names = ["a/b/package.json", "vendor/go.mod", "requirements.txt", "node_modules/x/package.json"]

    package_files = wanted_blobs(tree(*map(entry, names))).package_files

    assert (
        ("requirements.txt", "sha-requirements.txt"),
        ("package.json", "sha-a/b/package.json"),
    ) == package_files


def test_of_one_folders_package_files_the_most_telling_come_first():
    names = ["pom.xml", "go.mod", "package.json"]

    package_files = wanted_blobs(tree(*map(entry, names))).package_files

    assert ["package.json", "go.mod"] == [name for name, _ in package_files]
