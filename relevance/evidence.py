"""Find where a term stands in a repository: the file, the line, and the words themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from models import Bundle
from relevance.fields import suffix_terms
from relevance.packages import package_words
from relevance.text import bigrams, terms


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a repository that shows a term."""

    signal: str  # `readme`, `context`, `dependencies`, `paths` or `file_types`
    path: str
    line: int | None  # from 1; None for paths, and where it is not known
    quote: str  # the words that stand there


def places_of(bundle: Bundle, term: str) -> Iterator[Place]:
    """Yield the places that show a term, those that say it most plainly first.

    These are package files and contexts, then the README, then paths. What GitHub itself tells,
    such as languages and topics, stands in no file.
    """
    yield from _dependencies(bundle, term)
    yield from _contexts(bundle, term)
    yield from _readme(bundle, term)
    yield from _paths(bundle, term)


def _dependencies(bundle: Bundle, term: str) -> Iterator[Place]:
    locations = bundle["locations"]
    for name, (file, line) in locations["dependencies"].items():
        path = locations["files"][file]
        if term in terms(package_words(name, path)):
            yield Place("dependencies", path, line or None, name)


def _contexts(bundle: Bundle, term: str) -> Iterator[Place]:
    locations = bundle["locations"]
    for text, (file, line) in locations["contexts"].items():
        if _shows(text, term):
            yield Place("context", locations["files"][file], line, text)


def _readme(bundle: Bundle, term: str) -> Iterator[Place]:
    path = bundle["locations"]["readme"]
    if path is None:
        return
    for section in bundle["sections"]:
        if _shows(section["title"], term):
            yield Place("readme", path, section["line"], section["title"])
        for line, passage in zip(section["lines"], section["passages"], strict=True):
            if _shows(passage, term):
                yield Place("readme", path, line, passage)


def _paths(bundle: Bundle, term: str) -> Iterator[Place]:
    for word, path in bundle["locations"]["paths"].items():
        if word.startswith("."):
            if term in suffix_terms(word):
                yield Place("file_types", path, None, path)
        elif term in terms(word):
            yield Place("paths", path, None, path)


def _shows(text: str, term: str) -> bool:
    text_terms = terms(text, prose=True)
    return term in text_terms or (" " in term and term in bigrams(text_terms))
