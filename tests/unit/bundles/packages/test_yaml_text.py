"""YAML with bounds."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bundles.packages import yaml_text
from bundles.packages.yaml_text import (
    MAX_ALIASED_NODES,
    MAX_DEPTH,
    MAX_LENGTH,
    Node,
    yaml_documents,
)


def plain(node: Node) -> object:
    """Return a node as Python's own values."""
    if node.kind == "map":
        return {key: plain(value) for key, (_, value) in node.entries.items()}
    return [plain(item) for item in node.items] if node.kind == "list" else node.text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("# nothing\n", []),
        ("---\n...\n---\na: 1\n", ["", {"a": "1"}]),
        (
            "a: 1\n---\nb: [yes, 2.0, ~, null, 'null', \"x\"]\n",
            [{"a": "1"}, {"b": ["yes", "2.0", "", "", "null", "x"]}],
        ),
        ("on: push # x\n'b#': |\n  c: d\n", [{"on": "push", "b#": "c: d\n"}]),
        ("a: !Ref b\nc: !reset []\n", [{"a": "b", "c": []}]),
        ("a: 1\na: 2\n[b]: 3\n", [{"a": "2"}]),
        ("a: &x {b: 1}\nc: *x\nd: &y e\n", [{"a": {"b": "1"}, "c": {"b": "1"}, "d": "e"}]),
        (
            "a: &x {b: 1, c: 2}\nd: {c: 3, <<: *x}\n",
            [{"a": {"b": "1", "c": "2"}, "d": {"b": "1", "c": "3"}}],
        ),
        (
            "a: &x {b: 1}\nc: &y {b: 2, d: 3}\ne: {<<: [*x, *y]}\n",
            [{"a": {"b": "1"}, "c": {"b": "2", "d": "3"}, "e": {"b": "1", "d": "3"}}],
        ),
        ("a: {<<: b}\n", [{"a": {}}]),
    ],
)
def test_documents_are_read_as_text(text, expected):
    assert expected == [plain(document) for document in yaml_documents(text)]


def test_nodes_know_their_lines():
    (root,) = yaml_documents("# a\nb:\n  - c\n  -\n    d: e\n")

    assert 2 == root.line
    assert 2 == root.entries["b"][0].line
    assert [3, 5] == [item.line for item in root.get("b").items]
    assert 5 == root.get("b").items[1].get("d").line


def test_what_is_not_there_is_empty():
    (root,) = yaml_documents("a: {b: c}\nd: [e]")

    assert "c" == root.get("a", "b").text
    assert "" == root.get("a", "b", "x", "y").text
    assert [] == root.get("x").items
    assert ["", ""] == [value.text for value in root.values()]
    assert [] == list(root.get("d").values())


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(BOMB, id="bomb"),
        pytest.param("a: &x [*x]", id="holds-itself"),
        pytest.param("a: *x", id="no-anchor"),
        pytest.param("a: &x 1\n---\nb: *x", id="anchor-of-another-document"),
        pytest.param("a: &x b\nc: [" + "*x," * (MAX_ALIASED_NODES + 1) + "]", id="many-aliases"),
        pytest.param("[" * (MAX_DEPTH + 1), id="deep"),
        pytest.param("{a: " * 50_000, id="deeper"),
        pytest.param("? " * 50_000, id="deep-keys"),
        pytest.param("- " * 50_000, id="deep-lists"),
        pytest.param("a" * (MAX_LENGTH + 1), id="long"),
        pytest.param("a: {{ .Values.x }}-b", id="template"),
        pytest.param("{{- if .x }}\na: b\n{{- end }}", id="template-block"),
        pytest.param("a:\n\t- b", id="tab"),
        pytest.param("a: 'b", id="open-string"),
        pytest.param("a: \x00", id="control"),
        pytest.param("a: \ud800", id="surrogate"),
    ],
)
def test_what_is_no_yaml_or_a_bomb_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        yaml_documents(text)


def test_a_document_may_be_as_deep_as_the_bound():
    assert 1 == len(yaml_documents("[" * MAX_DEPTH + "]" * MAX_DEPTH))


def test_it_works_without_libyaml(monkeypatch):
    monkeypatch.delattr(yaml, "CSafeLoader")

    assert [{"a": ["b"]}] == [plain(document) for document in yaml_documents("a: [b]")]


YAML_PIECES = [
    "a",
    ": ",
    "\n",
    "  ",
    "- ",
    "[",
    "]",
    "{",
    "}",
    ",",
    "&x ",
    "*x",
    "<<",
    "---\n",
    "'",
]


@given(st.lists(st.sampled_from(YAML_PIECES)).map("".join) | st.text())
def test_any_text_is_read_or_refused(text):
    try:
        documents = yaml_documents(text)
    except ValueError:
        return
    assert all(document.size <= len(text) + MAX_ALIASED_NODES + 1 for document in documents)


def test_nothing_is_imported_before_it_is_needed():
    assert not hasattr(yaml_text, "yaml")
