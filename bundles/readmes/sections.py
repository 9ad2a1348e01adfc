"""What a README says: its sections, and the passages of prose in them.

The readers of the formats hand their text over *marked*: control characters, which no text holds,
stand around links and code, so that what is prose is decided in one place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from bundles.readmes.switches import is_language_switch, leads_to_a_readme, leads_to_a_translation
from bundles.text import clean, with_emoji

MAX_PASSAGES = 4_000
MAX_SECTIONS = 4_000

Kind = Literal["paragraph", "item", "quote", "cell"]

LINK_START, LINK_TARGET, LINK_END = "\x02", "\x1f", "\x03"
CODE_START, CODE_END = "\x0e", "\x0f"
MARKED_LINK = re.compile("\x02([^\x1f\x02\x03]*)\x1f([^\x02\x03]*)\x03")
MARKED_CODE = re.compile("\x0e([^\x0e\x0f]*)\x0f")
MARKS = re.compile("\x1f[^\x02\x03]*|[\x02\x03\x0e\x0f]")
# Where words of neighbours would run together.
ADJACENT = re.compile("(?<=\x03)(?=\x02)|(?<=\\w)(?=\x0e)|(?<=\x0f)(?=\\w)(?!s\\b)")
ADDRESS = re.compile(r"\s?(?:\b(?:https?|ftp)://|\bwww\.[\w-]+\.)[^\s<>\"]+")
TRAILING = re.compile(r"[.,:;!?'*_~)\]]+\Z")
PROMPT = re.compile(r"[$❯%]\s+\S|(?:PS )?[A-Z]:\\[^>\s]*>|>>> ")
CONTENTS_MARK = re.compile(r"\[?\[?_*TOC_*\]?\]?|\{:?toc\}|\$\{toc\}", re.IGNORECASE)
ANCHOR = re.compile(r"(?:\./)?[\w./%-]*#")
CONTENTS = {
    *(
        "contents",
        "content",
        "table of contents",
        "toc",
        "table of content",
        "index",
        "on this page",
    ),
    *(
        "inhalt",
        "inhaltsverzeichnis",
        "sommaire",
        "table des matières",
        "índice",
        "indice",
        "sumário",
    ),
    *("目录", "目錄", "目次", "목차", "содержание", "оглавление", "spis treści", "içindekiler"),
}


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of prose: one line of plain text."""

    kind: Kind
    line: int  # of the file, from 1, where it begins
    text: str
    # An alert, or nothing but a link: it says nothing about what the project is.
    is_aside: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, and the passages up to the next one."""

    title: str  # empty for what stands before the first heading
    line: int  # of the heading; 1 for what stands before the first
    level: int  # 0 before the first heading; 1 for the document's title
    passages: tuple[Passage, ...]


def link(text: str, target: str) -> str:
    """Mark a link in a reader's text."""
    return f"{LINK_START}{text}{LINK_TARGET}{target}{LINK_END}"


def code(text: str) -> str:
    """Mark code in a reader's text; a command with its prompt is none of the sentence."""
    return "" if PROMPT.match(text.strip()) else f"{CODE_START}{text}{CODE_END}"


def plain(marked: str) -> str:
    """Return a reader's text as people see it, in one line."""
    text = MARKS.sub("", ADJACENT.sub(" ", marked)) if _is_marked(marked) else marked
    if "//" in text or "www." in text:
        text = ADDRESS.sub(_after_address, text)
    return " ".join(with_emoji(text if text.isascii() else clean(text)).split())


def _is_marked(text: str) -> bool:
    return LINK_END in text or CODE_START in text or LINK_START in text or CODE_END in text


def _after_address(address: re.Match[str]) -> str:
    """Keep the punctuation that follows an address."""
    trailing = TRAILING.search(address[0])
    return trailing[0] if trailing else " "


class Outline:
    """Collects sections in the order of the file. Bounded: what is too much is left out."""

    def __init__(self) -> None:
        self._headings: list[tuple[str, int, int]] = [("", 1, 0)]
        self._passages: list[list[Passage]] = [[]]
        self._left = MAX_PASSAGES

    def heading(self, marked: str, line: int, level: int) -> None:
        """Begin a section."""
        if len(self._headings) < MAX_SECTIONS:
            self._headings.append((plain(marked), line, level))
            self._passages.append([])

    def passage(self, kind: Kind, marked: str, line: int, *, is_aside: bool = False) -> None:
        """Add text to the section, if it is prose."""
        if self._left == 0:
            return
        text = plain(marked)
        if (
            is_language_switch(text)
            or not _is_worded(text)
            or PROMPT.match(text)
            or CONTENTS_MARK.fullmatch(text)
        ):
            return
        if not _is_marked(marked):
            self._add(Passage(kind, line, text, is_aside))
            return
        if CODE_START in marked and not _is_worded(plain(MARKED_CODE.sub(" ", marked))):
            return
        links = [(plain(words), target) for words, target in MARKED_LINK.findall(marked)]
        rest = plain(MARKED_LINK.sub(" ", marked)) if links else text
        targets = [target for words, target in links if words]
        is_links = not _is_worded(rest)
        if is_links and (
            all(ANCHOR.match(target) for target in targets) or (len(targets) > 1 and kind != "item")
        ):
            return
        if len(rest) < 60 and any(leads_to_a_translation(target) for target in targets):
            return
        is_between_readmes = any(leads_to_a_readme(target) for target in targets)
        if is_between_readmes and is_language_switch(text, at_least=1):
            return
        self._add(Passage(kind, line, text, is_aside or is_links))

    def _add(self, passage: Passage) -> None:
        self._left -= 1
        self._passages[-1].append(passage)

    def sections(self) -> tuple[Section, ...]:
        """Return the sections that say something, without tables of contents."""
        titles = {title.casefold() for title, _, _ in self._headings}
        kept = []
        for (title, line, level), passages in zip(self._headings, self._passages, strict=True):
            prose = tuple(
                passage
                for passage in passages
                if (words := passage.text.casefold().rstrip(":")) not in CONTENTS
                and not (passage.kind != "cell" and words in titles)
            )
            if title or prose:
                kept.append(Section(title, line, level, prose))
        return tuple(kept)


def _is_worded(text: str) -> bool:
    return any(character.isalnum() for character in text)
