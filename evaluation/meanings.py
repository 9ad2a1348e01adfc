"""What the vocabulary says that words stand for, read from its data rather than through the ranking.

Claims are checked with it. Where the ranking gets other data, `vocabulary_meanings` has to read
those; nothing else here depends on their form.
"""

from __future__ import annotations

import gzip
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import chain, product
from pathlib import Path, PurePosixPath

from relevance.taxonomy import taxonomy

DATA = Path(__file__).parent.parent / "relevance" / "data"
WORKFLOWS = ".github/workflows/"
SYMBOLS = {"c++": "cplusplus", "c#": "csharp", "f#": "fsharp", ".net": "dotnet"}
SYMBOL = re.compile(r"(?<![^\W_])(?:c\+\+|[cf]#)|\.net\b", re.IGNORECASE)
WORD = re.compile(r"[^\W_]+")
CAPITALS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
# Endings that leave the word the same one. Endings that make another word are missing on purpose:
# a platformer is no platform, localization is nothing local.
ENDINGS = (
    *(("ies", "y"), ("ices", "ix"), ("ices", "ex"), ("es", ""), ("s", "")),
    *(("ing", ""), ("ing", "e"), ("ed", ""), ("ed", "e")),
)
IRREGULAR_PLURALS = {
    "children": "child", "people": "person", "men": "man", "women": "woman", "mice": "mouse",
}  # fmt: skip
MIN_INFLECTED_CHARS = 3  # what is left without the ending
AGENT_ENDINGS = ("er", "or")
DETERMINERS = frozenset(["a", "an", "the", "my", "your", "his", "her", "its", "our", "their"])
MAX_INFLECTED_WORDS = 5  # of a phrase; longer ones must end in the same word
# A number apart from the name: GPT-4, Commodore 64. One within it belongs to another name: CS50.
VERSION = re.compile(r"(?<=[^\W\d_])[\s-]+v?\d+(?:\.\d+)*$")


@dataclass(frozen=True)
class Meanings:
    """Names of things, how they are written, and how they hang together. All in lower case."""

    spellings: Mapping[str, Iterable[str]]  # name -> other ways of writing it, phrases among them
    narrower: Mapping[str, Iterable[str]]  # name -> kinds of it
    related: Mapping[str, Iterable[str]]
    files: Mapping[str, Iterable[str]]  # name of a file -> names that it shows
    suffixes: Mapping[str, Iterable[str]]
    _names: dict[str, set[str]] = field(init=False, default_factory=lambda: defaultdict(set))
    _written: set[str] = field(init=False, default_factory=set)

    def __post_init__(self) -> None:
        """Find the names by every way of writing them."""
        for name in {*self.spellings, *self.narrower, *self.related}:
            for written in (name, *self.spellings.get(name, ())):
                self._written.add(squash(written))
                for key in keys(written):
                    self._names[key].add(name)

    def names_of(self, term: str) -> set[str]:
        """Return the names that a term may be a way of writing, directly or by another name."""
        names: set[str] = set()
        waiting = [term]
        while waiting:
            new = {name for key in keys(waiting.pop()) for name in self._names.get(key, ())}
            waiting += new - names
            names |= new
        return names

    def ways_to_show(self, term: str) -> set[str]:
        """Return all that shows a term: the ways of writing it, and those of its kinds."""
        ways, names = {term}, self._with_narrower(self.names_of(term))
        for name in names:
            ways |= {name, *self.spellings.get(name, ())}
        return ways

    def is_known(self, word: str) -> bool:
        """Tell whether a word is an English word or a name, and so no misspelled one."""
        return squash(word) in english_words() or squash(word) in self._written

    def connects(self, term: str, shown: str) -> bool:
        """Tell whether `shown` is a way of writing a term, a kind of it, or related to it.

        A technology shows a version of it, and what is compounded with it: GPT shows GPT-4 and
        "GPT-like".
        """
        names = self.names_of(term)
        related = {other for name in names for other in self.related.get(name, ())}
        connected = {*self._with_narrower(names), *related}
        connected |= {
            unversioned
            for name in connected
            if (unversioned := VERSION.sub("", name)) != name and self._technologies(unversioned)
        }
        names_of_shown = self.names_of(shown)
        return (
            any(not keys(shown).isdisjoint(keys(name)) for name in connected)
            or not set(map(squash, names_of_shown)).isdisjoint(map(squash, connected))
            or any(
                not names_of_shown.isdisjoint(self._technologies(part))
                for part in term.split("-")[:-1]
            )
        )

    def shown_by_path(self, path: str) -> set[str]:
        """Return the names that a file shows by its own name alone."""
        pure = PurePosixPath(path.lower())
        shown = {*self.files.get(pure.name, ()), *self.suffixes.get(pure.suffix, ())}
        if path.startswith(WORKFLOWS):
            shown |= {"github actions", "ci cd"}
        return shown

    def _technologies(self, term: str) -> set[str]:
        """Return the names that a term may be a way of writing, but those of kinds and subjects."""
        return self.names_of(term) & self.spellings.keys()

    def _with_narrower(self, names: Iterable[str]) -> set[str]:
        closed: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name not in closed:
                closed.add(name)
                waiting += self.narrower.get(name, ())
        return closed


