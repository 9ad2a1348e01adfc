"""Read Textile: https://textile-lang.com/"""

from __future__ import annotations

import re

from bundles.readmes.html import TAG, Tags, unescape
from bundles.readmes.lines import Passages, without_emphasis
from bundles.readmes.sections import Section, code, link

STYLE = r"(?:\([^()\s]{1,100}\)|\{[^{}]{1,200}\}|\[[^\[\]]{1,20}\]|[<>=()]){0,8}"
BLOCK = re.compile(
    rf"(h[1-6]|p|bq|bc|pre|fn\d{{1,3}}|notextile|###){STYLE}(\.\.?)(?::\S+)?\s+(.*)\Z"
)
ITEM = re.compile(rf"\s*[*#-]{{1,6}}{STYLE}\s+(?=\S)")
VERBATIM = re.compile(
    r"<(pre|script|style|notextile)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)",
    re.IGNORECASE | re.DOTALL,
)
CONTENTS = re.compile(r"\{\{toc\}\}|\{:toc\}", re.IGNORECASE)
CELL_STYLE = re.compile(rf"_?{STYLE}\.\s")
ALIAS = re.compile(r"\[([\w-]{1,100})\]\S+\Z")
PICTURE = re.compile(
    r"!(?:[<>=]|\([^()]{1,100}\))?[^\s!]{1,500}(?:\([^()]{0,500}\))?!(?::\S{1,500})?"
)
LINK = re.compile(
    r"\"(?:\([^()\"]{1,100}\))?([^\"\n]{1,500})\":(\S{1,500}[\w/#])|\[([^\[\]\":]{1,200}):(\S{1,500})\]"
)
FOOTNOTE = re.compile(r"(?<=\w)\[\d{1,3}\]")
CODE = re.compile(r"@([^@\n]{1,500})@")
SPAN = re.compile(rf"%{STYLE}([^%\n]{{1,500}})%")


def read_textile(text: str) -> tuple[Section, ...]:
    """Read the sections of a Textile file."""
    passages = Passages(_inline)
    is_code = is_extended = False  # extended: `bc..` goes on until the next block
    text = VERBATIM.sub(lambda found: "\n" * found[0].count("\n"), text)
    for number, line in enumerate(text.split("\n"), 1):
        words = line.strip()
        if not words or CONTENTS.match(words) or ALIAS.match(words):
            passages.end()
            is_code = is_code and is_extended
        elif block := BLOCK.match(line):
            passages.end()
            name, is_extended = block[1], block[2] == ".."
            is_code = name in ("bc", "pre", "notextile", "###")
            if name[0] == "h":
                passages.heading(number, block[3], int(name[1]))
            elif not is_code:
                passages.begin("quote" if name == "bq" else "paragraph", number, block[3])
        elif is_code:
            continue
        elif words.startswith("|"):
            cells = words.strip("|").split("|")
            passages.cells(number, [CELL_STYLE.sub("", cell, count=1) for cell in cells])
        elif item := ITEM.match(line):
            passages.begin("item", number, line[item.end() :])
        else:
            passages.text_with_html(number, words)
    return passages.sections()


def _inline(text: str) -> str:
    tags = Tags()
    text = CODE.sub(lambda found: code(found[1]), PICTURE.sub(" ", FOOTNOTE.sub("", text)))
    text = LINK.sub(lambda found: link(found[1] or found[3], found[2] or found[4]), text)
    text = TAG.sub(tags.marked, SPAN.sub(r"\1", text))
    return unescape(without_emphasis(text, "*_-+^~"))
