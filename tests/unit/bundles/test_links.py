"""Symbolic links of a tree lead to its files, and nowhere else."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundles.links import MAX_HOPS, MAX_TARGET_BYTES, Followed, Links
from github_standin.git_objects import LINK
from tests.unit.bundles.trees import entry


def links(targets: dict[str, str], *files: str, read: bool = True, **facts: Any) -> Links:
    """Make the links of a tree: `targets` by the path of each link."""
    entries = {path: entry(path) for path in files}
    entries |= {path: entry(path, mode=LINK, **facts) for path in targets}
    contents = {f"sha-{path}": target.encode() for path, target in targets.items()}
    return Links(entries, contents if read else {})


@pytest.mark.parametrize(
    ("path", "leads_to"),
    [
        ("README.md", "README.md"),
        ("missing.md", None),
        ("core.md", "packages/core/README.md"),
        ("docs/up.md", "README.md"),
        ("docs/beside.md", "docs/guide.md"),
        ("docs/twice.md", "README.md"),
        ("linked/README.md", "packages/core/README.md"),
        ("linked/missing.md", None),
        ("dot.md", "README.md"),
        ("linked/../guide.md", "packages/guide.md"),
        ("docs//./guide.md", "docs/guide.md"),
    ],
)
def test_a_path_leads_to_a_file_of_the_tree(path, leads_to):
    known = links(
        {
            "core.md": "packages/core/README.md",
            "docs/up.md": "../README.md",
            "docs/beside.md": "guide.md",
            "docs/twice.md": "up.md",
            "linked": "packages/core",
            "dot.md": "./docs/../README.md",
        },
        "README.md",
        "docs/guide.md",
        "packages/core/README.md",
        "packages/guide.md",
    )

    assert Followed(leads_to) == known.follow(path)


@pytest.mark.parametrize(
    "target",
    [
        "/etc/passwd",
        "../../etc/passwd",
        "..",
        ".",
        "",
        "README.md",
        "docs/README.md",
        "../README.md",
        "a\0b",
        "\udcff",
    ],
)
def test_a_way_out_of_the_tree_or_in_circles_leads_to_nothing(target):
    known = links(
        {"README.md": target.encode(errors="replace").decode(), "docs/README.md": "../README.md"}
    )

    assert Followed(None) == known.follow("README.md")


def test_a_link_that_has_not_been_read_is_named():
    known = links({"docs": "documentation"}, "documentation/README.md", read=False)

    assert Followed(None, unread_link="docs") == known.follow("docs/README.md")


def test_what_is_too_long_for_a_path_is_not_read():
    known = links({"README.md": "x"}, read=False, size=MAX_TARGET_BYTES + 1)

    assert Followed(None) == known.follow("README.md")


def test_a_chain_of_links_is_followed_for_a_while():
    chain = {f"{number}.md": f"{number + 1}.md" for number in range(MAX_HOPS + 1)}

    known = links(chain, f"{MAX_HOPS + 1}.md")

    assert Followed(None) == known.follow("0.md")
    assert Followed(f"{MAX_HOPS + 1}.md") == known.follow("1.md")


names = st.sampled_from(["a", "b", "a/b", "b/a", "..", "../a", "/a", "a/../b", ""])


@given(st.dictionaries(names, names), st.lists(names), names)
def test_whatever_the_links_are_a_path_leads_to_a_file_or_nowhere(targets, files, path):
    followed = links(targets, *files).follow(path)

    assert followed.path is None or followed.path in files
