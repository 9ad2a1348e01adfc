"""Which languages and technologies names stand for: of files, topics, listings, questions.

A portfolio repeats the names of its files and topics, so what they tell is kept for all of its
repositories.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache

from relevance.mentions import names_in, tokens
from relevance.taxonomy import Entity, taxonomy
from relevance.vocabulary import languages, vocabulary
from understanding.model import Term

# Languages that people take for near to each other. A language may be in several families.
FAMILIES = (
    ("C", "C++", "Rust", "Go", "Zig", "Nim", "D", "Ada", "Assembly"),
    ("Java", "Kotlin", "Scala", "Groovy", "Clojure"),
    ("C#", "F#", "Visual Basic .NET"),
    ("JavaScript", "TypeScript", "CoffeeScript", "Dart"),
    ("Python", "Ruby", "Perl", "PHP", "Lua", "Raku"),
    ("R", "Julia", "MATLAB", "Python"),
    ("Swift", "Objective-C", "Kotlin", "Dart"),
    ("Haskell", "OCaml", "F#", "Scala", "Elm", "PureScript", "ReScript", "Clojure", "Common Lisp", "Scheme", "Racket"),
    ("Erlang", "Elixir", "Gleam"),
    ("Shell", "PowerShell", "Batchfile"),
    ("Verilog", "SystemVerilog", "VHDL"),
)  # fmt: skip


def technologies_named(term: Term) -> tuple[str, ...]:
    """Return the ids that a technology or kind stands for: itself, parts of a cloud, members."""
    if term.kind == "kind":
        return taxonomy().members(term.id)
    entity = taxonomy().entities.get(term.id)
    return (term.id, *taxonomy().parts_of(entity)) if entity else (term.id,)


def language_named(term: Term) -> str | None:
    """Return linguist's name of the language that a term stands for."""
    if term.kind == "language":
        return _language_names().get(term.id.lower(), term.id)
    return language_of(term.id) if term.kind == "technology" else None


def language_of(id: str) -> str | None:
    """Return linguist's name of a technology that is a language."""
    return _languages_by_technology().get(id)


def languages_near(language: str) -> tuple[str, ...]:
    """Return linguist's names of the languages of a language's families."""
    near = (name for family in FAMILIES if language in family for name in family)
    return tuple(dict.fromkeys(name for name in near if name != language))


def language_type(name: str) -> str:
    """Return what linguist calls a language; one that it does not know is programming."""
    return _language_types().get(name, "programming")


def is_programming(name: str) -> bool:
    """Tell whether bytes of a language count as code."""
    return language_type(name) == "programming"


@cache
def _language_types() -> Mapping[str, str]:
    return {language.name: language.type for language in languages().values()}


@cache
def _language_names() -> Mapping[str, str]:
    return {name.lower(): name for name in _language_types()}


@cache
def _languages_by_technology() -> Mapping[str, str]:
    """Map the ids of technologies that are languages to linguist's names."""
    known = taxonomy()
    found: dict[str, str] = {}
    for name in sorted(_language_types()):
        entity = known.entity(name)
        if entity is None or not _is_language(entity):
            continue
        # Of several names for one technology, such as SQL and PLpgSQL, its own counts.
        if entity.name == name or entity.id not in found:
            found[entity.id] = name
    return found


@cache
def technologies_by_language() -> Mapping[str, str]:
    return {name: id for id, name in _languages_by_technology().items()}


def _is_language(entity: Entity) -> bool:
    return any(kind.partition(".")[0] in ("language", "markup") for kind in entity.kinds)


@lru_cache(maxsize=16_384)
def technologies_of_topic(topic: str) -> tuple[str, ...]:
    """Return the ids of the technologies that a topic names, but for languages.

    A name that is an ordinary word, too, counts where it is the whole topic and no kind's.
    """
    words = tokens(topic.replace("-", " "))
    return tuple(
        mention.entity.id
        for mention in taxonomy().entities_in(words)
        if not language_of(mention.entity.id)
        and (
            not mention.is_ambiguous
            or (mention.end - mention.start == len(words) and not taxonomy().kind(words))
        )
    )


def technologies_of_file(path: str) -> tuple[str, ...]:
    """Return the ids of the technologies that a file's name or suffix tells, but for languages."""
    by_name, by_suffix = _known_files()
    name = path.lower().rpartition("/")[2]
    stem, _, suffix = name.rpartition(".")
    found = by_name.get(name, ())
    return found + by_suffix.get(suffix, ()) if stem else found


@cache
def _known_files() -> tuple[Mapping[str, tuple[str, ...]], Mapping[str, tuple[str, ...]]]:
    """Map names, and suffixes without their dot, to ids of technologies."""
    known = vocabulary()
    return (
        {name: _named_by(words) for name, words in known.file_terms.items()},
        {suffix[1:]: _named_by(words) for suffix, words in known.suffix_terms.items()},
    )


def _named_by(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the technologies among terms of the vocabulary.

    Some are kinds: `host.json` is serverless, and no product of that name.
    """
    found = (named[1:] for word in words if not taxonomy().kind([word]) for named in names_in(word))
    return tuple(dict.fromkeys(id for id in found if not language_of(id)))
