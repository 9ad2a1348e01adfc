"""Packages of Dart and Flutter: `pubspec.yaml`.

https://dart.dev/tools/pub/pubspec and https://dart.dev/tools/pub/dependencies
"""

from __future__ import annotations

from collections.abc import Iterator

from bundles.packages.dependency import Dependency, Format, file_format
from bundles.packages.yaml_text import yaml_documents


def _pubspec(text: str) -> Iterator[Dependency]:
    for document in yaml_documents(text):
        for group in ("dependencies", "dev_dependencies"):
            for key, package in document.get(group).entries.values():
                if "path" not in package.entries:  # a path leads to the author's own package
                    yield Dependency(key.text, key.line, group == "dev_dependencies")


def _own_names(text: str) -> list[str]:
    return [document.get("name").text for document in yaml_documents(text)]


FORMATS: tuple[Format, ...] = (file_format(r"pubspec\.yaml", _pubspec, own_names=_own_names),)
