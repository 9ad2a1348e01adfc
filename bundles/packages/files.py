"""Find package files by their paths, and read them with the reader of their format."""

from __future__ import annotations

import re

from bundles.packages import (
    apple,
    containers,
    dart,
    dotnet,
    elixir,
    go,
    javascript,
    julia,
    jvm,
    php,
    python,
    r,
    ruby,
    rust,
    terraform,
    workflows,
)
from bundles.packages.dependency import Dependency, Format, Kind
from bundles.text import encodable

MAX_NAMES = 300  # of one package file; those that people write stay far below
UNREADABLE = (ValueError, TypeError, AttributeError, LookupError, RecursionError)
MAX_NAME_LENGTH = 214  # npm's limit, the highest of all registries that have one

# The most telling first, the first that fits decides.
FORMATS: tuple[Format, ...] = (
    *javascript.FORMATS,
    *python.FORMATS,
    *go.FORMATS,
    *rust.FORMATS,
    *php.FORMATS,
    *dotnet.FORMATS,
    *ruby.FORMATS,
    *jvm.FORMATS,
    *apple.FORMATS,
    *dart.FORMATS,
    *elixir.FORMATS,
    *r.FORMATS,
    *julia.FORMATS,
    *containers.FORMATS,
    *terraform.FORMATS,
    *workflows.FORMATS,
)


# Frequent suffixes that no format has but `Dockerfile.php` and the like, so that most paths need not
# be compared with any.
OTHER_SUFFIXES = frozenset(
    "bmp c class cpp cs css csv dart gif gitignore go h html ico ino ipynb java jpeg jpg js jsx jsp kt lock lua"
    " map md mjs mp3 mp4 pdf php plist png properties pyc rs scss sh snap sql sum svg swp tpl ts tsx ttf vue webp"
    " woff woff2 xib zip".split()
)


def package_file_rank(path: str) -> int | None:
    """Return a package file's place in the order of preference, 0 first; None for other files."""
    if path.rpartition(".")[2].lower() in OTHER_SUFFIXES and "file." not in path.lower():
        return None
    for rank, file_format in enumerate(FORMATS):
        if file_format.pattern.fullmatch(path):
            return rank
    return None


def package_kind(path: str) -> Kind | None:
    """Tell what a package file names; None for other files."""
    rank = package_file_rank(path)
    return None if rank is None else FORMATS[rank].kind


def package_ecosystem(path: str) -> str | None:
    """Return where a file's packages come from, as one word; None for other files."""
    rank = package_file_rank(path)
    return None if rank is None else FORMATS[rank].read.__module__.rpartition(".")[2]


def own_names(path: str, text: str) -> frozenset[str]:
    """Return what a file calls its own package, as `comparable_name` writes it; none if it is broken."""
    rank = package_file_rank(path)
    if rank is None or not text.strip():
        return frozenset()
    try:
        names = list(FORMATS[rank].own_names(text))
    except UNREADABLE:
        return frozenset()
    ecosystem = package_ecosystem(path)
    return frozenset(comparable_name(name, ecosystem) for name in names if isinstance(name, str))


def comparable_name(name: str, ecosystem: str | None) -> str:
    """Return a package's name in the form in which those of its ecosystem are compared.

    https://packaging.python.org/en/latest/specifications/name-normalization/
    """
    separators = "[-_.]+" if ecosystem == "python" else "[-_]+"
    return re.sub(separators, "-", name.strip().lower())


def read_package_file(path: str, text: str) -> list[Dependency]:
    """Return the packages that a file names, in its order, each once, names in lower case.

    An empty file names none. Raises ValueError if the file is not in the format that its path stands
    for.
    """
    rank = package_file_rank(path)
    if rank is None or not text.strip():
        return []
    try:
        named = list(FORMATS[rank].read(text))
    except UNREADABLE as error:
        raise ValueError(f"{path} cannot be parsed") from error
    chosen: dict[str, Dependency] = {}
    for dependency in named:
        name = encodable(dependency.name).strip().lower()
        is_name = 0 < len(name) <= MAX_NAME_LENGTH and name.isprintable()
        known = chosen.get(name)
        if is_name and (known is None or (known.is_development > dependency.is_development)):
            chosen[name] = Dependency(name, dependency.line, dependency.is_development)
    return list(chosen.values())[:MAX_NAMES]
