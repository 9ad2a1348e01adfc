"""Read Org mode's outlines: https://orgmode.org/worg/org-syntax.html"""

from __future__ import annotations

import re

from bundles.readmes.lines import ITEM, Passages, without_emphasis
from bundles.readmes.sections import Kind, Section, code, link

HEADING = re.compile(
    r"(\*{1,20})\s+(?:(?:TODO|DONE|NEXT|WAITING)\s+)?(?:\[#\w\]\s+)?(.*?)(?:\s+:[\w@#%:]{1,100}:)?\s*\Z"
)
TITLE = re.compile(r"#\+title:\s*(.*)\Z", re.IGNORECASE)
BLOCK = re.compile(r"\s*#\+begin_(\w{1,40})", re.IGNORECASE)
PROSE_BLOCKS: dict[str, Kind] = {"quote": "quote", "verse": "quote", "center": "paragraph"}
NOTE_BLOCKS = {"note", "tip", "warning", "caution", "important"}
BLOCK_END = re.compile(r"\s*#\+end", re.IGNORECASE)
KEYWORD = re.compile(r"\s*#(?:\+\S|\s|\Z)")
FIXED_WIDTH = re.compile(r"\s*:(?:\s|\Z)")
DRAWER = re.compile(r"\s*:[A-Z_-]{1,100}:\s*\Z")
DRAWER_END = re.compile(r"\s*:END:\s*\Z", re.IGNORECASE)
PLANNING = re.compile(r"\s*(?:SCHEDULED|DEADLINE|CLOSED|CLOCK):")
RULE = re.compile(r"\s*-{5,}\s*\Z")
TABLE_RULE = re.compile(r"\s*\|-")

LINK = re.compile(r"\[\[([^\[\]\n]{1,1000}+)\](?:\[([^\[\]]{1,1000}+)\])?\]")
FOOTNOTE = re.compile(r"\[fn:[^\[\]]{1,500}\]")
TARGET = re.compile(r"<<<?[^<>\n]{1,200}>>>?|@@\w{1,30}:[^@\n]{0,500}@@|\{\{\{[^{}]{0,500}\}\}\}")
TIMESTAMP = re.compile(r"[<\[]\d{4}-\d\d-\d\d[^<>\[\]\n]{0,50}[>\]]")
CODE = re.compile(r"(?<!\w)([=~])(\S[^\n]{0,300}?)\1(?!\w)")


def read_org(text: str) -> tuple[Section, ...]:
    """Read the sections of an Org file."""
    passages = Passages(_inline)
    has_title = False
    end: re.Pattern[str] | None = None  # of what is no prose
    block: tuple[Kind, bool] = ("paragraph", False)
    for number, line in enumerate(text.split("\n"), 1):
        if heading := HEADING.match(line):  # also ends a block that was not closed
            end, block = None, ("paragraph", False)
            passages.heading(number, heading[2], len(heading[1]) + has_title)
        elif end is not None:
            end = None if end.match(line) else end
        elif (title := TITLE.match(line)) and not has_title:
            has_title = True
            passages.heading(number, title[1], 1)
        elif begin := BLOCK.match(line):
            passages.end()
            name = begin[1].lower()
            if name in PROSE_BLOCKS or name in NOTE_BLOCKS:
                block = (PROSE_BLOCKS.get(name, "quote"), name in NOTE_BLOCKS)
            else:
                end = BLOCK_END
        elif BLOCK_END.match(line):
            passages.end()
            block = ("paragraph", False)
        elif DRAWER.match(line):
            passages.end()
            end = DRAWER_END
        elif not line.strip() or _is_no_prose(line):
            passages.end()
        elif line.lstrip().startswith("|"):
            passages.cells(number, line.strip().strip("|").split("|"))
        elif item := ITEM.match(line):
            passages.begin("item", number, line[item.end() :].replace(" :: ", ": "))
        else:
            kind, is_note = block
            passages.text(number, line.strip().removesuffix("\\\\"), kind, is_aside=is_note)
    return passages.sections()


def _is_no_prose(line: str) -> bool:
    return any(
        pattern.match(line) for pattern in (KEYWORD, FIXED_WIDTH, PLANNING, RULE, TABLE_RULE)
    )


def _inline(text: str) -> str:
    text = TIMESTAMP.sub("", TARGET.sub("", FOOTNOTE.sub("", text)))
    text = LINK.sub(_link, text)
    text = CODE.sub(lambda found: code(found[2]), text)
    return without_emphasis(text, "*/_+")


def _link(found: re.Match[str]) -> str:
    """Mark a link; a picture, and an address without words, are no text."""
    target, words = found[1], found[2]
    if words is None or words.startswith(("http:", "https:", "file:", "./")):
        return " "
    return link(words, f"#{target}" if target.startswith("*") else target)
