"""XML of strangers, as elements that know their line. No entity is defined or expanded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

MAX_LENGTH = 250_000  # characters; files that people write are far shorter
MAX_DEPTH = 100  # nested elements
MAX_ELEMENT_TEXT = 1000  # characters; longer than any name

# The prolog with a document type, whose definitions are not wanted. Each pattern also matches its
# unfinished form, so that no character is looked at twice.
DOCTYPE = re.compile(
    r"""\A((?:\s++|<\?(?:(?!\?>).)*+(?:\?>)?|<!--(?:(?!-->).)*+(?:-->)?)*+)"""
    r"""<!DOCTYPE(?:[^\[>"']|"[^"]*+"?|'[^']*+'?)*+"""
    r"""(?:\[(?:<!--(?:(?!-->).)*+(?:-->)?|[^\]"']|"[^"]*+"?|'[^']*+'?)*+\]\s*+)?>""",
    re.DOTALL,
)
ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)[\w.:-]++;")


@dataclass(slots=True)
class Element:
    """An XML element; names are without their namespace."""

    tag: str
    attributes: dict[str, str]
    line: int  # of its start tag
    children: list[Element] = field(default_factory=list)
    text: str = ""  # before the first child, stripped

    def child(self, tag: str) -> Element | None:
        """Return the first child with the tag."""
        return next((child for child in self.children if child.tag == tag), None)

    def child_text(self, tag: str) -> str:
        """Return the text of the first child with the tag, empty if there is none."""
        child = self.child(tag)
        return child.text if child else ""

    def descendants(self) -> Iterator[Element]:
        """Return the element and all elements in it, in the order of the file."""
        yield self
        for child in self.children:
            yield from child.descendants()


class _Elements:
    """Builds elements from what the parser reports."""

    def __init__(self) -> None:
        self.parser: Any = None
        self.first_line = 1
        self.root: Element | None = None
        self.open: list[Element] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if len(self.open) >= MAX_DEPTH:
            raise ValueError("elements are nested too deep")
        plain = {_local_name(name): value for name, value in attributes.items()}
        line = self.parser.CurrentLineNumber + self.first_line - 1
        element = Element(_local_name(tag), plain, line)
        if self.open:
            self.open[-1].children.append(element)
        else:
            self.root = element
        self.open.append(element)

    def data(self, text: str) -> None:
        element = self.open[-1]
        if not element.children and len(element.text) < MAX_ELEMENT_TEXT:
            element.text += text

    def end(self, _tag: str) -> None:
        element = self.open.pop()
        element.text = element.text.strip()


def xml_root(text: str, tag: str) -> Element:
    """Return the outermost element, which must have the tag.

    Entities that the document defines stand for nothing. Raises ValueError for what is no XML or is
    nested deeper than MAX_DEPTH.
    """
    from xml.etree.ElementTree import ParseError

    from defusedxml.ElementTree import DefusedXMLParser

    if len(text) > MAX_LENGTH:
        raise ValueError("the text is too long")
    document = text.lstrip()  # nothing may stand before an XML declaration, but people let it
    elements = _Elements()
    elements.first_line = text[: len(text) - len(document)].count("\n") + 1
    parser = DefusedXMLParser(target=elements)
    elements.parser = parser.parser
    try:
        parser.feed(_without_definitions(document))
        parser.close()
    except ParseError as error:
        raise ValueError("no XML") from error
    root = elements.root
    if root is None or root.tag != tag:
        raise ValueError(f"the outermost element is not {tag}")
    return root


def _without_definitions(document: str) -> str:
    """Leave out the document type, with as many lines, and the entities that it may define."""
    doctype = DOCTYPE.match(document)
    if doctype is None:
        return document
    prolog, lines = doctype[1], doctype[0].count("\n", len(doctype[1]))
    return prolog + "\n" * lines + ENTITY.sub(" ", document[doctype.end() :])


def _local_name(name: str) -> str:
    return name.rpartition("}")[2]
