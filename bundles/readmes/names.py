"""Choose the README that GitHub shows for a repository, and cut it to size."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bundles.text import read_text

MAX_README_BYTES = 64 * 1024

# GitHub's order:
# https://docs.github.com/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-readmes
README_FOLDERS = (".github", "", "docs")
# The suffixes that GitHub renders (https://github.com/github/markup#markups) by preference:
# Markdown, other markups, plain text.
SUFFIXES = (
    *("md", "markdown", "mdown", "mdwn", "mkdn", "mkd", "mdx", "rmd"),
    *("rst", "rest", "rst.txt", "adoc", "asciidoc", "asc", "org", "textile", "rdoc"),
    *("mediawiki", "wiki", "creole", "pod"),
    *("txt", ""),
)
# ISO 639-1, the codes of countries that people write instead, and names of languages.
LANGUAGE_CODES = (
    "af am ar az be bg bn bs ca cs cy da de el en eo es et eu fa fi fr ga gl gu he hi hr hu hy id"
    " is it ja ka kk km kn ko ky lo lt lv mg mk ml mn mr ms mt my nb ne nl nn no pa pl ps pt ro ru"
    " si sk sl sq sr sv sw ta te tg th tk tl tr uk ur uz vi yo zh zu"
    " cn jp kr tw hk br ua cz dk se gr ir vn"
    " arabic bengali chinese dutch english french german hindi indonesian italian japanese korean"
    " persian polish portuguese russian spanish turkish ukrainian vietnamese"
)
LANGUAGE = (
    rf"(?:{'|'.join(LANGUAGE_CODES.split())})(?:[-_](?:[a-z]{{2}}|[a-z]{{4}}|\d{{3}})){{0,2}}"
)
README_NAME = re.compile(
    rf"readme(?P<language>[._-]{LANGUAGE}(?=\.))?"
    rf"(?:\.(?P<suffix>{'|'.join(re.escape(suffix) for suffix in SUFFIXES if suffix)}))?",
    re.IGNORECASE,
)


def readme_paths(paths: Iterable[str]) -> list[str]:
    """Return the paths of READMEs, first the one that GitHub shows.

    Translations, such as `README.zh-CN.md`, come last.
    """
    candidates = sorted(
        (
            named["language"] is not None,
            README_FOLDERS.index(folder),
            SUFFIXES.index((named["suffix"] or "").lower()),
            "en" not in (named["language"] or "").lower()[1:3],
            path,
        )
        for path in paths
        for folder, _, name in [path.rpartition("/")]
        if folder in README_FOLDERS and (named := README_NAME.fullmatch(name))
    )
    return [path for *_, path in candidates]


def cut_readme(content: bytes) -> tuple[str, list[str]]:
    """Read a README as at most MAX_README_BYTES of UTF-8, cut between characters; add its warnings.

    `readme_cut`: it is longer. `readme_undecodable`: it is binary, or some of its bytes became
    U+FFFD.
    """
    text = read_text(content)
    encoded = text.content.encode()
    warnings = ["readme_cut"] if len(encoded) > MAX_README_BYTES else []
    has_replaced = "\ufffd" in text.content and "\ufffd".encode() not in content
    if has_replaced or not text.is_readable:
        warnings.append("readme_undecodable")
    return encoded[:MAX_README_BYTES].decode(errors="ignore"), warnings
