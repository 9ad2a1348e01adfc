"""From what GitHub answers to a bundle: pure, and whatever the repository holds, it never raises.

Codes in `warnings`:

| code | meaning |
|---|---|
| `empty` | the repository has no commit |
| `blocked` | GitHub shows nothing of it (403 or 451) |
| `tree_truncated` | more files than GitHub lists; counts are of those that came |
| `context_malformed` | `.repo-context.json` is not strict JSON in UTF-8 |
| `context_not_object` | it is JSON, but not an object |
| `context_too_large` | it is larger than 1 MB |
| `context_not_a_file` | it is a folder, a symbolic link or a submodule |
| `readme_missing` | there is no README |
| `readme_cut` | the README is longer than 64 KB |
| `readme_undecodable` | the README is not UTF-8; what could not be read is replaced |
| `manifest_unreadable` | a dependency manifest cannot be parsed |
| `bundle_cut` | the bundle was too large for the cache |
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from pathlib import PurePosixPath
from typing import Any

from dependencies import dependency_names, manifest_rank

from models import Bundle, Listed, Metadata, Revision

FINGERPRINT_VERSION = 1  # raise it when bundles hold more or other things: all are fetched again
CONTEXT = ".repo-context.json"
CONTEXT_BYTES = 1_000_000
README_BYTES = 64 * 1024
READABLE_BYTES = 1_000_000  # a larger README or manifest is not asked for
MOST_MANIFESTS = 2
MOST_PATH_TERMS = 200
MOST_ROOT_FILES = 1_000

VENDORED = re.compile(
    r"(?:^|/)(?:node_modules|bower_components|vendor|third[_-]party|dist|\.?venv|site-packages|__pycache__|Pods|"
    r"Carthage|\.git|\.idea|\.vs|bin/Debug|obj)(?:/|$)",
    re.IGNORECASE,
)
WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_a-zA-Z]+")
# Words that nearly every tree holds say nothing about this one.
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
# GitHub's order:
# https://docs.github.com/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-readmes
README_FOLDERS = (".github", "", "docs")
README_NAME = re.compile(
    r"readme(?:\.(?:md|markdown|mdown|rst|adoc|asciidoc|org|txt|textile|rdoc))?", re.IGNORECASE
)
FILE_MODES = {"100644", "100755", "100664"}


@dataclass(frozen=True, slots=True)
class Tree:
    """A repository's files, as `GET …/git/trees/…?recursive=1` lists them."""

    sha: str
    entries: Sequence[Mapping[str, Any]]
    truncated: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """Blobs worth asking for: their shas, and the file names of manifests."""

    context: str | None
    readme: str | None
    manifests: tuple[tuple[str, str], ...]  # (file name, sha)
    warnings: tuple[str, ...]

    def shas(self) -> list[str]:
        """Each once."""
        found = [self.context, self.readme, *(sha for _, sha in self.manifests)]
        return list(dict.fromkeys(sha for sha in found if sha))


def fingerprint(metadata: Metadata) -> str:
    """Hash of what a change of content changes; a star, a topic or a description does not."""
    facts = [
        FINGERPRINT_VERSION,
        metadata["full_name"],
        metadata["default_branch"],
        metadata["pushed_at"],
    ]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16]


def wanted_blobs(tree: Tree) -> Wanted:
    """What to read of a repository."""
    warnings: list[str] = []
    files = {
        str(entry["path"]): entry
        for entry in tree.entries
        if entry.get("type") == "blob" and entry.get("mode") in FILE_MODES
    }
    context = None
    if CONTEXT in files:
        if files[CONTEXT].get("size", 0) <= CONTEXT_BYTES:
            context = str(files[CONTEXT]["sha"])
        else:
            warnings.append("context_too_large")
    elif any(entry.get("path") == CONTEXT for entry in tree.entries):
        warnings.append("context_not_a_file")

    readable = {path: e for path, e in files.items() if e.get("size", 0) <= READABLE_BYTES}
    readmes = sorted(
        (README_FOLDERS.index(folder), not name.lower().endswith(".md"), path)
        for path in readable
        for folder, _, name in [path.rpartition("/")]
        if folder in README_FOLDERS and README_NAME.fullmatch(name)
    )
    if not readmes:
        warnings.append("readme_missing")
    manifests = sorted(
        (path.count("/"), rank, path)
        for path in readable
        if not VENDORED.search(path)
        and (rank := manifest_rank(path.rpartition("/")[2])) is not None
    )
    return Wanted(
        context=context,
        readme=str(files[readmes[0][2]]["sha"]) if readmes else None,
        manifests=tuple(
            (path.rpartition("/")[2], str(files[path]["sha"]))
            for _, _, path in manifests[:MOST_MANIFESTS]
        ),
        warnings=tuple(warnings),
    )


