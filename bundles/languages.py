"""Compute a repository's languages from its file tree, as GitHub does, but by names alone.

GitHub also looks into files whose suffix several languages share, and follows `.gitattributes`,
which we do not read. `data/languages.tsv` is generated from GitHub linguist's list.
https://github.com/github-linguist/linguist/blob/main/docs/how-linguist-works.md
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from bundles.links import FILE_MODES
from bundles.vendored import is_counted

TABLE = Path(__file__).parent / "data" / "languages.tsv"
MAX_SUFFIXES = 4  # the longest in the table have three parts


def languages_of(entries: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Return the bytes of each language in the files of a tree.

    Leaves out libraries, generated files, documentation and examples.
    """
    sizes: Counter[str] = Counter()
    for entry in entries:
        if entry.get("type") != "blob" or entry.get("mode") not in FILE_MODES:
            continue
        path, size = str(entry["path"]), entry.get("size", 0)
        language = language_of(path) if size > 0 else None
        if language and is_counted(path):
            sizes[language] += size
    return dict(sizes)


def language_of(path: str) -> str | None:
    """Return the language that a file's name stands for, if GitHub counts it.

    File names match as they are, suffixes in any case. A notebook is a "Jupyter Notebook".
    """
    name = path.rpartition("/")[2]
    table = _table()
    if name in table:
        return table[name] or None
    suffixes = name.lower().split(".")[1:][-MAX_SUFFIXES:]
    for start in range(len(suffixes)):  # the longest suffix decides: `.blade.php` before `.php`
        suffix = "." + ".".join(suffixes[start:])
        if suffix in table:
            return table[suffix] or None
    return None


@cache
def _table() -> dict[str, str]:
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t") for line in lines)
