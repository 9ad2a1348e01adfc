"""The repositories of a portfolio, ready for questions."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from relevance.embeddings import EmbeddingIndex, QuestionEmbedding
from relevance.evidence import SIGNALS, evidence
from relevance.question import Asked, Concept, Speech, understand
from relevance.text import terms

STEPS = 255  # strengths are kept as bytes
WEAK = 0.3  # what a word counts that nearly every project could claim
UNHEARD = 0.5  # what a word counts that no repository and no vocabulary knows
BESIDE = 0.12  # what the words of a question add that stand beside each other
MISSING = 0.45  # what a repository loses that lacks all of what is asked for, in proportion
LACKS_BELOW = 0.2  # surer than this, it has it
MATCHES_AT = 0.12  # a repository below this score is not shown
SHARE_OF_BEST = 0.25  # nor below this share of the best one's
MOST_MATCHES = 50
NEAREST_AT, MOST_NEAREST = 0.1, 3
NEAR = 0.35  # what nearness of meaning adds at most: words say it better
ANSWERS_AT = 0.3  # with no repository above, nothing answers


@dataclass(frozen=True, slots=True)
class Match:
    """How one repository answers one question."""

    name: str
    score: float  # 0..1
    signals: dict[str, float]  # signal -> its part of the score
    terms: tuple[str, ...]  # of the question, as asked, that matched
    through: dict[str, str]  # of these, what stands for them: a kind, or something near


@dataclass(frozen=True, slots=True)
class IndexRanking:
    """The repositories that answer a question, or those that come nearest if none does."""

    matches: list[Match]  # best first
    nearest: list[str]  # names, best first; empty if there are matches


class PortfolioIndex:
    """Built once per portfolio, never changed. Inverted: term -> repositories and strengths."""

    def __init__(self, bundles: Sequence[Mapping[str, Any]]) -> None:
        """Read every bundle's texts; milliseconds per repository."""
        ordered = sorted(bundles, key=lambda bundle: str(bundle["metadata"]["name"]).lower())
        self.names = [str(bundle["metadata"]["name"]) for bundle in ordered]
        self._holders: dict[str, array[int]] = defaultdict(lambda: array("I"))
        self._sure: dict[str, array[float]] = defaultdict(lambda: array("f"))
        self._strengths: dict[str, bytearray] = defaultdict(bytearray)
        for number, bundle in enumerate(ordered):
            for term, signals in evidence(bundle).items():
                self._holders[term].append(number)
                self._sure[term].append(1 - math.prod(1 - each for each in signals.values()))
                self._strengths[term] += bytes(
                    round(STEPS * signals.get(signal, 0.0)) for signal in SIGNALS
                )
        self._embeddings = EmbeddingIndex(ordered)
        names = {term for name in self.names for term in terms(name)}
        self._speech = Speech(self._holders.keys(), names)

    def rank(self, question: str, embedding: QuestionEmbedding | None = None) -> IndexRanking:
        """Rank the repositories that answer `question`: at most MOST_MATCHES, equal scores by name.

        `embedding` adds repositories that are close in meaning.
        """
        scores, found = self._scores(understand(question, self._speech))
        near = self._embeddings.stand_out(embedding) if embedding else {}
        by_words = _best_first(scores, NEAREST_AT)[:MOST_NEAREST]
        for number, much in near.items():
            scores[number] = 1 - (1 - scores.get(number, 0.0)) * (1 - NEAR * much)
        best = max(scores.values(), default=0.0)
        if best < ANSWERS_AT:
            return IndexRanking([], [self.names[number] for number in by_words])
        least = max(MATCHES_AT, SHARE_OF_BEST * best)
        ranked = _best_first(scores, least)[:MOST_MATCHES]
        matches = [
            self._match(number, scores[number], found[number], near.get(number, 0.0))
            for number in ranked
        ]
        return IndexRanking(matches, [])

    def _scores(
        self, asked: Asked
    ) -> tuple[dict[int, float], dict[int, list[tuple[Concept, str, float]]]]:
        """Repository -> score, and what was found of each concept: the term, and its part."""
        sums: dict[int, float] = defaultdict(float)
        has: dict[int, float] = defaultdict(float)
        found: dict[int, list[tuple[Concept, str, float]]] = defaultdict(list)
        total = strong_total = 0.0
        for group in asked.groups:
            best: dict[int, tuple[float, Concept, str]] = {}
            for concept in group:
                for term, factor in concept.alternatives:
                    for number, sure in zip(
                        self._holders.get(term, ()), self._sure.get(term, ()), strict=True
                    ):
                        value = factor * sure
                        if value > best.get(number, (0.0,))[0]:
                            best[number] = (value, concept, term)
            weak = all(concept.weak for concept in group)
            weight = self._weight(sum(value for value, _, _ in best.values()))
            if weak:
                weight *= WEAK
            elif not best and not any(concept.technology for concept in group):
                weight *= UNHEARD
            total += weight
            strong_total += 0.0 if weak else weight
            for number, (value, concept, term) in best.items():
                sums[number] += weight * value
                found[number].append((concept, term, weight * value))
                if not weak and value >= LACKS_BELOW:
                    has[number] += weight
        beside: dict[int, float] = defaultdict(float)
        for pair in asked.pairs:
            for number, sure in zip(
                self._holders.get(pair, ()), self._sure.get(pair, ()), strict=True
            ):
                beside[number] += sure
        scores: dict[int, float] = {}
        for number, value in sums.items():
            lacks = 1 - has[number] / strong_total if strong_total else 0.0
            score = value / total * (1 - MISSING * lacks)
            score += (
                BESIDE * (1 - score) * beside[number] / len(asked.pairs) if asked.pairs else 0.0
            )
            scores[number] = min(1.0, score)
        return scores, found

    def _weight(self, holders: float) -> float:
        """How telling a concept is: the fewer have it, the more. 0.35 to 1.35."""
        size = len(self.names)
        return 0.35 + math.log((1 + size) / (1 + holders)) / math.log(1 + size) if size else 1.0

    def _match(
        self,
        number: int,
        score: float,
        found: Sequence[tuple[Concept, str, float]],
        near: float,
    ) -> Match:
        signals: dict[str, float] = defaultdict(float)
        if near:
            signals["meaning"] = score if not found else NEAR * near * score
        by_words = score - signals.get("meaning", 0.0)
        whole = sum(part for _, _, part in found) or 1.0
        for _, term, part in found:
            at = bisect_left(self._holders[term], number) * len(SIGNALS)
            strengths = self._strengths[term][at : at + len(SIGNALS)]
            for signal, strength in zip(SIGNALS, strengths, strict=True):
                if strength:
                    signals[signal] += by_words * part / whole * strength / sum(strengths)
        ordered = sorted(signals.items(), key=lambda each: (-each[1], each[0]))
        told = sorted(found, key=lambda each: -each[2])
        return Match(
            name=self.names[number],
            score=round(score, 4),
            signals={signal: round(part, 4) for signal, part in ordered},
            terms=tuple(dict.fromkeys(concept.written for concept, _, part in told if part > 0.02)),
            through={concept.written: term for concept, term, _ in told if term != concept.term},
        )


def _best_first(scores: Mapping[int, float], least: float) -> list[int]:
    chosen = (number for number, score in scores.items() if score >= least)
    return sorted(chosen, key=lambda number: (-scores[number], number))