def build_bundle(
    listed: Listed,
    languages: Mapping[str, Any],
    tree: Tree,
    wanted: Wanted,
    blobs: Mapping[str, bytes],
    now: datetime,
) -> Bundle:
    """Put together what was read. `blobs`: sha -> content."""
    warnings = [*(["tree_truncated"] if tree.truncated else []), *wanted.warnings]
    context: dict[str, Any] = {}
    if wanted.context:
        context, warning = parse_context(blobs[wanted.context])
        warnings += [warning] if warning else []
    readme = ""
    if wanted.readme:
        readme, codes = cut_readme(blobs[wanted.readme])
        warnings += codes
    names: set[str] = set()
    for file_name, sha in wanted.manifests:
        try:
            names |= set(dependency_names(file_name, _text(blobs[sha])))
        except ValueError:
            warnings.append("manifest_unreadable")
    paths = [str(entry["path"]) for entry in tree.entries if entry.get("type") == "blob"]
    return {
        "metadata": listed["metadata"],
        "languages": {
            name: size
            for name, size in languages.items()
            if type(size) is int  # PyGithub adds "url"
        },
        "repoContext": context,
        "file_types": file_types(paths),
        "files": sorted({_clean(path.split("/")[0]) for path in _paths(tree)})[:MOST_ROOT_FILES],
        "path_terms": path_terms(paths),
        "dependencies": sorted(_clean(name) for name in names),
        "readme": readme,
        "revision": revision(tree),
        "fingerprint": listed["fingerprint"],
        "fetched_at": _iso(now),
        "warnings": list(dict.fromkeys(warnings)),
    }


def bare_bundle(listed: Listed, warning: str, now: datetime) -> Bundle:
    """A repository that shows its metadata only: `empty` or `blocked`."""
    return {
        "metadata": listed["metadata"],
        "languages": {},
        "repoContext": {},
        "file_types": {},
        "files": [],
        "path_terms": {},
        "dependencies": [],
        "readme": "",
        "revision": {"commit": None, "tree": None},
        "fingerprint": listed["fingerprint"],
        "fetched_at": _iso(now),
        "warnings": [warning],
    }


def parse_context(content: bytes) -> tuple[dict[str, Any], str | None]:
    """A context file and the warning it earns."""
    try:
        value = json.loads(content.decode("utf-8-sig"), parse_constant=_refuse, parse_float=_finite)
        json.dumps(value).encode()  # nesting that can be read but not written is malformed, too
    except (ValueError, RecursionError):
        return {}, "context_malformed"
    if not isinstance(value, dict):
        return {}, "context_not_object"
    clean: dict[str, Any] = json.loads(_clean(json.dumps(value, ensure_ascii=False)))
    return clean, None


def cut_readme(content: bytes) -> tuple[str, list[str]]:
    """At most README_BYTES of UTF-8, cut between characters, and the warnings it earns."""
    warnings = []
    if len(content) > README_BYTES:
        warnings.append("readme_cut")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("utf-8-sig", errors="replace")
        warnings.append("readme_undecodable")
    return text.encode()[:README_BYTES].decode(errors="ignore"), warnings


def file_types(paths: Sequence[str]) -> dict[str, int]:
    """Lower-case last suffix -> files, most first; vendored folders and files without one left
    out."""
    counts = Counter(
        suffix.lower()
        for path in paths
        if not VENDORED.search(path) and (suffix := PurePosixPath(path).suffix)
    )
    return {_clean(suffix): count for suffix, count in sorted(counts.items(), key=_most_first)}


def path_terms(paths: Sequence[str]) -> dict[str, int]:
    """The telling words of folder and file names, most frequent first.

    A word counts once for each distinct folder or file name that holds it.
    """
    names = {name for path in paths if not VENDORED.search(path) for name in path.split("/")}
    counts: Counter[str] = Counter()
    for name in names:
        stem = name.rpartition(".")[0] or name
        counts.update({word.lower() for word in WORD.findall(stem)})
    telling = [
        (word, count)
        for word, count in counts.items()
        if 2 <= len(word) <= 40 and word not in PATH_NOISE
    ]
    return {
        _clean(word): count for word, count in sorted(telling, key=_most_first)[:MOST_PATH_TERMS]
    }


def revision(tree: Tree) -> Revision:
    """Which commit and tree the bundle belongs to.

    Asked by branch, GitHub answers with the commit's sha. The tree's own follows from its entries,
    as git computes it: https://git-scm.com/book/en/v2/Git-Internals-Git-Objects
    """
    if tree.truncated:
        return {"commit": tree.sha, "tree": None}
    top = [entry for entry in tree.entries if "/" not in entry["path"]]
    top.sort(key=lambda e: str(e["path"]).encode() + (b"/" if e["type"] == "tree" else b""))
    body = b"".join(
        f"{str(entry['mode']).lstrip('0')} ".encode()
        + str(entry["path"]).encode(errors="surrogatepass")
        + b"\0"
        + bytes.fromhex(str(entry["sha"]))
        for entry in top
    )
    own = hashlib.sha1(b"tree %d\0" % len(body) + body, usedforsecurity=False).hexdigest()
    return {"commit": tree.sha if tree.sha != own else None, "tree": own}


def _paths(tree: Tree) -> list[str]:
    return [str(entry["path"]) for entry in tree.entries]


def _most_first(item: tuple[str, int]) -> tuple[int, str]:
    return -item[1], item[0]


def _clean(text: str) -> str:
    """Lone surrogates cannot be written as UTF-8."""
    return text.encode(errors="replace").decode()


def _text(content: bytes) -> str:
    return content.decode("utf-8-sig", errors="replace")


def _iso(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _finite(text: str) -> float:
    value = float(text)
    if not isfinite(value):
        raise ValueError(f"{text} overflows")
    return value
