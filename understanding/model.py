"""What a question is read as, and what is told."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Kind = Literal[
    "find", "list", "count", "superlative", "languages", "share", "compare", "has", "timeline",
    "describe", "built_with", "similar", "profile", "role", "highlights", "meta",
]  # fmt: skip
TermKind = Literal["language", "technology", "kind", "repository", "role"]
# What `meta` asks for: what repositories cannot show, or what can be asked here.
Topic = Literal["contact", "availability", "salary", "teamwork", "seniority", "help"]
SortField = Literal["pushed", "created", "stars", "code", "commits"]
Flag = Literal["archived", "fork", "tests", "ci", "homepage"]


@dataclass(frozen=True, slots=True)
class Term:
    """Something that a question names."""

    kind: TermKind
    id: str  # a language by linguist's name, a technology or kind by the taxonomy's id, a repository
    name: str  # as people write it


@dataclass(frozen=True, slots=True)
class Period:
    """A time that a question names, in whole days."""

    start: date | None  # None: from the beginning
    end: date | None  # the last day; None: until now
    field: Literal["created", "pushed", "any"]
    name: str  # "since 2023", "this year"


@dataclass(frozen=True, slots=True)
class Sort:
    """An order that a question asks for."""

    field: SortField
    descending: bool  # the newest, the most, the biggest first


@dataclass(frozen=True, slots=True)
class Understood:
    """How a question is read. Without any filter, `find` means the ranking alone."""

    kind: Kind = "find"
    about: tuple[Term, ...] = ()  # what must be there; what `compare` compares
    either: tuple[Term, ...] = ()  # one of these must be there
    not_: tuple[Term, ...] = ()  # what must not be there
    only: Term | None = None
    flags: tuple[tuple[Flag, bool], ...] = ()  # must hold, or must not
    licence: str | None = None  # an SPDX id, or "" for "none"
    period: Period | None = None
    sort: Sort | None = None
    limit: int | None = None  # how many results were asked for
    subject: str = ""  # what is left for the ranking
    topic: Topic | None = None  # of `meta`
    read_as: str = ""  # the reading in plain words; "" for `find`


@dataclass(frozen=True, slots=True)
class Fact:
    """What a question asks for."""

    value: object  # a number, a date as ISO 8601, a name, or rows of such
    unit: str  # "repositories", "%", "date", "name", "bytes" …
    of: int | None  # how many repositories were looked at
    rule: str  # how it was decided, in plain words
    also: dict[str, object] = field(default_factory=dict)  # further facts


@dataclass(frozen=True, slots=True)
class Place:
    """Where a repository shows something that a question names."""

    term: str  # as people write it
    signal: str  # what shows it: "dependencies", "paths", "topics", "languages", "name" …
    path: str | None  # of a file that shows it; None if GitHub's listing does
    line: int | None  # of the file, from 1; None if it is not known
    quote: str  # what stands there, or what shows it: a package, a topic, a path, a share


@dataclass(frozen=True, slots=True)
class Told:
    """An answer from facts."""

    fact: Fact
    results: list[tuple[str, str]]  # names in the order asked for, each with the deciding fact
    text: str  # one or two sentences that state the value
    # What the results show, the most telling first: each has a place in some of them.
    terms: tuple[Term, ...] = ()
