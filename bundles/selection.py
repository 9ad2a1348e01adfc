"""Choose the blobs of a repository that are worth fetching: context, README, package files."""

from __future__ import annotations

from dataclasses import dataclass

from bundles.contexts import CONTEXT_FILE, MAX_CONTEXT_BYTES
from bundles.package_files import package_file_rank
from bundles.readme import readme_path
from bundles.tree import VENDORED, Tree

MAX_BLOB_BYTES = 1_000_000  # larger READMEs and package files are not fetched
MAX_PACKAGE_FILES = 2
FILE_MODES = {"100644", "100755", "100664"}


@dataclass(frozen=True, slots=True)
class WantedBlobs:
    """The blobs to fetch."""

    context: str | None  # sha
    readme: str | None  # sha
    package_files: tuple[tuple[str, str], ...]  # (file name, sha)
    warnings: tuple[str, ...]

    def shas(self) -> list[str]:
        """Return the sha of every wanted blob, each once."""
        wanted = [self.context, self.readme, *(sha for _, sha in self.package_files)]
        return list(dict.fromkeys(sha for sha in wanted if sha))


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
        if not VENDORED.search(path)
        and (rank := package_file_rank(path.rpartition("/")[2])) is not None
    )
    return WantedBlobs(
        context=context,
        readme=str(files[readme]["sha"]) if readme is not None else None,
        package_files=tuple(
            (path.rpartition("/")[2], str(files[path]["sha"]))
            for _, _, path in package_files[:MAX_PACKAGE_FILES]
        ),
        warnings=tuple(warnings),
    )
