"""Read a README in the format of its name."""

from __future__ import annotations

from collections.abc import Callable

from bundles.readmes.asciidoc import read_asciidoc
from bundles.readmes.markdown import read_markdown
from bundles.readmes.org import read_org
from bundles.readmes.plain import read_plain
from bundles.readmes.pod import read_pod
from bundles.readmes.rdoc import read_rdoc
from bundles.readmes.rst import read_rst
from bundles.readmes.sections import Section
from bundles.readmes.textile import read_textile
from bundles.readmes.wiki import read_wiki
from bundles.text import clean

MAX_README_CHARACTERS = 64 * 1024

READERS: dict[str, Callable[[str], tuple[Section, ...]]] = {
    **dict.fromkeys(
        ("md", "markdown", "mdown", "mdwn", "mkdn", "mkd", "mdx", "rmd"), read_markdown
    ),
    **dict.fromkeys(("rst", "rest"), read_rst),
    **dict.fromkeys(("adoc", "asciidoc", "asc"), read_asciidoc),
    **dict.fromkeys(("mediawiki", "wiki", "creole"), read_wiki),
    "org": read_org,
    "textile": read_textile,
    "rdoc": read_rdoc,
    "pod": read_pod,
}


def names_a_format(path: str) -> bool:
    """Tell whether a path's suffix names a markup."""
    return _suffix(path) in READERS


def read_readme(path: str, text: str) -> tuple[Section, ...]:
    """Read the sections of a README; those of plain text where the suffix names no format.

    Reads at most MAX_README_CHARACTERS, and never raises.
    """
    text = clean(text[:MAX_README_CHARACTERS])
    try:
        return READERS.get(_suffix(path), read_plain)(text)
    except Exception:  # noqa: BLE001 - parsers of others fail on hostile text in many ways
        return read_plain(text)


def _suffix(path: str) -> str:
    name = path.rpartition("/")[2].lower()
    return "rst" if name.endswith(".rst.txt") else name.rpartition(".")[2]
