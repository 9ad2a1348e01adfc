"""Packages of Julia: `Project.toml`. https://pkgdocs.julialang.org/v1/toml-files/"""

from __future__ import annotations

from collections.abc import Iterator

from bundles.packages.data_text import TOML_KEY, Words, parse_toml, table
from bundles.packages.dependency import Dependency, Format, file_format

TABLES = {"deps": False, "weakdeps": False, "extras": True}  # and whether for development


def _project(text: str) -> Iterator[Dependency]:
    project = parse_toml(text)
    words = Words(text, TOML_KEY)
    for heading, is_development in TABLES.items():
        start = words.after(heading)
        for name in table(project.get(heading)):
            if name != project.get("name"):
                yield Dependency(name, words.line(name, start), is_development)


def _side_project(text: str) -> Iterator[Dependency]:
    """Read the packages that the tests or the documentation are made with."""
    for dependency in _project(text):
        yield Dependency(dependency.name, dependency.line, is_development=True)


def _own_name(text: str) -> list[object]:
    return [parse_toml(text).get("name")]


FORMATS: tuple[Format, ...] = (
    file_format(r"(?:test|docs|benchmark)/(?:Julia)?Project\.toml", _side_project),
    file_format(r"(?:Julia)?Project\.toml", _project, own_names=_own_name),
)
