"""Choose the blobs of a repository that are worth fetching: contexts, README, package files.

Which they are is decided by the tree and, where that is not enough, by what the first of them say:
links lead to other files, and where the root's package files name little or not all, those of folders are read.
So a repository's content is read in rounds, until a `Selection` wants nothing that is not there.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NamedTuple

from bundles.contexts import CONTEXT_FILE, MAX_CONTEXT_BYTES
from bundles.links import Links
from bundles.packages import (
    package_ecosystem,
    package_file_rank,
    package_kind,
    read_package_file,
)
from bundles.readmes import readme_paths
from bundles.text import read_text
from bundles.tree import Tree
from bundles.vendored import is_documentation, is_vendored

MAX_BLOB_BYTES = 1_000_000  # larger READMEs and package files are not fetched
MAX_PACKAGE_FILES = 12
MAX_CONTEXTS = 20  # nested ones
MAX_OF_A_FORMAT = 3  # package files of one format in one folder: a.csproj, b.csproj …
MUCH_INFRASTRUCTURE = 6  # more files than these say no more than their names
# A root that names fewer packages says too little, so the folders' package files are read, too.
FEW_NAMES = 3
CATALOG = ".versions.toml"  # of names that the builds in folders choose from
WORKSPACE = re.compile(
    r'"workspaces?"\s*:|^workspace:|^\s*\[(?:tool\.uv\.)?workspace|<modules>', re.MULTILINE
)
# Files of the root that say that packages lie in folders; Gradle's settings do where builds lie there.
WORKSPACE_FILES = frozenset(
    {"pnpm-workspace.yaml", "lerna.json", "nx.json", "rush.json", "go.work", "melos.yaml"}
)
GRADLE_SETTINGS = frozenset({"settings.gradle", "settings.gradle.kts"})
# Packages that the author works with; many list them among those of the program.
TOOL = re.compile(
    r"(?:black|isort|ruff|mypy|pyright|tox|nox|coverage|pre-commit|bandit|twine|wheel|setuptools|build"
    r"|pylint|autopep8|yapf|ipython|(?:flake8|pytest|types)(?:-.*)?|@types/.*|(?:@.*/)?eslint.*"
    r"|prettier.*|husky|lint-staged|jest|ts-jest|mocha|chai|vitest|nyc|nodemon|concurrently|rimraf|turbo|nx"
    r"|lerna|npm-run-all|cross-env|ts-node|typescript|@commitlint/.*|rubocop.*|rspec|rake)",
    re.DOTALL,
)
# Folders that tools make for each platform of an app.
PLATFORM = re.compile(r"(?i:(?:^|/)(?:android|ios|macos|linux|windows)/)")
MAX_ECOSYSTEM_DEPTH = 1  # of folders with package files of another ecosystem than the root's
DEVELOPMENT_FILE = re.compile(
    r"(?i).*(?<![a-z])(?:dev|develop|development|tests?|testing|lint|docs?|ci|typing)(?![a-z]).*"
)
# Folders whose package files are not those of the program.
ASIDE = re.compile(
    r"(?i)(?:^|/)(?:__tests__|tests?|specs?|e2e|fixtures?|testdata|mocks?|templates?)/"
)
ASIDE_TIER = 3

# Paths of files that are often wanted, so that they can be asked for before the tree is known. They
# save a round trip and a query for nine in ten repositories; what is missing here costs no more.
LIKELY_PATHS = (
    CONTEXT_FILE,
    *("README.md", "readme.md", "Readme.md", "README.rst", "README", "README.txt", "readme.txt"),
    *("README.markdown", "README.adoc", "README.org", ".github/README.md"),
    *(f"docs/{name}" for name in ("README.md", "requirements.txt")),
    *("package.json", "pyproject.toml", "requirements.txt", "go.mod", "Cargo.toml"),
    *("composer.json", "Gemfile", "pom.xml", "build.gradle", "build.gradle.kts", "Package.swift"),
    *("pubspec.yaml", "setup.cfg", "Pipfile", "setup.py", "mix.exs", "requirements-dev.txt"),
    *("dev-requirements.txt", "requirements-test.txt", ".devcontainer/devcontainer.json"),
    *("environment.yml", "deno.json", "Podfile", "build.sbt", "DESCRIPTION", "Project.toml"),
    *("Directory.Packages.props", "packages.config", "gradle/libs.versions.toml"),
    *("Dockerfile", "dockerfile", "docker-compose.yml", "docker-compose.yaml"),
    *("compose.yml", "compose.yaml"),
    *("main.tf", "versions.tf", "providers.tf", "terraform.tf", "Chart.yaml"),
    *("requirements/base.txt", "requirements/dev.txt"),
    *("android/build.gradle", "android/app/build.gradle", "ios/Podfile", "example/pubspec.yaml"),
    *("app/build.gradle", "app/build.gradle.kts", "app/package.json", "app/go.mod"),
    *("api/package.json", "api/requirements.txt", "api/go.mod"),
    *("backend/package.json", "backend/requirements.txt", "backend/go.mod"),
    *("server/package.json", "server/requirements.txt", "server/go.mod"),
    *("client/package.json", "frontend/package.json", "web/package.json"),
)
# A folder whose files are often wanted, and small.
WORKFLOWS = ".github/workflows"
# What lies there concerns the whole.
ROOT_FOLDERS = ("", "requirements", "gradle", ".devcontainer", WORKFLOWS)


class BlobFile(NamedTuple):
    """A file of the tree."""

    path: str  # where it lies
    sha: str
    name: str  # the path that was looked for; another one if a link leads from there


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """How much of a repository may be read, and in how many rounds."""

    contexts: int = MAX_CONTEXTS  # nested ones
    files: int = MAX_PACKAGE_FILES + 2  # package files, with the README and the root's context
    ahead: bool = False  # one round for all: what may be wanted counts as wanted


EVERYTHING = ReadLimits()


@dataclass(frozen=True, slots=True)
class WantedBlobs:
    """The blobs to fetch."""

    context: BlobFile | None
    readme: BlobFile | None
    contexts: tuple[BlobFile, ...]  # nested ones, those nearest the root first
    package_files: tuple[BlobFile, ...]  # the most telling first
    warnings: tuple[str, ...]
    # sha of every wanted blob, links that must be read among them -> a path of it, bytes
    files: Mapping[str, tuple[str, int]]


class _Order(NamedTuple):
    """The order of package files, the most telling first."""

    tier: int
    depth: int
    rank: int  # of the format
    is_unlikely: bool


class Selection:
    """Chooses what to fetch of a repository."""

    def __init__(self, tree: Tree, limits: ReadLimits = EVERYTHING) -> None:
        """Find what the tree alone decides."""
        self._limits = limits
        self._entries = {str(entry["path"]): entry for entry in tree.entries}
        paths = [path for path, entry in self._entries.items() if entry.get("type") == "blob"]
        self._readmes = readme_paths(paths)
        self._contexts = _nested_contexts(paths)
        self._root_packages, self._packages_below = _package_paths(paths)
        self._has_parts = _have_parts(paths, self._root_packages, self._packages_below)

    def wanted(self, read: Mapping[str, bytes]) -> WantedBlobs:
        """Choose what to fetch. `read`: what has been fetched, by sha."""
        files = _Files(self._entries, read)
        context, warnings = _root_context(files)
        readme = self._readme(files)
        if readme is None and not files.unread_links:
            warnings.append("readme_missing")
        nested = [
            files.find(path, MAX_CONTEXT_BYTES) for path in self._contexts[: self._limits.contexts]
        ]
        contexts = tuple(blob for blob in nested if blob is not None)
        others = sum(blob is not None for blob in (context, readme))
        package_files = self._package_files(files, self._limits.files - others)
        chosen = [context, readme, *contexts, *package_files]
        return WantedBlobs(
            context=context,
            readme=readme,
            contexts=contexts,
            package_files=package_files,
            warnings=tuple(warnings),
            files={
                **{blob.sha: (blob.path, files.size(blob.path)) for blob in chosen if blob},
                **{sha: (path, files.size(path)) for sha, path in files.unread_links.items()},
            },
        )

    def _readme(self, files: _Files) -> BlobFile | None:
        for path in self._readmes:
            readme = files.find(path, MAX_BLOB_BYTES)
            if readme or files.unread_links:
                return readme
        return None

    def _package_files(self, files: _Files, count: int) -> tuple[BlobFile, ...]:
        """Return the root's package files, and those of folders if the root's say little."""
        chosen = _found(files, self._root_packages, count)
        if self._packages_below and (
            self._has_parts or _say_little(files, chosen, if_unread=self._limits.ahead)
        ):
            chosen = _found(files, [*self._root_packages, *self._packages_below], count)
        return tuple(chosen)


class _Files:
    """The files of a tree, and what is known of their content."""

    def __init__(self, entries: Mapping[str, Mapping[str, Any]], read: Mapping[str, bytes]) -> None:
        self.entries = entries
        self.unread_links: dict[str, str] = {}  # sha -> path of links that must be read first
        self._read = read
        self._links = Links(entries, read)

    def size(self, path: str) -> int:
        """Return the bytes of a file."""
        size: int = self.entries[path].get("size", 0)
        return size

    def find(self, path: str, max_bytes: int) -> BlobFile | None:
        """Return the file that a path leads to; None if there is none, it is too large, or unknown yet."""
        followed = self._links.follow(path)
        if followed.unread_link:
            self.unread_links[str(self.entries[followed.unread_link]["sha"])] = followed.unread_link
        if followed.path is None or self.size(followed.path) > max_bytes:
            return None
        return BlobFile(followed.path, str(self.entries[followed.path]["sha"]), path)

    def text(self, blob: BlobFile) -> str | None:
        """Return the text of a file; None if it has not been read."""
        return read_text(self._read[blob.sha]).content if blob.sha in self._read else None


def _root_context(files: _Files) -> tuple[BlobFile | None, list[str]]:
    """Return the root's context file, and the warning where one of that name is of no use."""
    context = files.find(CONTEXT_FILE, MAX_CONTEXT_BYTES)
    if context or CONTEXT_FILE not in files.entries or files.unread_links:
        return context, []
    is_file = files.find(CONTEXT_FILE, sys.maxsize) is not None
    return None, ["context_too_large" if is_file else "context_not_a_file"]


