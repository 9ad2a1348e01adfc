"""HTML within READMEs, read as people see it.

A tokenizer of our own: html.parser of the supported Python versions takes minutes for 64 KB of
unfinished tags. https://html.spec.whatwg.org/multipage/parsing.html#tokenization
"""

from __future__ import annotations

import html
import re

from bundles.readmes.sections import (
    CODE_END,
    CODE_START,
    LINK_END,
    LINK_START,
    LINK_TARGET,
    Kind,
    Outline,
)

TAG = re.compile(
    r"<(/?)([A-Za-z][A-Za-z0-9-]{0,40}+)"
    r"((?:[\s/](?:[^<>\"']++|\"[^\"]{0,5000}+\"|'[^']{0,5000}+'){0,100}+)?)>"
)
HREF = re.compile(r"\bhref\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>\"']+))", re.IGNORECASE)
# A line that begins or ends with a block, where line-oriented formats allow HTML.
HEADING_LINE = re.compile(r"<h([1-6])\b[^<>]{0,500}>(.{0,500}?)</h\1\s*>\Z", re.IGNORECASE)
BLOCK_START = re.compile(
    r"</?(?:div|p|center|table|tr|ul|ol|li|blockquote|br|hr|h[1-6])\b", re.IGNORECASE
)
BLOCK_END = re.compile(
    r"</?(?:div|p|center|table|tr|ul|ol|li|blockquote|h[1-6])\b[^<>]{0,500}>\Z", re.IGNORECASE
)
ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")

HIDDEN = {
    "script",
    "style",
    "pre",
    "svg",
    "math",
    "template",
    "textarea",
    "select",
    "head",
    "title",
}
HIDDEN |= {"iframe", "object", "video", "audio", "noscript"}
HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
CONTAINERS: dict[str, Kind] = {"li": "item", "dt": "item", "dd": "item", "blockquote": "quote"}
CONTAINERS |= {"td": "cell", "th": "cell"}
BLOCKS = {
    *(
        "address",
        "article",
        "aside",
        "body",
        "center",
        "details",
        "dialog",
        "div",
        "dl",
        "fieldset",
    ),
    *(
        "figcaption",
        "figure",
        "footer",
        "form",
        "header",
        "hr",
        "html",
        "legend",
        "main",
        "menu",
        "nav",
    ),
    *(
        "ol",
        "option",
        "p",
        "section",
        "summary",
        "table",
        "caption",
        "tbody",
        "tfoot",
        "thead",
        "tr",
        "ul",
    ),
}
BREAKS = {"img", "br", "wbr", *BLOCKS, *CONTAINERS, *HEADINGS}
MAX_DEPTH = 100
MAX_DECLARATION = 1_000
COMMENT_END = "-->"
SCRIPT_ENDS = {"</script", "</style"}  # they hide Markdown, too, until they are closed


def unescape(text: str) -> str:
    """Replace entities by their characters: https://html.spec.whatwg.org/multipage/named-characters.html"""
    return ENTITY.sub(lambda entity: html.unescape(entity[0]), text) if "&" in text else text


class Tags:
    """What stands in a line of marked text for tags: marks of links and code, blanks for breaks."""

    def __init__(self) -> None:
        self._targets: list[str] = []

    def marked(self, tag: re.Match[str]) -> str:
        """Return what stands for a tag."""
        is_closing, name = tag[1] == "/", tag[2].lower()
        if name == "code":
            return CODE_END if is_closing else CODE_START
        if name == "a" and is_closing:
            return f"{LINK_TARGET}{self._targets.pop()}{LINK_END}" if self._targets else ""
        if name == "a":
            if self._targets:  # it was never closed: links hold no links
                return ""
            self._targets.append(_href(tag[3]))
            return LINK_START
        return " " if name in BREAKS else ""


