"""Small repositories as people write them, and what is right for each: `tests/cases/`.

A case is a folder `AREA/NAME`: the repository in `files`, and `expect.json`. In it, `dependencies`,
`warnings`, `file_types`, `languages`, `readme` (the searchable text), `summary` and `components`
(their paths) have entries or pieces that it `has` and `lacks`; `starts` is how the summary begins.
`locations` gives a term and the places where it must stand.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from github_standin.git_objects import FILE, LINK

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


def test_there_are_cases():
    assert FOLDERS
