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
# Libraries of the program, or what it runs on: images, charts, providers, actions.
Kind = Literal["library", "infrastructure"]


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of package file."""

    pattern: re.Pattern[str]  # of the whole path, in any folder
    read: Reader  # raises ValueError for a file that is not in the format
    kind: Kind = "library"


def file_format(pattern: str, read: Reader, kind: Kind = "library") -> Format:
    """Describe the files in any folder whose name, or the end of whose path, is `pattern`."""
    return Format(re.compile(rf"(?:.*/)?(?:{pattern})", re.DOTALL), read, kind)


def line_of(text: str, offset: int) -> int:
    """Return the number, from 1, of the line with the character at `offset`."""
    return text.count("\n", 0, offset) + 1


def first_line(text: str, name: str, start: int = 0) -> int:
    """Return the number of the first line, from offset `start`, that has the name as a whole; 0 if none."""
    found = re.compile(rf"(?<![\w@./-]){re.escape(name)}(?![\w/-])").search(text, start)
    return line_of(text, found.start()) if found else 0
