"""Package files that are programs, split into tokens that know their line.

A token is a word, a string or a mark. Comments are no tokens, and a comment sign in a string starts
none, so a package that is commented out is never named.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

MAX_LENGTH = 250_000  # characters; files that people write are far shorter


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a program. A number is a word; the text of a string stands between its quotes."""

    kind: Literal["word", "string", "mark", "newline"]
    text: str
    line: int  # from 1

    def is_mark(self, *marks: str) -> bool:
        """Tell whether the token is one of these marks."""
        return self.kind == "mark" and self.text in marks

    def is_word(self, *words: str) -> bool:
        """Tell whether the token is one of these words."""
        return self.kind == "word" and self.text in words


NO_TOKEN = Token("newline", "", 0)  # stands before the first and after the last token

# Every pattern also matches its unfinished form, up to the end of the line or of the text, and is
# possessive: so each character is looked at once, whatever the text.
DOUBLE = r'"(?P<double>(?:[^"\\\n]|\\.)*+)"?'
SINGLE = r"'(?P<single>(?:[^'\\\n]|\\.)*+)'?"
TRIPLE = r'"""(?P<triple>(?:(?!""").)*+)(?:""")?'
TRIPLE_SINGLE = r"'''(?P<triple_single>(?:(?!''').)*+)(?:''')?"
SLASHES = r"//[^\n]*+"
HASH = r"\#[^\n]*+"
BLOCK = r"/\*(?:(?!\*/).)*+(?:\*/)?"
NESTED_BLOCK = r"(?P<nested>/\*)"  # block comments that may hold block comments

Language = Literal["groovy", "kotlin", "scala", "swift", "elixir", "erlang", "hcl", "clojure"]

# What is no word or mark, in the order of precedence.
LEXERS: dict[Language, tuple[str, ...]] = {
    "groovy": (SLASHES, BLOCK, TRIPLE, TRIPLE_SINGLE, DOUBLE, SINGLE),
    "kotlin": (SLASHES, NESTED_BLOCK, TRIPLE, DOUBLE, SINGLE),
    # A quote also begins a symbol, so only one that ends after a character makes a literal.
    "scala": (SLASHES, NESTED_BLOCK, TRIPLE, DOUBLE, r"'(?:[^'\\\n]|\\[^\n])'"),
    "swift": (SLASHES, NESTED_BLOCK, r'\#"(?P<raw>(?:(?!"\#)[^\n])*+)(?:"\#)?', TRIPLE, DOUBLE),
    "elixir": (
        HASH,
        r"\?(?:\\.|[\"'\#])",  # the code of a character
        r'~[A-Za-z]+(?:"""(?:(?!""").)*+(?:""")?|/(?:[^/\\]|\\.)*+/?|\|(?:[^|\\]|\\.)*+\|?'
        r"|\((?:[^)\\]|\\.)*+\)?|\[(?:[^]\\]|\\.)*+\]?|\{(?:[^}\\]|\\.)*+\}?|<(?:[^>\\]|\\.)*+>?)",
        TRIPLE,
        TRIPLE_SINGLE,
        DOUBLE,
        SINGLE,
    ),
    "erlang": (r"%[^\n]*+", r"\$(?:\\.|[\"'%])", DOUBLE, SINGLE),
    "hcl": (HASH, SLASHES, BLOCK, r"<<-?(?P<heredoc>[\w-]++)[ \t]*+$", r'(?P<template>")'),
    "clojure": (
        r";[^\n]*+",
        r'"(?P<lines>(?:[^"\\]|\\.)*+)"?',
    ),
}
WORDS: dict[Language, str] = {
    "elixir": r"[^\W\d]\w*+[?!]?",
    "erlang": r"[^\W\d][\w@]*+",
    "hcl": r"[^\W\d][\w-]*+",
    # A form that is discarded, a character, a symbol or a keyword.
    "clojure": r"\#_|\\(?:[a-z]++|.)|[^\s\"(),;@^`{}~\\\[\]#'][^\s\"(),;@^`{}~\\\[\]]*+",
}
COMMENT_ENDS = re.compile(r"/\*|\*/")
TEMPLATE_PARTS = re.compile(r'\\.|\$\$\{|%%\{|\$\{|%\{|[{}"\n]', re.DOTALL)


