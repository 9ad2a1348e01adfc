"""Small repositories as people write them, and what is right for each: `tests/cases/`.

A case is a folder `AREA/NAME`: the repository in `files`, and `expect.json`. In it, `dependencies`,
`warnings`, `file_types`, `languages`, `path_terms` and `components` (their paths) have entries that
it `has` and `lacks`; `readme` (the searchable text) and `summary` have pieces, and `starts` is how
the summary begins. `places` says where a term must stand: its paths, with the line if that is known.
`description` is GitHub's.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from github_standin.git_objects import FILE, LINK
from models import Bundle
from relevance.evidence import places_of
from relevance.text import terms
from tests.unit.bundles.trees import bundle_of_files

CASES = Path(__file__).parent.parent.parent / "cases"
FOLDERS = sorted(folder.parent for folder in CASES.glob("*/*/expect.json"))


def repository_files(folder: Path) -> dict[str, tuple[str, bytes]]:
    """Return mode and content of each file of a case."""
    files: dict[str, tuple[str, bytes]] = {}
    root = folder / "files"
    for path in sorted(path for path in root.rglob("*") if path.is_symlink() or path.is_file()):
        content = os.readlink(path).encode() if path.is_symlink() else path.read_bytes()
        mode = LINK if path.is_symlink() else FILE
        files[path.relative_to(root).as_posix()] = (mode, content)
    return files


def searchable(bundle: Bundle) -> str:
    """Return what a README says, on one line."""
    sections = bundle["sections"]
    texts = [text for section in sections for text in (section["title"], *section["passages"])]
    return " ".join(" ".join(texts).split())


def places(bundle: Bundle, word: str) -> list[str]:
    (term, *_) = terms(word)
    return [
        place.path if place.line is None else f"{place.path}:{place.line}"
        for place in places_of(bundle, term)
    ]


@pytest.mark.parametrize(
    "folder", FOLDERS, ids=lambda folder: f"{folder.parent.name}-{folder.name}"
)
def test_a_case_is_read_right(folder: Path):
    expected: dict[str, Any] = json.loads((folder / "expect.json").read_text(encoding="utf-8"))

    bundle = bundle_of_files(
        repository_files(folder), description=expected.pop("description", None)
    )

    where = expected.pop("places", {})
    assert where == {word: places(bundle, word)[: len(found)] for word, found in where.items()}
    seen: dict[str, Any] = {
        **bundle,
        "readme": searchable(bundle),
        "components": [component["path"] for component in bundle["components"]],
    }
    for key, rules in expected.items():
        assert rules.keys() <= {"has", "lacks", "starts"}, key
        assert [] == [entry for entry in rules.get("has", []) if entry not in seen[key]], key
        assert [] == [entry for entry in rules.get("lacks", []) if entry in seen[key]], key
        assert str(seen[key]).startswith(rules.get("starts", "")), key


def test_there_are_cases_of_every_kind():
    areas = {folder.parent.name for folder in FOLDERS}

    assert {"text", "readmes", "packages", "kinds", "contexts", "evidence"} == areas
