"""Packages of Apple's platforms: CocoaPods, the Swift package manager and Carthage."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bundles.packages.dependency import Dependency, Format, file_format
from bundles.packages.ruby import own_gem_names
from bundles.packages.ruby_text import (
    Block,
    arguments_of,
    calls_in_blocks,
    first_string,
    option,
    ruby_tokens,
)
from bundles.packages.source_text import Token, tokens

MAX_ARGUMENT_TOKENS = 20  # of a call, until its `url` has come
POD = re.compile(r"([\w+.-]+)(?:/.*)?")
TEST_TARGETS = ("Test", "Tests", "Spec", "Specs")  # how their names end


def _podfile(text: str) -> Iterator[Dependency]:
    """https://guides.cocoapods.org/syntax/podfile.html"""
    found = ruby_tokens(text)
    for index, around in calls_in_blocks(found, {"target": _target, "abstract_target": _target}):
        if found[index].text == "pod":
            arguments = arguments_of(found, index)
            name = first_string(arguments)
            pod = POD.fullmatch(name.values[0]) if name else None
            if name and pod and option(arguments, "path") is None:
                yield Dependency(pod[1], name.line, around.is_development)


def _podspec(text: str) -> Iterator[Dependency]:
    """https://guides.cocoapods.org/syntax/podspec.html#dependency"""
    found = ruby_tokens(text)
    for index in range(1, len(found)):
        if found[index].text == "dependency" and found[index - 1].text == ".":
            name = first_string(arguments_of(found, index))
            pod = POD.fullmatch(name.values[0]) if name else None
            if name and pod:
                yield Dependency(pod[1], name.line)


def _target(around: Block, names: Sequence[str]) -> Block:
    is_for_tests = any(name.endswith(TEST_TARGETS) for name in names)
    return replace(around, is_development=around.is_development or is_for_tests)


def _package_swift(text: str) -> Iterator[Dependency]:
    """https://docs.swift.org/package-manager/PackageDescription/PackageDescription.html"""
    found = [token for token in tokens(text, "swift") if token.kind != "newline"]
    for index in range(1, len(found) - 1):
        is_call = found[index].is_word("package", "Package") and found[index + 1].is_mark("(")
        if is_call and found[index - 1].is_mark("."):
            yield from _swift_package(found[index + 2 : index + 2 + MAX_ARGUMENT_TOKENS])


def _swift_package(arguments: list[Token]) -> Iterator[Dependency]:
    end = next((i for i, token in enumerate(arguments) if token.is_mark(")")), len(arguments))
    for label, colon, value in zip(arguments, arguments[1:end], arguments[2:end], strict=False):
        if not colon.is_mark(":") or value.kind != "string":
            continue
        if label.is_word("url"):
            yield from _repository(value.text, value.line)
        elif label.is_word("id"):  # of a package registry: `owner.name`
            yield Dependency(value.text, value.line)


ADDRESS_PART = re.compile(r"[\w.~-]*\w")
CARTFILE_LINE = re.compile(r"""\s*+(github|git|binary)\s*+["']([^"']++)["']""")


def _repository(address: str, line: int) -> Iterator[Dependency]:
    """Cut an address to `owner/name`, to `name` where only a host stands in front."""
    parts = re.split("[/:]", address.rstrip("/").removesuffix(".git"))
    names = parts[-1:] if parts[-3:-2] == [""] else parts[-2:]
    is_local = len(parts) == 1 or parts[0] in ("", ".", "..", "file")
    if not is_local and all(ADDRESS_PART.fullmatch(name) for name in names):
        yield Dependency("/".join(names), line)


def _cartfile(text: str) -> Iterator[Dependency]:
    """https://github.com/Carthage/Carthage/blob/master/Documentation/Artifacts.md#cartfile"""
    for number, line in enumerate(text.split("\n"), start=1):
        origin = CARTFILE_LINE.match(line)
        if origin and origin[1] == "binary":
            yield Dependency(origin[2].rpartition("/")[2].removesuffix(".json"), number)
        elif origin:
            yield from _repository(origin[2], number)


def _private_cartfile(text: str) -> Iterator[Dependency]:
    for dependency in _cartfile(text):
        yield Dependency(dependency.name, dependency.line, is_development=True)


FORMATS: tuple[Format, ...] = (
    file_format("(?i:Podfile)", _podfile),
    file_format(r"[^/]+\.podspec", _podspec, own_names=own_gem_names),
    file_format(r"Package(?:@swift-[\d.]+)?\.swift", _package_swift),
    file_format("(?i:Cartfile)", _cartfile),
    file_format(r"Cartfile\.private", _private_cartfile),
)