def tokens(text: str, language: Language) -> list[Token]:
    """Split a program into its words, strings, marks and newlines, in their order.

    A string that is not closed ends with its line. Raises ValueError for a longer text than
    MAX_LENGTH.
    """
    if len(text) > MAX_LENGTH:
        raise ValueError("the text is too long")
    lexer = _lexer(language)
    found: list[Token] = []
    line, position = 1, 0
    while match := lexer.match(text, position):  # the last alternative fits every character
        match match.lastgroup:
            case "word" | "mark" | "newline" as kind:
                found.append(Token(kind, match.group(), line))
                line += kind == "newline"
                position = match.end()
            case group:
                end, content = _content(text, match, group)
                if content is not None:
                    found.append(Token("string", content, line))
                line += text.count("\n", position, end)
                position = end
    return found


@cache
def _lexer(language: Language) -> re.Pattern[str]:
    words = WORDS.get(language, r"[^\W\d]\w*+")
    skipped = "|".join(LEXERS[language])
    return re.compile(
        rf"(?:\\\n|[^\S\n])++|{skipped}|(?P<newline>\n)|(?P<word>{words}|\d[\w.]*+)|(?P<mark>%++|.)",
        re.DOTALL | re.MULTILINE,
    )


def _content(text: str, match: re.Match[str], group: str | None) -> tuple[int, str | None]:
    """Return the end of a string, space or comment, and what stands in the string."""
    match group:
        case None:
            return match.end(), None
        case "nested":
            return _comment_end(text, match.end()), None
        case "heredoc":
            return _heredoc_end(text, match), None
        case "template":
            end, is_closed = _template_end(text, match.end())
            return end + is_closed, text[match.end() : end]
        case _:
            return match.end(), match.group(group)


def _comment_end(text: str, start: int) -> int:
    depth = 1
    for sign in COMMENT_ENDS.finditer(text, start):
        depth += 1 if sign.group() == "/*" else -1
        if depth == 0:
            return sign.end()
    return len(text)


def _heredoc_end(text: str, match: re.Match[str]) -> int:
    closing = re.compile(rf"^[ \t]*+{re.escape(match.group('heredoc'))}$", re.MULTILINE)
    end = closing.search(text, match.end())
    return end.end() if end else len(text)


def _template_end(text: str, start: int) -> tuple[int, bool]:
    """Return the end of an HCL template that starts here, and whether a quote closes it.

    In a template, `${` and `%{` begin an expression, which may hold further templates.
    """
    awaited = ['"']
    for part in TEMPLATE_PARTS.finditer(text, start):
        sign, in_template = part.group(), awaited[-1] == '"'
        if sign in ("${", "%{") or (sign == "{" and not in_template):
            awaited.append("}")
        elif sign == awaited[-1]:
            awaited.pop()
        elif sign == '"':
            awaited.append('"')
        elif sign == "\n" and in_template:
            return part.start(), False
        if not awaited:
            return part.start(), True
    return len(text), False


def statements(found: list[Token]) -> Iterator[list[Token]]:
    """Split tokens at newlines, semicolons and braces; each brace is a statement of its own.

    Inside parentheses and brackets, and after a mark that asks for more, a newline ends nothing.
    """
    statement: list[Token] = []
    depth, outer = 0, []
    for token in found:
        is_brace = token.is_mark("{", "}")
        is_newline = token.kind == "newline"
        goes_on = depth > 0 or (bool(statement) and _asks_for_more(statement[-1]))
        if is_brace or token.is_mark(";") or (is_newline and not goes_on):
            if statement:
                yield statement
            statement = []
        elif not is_newline:
            statement.append(token)
        if is_brace:
            yield [token]
        if token.is_mark("{"):
            outer.append(depth)
            depth = 0
        elif token.is_mark("}"):
            depth = outer.pop() if outer else 0
        elif token.is_mark("(", "["):
            depth += 1
        elif token.is_mark(")", "]"):
            depth = max(0, depth - 1)
    if statement:
        yield statement


def _asks_for_more(token: Token) -> bool:
    return token.kind == "mark" and token.text not in (")", "]")
