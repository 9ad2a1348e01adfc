"""What the readers of line-oriented formats share: lines become passages."""

from __future__ import annotations

import re
from collections.abc import Callable

from bundles.readmes.html import BLOCK_END, BLOCK_START, HEADING_LINE
from bundles.readmes.sections import Kind, Outline, Section

# A mark, or a number with its point: the start of an item in most formats.
ITEM = re.compile(r"\s*(?:[-*+•]+|\(?(?:\d{1,4}|[a-zA-Z])[.)])\s+(?=\S)")
MAX_TAG = 500  # characters
TASK = re.compile(r"\[[ xX*-]\]\s+")


class Passages:
    """Joins lines to passages, and adds them to an outline. `inline` marks the text of a passage."""

    def __init__(self, inline: Callable[[str], str]) -> None:
        self._outline = Outline()
        self._inline = inline
        self._texts: list[str] = []
        self._kind: Kind = "paragraph"
        self._line = 0
        self._is_aside = False

    @property
    def is_open(self) -> bool:
        """Whether a line of text would continue a passage."""
        return bool(self._texts)

    def begin(self, kind: Kind, line: int, text: str, *, is_aside: bool = False) -> None:
        """End the passage before, and begin one with its first line."""
        self.end()
        self._kind, self._line, self._is_aside = kind, line, is_aside
        self._texts = [TASK.sub("", text, count=1) if kind == "item" else text]

    def text(
        self, line: int, text: str, kind: Kind = "paragraph", *, is_aside: bool = False
    ) -> None:
        """Continue the passage, or begin one of a kind."""
        if self._texts:
            self._texts.append(text)
        else:
            self.begin(kind, line, text, is_aside=is_aside)

    def text_with_html(self, line: int, text: str) -> None:
        """Continue the passage with a line in which HTML may begin or end blocks."""
        if heading := HEADING_LINE.match(text):
            self.heading(line, heading[2], int(heading[1]))
            return
        if BLOCK_START.match(text):
            self.end()
        self.text(line, text)
        if "<" in text and BLOCK_END.search(text[-MAX_TAG:]):
            self.end()

    def cells(self, line: int, texts: list[str]) -> None:
        """Add the cells of a row."""
        for text in texts:
            self.begin("cell", line, text)
        self.end()

    def heading(self, line: int, text: str, level: int) -> None:
        """End the passage before, and begin a section."""
        self.end()
        self._outline.heading(self._inline(text), line, level)

    def end(self) -> None:
        """End the passage, if there is one."""
        if self._texts:
            marked = self._inline("\n".join(self._texts))
            self._outline.passage(self._kind, marked, self._line, is_aside=self._is_aside)
            self._texts = []

    def sections(self) -> tuple[Section, ...]:
        """Return what was read."""
        self.end()
        return self._outline.sections()


def without_emphasis(text: str, signs: str) -> str:
    """Take pairs of signs around words away: `*bold*`, but not `2 * 3` or `a_b_c`."""
    for sign in signs:
        if text.count(sign) > 1:
            quoted = re.escape(sign)
            text = re.sub(
                rf"(?<![\w{quoted}]){quoted}{{1,2}}(?=[^\s{quoted}])([^{quoted}\n]{{1,500}}?(?:\n[^{quoted}\n]{{1,500}}?){{0,3}})"
                rf"(?<=[^\s{quoted}]){quoted}{{1,2}}(?!\w)",
                r"\1",
                text,
            )
    return text
