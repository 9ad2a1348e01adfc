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


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "<a>",
        "<b/>",
        "<a/><a/>",
        "<a>" * (MAX_DEPTH + 1),
        " " * (MAX_LENGTH + 1),
        "<a>\ud800</a>",
    ],
)
def test_what_is_no_element_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        xml_root(text, "a")


@pytest.mark.parametrize(
    ("doctype", "line"),
    [
        ("<!DOCTYPE a>", 1),
        ('<?xml version="1.0"?>\n<!-- <!DOCTYPE b> -->\n<!DOCTYPE a PUBLIC "-//x>" \'y>\'>\n', 4),
        ('<!DOCTYPE a [\n<!-- it\'s ]> -->\n<!ENTITY b "]>">\n<!ELEMENT a ANY>\n] >\n', 6),
        ('<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>', 1),
        (f"""<!DOCTYPE a [<!ENTITY c "{"x" * 1000}"><!ENTITY b "&c;&c;&c;&c;">]>""", 1),
    ],
    ids=["plain", "public", "definitions", "file", "bomb"],
)
def test_entities_of_a_document_stand_for_nothing(doctype, line):
    root = xml_root(f'{doctype}<a b="&b;c"><d>&amp;&b;&#65;</d></a>', "a")

    assert (line, " c", "& A") == (root.line, root.attributes["b"], root.child_text("d"))


@pytest.mark.parametrize("text", ["<!DOCTYPE a [", "<!DOCTYPE a [<!ENTITY b 'c'>]<a>&b;</a>"])
def test_a_document_type_without_an_end_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        xml_root(text, "a")


@pytest.mark.timeout(30)  # a quadratic one takes minutes
@pytest.mark.parametrize(
    "piece", ["<!--", "<?", "'", "<!DOCTYPE a [", "<!DOCTYPE a [<!--", "&a", " "]
)
def test_no_document_type_takes_time_that_grows_with_its_square(piece):
    for start in ("", "<!DOCTYPE a ", "<!DOCTYPE a [", "<!DOCTYPE a><a>"):
        with pytest.raises(ValueError, match=r"."):
            xml_root(start + piece * (100_000 // len(piece)), "a")


def test_the_text_of_an_element_is_bounded():
    root = xml_root(f"<a>{'x<!---->' * 2 * MAX_ELEMENT_TEXT}</a>", "a")

    assert "x" * MAX_ELEMENT_TEXT == root.text
