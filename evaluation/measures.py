"""Measures of a ranking against relevance grades given by people.

nDCG with exponential gain: Järvelin & Kekäläinen, *Cumulated Gain-Based Evaluation of IR Techniques*
(2002); Burges et al., *Learning to Rank Using Gradient Descent* (2005).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

CUTOFF = 5  # ranks that nDCG counts


@dataclass(frozen=True, slots=True)
class Question:
    """A judged question. Without grades, it is unanswerable: no repository is relevant."""

    text: str
    grades: Mapping[str, int]  # repository -> relevance from 1 to 3; `judged/` explains the scale
    kind: str = ""  # the difficulty it tests: `typo`, `synonym`, `symbol` …
    # The answer is a number, a date, a comparison …; the grades say which repositories it rests on.
    asks_fact: bool = False


@dataclass(frozen=True, slots=True)
class Claim:
    """A word that a result says the repository shows."""

    term: str  # as the visitor wrote it
    shown_as: str | None = None  # the word of the repository that it was said to stand for
    read_as: str | None = None  # what the visitor was said to have meant, if it was misspelled


@dataclass(frozen=True, slots=True)
class Result:
    """A repository that a ranking returned for a question."""

    name: str
    score: float
    claims: tuple[Claim, ...] = ()  # what the visitor reads as the reason


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one question."""

    question: Question
    ranked: tuple[str, ...]  # names, best first; empty: the question was refused
    ndcg: float  # at CUTOFF; 0 for questions without grades
    claims: int  # of all results together
    false_claims: tuple[tuple[str, Claim], ...]  # the repository, and what it does not show


@dataclass(frozen=True, slots=True)
class Measured:
    """The outcomes of one portfolio's questions."""

    portfolio: str
    outcomes: tuple[Outcome, ...]

    @property
    def answerable(self) -> list[Outcome]:
        """The outcomes of questions that a repository answers."""
        return [outcome for outcome in self.outcomes if outcome.question.grades]

    @property
    def absent(self) -> list[Outcome]:
        """The outcomes of questions that no repository answers."""
        return [outcome for outcome in self.outcomes if not outcome.question.grades]

    @property
    def ndcg(self) -> float:
        """The mean over the answerable questions; a refused one counts 0."""
        return mean(outcome.ndcg for outcome in self.answerable)

    @property
    def refused(self) -> int:
        """How many answerable questions got no result."""
        return sum(not outcome.ranked for outcome in self.answerable)

    @property
    def recognised(self) -> int:
        """How many unanswerable questions got no result."""
        return sum(not outcome.ranked for outcome in self.absent)

    @property
    def claims(self) -> int:
        """How many claims the results made."""
        return sum(outcome.claims for outcome in self.outcomes)

    @property
    def false_claims(self) -> int:
        """How many of the claims name what the repository does not show."""
        return sum(len(outcome.false_claims) for outcome in self.outcomes)


def ndcg(ranked: Sequence[str], grades: Mapping[str, int], cutoff: int = CUTOFF) -> float:
    """Compute nDCG at `cutoff`: gain 2^grade - 1, discount log2(rank + 1)."""
    gains = [grades.get(name, 0) for name in ranked]
    ideal = _dcg(sorted(grades.values(), reverse=True)[:cutoff])
    return _dcg(gains[:cutoff]) / ideal if ideal else 0.0


def threshold_refusing(top_scores: Iterable[float], max_share: float) -> float:
    """Return the highest threshold that refuses at most `max_share` of answerable questions.

    `top_scores`: the best score of each answerable question. Scores at the threshold or below it
    are to be dropped, so it lies just under a score that must stay. 0 without any questions.
    """
    ordered = sorted(top_scores)
    if not ordered:
        return 0.0
    return ordered[int(max_share * len(ordered))] * 0.999_999


def mean(values: Iterable[float]) -> float:
    """Return the mean; 0 without any values."""
    listed = list(values)
    return math.fsum(listed) / len(listed) if listed else 0.0


def _dcg(grades: Sequence[int]) -> float:
    return sum((2.0**grade - 1) / math.log2(rank + 1) for rank, grade in enumerate(grades, 1))
