"""Compare questions and repositories by their letters: three at a time, as in "ter", "err", "rra".

Words that share letters are near each other, whatever their endings and however they are put
together: "booking" and "bookings-api", "Übung" and "uebungen" nearly so. This is the cosine of
TF-IDF vectors of trigrams, as in Salton & Buckley, *Term-Weighting Approaches in Automatic Text
Retrieval* (1988); a blank stands before and after each word.
"""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import chain

from models import Bundle
from relevance.context import normalise_context
from relevance.text import TOKEN

MAX_README_CHARS = (
    2_000  # what it is about stands at the beginning; a long README is near everything
)
MAX_WORD_CHARS = 40
# Of the vector of a repository with a short README. Without it, a repository of which little is known
# would be near every question that shares a word with it.
TYPICAL_LENGTH = 60.0
# Trigrams of more than three quarters of all repositories tell little, and cost most of the time.
MIN_RARITY = 1 + math.log(4 / 3)
MAX_QUESTION_CHARS = 200  # bounds the time for a whole page of text; few questions have more


def letters_of(bundle: Bundle) -> Counter[str]:
    """Count the trigrams of all that is known of a repository. Takes a third of a millisecond."""
    metadata, context = bundle["metadata"], normalise_context(bundle["repoContext"])
    components = bundle["components"]
    texts = chain(
        (metadata["name"], metadata["description"] or "", *metadata["topics"]),
        (*context.identity, *context.technologies, *context.skills),
        (*context.components, *context.topics),
        (f"{each['name']} {each['description']}" for each in components),
        chain.from_iterable((*each["technologies"], *each["skills"]) for each in components),
        (*bundle["languages"], *bundle["dependencies"], *bundle["path_terms"], *bundle["files"]),
        (bundle["readme"][:MAX_README_CHARS],),
    )
    return _trigrams(" ".join(map(str, texts)))


class TrigramIndex:
    """The trigrams of all repositories of a portfolio. Never changes."""

    def __init__(self, repositories: Sequence[Mapping[str, int]]) -> None:
        """Index the trigrams, with their counts, of each repository."""
        found = Counter(chain.from_iterable(repositories))  # trigram -> repositories
        size = len(repositories)
        self._rarity = {
            trigram: 1 + math.log((1 + size) / (1 + count)) for trigram, count in found.items()
        }
        self._postings: dict[str, tuple[array[int], array[float]]] = {
            trigram: (array("I"), array("f")) for trigram in found
        }
        logarithms = [0.0] + [1 + math.log(count) for count in range(1, 1_000)]
        for repository, counts in enumerate(repositories):
            weights = [
                logarithms[min(count, 999)] * self._rarity[trigram]
                for trigram, count in counts.items()
            ]
            length = math.hypot(TYPICAL_LENGTH, *weights)
            for trigram, weight in zip(counts, weights, strict=True):
                numbers, shares = self._postings[trigram]
                numbers.append(repository)
                shares.append(weight / length)

    def closeness(self, question: str) -> dict[int, float]:
        """Return how near each repository is, 0..1: the cosine; those without any trigram are left out."""
        weights = {
            trigram: (1 + math.log(count)) * self._rarity[trigram]
            for trigram, count in _trigrams(question[:MAX_QUESTION_CHARS]).items()
            if self._rarity.get(trigram, 0.0) > MIN_RARITY
        }
        length = math.hypot(*weights.values())
        close: dict[int, float] = {}
        for trigram, weight in weights.items():
            share = weight / length
            for repository, of_repository in zip(*self._postings[trigram], strict=True):
                close[repository] = close.get(repository, 0.0) + share * of_repository
        return close


def _trigrams(text: str) -> Counter[str]:
    return Counter(chain.from_iterable(map(_of_word, TOKEN.findall(text.lower()))))


@lru_cache(maxsize=65_536)
def _of_word(word: str) -> tuple[str, ...]:
    padded = f" {word[:MAX_WORD_CHARS]} "
    return tuple(padded[start : start + 3] for start in range(len(padded) - 2))
