"""Check what results claim against the repositories, apart from the ranking.

A result says which words of the question a repository shows. A claim is true if the word itself
stands in the repository (its texts, paths, languages, topics, dependencies, name or description),
or a way of writing it or a kind of it by the vocabulary. Where the result names the word that it
found ("helm (for kubernetes)"), that word must stand there, and the vocabulary must connect the
two, or it must be who does what the visitor asked for ("planner (for plan)"). A misspelled word may
stand for a similar one if the result names that one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from itertools import zip_longest

from rapidfuzz.distance import OSA

from evaluation.meanings import (
    Meanings,
    forms,
    is_agent_noun,
    squash,
    vocabulary_meanings,
    words,
)
from evaluation.measures import Claim
from evaluation.portfolio import JudgedPortfolio
from models import Bundle

# Letters of a word -> typos that it may have. In a short word, two make another one.
MIN_TYPO_CHARS, MIN_TWO_TYPOS_CHARS = 4, 8
NUMBERED = re.compile(r"(?P<name>[^\W\d_]{3,})\d+")  # workflow1, python3


@dataclass(frozen=True)
class Evidence:
    """All words of a repository."""

    ordered: str  # in lower case, with a blank around each
    inflected: frozenset[str]  # the words, and what they may be an inflection of
    _known: dict[str, bool] = field(default_factory=dict)

    @classmethod
    def of(cls, texts: Iterable[str]) -> Evidence:
        """Gather the words of texts; words of different texts are not adjacent."""
        gathered = [words(text) for text in texts]
        distinct = {word for found in gathered for word in found}
        distinct |= {match["name"] for match in map(NUMBERED.fullmatch, distinct) if match}
        ordered = " . ".join(" ".join(found) for found in gathered)
        return cls(f" {ordered} ", frozenset().union(*map(forms, distinct)))

    def contains(self, term: str) -> bool:
        """Tell whether a word or phrase occurs: inflected, in one word or several adjacent ones."""
        if term not in self._known:
            self._known[term] = self._contains(squash(term))
        return self._known[term]

    def _contains(self, squashed: str) -> bool:
        if not squashed:
            return True  # only symbols or stop signs: nothing is claimed
        if not forms(squashed).isdisjoint(self.inflected):
            return True
        letters = " ?".join(map(re.escape, squashed))
        return re.search(rf" {letters}(?:e?s)? ", self.ordered) is not None


class ClaimChecker:
    """Checks claims about the repositories of a portfolio."""

    def __init__(self, portfolio: JudgedPortfolio, meanings: Meanings | None = None) -> None:
        """Check by the ranking's vocabulary, or by other `meanings`."""
        self._portfolio = portfolio
        self._meanings = meanings or vocabulary_meanings()
        self._bundles = {bundle["metadata"]["name"]: bundle for bundle in portfolio.bundles}
        self._evidence = cache(self._gather)

    def holds(self, claim: Claim, repository: str) -> bool:
        """Tell whether a result may claim this of a repository."""
        evidence = self._evidence(repository)
        if claim.shown_as is None:
            return self._shows(evidence, claim.term)
        meant = claim.read_as or claim.term
        return (
            self._shows(evidence, claim.shown_as)
            and (claim.read_as is None or self._is_misspelled(claim.term, claim.read_as))
            and (
                self._is_misspelled(claim.term, claim.shown_as)
                or self._shows(evidence, meant)
                or self._meanings.connects(meant, claim.shown_as)
                or is_agent_noun(claim.shown_as, meant)
            )
        )

    def _shows(self, evidence: Evidence, term: str) -> bool:
        return any(evidence.contains(way) for way in self._meanings.ways_to_show(term))

    def _is_misspelled(self, written: str, meant: str) -> bool:
        """Tell whether each word is the other text's word, or may be a typo of it."""
        pairs = zip_longest(written.lower().split(), meant.lower().split(), fillvalue="")
        return all(
            squash(one) == squash(other)
            or (_is_near(squash(one), squash(other)) and not self._meanings.is_known(one))
            for one, other in pairs
        )

    def _gather(self, repository: str) -> Evidence:
        paths = self._portfolio.paths[repository]
        shown = {name for path in paths for name in self._meanings.shown_by_path(path)}
        return Evidence.of(
            [
                *_bundle_texts(self._bundles[repository]),
                *self._portfolio.texts[repository],
                *paths,
                *sorted(shown),
            ]
        )


def _bundle_texts(bundle: Bundle) -> list[str]:
    metadata = bundle["metadata"]
    return [
        metadata["name"],
        metadata["description"] or "",
        metadata["homepage"] or "",
        metadata["language"] or "",
        *metadata["topics"],
        *bundle["languages"],
        *bundle["dependencies"],
        bundle["readme"],
    ]


def _is_near(one: str, other: str) -> bool:
    length = max(len(one), len(other))
    max_typos = 2 if length >= MIN_TWO_TYPOS_CHARS else int(length >= MIN_TYPO_CHARS)
    return OSA.distance(one, other) <= max_typos
