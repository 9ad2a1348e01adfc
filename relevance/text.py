"""Analyse text: split it into words and reduce these to terms.

Questions and repositories are analysed the same way, so that their terms can be compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from relevance.vocabulary import Phrase, vocabulary, without_symbols

# Names that contain symbols stay whole. Other words end at symbols.
NAMES_WITH_SYMBOLS = re.compile(
    r"ci/cd|\bc\+\+|\b[cf]#|asp\.net|\.net\b|\b(?:node|next|vue|react|express|three|nuxt|d3|socket)\.js\b"
    r"|objective-c\b",
    re.IGNORECASE,
)
EMOJI_CODE = re.compile(
    r"(?<![\w:]):[a-z0-9_+-]*[a-z][a-z0-9_+-]*:(?![\w:])|:[+-]1:", re.IGNORECASE
)
TOKEN = re.compile(r"[^\W_]+")
CAMEL_CASE_PART = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z0-9]+|[A-Z0-9]+|[^\W_a-zA-Z0-9]+")
# Names of technologies that are ordinary words when prose has them in lower case.
ORDINARY_WORDS = frozenset(["go", "cd", "node", "less", "make", "rest", "spring", "express"])

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
    """A word of a text, or a phrase of the vocabulary."""

    written: str
    term: str | None  # None: a stop word or a number
    parts: tuple[str, ...] = ()  # terms of the words that a compound name consists of


def terms(text: str, *, prose: bool = False) -> list[str]:
    """Return the terms of a text, in order; the parts of a compound name follow it.

    Terms are lower case, stemmed and in their canonical spelling. Stop words are left out.
    """
    result: list[str] = []
    for word in words(text, prose=prose):
        if word.term is not None:
            result.append(word.term)
        result += word.parts
    return result


def bigrams(ordered_terms: Sequence[str]) -> list[str]:
    """Return every pair of adjacent terms as `a b`."""
    return [f"{first} {second}" for first, second in pairwise(ordered_terms)]


def words(text: str, *, prose: bool = False) -> Iterator[Word]:
    """Split a text into words. `prose`: it consists of sentences, where "go" is a verb."""
    phrases = vocabulary().phrases
    tokens = TOKEN.findall(NAMES_WITH_SYMBOLS.sub(_spell_out, text))
    position = 0
    while position < len(tokens):
        token = tokens[position]
        phrase = _phrase_at(tokens, position, phrases.get(token.lower(), ()))
        if phrase:
            written = tokens[position : position + len(phrase.tokens)]
            parts = tuple(part for token in written if (part := _word(token).term))
            yield Word(" ".join(written), phrase.term, parts)
            position += len(written)
            continue
        if not (prose and token in ORDINARY_WORDS):
            yield _word(token)
        position += 1


def without_emoji_codes(text: str) -> str:
    """Leave out `:rocket:` and the like, which GitHub shows as pictures."""
    return EMOJI_CODE.sub(" ", text)


def _spell_out(name: re.Match[str]) -> str:
    return f" {without_symbols(name[0].lower())} "


def _phrase_at(tokens: Sequence[str], position: int, candidates: Sequence[Phrase]) -> Phrase | None:
    """Return the longest candidate that the tokens from `position` spell."""
    for phrase in candidates:
        written = tokens[position : position + len(phrase.tokens)]
        if tuple(token.lower() for token in written) == phrase.tokens:
            return phrase
    return None


@lru_cache(maxsize=65_536)
def _word(token: str) -> Word:
    is_split = token.lower() not in vocabulary().unsplit
    parts = CAMEL_CASE_PART.findall(token) if is_split else []
    if len(parts) < 2:
        return Word(token, _term(token))
    part_terms = (_term(part) for part in dict.fromkeys(parts))
    return Word(token, _term(token), tuple(term for term in part_terms if term))


def _term(word: str) -> str | None:
    lower = word.lower()
    if lower in STOP_WORDS or lower.isdecimal():
        return None
    return vocabulary().term(lower)