def _nested_contexts(paths: Iterable[str]) -> list[str]:
    """Return the context files of folders, those nearest the root first."""
    nested = [path for path in paths if path.endswith(f"/{CONTEXT_FILE}") and not is_vendored(path)]
    return sorted(nested, key=lambda path: (path.count("/"), path))


def _package_paths(paths: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return the paths of the root's package files, and those of folders, the most telling first."""
    ordered = sorted(
        (_order(path, rank), path)
        for path in paths
        if (rank := package_file_rank(path)) is not None and not is_vendored(path)
    )
    counts: Counter[tuple[str, int]] = Counter()
    root, below, aside = [], [], []
    for order, path in ordered:
        folder = path.rpartition("/")[0]
        counts[folder, order.rank] += 1
        if counts[folder, order.rank] > MAX_OF_A_FORMAT:
            continue
        # Of infrastructure in the root, what is asked for without knowing the tree; more is not worth
        # a request, since the names of such files tell what they are.
        is_known = package_kind(path) == "library" or path in LIKELY_PATHS or folder == WORKFLOWS
        if folder in ROOT_FOLDERS and is_known:
            root.append(path)
        elif order.tier == ASIDE_TIER:
            aside.append(path)
        else:
            below.append(path)
    return root, _worth_a_request(below, root) or ([] if root else aside)


def _worth_a_request(below: Sequence[str], root: Sequence[str]) -> list[str]:
    """Return the package files of folders that may be asked for.

    Infrastructure is worth it where no library is, unless there is much of it, which names tell as
    well. Of a Dockerfile, the name tells the most: for its sake alone nothing is asked for.
    """
    telling = [path for path in below if "dockerfile" not in path.lower()]
    if any(package_kind(path) == "library" for path in below):
        is_one_asked_for = any(path not in LIKELY_PATHS for path in telling)
        return list(below if is_one_asked_for else telling)
    has_libraries = any(package_kind(path) == "library" for path in root)
    return list(below if not has_libraries and 0 < len(telling) <= MUCH_INFRASTRUCTURE else ())


def _have_parts(paths: Iterable[str], root: Sequence[str], below: Sequence[str]) -> bool:
    """Tell whether the tree shows that folders hold parts that the root's package files do not name."""
    names = {path for path in paths if "/" not in path}
    known = {package_ecosystem(path) for path in root if package_kind(path) == "library"}
    others = {
        package_ecosystem(path)
        for path in below
        if _order(path, 0).tier == 0
        and path.count("/") <= MAX_ECOSYSTEM_DEPTH
        and not PLATFORM.search(path)
    } - known
    has_modules = any(package_ecosystem(path) == "jvm" for path in below)
    is_workspace = bool(names & WORKSPACE_FILES) or (has_modules and bool(names & GRADLE_SETTINGS))
    return is_workspace or bool(others)


def _order(path: str, rank: int) -> _Order:
    if ASIDE.search(path) or is_documentation(path):
        tier = ASIDE_TIER
    elif package_kind(path) == "infrastructure":
        tier = 1
    else:
        tier = 2 if DEVELOPMENT_FILE.fullmatch(path.rpartition("/")[2]) else 0
    return _Order(tier, path.count("/"), rank, path not in LIKELY_PATHS)


def _found(files: _Files, paths: Sequence[str], count: int) -> list[BlobFile]:
    found: dict[str, BlobFile] = {}  # by sha: a link and its target are one file
    for path in paths:
        if len(found) >= count:
            break
        blob = files.find(path, MAX_BLOB_BYTES)
        if blob:
            found.setdefault(blob.sha, blob)
    return list(found.values())


def _say_little(files: _Files, chosen: Sequence[BlobFile], *, if_unread: bool) -> bool:
    """Tell whether package files name few libraries, or say that they lie in folders."""
    names = 0
    for blob in chosen:
        if package_kind(blob.name) != "library" or blob.name.endswith(CATALOG):
            continue
        text = files.text(blob)
        if text is None:
            return if_unread
        if WORKSPACE.search(text):
            return True
        with suppress(ValueError):
            named = read_package_file(blob.name, text)
            names += sum(
                not (known.is_development or TOOL.fullmatch(known.name)) for known in named
            )
    return names < FEW_NAMES
