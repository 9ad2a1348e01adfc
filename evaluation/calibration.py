"""Tell whether scores are probabilities.

A score is meant to be the probability that a visitor would call the repository relevant. So of all
results with a score near 0.7, people should have judged 70 % to be relevant. A repository of grade 1
is relevant to every other visitor, as in `evaluation.weights`.

Expected calibration error: Naeini et al., *Obtaining Well Calibrated Probabilities Using Bayesian
Binning* (2015). Most repositories have nothing to do with a question and get a score near 0, which
makes the error over all results small; so it is measured over high scores, too.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from evaluation.measures import mean
from evaluation.portfolio import JudgedPortfolio
from evaluation.weights import SHARE_RELEVANT, asked, fit_weights
from relevance.scoring import Weights

# Where bins begin. They are narrow near 0, where most scores are.
BIN_STARTS = (0.0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
MIN_HIGH = 0.1  # scores from here on are high


@dataclass(frozen=True, slots=True)
class Prediction:
    """A repository that was scored for a question."""

    score: float  # predicted probability of being relevant
    relevance: float  # share of visitors who would call it relevant


@dataclass(frozen=True, slots=True)
class Bin:
    """The predictions between two scores, at least one."""

    start: float
    end: float
    count: int
    predicted: float  # mean score
    relevant: float  # mean relevance


def left_out_predictions(portfolios: Sequence[JudgedPortfolio]) -> list[Prediction]:
    """Score the questions of each portfolio with weights that were fitted on all the others."""
    return [
        prediction
        for left_out in portfolios
        for prediction in predictions(
            left_out, fit_weights([other for other in portfolios if other is not left_out])
        )
    ]


def predictions(portfolio: JudgedPortfolio, weights: Weights) -> Iterator[Prediction]:
    """Yield a prediction for every repository scored, whether or not it would be shown."""
    for question, signals in asked(portfolio):
        for name, of_repository in signals.items():
            relevance = SHARE_RELEVANT[question.grades.get(name, 0)]
            yield Prediction(weights.score(of_repository), relevance)


def calibration_bins(predicted: Iterable[Prediction]) -> list[Bin]:
    """Sort predictions into bins, the lowest scores first. Empty bins are left out."""
    sorted_in: list[list[Prediction]] = [[] for _ in BIN_STARTS]
    for prediction in predicted:
        sorted_in[bisect_right(BIN_STARTS, prediction.score) - 1].append(prediction)
    ends = (*BIN_STARTS[1:], 1.0)
    return [
        Bin(
            start,
            end,
            len(members),
            mean(member.score for member in members),
            mean(member.relevance for member in members),
        )
        for start, end, members in zip(BIN_STARTS, ends, sorted_in, strict=True)
        if members
    ]


def calibration_error(bins: Sequence[Bin], min_score: float = 0.0) -> float:
    """Return the mean distance of predicted and judged relevance, each result counting the same.

    Bins that begin below `min_score` are left out. 0 without any results.
    """
    chosen = [score_bin for score_bin in bins if score_bin.start >= min_score]
    total = sum(score_bin.count for score_bin in chosen)
    error = sum(
        score_bin.count * abs(score_bin.predicted - score_bin.relevant) for score_bin in chosen
    )
    return error / (total or 1)
