"""Read reStructuredText, with what Sphinx adds to it.

docutils parses its blocks. Directives are settled before, because docutils knows only its own and
keeps roles that a file defines for the whole process; and lines are read here, because docutils
takes minutes for hostile ones.
https://docutils.sourceforge.io/docs/ref/rst/restructuredtext.html
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from bundles.readmes.lines import without_emphasis
from bundles.readmes.sections import Kind, Outline, Section, code, link

DIRECTIVE = re.compile(
    r"(?m)(?<!\S)\.\.[ ]+(?:\|[^|\n]{1,100}\|[ ]+)?([A-Za-z][\w:.+-]{0,60}?)[ ]?::(?=\s|\Z)"
)
# Directives whose content is prose; all others are code, pictures, settings or generated.
NOTES = {"attention", "caution", "danger", "error", "hint", "important", "note", "tip", "warning"}
PROSE = {
    *("admonition", "topic", "sidebar", "epigraph", "highlights", "pull-quote", "compound"),
    *("container", "rubric", "table", "list-table", "csv-table", "replace", "line-block", *NOTES),
}
SPHINX_NOTES = {"seealso", "versionadded", "versionchanged", "deprecated"}
INLINE = re.compile(
    r"\\(?P<escaped>.|\Z)"
    r"|``(?P<literal>.{1,1000}?)``(?!`)"
    r"|(?<![\w`]):(?P<role>[A-Za-z][\w:.+-]{0,60}+)(?<=:)`(?P<in_role>[^`]{1,1000}+)`"
    r"|(?<!`)`(?P<quoted>[^`]{1,1000}+)`(?:(?P<reference>__?)(?!\w)|:(?P<role_after>[A-Za-z][\w:.+-]{0,60}+)(?<=:))?"
    r"|(?<!\w)\|(?P<substitution>[^\s|][^|\n]{0,100}+)\|(?:__?(?!\w))?"
    r"|\[(?:\d{1,4}|\#[\w-]{0,60}|\*|[A-Za-z][\w.-]{0,60})\]_(?!\w)"
    r"|(?<![\w`])(?P<word>[A-Za-z0-9](?:[A-Za-z0-9]|[-.+:](?=[A-Za-z0-9])){0,80}+)__?(?!\w)",
    re.DOTALL,
)
TARGET = re.compile(r"\s*<([^<>]*)>\Z")
NOTHING = "\0"  # an escaped blank, which no text holds: it parts marks from letters
MAX_INDENTATION = 80  # deeper text is code, or hostile
DEEP = re.compile(rf"(?m)^[ \t]{{{MAX_INDENTATION},}}")
# Lists that begin within lists on one line nest as deep as the line is long.
BULLETS = re.compile(r"(?m)^([ \t]*)(?:(?:[*+\-•]|\w{1,3}[.)])[ \t]+){6,}")

KINDS: dict[str, Kind] = {"list_item": "item", "definition_list_item": "item", "field": "item"}
KINDS |= {"option_list_item": "item", "block_quote": "quote", "entry": "cell"}
SKIPPED = {
    *(
        "comment",
        "substitution_definition",
        "target",
        "literal_block",
        "doctest_block",
        "math_block",
    ),
    *("system_message", "raw", "image", "figure", "footnote_reference", "citation_reference"),
    *("label", "pending", "problematic", "option_group", "docinfo", "decoration", "meta"),
}
TEXTS = {"paragraph", "line", "term", "rubric", "attribution", "caption"}


def read_rst(text: str) -> tuple[Section, ...]:
    """Read the sections of a reStructuredText file."""
    from docutils.parsers.rst import Parser
    from docutils.utils import new_document

    document = new_document("README", _settings())
    Parser(inliner=_inliner()).parse(_settled(text), document)
    walk = _Walk(document.substitution_defs)
    walk.children(document, depth=0)
    return walk.outline.sections()


@cache
def _settings() -> Any:
    """Return settings under which nothing but the text is read."""
    from docutils.frontend import get_default_settings
    from docutils.parsers.rst import Parser

    settings = get_default_settings(Parser())
    settings.file_insertion_enabled = False
    settings.raw_enabled = False
    settings.halt_level = settings.report_level = 5
    settings._disable_config = True
    settings.warning_stream = False
    settings.line_length_limit = 100_000
    return settings


@cache
def _inliner() -> Any:
    """Return what leaves lines as they are: their marks are read when the tree is walked."""
    from docutils.nodes import Text
    from docutils.parsers.rst.states import Inliner

    class LeavingInliner(Inliner):  # type: ignore[misc]
        def init_customizations(self, settings: Any) -> None:
            """Compile no patterns."""

        def adjust_uri(self, uri: str) -> str:
            return uri

        def parse(
            self, text: str, lineno: int, memo: Any, parent: Any
        ) -> tuple[list[Any], list[Any]]:
            return [Text(text)], []

    return LeavingInliner()


def _settled(text: str) -> str:
    """Turn directives that are no prose into comments.

    Lines keep their number, directives their length: tables are drawn with columns.
    """
    text = DEEP.sub(" " * MAX_INDENTATION, text)
    text = BULLETS.sub(r"\1- ", text)
    return DIRECTIVE.sub(_settled_directive, text)


def _settled_directive(directive: re.Match[str]) -> str:
    name = directive[1].lower()
    if name in PROSE:
        return directive[0]
    if name in SPHINX_NOTES:
        return ".. note::".ljust(len(directive[0]))
    return f"{directive[0][:-2]}. "


class _Walk:
    """Walks through the tree of a document."""

    def __init__(self, substitutions: dict[str, Any]) -> None:
        self.outline = Outline()
        self._substitutions = substitutions
        self._line = 1

    def children(
        self, node: Any, *, depth: int, kind: Kind = "paragraph", is_note: bool = False
    ) -> None:
        """Read what a node holds."""
        for child in node.children:
            name = child.tagname
            self._line = max(self._line, _line_of(child))
            if name in SKIPPED or (name == "field_list" and depth <= 1):
                continue
            if name == "title":
                self._title(child, depth, is_note=is_note)
            elif name in TEXTS:
                self.outline.passage(kind, self._marked(child), self._line, is_aside=is_note)
            else:
                self.children(
                    child,
                    depth=depth + (name == "section"),
                    kind=KINDS.get(name, kind),
                    is_note=is_note
                    or name in NOTES
                    or name in ("admonition", "footnote", "citation"),
                )

    def _title(self, title: Any, depth: int, *, is_note: bool) -> None:
        if title.parent.tagname == "section":
            # docutils numbers a title by the line under it.
            self.outline.heading(self._marked(title), max(self._line - 1, 1), depth)
        else:
            self.outline.passage("paragraph", self._marked(title), self._line, is_aside=True)

    def _marked(self, node: Any) -> str:
        """Return the marked text of a line."""
        text = without_emphasis(INLINE.sub(self._inline, node.astext()), "*")
        return text.replace(NOTHING, "")

    def _inline(self, found: re.Match[str]) -> str:
        """Return the marked text of what has marks of its own."""
        match found.lastgroup:
            case "escaped":
                return NOTHING + found["escaped"].strip()
            case "literal":
                return code(found["literal"])
            case "in_role" | "role_after":
                name, text = (
                    found["role"] or found["role_after"],
                    found["in_role"] or found["quoted"],
                )
                return _in_role(name.lower(), text)
            case "quoted" | "reference":
                return _reference(found["quoted"], is_link=found["reference"] is not None)
            case "substitution":
                definition = self._substitutions.get(" ".join(found["substitution"].split()))
                return "" if definition is None else str(definition.astext())
            case "word":
                return link(found["word"], "")
            case _:
                return ""


def _in_role(name: str, text: str) -> str:
    """Return the text that a role shows: `:ref:`words <target>`` shows the words."""
    if name.startswith(("raw", "math", "image")):
        return " "
    return (TARGET.sub("", text) or text).lstrip("~!")


def _reference(text: str, *, is_link: bool) -> str:
    if not is_link:
        return text
    target = TARGET.search(text)
    return link(TARGET.sub("", text), target[1] if target else "")


def _line_of(node: Any) -> int:
    return getattr(node, "line", None) or 0
