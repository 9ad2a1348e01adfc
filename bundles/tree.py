"""A repository's file tree: its file types, the telling words of its paths, its commit and tree."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from bundles.text import encodable
from models import Revision

MAX_PATH_TERMS = 200

VENDORED = re.compile(
    r"(?:^|/)(?:node_modules|bower_components|vendor|third[_-]party|dist|\.?venv|site-packages|__pycache__|Pods|"
    r"Carthage|\.git|\.idea|\.vs|bin/Debug|obj)(?:/|$)",
    re.IGNORECASE,
)
WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_a-zA-Z]+")
# Words that occur in nearly every tree say nothing about this one.
PATH_NOISE = frozenset(
    """
    src lib test tests spec main index init app apps core common util utils helper helpers file
    files data doc docs readme license changelog contributing gitignore gitattributes editorconfig
    github workflows config configs package json yaml yml toml lock txt md py js ts tsx jsx css
    html scss png jpg jpeg svg gif ico the and for with of to in on new old tmp temp assets asset
    static public images image img fonts font icons icon include scripts script build dist vendor
    example examples sample samples requirements setup cfg ini env mod sum go rs java cs cpp hpp sh
    xml ipynb gradle sln csproj props copy default base misc other
    """.split()
)


@dataclass(frozen=True, slots=True)
class Tree:
    """A repository's files, as `GET …/git/trees/…?recursive=1` lists them."""

    sha: str
    entries: Sequence[Mapping[str, Any]]  # path, type, mode, sha, and size of files
    truncated: bool

    def file_paths(self) -> list[str]:
        """Return the paths of all files, in GitHub's order."""
        return [str(entry["path"]) for entry in self.entries if entry.get("type") == "blob"]

    def root_names(self) -> list[str]:
        """Return the names of the files and folders in the root, sorted."""
        return sorted({encodable(str(entry["path"]).split("/")[0]) for entry in self.entries})


def file_types(paths: Sequence[str]) -> dict[str, int]:
    """Count files by their last suffix in lower case, most frequent first.

    Leaves out vendored folders and files without a suffix.
    """
    counts = Counter(
        suffix.lower()
        for path in paths
        if not VENDORED.search(path) and (suffix := PurePosixPath(path).suffix)
    )
    return {
        encodable(suffix): count
        for suffix, count in sorted(counts.items(), key=_most_frequent_first)
    }


def path_terms(paths: Sequence[str]) -> dict[str, int]:
    """Count the telling words of folder and file names, most frequent first.

    A word counts once for each distinct folder or file name that contains it.
    """
    names = {name for path in paths if not VENDORED.search(path) for name in path.split("/")}
    counts: Counter[str] = Counter()
    for name in names:
        stem = name.rpartition(".")[0] or name
        counts.update({word.lower() for word in WORD.findall(stem)})
    words = [
        (word, count)
        for word, count in counts.items()
        if 2 <= len(word) <= 40 and word not in PATH_NOISE
    ]
    return {
        encodable(word): count
        for word, count in sorted(words, key=_most_frequent_first)[:MAX_PATH_TERMS]
    }


def revision(tree: Tree) -> Revision:
    """Return the commit and the tree that a bundle belongs to.

    Asked for a branch, GitHub answers with the commit's sha. The tree's own sha follows from its
    entries, as git computes it: https://git-scm.com/book/en/v2/Git-Internals-Git-Objects
    """
    if tree.truncated:
        return {"commit": tree.sha, "tree": None}
    root_entries = [entry for entry in tree.entries if "/" not in entry["path"]]
    # git compares folders as if their names ended in a slash.
    root_entries.sort(
        key=lambda entry: str(entry["path"]).encode() + (b"/" if entry["type"] == "tree" else b"")
    )
    body = b"".join(
        f"{str(entry['mode']).lstrip('0')} ".encode()
        + str(entry["path"]).encode(errors="surrogatepass")
        + b"\0"
        + bytes.fromhex(str(entry["sha"]))
        for entry in root_entries
    )
    tree_sha = hashlib.sha1(b"tree %d\0" % len(body) + body, usedforsecurity=False).hexdigest()
    return {"commit": tree.sha if tree.sha != tree_sha else None, "tree": tree_sha}


def _most_frequent_first(item: tuple[str, int]) -> tuple[int, str]:
    return -item[1], item[0]
