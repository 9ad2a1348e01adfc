"""File trees for tests."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bundles import Selection, Tree, build_bundle, languages_of
from github_standin.git_objects import FILE, object_sha, tree_entries
from models import Bundle
from tests.unit.portfolios import make_metadata

COMMIT = "c" * 40


def entry(path: str, **facts: Any) -> dict[str, Any]:
    """Make an entry of a tree, a file if `facts` do not say otherwise."""
    return {"path": path, "mode": FILE, "type": "blob", "sha": f"sha-{path}", "size": 10, **facts}


def tree(*entries: dict[str, Any], truncated: bool = False) -> Tree:
    return Tree(COMMIT, list(entries), truncated)


def bundle_of_files(files: Mapping[str, tuple[str, bytes]], **metadata: Any) -> Bundle:
    """Build the bundle of a repository with these files: path -> mode, content."""
    sha, entries = tree_entries(files)
    content = {object_sha("blob", blob): blob for _, blob in files.values()}
    repository = Tree(sha, entries, False)
    selection, read = Selection(repository), dict[str, bytes]()
    while missing := (wanted := selection.wanted(read)).files.keys() - read:
        read |= {name: content[name] for name in missing}
    return build_bundle(
        {"metadata": make_metadata("case", **metadata), "fingerprint": "f"},
        languages_of(entries),
        repository,
        wanted,
        read,
        datetime(2026, 1, 1, tzinfo=UTC),
        commits=None,
    )
