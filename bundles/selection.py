"""Choose the blobs of a repository that are worth fetching: context, README, package files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bundles.contexts import CONTEXT_FILE, MAX_CONTEXT_BYTES
from bundles.package_files import package_file_rank
from bundles.readme import readme_path
from bundles.tree import Tree
from bundles.vendored import is_vendored

MAX_BLOB_BYTES = 1_000_000  # larger READMEs and package files are not fetched
MAX_PACKAGE_FILES = 2
FILE_MODES = {"100644", "100755", "100664"}

# Paths of files that are often wanted, so that they can be asked for before the tree is known. They
# save a round trip and a query for nine in ten repositories; what is missing here costs no more.
LIKELY_PATHS = (
    CONTEXT_FILE,
    *("README.md", "readme.md", "Readme.md", "README.rst", "README", "README.txt"),
    *("README.markdown", ".github/README.md"),
    *(f"docs/{name}" for name in ("README.md", "requirements.txt")),
    *("package.json", "pyproject.toml", "requirements.txt", "go.mod", "Cargo.toml"),
    *("composer.json", "Gemfile", "pom.xml", "build.gradle", "build.gradle.kts", "Package.swift"),
    *("pubspec.yaml", "setup.cfg", "Pipfile", "setup.py", "mix.exs", "requirements-dev.txt"),
    *("android/build.gradle", "android/build.gradle.kts", "example/pubspec.yaml"),
    *("app/build.gradle", "app/build.gradle.kts", "app/package.json", "app/go.mod"),
    *("api/package.json", "api/requirements.txt", "api/go.mod"),
    *("backend/package.json", "backend/requirements.txt", "backend/go.mod"),
    *("server/package.json", "server/requirements.txt", "server/go.mod"),
    *("client/package.json", "frontend/package.json", "web/package.json"),
)


@dataclass(frozen=True, slots=True)
class WantedBlobs:
    """The blobs to fetch."""

    context: str | None  # sha
    readme: str | None  # sha
    package_files: tuple[tuple[str, str], ...]  # (file name, sha)
    warnings: tuple[str, ...]
    files: Mapping[str, tuple[str, int]]  # sha of every wanted blob -> a path of it, bytes


def wanted_blobs(tree: Tree) -> WantedBlobs:
    """Choose what to fetch of a repository."""
    warnings: list[str] = []
    files = {
        str(entry["path"]): entry
        for entry in tree.entries
        if entry.get("type") == "blob" and entry.get("mode") in FILE_MODES
    }
    context = None
    if CONTEXT_FILE in files:
        if files[CONTEXT_FILE].get("size", 0) <= MAX_CONTEXT_BYTES:
            context = str(files[CONTEXT_FILE]["sha"])
        else:
            warnings.append("context_too_large")
    elif any(entry.get("path") == CONTEXT_FILE for entry in tree.entries):
        warnings.append("context_not_a_file")

    small_enough = [path for path in files if files[path].get("size", 0) <= MAX_BLOB_BYTES]
    readme = readme_path(small_enough)
    if readme is None:
        warnings.append("readme_missing")
    package_files = sorted(
        (path.count("/"), rank, path)
        for path in small_enough
        if (rank := package_file_rank(path.rpartition("/")[2])) is not None
        and not is_vendored(path)
    )
    package_paths = [path for _, _, path in package_files[:MAX_PACKAGE_FILES]]
    wanted_paths = [*([CONTEXT_FILE] if context else []), *([readme] if readme else [])]
    return WantedBlobs(
        context=context,
        readme=str(files[readme]["sha"]) if readme is not None else None,
        package_files=tuple(
            (path.rpartition("/")[2], str(files[path]["sha"])) for path in package_paths
        ),
        warnings=tuple(warnings),
        files={
            str(files[path]["sha"]): (path, files[path].get("size", 0))
            for path in [*wanted_paths, *package_paths]
        },
    )
