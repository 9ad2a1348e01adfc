"""Tokens and statements, with their lines."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundles.packages import source_text
from bundles.packages.source_text import (
    LEXERS,
    MAX_LENGTH,
    Language,
    statements,
    tokens,
)


def texts(text: str, language: Language) -> list[str]:
    """Return the tokens' texts, strings in angle brackets, newlines as commas."""
    shown = {"newline": ",", "string": "<{}>"}
    return [shown.get(token.kind, "{}").format(token.text) for token in tokens(text, language)]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("groovy", "a // b 'c'\n'//d' /* e\n */ f", "a , <//d> f"),
        ("groovy", "'''a\n\"b'c''' \"\"\"d\ne\"\"\" 'f\\'g' \"h", "<a\n\"b'c> <d\ne> <f\\'g> <h>"),
        ("groovy", "/* a /* b */ c", "c"),
        ("groovy", "/* a", ""),
        ("groovy", "'a\nb 1.0x", "<a> , b 1.0x"),
        ("kotlin", "/* a /* b */ c */ d", "d"),
        ("kotlin", "/* a /* b */ c", ""),
        ("scala", "'\"' a '\\'' 'b \"c\"", "a ' b <c>"),
        ("scala", 'a %% "b" %%% c % d', "a %% <b> %%% c % d"),
        ("swift", '#"a "b" \\"# c #"d', '<a "b" \\> c <d>'),
        ("elixir", '~s(a "b") c ~r/"/ ?" d ~w|"| ~S"""\n"\n""" e', "c d e"),
        (
            "elixir",
            '"""\na "b\n""" c \'\'\'\n"\n\'\'\' ~X[a ~x{b ~x<c ~x(d',
            '<\na "b\n> c <\n"\n>',
        ),
        ("erlang", 'a % b\n$" \'c\' "%d" e@f', "a , <c> <%d> e@f"),
        ("hcl", 'a # b\nc // d\n/* e */ "f # g" h-i', "a , c , <f # g> h-i"),
        ("hcl", 'a = "${b("c{}")} d" e', 'a = <${b("c{}")} d> e'),
        (
            "hcl",
            '"$${" a "%%{" b "\\"" c "%{ if { x } }" d',
            '<$${> a <%%{> b <\\"> c <%{ if { x } }> d',
        ),
        ("hcl", '"a\nb "${\n"', '<a> , b <${\n">'),
        ("hcl", 'a = <<-EOT\n "b\n  EOT\nc <<D\n}', "a = , c"),
        ("clojure", '; a\n#_b "c\nd" \\" {:e/f g*}', ', #_ b <c\nd> \\" { :e/f g* }'),
    ],
)
def test_comments_are_no_tokens_and_strings_hold_no_comments(language, text, expected):
    assert expected == " ".join(texts(text, language))


def test_tokens_know_their_lines():
    text = "a /* \n */ b\n'''\n''' c \\\n d"

    assert [("a", 1), ("b", 2), ("\n", 2), ("\n", 3), ("c", 4), ("d", 5)] == [
        (token.text, token.line) for token in tokens(text, "groovy")
    ]


def test_a_text_that_nobody_writes_is_refused():
    with pytest.raises(ValueError, match="too long"):
        tokens(" " * (MAX_LENGTH + 1), "hcl")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a b\n\nc; d", ["a b", "c", "d"]),
        ("a (\n b\n) c\nd", ["a ( b ) c", "d"]),
        ("a,\nb\nc =\n\n d", ["a , b", "c = d"]),
        ("a { b\n} c", ["a", "{", "b", "}", "c"]),
        ("a({ b\nc })\nd", ["a (", "{", "b", "c", "}", ")", "d"]),
        (")\n] } a\nb", [")", "]", "}", "a", "b"]),
        ("", []),
    ],
)
def test_a_statement_ends_with_its_line_unless_brackets_or_marks_are_open(text, expected):
    split = statements(tokens(text, "groovy"))

    assert expected == [" ".join(token.text for token in statement) for statement in split]


HOSTILE = [
    *(
        '"',
        "'",
        '"""',
        "'''",
        '"\\',
        "'\\",
        '"${',
        "${",
        '"${"',
        "/*",
        "*/",
        "/**/",
        "//",
        "#",
        "(",
    ),
    *(
        "{",
        "{ a = ",
        "[",
        "<<A\n",
        "<<-",
        "~s(",
        '~S"""',
        "~r/",
        "?",
        "$",
        '#"',
        "#_",
        ";",
        "%",
        "\\",
    ),
    *("=begin\n", "__END__", "a\n", "a.", "a = 'b:c:1'\n", " ", "\t", "\\\n", "é", "<!--", "<a>"),
]


def grows_with_the_text_alone(work: Callable[[str], object], piece: str) -> bool:
    """Tell whether eight times the text takes less than 24 times the time, not 64 times."""

    def seconds(length: int) -> float:
        start = time.process_time()
        work(piece * (length // len(piece)))
        return time.process_time() - start

    return any(seconds(4000) < 24 * max(seconds(500), 0.001) for _ in range(5))


@pytest.mark.parametrize("language", LEXERS)
def test_the_time_grows_with_the_text_alone(language):
    slow = [
        piece
        for piece in HOSTILE
        if not grows_with_the_text_alone(
            lambda text: list(statements(tokens(text, language))), piece
        )
    ]

    assert [] == slow


@given(st.sampled_from(list(LEXERS)), st.lists(st.sampled_from(HOSTILE)).map("".join) | st.text())
def test_any_text_has_tokens(language, text):
    found = tokens(text, language)

    lines = [token.line for token in found]
    assert sorted(lines) == lines
    assert all(token.text in text for token in found)


def test_every_language_has_its_lexer():
    assert set(LEXERS) >= set(source_text.WORDS)
