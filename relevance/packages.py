"""The words that the name of a package tells of a program: not where it comes from, nor whose it is."""

from __future__ import annotations

import re

# Where the part after the host is an owner: `github.com/spf13/cobra`.
FORGE = re.compile(
    r"(?:www\.)?(?:github|gitlab|gitea|gitee|codeberg|bitbucket|sourcegraph)\.(?:com|org)"
    r"|git\..+|dev\.azure\.com|.+\.github\.com"
)
VERSION = re.compile(r"[/.@]v\d+$")
# Names that say what a thing is to another one; then the owner or the host says what that is.
GENERIC = frozenset(
    "agent api app auto-setup base cli client client-go common core framework go hub java js lib main node orm php"
    " python ruby runtime sdk server".split()
)
DOMAIN_LABELS = frozenset("ai app cloud com dev edu go google io net org sh www".split())
# Ids whose first two labels are a domain: `org.springframework.boot`, `com.diffplug.spotless`.
REVERSED_DOMAIN = re.compile(r"(?:com|org|io|net|dev|de|app|co|me|ru)\.[\w-]+\..+")


def package_words(name: str, path: str) -> str:
    """Return the telling part of a package's name. `path`: the file that names it, "" if unknown."""
    if "/workflows/" in path:  # logging in and checking out is not what the program does
        return ""
    name = VERSION.sub("", name)
    if ":" in name:  # group:artifact
        return name.rpartition(":")[2]
    # A scope, and a vendor of PHP's, is often the framework's name: @angular/core, laravel/framework.
    if name.startswith("@") or path.endswith("composer.json"):
        return name.replace("/", " ")
    first, *rest = name.split("/")
    if rest:
        return _without_owner(first, rest)
    if REVERSED_DOMAIN.fullmatch(name):
        _, organisation, product = name.split(".", 2)
        return f"spring {product}" if organisation == "springframework" else product
    if path.endswith("requirements.yml"):  # of Ansible: owner.role
        return name.rpartition(".")[2]
    return name


def _without_owner(first: str, rest: list[str]) -> str:
    """Leave out the host or the owner, unless what is left would not say what it is."""
    if "." not in first:
        return " ".join(rest) if rest[-1] not in GENERIC else f"{first} {' '.join(rest)}"
    if len(rest) > 1 and (FORGE.fullmatch(first) or rest[0] == "x"):  # golang.org/x is Go's own
        rest = rest[1:]
    telling = [label for label in first.split(".") if label not in DOMAIN_LABELS]
    if all(part in GENERIC for part in rest) and telling and not FORGE.fullmatch(first):
        rest = [telling[0], *rest]
    return " ".join(rest)
