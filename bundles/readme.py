"""Choose a repository's README, and cut it to size."""

from __future__ import annotations

import re
from collections.abc import Iterable

MAX_README_BYTES = 64 * 1024

# GitHub's order:
# https://docs.github.com/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-readmes
README_FOLDERS = (".github", "", "docs")
README_NAME = re.compile(
    r"readme(?:\.(?:md|markdown|mdown|rst|adoc|asciidoc|org|txt|textile|rdoc))?", re.IGNORECASE
)


def readme_path(paths: Iterable[str]) -> str | None:
    """Return the path of the README that GitHub shows; None if there is none."""
    candidates = sorted(
        (README_FOLDERS.index(folder), not name.lower().endswith(".md"), path)
        for path in paths
        for folder, _, name in [path.rpartition("/")]
        if folder in README_FOLDERS and README_NAME.fullmatch(name)
    )
    return candidates[0][2] if candidates else None


def cut_readme(content: bytes) -> tuple[str, list[str]]:
    """Decode at most MAX_README_BYTES, cut between characters; return the text and its warnings."""
    warnings = []
    if len(content) > MAX_README_BYTES:
        warnings.append("readme_cut")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("utf-8-sig", errors="replace")
        warnings.append("readme_undecodable")
    return text.encode()[:MAX_README_BYTES].decode(errors="ignore"), warnings
