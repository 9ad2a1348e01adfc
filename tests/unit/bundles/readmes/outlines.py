"""Sections as lines that are easy to compare."""

from __future__ import annotations

from collections.abc import Iterable

from bundles.readmes import Section


def outline(sections: Iterable[Section]) -> list[str]:
    """Return a line for each heading and passage: `# 1 Title`, `item 3 Text`; `!` marks asides."""
    lines = []
    for section in sections:
        lines += [f"{'#' * section.level} {section.line} {section.title}"] if section.level else []
        lines += [
            f"{passage.kind}{'!' * passage.is_aside} {passage.line} {passage.text}"
            for passage in section.passages
        ]
    return lines
