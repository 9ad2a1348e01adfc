"""Find the words of a repository that answer a question, as they stand there.

Nothing is said of a repository but what it shows: its own words, or the name of a technology that
its packages, languages or files are known to belong to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import islice, pairwise

from models import Bundle
from relevance.context import normalise_context
from relevance.fields import MAX_README_CHARS, suffix_terms
from relevance.mentions import names_in, technology_of, technology_of_package
from relevance.taxonomy import Entity
from relevance.text import TOKEN, terms
from relevance.vocabulary import SYMBOL_SPELLINGS, languages, vocabulary

MAX_PLACES = 20  # of a word's beginning that are looked at
MIN_BEGINNING_CHARS = 3
MAX_WORDS_BETWEEN = 3  # stop words within a phrase
SIDE_BY_SIDE = re.compile(r"[\s/_-]*")
SEPARATORS = r"[\s._-]*"
PART_OF_NAME = re.compile(r"[^\W_]+|[+#]+")


class Wording:
    """The words of one repository. Looking one up takes microseconds."""

    def __init__(self, bundle: Bundle) -> None:
        """Take the texts of a bundle."""
        self._bundle = bundle
        self._text = "\n".join(_texts(bundle))
        self._lower = lower_in_place(self._text)

    def of(self, term: str) -> str | None:
        """Return how the repository writes a term, or a phrase of terms; None if it does not."""
        if technology := technology_of(term):
            return self._technology(technology, term)
        first, *rest = term.split(" ")
        spelling = None if rest else self._spelling(_spellings().get(term, ()))
        return spelling or self._words(first, rest) or self._suffix(term)

    def _technology(self, technology: Entity, term: str) -> str | None:
        return (
            self._spelling((technology.name, *technology.forms))
            or self._package(term)
            or (technology.name if self._is_shown_by_files(term) else None)
        )

    def _is_shown_by_files(self, technology: str) -> bool:
        bundle, known = self._bundle, vocabulary()
        suffixes = bundle["file_types"]
        names = [
            *bundle["languages"],
            *(languages()[suffix].name for suffix in suffixes if suffix in languages()),
            *(name for suffix in suffixes for name in known.suffix_terms.get(suffix, ())),
            *(name for file in bundle["files"] for name in known.file_terms.get(file.lower(), ())),
            *(("githubactions",) if ".github" in bundle["files"] else ()),
        ]
        return any(technology in names_in(name) for name in names)

    def _package(self, technology: str) -> str | None:
        locations = self._bundle["locations"]
        for name in self._bundle["dependencies"]:
            place = locations["dependencies"].get(name)
            path = locations["files"][place[0]] if place else ""
            if technology_of_package(name, path) == technology:
                return name
        return None

    def _suffix(self, term: str) -> str | None:
        suffixes = self._bundle["file_types"]
        return next((suffix for suffix in suffixes if term in suffix_terms(suffix)), None)

    def _spelling(self, spellings: Sequence[str]) -> str | None:
        for spelling in spellings:
            beginning, pattern = _pattern(spelling)
            for start in islice(self._places(beginning), MAX_PLACES):
                if match := pattern.match(self._lower, start):
                    return " ".join(self._text[start : match.end()].split())
        return None

    def _words(self, first: str, rest: Sequence[str]) -> str | None:
        """Find the word of a term, and behind it those of the terms that follow."""
        beginning = first[:-1] if len(first) > MIN_BEGINNING_CHARS else first
        for start in islice(self._places(beginning), MAX_PLACES):
            word = TOKEN.match(self._text, start)
            if word and first in (found := terms(word[0])):
                # A name in camel case may be the whole phrase.
                following = self._following(
                    word.end(), [term for term in rest if term not in found]
                )
                if following is not None:
                    return self._phrase([word, *following])
        return None

    def _phrase(self, found: Sequence[re.Match[str]]) -> str:
        """Quote words that stand side by side; of others, name each."""
        start, end = found[0].start(), found[-1].end()
        gaps = (self._text[one.end() : other.start()] for one, other in pairwise(found))
        if all(SIDE_BY_SIDE.fullmatch(gap) for gap in gaps):
            return " ".join(self._text[start:end].split())
        return " ".join(word[0] for word in found)

    def _places(self, beginning: str) -> Iterator[int]:
        """Yield where words begin so; in a name like `HotelBooking`, each part is a word."""
        place = self._lower.find(beginning)
        while place >= 0:
            before = self._text[place - 1 : place]
            is_part = before.islower() and self._text[place].isupper()
            if is_part or not before.isalnum():
                yield place
            place = self._lower.find(beginning, place + 1)

    def _following(self, end: int, rest: Sequence[str]) -> list[re.Match[str]] | None:
        """Return the words of a phrase behind its first, which ends at `end`; None if others follow."""
        found: list[re.Match[str]] = []
        following = TOKEN.finditer(self._text, end)
        for word in islice(following, len(rest) + MAX_WORDS_BETWEEN if rest else 0):
            if rest[len(found)] in terms(word[0]):
                found.append(word)
                if len(found) == len(rest):
                    break
        return found if len(found) == len(rest) else None


def lower_in_place(text: str) -> str:
    """Return a text in lower case, with every letter where it was.

    A few capital letters have two small ones, which would move all that follows them.
    """
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(sign.lower() if len(sign.lower()) == 1 else sign for sign in text)


def _texts(bundle: Bundle) -> list[str]:
    metadata, context = bundle["metadata"], normalise_context(bundle["repoContext"])
    texts = [metadata["name"], metadata["description"] or "", *metadata["topics"]]
    texts += (*bundle["languages"], *bundle["dependencies"], *bundle["files"])
    texts += (*context.identity, *context.technologies, *context.skills)
    texts += (*context.components, *context.topics)
    for component in bundle["components"]:
        texts += (component["name"], component["description"])
        texts += (*component["technologies"], *component["skills"], *component["topics"])
    readme: list[str] = []
    for section in bundle["sections"]:
        readme += (section["title"], *section["passages"])
    return [*texts, "\n".join(readme)[:MAX_README_CHARS], *bundle["path_terms"]]


@cache
def _spellings() -> dict[str, tuple[str, ...]]:
    """Return the words and phrases that stand for each term of the vocabulary."""
    known = vocabulary()
    spellings: dict[str, list[str]] = {}
    for written, term in (*SYMBOL_SPELLINGS.items(), *known.canonical.items()):
        spellings.setdefault(term, []).append(written)
    for phrases in known.phrases.values():
        for phrase in phrases:
            spellings.setdefault(phrase.term, []).append(" ".join(phrase.tokens))
    return {term: tuple(written) for term, written in spellings.items()}


@lru_cache(maxsize=16_384)
def _pattern(spelling: str) -> tuple[str, re.Pattern[str]]:
    """Return how a name begins, and what matches it however its words are joined: `node-js`, `nodejs`."""
    parts = PART_OF_NAME.findall(spelling.lower())
    joined = SEPARATORS.join(map(re.escape, parts))
    return parts[0], re.compile(rf"{joined}(?![^\W_]|[+#])")
