"""The floors of the ranking, on the judged questions about the sample portfolio: `make eval`."""

from __future__ import annotations

from functools import cache

import pytest

from ai_assistant import calculate_repo_scores
from evaluation.baselines import baselines
from evaluation.judged_set import questions, sample_bundles
from evaluation.measures import (
    Question,
    Report,
    best_threshold,
    ndcg,
    reciprocal_rank,
    report,
)
from relevance.index import PortfolioIndex

LEAST_NDCG, LEAST_LEAD = 0.93, 0.05
LEAST_NO_MATCH_RECALL, MOST_REFUSED = 0.9, 0.02


@cache
def reports() -> dict[str, Report]:
    """Every ranker's report; ours under `ours`."""
    bundles, judged = sample_bundles(), questions()
    index = PortfolioIndex(bundles)

    def ours(text: str) -> list[tuple[str, float]]:
        return [(each["name"], each["score"]) for each in calculate_repo_scores(index, text)]

    rankers = {**baselines(bundles), "ours": ours}
    return {name: report(judged, ranker) for name, ranker in rankers.items()}


class TestFloors:
    def test_the_right_repositories_come_first(self):
        assert reports()["ours"].ndcg >= LEAST_NDCG

    def test_it_is_worth_more_than_what_anybody_would_try_first(self):
        best = max(each.ndcg for name, each in reports().items() if name != "ours")

        assert reports()["ours"].ndcg >= best + LEAST_LEAD

    def test_what_is_not_there_is_not_found(self):
        assert reports()["ours"].no_match_recall >= LEAST_NO_MATCH_RECALL

    def test_what_is_there_is_not_refused(self):
        assert reports()["ours"].refused_wrongly <= MOST_REFUSED

    def test_no_threshold_of_another_ranker_knows_as_well_what_is_not_there(self):
        judged = questions()
        for ranker in baselines(sample_bundles()).values():
            threshold = best_threshold(judged, ranker, MOST_REFUSED)
            other = report(judged, ranker, threshold)

            assert reports()["ours"].no_match_recall > other.no_match_recall


class TestJudgedSet:
    def test_it_is_large_and_mixed_enough(self):
        judged = questions()
        kinds = {each.kind for each in judged}

        assert len(judged) >= 60
        assert sum(not each.grades for each in judged) >= 12
        assert {"typo", "synonym", "question", "symbol", "tree"} <= kinds
        assert len({each.text for each in judged}) == len(judged)

    def test_its_grades_are_of_repositories_that_there_are(self):
        names = {bundle["metadata"]["name"] for bundle in sample_bundles()}

        assert {name for each in questions() for name in each.grades} <= names
        assert {g for each in questions() for g in each.grades.values()} <= {1, 2, 3}


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
    )
    def test_ndcg(self, ranked, value):
        assert ndcg(ranked, self.GRADES) == pytest.approx(value, abs=1e-4)

    def test_only_the_first_five_count(self):
        assert 0.0 == ndcg([*"vwxyz", "a"], self.GRADES)

    def test_reciprocal_rank(self):
        assert 0.5 == reciprocal_rank(["x", "b"], self.GRADES)
        assert 0.0 == reciprocal_rank(["x"], self.GRADES)

    def test_a_report_tells_wrong_refusals_from_right_ones(self):
        judged = [
            Question("there", {"a": 3}),
            Question("there, too", {"a": 3}),
            Question("not", {}),
        ]

        found = report(judged, lambda text: [("a", 0.9)] if text == "there" else [])

        assert (0.5, 0.5, 1.0, 0.5) == (
            found.ndcg,
            found.refused_wrongly,
            found.no_match_recall,
            found.no_match_precision,
        )
