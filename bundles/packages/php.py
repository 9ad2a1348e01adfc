"""Packages in composer.json: https://getcomposer.org/doc/04-schema.md#package-links."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bundles.packages.data_text import JSON_KEY, Words, parse_json, table
from bundles.packages.dependency import Dependency, Format, file_format

# What has no vendor is the platform: `php`, `ext-json`, `lib-curl`, `composer-plugin-api`.
PACKAGE = re.compile(r"[\w.-]+/[\w.-]+")


def read_composer(text: str) -> Iterator[Dependency]:
    """Read composer.json."""
    content = parse_json(text)
    words = Words(text, JSON_KEY)
    for section in ("require", "require-dev"):
        start = words.after(section)
        for name in table(content.get(section)):
            if PACKAGE.fullmatch(name):
                yield Dependency(name, words.line(name, start), section == "require-dev")


def _own_name(text: str) -> list[object]:
    return [parse_json(text).get("name")]


FORMATS: tuple[Format, ...] = (
    file_format(r"(?i:composer\.json)", read_composer, own_names=_own_name),
)
