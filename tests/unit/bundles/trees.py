"""File trees for tests."""

from __future__ import annotations

from typing import Any

from bundles import Tree
from github_standin.git_objects import FILE

COMMIT = "c" * 40


def entry(path: str, **facts: Any) -> dict[str, Any]:
    """Make an entry of a tree, a file if `facts` do not say otherwise."""
    return {"path": path, "mode": FILE, "type": "blob", "sha": f"sha-{path}", "size": 10, **facts}


def tree(*entries: dict[str, Any], truncated: bool = False) -> Tree:
    return Tree(COMMIT, list(entries), truncated)
