"""Read reStructuredText, with what Sphinx adds to it.

docutils parses it; directives and roles are settled before, because docutils knows only its own
and keeps those that a file defines for the whole process.
https://docutils.sourceforge.io/docs/ref/rst/restructuredtext.html
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from bundles.readmes.sections import Kind, Outline, Section, code, link

DIRECTIVE = re.compile(r"(?m)(?<!\S)\.\.[ ]+(?:\|[^|\n]{1,100}\|[ ]+)?([A-Za-z][\w:.+-]{0,60}?)[ ]?::(?=\s|\Z)")
# Directives whose content is prose; all others are code, pictures, settings or generated.
NOTES = {"attention", "caution", "danger", "error", "hint", "important", "note", "tip", "warning"}
PROSE = {
    *("admonition", "topic", "sidebar", "epigraph", "highlights", "pull-quote", "compound"),
    *("container", "rubric", "table", "list-table", "csv-table", "replace", "line-block", *NOTES),
}
SPHINX_NOTES = {"seealso", "versionadded", "versionchanged", "deprecated"}
ROLE = re.compile(r"(?<![\w`:]):([A-Za-z][\w:.+-]{0,60}):`([^`]{1,1000})`|`([^`]{1,1000})`:([A-Za-z][\w:.+-]{0,60}):")
TARGET = re.compile(r"\s*<[^<>]*>\Z")
MAX_INDENTATION = 80  # deeper text is code, or hostile
DEEP = re.compile(rf"(?m)^[ \t]{{{MAX_INDENTATION},}}")
# Lists that begin within lists on one line nest as deep as the line is long.
BULLETS = re.compile(r"(?m)^(\s*)(?:[*+\-•]\s+){6,}")

KINDS: dict[str, Kind] = {"list_item": "item", "definition_list_item": "item", "field": "item"}
KINDS |= {"option_list_item": "item", "block_quote": "quote", "entry": "cell"}
SKIPPED = {
    *("comment", "substitution_definition", "target", "literal_block", "doctest_block", "math_block"),
    *("system_message", "raw", "image", "figure", "footnote_reference", "citation_reference"),
    *("label", "pending", "problematic", "option_group", "docinfo", "decoration", "meta"),
}
TEXTS = {"paragraph", "line", "term", "rubric", "attribution", "caption"}


def read_rst(text: str) -> tuple[Section, ...]:
    """Read the sections of a reStructuredText file."""
    from docutils.parsers.rst import Parser
    from docutils.utils import new_document

    document = new_document("README", _settings())
    Parser().parse(_settled(text), document)
    walk = _Walk({name: node for name, node in document.substitution_defs.items()})
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


def _settled(text: str) -> str:
    """Turn directives that are no prose into comments, and roles into their text.

    Lines keep their number, directives their length: tables are drawn with columns.
    """
    text = DEEP.sub(" " * MAX_INDENTATION, text)
    text = BULLETS.sub(r"\1- ", text)
    text = DIRECTIVE.sub(_settled_directive, text)
    return ROLE.sub(_settled_role, text)


def _settled_directive(directive: re.Match[str]) -> str:
    name = directive[1].lower()
    if name in PROSE:
        return directive[0]
    if name in SPHINX_NOTES:
        return ".. note::".ljust(len(directive[0]))
    return f"{directive[0][:-2]}. "


def _settled_role(role: re.Match[str]) -> str:
    """Return the text that a role shows: `:ref:`words <target>`` shows the words."""
    name, text = (role[1] or role[4]).lower(), role[2] or role[3]
    if name.startswith("raw") or "image" in name or name == "math":
        return " "
    shown = TARGET.sub("", text) or text
    return shown.lstrip("~!").replace("*", r"\*").replace("_", r"\_").replace("|", r"\|")


class _Walk:
    """Walks through the tree of a document."""

    def __init__(self, substitutions: dict[str, Any]) -> None:
        self.outline = Outline()
        self._substitutions = substitutions
        self._line = 1

    def children(self, node: Any, *, depth: int, kind: Kind = "paragraph", is_note: bool = False) -> None:
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
                    is_note=is_note or name in NOTES or name in ("admonition", "footnote", "citation"),
                )

    def _title(self, title: Any, depth: int, *, is_note: bool) -> None:
        if title.parent.tagname == "section":
            self.outline.heading(self._marked(title), self._line, depth)
        else:
            self.outline.passage("paragraph", self._marked(title), self._line, is_aside=True)

    def _marked(self, node: Any) -> str:
        return "".join(self._piece(child) for child in node.children)

    def _piece(self, node: Any) -> str:
        """Return the marked text of an inline node."""
        match node.tagname:
            case "#text":
                return str(node.astext())
            case "literal":
                return code(node.astext())
            case "reference":
                return link(self._marked(node), str(node.get("refuri", "")))
            case "substitution_reference":
                return self._substituted(node.astext())
            case "image":
                return " "
            case name if name in SKIPPED:
                return ""
            case _:
                return self._marked(node)

    def _substituted(self, name: str) -> str:
        """Return what `|name|` stands for: text, or a picture."""
        definition = self._substitutions.get(" ".join(name.split()))
        return "" if definition is None else definition.astext()


def _line_of(node: Any) -> int:
    return getattr(node, "line", None) or 0
