"""Packages of R: the `DESCRIPTION` of a package, or of a program that is none.

Written as Debian control fields:
https://cran.r-project.org/doc/manuals/r-release/R-exts.html#The-DESCRIPTION-file
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bundles.packages.dependency import Dependency, Format, file_format

FIELDS = {  # and whether their packages are for development
    "Depends": False,
    "Imports": False,
    "LinkingTo": False,
    "Suggests": True,
    "Enhances": True,
}
FIELD = re.compile(r"([A-Za-z][\w.@/-]*+)[ \t]*+:(.*)")
PACKAGE = re.compile(r"[ \t]*+([A-Za-z][A-Za-z0-9.]*+)[ \t]*+(?:\([^()]*+\)[ \t]*+)?")


def _description(text: str) -> Iterator[Dependency]:
    """Read the packages; a file of another kind that has this name names none."""
    fields = _fields(text)
    # A program that is no package, such as a Shiny app, has no name here; Octave's packages have one.
    is_program = "Name" not in fields and not {"Imports", "Depends"}.isdisjoint(fields)
    if "Package" not in fields and not is_program:
        return
    for name, is_development in FIELDS.items():
        for line, value in fields.get(name, []):
            for entry in value.split(","):
                package = PACKAGE.fullmatch(entry)
                if package and package[1] != "R":  # R itself, with its version
                    yield Dependency(package[1], line, is_development)


def _fields(text: str) -> dict[str, list[tuple[int, str]]]:
    """Return the numbered lines of each field; nothing if the text is not in the format."""
    fields: dict[str, list[tuple[int, str]]] = {}
    current: list[tuple[int, str]] | None = None
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        if line[0] in " \t" and current is not None:
            current.append((number, line))
        elif field := FIELD.fullmatch(line):
            current = fields.setdefault(field[1], [])
            current.append((number, field[2]))
        else:
            return {}
    return fields


def _own_name(text: str) -> list[str]:
    return [value.strip() for _, value in _fields(text).get("Package", [])]


FORMATS: tuple[Format, ...] = (file_format("DESCRIPTION", _description, own_names=_own_name),)
