"""Leave out what READMEs hold that their authors did not write: templates and stock phrases.

`data/boilerplate.toml` holds short pieces of them. What is compared is sentences, as words in lower
case. The time for a README grows in proportion to its length.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain, islice
from pathlib import Path

from bundles.readmes.claims import CJK
from bundles.readmes.sections import Passage, Section
from bundles.readmes.sentences import sentences
from bundles.readmes.templates import is_template

TABLE = Path(__file__).parent.parent / "data" / "boilerplate.toml"

Words = tuple[str, ...]

WORD = re.compile(rf"[{CJK}]|[^\W_{CJK}]+")
INDEXED_WORDS = 3  # a piece is found by its first words; none has fewer
# Below a template's heading, fewer words of an author's than one for so many of the template's are
# taken for words of the template that the table lacks.
MIN_TEMPLATE_SHARE = 3
LICENCE_WORDS = frozenset(
    """
    license licensed licensing licenses licence licenced licences copyright mit bsd gpl gplv2 gplv3
    lgpl agpl apache isc mpl unlicense cc cc0 rights reserved lizenz licencia licença licenza
    """.split()
)
STOCK, UNNAMED = "stock", "unnamed"  # beside the names of templates


@dataclass(frozen=True, slots=True)
class Boilerplate:
    """The pieces of `boilerplate.toml`. A family is a template's name, or `stock`."""

    pieces: Mapping[Words, Sequence[tuple[Words, str, bool]]]  # first words -> piece, family, uses
    also: Mapping[Words, frozenset[str]]  # words of a sentence -> families
    titles: Mapping[Words, frozenset[str]]
    headings: Mapping[Words, frozenset[str]]
    whole: Mapping[Words, frozenset[str]]


@dataclass(slots=True)
class _Sentence:
    text: str
    words: Words
    family: str | None = None  # of the template that it belongs to
    is_use: bool = False  # it says that the project uses what the template is for


def without_boilerplate(sections: Sequence[Section]) -> tuple[Section, ...]:
    """Return the sections without the passages, sentences and headings of known templates.

    Of the sentences that say with which template a project began, the first stays. Titles of the
    document stay, unless a template wrote them.
    """
    titles = [_title(section.title) for section in sections]
    bodies = [
        [[_sentence(text) for text, _ in sentences(passage.text)] for passage in section.passages]
        for section in sections
    ]
    prose = [said for body in bodies for passage in body for said in passage]
    shown = {said.family for said in (*titles, *prose) if said.family} | {STOCK}
    for said in prose:
        if said.family is None and _is_of(boilerplate().also, said.words, shown):
            said.family = STOCK
    for said in islice((said for said in (*titles, *prose) if said.is_use), 1):
        said.family = None
    first = next((number for number, section in enumerate(sections) if section.title), 0)
    kept = (
        _own_section(section, title, body, shown, is_title=number == first)
        for number, (section, title, body) in enumerate(zip(sections, titles, bodies, strict=True))
    )
    return tuple(section for section in kept if section is not None)


def is_of_template(sentence: str) -> bool:
    """Tell whether a sentence stands in a template, which goes on after it."""
    said = _sentence(sentence)
    return is_template(sentence) or (said.family not in (None, STOCK) and not said.is_use)


def _own_section(
    section: Section,
    title: _Sentence,
    body: Sequence[Sequence[_Sentence]],
    shown: set[str],
    *,
    is_title: bool,
) -> Section | None:
    """Return what is the author's in a section; None if nothing is. A title of the document stays."""
    known = boilerplate()
    if _is_of(known.whole, title.words, shown - {STOCK}):
        return None
    if _is_of(known.whole, title.words, {STOCK}):
        _mark_licence(body)
    is_heading = _is_of(known.headings, title.words, shown) and not is_title
    passages = tuple(_own_passages(section.passages, body, is_templates=is_heading))
    is_known = title.family is not None or any(
        _is_of(table, title.words, shown) for table in (known.headings, known.also, known.whole)
    )
    if not passages and (is_known or (section.passages and not is_title)):
        return None
    name = "" if title.family is not None else section.title
    return replace(section, title=name, passages=passages) if name or passages else None


def _mark_licence(body: Iterable[Sequence[_Sentence]]) -> None:
    """Mark what speaks of the licence in its section. `Open hardware` says what the project is."""
    for said in chain.from_iterable(body):
        if not LICENCE_WORDS.isdisjoint(said.words) and "hardware" not in said.words:
            said.family = said.family or STOCK


def _own_passages(
    passages: Sequence[Passage], body: Sequence[Sequence[_Sentence]], *, is_templates: bool
) -> Iterator[Passage]:
    """Yield what is the author's, sentence by sentence.

    `is_templates`: the heading is a template's, so a remnant below it is probably, too.
    """
    written = [said for passage in body for said in passage]
    own = [said for said in written if said.family is None]
    uses = [said for said in own if said.is_use]
    left_out = sum(len(said.words) for said in written if said.family not in (None, STOCK))
    authored = sum(len(said.words) for said in own if not said.is_use)
    kept = uses if is_templates and left_out > MIN_TEMPLATE_SHARE * authored else own
    if len(kept) == len(written):
        yield from passages
        return
    stays = set(map(id, kept))
    for passage, said in zip(passages, body, strict=True):
        texts = [sentence.text for sentence in said if id(sentence) in stays]
        if len(texts) == len(said):
            yield passage
        elif texts:
            yield replace(passage, text=" ".join(texts))


def _is_of(table: Mapping[Words, frozenset[str]], words: Words, families: set[str]) -> bool:
    return not table.get(words, frozenset()).isdisjoint(families)


def _sentence(text: str) -> _Sentence:
    words = _words(text)
    pieces = boilerplate().pieces
    for start in range(len(words) - INDEXED_WORDS + 1):
        for piece, family, is_use in pieces.get(words[start : start + INDEXED_WORDS], ()):
            if words[start : start + len(piece)] == piece:
                return _Sentence(text, words, family, is_use)
    return _Sentence(text, words, UNNAMED if is_template(text) else None)


def _title(text: str) -> _Sentence:
    title = _sentence(text)
    if families := boilerplate().titles.get(title.words):
        title.family = min(families)
    return title


def _words(text: str) -> Words:
    return tuple(WORD.findall(text.casefold()))


@cache
def boilerplate() -> Boilerplate:
    """Load `boilerplate.toml`."""
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    pieces: dict[Words, list[tuple[Words, str, bool]]] = defaultdict(list)
    exact: dict[str, dict[Words, set[str]]] = {
        role: defaultdict(set) for role in ("also", "titles", "headings", "whole")
    }
    for kind, families in table.items():
        for name, roles in families.items():
            family = STOCK if kind == STOCK else name
            for role, texts in roles.items():
                for words in map(_words, texts):
                    if role in exact:
                        exact[role][words].add(family)
                    else:
                        pieces[words[:INDEXED_WORDS]].append((words, family, role == "uses"))
    frozen = {
        role: {words: frozenset(names) for words, names in entries.items()}
        for role, entries in exact.items()
    }
    return Boilerplate(dict(pieces), **frozen)