@cache
def vocabulary_meanings() -> Meanings:
    """Read the vocabulary that the ranking uses."""
    content = tomllib.loads((DATA / "technologies.toml").read_text(encoding="utf-8"))
    spellings: dict[str, set[str]] = defaultdict(set)
    for section in ("spellings", "phrases"):
        for name, written in content[section].items():
            spellings[name] |= set(written)
    shown: dict[str, set[str]] = defaultdict(set)  # suffixes and names of files, as linguist does
    for line in (DATA / "languages.tsv").read_text(encoding="utf-8").splitlines():
        key, language, _ = line.split("\t")
        shown[key].add(language)
    for section in ("files", "suffixes"):
        for key, names in content[section].items():
            shown[key] |= set(names)
    narrower = {name: set(members) for name, members in content["kinds"].items()}
    related = {name: set(others) for name, others in content["related"].items()}
    _add_taxonomy(spellings, narrower, related)
    return Meanings(
        spellings=spellings,
        narrower=narrower,
        related=related,
        files=shown,
        suffixes=shown,
    )


def _add_taxonomy(
    spellings: dict[str, set[str]], narrower: dict[str, set[str]], related: dict[str, set[str]]
) -> None:
    """Add technologies with their packages, kinds and subjects by the words for them."""
    known = taxonomy()
    content = tomllib.loads((DATA / "taxonomy.toml").read_text(encoding="utf-8"))
    for entity in known.entities.values():
        spellings[entity.name] |= {*entity.forms}
        related.setdefault(entity.name, set()).update(
            known.entities[other].name for other in entity.related
        )
    for id, packages in _packages():
        spellings[known.entities[id].name] |= packages

    def members(ids: Iterable[str]) -> set[str]:
        technologies = chain.from_iterable(
            known.members(id) if id in known.kinds else (id,) for id in ids
        )
        return {known.entities[id].name for id in technologies}

    for kind, named in content["kinds"].items():
        for word in named.split(", "):
            narrower.setdefault(word, set()).update(members([kind]))
    for line in (DATA / "subjects.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            names, *others = (part.split(",") for part in line.split("|"))
            shown_by = {text.strip() for part in (names, *others) for text in part}
            kinds = filter(None, (known.kind(text.split()) for text in shown_by))
            named = filter(None, map(known.entity, map(str.strip, names)))
            shown_by |= members(list(kinds)) | {entity.name for entity in named}
            for name in names:
                narrower.setdefault(name.strip(), set()).update(shown_by)


def _packages() -> Iterator[tuple[str, set[str]]]:
    """Yield technologies with the names of their packages."""
    for file in ("packages.txt", "packages.generated.txt"):
        for line in (DATA / file).read_text(encoding="utf-8").splitlines():
            id, separator, names = line.partition(": ")
            if separator and not line.startswith("#"):
                yield id, {name.rstrip("*/-:.") for name in names.split()}


def words(text: str) -> list[str]:
    """Split a text into lower-case words; a name in camel case gives its parts as well."""
    spelled = SYMBOL.sub(lambda match: f" {SYMBOLS[match[0].lower()]} ", text)
    found: list[str] = []
    for word in WORD.findall(spelled):
        parts = CAPITALS.split(word)
        found += [part.lower() for part in parts]
        if len(parts) > 1:
            found.append(word.lower())
    return found


def squash(term: str) -> str:
    """Write a term as one word: `Web-Socket` becomes `websocket`."""
    spelled = SYMBOL.sub(lambda match: SYMBOLS[match[0].lower()], term.lower())
    return "".join(WORD.findall(spelled))


@cache
def keys(text: str) -> frozenset[str]:
    """Return what a word or phrase may be an inflection of, each as one word.

    Two texts that have one in common say the same: "drawing 3D scenes", "draw a 3D scene".
    """
    spelled = SYMBOL.sub(lambda match: SYMBOLS[match[0].lower()], text.lower())
    parts = [part for part in WORD.findall(spelled) if part not in DETERMINERS]
    if not 0 < len(parts) <= MAX_INFLECTED_WORDS:
        return forms(squash(text))
    inflected = map("".join, product(*map(forms, parts)))
    return forms(squash(text)).union(inflected)


def is_agent_noun(noun: str, verb: str) -> bool:
    """Tell whether a word says who or what does something: a planner plans, a platformer does not.

    The English list has to have the noun and the participle. The most common nouns are left out,
    since they mean something else, too: what is former does not form.
    """
    word = squash(noun)
    participle = f"{word[:-2]}ing"
    return (
        word.endswith(AGENT_ENDINGS)
        and {word, participle} <= english_words()
        and word not in _everyday_words()
        and not forms(participle).isdisjoint(forms(squash(verb)))
    )


@cache
def english_words() -> frozenset[str]:
    """Read the English words that are spelt right."""
    return frozenset(gzip.decompress((DATA / "english.txt.gz").read_bytes()).decode().split())


@cache
def _everyday_words() -> frozenset[str]:
    return frozenset((DATA / "everyday.txt").read_text(encoding="utf-8").split())


@cache
def forms(word: str) -> frozenset[str]:
    """Return a lower-case word and what it may be an inflection of."""
    american = re.sub(r"(?<=...)is(?=ations?$|ing$|ed$|e$|es$)", "iz", word)
    found = {word, american, IRREGULAR_PLURALS.get(word, word)}
    for ending, instead in ENDINGS:
        if american.endswith(ending):
            rest = american.removesuffix(ending)
            if len(rest) >= MIN_INFLECTED_CHARS:
                found.add(rest + instead)
                if rest[-1] == rest[-2]:
                    found.add(rest[:-1])  # running
    return frozenset(found)
