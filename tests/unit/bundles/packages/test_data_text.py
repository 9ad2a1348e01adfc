"""TOML and JSON within bounds, and the lines of their words."""

from __future__ import annotations

import contextlib
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundles.packages.data_text import (
    JSON_KEY,
    JSON_STRING,
    LONG_TOML_KEY,
    TOML_KEY,
    WORD,
    Words,
    parse_json,
    parse_json_with_comments,
    parse_toml,
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


def test_only_keys_and_tables_are_words_of_toml():
    text = '[a]\nc = "d"\n"d" = [\n  "e",\n]\n# f = 1\n[ g.h ]\ne.i = 1\n'
    words = Words(text, TOML_KEY)

    assert [1, 3, 8, 0, 7, 8] == [words.line(word) for word in ("a", "d", "e", "f", "h", "i")]


def test_all_strings_are_words_of_json():
    words = Words('{"a": "b",\n"c": "b\\"d"}', JSON_STRING)

    assert [1, 1, 2, 2, 0] == [words.line(word) for word in ("a", "b", "c", 'b\\"d', "d")]


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
    with pytest.raises((ValueError, RecursionError)):
        parse_toml(text)


def test_dots_in_the_values_of_toml_are_fine():
    text = "a = [" + '"b==1.2.3.4", ' * 100 + f']\nc = "{"d.e " * 100}"\n'

    assert {"a", "c"} == parse_toml(text).keys()


@pytest.mark.parametrize("text", ["", "{", "[]", "1", '"a"', "\ufeff{}", DEEP, "1" * 5_000])
@pytest.mark.parametrize("parse", [parse_json, parse_json_with_comments])
def test_what_is_no_json_object_is_refused(parse, text):
    with pytest.raises((ValueError, RecursionError)):
        # An encoder may write the mark, but decoding takes it away.
        parse(text if text[:1] != "\ufeff" or parse is parse_json else "{" + text)


@pytest.mark.parametrize("text", ['{"a": 1, // b\n}', '{"a": 1 /* b */}', '{"a": 1,}'])
def test_only_some_files_may_have_comments_and_trailing_commas(text):
    assert {"a": 1} == parse_json_with_comments(text)
    with pytest.raises(ValueError):
        parse_json(text)


@pytest.mark.parametrize("parse", [parse_toml, parse_json, parse_json_with_comments])
@given(text=st.text() | st.text(alphabet="ab\"'[]{}:,=.#*&-/\n\\ 1"))
def test_no_text_raises_anything_else(parse, text):
    with contextlib.suppress(ValueError):
        parse(text)


@given(text=st.text(alphabet="ab.#\"':,\n\\ -"))
def test_every_word_is_found_where_it_stands(text):
    lines = text.count("\n") + 1
    for pattern in (WORD, TOML_KEY, JSON_KEY, JSON_STRING):
        words = Words(text, pattern)
        assert all(0 <= words.line(word) <= lines for word in ("a", "b", "a.b", ""))


@pytest.mark.timeout(30)  # a quadratic one takes minutes
@pytest.mark.parametrize(
    "piece", ['"', '"\\', "[", "[a]\n", "a=", "a", "a.", '"a".', '"a"=\n', " "]
)
def test_no_text_takes_time_that_grows_with_its_square(piece):
    text = piece * (100_000 // len(piece))

    assert all(Words(text, pattern).line("b") == 0 for pattern in (TOML_KEY, JSON_STRING))
    assert ("." in piece) == (LONG_TOML_KEY.search(text) is not None)
