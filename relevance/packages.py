"""The words that the name of a package tells of a program: not where it comes from, nor whose it is."""

from __future__ import annotations

import re

# Where the part after the host is an owner: `github.com/spf13/cobra`.
FORGE = re.compile(
    r"(?:www\.)?(?:github\.com|gitlab\.com|bitbucket\.org|codeberg\.org|git\..+|.+\.github\.com)"
)
VERSION = re.compile(r"[/.@]v\d+$")


def package_words(name: str, path: str) -> str:
    """Return the telling part of a package's name. `path`: the file that names it, "" if unknown."""
    if (
        "/workflows/" in path
    ):  # logging in and checking out is what a workflow does, not the program
        return ""
    name = VERSION.sub("", name)
    if ":" in name:  # group:artifact
        return name.rpartition(":")[2]
    parts = name.split("/")
    if "." in parts[0] and len(parts) > 1 and not parts[0].startswith("@"):
        parts = parts[2:] if FORGE.fullmatch(parts[0]) and len(parts) > 2 else parts[1:]
        return " ".join(parts)
    # A scope, and a vendor of PHP's, is often the framework's name: @angular/core, laravel/framework.
    if len(parts) > 1 and not name.startswith("@") and not path.endswith("composer.json"):
        parts = parts[1:]
    return " ".join(parts)
