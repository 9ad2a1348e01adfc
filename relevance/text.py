"""From text to terms, the same way for questions and repositories."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data" / "technologies.toml"

# Names that hold symbols stay whole; other words end at symbols, and CamelCase is taken apart, too.
SYMBOLS = re.compile(
    r"ci/cd|\bc\+\+|\b[cf]#|asp\.net|\.net\b|\b\w+\.js\b|objective-c", re.IGNORECASE
)
WORDS = re.compile(r"[^\W_]+")
CAMEL = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z0-9]+|[A-Z0-9]+|[^\W_a-zA-Z0-9]+")

STOP_WORDS = frozenset(
    """
    a about above after all also am an and any anyone anything are as at available be because been being below
    between both but by can could created did do does doing done down each ever every exist experience few find for
    found from further get give good got had has have having he her here hers him his how i if in into is it its
    just kind know knows like list look looking made main make makes making many may me mine more most much my need no
    not of off on one only or other our out over own part please project projects repo repos repositories repository
    same see she should show showcase so some something stuff such tell than that the their them then there these
    they thing things this those through to too under until up use used uses using very want was way we were what
    when where which while who whose why will wish with work worked working works would write written you your
    demonstrate demonstrates portfolio code built build builds building based related involve involves contain contains
    developer person skill skills run runs running ran
    """.split()
)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the data file says, in terms."""

    spelling: Mapping[str, str]  # term -> the term that is looked for
    wider: Mapping[str, tuple[str, ...]]  # term -> terms that answer it, too
    whole: frozenset[str]  # names that CamelCase does not part
    known: frozenset[str]  # technologies: a typo never turns one of them into another


@cache
def vocabulary() -> Vocabulary:
    """The data file, read once."""
    content = tomllib.loads(DATA.read_text(encoding="utf-8"))
    spelling = {
        _plain(variant): name
        for name, variants in content["spellings"].items()
        for variant in variants
    }
    wider = {
        spelling.get(stem(name), stem(name)): tuple(
            spelling.get(stem(each), stem(each)) for each in narrower
        )
        for name, narrower in content["wider"].items()
    }
    known = {
        *spelling,
        *content["spellings"],
        *wider,
        *(n for each in wider.values() for n in each),
    }
    return Vocabulary(spelling, wider, frozenset([*content["whole"], *known]), frozenset(known))


@cache
def _stemmer() -> Any:
    import snowballstemmer

    return snowballstemmer.stemmer("english")


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """The stem of a lower-case word; short words and those with symbols or digits stay as they
    are."""
    if len(word) < 4 or not word.isalpha() or not word.isascii():
        return word
    stemmed: str = _stemmer().stemWord(word)
    return stemmed


def terms(text: str) -> list[str]:
    """All terms of a text, in order: lower case, stemmed, in their usual spelling, stop words left
    out."""
    words = vocabulary()
    found: list[str] = []
    plain = SYMBOLS.sub(lambda match: f" {_plain(match[0].lower())} ", text)
    for word in WORDS.findall(plain):
        parts = [] if word.lower() in words.whole else CAMEL.findall(word)
        for part in dict.fromkeys([word, *parts] if len(parts) > 1 else [word]):
            lower = part.lower()
            if lower in STOP_WORDS or lower.isdecimal():
                continue
            usual = words.spelling.get(lower)
            found.append(usual if usual is not None else stem(lower))
    return found


def _plain(name: str) -> str:
    """A name with symbols as one word."""
    return WITH_SYMBOLS.get(name) or re.sub(r"[^\w]", "", name)


WITH_SYMBOLS = {
    "ci/cd": "cicd",
    "c++": "cplusplus",
    "c#": "csharp",
    "f#": "fsharp",
    ".net": "dotnet",
}
