"""XML with bounds."""

from __future__ import annotations

import pytest

from bundles.packages.xml_text import MAX_DEPTH, MAX_ELEMENT_TEXT, MAX_LENGTH, xml_root


def test_elements_know_their_lines_and_no_namespaces():
    root = xml_root(
        '\n\n<?xml version="1.0" encoding="utf-16"?>\n<!-- <b/> -->\n<a xmlns="urn:x" xmlns:y="urn:y">\n'
        '<b y:c="1"> d <e/> f </b>\n</a>',
        "a",
    )
    b = root.child("b")

    assert ("a", 5) == (root.tag, root.line)
    assert b is not None
    assert ("d", {"c": "1"}, 6) == (b.text, b.attributes, b.line)
    assert ["a", "b", "e"] == [element.tag for element in root.descendants()]
    assert ("d", "") == (root.child_text("b"), root.child_text("e"))


BOMB = """<!DOCTYPE a [<!ENTITY b "{}"><!ENTITY c "&b;&b;&b;&b;">]><a>&c;</a>"""


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "<a>",
        "<b/>",
        "<a/><a/>",
        BOMB.format("x" * 1000),
        '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
        "<a>" * (MAX_DEPTH + 1),
        " " * (MAX_LENGTH + 1),
        "<a>\ud800</a>",
    ],
)
def test_what_is_no_element_or_a_bomb_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        xml_root(text, "a")


def test_the_text_of_an_element_is_bounded():
    root = xml_root(f"<a>{'x<!---->' * 2 * MAX_ELEMENT_TEXT}</a>", "a")

    assert "x" * MAX_ELEMENT_TEXT == root.text
