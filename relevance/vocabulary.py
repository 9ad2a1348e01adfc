"""What words mean: the data files, in terms."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
KIND = 0.85  # what a kind of the thing asked for counts: SQLite for "database"
RELATED = 0.45  # what something near to it counts: Helm for "Kubernetes"
WITH_SYMBOLS = {
    "ci/cd": "cicd",
    "c++": "cplusplus",
    "c#": "csharp",
    "f#": "fsharp",
    ".net": "dotnet",
}
BRITISH = re.compile(r"(?<=.{3})(is)(?=ations?$|ing$|ed$|ers?$)|(?<=al)ys(?=e[drs]?$|ing$)")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """`technologies.toml`, keyed by terms."""

    usual: Mapping[str, str]  # a word or its stem -> the term that is looked for
    whole: frozenset[str]  # names that capitals do not part
    weak: frozenset[str]  # terms that nearly every project could claim
    phrases: Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]  # first word -> words, term
    nearby: Mapping[str, tuple[tuple[str, float], ...]]  # term -> what answers it, too
    known: frozenset[str]  # terms that no typo leads away from
    files: Mapping[str, tuple[str, ...]]  # file name, lower case -> terms
    suffixes: Mapping[str, tuple[str, ...]]  # suffix -> terms


@cache
def vocabulary() -> Vocabulary:
    """The data file, read once."""
    content = tomllib.loads((DATA / "technologies.toml").read_text(encoding="utf-8"))
    spellings = {
        plain(word): name for name, variants in content["spellings"].items() for word in variants
    }
    names = {
        *content["spellings"],
        *content["phrases"],
        *(name for part in ("kinds", "related") for name in content[part]),
        *(
            each
            for part in ("kinds", "related")
            for some in content[part].values()
            for each in some
        ),
    }
    usual = {stem(name): name for name in sorted(names) if name not in spellings}
    usual |= {stem(word): name for word, name in spellings.items()}
    usual |= {name: name for name in names if name not in spellings} | spellings

    def term(name: str) -> str:
        return usual.get(name) or usual.get(stem(name)) or stem(name)

    nearby: dict[str, dict[str, float]] = {}
    for part, factor in (("related", RELATED), ("kinds", KIND)):
        for name, others in content[part].items():
            nearby.setdefault(term(name), {}).update({term(each): factor for each in others})
    phrases: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for name, variants in content["phrases"].items():
        for variant in variants:
            first, *rest = variant.split()
            phrases.setdefault(first, []).append(((first, *rest), term(name)))
    return Vocabulary(
        usual=usual,
        whole=frozenset([*content["whole"].split(), *names, *spellings]),
        weak=frozenset(term(word) for word in content["weak"].split()),
        phrases={
            first: tuple(sorted(some, key=lambda each: -len(each[0])))
            for first, some in phrases.items()
        },
        nearby={name: tuple(some.items()) for name, some in nearby.items()},
        known=frozenset(term(name) for name in names),
        files={name: _terms(some, term) for name, some in content["files"].items()},
        suffixes={name: _terms(some, term) for name, some in content["suffixes"].items()},
    )


@cache
def language_names() -> frozenset[str]:
    """Terms of all programming languages that have one word for a name."""
    return frozenset(
        stem(name.lower())
        for name, kind in languages().values()
        if kind == "programming" and name.isalpha() and len(name) > 2
    )


@cache
def languages() -> Mapping[str, tuple[str, str]]:
    """Suffix or file name, lower case -> language and class: `programming`, `markup`, `prose`,
    `data`. GitHub linguist's list."""
    lines = (DATA / "languages.tsv").read_text(encoding="utf-8").splitlines()
    return {key: (name, kind) for key, name, kind in (line.split("\t") for line in lines)}


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """The stem of a lower-case word; short words and those with symbols or digits stay as they
    are."""
    if len(word) < 4 or not word.isalpha() or not word.isascii():
        return word
    american = BRITISH.sub(lambda match: match[0].replace("s", "z"), word)
    stemmed: str = _stemmer().stemWord(american)
    return stemmed


def plain(name: str) -> str:
    """A name with symbols as one word."""
    return WITH_SYMBOLS.get(name) or re.sub(r"[^\w]", "", name)


@cache
def _stemmer() -> Any:
    import snowballstemmer

    return snowballstemmer.stemmer("english")


def _terms(names: Iterable[str], term: Any) -> tuple[str, ...]:
    return tuple(term(name) for name in names)
