"""Hashes of git objects. They equal git's own, so that an app can pin content as it does on GitHub.

https://git-scm.com/book/en/v2/Git-Internals-Git-Objects
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

FILE, LINK, FOLDER, SUBMODULE = "100644", "120000", "040000", "160000"  # modes of tree entries
BYTES_THAT_TELL_BINARY = 8_000  # git looks no further


def object_sha(kind: str, body: bytes) -> str:
    """Hash an object. `kind` is blob, tree or commit."""
    return hashlib.sha1(f"{kind} {len(body)}\0".encode() + body, usedforsecurity=False).hexdigest()


def is_binary(content: bytes) -> bool:
    """Tell binary content from text, by git's rule."""
    return b"\0" in content[:BYTES_THAT_TELL_BINARY]


def tree_entries(files: Mapping[str, tuple[str, bytes]]) -> tuple[str, list[dict[str, Any]]]:
    """Return the sha of the root tree and all entries below it, each folder before its content.

    `files` holds the mode and the content of each path. The content of a submodule is the sha of
    the commit that it points to.
    """
    children: dict[str, dict[str, tuple[str, bytes] | None]] = {"": {}}
    for path, file in files.items():
        *folders, name = path.split("/")
        parent = ""
        for folder in folders:
            children[parent].setdefault(folder, None)
            parent = f"{parent}/{folder}".lstrip("/")
            children.setdefault(parent, {})
        children[parent][name] = file
    return _tree("", children)


def _tree(
    folder: str, children: Mapping[str, Mapping[str, tuple[str, bytes] | None]]
) -> tuple[str, list[dict[str, Any]]]:
    body = b""
    entries: list[dict[str, Any]] = []
    # git sorts folders as if their names ended in a slash.
    ordered = sorted(
        children[folder].items(),
        key=lambda item: item[0].encode() + (b"/" if item[1] is None else b""),
    )
    for name, file in ordered:
        path = f"{folder}/{name}".lstrip("/")
        below: list[dict[str, Any]] = []
        if file is None:
            sha, below = _tree(path, children)
            entries.append({"path": path, "mode": FOLDER, "type": "tree", "sha": sha})
        elif file[0] == SUBMODULE:
            sha = file[1].decode()
            entries.append({"path": path, "mode": SUBMODULE, "type": "commit", "sha": sha})
        else:
            sha = object_sha("blob", file[1])
            entries.append(
                {"path": path, "mode": file[0], "type": "blob", "sha": sha, "size": len(file[1])}
            )
        entries += below
        mode = FOLDER if file is None else file[0]
        body += f"{mode.lstrip('0')} {name}\0".encode() + bytes.fromhex(sha)
    return object_sha("tree", body), entries
