"""Packages of Apple's platforms: CocoaPods, the Swift package manager and Carthage."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bundles.packages.dependency import Dependency, Format, file_format
from bundles.packages.source_text import NO_TOKEN, Token, ruby_statements, tokens

MAX_ARGUMENT_TOKENS = 20  # of a call, until its `url` has come
POD = re.compile(r"([\w+.-]+)(?:/.*)?")
TEST_TARGETS = ("Test", "Tests", "Spec", "Specs")  # how their names end
# What begins a block of Ruby that `end` closes, where a statement begins.
RUBY_BLOCKS = ("if", "unless", "case", "def", "begin", "while", "until", "for", "class", "module")


def _podfile(text: str) -> Iterator[Dependency]:
    """https://guides.cocoapods.org/syntax/podfile.html"""
    blocks: list[bool] = []  # whether each open block is that of a target of tests
    for statement in ruby_statements(text):
        first, *rest = statement
        arguments = [token for token in rest if token.kind == "string"]
        in_tests = bool(blocks) and blocks[-1]
        if first.is_word("pod") and arguments and not _is_local(statement):
            pod = POD.fullmatch(arguments[0].text)
            if pod:
                yield Dependency(pod[1], arguments[0].line, in_tests)
        for_tests = first.is_word("target", "abstract_target") and any(
            name.text.endswith(TEST_TARGETS) for name in arguments
        )
        opened = first.is_word(*RUBY_BLOCKS) or any(token.is_word("do") for token in statement)
        if opened:
            blocks.append(in_tests or for_tests)
        if blocks and any(token.is_word("end") for token in statement):
            blocks.pop()


def _is_local(statement: list[Token]) -> bool:
    """Tell whether `:path => …` or `path: …` leads to a folder."""
    return any(
        word.is_word("path") and (before.is_mark(":") or after.is_mark(":"))
        for before, word, after in zip(
            statement, statement[1:], [*statement[2:], NO_TOKEN], strict=False
        )
    )


def _package_swift(text: str) -> Iterator[Dependency]:
    """https://docs.swift.org/package-manager/PackageDescription/PackageDescription.html"""
    found = [token for token in tokens(text, "swift") if token.kind != "newline"]
    for index in range(1, len(found) - 1):
        is_call = found[index].is_word("package") and found[index + 1].is_mark("(")
        if is_call and found[index - 1].is_mark("."):
            yield from _swift_package(found[index + 2 : index + 2 + MAX_ARGUMENT_TOKENS])


def _swift_package(arguments: list[Token]) -> Iterator[Dependency]:
    end = next((i for i, token in enumerate(arguments) if token.is_mark(")")), len(arguments))
    for label, colon, value in zip(arguments, arguments[1:end], arguments[2:end], strict=False):
        if not colon.is_mark(":") or value.kind != "string":
            continue
        if label.is_word("url"):
            yield from _repository(value)
        elif label.is_word("id"):  # of a package registry: `owner.name`
            yield Dependency(value.text, value.line)


ADDRESS_PART = re.compile(r"[\w.~-]*\w")


def _repository(address: Token) -> Iterator[Dependency]:
    """Cut an address to `owner/name`, to `name` where only a host stands in front."""
    parts = re.split("[/:]", address.text.rstrip("/").removesuffix(".git"))
    names = parts[-1:] if parts[-3:-2] == [""] else parts[-2:]
    is_local = len(parts) == 1 or parts[0] in ("", ".", "..", "file")
    if not is_local and all(ADDRESS_PART.fullmatch(name) for name in names):
        yield Dependency("/".join(names), address.line)


def _cartfile(text: str) -> Iterator[Dependency]:
    """https://github.com/Carthage/Carthage/blob/master/Documentation/Artifacts.md#cartfile"""
    found = tokens(text, "ruby")  # has the same comments and strings
    for before, word, address in zip([NO_TOKEN, *found], found, found[1:], strict=False):
        if before.kind != "newline" or address.kind != "string":
            continue
        if word.is_word("github", "git"):
            yield from _repository(address)
        elif word.is_word("binary"):
            file_name = address.text.rpartition("/")[2]
            yield Dependency(file_name.removesuffix(".json"), address.line)


def _private_cartfile(text: str) -> Iterator[Dependency]:
    for dependency in _cartfile(text):
        yield Dependency(dependency.name, dependency.line, is_development=True)


FORMATS: tuple[Format, ...] = (
    file_format("Podfile", _podfile),
    file_format(r"Package(?:@swift-[\d.]+)?\.swift", _package_swift),
    file_format("Cartfile", _cartfile),
    file_format(r"Cartfile\.private", _private_cartfile),
)
