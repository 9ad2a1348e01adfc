"""Measures of a ranking against human grades (3: is about it, 2: a good part of it is, 1: touches it).

Järvelin & Kekäläinen, *Cumulated Gain-Based Evaluation of IR Techniques* (2002).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

Ranker = Callable[[str], Sequence[tuple[str, float]]]  # a question -> names and scores, best first
DEPTH = 5


@dataclass(frozen=True, slots=True)
class Question:
    """A question and the repositories that answer it; without any, nothing does."""

    text: str
    grades: Mapping[str, int]  # name -> 1 to 3
    kind: str = ""  # what is hard about it: `typo`, `synonym`, `question`, …


@dataclass(frozen=True, slots=True)
class Report:
    """A ranker over all questions; means over those that something answers."""

    ndcg: float  # at 5
    reciprocal_rank: float  # of the first that answers at all
    success: float  # how often the first result is of the best grade
    refused_wrongly: float  # share of answerable questions that were answered with nothing
    no_match_recall: float  # share of unanswerable questions that were
    no_match_precision: float


def ndcg(ranked: Sequence[str], grades: Mapping[str, int], depth: int = DEPTH) -> float:
    """Gain of the first `depth` results, 2^grade - 1 each, discounted by log2 of the rank; 1 is the
    best order there is."""
    gained = sum(
        (2 ** grades.get(name, 0) - 1) / math.log2(rank + 2)
        for rank, name in enumerate(ranked[:depth])
    )
    best = sum(
        (2**grade - 1) / math.log2(rank + 2)
        for rank, grade in enumerate(sorted(grades.values(), reverse=True)[:depth])
    )
    return gained / best if best else 0.0


def reciprocal_rank(ranked: Sequence[str], grades: Mapping[str, int]) -> float:
    """1 / rank of the first result that has a grade; 0 if none has."""
    return next((1 / rank for rank, name in enumerate(ranked, 1) if grades.get(name)), 0.0)


def best_threshold(questions: Sequence[Question], ranker: Ranker, most_refused: float) -> float:
    """The highest threshold that refuses at most that share of the answerable questions: what a
    ranker without a sense of "nothing" could do with one."""
    tops = sorted(
        max((score for _, score in ranker(each.text)), default=0.0)
        for each in questions
        if each.grades
    )
    allowed = int(most_refused * len(tops))
    return max(0.0, tops[allowed] * 0.999_999) if tops else 0.0


def report(questions: Sequence[Question], ranker: Ranker, threshold: float = 0.0) -> Report:
    """Measure a ranker; results at or below `threshold` do not count."""
    answers = [
        (question, [name for name, score in ranker(question.text) if score > threshold])
        for question in questions
    ]
    answerable = [(q, ranked) for q, ranked in answers if q.grades]
    unanswerable = [ranked for q, ranked in answers if not q.grades]
    refused = [ranked for _, ranked in answers if not ranked]
    rightly = sum(not ranked for ranked in unanswerable)

    def mean(values: Sequence[float]) -> float:
        return sum(values) / len(values) if values else 0.0

    return Report(
        ndcg=mean([ndcg(ranked, q.grades) for q, ranked in answerable]),
        reciprocal_rank=mean([reciprocal_rank(ranked, q.grades) for q, ranked in answerable]),
        success=mean(
            [
                float(bool(ranked) and q.grades.get(ranked[0]) == max(q.grades.values()))
                for q, ranked in answerable
            ]
        ),
        refused_wrongly=mean([float(not ranked) for _, ranked in answerable]),
        no_match_recall=rightly / len(unanswerable) if unanswerable else 0.0,
        no_match_precision=rightly / len(refused) if refused else 0.0,
    )
