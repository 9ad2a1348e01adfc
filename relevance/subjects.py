"""Load what people mean by ordinary words: subjects of computing and of life, and roles of people.

`data/subjects.txt` is written by hand from general knowledge. A line has up to three parts:

    sign in, log in, authentication | jwt, oauth, password manager | session cookie

The names of a subject, which count in questions and in repositories alike; what speaks for it in a
repository; what does so less. Each is a word, a phrase, a technology or a kind of technologies.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from relevance.mentions import technology_term, tokens
from relevance.stems import stem
from relevance.taxonomy import taxonomy
from relevance.text import SINGULARS, TOKEN, words

DATA = Path(__file__).parent / "data" / "subjects.txt"
# How much it speaks for a subject that a repository has one of its names, or what shows it.
NAME_WEIGHT, SHOWN_WEIGHT, NEAR_WEIGHT = 0.8, 0.5, 0.25
MEMBER_FACTOR = 0.8  # for a technology of a kind that is listed


@dataclass(frozen=True, slots=True)
class Subject:
    """Something that people ask about by different words."""

    names: tuple[str, ...]  # as visitors write them
    shown_by: tuple[str, ...]
    near: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NamedSubject:
    """A place in a list of words that names a subject."""

    subject: Subject
    start: int
    end: int  # after the last word


@dataclass(frozen=True, slots=True)
class Subjects:
    """All subjects, by the stems of their names."""

    _by_stems: Mapping[tuple[str, ...], tuple[Subject, ...]]
    _longest: Mapping[str, int]  # the first stem of a name -> stems of the longest one

    def find(self, written: Sequence[str]) -> Iterator[NamedSubject]:
        """Yield the subjects that words name, from left to right, the longest names first."""
        parts = [(number, part) for number, word in enumerate(written) for part in _stems(word)]
        start = 0
        while start < len(parts):
            end = self._end_at(parts, start)
            if end is not None:
                stems = tuple(part for _, part in parts[start:end])
                for subject in self._by_stems[stems]:
                    yield NamedSubject(subject, parts[start][0], parts[end - 1][0] + 1)
            start = end or start + 1

    def _end_at(self, parts: Sequence[tuple[int, str]], start: int) -> int | None:
        longest = min(self._longest.get(parts[start][1], 0), len(parts) - start)
        for end in range(start + longest, start, -1):
            if tuple(part for _, part in parts[start:end]) in self._by_stems:
                return end
        return None


@cache
def subjects() -> Subjects:
    """Load `subjects.txt`, once per process."""
    return load(DATA.read_text(encoding="utf-8"))


def load(content: str) -> Subjects:
    """Read subjects, one a line."""
    by_stems: dict[tuple[str, ...], tuple[Subject, ...]] = {}
    longest: dict[str, int] = {}
    for line in content.splitlines():
        if not line or line.startswith("#"):
            continue
        names, shown_by, near = ([*map(_listed, line.split("|")), (), ()])[:3]
        subject = Subject(names, shown_by, near)
        for key in dict.fromkeys(key for name in names for key in _keys(name)):
            by_stems[key] = (*by_stems.get(key, ()), subject)
            longest[key[0]] = max(longest.get(key[0], 0), len(key))
    return Subjects(by_stems, longest)


@lru_cache(maxsize=4_096)
def expansions(subject: Subject) -> tuple[tuple[str, float], ...]:
    """Return the terms that speak for a subject, with weights; terms of phrases as `a b`."""
    weights: dict[str, float] = {}
    for texts, weight in (
        (subject.names, NAME_WEIGHT),
        (subject.shown_by, SHOWN_WEIGHT),
        (subject.near, NEAR_WEIGHT),
    ):
        for text in texts:
            for term, factor in _terms(text):
                weights[term] = max(weights.get(term, 0.0), factor * weight)
    return tuple(weights.items())


def _terms(text: str) -> Iterator[tuple[str, float]]:
    """Yield the terms of a word, phrase, technology or kind of technologies."""
    known, written = taxonomy(), tokens(text)
    for mention in known.entities_in(written):
        # Espresso tests Android apps, but not where coffee is meant.
        if mention.end - mention.start == len(written) and not mention.is_ambiguous:
            yield technology_term(mention.entity.id), 1.0
    if kind := known.kind(written):
        for id in known.members(kind):
            yield technology_term(id), MEMBER_FACTOR
    found = list(words(text))
    parts = [word.term for word in found if word.term]
    # A phrase of the vocabulary is one word. Of a phrase with stop words, one word says too little.
    if len(parts) > 1 or (parts and len(found) == 1):
        yield " ".join(parts), 1.0
    if len(parts) > 1:
        yield "".join(TOKEN.findall(text)), 1.0


def _listed(text: str) -> tuple[str, ...]:
    return tuple(item.strip() for item in text.split(",") if item.strip())


def _keys(name: str) -> list[tuple[str, ...]]:
    """Return the stems of a name, word by word, and of it in one word."""
    parts = TOKEN.findall(name.lower())
    stems = tuple(map(_stem, parts))
    return [stems, ("".join((*parts[:-1], stems[-1])),)]


def _stems(word: str) -> list[str]:
    return [_stem(part) for part in TOKEN.findall(word.lower())]


def _stem(word: str) -> str:
    return stem(SINGULARS.get(word, word))
