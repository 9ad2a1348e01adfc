"""Correct misspelled words of questions for facts: operators, nouns, technologies."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Final

from relevance.spelling import Spelling, is_english
from relevance.taxonomy import taxonomy
from relevance.vocabulary import everyday_words
from understanding import word_classes
from understanding.entities import Names, is_known

MIN_CHARS, MIN_CHARS_FOR_TWO_TYPOS = 4, 7
MAX_CORRECTED_WORDS = 2  # more unknown words are a search
# Of several words that are as near, one of these classes is meant.
ASKING: Final = frozenset(
    [
        "count",
        "compare",
        "whether",
        "time",
        "language noun",
        "stack noun",
        "superlative",
        "most",
        "noun",
    ]
)


def corrected(tokens: Sequence[str], names: Names) -> list[str]:
    """Return the words of a question, misspelled ones corrected, if there are few of them.

    An English word, a technology and the name of a repository are spelt as they were meant.
    """
    unknown = [place for place, token in enumerate(tokens) if _is_unknown(token, names)]
    result = list(tokens)
    if 0 < len(unknown) <= MAX_CORRECTED_WORDS:
        for place in unknown:
            result[place] = names.nearest(tokens[place]) or _corrected(tokens[place])
    return result


def _is_unknown(token: str, names: Names) -> bool:
    return (
        len(token) >= MIN_CHARS
        and token.isascii()
        and token.replace("-", "").replace("_", "").isalpha()
        and token not in names
        and token not in word_classes.OWN
        and token not in everyday_words()
        and not is_english(token)
        and taxonomy().entity(token) is None
        and not (token.isalpha() and is_known([token]))
    )


@lru_cache(maxsize=4_096)
def _corrected(token: str) -> str:
    """Return the word of ours, or else the technology, that a word stands for."""
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    typos = 2 if len(token) >= MIN_CHARS_FOR_TWO_TYPOS else 1
    near = process.extract(token, _own_words(), scorer=OSA.distance, score_cutoff=typos, limit=None)
    meant = [(typos, _is_asking(word), word) for word, typos, _ in near if _is_near(token, word)]
    if meant:
        return min(meant)[-1]
    return (_spelling().correct(token) or token).lower()


def _is_asking(word: str) -> int:
    """Return 0 for a word that makes a question one for facts, else 1."""
    return 0 if word_classes.CLASSES_OF.get((word,), frozenset()) & ASKING else 1


def _is_near(token: str, word: str) -> bool:
    """Tell whether a word may be meant: the beginning is right, and short words have swapped letters."""
    if len(token) == MIN_CHARS and sorted(token) != sorted(word) and len(word) <= len(token):
        return False
    return token[0] == word[0] or sorted(token) == sorted(word)


@cache
def _own_words() -> tuple[str, ...]:
    return tuple(sorted(word for word in word_classes.OWN if len(word) >= MIN_CHARS))


@cache
def _spelling() -> Spelling:
    return Spelling(())
