"""The ranking keeps its quality on the judged questions about the sample portfolio: `make eval`."""

from __future__ import annotations

from functools import cache

import pytest

from ai_assistant import calculate_repo_scores
from evaluation.baselines import baselines
from evaluation.judged_set import questions
from evaluation.measures import (
    Question,
    Report,
    best_threshold,
    ndcg,
    reciprocal_rank,
    report,
)
from relevance.index import PortfolioIndex
from tests.unit.portfolios import sample_portfolio

MIN_NDCG, MIN_LEAD_OVER_BASELINES = 0.93, 0.05
MIN_NO_MATCH_RECALL, MAX_WRONGLY_REFUSED = 0.9, 0.02


@cache
def our_report() -> Report:
    """Measure our ranking."""
    index = PortfolioIndex(sample_portfolio())

    def ranker(text: str) -> list[tuple[str, float]]:
        return [(score["name"], score["score"]) for score in calculate_repo_scores(index, text)]

    return report(questions(), ranker)


class TestRanking:
    def test_the_right_repositories_come_first(self):
        assert our_report().ndcg >= MIN_NDCG

    def test_it_is_better_than_every_baseline(self):
        rankers = baselines(sample_portfolio()).values()
        best = max(report(questions(), ranker).ndcg for ranker in rankers)

        assert our_report().ndcg >= best + MIN_LEAD_OVER_BASELINES

    def test_questions_without_an_answer_are_recognised(self):
        assert our_report().no_match_recall >= MIN_NO_MATCH_RECALL

    def test_questions_with_an_answer_are_not_refused(self):
        assert our_report().refused_wrongly <= MAX_WRONGLY_REFUSED

    def test_no_baseline_recognises_as_many_questions_without_an_answer(self):
        judged = questions()
        for ranker in baselines(sample_portfolio()).values():
            threshold = best_threshold(judged, ranker, MAX_WRONGLY_REFUSED)

            baseline = report(judged, ranker, threshold)

            assert our_report().no_match_recall > baseline.no_match_recall


class TestJudgedSet:
    def test_it_is_large_and_varied_enough(self):
        judged = questions()
        kinds = {question.kind for question in judged}

        assert len(judged) >= 60
        assert sum(not question.grades for question in judged) >= 12
        assert {"typo", "synonym", "question", "symbol", "tree"} <= kinds
        assert len({question.text for question in judged}) == len(judged)

    def test_it_grades_repositories_of_the_portfolio_from_1_to_3(self):
        names = {bundle["metadata"]["name"] for bundle in sample_portfolio()}
        grades = [question.grades for question in questions()]

        assert {name for graded in grades for name in graded} <= names
        assert {grade for graded in grades for grade in graded.values()} <= {1, 2, 3}


class TestMeasures:
    GRADES = {"a": 3, "b": 2, "c": 1}  # noqa: RUF012

    @pytest.mark.parametrize(
        ("ranked", "value"),
        [
            (["a", "b", "c"], 1.0),
            (["c", "b", "a"], (1 + 3 / 1.58496 + 7 / 2) / (7 + 3 / 1.58496 + 1 / 2)),
            (["x", "y"], 0.0),
            ([], 0.0),
        ],
        ids=["best-order", "worst-order", "wrong", "empty"],
    )
    def test_ndcg_discounts_gain_by_rank(self, ranked, value):
        assert ndcg(ranked, self.GRADES) == pytest.approx(value, abs=1e-4)

    def test_only_the_first_five_results_count(self):
        assert 0.0 == ndcg([*"vwxyz", "a"], self.GRADES)

    def test_reciprocal_rank_is_that_of_the_first_graded_result(self):
        assert 0.5 == reciprocal_rank(["x", "b"], self.GRADES)
        assert 0.0 == reciprocal_rank(["x"], self.GRADES)

    def test_a_report_distinguishes_wrong_refusals_from_right_ones(self):
        judged = [
            Question("there", {"a": 3}),
            Question("there, too", {"a": 3}),
            Question("not", {}),
        ]

        measured = report(judged, lambda text: [("a", 0.9)] if text == "there" else [])

        assert (0.5, 0.5, 1.0, 0.5) == (
            measured.ndcg,
            measured.refused_wrongly,
            measured.no_match_recall,
            measured.no_match_precision,
        )
