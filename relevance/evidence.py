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
    for text, place in (*texts_of(bundle), *path_words_of(bundle)):
        if term in _terms_shown(text, place.signal):
            yield place
    for suffix, place in suffixes_of(bundle):
        if term in suffix_terms(suffix):
            yield place


def texts_of(bundle: Bundle) -> Iterator[tuple[str, Place]]:
    """Yield what package files, contexts and the README tell, in this order, and where.

    Of a package's name, only the telling part counts; its place quotes the name.
    """
    locations = bundle["locations"]
    files, readme = locations["files"], locations["readme"]
    for name, (file, line) in locations["dependencies"].items():
        path = files[file]
        yield package_words(name, path), Place("dependencies", path, line or None, name)
    for text, (file, line) in locations["contexts"].items():
        yield text, Place("context", files[file], line or None, text)
    for section in bundle["sections"] if readme else ():
        yield section["title"], Place("readme", str(readme), section["line"], section["title"])
        for line, passage in zip(section["lines"], section["passages"], strict=True):
            yield passage, Place("readme", str(readme), line, passage)


def path_words_of(bundle: Bundle) -> Iterator[tuple[str, Place]]:
    """Yield the telling words of paths, and a path with each."""
    for word, path in bundle["locations"]["paths"].items():
        if not word.startswith("."):
            yield word, Place("paths", path, None, path)


def suffixes_of(bundle: Bundle) -> Iterator[tuple[str, Place]]:
    """Yield the suffixes of files, and a file with each."""
    for suffix, path in bundle["locations"]["paths"].items():
        if suffix.startswith("."):
            yield suffix, Place("file_types", path, None, path)


def _terms_shown(text: str, signal: str) -> list[str]:
    is_prose = signal in ("context", "readme")
    text_terms = terms(text, prose=is_prose)
    return [*text_terms, *bigrams(text_terms)] if is_prose else text_terms
