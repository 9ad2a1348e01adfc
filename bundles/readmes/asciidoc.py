"""Read AsciiDoc: https://docs.asciidoctor.org/asciidoc/latest/"""

from __future__ import annotations

import re

from bundles.readmes.lines import Passages, without_emphasis
from bundles.readmes.sections import Kind, Section, code, link

HEADING = re.compile(r"(={1,6}|#{1,6})\s+(\S.*?)(?:\s+\1)?\s*\Z")
UNDERLINE = re.compile(r"([=\-~^+])\1{2,}\s*\Z")
UNDERLINES = "=-~^+"
ATTRIBUTE = re.compile(r":(!?[\w-]+!?):(?:\s+(.*))?\Z")
DIRECTIVE = re.compile(r"(?:ifn?def|ifeval|endif|include)::\S*?\[.*\]\s*\Z")
BLOCK_MACRO = re.compile(r"(?:image|video|audio|toc|anchor|plantuml|include)::\S*\[.*\]\s*\Z")
BLOCK_ATTRIBUTES = re.compile(r"\[.*\]\s*\Z")
CODE_STYLE = re.compile(
    r"\[(?:source|listing|literal|stem|latexmath|asciimath|mermaid|plantuml|pass)\b"
)
NOTE_STYLE = re.compile(r"\[(?:NOTE|TIP|IMPORTANT|WARNING|CAUTION)\b")
NOTE = re.compile(r"(?:NOTE|TIP|IMPORTANT|WARNING|CAUTION):\s+")
QUOTE_STYLE = re.compile(r"\[(?:quote|verse)\b")
# Delimiters of blocks that are no prose, and of those that are.
VERBATIM = re.compile(r"(?:-{4,}|\.{4,}|\+{4,}|/{4,}|`{3,}.*)\s*\Z")
TRANSPARENT = re.compile(r"(?:={4,}|\*{4,}|_{4,}|--)\s*\Z")
TABLE = re.compile(r"[|,:!]={3,}\s*\Z")
CELL = re.compile(r"(?:^|\s)(?:\d*[.+*\d]*[<^>]?[a-z]?)?\|")
ITEM = re.compile(r"\s*(?:\*{1,6}|-|\.{1,6}|\d{1,4}\.|<(?:\d{1,3}|\.)>)\s+(?=\S)")
TERM = re.compile(r"\s*(\S.{0,200}?)(?::{2,4}|;;)(?:\s+(.*))?\Z")
TITLE = re.compile(r"\.[^\s.].*\Z")
BREAK = re.compile(r"(?:'{3,}|<{3,}|-{3}|\*{3}|\+)\s*\Z")
# The lines under the document's title: https://docs.asciidoctor.org/asciidoc/latest/document/header/
AUTHOR = re.compile(r"[\w.'-]+(?:\s+[\w.'-]+){0,2}\s*(?:<[^<>]*>\s*(?:;.*)?)?\Z")
REVISION = re.compile(r"v?\d[\w.]*(?:,.*)?\Z")

INLINE_MACRO = re.compile(
    r"\b(?:image|icon|footnote|footnoteref|anchor|pass|indexterm2?|bibitem):[^\s\[\]]{0,500}\[[^\]]{0,2000}\]"
)
LINK = re.compile(
    r"(?:\b(?:link|xref|mailto):)?((?:(?<=link:)|(?<=xref:)|(?<=mailto:)|\b(?:https?|ftp)://)"
    r"[^\s\[\]<>]{1,500}+)\[([^\]]{0,1000}+)\]"
)
CROSS_REFERENCE = re.compile(r"<<([^<>,\n]{1,200})(?:,([^<>]{0,500}))?>>")
UI_MACRO = re.compile(
    r"\b(?:kbd|btn|menu|stem|latexmath|asciimath):[^\s\[\]]{0,100}\[([^\]]{0,500})\]"
)
INDEX_TERM = re.compile(
    r"\(\(\([^()]{1,200}\)\)\)|\[\[[^\[\]]{1,100}\]\]|\[#[\w-]{1,100}\](?=#)|\+\+\+[^+]{0,1000}\+\+\+"
)
CODE = re.compile(r"``([^`]{1,500})``|`\+?([^`]{1,500}?)\+?`")
REFERENCE = re.compile(r"\{([\w-]{1,100})\}")
MAX_VALUE_LENGTH = 200
MAX_BLOCKS = 50
CHARACTERS = {"nbsp": " ", "sp": " ", "amp": "&", "lt": "<", "gt": ">", "plus": "+", "cpp": "C++"}
HARD_BREAK = re.compile(r"\s\+(?=\n|\Z)")


def read_asciidoc(text: str) -> tuple[Section, ...]:
    """Read the sections of an AsciiDoc file."""
    return _Reader(text).read()


