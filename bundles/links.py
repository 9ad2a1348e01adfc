"""Follow git's symbolic links inside a tree, as GitHub does when it shows a README.

A link is a blob whose content is the path that it leads to, seen from its folder.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

FILE_MODES = {"100644", "100755", "100664"}
LINK_MODE = "120000"
MAX_HOPS = 8
MAX_TARGET_BYTES = 1_024


@dataclass(frozen=True, slots=True)
class Followed:
    """Where a path leads to."""

    path: str | None  # of a file; None if it leads to none, or that is not known yet
    unread_link: str | None = None  # the link that must be read to know it


class Links:
    """The files of a tree, also under the paths that its links give them."""

    def __init__(self, entries: Mapping[str, Mapping[str, Any]], read: Mapping[str, bytes]) -> None:
        """`entries`: by path. `read`: contents by sha, those of links among them."""
        self._entries = entries
        self._read = read
        self._has_links = any(entry.get("mode") == LINK_MODE for entry in entries.values())

    def follow(self, path: str) -> Followed:
        """Return the file that a path leads to. A way out of the tree, or in circles, leads to none."""
        for _ in range(MAX_HOPS):
            entry = self._entries.get(path)
            if entry is not None and entry.get("mode") in FILE_MODES:
                return Followed(path)
            link = self._first_link(path) if self._has_links else None
            if link is None:
                return Followed(None)
            sha, size = str(self._entries[link]["sha"]), self._entries[link].get("size", 0)
            if size > MAX_TARGET_BYTES:
                return Followed(None)
            if sha not in self._read:
                return Followed(None, unread_link=link)
            target = self._read[sha].decode(errors="replace")
            rest = path[len(link) :]
            path = posixpath.normpath(posixpath.join(posixpath.dirname(link), target) + rest)
            if path == ".." or path.startswith(("/", "../")):
                return Followed(None)
        return Followed(None)

    def _first_link(self, path: str) -> str | None:
        """Return the path itself, or the first of its folders, that is a link."""
        parts = path.split("/")
        for count in range(1, len(parts) + 1):
            prefix = "/".join(parts[:count])
            if self._entries.get(prefix, {}).get("mode") == LINK_MODE:
                return prefix
        return None
