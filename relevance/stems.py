"""Reduce English words to stems: American, singular, without -ing, -ed or final -e.

Endings that make another word stay: a platformer is no platform, localization is nothing local. So
these are the steps 1 and 5 of the Porter2 algorithm
(https://snowballstem.org/algorithms/english/stemmer.html), with fewer exceptions to plurals. What is
near by its letters but not the same word, such as "scheduler" and "schedule", `relevance.trigrams`
finds.
"""

from __future__ import annotations

import re
from functools import lru_cache

MIN_STEMMED_CHARS = 4
# British spellings, and the American ones that take their place.
AMERICAN = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"(?<=.{3})is(?=ation|able$|ings?$|e[ds]?$|ers?$)", "iz"),  # visualisation
        (r"(?<=[ao]l)ys(?=e[drs]?$|ers$|ings?$|able$)", "yz"),  # analyse
        (r"^(arm|behavi|col|fav|flav|harb|hon|hum|lab|neighb|rum|vap)our", r"\1or"),
        (r"^(cent|theat|fib|lit|(?:kilo|centi|milli)?met)re(?=s?$)", r"\1er"),
        (r"^(defen|licen|offen)ce(?=[ds]?$)", r"\1se"),
        (r"^(?:(analog|catalog)ue|(program)me)(?=s?$)", r"\1\2"),
        (r"^grey", "gray"),
    )
)
# Words whose last letters are no ending of an inflection.
NO_PLURALS = (
    *("us", "ss", "sis", "xis", "tis", "lis", "nis", "ris", "dis", "ics"),
    *("news", "canvas", "atlas", "alias", "bias", "series", "species"),
)
PLURALS = (  # though they end like these
    *("cpus", "gpus", "menus", "gurus", "taxis", "safaris", "bikinis", "phobias"),
    *("topics", "metrics", "comics", "clinics", "lyrics", "fabrics", "mosaics", "heuristics"),
    *("epidemics", "pandemics", "picnics", "critics", "relics", "demographics"),
)
NO_PARTICIPLES = (
    *("string", "spring", "during", "evening", "morning", "ceiling", "wedding", "earring"),
    *("booking", "parking", "embed", "embedded", "embedding", "hundred", "naked", "sacred"),
)
VOWEL = re.compile("[aeiouy]")
REGION = re.compile("[aeiouy][^aeiouy]")  # what follows is Porter's region R1, and in that R2
SHORT_SYLLABLE = re.compile("[^aeiouy][aeiouy][^aeiouywx]$|^[aeiouy][^aeiouy]$")
DOUBLED = re.compile(r"(?<=..)(bb|dd|gg|mm|nn|pp|rr|tt)$")  # planned; but adding


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """Return the stem of a lower-case English word.

    Short words and words with digits or non-ASCII letters are returned unchanged. A stem is no word
    and may have another stem: `databas` of "databases".
    """
    if len(word) < MIN_STEMMED_CHARS or not word.isalpha() or not word.isascii():
        return word
    for british, replacement in AMERICAN:
        word = british.sub(replacement, word)
    return _without_last_letter(_without_participle(_singular(word)))


def _singular(word: str) -> str:
    if word.endswith(("sses", "xes", "ches", "shes", "zzes")):
        return word[:-2]
    if word.endswith("ies"):
        return word[:-2] if len(word) > MIN_STEMMED_CHARS else word[:-1]  # stories, ties
    is_plural = word.endswith(PLURALS) or not word.endswith(NO_PLURALS)
    return word[:-1] if word.endswith("s") and is_plural else word


def _without_participle(word: str) -> str:
    if word.endswith("ied"):
        return word[:-2] if len(word) > MIN_STEMMED_CHARS else word[:-1]  # tried, tied
    ending = "ing" if word.endswith("ing") else "ed"
    rest = word.removesuffix(ending)
    is_whole = word.endswith(("eed", *NO_PARTICIPLES)) or not VOWEL.search(rest)
    if rest == word or is_whole:
        return word
    is_short = SHORT_SYLLABLE.search(rest) and _region(rest) == len(rest)
    if is_short or rest.endswith(("at", "bl", "iz", "queu")):
        return rest + "e"  # making, located
    return rest[:-1] if DOUBLED.search(rest) else rest


def _without_last_letter(word: str) -> str:
    if word.endswith("y") and len(word) > 2 and not VOWEL.match(word[-2]):
        return word[:-1] + "i"
    if not word.endswith(("e", "ll")):
        return word
    region = _region(word)
    is_in_second = _region(word[region:]) < len(word) - region
    if word.endswith("l"):
        return word[:-1] if is_in_second else word  # modelling, modeling
    is_in_first = region < len(word) and not SHORT_SYLLABLE.search(word[:-1])
    return word[:-1] if is_in_first or is_in_second else word


def _region(word: str) -> int:
    """Return where a word's region R1 begins."""
    match = REGION.search(word)
    return match.end() if match else len(word)
