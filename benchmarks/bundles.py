"""The processor time of reading a repository, without the requests that its files cost.

The sizes are those of the median and of the largest repository among 315 of six developers.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime

from benchmarks.rows import Row
from bundles import Selection, Tree, build_bundle
from github_standin.git_objects import FILE, object_sha, tree_entries
from models import ListedRepository, Metadata
from tools.host_process import ROOT

RUNS = 20
PROSE = ("README.md", "docs/architecture.md", "CONTRIBUTING.md", "CHANGELOG.md")


def measure() -> Iterator[Row]:
    """Time a median repository and the largest, from the tree and the files to the bundle."""
    for work, target_ms, files in (
        ("bundle of a median repository", 5, median_repository()),
        ("bundle of the largest repository", 80, largest_repository()),
    ):
        yield Row(f"{work}, processor time", _built_ms(files), target_ms, "ms")


def median_repository() -> dict[str, bytes]:
    """28 files, a README of 3 KB and a package file."""
    files = {f"src/module_{number}/view.py": b"x" for number in range(26)}
    packages = {"dependencies": {f"package-{number}": "1" for number in range(8)}}
    return {**files, "README.md": _prose(3_100), "package.json": json.dumps(packages).encode()}


def largest_repository() -> dict[str, bytes]:
    """3,200 files, a README of 64 KB, contexts and package files in folders."""
    files = {f"src/area_{number % 97}/PartNumber{number}.ts": b"x" for number in range(3_150)}
    context = {"project_identity": {"name": "part"}, "tech_stack": {"primary": ["Go", "Redis"]}}
    packages = {"dependencies": {f"package-{number}": "1" for number in range(40)}}
    for number in range(12):
        files[f"apps/app{number}/package.json"] = json.dumps(packages).encode()
        files[f"apps/app{number}/.repo-context.json"] = json.dumps(context).encode()
    return {**files, "README.md": _prose(64_000)}


def _prose(size: int) -> bytes:
    """Return Markdown as people write it."""
    text = "\n\n".join((ROOT / name).read_text(encoding="utf-8") for name in PROSE)
    return (text * (size // len(text) + 1)).encode()[:size]


def _built_ms(files: dict[str, bytes]) -> float:
    """Return the lowest processor time of several runs."""
    sha, entries = tree_entries({path: (FILE, content) for path, content in files.items()})
    contents = {object_sha("blob", content): content for content in files.values()}
    times = []
    for _ in range(RUNS):
        began = time.process_time()
        tree = Tree(sha, entries, False)
        selection, read = Selection(tree), dict[str, bytes]()
        while missing := (wanted := selection.wanted(read)).files.keys() - read:
            read |= {name: contents[name] for name in missing}
        build_bundle(
            _listed(), {"TypeScript": 1}, tree, wanted, read, datetime(2026, 1, 1, tzinfo=UTC), commits=1
        )  # fmt: skip
        times.append((time.process_time() - began) * 1000)
    return min(times)


def _listed() -> ListedRepository:
    metadata: Metadata = {
        "name": "part", "full_name": "octo/part", "html_url": "https://github.com/octo/part", "description": None,
        "homepage": None, "topics": [], "language": None, "license": None, "default_branch": "main",
        "stargazers_count": 0, "forks_count": 0, "open_issues_count": 0, "size": 1, "fork": False, "archived": False,
        "is_template": False, "visibility": "public", "created_at": "2025-01-01T00:00:00Z",
        "updated_at": "2025-01-01T00:00:00Z", "pushed_at": "2025-01-01T00:00:00Z",
    }  # fmt: skip
    return {"metadata": metadata, "fingerprint": "f"}
