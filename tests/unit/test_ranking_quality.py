"""The ranking keeps its quality on the judged questions that the project brings: `make eval`."""

from __future__ import annotations

from functools import cache

import pytest

from evaluation.baselines import baselines, with_threshold
from evaluation.fitting import leave_one_out, measure
from evaluation.judged_set import PORTFOLIOS, own_portfolios
from evaluation.measures import Measured, mean
from evaluation.portfolio import JudgedPortfolio
from evaluation.product import fit_product

# What each portfolio reaches, with weights that were not fitted on it; a little less, so that a
# change may lose a question or two.
MIN_NDCG = {"ada-nimbus": 0.975, "lucia-brandt": 0.82, "tobi-hartwell": 0.82}
MIN_MEAN_LEAD, MIN_LEAD = 0.12, 0.1  # over the best baseline: mean over portfolios, and on each
# The weights of the app are fitted on more portfolios, and refuse fewer questions.
MIN_RECOGNISED, MAX_REFUSED = 0.88, 0.05
MAX_FALSE_CLAIMS = 0.01


@cache
def portfolios() -> dict[str, JudgedPortfolio]:
    return {portfolio.name: portfolio for portfolio in own_portfolios()}


@cache
def measured() -> dict[str, Measured]:
    """Measure our ranking on every portfolio, left out of what is fitted."""
    results = leave_one_out(list(portfolios().values()), fit_product)
    return {result.portfolio: result for result in results}


class TestRanking:
    @pytest.mark.parametrize("name", PORTFOLIOS)
    def test_the_right_repositories_come_first(self, name):
        assert measured()[name].ndcg >= MIN_NDCG[name]

    def test_it_is_better_than_every_baseline(self):
        for name, ranking in baselines().items():
            leads = [
                measured()[portfolio].ndcg - measure(judged, ranking).ndcg
                for portfolio, judged in portfolios().items()
            ]

            assert mean(leads) >= MIN_MEAN_LEAD, name
            assert min(leads) >= MIN_LEAD, name

    def test_questions_without_an_answer_are_recognised(self):
        results = measured().values()
        recognised = sum(result.recognised for result in results)

        assert recognised >= MIN_RECOGNISED * sum(len(result.absent) for result in results)

    def test_questions_with_an_answer_are_seldom_refused(self):
        results = measured().values()
        refused = sum(result.refused for result in results)

        assert refused <= MAX_REFUSED * sum(len(result.answerable) for result in results)

    def test_results_claim_what_repositories_show(self):
        results = measured().values()
        false = sum(result.false_claims for result in results)

        assert false <= MAX_FALSE_CLAIMS * sum(result.claims for result in results)

    def test_no_baseline_knows_better_which_questions_have_an_answer(self):
        for ranking in baselines().values():
            results = leave_one_out(
                list(portfolios().values()), with_threshold(ranking, MAX_REFUSED)
            )

            for result in results:
                ours = measured()[result.portfolio]
                # One that recognises more of those without an answer refuses more of the others.
                assert ours.recognised >= result.recognised or ours.refused < result.refused


class TestJudgedSet:
    def test_together_they_ask_in_many_ways(self):
        kinds = {
            question.kind for portfolio in portfolios().values() for question in portfolio.questions
        }

        assert {
            "typo", "synonym", "question", "symbol", "tree", "task", "role", "domain", "none",
        } <= kinds  # fmt: skip

    @pytest.mark.parametrize("name", PORTFOLIOS)
    def test_each_is_large_enough(self, name):
        portfolio = portfolios()[name]
        absent = [question for question in portfolio.questions if not question.grades]

        assert len(portfolio.bundles) >= 25
        assert len(portfolio.questions) >= 40
        assert len(absent) >= len(portfolio.questions) / 6
        assert {"none"} == {question.kind for question in absent}

    @pytest.mark.parametrize("name", PORTFOLIOS)
    def test_no_question_is_asked_twice(self, name):
        texts = [question.text for question in portfolios()[name].questions]

        assert len(set(texts)) == len(texts)

    @pytest.mark.parametrize("name", PORTFOLIOS)
    def test_it_grades_repositories_of_the_portfolio_from_1_to_3(self, name):
        portfolio = portfolios()[name]
        names = {bundle["metadata"]["name"] for bundle in portfolio.bundles}
        grades = [question.grades for question in portfolio.questions]

        assert {name for graded in grades for name in graded} <= names
        assert {grade for graded in grades for grade in graded.values()} <= {1, 2, 3}
