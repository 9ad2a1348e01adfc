"""The text of a line of Markdown.

In one pass, without a tree: what GitHub shows is wanted, not how it looks. Follows
https://github.github.com/gfm/#inlines, but for emphasis that overlaps.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping

from bundles.readmes.html import TAG, Tags, unescape
from bundles.readmes.sections import LINK_END, LINK_START, LINK_TARGET, code

SPECIAL = re.compile(r"\\|`+|!?\[|\]|<|&|\*+|_+|~~+")
PUNCTUATION = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
AUTOLINK = re.compile(
    r"<(?:[A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>]{0,2000}|[\w.+-]{1,100}@[\w.-]{1,100})>"
)
ENTITY = re.compile(r"&#?\w{1,32};")
# A destination and an optional title: https://github.github.com/gfm/#inline-link
DESTINATION = re.compile(
    r"\(\s*+(?:<([^<>\n]{0,2000}+)>"
    r"|((?:[^\s()\\]|\\.|\((?:[^\s()\\]|\\.|\([^\s()]{0,200}+\)){0,500}+\)){0,2000}+))"
    r"(?:\s++(?:\"[^\"]{0,1000}+\"|'[^']{0,1000}+'|\([^()]{0,1000}+\)))?\s*+\)"
)
LABEL = re.compile(r"\[((?:[^\[\]\\]|\\.){0,999}+)\]")
MAX_LABEL = 999


def read_inline(content: str, references: Mapping[str, str]) -> str:
    """Return the marked text of a line; `references`: normalized label -> target."""
    if not SPECIAL.search(content):
        return content
    return _Line(content, references).read()


class _Line:
    """One line while it is read: pieces of text, and what may still become a link or emphasis."""

    def __init__(self, content: str, references: Mapping[str, str]) -> None:
        self._content = content
        self._references = references
        self._pieces: list[str] = []
        self._brackets: list[tuple[int, int, bool]] = []  # piece, where its text begins, is picture
        self._marks: dict[str, list[tuple[int, int]]] = {"*": [], "_": [], "~": []}  # piece, length
        self._ticks: dict[int, list[int]] | None = None
        self._tags = Tags()
        self._has_comment_end = True

    def read(self) -> str:
        """Read the line once from left to right."""
        position = 0
        while special := SPECIAL.search(self._content, position):
            self._pieces.append(self._content[position : special.start()])
            position = self._special(special)
        self._pieces.append(self._content[position:])
        return "".join(self._pieces)

    def _special(self, special: re.Match[str]) -> int:
        """Read what begins with a special character; return where it ends."""
        match special[0][0]:
            case "\\":
                return self._escape(special.start())
            case "`":
                return self._code(special)
            case "[" | "!":
                self._brackets.append((len(self._pieces), special.end(), special[0][0] == "!"))
                self._pieces.append(special[0])
                return special.end()
            case "]":
                return self._bracket_end(special.start())
            case "<":
                return self._angle(special.start())
            case "&":
                return self._entity(special.start())
            case _:
                return self._emphasis(special)

    def _escape(self, start: int) -> int:
        following = self._content[start + 1 : start + 2]
        if following in PUNCTUATION:
            self._pieces.append(following)
            return start + 2
        self._pieces.append("" if following == "\n" else "\\")
        return start + 1

    def _code(self, ticks: re.Match[str]) -> int:
        if self._ticks is None:
            self._ticks = {}
            for run in re.finditer("`+", self._content):
                self._ticks.setdefault(len(run[0]), []).append(run.start())
        length = len(ticks[0])
        starts = self._ticks.get(length, [])
        following = bisect_right(starts, ticks.start())
        if following == len(starts):
            self._pieces.append(ticks[0])
            return ticks.end()
        end = starts[following]
        self._pieces.append(code(self._content[ticks.end() : end]))
        return end + length

    def _bracket_end(self, start: int) -> int:
        """Read what `]` ends: a picture, a link, the mark of a footnote, or nothing."""
        if not self._brackets:
            self._pieces.append("]")
            return start + 1
        piece, text_start, is_picture = self._brackets.pop()
        text = self._content[text_start : min(start, text_start + MAX_LABEL + 1)]
        if text.startswith("^") and not re.search(r"\s", text) and not is_picture:
            self._drop(piece)
            return start + (2 if self._content.startswith(":", start + 1) else 1)
        target, end = self._target(text, start + 1)
        if target is None:
            self._pieces.append("]")
            return start + 1
        if is_picture:
            self._drop(piece)
            self._pieces.append(" ")
            return end
        self._pieces[piece] = LINK_START
        self._pieces.append(f"{LINK_TARGET}{target}{LINK_END}")
        self._brackets = [
            bracket for bracket in self._brackets if bracket[2]
        ]  # links hold no links
        return end

    def _target(self, text: str, end: int) -> tuple[str | None, int]:
        """Return where brackets with a text lead to, and where the link ends."""
        if inline := DESTINATION.match(self._content, end):
            return inline[1] or inline[2] or "", inline.end()
        if not self._references:
            return None, end
        if label := LABEL.match(self._content, end):
            target = self._references.get(_normalized(label[1].strip() or text))
            return target, label.end()
        return self._references.get(_normalized(text)), end

    def _drop(self, piece: int) -> None:
        del self._pieces[piece:]
        for marks in self._marks.values():
            while marks and marks[-1][0] >= piece:
                marks.pop()

    def _angle(self, start: int) -> int:
        if self._content.startswith("<!--", start) and self._has_comment_end:
            end = self._content.find("-->", start + 4)
            if end >= 0:
                return end + 3
            self._has_comment_end = False
        if autolink := AUTOLINK.match(self._content, start):
            return autolink.end()
        if tag := TAG.match(self._content, start):
            self._pieces.append(self._tags.marked(tag))
            return tag.end()
        self._pieces.append("<")
        return start + 1

    def _entity(self, start: int) -> int:
        entity = ENTITY.match(self._content, start)
        self._pieces.append(unescape(entity[0]) if entity else "&")
        return entity.end() if entity else start + 1

    def _emphasis(self, run: re.Match[str]) -> int:
        """Take marks of emphasis away in pairs; those without a partner are text."""
        before = self._content[run.start() - 1 : run.start()] or " "
        after = self._content[run.end() : run.end() + 1] or " "
        sign, length = run[0][0], len(run[0])
        is_within_word = sign == "_" and before.isalnum() and after.isalnum()
        marks = self._marks[sign]
        if not before.isspace() and not is_within_word:
            while length and marks:
                piece, opening = marks.pop()
                paired = min(length, opening)
                length -= paired
                self._pieces[piece] = sign * (opening - paired)
                if opening > paired:
                    marks.append((piece, opening - paired))
        if length and not after.isspace() and not is_within_word:
            marks.append((len(self._pieces), length))
        self._pieces.append(sign * length)
        return run.end()


def _normalized(label: str) -> str:
    """Return a label as markdown-it keys its references."""
    return " ".join(label.split()).lower().upper()
