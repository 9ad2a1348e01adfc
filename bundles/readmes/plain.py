"""Read plain text: headings that are underlined or in capitals, lists, paragraphs."""

from __future__ import annotations

import re

from bundles.readmes.lines import ITEM, Passages
from bundles.readmes.sections import Section

RULE = re.compile(r"\s*([=\-~*#_^+])\1{2,}\s*\Z")
NUMBER_SIGNS = re.compile(r"(#{1,6})\s+(.*?)#*\s*\Z")
LEVELS = {"=": 1, "-": 2}
MAX_HEADING_LENGTH = 100
DEEPLY_INDENTED = re.compile(r"(?: {4}|\t)")
COMMAND = re.compile(
    r"\s*(?:[$%>]\s|\./|sudo |make\b|cd |git |pip3? |npm |cmake |\w+ = |\w+\(|\w+ --?\w)"
)


def read_plain(text: str) -> tuple[Section, ...]:
    """Read the sections of a file without markup."""
    passages = Passages(lambda joined: joined)
    lines = [*text.split("\n"), ""]
    is_after_blank = True
    for number, line in enumerate(lines[:-1], 1):
        words = line.strip()
        following = lines[number]
        if not words or RULE.match(line):
            passages.end()
        elif heading := NUMBER_SIGNS.match(line):
            passages.heading(number, heading[2], len(heading[1]))
        elif is_after_blank and (rule := RULE.match(following)) and _fits_a_heading(words):
            passages.heading(number, words, LEVELS.get(rule[1], 3))
        elif (
            is_after_blank and not following.strip() and words.isupper() and _fits_a_heading(words)
        ):
            passages.heading(number, words, 2)
        elif item := ITEM.match(line):
            passages.begin("item", number, line[item.end() :])
        elif not (DEEPLY_INDENTED.match(line) and COMMAND.match(line)):
            passages.text(number, words)
        is_after_blank = not words or RULE.match(line) is not None
    return passages.sections()


def _fits_a_heading(words: str) -> bool:
    return len(words) <= MAX_HEADING_LENGTH and not words.endswith((".", ","))
