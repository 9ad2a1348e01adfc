"""Confidence intervals by resampling.

What is measured is to hold for developers whom nobody here has seen, and questions about the same
one resemble each other. So portfolios are drawn first, then questions of each of them: Davison &
Hinkley, *Bootstrap Methods and their Application* (1997), section 3.8. With few portfolios the
interval is still too narrow.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from evaluation.measures import mean

RESAMPLES, SEED = 1_000, 14
LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate and its confidence interval at LEVEL."""

    estimate: float
    low: float
    high: float


def mean_interval(values: Sequence[Sequence[float]]) -> Interval:
    """Estimate the mean over portfolios of the mean over questions. Deterministic.

    `values`: of each portfolio, one value a question. For a paired comparison of two rankings, pass
    the differences. Portfolios without questions are left out.
    """
    groups = [group for group in values if group]
    if not groups:
        return Interval(0.0, 0.0, 0.0)
    chance = random.Random(SEED)  # noqa: S311 - for sampling, not for secrets
    means = sorted(_resampled_mean(groups, chance) for _ in range(RESAMPLES))
    tail = round(RESAMPLES * (1 - LEVEL) / 2)
    return Interval(mean(map(mean, groups)), means[tail], means[-tail - 1])


def differences(
    values: Sequence[Sequence[float]], others: Sequence[Sequence[float]]
) -> list[list[float]]:
    """Subtract the values of another ranking, question by question."""
    return [
        [value - other for value, other in zip(group, other_group, strict=True)]
        for group, other_group in zip(values, others, strict=True)
    ]


def _resampled_mean(groups: Sequence[Sequence[float]], chance: random.Random) -> float:
    drawn = chance.choices(groups, k=len(groups))
    return mean(mean(chance.choices(group, k=len(group))) for group in drawn)
