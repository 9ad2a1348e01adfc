"""What a package file names, and how the readers of the formats are described."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Dependency:
    """A package that a file names because somebody chose it."""

    name: str  # as the format writes it; `group:name` and `owner/name` where it has two parts
    line: int  # where the file names it, from 1; 0 if that is not known
    is_development: bool = False  # for tests, documentation, builds: not needed to run the program


Reader = Callable[[str], Iterable[Dependency]]
OwnNames = Callable[[str], Iterable[object]]
# Libraries of the program, or what it runs on: images, charts, providers, actions.
Kind = Literal["library", "infrastructure"]


def no_names(_text: str) -> Iterable[object]:
    """Return nothing: such files do not tell whose they are."""
    return ()


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of package file."""

    pattern: re.Pattern[str]  # of the whole path, in any folder
    read: Reader  # its errors become ValueError in `read_package_file`
    kind: Kind = "library"
    # What the file calls its own package, and others of the author; what is no string does not count.
    own_names: OwnNames = no_names


def file_format(
    pattern: str, read: Reader, kind: Kind = "library", own_names: OwnNames = no_names
) -> Format:
    """Describe the files in any folder whose name, or the end of whose path, is `pattern`."""
    return Format(re.compile(rf"(?:.*/)?(?:{pattern})", re.DOTALL), read, kind, own_names)
