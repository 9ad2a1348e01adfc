"""Read Markdown as GitHub shows it: https://github.github.com/gfm/"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from bundles.readmes.dialects import without_dialects
from bundles.readmes.html import HtmlReader
from bundles.readmes.markdown_inline import read_inline
from bundles.readmes.sections import Kind, Outline, Section

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

# YAML or TOML between marks at the start: https://jekyllrb.com/docs/front-matter/
FRONT_MATTER = re.compile(r"(?s)\A(---|\+\+\+)[ \t]*\n(?:(.*?)\n)??(?:\1|\.\.\.)[ \t]*(?:\n|\Z)")
KEY = re.compile(r"\s*(?:#.*\n\s*)*(?:[\w\"'.-]+\s*[:=]|\[)")
ALERT = re.compile(r"\s*\\?\[!\w{1,20}\\?\][+-]?[ \t]*(?:\n|\Z)?")
TASK = re.compile(r"\[[ xX]\]\s")
CELLS = {"th_open", "td_open"}


@cache
def _parser() -> MarkdownIt:
    """Return a parser of blocks; lines are read by `read_inline`, which hostile text cannot slow."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": True, "maxNesting": 20}).enable("table")
    parser.core.ruler.enableOnly(["normalize", "block"])
    return parser


def read_markdown(text: str) -> tuple[Section, ...]:
    """Read the sections of a Markdown file."""
    outline = Outline()
    environment: dict[str, Any] = {}
    tokens = _parser().parse(without_dialects(_without_front_matter(text)), environment)
    references = {
        label: str(reference["href"])
        for label, reference in environment.get("references", {}).items()
    }
    html = HtmlReader(outline)
    level = cell_line = 0
    containers: list[Kind] = []
    alert_depth = 0
    for token in tokens:
        line = token.map[0] + 1 if token.map else cell_line
        match token.type:
            case "heading_open" if not containers:
                html.leave_containers()
                level = int(token.tag[1:])
            case "heading_close":
                level = 0
            case "blockquote_open":
                containers.append("quote")
            case "list_item_open":
                containers.append("item")
            case "blockquote_close" | "list_item_close":
                containers.pop()
                alert_depth = min(alert_depth, len(containers))
            case "tr_open":
                cell_line = line
            case "th_open" | "td_open":
                containers.append("cell")
            case "th_close" | "td_close":
                containers.pop()
            case "html_block" | "inline" if html.is_hiding or token.type == "html_block":
                html.read(token.content, line)
            case "inline":
                content = token.content
                if containers and containers[-1] == "quote" and (alert := ALERT.match(content)):
                    alert_depth = alert_depth or len(containers)
                    line += alert[0].count("\n")
                    content = content[alert.end() :]
                marked = read_inline(content, references)
                if level:
                    outline.heading(marked, line, level)
                else:
                    kind = _kind(containers) or html.kind or "paragraph"
                    marked = TASK.sub("", marked, count=1) if kind == "item" else marked
                    is_aside = alert_depth > 0 or html.is_aside
                    outline.passage(kind, marked, line, is_aside=is_aside)
    return outline.sections()


def _kind(containers: list[Kind]) -> Kind | None:
    """Tell what a passage is by the containers around it."""
    if not containers:
        return None
    return "quote" if "quote" in containers else containers[-1]


def _without_front_matter(text: str) -> str:
    """Empty the lines of front matter, so that those after it keep their numbers."""
    found = FRONT_MATTER.match(text)
    if found is None or not (KEY.match(found[2] or "") or not found[2]):
        return text
    return "\n" * found[0].count("\n") + text[found.end() :]
