"""Packages of Elixir and Erlang: `mix.exs` and `rebar.config`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from bundles.packages.dependency import Dependency, Format, file_format
from bundles.packages.source_text import NO_TOKEN, Token, tokens

OPENING = ("(", "[", "{")
CLOSING = (")", "]", "}")
DEVELOPMENT_ENVIRONMENTS = ("dev", "test", "docs", "ci", "bench", "lint")


def _mix(text: str) -> Iterator[Dependency]:
    """Read the tuples in functions and lists that are named for dependencies.

    Others also hold tuples that begin with an atom. https://hexdocs.pm/mix/Mix.Tasks.Deps.html
    """
    found = [token for token in tokens(text, "elixir") if token.kind != "newline"]
    index, depth = 0, 0
    in_function, list_depth = False, 0  # depth of the list we are in, 0 for none
    while index < len(found):
        token = found[index]
        if token.is_mark("{") and (in_function or list_depth):
            end = _closing(found, index)
            yield from _mix_package(found[index + 1 : end])
            index = end
        elif token.is_mark(*OPENING):
            depth += 1
            if token.text == "[" and not list_depth and _names_dependencies(found, index):
                list_depth = depth
        elif token.is_mark(*CLOSING):
            if depth == list_depth:
                list_depth = 0
            depth = max(0, depth - 1)
        elif token.is_word("def", "defp") and index + 1 < len(found):
            in_function, list_depth = "deps" in found[index + 1].text, 0
        elif in_function or list_depth:
            yield from _keyword_package(found, index)
        index += 1


def _names_dependencies(found: list[Token], index: int) -> bool:
    """Tell whether a list follows `deps:`, `deps =` or `@deps`."""
    before = found[max(0, index - 2) : index]
    return any(token.kind == "word" and token.text.endswith("deps") for token in before)


def _mix_package(content: list[Token]) -> Iterator[Dependency]:
    """Read `:name, "~> 1.0", only: :dev`."""
    colon, name, comma = [*content, NO_TOKEN, NO_TOKEN, NO_TOKEN][:3]
    is_atom = colon.is_mark(":") and name.kind in ("word", "string") and comma.is_mark(",")
    if is_atom and not _option(content, "path") and not _option(content, "in_umbrella"):
        environments = _option(content, "only")
        is_development = bool(environments) and all(
            word.text in DEVELOPMENT_ENVIRONMENTS for word in environments
        )
        is_unneeded = [word.text for word in _option(content, "runtime")] == ["false"]
        yield Dependency(name.text, name.line, is_development or is_unneeded)


def _option(content: list[Token], key: str) -> list[Token]:
    """Return the words and strings in the value of an option, none if it is not there."""
    for index, (word, colon) in enumerate(pairwise(content)):
        if word.is_word(key) and colon.is_mark(":"):
            start = index + 2
            is_list = start < len(content) and content[start].is_mark("[")
            end = _closing(content, start) if is_list else start
            while not is_list and end < len(content) and not content[end].is_mark(","):
                end += 1
            return [token for token in content[start:end] if token.kind in ("word", "string")]
    return []


def _keyword_package(found: list[Token], index: int) -> Iterator[Dependency]:
    """Read `name: "~> 1.0"`, which is a tuple, too."""
    name, colon, version = [*found[index : index + 3], NO_TOKEN, NO_TOKEN][:3]
    before = found[index - 1] if index else NO_TOKEN
    is_package = name.kind == "word" and colon.is_mark(":") and version.kind == "string"
    if is_package and before.is_mark("[", ","):
        yield Dependency(name.text, name.line)


def _rebar(text: str) -> Iterator[Dependency]:
    """Read the lists of dependencies; those in profiles, and plugins, are for development.

    https://rebar3.org/docs/configuration/dependencies/
    """
    found = [token for token in tokens(text, "erlang") if token.kind != "newline"]
    index, depth = 0, 0
    while index < len(found):
        brace, group, comma, opening = [*found[index : index + 4], *[NO_TOKEN] * 3][:4]
        is_list = brace.is_mark("{") and comma.is_mark(",") and opening.is_mark("[")
        if is_list and group.is_word("deps", "plugins", "project_plugins"):
            is_development = group.text != "deps" or depth > 0
            for name in _rebar_names(found, index + 3):
                yield Dependency(name.text, name.line, is_development)
            index = _closing(found, index)
        elif brace.is_mark(*OPENING):
            depth += 1
        elif brace.is_mark(*CLOSING):
            depth = max(0, depth - 1)
        index += 1


def _rebar_names(found: list[Token], opening: int) -> Iterator[Token]:
    """Return the names in `[name, {name, "1.0"}, {name, {git, …}}]`."""
    index, end = opening + 1, _closing(found, opening)
    while index < end:
        token = found[index]
        if token.kind == "word":
            yield token
        elif token.is_mark("{"):
            if index + 1 < end and found[index + 1].kind == "word":
                yield found[index + 1]
            index = _closing(found, index)
        index += 1


def _closing(found: list[Token], opening: int) -> int:
    """Return the index of the mark that closes a bracket, or of the end."""
    depth = 0
    for index in range(opening, len(found)):
        if found[index].is_mark(*OPENING):
            depth += 1
        elif found[index].is_mark(*CLOSING):
            depth -= 1
            if depth == 0:
                return index
    return len(found)


FORMATS: tuple[Format, ...] = (
    file_format(r"mix\.exs", _mix),
    file_format(r"rebar\.config", _rebar),
)
