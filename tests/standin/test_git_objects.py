"""Hashes equal those of git."""

from __future__ import annotations

from github_standin.git_objects import FILE, LINK, SUBMODULE, object_sha, tree_entries

COMMIT = "1234567890123456789012345678901234567890"


def test_a_blob_is_hashed_as_by_git():
    assert "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391" == object_sha("blob", b"")


def test_an_empty_tree_is_hashed_as_by_git():
    assert ("4b825dc642cb6eb9a060e54bf8d69288fbee4904", []) == tree_entries({})


def test_a_tree_with_folders_links_and_submodules_is_hashed_as_by_git():
    sha, entries = tree_entries(
        {
            "src/app.py": (FILE, b"print(1)\n"),
            "src.md": (FILE, b"# src\n"),
            "current": (LINK, b"src"),
            "vendor/library": (SUBMODULE, COMMIT.encode()),
        }
    )

    assert "db7471712d3ac2f0ce086aea21b0a3d32d82b5e9" == sha
    assert ["current", "src.md", "src", "src/app.py", "vendor", "vendor/library"] == [
        entry["path"] for entry in entries
    ]
