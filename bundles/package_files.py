"""Names of dependencies, read from package files such as requirements.txt. Never runs or resolves anything."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterable
from typing import Any

MAX_NAMES = 300  # of one package file; honest ones stay far below

# The first match decides. Lock files are left out: nobody chose what they name.
PACKAGE_FILES: list[tuple[re.Pattern[str], str]] = [
    (re.compile(pattern), kind)
    for pattern, kind in (
        (r"package\.json", "package_json"),
        (r"pyproject\.toml", "pyproject"),
        (r"requirements[\w.-]*\.(txt|in)", "requirements"),
        (r"go\.mod", "go_mod"),
        (r"cargo\.toml", "cargo"),
        (r"composer\.json", "composer"),
        (r"[\w.-]+\.(csproj|fsproj|vbproj)", "msbuild"),
        (r"gemfile|[\w-]+\.gemspec", "ruby"),
        (r"pom\.xml", "maven"),
        (r"build\.gradle(\.kts)?", "gradle"),
        (r"package\.swift", "swift"),
        (r"pubspec\.yaml", "pubspec"),
        (r"setup\.cfg|pipfile", "requirements"),
        (r"setup\.py", "setup_py"),
        (r"mix\.exs", "mix"),
    )
]
REQUIREMENT = re.compile(
    r"^\s*([A-Za-z][\w.-]*)\s*(?:\[[^\]]*\])?\s*(?:[=<>!~;@,]|$|#)", re.MULTILINE
)


def package_file_rank(file_name: str) -> int | None:
    """Rank a package file by how much it tells, 0 the most; None if it is not one."""
    for rank, (pattern, _) in enumerate(PACKAGE_FILES):
        if pattern.fullmatch(file_name.lower()):
            return rank
    return None


def dependency_names(file_name: str, text: str) -> list[str]:
    """Return the dependencies in a package file, sorted, in lower case.

    Raises ValueError if the file cannot be parsed as what its name says.
    """
    rank = package_file_rank(file_name)
    if rank is None:
        return []
    read = READERS[PACKAGE_FILES[rank][1]]
    try:
        names = {name.strip().lower() for name in read(text) if name and len(name) <= 214}
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
        raise ValueError(f"{file_name} cannot be parsed") from error
    return sorted(names)[:MAX_NAMES]


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


def _first_group(*patterns: str) -> Callable[[str], Iterable[str]]:
    """Make a reader that takes the first group of every match."""
    compiled = [re.compile(pattern, re.MULTILINE | re.IGNORECASE) for pattern in patterns]
    return lambda text: (name for pattern in compiled for name in pattern.findall(text))


READERS: dict[str, Callable[[str], Iterable[str]]] = {
    "package_json": _package_json,
    "composer": _composer,
    "pyproject": _pyproject,
    "cargo": _cargo,
    "requirements": _requirements,
    "setup_py": _first_group(
        r"""^\s*['"]([a-z][\w.-]*)\s*(?:\[[\w,\s-]*\])?\s*[<>=!~][^'"]*['"],?\s*$"""
    ),
    "go_mod": _first_group(r"^\s*(?:require\s+)?([\w-]+(?:\.[\w-]+)+/[\w./-]+)\s+v\d"),
    "msbuild": _first_group(r"""<PackageReference[^>]*\bInclude\s*=\s*["']([^"']{1,200})["']"""),
    "ruby": _first_group(r"""^\s*(?:gem|\w+\.add_(?:\w+_)?dependency)\s*\(?\s*["']([\w.-]+)["']"""),
    "maven": _first_group(r"<artifactId>\s*([\w.-]+)\s*</artifactId>"),
    "gradle": _first_group(
        r"""(?:implementation|api|compileOnly|runtimeOnly|testImplementation|kapt|ksp)\s*\(?\s*["'][\w.-]+:([\w.-]+)"""
    ),
    "swift": _first_group(r"""\.package\([^)]*url:\s*"[^"]*/([\w.-]+?)(?:\.git)?\""""),
    "pubspec": _first_group(r"^  ([a-z]\w*):\s"),
    "mix": _first_group(r"\{:(\w+),"),
}
