"""Modules in go.mod: https://go.dev/ref/mod#go-mod-file."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bundles.packages.dependency import Dependency, Format, file_format

TOKEN = re.compile(r'//.*|[()]|"[^"]*"|`[^`]*`|["`]|(?:(?!//)[^\s()"`])+')
MAX_PATH_LENGTH = 500
# The version that go writes for a module that is only there in a folder beside this one.
NEVER_PUBLISHED = re.compile(r"v0\.0\.0(?:-00010101000000-000000000000)?")


def read_go_mod(text: str) -> Iterator[Dependency]:
    """Read what go.mod requires directly; the module of a tool is for development."""
    directives = list(_directives(text))
    required = {
        words[1]: (line, words[2], is_indirect)
        for line, words, is_indirect in directives
        if words[0] == "require" and len(words) == 3
    }
    own = {words[1] for _, words, _ in directives if _names_itself(words)}
    in_folders = {words[1] for _, words, _ in directives if _replaces_by_folder(words)}
    for module, (line, version, is_indirect) in required.items():
        if not is_indirect and not (module in in_folders and NEVER_PUBLISHED.fullmatch(version)):
            yield Dependency(module, line)
    for line, words, _ in directives:
        if words[0] == "tool" and len(words) == 2:
            module = _module(words[1], {*required, *own})
            if module not in own:
                yield Dependency(module, line, is_development=True)


def _directives(text: str) -> Iterator[tuple[int, list[str], bool]]:
    """Yield line, words and whether it is marked `// indirect`, of every directive, blocks opened."""
    block = ""
    for line, content in enumerate(text.split("\n"), start=1):
        words = TOKEN.findall(content)
        comment = words.pop()[2:].split() if words and words[-1].startswith("//") else []
        is_indirect = comment == ["indirect"] or comment[:1] == ["indirect;"]
        if words[1:] == ["("] and not block:
            block = words[0]
        elif words == [")"] and block:
            block = ""
        elif not {"(", ")", '"', "`"}.isdisjoint(words):
            raise ValueError(f"line {line}: a parenthesis or a quote without its counterpart")
        elif words:
            plain = [word[1:-1] if word[0] in '"`' else word for word in words]
            yield line, [block, *plain] if block else plain, is_indirect
    if block:
        raise ValueError(f"the block of {block} is not closed")


def _names_itself(words: list[str]) -> bool:
    return words[0] == "module" and len(words) == 2


def _replaces_by_folder(words: list[str]) -> bool:
    return (
        words[0] == "replace"
        and len(words) > 3
        and words[-2] == "=>"
        and words[-1].startswith(("./", "../", "/"))
    )


def _module(package: str, modules: set[str]) -> str:
    """Return the longest of the modules that can hold a package; the package if there is none."""
    path = package if len(package) <= MAX_PATH_LENGTH else ""
    while path and path not in modules:
        path = path.rpartition("/")[0]
    return path or package


def _own_names(text: str) -> list[str]:
    return [words[1] for _, words, _ in _directives(text) if _names_itself(words)]


FORMATS: tuple[Format, ...] = (file_format(r"go\.mod", read_go_mod, own_names=_own_names),)
