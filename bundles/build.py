"""Build a bundle from what was fetched of a repository."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, cast

import models
from bundles.contexts import CONTEXT_FILE, component, context_lines, parse_context
from bundles.packages import (
    Dependency,
    comparable_name,
    own_names,
    package_ecosystem,
    package_kind,
    read_package_file,
)
from bundles.readmes import (
    Section,
    cut_readme,
    names_a_format,
    read_readme,
    summary_of,
    without_boilerplate,
)
from bundles.selection import BlobFile, WantedBlobs
from bundles.text import encodable, read_text
from bundles.tree import Tree, file_types, path_words, revision
from bundles.vendored import is_vendored
from models import Bundle, Component, ListedRepository, Locations, Metadata, iso_utc, no_locations

FINGERPRINT_VERSION = 4  # raise it when the content of bundles changes: all are fetched again
MAX_ROOT_NAMES = 1_000
MAX_DEPENDENCIES, MAX_LOCATED_TEXTS = 600, 1_000
MAX_WARNED_CHARS = 200  # of a path


def fingerprint(metadata: Metadata) -> str:
    """Hash the metadata that changes when the content does.

    Stars, topics and descriptions do not affect it.
    """
    relevant = [
        FINGERPRINT_VERSION,
        metadata["full_name"],
        metadata["default_branch"],
        metadata["pushed_at"],
    ]
    return hashlib.sha256(json.dumps(relevant).encode()).hexdigest()[:16]


def build_bundle(
    listed: ListedRepository,
    languages: Mapping[str, Any],
    tree: Tree,
    wanted: WantedBlobs,
    blobs: Mapping[str, bytes],
    now: datetime,
    *,
    commits: int | None,
) -> Bundle:
    """Build the bundle of a repository. `blobs`: sha -> content of every wanted blob."""
    metadata = listed["metadata"]
    reader = _Reader(blobs)
    context = reader.context(wanted.context)
    readme, sections = reader.readme(wanted.readme)
    components = reader.components(wanted.contexts)
    dependencies = reader.dependencies(wanted.package_files)
    authored = [path for path in tree.file_paths() if not is_vendored(path)]
    kinds = file_types(authored)
    words = path_words(authored)
    # PyGithub adds a key "url" to the languages.
    sizes = [(name, size) for name, size in languages.items() if type(size) is int]
    truncated = ["tree_truncated"] if tree.truncated else []
    return {
        "metadata": metadata,
        "languages": {
            encodable(name): size
            for name, size in sorted(sizes, key=lambda language: (-language[1], language[0]))
        },
        "repoContext": context,
        "file_types": kinds.counts,
        "files": tree.root_names()[:MAX_ROOT_NAMES],
        "path_terms": words.counts,
        "dependencies": dependencies,
        "readme": readme,
        "summary": summary_of(metadata["description"], sections, metadata["name"]),
        "sections": [_section(section) for section in without_boilerplate(sections)],
        "components": components,
        "locations": {
            **reader.locations,
            "paths": {**words.examples, **kinds.examples},
        },
        "commits": commits,
        "revision": revision(tree),
        "fingerprint": listed["fingerprint"],
        "fetched_at": iso_utc(now),
        "warnings": list(dict.fromkeys([*truncated, *wanted.warnings, *reader.warnings])),
    }


class _Reader:
    """Reads the files of a repository, and remembers what it met, and where."""

    def __init__(self, blobs: Mapping[str, bytes]) -> None:
        self.warnings: list[str] = []
        self.locations: Locations = no_locations()
        self._blobs = blobs

    def context(self, file: BlobFile | None) -> dict[str, Any]:
        """Return the object in a context file; {} if it is of no use."""
        if file is None:
            return {}
        context, warning = parse_context(self._blobs[file.sha])
        if warning and file.name == CONTEXT_FILE:
            self.warnings.append(warning)
        elif warning:
            self._warn(warning, file)
        else:
            self._locate_context(file, context)
        return context

    def components(self, files: Iterable[BlobFile]) -> list[Component]:
        """Return what nested context files describe."""
        described = ((file, self.context(file)) for file in files)
        found = (component(file.name, context) for file, context in described)
        return [known for known in found if known is not None]

    def readme(self, file: BlobFile | None) -> tuple[str, tuple[Section, ...]]:
        """Return a README's text, and what it says by section."""
        if file is None:
            return "", ()
        text, warnings = cut_readme(self._blobs[file.sha])
        for warning in warnings:
            if warning == "readme_undecodable":
                self._warn(warning, file)
            else:
                self.warnings.append(warning)
        self.locations["readme"] = encodable(file.path)
        return text, read_readme(file.path if names_a_format(file.path) else file.name, text)

    def dependencies(self, files: Iterable[BlobFile]) -> list[str]:
        """Return the packages that files name: libraries first, those for development last."""
        named: dict[str, tuple[int, BlobFile, int]] = {}  # name -> order, file, line
        read: list[tuple[BlobFile, list[Dependency]]] = []
        own: dict[str | None, set[str]] = {}  # ecosystem -> names of the program and of its parts
        for file in files:
            try:
                text = self._text(file)
                read.append((file, read_package_file(file.name, text)))
            except ValueError:
                self._warn("package_file_unreadable", file)
                continue
            own.setdefault(package_ecosystem(file.name), set()).update(own_names(file.name, text))
        for file, dependencies in read:
            ecosystem = package_ecosystem(file.name)
            for dependency in dependencies:
                if comparable_name(dependency.name, ecosystem) in own[ecosystem]:
                    continue
                order = 2 if dependency.is_development else package_kind(file.name) != "library"
                known = named.get(dependency.name)
                if known is None or order < known[0]:
                    named[dependency.name] = (int(order), file, dependency.line)
        names = sorted(named, key=lambda name: named[name][0])[:MAX_DEPENDENCIES]
        kept = set(names)
        self.locations["dependencies"] = {
            name: [self._number(file), line]
            for name, (_, file, line) in named.items()
            if name in kept
        }
        return names

    def _text(self, file: BlobFile) -> str:
        text = read_text(self._blobs[file.sha])
        if not text.is_readable:
            raise ValueError(f"{file.path} is no text")
        return text.content

    def _locate_context(self, file: BlobFile, context: dict[str, Any]) -> None:
        lines = context_lines(read_text(self._blobs[file.sha]).content, context)
        for text, line in lines.items():
            if len(self.locations["contexts"]) < MAX_LOCATED_TEXTS:
                self.locations["contexts"].setdefault(text, [self._number(file), line])

    def _number(self, file: BlobFile) -> int:
        files, path = self.locations["files"], encodable(file.path)
        if path not in files:
            files.append(path)
        return files.index(path)

    def _warn(self, code: str, file: BlobFile) -> None:
        """Add a code, and once more with the file that it is about: it may be one of several."""
        self.warnings += [code, f"{code}:{encodable(file.path)[:MAX_WARNED_CHARS]}"]


def _section(section: Section) -> models.Section:
    return {
        "title": section.title,
        "line": section.line,
        "lines": [passage.line for passage in section.passages],
        "passages": [passage.text for passage in section.passages],
    }


def no_content() -> dict[str, Any]:
    """Return the content keys of a bundle of which only the metadata is known."""
    return {
        "languages": {},
        "repoContext": {},
        "file_types": {},
        "files": [],
        "path_terms": {},
        "dependencies": [],
        "readme": "",
        "summary": "",
        "sections": [],
        "components": [],
        "locations": no_locations(),
        "commits": None,
        "revision": {"commit": None, "tree": None},
    }


def bare_bundle(listed: ListedRepository, warning: str, now: datetime) -> Bundle:
    """Build the bundle of a repository that shows only its metadata: `empty` or `blocked`."""
    bundle = {
        "metadata": listed["metadata"],
        **no_content(),
        "fingerprint": listed["fingerprint"],
        "fetched_at": iso_utc(now),
        "warnings": [warning],
    }
    return cast(Bundle, bundle)
