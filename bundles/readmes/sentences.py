"""Split plain text into sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator

# A stop with what closes quotes and brackets, before a blank; or a full-width stop anywhere.
SENTENCE_END = re.compile(r"(?<=\S)[.!?…]+[\"'”’)\]»]*(?=\s|\Z)|[。！？]+[」』）”]*")
ABBREVIATION = re.compile(
    r"(?:\A|[\s(\[\"'“])(?:e\.g|i\.e|eg|ie|etc|vs|cf|al|approx|incl|resp|ca|dr|mr|mrs|ms|prof|st|jr|sr|inc|ltd"
    r"|co|corp|no|nr|fig|eq|vol|ver|v|est|dept|min|max|z\.\s?b|d\.\s?h|u\.\s?a|bzw|usw|p\.\s?ex|u\.s|a\.k\.a"
    r"|[A-Za-z])\.\Z",
    re.IGNORECASE,
)
ENDING_ABBREVIATIONS = ("etc.", "usw.")
# These end a sentence only before a word that begins one: `the U.S. Census`, `Yahoo! Finance`.
NAMES = re.compile(
    r"\b(?:inc\.|ltd\.|co\.|corp\.|u\.s\.|(?:yahoo|jeopardy|joomla|kahoot)!)\Z", re.IGNORECASE
)
STARTER = re.compile(
    r"\s+(?:The|It|Its|This|That|These|We|You|An?|I|In|For|To|And|But|See|Use|If|With|They|There|All|Our|My|Not"
    r"|No|Is|He|She)\b"
)


def sentences(text: str) -> Iterator[tuple[str, int]]:
    """Split a line of prose into sentences and where each begins.

    Stops within `e.g.`, `v1.2` or `Node.js` end no sentence.
    """
    start = 0
    for stop in SENTENCE_END.finditer(text):
        if _ends(text, stop):
            yield text[start : stop.end()], start
            start = stop.end() + (text[stop.end() : stop.end() + 1] == " ")
    if start < len(text):
        yield text[start:], start


def _ends(text: str, stop: re.Match[str]) -> bool:
    following = text[stop.end() : stop.end() + 3].lstrip()
    before = text[max(0, stop.start() - 12) : stop.start() + 1]
    if NAMES.search(before):
        return not following or STARTER.match(text, stop.end()) is not None
    if stop[0][0] != "." or not following:
        return not following[:1].islower() or stop[0][0] in "。！？"
    if ABBREVIATION.search(before):
        return before.lower().endswith(ENDING_ABBREVIATIONS) and following[0].isupper()
    return not following[0].islower()
