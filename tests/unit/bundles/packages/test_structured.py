"""TOML, JSON and YAML within bounds, and the lines of their words."""

from __future__ import annotations

import contextlib
import sys

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bundles.packages.structured import (
    JSON_KEY,
    Words,
    parse_json,
    parse_json_with_comments,
    parse_toml,
    parse_yaml,
    strings,
    table,
)

DEEP = "[" * (10 * sys.getrecursionlimit())


def test_a_word_is_found_after_its_heading():
    words = Words('# web\nname = "web"\n\n[dependencies]\nweb = "1"\n')

    assert (2, 5) == (words.line("web"), words.line("web", words.after("dependencies")))


def test_a_word_that_is_missing_has_no_line():
    words = Words("[a]\nb = 1\n")

    assert (0, 0) == (words.line("c"), words.line("a", words.after("a", "b")))


def test_headings_that_are_missing_are_passed_over():
    words = Words("[a]\nb = 1\n")

    assert words.after("a", "b") == words.after("x", "a", "y", "b")


def test_the_parts_of_a_dotted_word_are_words():
    words = Words("[dependencies.web]\n\nlog.workspace = true\n")

    assert [1, 1, 3] == [words.line(word) for word in ("dependencies", "web", "log")]


def test_only_keys_are_words_of_json():
    words = Words('{"main": "web",\n"a\\"b": {"web"\n: 1}}', JSON_KEY)

    assert (2, 2, 0) == (words.line("web"), words.line('a\\"b'), words.line("1"))


@pytest.mark.parametrize("value", [None, 1, "a", ["a"]])
def test_what_is_no_table_is_an_empty_one(value):
    assert {} == table(value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(None, []), ("ab", []), ({"a": 1}, []), (["a", 1, None, ["c"], "b"], ["a", "b"])],
)
def test_strings_are_those_of_a_list(value, expected):
    assert expected == strings(value)


@pytest.mark.parametrize(
    "text",
    [
        *("a", "a = ", "[a", f"a = {DEEP}", "a = 1\na = 2"),
        *("a." * 40 + "b = 1", '"a\\"" . ' * 40 + "b = 1", "[" + "'.'." * 40 + "b]"),
    ],
)
def test_toml_that_is_broken_or_too_deep_is_refused(text):
    with pytest.raises(ValueError):
        parse_toml(text)


def test_dots_in_the_values_of_toml_are_fine():
    text = "a = [" + '"b==1.2.3.4", ' * 100 + f']\nc = "{"d.e " * 100}"\n'

    assert {"a", "c"} == parse_toml(text).keys()


@pytest.mark.parametrize("text", ["", "{", "[]", "1", '"a"', "\ufeff{}", DEEP, "1" * 5_000])
@pytest.mark.parametrize("parse", [parse_json, parse_json_with_comments])
def test_what_is_no_json_object_is_refused(parse, text):
    with pytest.raises(ValueError):
        # An encoder may write the mark, but decoding takes it away.
        parse(text if text[:1] != "\ufeff" or parse is parse_json else "{" + text)


@pytest.mark.parametrize("text", ['{"a": 1, // b\n}', '{"a": 1 /* b */}', '{"a": 1,}'])
def test_only_some_files_may_have_comments_and_trailing_commas(text):
    assert {"a": 1} == parse_json_with_comments(text)
    with pytest.raises(ValueError):
        parse_json(text)


@pytest.mark.parametrize(
    "text", ["a: b: c", "[", DEEP, "- " * 3_000 + "a", "*a", "a\n---\nb\n", "a: \0", "\t- a"]
)
def test_yaml_that_is_broken_or_too_deep_is_refused(text):
    with pytest.raises(ValueError):
        parse_yaml(text)


def test_yaml_is_read_without_the_faster_parser(monkeypatch):
    monkeypatch.delattr(yaml, "CSafeLoader", raising=False)
    root = parse_yaml("a: [b]\n")

    assert root is not None
    assert ["b"] == [item.text for value in root.values("a") for item in value.items()]
    with pytest.raises(ValueError):
        parse_yaml("[" * 400)


@pytest.mark.parametrize("text", ["", "# a\n", "---\n"])
def test_an_empty_document_of_yaml_has_no_nodes(text):
    root = parse_yaml(text)

    assert root is None or (not root.text and not list(root.entries()))


def test_nodes_of_yaml_know_their_lines():
    root = parse_yaml("# a\nb:\n  - c\n  - d: e\nf: 1\n")

    assert root is not None
    assert [("b", 2), ("f", 5)] == [(key.text, key.line) for key, _ in root.entries()]
    (listed,) = root.values("b")
    assert [("c", 3), (None, 4)] == [(item.text, item.line) for item in listed.items()]
    assert [] == list(root.items())


def test_aliases_of_yaml_are_not_expanded():
    lines = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 60)]
    root = parse_yaml("\n".join(lines))

    assert root is not None
    (last,) = root.values("a59")
    assert 2 == len(list(last.items()))


@pytest.mark.parametrize("parse", [parse_toml, parse_json, parse_json_with_comments, parse_yaml])
@given(text=st.text() | st.text(alphabet="ab\"'[]{}:,=.#*&-/\n\\ 1"))
def test_no_text_raises_anything_else(parse, text):
    with contextlib.suppress(ValueError):
        parse(text)


@given(text=st.text(alphabet="ab.#\"':,\n\\ -"))
def test_every_word_is_found_where_it_stands(text):
    lines = text.count("\n") + 1
    for pattern in (None, JSON_KEY):
        words = Words(text, pattern) if pattern else Words(text)
        assert all(0 <= words.line(word) <= lines for word in ("a", "b", "a.b", ""))
