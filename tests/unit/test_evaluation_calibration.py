"""Scores are compared with how often people judged results to be relevant."""

from __future__ import annotations

import pytest

from evaluation.calibration import (
    MIN_HIGH,
    Bin,
    Prediction,
    calibration_bins,
    calibration_error,
    left_out_predictions,
    predictions,
)
from evaluation.judged_set import PORTFOLIOS, own_portfolios
from evaluation.measures import Question
from evaluation.portfolio import JudgedPortfolio
from relevance.scoring import fitted_weights
from tests.unit.portfolios import make_bundle

# Of all results, and of those with high scores, with weights that were fitted on two portfolios.
MAX_ERROR, MAX_HIGH_ERROR = 0.05, 0.075


def portfolio() -> JudgedPortfolio:
    bundles = tuple(
        make_bundle(name, f"{name} about chess") for name in ("best", "good", "fair", "poor")
    )
    questions = (
        Question("chess", {"best": 3, "good": 2, "fair": 1}),
        Question("most starred about chess", {"best": 3}, asks_fact=True),
    )
    return JudgedPortfolio("ada", bundles, questions, {}, {})


class TestPredictions:
    def test_grade_1_is_relevant_to_every_other_visitor(self):
        relevances = [each.relevance for each in predictions(portfolio(), fitted_weights())]

        assert [0.0, 0.5, 1.0, 1.0] == sorted(relevances)

    def test_a_score_is_that_of_the_app(self):
        given = portfolio()
        scores = {each.score for each in predictions(given, fitted_weights())}

        assert all(0 < score < 1 for score in scores)


class TestBins:
    def test_predictions_are_sorted_by_score(self):
        bins = calibration_bins(
            [Prediction(0.95, 1.0), Prediction(0.15, 0.0), Prediction(0.1, 0.5), Prediction(1.0, 1)]
        )

        assert [(0.1, 0.2, 2), (0.9, 1.0, 2)] == [
            (each.start, each.end, each.count) for each in bins
        ]
        assert pytest.approx([0.125, 0.975]) == [each.predicted for each in bins]
        assert [0.25, 1.0] == [each.relevant for each in bins]

    def test_the_lowest_score_has_a_bin(self):
        assert [Bin(0.0, 0.02, 1, 0.0, 0.0)] == calibration_bins([Prediction(0.0, 0.0)])

    def test_nothing_predicted_makes_no_bin(self):
        assert [] == calibration_bins([])


class TestError:
    BINS = (Bin(0.0, 0.02, 8, 0.01, 0.01), Bin(0.5, 0.6, 2, 0.55, 0.35))

    def test_each_result_counts_the_same(self):
        assert pytest.approx(0.04) == calibration_error(self.BINS)

    def test_it_is_measured_over_high_scores_alone(self):
        assert pytest.approx(0.2) == calibration_error(self.BINS, 0.1)

    def test_nothing_predicted_is_no_error(self):
        assert 0.0 == calibration_error([])


class TestRanking:
    def test_its_scores_are_probabilities(self):
        portfolios = own_portfolios()
        bins = calibration_bins(left_out_predictions(portfolios))

        assert len(PORTFOLIOS) == len(portfolios)
        assert calibration_error(bins) <= MAX_ERROR
        assert calibration_error(bins, MIN_HIGH) <= MAX_HIGH_ERROR
