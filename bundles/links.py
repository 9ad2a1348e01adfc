"""Follow git's symbolic links inside a tree, as GitHub does when it shows a README.

A link is a blob whose content is the path that it leads to, seen from its folder.
"""

from __future__ import annotations

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
        if _is_file(self._entries.get(path)):
            return Followed(path)
        pending = path.split("/")[::-1] if self._has_links else []
        resolved: list[str] = []
        hops = 0
        while pending:
            part = pending.pop()
            if part in ("", "."):
                continue
            if part == "..":
                if not resolved:
                    return Followed(None)
                resolved.pop()
                continue
            here = "/".join((*resolved, part))
            entry = self._entries.get(here)
            if entry is None or entry.get("mode") != LINK_MODE:
                resolved.append(part)
                continue
            hops += 1
            if hops > MAX_HOPS or entry.get("size", 0) > MAX_TARGET_BYTES:
                return Followed(None)
            if (target := self._read.get(str(entry["sha"]))) is None:
                return Followed(None, unread_link=here)
            if target.startswith(b"/"):
                return Followed(None)
            pending += target.decode(errors="replace").split("/")[::-1]
        found = "/".join(resolved)
        return Followed(found if _is_file(self._entries.get(found)) else None)


def _is_file(entry: Mapping[str, Any] | None) -> bool:
    return entry is not None and entry.get("mode") in FILE_MODES
