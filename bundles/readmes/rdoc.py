"""Read Ruby's RDoc: https://ruby.github.io/rdoc/doc/rdoc/markup_reference_rb.html"""

from __future__ import annotations

import re

from bundles.readmes.html import TAG, Tags, unescape
from bundles.readmes.lines import Passages, without_emphasis
from bundles.readmes.sections import Section, code, link

HEADING = re.compile(r"(={1,6})\s*([^=\s].*)\Z")
ITEM = re.compile(r"\s*(?:[*-]|\d{1,3}\.|[A-Za-z]\.)\s+(?=\S)")
LABEL = re.compile(r"\s*(?:\[([^\[\]]{1,200})\]|(\S.{0,200}?)::)(?:\s+(.*))?\Z")
DIRECTIVE = re.compile(r"\s*:[\w-]{1,40}:|\s*-{3,}\s*\Z|#?--\s*\Z")
LINK = re.compile(
    r"(?:\{([^{}]{1,500})\}|(?<![\w\]])([\w.-]{1,200}))\[((?:https?:|mailto:|link:|rdoc-ref:|ftp:|#"
    r"|/)[^\[\]\s]{0,1000})\]"
)
PICTURE = re.compile(
    r"rdoc-image:\S{1,1000}|\bimg:\S{1,500}|!\[[^\[\]]{0,200}\](?:\([^()\s]{0,500}\))?"
)
ADDRESS = re.compile(r"\b(?:link|rdoc-ref):\S{1,500}")
CODE = re.compile(r"(?<!\w)\+([\w:.#?!@/=-]{1,200})\+(?!\w)|`([^`\n]{1,500})`")
ESCAPE = re.compile(r"\\(?=[\w<*_+{\[\\])")


def read_rdoc(text: str) -> tuple[Section, ...]:
    """Read the sections of an RDoc file."""
    passages = Passages(_inline)
    margin = 0  # text that is indented deeper is code
    for number, line in enumerate(text.split("\n"), 1):
        words = line.strip()
        indentation = len(line) - len(line.lstrip())
        if not words or DIRECTIVE.match(line):
            passages.end()
        elif heading := HEADING.match(line):
            passages.heading(number, heading[2], len(heading[1]))
            margin = 0
        elif item := ITEM.match(line):
            passages.begin("item", number, line[item.end() :])
            margin = item.end()
        elif label := LABEL.match(line):
            passages.begin("item", number, label[1] or label[2])
            if label[3]:
                passages.begin("item", number, label[3])
            margin = indentation + 2
        elif passages.is_open or indentation <= margin:
            margin = min(margin, indentation)
            passages.text(number, words)
    return passages.sections()


def _inline(text: str) -> str:
    tags = Tags()
    text = LINK.sub(lambda found: link(PICTURE.sub(" ", found[1] or found[2]), found[3]), text)
    text = CODE.sub(lambda found: code(found[1] or found[2]), PICTURE.sub(" ", text))
    text = TAG.sub(tags.marked, ADDRESS.sub(" ", text))
    return unescape(ESCAPE.sub("", without_emphasis(text, "*_")))
