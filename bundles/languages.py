"""Compute a repository's languages from its file tree, as GitHub does, but by names alone.

GitHub also looks into files whose suffix several languages share, and follows `.gitattributes`.
`data/languages.tsv` is generated from GitHub linguist's list.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from bundles.selection import FILE_MODES

TABLE = Path(__file__).parent / "data" / "languages.tsv"

# What GitHub does not count: libraries that were copied into the repository, documentation, examples
# and generated files. Its own patterns are longer; these cover what portfolios contain.
# https://docs.github.com/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-repository-languages
NOT_COUNTED = re.compile(
    r"""
      (?:^|/)(?:
        node_modules | bower_components | [Vv]endors? | (?:3rd|[Tt]hird)[-_]?[Pp]arty | [Ee]xtern(?:als?)?
        | dist | cache | testdata | Godeps/_workspace | Carthage | Pods | Sparkle | MathJax | ace-builds
        | admin_media | env | gradle/wrapper | \.mvn/wrapper | \.yarn/(?:releases|plugins|sdks|versions|unplugged)
        | flow-typed | \.vscode | \.github | \.obsidian | \.teamcity | __generated__
        | docs?/_?(?:build|themes?|templates?|static) | [Dd]ocumentation | [Gg]roovydoc | [Jj]avadoc | inst/doc
        | [^/]+\.(?:xctemplate|imageset|framework)
      )/
    | ^(?:deps|[Dd]ependencies|debian|[Dd]ocs?|[Ee]xamples?|[Dd]emos?|[Ss]amples?|[Mm]an)/
    | (?:^|/)(?:
        configure | config\.(?:guess|sub) | aclocal\.m4 | libtool\.m4 | ltmain\.sh | install-sh
        | gradlew(?:\.bat)? | mvnw(?:\.cmd)? | waf | cpplint\.py | fabfile\.py | rebar | erlang\.mk
        | (?:CHANGES|CHANGELOG|CONTRIBUTING|COPYING|INSTALL|LICEN[CS]E|[Ll]icen[cs]e|README|[Rr]eadme)(?:\.[^/]*)?
        | (?:jquery|angular|react|d3|prototype|mootools|yui|knockout|modernizr|leaflet|less|html5shiv|cordova|Chart)
          (?:[.-][\w.-]*)?\.js
        | (?:bootstrap|font-?awesome|normalize|foundation|animate|materialize|bulma|select2|slick|leaflet)
          (?:[.-][\w.-]*)?\.(?:css|less|scss|styl|js)
      )$
    | [.-]min\.(?:js|css)$ | \.d\.ts$ | -vsdoc\.js$ | \.intellisense\.js$ | _pb2(?:_grpc)?\.pyi?$
    | \.(?:(?i:designer)\.(?:cs|vb)|g\.(?:cs|dart)|freezed\.dart|pb\.(?:go|cc|h))$
    """,
    re.VERBOSE,
)


def languages_of(entries: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Return the bytes of each language in the files of a tree."""
    sizes: Counter[str] = Counter()
    for entry in entries:
        if entry.get("type") != "blob" or entry.get("mode") not in FILE_MODES:
            continue
        path, size = str(entry["path"]), entry.get("size", 0)
        language = language_of(path) if size > 0 else None
        if language and not NOT_COUNTED.search(path):
            sizes[language] += size
    return dict(sizes)


def language_of(path: str) -> str | None:
    """Return the language that a file's name stands for, if GitHub counts it."""
    name = path.rpartition("/")[2]
    table = _table()
    if name in table:
        return table[name]
    suffixes = name.lower().split(".")[1:]
    for start in range(len(suffixes)):  # the longest suffix decides: `.blade.php` before `.php`
        language = table.get("." + ".".join(suffixes[start:]))
        if language:
            return language
    return None


@cache
def _table() -> dict[str, str]:
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t") for line in lines)
