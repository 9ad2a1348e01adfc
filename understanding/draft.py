"""A question while it is read: its plain form, and what was taken out of it.

In the plain form, a mark stands for what was recognised: `§e0` a technology, `§k0` a kind of them, `§r0` a
repository, `§w0` one whose name is an ordinary word, `§b0` a technology or the repository of that name, `§o0`
a role, `§p0` a period. A filter that has been read is left as `_`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from understanding.model import Flag, Period, Term
from understanding.tokens import plain

MARK: Final = re.compile(r"§[a-z](\d+)")


@dataclass(slots=True)
class Draft:
    """What has been read of a question."""

    text: str
    terms: list[Term] = field(default_factory=list)  # by the numbers of their marks
    others: dict[int, Term] = field(default_factory=dict)  # repositories named like a technology
    not_: list[Term] = field(default_factory=list)
    only: Term | None = None
    flags: dict[Flag, bool] = field(default_factory=dict)
    licence: str | None = None
    period: Period | None = None
    is_asked: bool = False  # it begins with "which", "list" …
    has_question_mark: bool = False
    is_one_word: bool = False
    is_doubtful: bool = False

    def mark(self, sign: str, term: Term) -> str:
        """Return the mark of a term."""
        self.terms.append(term)
        return f"§{sign}{len(self.terms) - 1}"

    def take(self, start: int, end: int) -> None:
        """Take a filter out of the text."""
        self.text = plain(f"{self.text[:start]} _ {self.text[end:]}")

    def terms_in(self, text: str) -> list[Term]:
        """Return the terms that marks stand for."""
        return [self.terms[int(number)] for number in MARK.findall(text)]

    def repositories_in(self, text: str) -> list[Term]:
        """Return the terms that marks stand for, a repository where one is named like a technology."""
        numbers = map(int, MARK.findall(text))
        return [self.others.get(number, self.terms[number]) for number in numbers]

    def has_filters(self) -> bool:
        """Tell whether anything but what must be there has been read."""
        return bool(self.not_ or self.only or self.flags or self.licence is not None or self.period)