class _Reader:
    """Reads a file line by line, knowing which block a line is in."""

    def __init__(self, text: str) -> None:
        self._lines = [line.rstrip() for line in text.split("\n")]
        self._passages = Passages(self._inline)
        self._attributes: dict[str, str] = {}
        self._verbatim_end: str | None = None
        self._is_skipping = self._is_table = self._is_header = (
            False  # skipping ends with a paragraph
        )
        self._blocks: list[tuple[str, Kind, bool]] = []  # delimiter, kind, is it an aside
        self._style = ""  # the attributes of the block that follows

    def read(self) -> tuple[Section, ...]:
        """Read all lines."""
        is_underline = False
        for number, line in enumerate(self._lines, 1):
            if is_underline:
                is_underline = False
            elif self._verbatim_end is not None:
                self._verbatim_end = None if line == self._verbatim_end else self._verbatim_end
            elif not line:
                self._passages.end()
                self._is_skipping = self._is_header = False
                self._style = ""
            elif self._is_skipping or self._is_markup(number, line):
                pass
            elif is_underline := self._is_underlined(number, line):
                self._heading(number, line, UNDERLINES.index(self._lines[number][0]) + 1)
            elif heading := HEADING.match(line):
                self._heading(number, heading[2], len(heading[1]))
            else:
                self._text(number, line)
        return self._passages.sections()

    def _is_underlined(self, number: int, line: str) -> bool:
        """Tell whether the next line underlines this one: they are about as long."""
        following = self._lines[number] if number < len(self._lines) else ""
        return (
            UNDERLINE.match(following) is not None
            and abs(len(following) - len(line)) < 3
            and any(character.isalnum() for character in line)
            and not self._passages.is_open
        )

    def _heading(self, number: int, text: str, level: int) -> None:
        self._passages.heading(number, text, level)
        self._is_header = level == 1
        self._is_table = False
        self._blocks = []
        self._style = ""

    def _is_markup(self, number: int, line: str) -> bool:
        """Read a line that is no text of its own; return whether it was one."""
        if line.startswith("//") and not VERBATIM.match(line):
            return True
        if attribute := ATTRIBUTE.match(line):
            value = REFERENCE.sub(lambda found: self._value(found[1]), attribute[2] or "")
            self._attributes[attribute[1].lower()] = value[:MAX_VALUE_LENGTH]
        elif DIRECTIVE.match(line) or BLOCK_MACRO.match(line) or BREAK.match(line):
            self._passages.end()
        elif VERBATIM.match(line) and not self._is_underlined(number - 1, line):
            self._passages.end()
            self._verbatim_end = "```" if line.startswith("`") else line
        elif TABLE.match(line):
            self._passages.end()
            self._is_table = not self._is_table
        elif TRANSPARENT.match(line):
            self._delimiter(line)
        elif BLOCK_ATTRIBUTES.match(line) and not self._passages.is_open:
            self._style = line
        else:
            is_title = TITLE.match(line) is not None and not self._passages.is_open
            is_author = self._is_header and bool(AUTHOR.match(line) or REVISION.match(line))
            return is_title or is_author
        return True

    def _delimiter(self, line: str) -> None:
        """Begin or end a block of prose."""
        self._passages.end()
        if self._blocks and self._blocks[-1][0] == line:
            self._blocks.pop()
        elif len(self._blocks) < MAX_BLOCKS:
            is_quote = line.startswith("_") or QUOTE_STYLE.match(self._style)
            is_note = NOTE_STYLE.match(self._style) is not None
            self._blocks.append((line, "quote" if is_quote else "paragraph", is_note))
        self._style = ""

    def _text(self, number: int, line: str) -> None:
        self._is_header = False
        item, term = ITEM.match(line), TERM.match(line)
        if self._is_table:
            self._passages.cells(number, CELL.split(line))
        elif item:
            self._passages.begin("item", number, line[item.end() :])
        elif term:
            self._passages.begin("item", number, term[1])
            if term[2]:
                self._passages.begin("item", number, term[2])
        elif self._passages.is_open:
            self._passages.text(number, line)
        elif line[0].isspace() or CODE_STYLE.match(self._style):
            self._is_skipping = True
        else:
            self._paragraph(number, line)

    def _paragraph(self, number: int, line: str) -> None:
        _, kind, is_note = self._blocks[-1] if self._blocks else ("", "paragraph", False)
        note = NOTE.match(line)
        if QUOTE_STYLE.match(self._style):
            kind = "quote"
        is_note = is_note or note is not None or NOTE_STYLE.match(self._style) is not None
        words = line[note.end() :] if note else line
        self._passages.begin(kind, number, words, is_aside=is_note)

    def _inline(self, text: str) -> str:
        """Return the marked text of a passage: https://docs.asciidoctor.org/asciidoc/latest/text/"""
        text = REFERENCE.sub(lambda found: self._value(found[1]), text)
        text = INLINE_MACRO.sub(" ", text)
        text = UI_MACRO.sub(r"\1", INDEX_TERM.sub("", text))
        text = LINK.sub(lambda found: link(_words(found[2]), found[1]), text)
        text = CROSS_REFERENCE.sub(lambda found: link(found[2] or found[1], f"#{found[1]}"), text)
        text = CODE.sub(lambda found: code(found[1] or found[2]), HARD_BREAK.sub("", text))
        return without_emphasis(text, "*_#^~")

    def _value(self, name: str) -> str:
        """Return what `{name}` stands for."""
        return CHARACTERS.get(name) or self._attributes.get(name.lower(), "")


def _words(text: str) -> str:
    """Return the text of a link without its attributes: `[words,window=_blank]`."""
    return re.sub(r"(?:,\s*[\w-]+=[^,]*)+\Z|\^\Z", "", text).strip('"')
