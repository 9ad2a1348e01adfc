"""From text to terms, the same way for questions and repositories."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from relevance.vocabulary import plain, stem, vocabulary

# Names that hold symbols stay whole; other words end at symbols, and CamelCase is taken apart, too.
SYMBOLS = re.compile(
    r"ci/cd|\bc\+\+|\b[cf]#|asp\.net|\.net\b|\b(?:node|next|vue|react|express|three|nuxt|d3|socket)\.js\b"
    r"|objective-c\b",
    re.IGNORECASE,
)
WORDS = re.compile(r"[^\W_]+")
CAMEL = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z0-9]+|[A-Z0-9]+|[^\W_a-zA-Z0-9]+")
# Written small in prose these are everyday words, not technologies.
EVERYDAY = frozenset(["go", "cd", "node", "less", "make", "rest", "spring", "express"])

STOP_WORDS = frozenset(
    """
    a about above after all also am an and any anyone anything are as at available be because been being below
    between both but by can could created did do does doing done don down each ever every exist few find for
    found from further get give good got had has have having he her here hers him his how i if in into is it its
    just kind know knows let like ll look looking lot made main make makes making many may me mine more most
    much my need no nor not of off on once one only or other our out over part please projects project re repo
    repos repositories repository s same see she should show showcase showing shows so some something somewhere
    stuff such t tell than that the their them then there these they thing things this those through to too under
    until up us use used uses using ve very via want was way we were what when where which while who whose why
    will wish with without work worked working works would yet you your
    demonstrate demonstrates portfolio code coded built build builds building involve involves involved contain
    contains containing developer engineer person guy somebody someone skill skills ran runs familiar expertise
    experience experienced background hands already actually really still deal deals dealing concerning regarding
    around together across help helps helping allow allows allowing able today currently
    """.split()
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text: as written, and its term; None: a stop word."""

    written: str
    term: str | None
    parts: tuple[str, ...] = ()  # terms of the words that it is made of


def terms(text: str, *, prose: bool = False) -> list[str]:
    """All terms of a text, in order: lower case, stemmed, in their usual spelling, stop words left
    out; the words that a name is made of follow it."""
    found: list[str] = []
    for word in words(text, prose=prose):
        if word.term is not None:
            found.append(word.term)
        found += word.parts
    return found


def words(text: str, *, prose: bool = False) -> Iterator[Word]:
    """The words of a text. `prose`: written by people in sentences, where "go" is a verb."""
    phrases = vocabulary().phrases
    tokens = WORDS.findall(SYMBOLS.sub(lambda match: f" {plain(match[0].lower())} ", text))
    skipped = 0
    for at, token in enumerate(tokens):
        if skipped:
            skipped -= 1
            continue
        if token.lower() in phrases:
            length, term = _phrase(tokens, at)
            if term is not None:
                skipped = length - 1
                parts = tuple(t for each in tokens[at : at + length] if (t := _word(each).term))
                yield Word(" ".join(tokens[at : at + length]), term, parts)
                continue
        if not (prose and token in EVERYDAY):
            yield _word(token)


def _phrase(tokens: list[str], at: int) -> tuple[int, str | None]:
    for phrase, term in vocabulary().phrases[tokens[at].lower()]:
        if tuple(each.lower() for each in tokens[at : at + len(phrase)]) == phrase:
            return len(phrase), term
    return 0, None


@lru_cache(maxsize=65_536)
def _word(token: str) -> Word:
    pieces = [] if token.lower() in vocabulary().whole else CAMEL.findall(token)
    parts = dict.fromkeys(pieces) if len(pieces) > 1 else ()
    return Word(token, _term(token), tuple(term for part in parts if (term := _term(part))))


def _term(word: str) -> str | None:
    lower = word.lower()
    if lower in STOP_WORDS or lower.isdecimal():
        return None
    usual = vocabulary().usual
    return usual.get(lower) or usual.get(stem(lower)) or stem(lower)
