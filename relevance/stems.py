"""Reduce English words to stems: the singular, and no -ing, -ed or final -e.

Endings that make another word stay: a platformer is no platform, localization is nothing local. So
these are step 1 of the Porter2 algorithm and the part of its step 5 that takes the final -e
(https://snowballstem.org/algorithms/english/stemmer.html), not the whole of it. What is near by its
letters but not the same word, such as "scheduler" and "schedule", `relevance.trigrams` finds.
"""

from __future__ import annotations

import re
from functools import lru_cache

MIN_STEMMED_CHARS = 4
# The letters that British English spells with s and American English with z: visualisation, analyse.
BRITISH = re.compile(r"(?<=.{3})(is)(?=ations?$|ing$|ed$|e$|es$|ers?$)|(?<=al)ys(?=e[drs]?$|ing$)")
# What is not inflected, whatever its ending.
NO_PLURALS = ("us", "ss", "is", "ics", "ios", "news", "canvas", "atlas", "series", "species")
NO_PARTICIPLES = (
    *("string", "spring", "thing", "during", "evening", "morning", "ceiling", "wedding"),
    *("embed", "embedded", "embedding", "hundred", "naked", "sacred"),
)
VOWEL = re.compile("[aeiouy]")
REGION = re.compile("[aeiouy][^aeiouy]")  # what follows is Porter's region R1, and in that R2
SHORT_SYLLABLE = re.compile("[^aeiouy][aeiouy][^aeiouywx]$|^[aeiouy][^aeiouy]$")
DOUBLED = re.compile(r"(bb|dd|ff|gg|mm|nn|pp|rr|tt)$")


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """Return the stem of a lower-case English word.

    Short words and words with digits or non-ASCII letters are returned unchanged.
    """
    if len(word) < MIN_STEMMED_CHARS or not word.isalpha() or not word.isascii():
        return word
    american = BRITISH.sub(lambda match: match[0].replace("s", "z"), word)
    return _without_last_letter(_without_participle(_singular(american)))


def _singular(word: str) -> str:
    if word.endswith(("sses", "xes", "ches", "shes", "zzes")):
        return word[:-2]
    if word.endswith("ies"):
        return word[:-2] if len(word) > MIN_STEMMED_CHARS else word[:-1]  # stories, ties
    return word if not word.endswith("s") or word.endswith(NO_PLURALS) else word[:-1]


def _without_participle(word: str) -> str:
    if word.endswith("ied"):
        return word[:-2] if len(word) > MIN_STEMMED_CHARS else word[:-1]  # tried, tied
    ending = "ing" if word.endswith("ing") else "ed"
    rest = word.removesuffix(ending)
    is_whole = word.endswith(("eed", *NO_PARTICIPLES)) or not VOWEL.search(rest)
    if rest == word or is_whole:
        return word
    is_short = SHORT_SYLLABLE.search(rest) and _region(rest) == len(rest)
    if is_short or rest.endswith(("at", "bl", "iz")):
        return rest + "e"  # making, located
    return rest[:-1] if DOUBLED.search(rest) else rest


def _without_last_letter(word: str) -> str:
    if word.endswith("y") and len(word) > 2 and not VOWEL.match(word[-2]):
        return word[:-1] + "i"
    if not word.endswith("e"):
        return word
    region = _region(word)
    is_in_second = _region(word[region:]) < len(word) - region
    is_in_first = region < len(word) and not SHORT_SYLLABLE.search(word[:-1])
    return word[:-1] if is_in_first or is_in_second else word


def _region(word: str) -> int:
    """Return where a word's region R1 begins."""
    match = REGION.search(word)
    return match.end() if match else len(word)
