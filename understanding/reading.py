"""Read a question: find what it asks for, and the filters that it names.

Reading is composed. Technologies, repositories and persons become marks, filters are taken out, and every
word that is left is looked up in the classes of `words.py`. A short table of rules over classes decides the
kind (`operators.py`, `selections.py`). One word that no rule accounts for makes the reading doubtful, and
doubt means `find` with nothing set.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from understanding import words
from understanding.draft import Draft
from understanding.entities import Names, mark_entities, mark_roles, marked_symbols
from understanding.filters import mark_period, read_filters, read_licence
from understanding.misspellings import corrected
from understanding.model import Kind, Term, Understood
from understanding.operators import (
    LOOSE_RULES,
    ROLE_RULES,
    RULES,
    SHORT_RULES,
    Word,
    by_rules,
    is_asking,
    named,
    topic_of,
    words_of,
)
from understanding.selections import read_selection
from understanding.tokens import capitals_in, plain, tokens_of, with_persons, without_politeness
from understanding.wording import in_words

MAX_CHARS, MAX_WORDS = 300, 32  # longer questions are searches
MAX_SHORT_WORDS = 4
FIND: Final = Understood()

__all__ = ["FIND", "Names", "read"]


def read(question: str, names: Names, now: datetime) -> Understood:
    """Read a question about the portfolio that `names` belongs to."""
    if len(question) > MAX_CHARS:
        return FIND
    tokens = tokens_of(question)
    if not 0 < len(tokens) <= MAX_WORDS:
        return FIND
    understood = _read(tokens, names, now, question)
    if understood is None or understood.subject:
        spelt = corrected(tokens, names)
        understood = _read(spelt, names, now, question) if spelt != tokens else understood
    return replace(understood, read_as=in_words(understood)) if understood else FIND


def _read(tokens: Sequence[str], names: Names, now: datetime, written: str) -> Understood | None:
    """Read a question; None if it is a search."""
    capitals = capitals_in(written)
    draft = Draft("", has_question_mark=written.rstrip().endswith("?"))
    marked = " ".join(marked_symbols(tokens, names, draft))
    draft.text = plain(with_persons(marked, names, capitals))
    draft.is_asked = is_asking(without_politeness(draft.text))
    read_licence(draft)
    mark_period(draft, now.date())
    mark_entities(draft, names, capitals)
    draft.text = without_politeness(draft.text)
    read_filters(draft)
    if draft.is_doubtful or not draft.text:
        return None
    understood = _by_classes(draft)
    return _with_filters(understood, draft) if understood else None


def _by_classes(draft: Draft) -> Understood | None:
    tokens = draft.text.split()
    question = words_of(tokens, draft)
    if topic := topic_of(question):
        return Understood("meta", topic=topic)
    if found := by_rules(RULES, question, draft):
        return _told(*found, question)
    if named(question, "person") or named(question, "compare") or named(question, "comparative"):
        roles = words_of(mark_roles(draft, tokens), draft)
        if found := by_rules(ROLE_RULES, roles, draft):
            return _told(*found, question)
    return read_selection(draft, question) or _loosely(draft, question) or _shortly(draft, tokens)


def _loosely(draft: Draft, question: Sequence[Word]) -> Understood | None:
    """Read a question about this portfolio whose words are all known, though not beside one another."""
    if not any(named(question, sort) for sort in ("person", "noun", "repository")):
        return None
    found = by_rules(LOOSE_RULES, question, draft)
    return _told(*found, question) if found else None


def _shortly(draft: Draft, tokens: Sequence[str]) -> Understood | None:
    """Read "frontend dev?", which is a search without the question mark."""
    if not draft.has_question_mark or len(tokens) > MAX_SHORT_WORDS:
        return None
    question = words_of(mark_roles(draft, tokens), draft)
    found = by_rules(SHORT_RULES, question, draft)
    return _told(*found, question) if found else None


def _told(kind: Kind, about: Sequence[Term], question: Sequence[Word]) -> Understood:
    is_limited = kind == "languages" or (kind == "highlights" and bool(named(question, "noun")))
    numbers = named(question, "number") if is_limited else []
    limit = words.number_of(numbers[0].text) if len(numbers) == 1 else None
    terms = tuple(dict.fromkeys(about))
    if kind == "has" and len(terms) > 1 and named(question, "or"):
        return Understood(kind, either=terms)
    return Understood(kind, about=terms, limit=limit)


def _with_filters(understood: Understood, draft: Draft) -> Understood | None:
    """Add what was taken out of the text; None if the same must be there and must not."""
    terms: set[Term] = {*understood.about, *understood.either}
    if terms & set(draft.not_):
        return None
    return replace(
        understood,
        about=tuple(dict.fromkeys(understood.about)),
        not_=tuple(dict.fromkeys(draft.not_)),
        only=draft.only,
        flags=tuple(draft.flags.items()),
        licence=draft.licence,
        period=draft.period,
    )
