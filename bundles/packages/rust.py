"""Crates in Cargo.toml: https://doc.rust-lang.org/cargo/reference/specifying-dependencies.html."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bundles.packages.data_text import Words, parse_toml, table
from bundles.packages.dependency import Dependency, Format, file_format

# Cargo still takes the spelling with an underscore.
SECTIONS = {
    "dependencies": False,
    "dev-dependencies": True,
    "dev_dependencies": True,
    "build-dependencies": True,
    "build_dependencies": True,
}


def read_cargo(text: str) -> Iterator[Dependency]:
    """Read Cargo.toml."""
    content = parse_toml(text)
    words = Words(text)
    shared = table(table(content.get("workspace")).get("dependencies"))
    yield from _crates(words, ["workspace.dependencies"], shared, {}, False)
    for section, is_development in SECTIONS.items():
        crates = table(content.get(section))
        yield from _crates(words, [section], crates, shared, is_development)
    for target in table(content.get("target")).values():
        for section, is_development in SECTIONS.items():
            crates = table(table(target).get(section))
            yield from _crates(words, ["target", section], crates, shared, is_development)


def _crates(
    words: Words,
    headings: list[str],
    crates: Mapping[str, Any],
    shared: Mapping[str, Any],
    is_development: bool,
) -> Iterator[Dependency]:
    """Yield the crates of a table; `shared` are those of the workspace, which it may refer to."""
    section = words.after(*headings)
    for key, value in crates.items():
        crate = table(value)
        if crate.get("workspace") is True:
            crate = table(shared.get(key))
        # The author's own: a folder beside this one, which is not published.
        if "path" in crate and not {"version", "git", "registry"} & crate.keys():
            continue
        name = crate.get("package")
        start = words.after(*headings, key)
        if isinstance(name, str):
            line = words.line(name, start) or words.line(key, section)
            yield Dependency(name, line, is_development)
        else:
            yield Dependency(key, words.line(key, section), is_development)


def _own_names(text: str) -> Iterator[object]:
    """Yield the name of the crate, and those of the workspace that lie in its folders."""
    content = parse_toml(text)
    yield table(content.get("package")).get("name")
    for name, crate in table(table(content.get("workspace")).get("dependencies")).items():
        if "path" in table(crate):
            yield table(crate).get("package", name)


FORMATS: tuple[Format, ...] = (file_format(r"(?i:cargo\.toml)", read_cargo, own_names=_own_names),)