class HtmlReader:
    """Reads the HTML of a README, which may come in pieces with Markdown between them."""

    def __init__(self, outline: Outline) -> None:
        self._outline = outline
        self._hidden_until: str | None = None
        self._containers: list[str] = []
        self._details = 0  # how many are open
        self._pieces: list[str] = []
        self._tags = Tags()
        self._line = self._level = 0
        self._is_after_break = False

    @property
    def is_hiding(self) -> bool:
        """Whether an unclosed comment, script or style hides what follows."""
        return self._hidden_until is not None

    @property
    def kind(self) -> Kind | None:
        """The kind of a paragraph that follows; None outside of lists, quotes and tables."""
        return CONTAINERS[self._containers[-1]] if self._containers else None

    @property
    def is_aside(self) -> bool:
        """Whether what follows is shown only to those who unfold it."""
        return self._details > 0

    def leave_containers(self) -> None:
        """Forget elements that were never closed."""
        self._containers.clear()
        self._details = 0

    def read(self, content: str, line: int) -> None:
        """Read a piece of HTML that begins in a line of the file."""
        position = counted = 0
        while position < len(content):
            if self._hidden_until is not None:
                end = content.lower().find(self._hidden_until, position)
                if end < 0:
                    break
                position = end + len(self._hidden_until)
                if self._hidden_until != COMMENT_END:
                    position = content.find(">", position) + 1 or len(content)
                self._hidden_until = None
            start = content.find("<", position)
            start = len(content) if start < 0 else start
            line += content.count("\n", counted, position)
            counted = position
            self._text(content[position:start], line)
            position = self._markup(content, start)
        self._end()
        if self._hidden_until != COMMENT_END and self._hidden_until not in SCRIPT_ENDS:
            self._hidden_until = None

    def _markup(self, content: str, start: int) -> int:
        """Read what begins with `<`; return where it ends."""
        if content.startswith("<!--", start):
            self._hidden_until = COMMENT_END
            return start + 4
        if content.startswith(("<!", "<?"), start):
            return content.find(">", start, start + MAX_DECLARATION) + 1 or start + 2
        if tag := TAG.match(content, start):
            self._tag(tag)
            return tag.end()
        self._text(content[start : start + 1], 0)
        return start + 1

    def _text(self, text: str, line: int) -> None:
        if words := text.lstrip():
            if not self._line:
                self._line = line + text.count("\n", 0, len(text) - len(words))
            self._is_after_break = False
        self._pieces.append(unescape(text))

    def _tag(self, tag: re.Match[str]) -> None:
        is_closing, name = tag[1] == "/", tag[2].lower()
        if name in HIDDEN and not is_closing and not tag[3].endswith("/"):
            self._hidden_until = f"</{name}"
        if name == "br":
            if self._is_after_break and not self._level:
                self._end()
            self._is_after_break = True
        if name in HEADINGS or name in CONTAINERS or name in BLOCKS:
            self._end()
            if name in HEADINGS and not is_closing:
                self._level = HEADINGS[name]
            elif name in CONTAINERS:
                self._contain(name, is_closing=is_closing)
            elif name == "details":
                self._details = max(0, self._details + (-1 if is_closing else 1))
        else:
            self._pieces.append(self._tags.marked(tag))

    def _contain(self, name: str, *, is_closing: bool) -> None:
        if not is_closing:
            self._containers = [*self._containers[-MAX_DEPTH:], name]
        elif name in self._containers:
            while self._containers.pop() != name:
                pass

    def _begin(self) -> None:
        self._pieces = []
        self._tags = Tags()
        self._line = self._level = 0
        self._is_after_break = False

    def _end(self) -> None:
        text = "".join(self._pieces)
        if self._level:
            self._outline.heading(text, self._line, self._level)
        elif self._line:
            kind = self.kind or "paragraph"
            self._outline.passage(kind, text, self._line, is_aside=self.is_aside)
        self._begin()


def _href(attributes: str) -> str:
    found = HREF.search(attributes)
    return unescape(found[1] or found[2] or found[3] or "") if found else ""
