"""How tests ask what the readers of package files find."""

from __future__ import annotations

from collections.abc import Callable

from bundles.packages.dependency import Dependency, Format


def named(path: str, text: str, formats: tuple[Format, ...]) -> list[tuple[str, int, bool]]:
    """Return name, line and whether it is for development, of each package that a file names."""
    read = reader(path, formats)
    assert read is not None, path
    return [(found.name, found.line, found.is_development) for found in read(text)]


def names(path: str, text: str, formats: tuple[Format, ...]) -> list[str]:
    """Return the names of the packages, those for development with a star."""
    return [f"{name}*" if is_dev else name for name, _, is_dev in named(path, text, formats)]


def reader(path: str, formats: tuple[Format, ...]) -> Callable[[str], list[Dependency]] | None:
    """Return the reader of the first format that a path fits."""
    for file_format in formats:
        if file_format.pattern.fullmatch(path):
            return lambda text: list(file_format.read(text))
    return None
