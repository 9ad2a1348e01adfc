"""Build a bundle from what was fetched of a repository."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from bundles.contexts import parse_context
from bundles.package_files import dependency_names
from bundles.readmes import cut_readme
from bundles.selection import WantedBlobs
from bundles.text import encodable, read_text
from bundles.tree import Tree, file_types, path_terms, revision
from models import Bundle, ListedRepository, Metadata, iso_utc

FINGERPRINT_VERSION = 2  # raise it when the content of bundles changes: all are fetched again
MAX_ROOT_NAMES = 1_000


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
    warnings = [*(["tree_truncated"] if tree.truncated else []), *wanted.warnings]
    context: dict[str, Any] = {}
    if wanted.context:
        context, warning = parse_context(blobs[wanted.context])
        warnings += [warning] if warning else []
    readme = ""
    if wanted.readme:
        readme, readme_warnings = cut_readme(blobs[wanted.readme])
        warnings += readme_warnings
    dependencies: set[str] = set()
    for file_name, sha in wanted.package_files:
        try:
            dependencies |= set(dependency_names(file_name, read_text(blobs[sha]).content))
        except ValueError:
            warnings.append("package_file_unreadable")
    # PyGithub adds a key "url" to the languages.
    sizes = [(name, size) for name, size in languages.items() if type(size) is int]
    paths = tree.file_paths()
    return {
        "metadata": listed["metadata"],
        "languages": {
            encodable(name): size
            for name, size in sorted(sizes, key=lambda language: (-language[1], language[0]))
        },
        "repoContext": context,
        "file_types": file_types(paths),
        "files": tree.root_names()[:MAX_ROOT_NAMES],
        "path_terms": path_terms(paths),
        "dependencies": sorted(encodable(name) for name in dependencies),
        "readme": readme,
        "commits": commits,
        "revision": revision(tree),
        "fingerprint": listed["fingerprint"],
        "fetched_at": iso_utc(now),
        "warnings": list(dict.fromkeys(warnings)),
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
