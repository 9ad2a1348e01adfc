"""Names of dependencies, read from package files such as requirements.txt.

Reads text alone: nothing is run, and no version or dependency of a dependency is resolved.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterable
from typing import Any

MAX_NAMES = 300  # of one package file; those that people write stay far below
MAX_NAME_LENGTH = 214  # npm's limit, the highest of all registries that have one

Reader = Callable[[str], Iterable[str]]

REQUIREMENT = re.compile(
    r"^\s*([A-Za-z][\w.-]*)\s*(?:\[[^\]]*\])?\s*(?:[=<>!~;@,]|$|#)", re.MULTILINE
)


def package_file_rank(file_name: str) -> int | None:
    """Return a package file's place in the order of preference, 0 first; None for other files."""
    for rank, (pattern, _) in enumerate(PACKAGE_FILES):
        if pattern.fullmatch(file_name.lower()):
            return rank
    return None


def dependency_names(file_name: str, text: str) -> list[str]:
    """Return the dependencies in a package file, sorted, in lower case.

    Raises ValueError if the file is not in the format that its name stands for.
    """
    rank = package_file_rank(file_name)
    if rank is None:
        return []
    _, read = PACKAGE_FILES[rank]
    try:
        names = {name.strip().lower() for name in read(text)}
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
        raise ValueError(f"{file_name} cannot be parsed") from error
    return sorted(name for name in names if 0 < len(name) <= MAX_NAME_LENGTH)[:MAX_NAMES]


def _package_json(text: str) -> Iterable[str]:
    content = json.loads(text)
    for group in ("dependencies", "devDependencies", "peerDependencies", "optionalDependencies"):
        yield from content.get(group) or {}


def _composer(text: str) -> Iterable[str]:
    content = json.loads(text)
    for group in ("require", "require-dev"):
        yield from (name for name in content.get(group) or {} if "/" in name)


def _pyproject(text: str) -> Iterable[str]:
    content = tomllib.loads(text)
    project = content.get("project", {})
    groups: list[Any] = [
        project.get("dependencies", []),
        *project.get("optional-dependencies", {}).values(),
        *content.get("dependency-groups", {}).values(),
    ]
    for group in groups:
        yield from _requirements("\n".join(entry for entry in group if isinstance(entry, str)))
    poetry = content.get("tool", {}).get("poetry", {})
    yield from (name for name in poetry.get("dependencies", {}) if name != "python")
    for group in poetry.get("group", {}).values():
        yield from group.get("dependencies", {})


def _cargo(text: str) -> Iterable[str]:
    content = tomllib.loads(text)
    for group in ("dependencies", "dev-dependencies", "build-dependencies"):
        yield from content.get(group, {})
    yield from content.get("workspace", {}).get("dependencies", {})


def _requirements(text: str) -> Iterable[str]:
    return REQUIREMENT.findall(text)


def _first_groups(*patterns: str) -> Reader:
    """Make a reader that returns the first group of every match."""
    compiled = [re.compile(pattern, re.MULTILINE | re.IGNORECASE) for pattern in patterns]
    return lambda text: (name for pattern in compiled for name in pattern.findall(text))


# File names, most telling first, and how to read them. The first match decides. Lock files are left
# out, because nobody chose most of what they name.
PACKAGE_FILES: list[tuple[re.Pattern[str], Reader]] = [
    (re.compile(pattern), reader)
    for pattern, reader in (
        (r"package\.json", _package_json),
        (r"pyproject\.toml", _pyproject),
        (r"requirements[\w.-]*\.(txt|in)", _requirements),
        (
            r"go\.mod",
            _first_groups(r"^\s*(?:require\s+)?([\w-]+(?:\.[\w-]+)+/[\w./-]+)\s+v\d"),
        ),
        (r"cargo\.toml", _cargo),
        (r"composer\.json", _composer),
        (
            r"[\w.-]+\.(csproj|fsproj|vbproj)",
            _first_groups(r"""<PackageReference[^>]*\bInclude\s*=\s*["']([^"']{1,200})["']"""),
        ),
        (
            r"gemfile|[\w-]+\.gemspec",
            _first_groups(
                r"""^\s*(?:gem|\w+\.add_(?:\w+_)?dependency)\s*\(?\s*["']([\w.-]+)["']"""
            ),
        ),
        (r"pom\.xml", _first_groups(r"<artifactId>\s*([\w.-]+)\s*</artifactId>")),
        (
            r"build\.gradle(\.kts)?",
            _first_groups(
                r"(?:implementation|api|compileOnly|runtimeOnly|testImplementation|kapt|ksp)"
                r"""\s*\(?\s*["'][\w.-]+:([\w.-]+)"""
            ),
        ),
        (
            r"package\.swift",
            _first_groups(r"""\.package\([^)]*url:\s*"[^"]*/([\w.-]+?)(?:\.git)?\""""),
        ),
        (r"pubspec\.yaml", _first_groups(r"^  ([a-z]\w*):\s")),
        (r"setup\.cfg|pipfile", _requirements),
        (
            r"setup\.py",
            _first_groups(
                r"""^\s*['"]([a-z][\w.-]*)\s*(?:\[[\w,\s-]*\])?\s*[<>=!~][^'"]*['"],?\s*$"""
            ),
        ),
        (r"mix\.exs", _first_groups(r"\{:(\w+),")),
    )
]
