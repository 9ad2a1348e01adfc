"""Measures of a ranking against relevance grades given by people.

nDCG with exponential gain: Järvelin & Kekäläinen, *Cumulated Gain-Based Evaluation of IR Techniques*
(2002); Burges et al., *Learning to Rank Using Gradient Descent* (2005).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

Ranker = Callable[[str], Sequence[tuple[str, float]]]  # question -> names and scores, best first
CUTOFF = 5  # ranks that nDCG counts


@dataclass(frozen=True, slots=True)
class Question:
    """A judged question. Without grades, it is unanswerable: no repository is relevant."""

    text: str
    grades: Mapping[str, int]  # repository -> relevance from 1 to 3; `judged/` explains the scale
    kind: str = ""  # the difficulty it tests: `typo`, `synonym`, `symbol` …


@dataclass(frozen=True, slots=True)
class Report:
    """The measures of one ranker. The first four are means over the answerable questions."""

    ndcg: float  # at CUTOFF
    mrr: float  # mean reciprocal rank of the first relevant repository
    success_at_1: float  # share whose first result has the question's highest grade
    refused_wrongly: float  # share without any result: the false positives of "no match"
    no_match_recall: float  # share of unanswerable questions without any result
    no_match_precision: float  # share of unanswerable questions among those without any result


def ndcg(ranked: Sequence[str], grades: Mapping[str, int], cutoff: int = CUTOFF) -> float:
    """Compute nDCG at `cutoff`: gain 2^grade - 1, discount log2(rank + 1)."""
    gains = [grades.get(name, 0) for name in ranked]
    ideal = _dcg(sorted(grades.values(), reverse=True)[:cutoff])
    return _dcg(gains[:cutoff]) / ideal if ideal else 0.0


def _dcg(grades: Sequence[int]) -> float:
    return sum((2.0**grade - 1) / math.log2(rank + 1) for rank, grade in enumerate(grades, 1))


def reciprocal_rank(ranked: Sequence[str], grades: Mapping[str, int]) -> float:
    """Compute 1 / rank of the first relevant repository; 0 if none is ranked."""
    return next((1 / rank for rank, name in enumerate(ranked, 1) if grades.get(name)), 0.0)


def best_threshold(questions: Sequence[Question], ranker: Ranker, max_refused: float) -> float:
    """Find the highest score threshold that refuses at most `max_refused` of the answerable questions.

    It gives a ranker that always returns something its best chance of recognising "no match".
    """
    top_scores = sorted(
        max((score for _, score in ranker(question.text)), default=0.0)
        for question in questions
        if question.grades
    )
    if not top_scores:
        return 0.0
    allowed = int(max_refused * len(top_scores))
    return top_scores[allowed] * 0.999_999  # just below, as `report` drops scores at the threshold


def report(questions: Sequence[Question], ranker: Ranker, threshold: float = 0.0) -> Report:
    """Measure a ranker. Results that score at most `threshold` are dropped."""
    answerable: list[tuple[list[str], Mapping[str, int]]] = []
    unanswerable: list[list[str]] = []
    for question in questions:
        ranked = [name for name, score in ranker(question.text) if score > threshold]
        if question.grades:
            answerable.append((ranked, question.grades))
        else:
            unanswerable.append(ranked)
    wrong_refusals = sum(not ranked for ranked, _ in answerable)
    right_refusals = sum(not ranked for ranked in unanswerable)
    return Report(
        ndcg=_mean([ndcg(ranked, grades) for ranked, grades in answerable]),
        mrr=_mean([reciprocal_rank(ranked, grades) for ranked, grades in answerable]),
        success_at_1=_mean([_has_best_first(ranked, grades) for ranked, grades in answerable]),
        refused_wrongly=_ratio(wrong_refusals, len(answerable)),
        no_match_recall=_ratio(right_refusals, len(unanswerable)),
        no_match_precision=_ratio(right_refusals, right_refusals + wrong_refusals),
    )


def _has_best_first(ranked: Sequence[str], grades: Mapping[str, int]) -> bool:
    return bool(ranked) and grades.get(ranked[0]) == max(grades.values())


def _mean(values: Sequence[float]) -> float:
    return _ratio(sum(values), len(values))


def _ratio(part: float, whole: int) -> float:
    return part / whole if whole else 0.0
