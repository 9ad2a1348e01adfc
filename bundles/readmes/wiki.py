"""Read MediaWiki's and Creole's markup, which share most of their rules.

https://www.mediawiki.org/wiki/Help:Formatting, http://www.wikicreole.org/wiki/Creole1.0
"""

from __future__ import annotations

import re

from bundles.readmes.html import TAG, Tags, unescape
from bundles.readmes.lines import Passages, without_emphasis
from bundles.readmes.sections import Section, link

HEADING = re.compile(r"\s*(={1,6})\s*([^=\s].*?)\s*=*\s*\Z")
ITEM = re.compile(r"(?!\*\*\S[^*]{0,500}\*\*)\s*[*#;:]+\s*(?=[^*#;:\s])")
VERBATIM = re.compile(
    r"<(pre|source|syntaxhighlight|math|gallery|script|style)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)"
    r"|^\{\{\{[ \t]*$.*?(?:^\}\}\}[ \t]*$|\Z)",
    re.IGNORECASE | re.DOTALL | re.MULTILINE,
)
NOWIKI = re.compile(r"\{\{\{([^\n{}]{0,1000}+)\}\}\}")
TEMPLATE = re.compile(r"\{\{[^{}]{0,2000}\}\}")
MAX_TEMPLATE_DEPTH = 5
TABLE_MARK = re.compile(r"\{\||\|\}|\|-|\|\+")
ATTRIBUTES = re.compile(
    r"(?:\s*[\w-]+\s*=\s*(?:\"[^\"]{0,500}\"|'[^']{0,500}'|[^\s|\"']{1,100})){1,20}\s*\|(?!\|)"
)
CELLS = re.compile(r"\|\||!!|\|")
MAGIC_WORD = re.compile(r"__[A-Z]+__|#REDIRECT\b.*", re.IGNORECASE)
RULE = re.compile(r"\s*-{4,}\s*\Z")
PICTURE = re.compile(
    r"\[\[\s*(?:file|image|media|category|bild|datei|fichier)\s*:[^\[\]]{0,1000}\]\]", re.IGNORECASE
)
PAGE_LINK = re.compile(r"\[\[([^\[\]|\n]{1,500})(?:\|([^\[\]\n]{0,500}))?\]\]")
WEB_LINK = re.compile(
    r"\[((?:https?:|ftp:|mailto:)?//?[^\s\[\]]{1,1000})(?:\s+([^\[\]\n]{1,500}))?\]"
)
ITALICS = re.compile(r"(?<![:/\w])//(?=\S)([^/\n]{1,500})(?<=\S)//(?![/\w])")
QUOTES = re.compile(r"'{2,5}")
REFERENCE = re.compile(
    r"<ref\b[^<>]{0,200}/>|<ref\b[^<>]{0,200}>[^<>]{0,2000}</ref>", re.IGNORECASE
)


def read_wiki(text: str) -> tuple[Section, ...]:
    """Read the sections of a file in MediaWiki's markup or in Creole."""
    passages = Passages(_inline)
    is_table = False
    for number, line in enumerate(_without_templates(text).split("\n"), 1):
        words = line.strip()
        if heading := HEADING.match(line):
            passages.heading(number, heading[2], len(heading[1]))
            is_table = False
        elif not words or RULE.match(line):
            passages.end()
        elif TABLE_MARK.match(words):
            passages.end()
            is_table = words.startswith("{|") or (is_table and not words.startswith("|}"))
        elif words[0] in "|!":
            sides = words.lstrip("|!=") if is_table else words.strip("|")
            cells = CELLS.split(ATTRIBUTES.sub("", sides, count=1))
            passages.cells(number, [cell.lstrip("=") for cell in cells])
        elif item := ITEM.match(line):
            passages.begin("item", number, line[item.end() :])
        elif line[0] != " " or passages.is_open:  # MediaWiki shows indented lines as code
            passages.text_with_html(number, words)
    return passages.sections()


def _without_templates(text: str) -> str:
    """Empty code, comments and templates; lines keep their numbers."""
    text = VERBATIM.sub(_line_ends, text)
    text = NOWIKI.sub(r"\1", text)
    for _ in range(MAX_TEMPLATE_DEPTH):
        text, count = TEMPLATE.subn(_line_ends, text)
        if not count:
            break
    return text


def _line_ends(found: re.Match[str]) -> str:
    return "\n" * found[0].count("\n")


def _inline(text: str) -> str:
    tags = Tags()
    text = PICTURE.sub(" ", REFERENCE.sub("", MAGIC_WORD.sub("", text)))
    text = PAGE_LINK.sub(lambda found: link(found[2] or found[1], found[1].strip()), text)
    text = WEB_LINK.sub(lambda found: link(found[2] or "", found[1]), text)
    text = ITALICS.sub(r"\1", text)
    text = TAG.sub(tags.marked, QUOTES.sub("", text))
    return unescape(without_emphasis(text.replace("**", "*").replace("\\\\", " "), "*"))
