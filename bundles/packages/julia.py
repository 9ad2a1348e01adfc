"""Packages of Julia: `Project.toml`. https://pkgdocs.julialang.org/v1/toml-files/"""

from __future__ import annotations

from collections.abc import Iterator

from bundles.packages.dependency import Dependency, Format, file_format
from bundles.packages.source_text import toml_key_lines, toml_table

TABLES = {"deps": False, "weakdeps": False, "extras": True}  # and whether for development


def _project(text: str) -> Iterator[Dependency]:
    project = toml_table(text)
    lines = toml_key_lines(text)
    for table, is_development in TABLES.items():
        packages = project.get(table, {})
        for name in packages if isinstance(packages, dict) else ():
            if name != project.get("name"):
                yield Dependency(name, lines.get((table, name), 0), is_development)


def _side_project(text: str) -> Iterator[Dependency]:
    """Read the packages that the tests or the documentation are made with."""
    for dependency in _project(text):
        yield Dependency(dependency.name, dependency.line, is_development=True)


FORMATS: tuple[Format, ...] = (
    file_format(r"(?:test|docs|benchmark)/(?:Julia)?Project\.toml", _side_project),
    file_format(r"(?:Julia)?Project\.toml", _project),
)
