"""Load what words mean: spellings, phrases, kinds of things, telling files, languages.

`technologies.toml` is written by hand, `languages.tsv` is generated from GitHub linguist's list.
"""

from __future__ import annotations

import re
import threading
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from relevance.stems import stem

DATA = Path(__file__).parent / "data"
# Weights of query expansions; the term of the question itself has weight 1.
KIND_WEIGHT = 0.85  # a narrower term: SQLite for "database"
RELATED_WEIGHT = 0.45  # a related term: Helm for "Kubernetes"
SYMBOL_SPELLINGS = {
    "ci/cd": "cicd",
    "c++": "cplusplus",
    "c#": "csharp",
    "f#": "fsharp",
    ".net": "dotnet",
}
VERSIONED = re.compile(r"([a-z]{2,})[1-9][0-9]?")
_LOADING = threading.Lock()


class Phrase(NamedTuple):
    """Several words that mean one thing."""

    tokens: tuple[str, ...]  # lower case
    term: str


class Language(NamedTuple):
    """A language as GitHub linguist classes it."""

    name: str
    type: str  # `programming`, `markup`, `prose` or `data`


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The content of `technologies.toml`, keyed by terms."""

    canonical: Mapping[str, str]  # a word or its stem -> its term, for words with several spellings
    unsplit: frozenset[str]  # lower-case names that are not split at their capitals
    weak: frozenset[str]  # terms that nearly every project could claim
    phrases: Mapping[str, tuple[Phrase, ...]]  # first token -> phrases, longest first
    expansions: Mapping[
        str, tuple[tuple[str, float], ...]
    ]  # term -> kinds and related, with weights
    terms: frozenset[str]  # every term that the file names
    file_terms: Mapping[str, tuple[str, ...]]  # lower-case file name -> terms
    suffix_terms: Mapping[str, tuple[str, ...]]  # suffix -> terms, beyond its language

    def term(self, word: str) -> str:
        """Return the term of a lower-case word: its canonical spelling, or else its stem."""
        return _term(word, self.canonical)


@cache
def vocabulary() -> Vocabulary:
    """Load `technologies.toml`, once per process."""
    with _LOADING:  # the fetches of a batch begin together; the first one loads for all
        return _load()


@cache
def _load() -> Vocabulary:
    content = tomllib.loads((DATA / "technologies.toml").read_text(encoding="utf-8"))
    spellings = {
        without_symbols(variant): name
        for name, variants in content["spellings"].items()
        for variant in variants
    }
    names = _names(content)
    canonical = _canonical(names, spellings)

    def terms(words: Iterable[str]) -> tuple[str, ...]:
        return tuple(_term(word, canonical) for word in words)

    return Vocabulary(
        canonical=canonical,
        unsplit=frozenset([*content["unsplit"].split(), *names, *spellings]),
        weak=frozenset(terms(content["weak"].split())),
        phrases=_phrases(content, canonical),
        expansions=_expansions(content, canonical),
        terms=frozenset(terms(names)),
        file_terms={name: terms(words) for name, words in content["files"].items()},
        suffix_terms={suffix: terms(words) for suffix, words in content["suffixes"].items()},
    )


def is_programming_language(term: str) -> bool:
    """Tell whether a term is a programming language whose name is one word of three letters or more."""
    return term.isascii() and term in _programming_language_terms(term[0])


@lru_cache(maxsize=100)  # visitors may write any letter
def _programming_language_terms(letter: str) -> frozenset[str]:
    """Return the terms that begin with a letter: a stem keeps the first one, and stems take time."""
    return frozenset(
        stem(language.name.lower())
        for language in languages().values()
        if language.type == "programming"
        and language.name.isalpha()
        and len(language.name) > 2
        and language.name[0].lower() == letter
    )


@cache
def languages() -> Mapping[str, Language]:
    """Load `languages.tsv`: suffix or file name, lower case -> language."""
    lines = (DATA / "languages.tsv").read_text(encoding="utf-8").splitlines()
    return {key: Language(name, type_) for key, name, type_ in (line.split("\t") for line in lines)}


@cache
def everyday_words() -> frozenset[str]:
    """Load the most common English words, in lower case."""
    return frozenset((DATA / "everyday.txt").read_text(encoding="utf-8").split())


def without_symbols(name: str) -> str:
    """Write a lower-case name that contains symbols as one word: `c++` becomes `cplusplus`."""
    return SYMBOL_SPELLINGS.get(name) or re.sub(r"[^\w]", "", name)


def _term(word: str, canonical: Mapping[str, str]) -> str:
    known = canonical.get(word) or canonical.get(stem(word))
    if known is None and (versioned := VERSIONED.fullmatch(word)):
        known = canonical.get(versioned[1])  # HTML5, Vue3, Python 3 in one word
    return known or stem(word)


def _names(content: Mapping[str, Any]) -> set[str]:
    """Return the names of all things that the file tells something about."""
    names = {*content["spellings"], *content["phrases"]}
    for section in ("kinds", "related"):
        for name, others in content[section].items():
            names |= {name, *others}
    return names


def _canonical(names: Iterable[str], spellings: Mapping[str, str]) -> dict[str, str]:
    """Map words and stems to terms. Whole words win over stems, and spellings over names."""
    ordered = [name for name in sorted(names) if name not in spellings]
    return {
        **{stem(name): name for name in ordered},
        **{stem(variant): name for variant, name in spellings.items()},
        **{name: name for name in ordered},
        **spellings,
    }


def _phrases(
    content: Mapping[str, Any], canonical: Mapping[str, str]
) -> dict[str, tuple[Phrase, ...]]:
    by_first: dict[str, list[Phrase]] = {}
    for name, variants in content["phrases"].items():
        for variant in variants:
            tokens = tuple(variant.split())
            by_first.setdefault(tokens[0], []).append(Phrase(tokens, _term(name, canonical)))
    return {
        first: tuple(sorted(phrases, key=lambda phrase: -len(phrase.tokens)))
        for first, phrases in by_first.items()
    }


def _expansions(
    content: Mapping[str, Any], canonical: Mapping[str, str]
) -> dict[str, tuple[tuple[str, float], ...]]:
    weights: dict[str, dict[str, float]] = {}
    # A term that is listed as both counts as a kind.
    for section, weight in (("related", RELATED_WEIGHT), ("kinds", KIND_WEIGHT)):
        for name, others in content[section].items():
            expansions = weights.setdefault(_term(name, canonical), {})
            expansions.update({_term(other, canonical): weight for other in others})
    return {term: tuple(expansions.items()) for term, expansions in weights.items()}
