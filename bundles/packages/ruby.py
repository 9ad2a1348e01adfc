"""Gems in a Gemfile or a gemspec.

- Gemfile: https://bundler.io/man/gemfile.5.html
- gemspec: https://guides.rubygems.org/specification-reference/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bundles.packages.dependency import Dependency, Format, file_format
from bundles.packages.ruby_text import (
    Block,
    RubyToken,
    arguments_of,
    calls_in_blocks,
    first_string,
    option,
    ruby_tokens,
)

GEM = re.compile(r"[A-Za-z0-9][\w.-]*")

DEVELOPMENT = frozenset(
    "development dev test tests testing ci lint linting rubocop doc docs documentation "
    "debug debugging release build benchmark".split()
)
GEMSPEC_CALLS = frozenset(
    {"add_dependency", "add_runtime_dependency", "add_development_dependency"}
)


def read_gemfile(text: str) -> Iterator[Dependency]:
    """Read the gems of a Gemfile, without those from folders of the repository."""
    tokens = ruby_tokens(text)
    for index, around in calls_in_blocks(tokens, {"group": _group, "path": _path}):
        if tokens[index].text == "gem":
            arguments = arguments_of(tokens, index)
            name = _name(arguments)
            groups = (option(arguments, "group") or []) + (option(arguments, "groups") or [])
            is_local = around.is_local or option(arguments, "path") is not None
            if name is not None and not is_local:
                is_development = around.is_development or _is_development(groups)
                yield Dependency(name.values[0], name.line, is_development)


def read_gemspec(text: str) -> Iterator[Dependency]:
    """Read the gems that a gemspec adds."""
    tokens = ruby_tokens(text)
    for index, token in enumerate(tokens):
        is_call = token.kind == "word" and index > 0 and tokens[index - 1].text in (".", "&.")
        if is_call and token.text in GEMSPEC_CALLS:
            name = _name(arguments_of(tokens, index))
            if name is not None:
                is_development = token.text == "add_development_dependency"
                yield Dependency(name.values[0], name.line, is_development)


def own_gem_names(text: str) -> list[str]:
    """Return what a specification sets as its name: `spec.name = "…"`."""
    tokens = ruby_tokens(text)
    return [
        value.values[0]
        for dot, name, sign, value in zip(tokens, tokens[1:], tokens[2:], tokens[3:], strict=False)
        if (dot.text, name.text, sign.text) == (".", "name", "=") and value.values
    ]


def _group(around: Block, values: Sequence[str]) -> Block:
    return replace(around, is_development=around.is_development or _is_development(values))


def _path(around: Block, _: Sequence[str]) -> Block:
    return replace(around, is_local=True)


def _name(arguments: Sequence[RubyToken]) -> RubyToken | None:
    """Return the first argument if it is a string with the name of a gem."""
    name = first_string(arguments)
    return name if name is not None and GEM.fullmatch(name.values[0]) else None


def _is_development(groups: Sequence[str]) -> bool:
    return bool(groups) and DEVELOPMENT.issuperset(groups)


FORMATS: tuple[Format, ...] = (
    file_format(r"(?i:gemfile|gems\.rb)", read_gemfile),
    file_format(r"(?i:[^/]+\.gemspec)", read_gemspec, own_names=own_gem_names),
)
