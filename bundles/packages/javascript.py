"""Packages of JavaScript: npm, pnpm, Deno, JSR and Bower.

- package.json: https://docs.npmjs.com/cli/configuring-npm/package-json
- pnpm-workspace.yaml: https://pnpm.io/catalogs
- deno.json: https://docs.deno.com/runtime/fundamentals/configuration/
- import maps: https://html.spec.whatwg.org/multipage/webappapis.html#import-maps
- jsr.json: https://jsr.io/docs/package-configuration
- bower.json: https://github.com/bower/spec/blob/master/json.md
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bundles.packages.data_text import (
    JSON_KEY,
    Words,
    parse_json,
    parse_json_with_comments,
    table,
)
from bundles.packages.dependency import Dependency, Format, file_format
from bundles.packages.yaml_text import yaml_documents

SECTIONS = ("dependencies", "devDependencies", "peerDependencies", "optionalDependencies")
# Keys like "//" and "_comment" hold comments.
NAME = r"(?:@[\w~-][\w.~-]*/)?[A-Za-z0-9~-][\w.~-]*"
PACKAGE = re.compile(NAME)
ALIAS = re.compile(rf"npm:({NAME})(@.*)?", re.DOTALL)
# In `npm:latest` and `npm:1.x`, which Yarn writes, there is no name.
VERSION = re.compile(r"[\d~]|(?:latest|next|canary|nightly|alpha|beta|rc|experimental)$")
LOCAL = ("workspace:", "link:", "portal:", "file:")
ARCHIVES = (".tgz", ".tar.gz")

SPECIFIER = re.compile(rf"(?:npm|jsr):/?({NAME})(?=[@/]|$)")
# What stands between the host and the package: https://esm.sh/#docs, https://deno.land/x.
ADDRESS = re.compile(
    r"https?://(?:"
    r"(?:esm\.sh|cdn\.esm\.sh)/(?:(?:v\d+|stable)/)?(?:(?:gh|pr)/[\w.-]+/|jsr/|npm/|(?!gh/|pr/))\*?"
    r"|deno\.land/(?:x/)?"
    r"|jsr\.io/"
    r"|(?:unpkg\.com|esm\.run|cdn\.skypack\.dev|jspm\.dev)/(?:npm:)?"
    r"|cdn\.jsdelivr\.net/(?:npm/|gh/[\w.-]+/)"
    r"|ga\.jspm\.io/npm:"
    rf")({NAME})(?=[@/?#&]|$)"
)


def read_package_json(text: str) -> Iterator[Dependency]:
    """Read package.json."""
    content = parse_json(text)
    words = Words(text, JSON_KEY)
    for section in SECTIONS:
        packages = table(content.get(section))
        start = words.after(section)
        places = ((key, version, words.line(key, start)) for key, version in packages.items())
        yield from _npm_packages(places, section == "devDependencies")


def read_pnpm_workspace(text: str) -> Iterator[Dependency]:
    """Read the catalogs of pnpm-workspace.yaml."""
    for document in yaml_documents(text):
        for catalog in (document.get("catalog"), *document.get("catalogs").values()):
            entries = catalog.entries.values()
            places = ((key.text, version.text, key.line) for key, version in entries)
            yield from _npm_packages(places, is_development=False)


def read_bower(text: str) -> Iterator[Dependency]:
    """Read bower.json."""
    content = parse_json(text)
    words = Words(text, JSON_KEY)
    for section in ("dependencies", "devDependencies"):
        start = words.after(section)
        for name in table(content.get(section)):
            if PACKAGE.fullmatch(name):
                yield Dependency(name, words.line(name, start), section == "devDependencies")


def read_deno(text: str) -> Iterator[Dependency]:
    """Read the imports of deno.json or jsr.json, which may hold comments."""
    return _imports(text, parse_json_with_comments(text))


def read_import_map(text: str) -> Iterator[Dependency]:
    """Read an import map."""
    return _imports(text, parse_json(text))


def _own_name(text: str) -> list[object]:
    return [parse_json_with_comments(text).get("name")]


def _npm_packages(
    places: Iterable[tuple[str, object, int]], is_development: bool
) -> Iterator[Dependency]:
    """Yield what keys, with their versions and lines, stand for; the author's own are left out."""
    for key, version, line in places:
        asked = version.strip() if isinstance(version, str) else ""
        if asked.startswith(LOCAL) and not asked.endswith(ARCHIVES):
            continue
        alias = ALIAS.fullmatch(asked)
        is_alias = alias is not None and (alias[2] or not VERSION.match(alias[1]))
        name = alias[1] if alias is not None and is_alias else key
        if PACKAGE.fullmatch(name):
            yield Dependency(name, line, is_development or name.startswith("@types/"))


def _imports(text: str, content: Mapping[str, Any]) -> Iterator[Dependency]:
    words = Words(text, JSON_KEY)
    scopes = table(content.get("scopes"))
    sections = [(["imports"], table(content.get("imports")))]
    sections += [(["scopes", scope], table(imports)) for scope, imports in scopes.items()]
    for headings, imports in sections:
        start = words.after(*headings)
        for key, target in imports.items():
            if isinstance(target, str):
                found = SPECIFIER.match(target) or ADDRESS.match(target)
                if found:
                    is_development = found[1].startswith("@types/")
                    yield Dependency(found[1], words.line(key, start), is_development)


FORMATS: tuple[Format, ...] = (
    file_format(r"(?i:package\.json)", read_package_json, own_names=_own_name),
    file_format(r"(?i:deno\.jsonc?)", read_deno, own_names=_own_name),
    file_format(r"(?i:jsr\.jsonc?)", read_deno, own_names=_own_name),
    file_format(r"(?i:import[-_]?map\.json)", read_import_map),
    file_format(r"(?i:pnpm-workspace\.ya?ml)", read_pnpm_workspace),
    file_format(r"(?i:bower\.json)", read_bower, own_names=_own_name),
)
