"""Measure a ranking on portfolios that its parameters were not fitted on.

Whoever fits weights, thresholds or a calibration writes one function and passes it on:

    def fit(portfolios: Sequence[JudgedPortfolio]) -> Ranking:
        weights = optimise(portfolios)  # their bundles, questions and grades, and nothing else
        return lambda portfolio, question: rank(portfolio, question, weights)

    measured = leave_one_out(portfolios, fit)

`fit` must be deterministic, and must read judged questions from its argument alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from evaluation.claims import ClaimChecker
from evaluation.measures import Measured, Outcome, Question, Result, ndcg
from evaluation.portfolio import JudgedPortfolio


class Ranking(Protocol):
    """A ranking whose parameters are set."""

    def __call__(self, portfolio: JudgedPortfolio, question: str, /) -> Sequence[Result]:
        """Return the results, best first; none refuses the question.

        It is called for every question of a portfolio, so it should keep the portfolio's index.
        """


Fit = Callable[[Sequence[JudgedPortfolio]], Ranking]


def leave_one_out(portfolios: Sequence[JudgedPortfolio], fit: Fit) -> list[Measured]:
    """Measure each portfolio with a ranking that was fitted on all the others, in their order."""
    return [
        measure(left_out, fit([other for other in portfolios if other is not left_out]))
        for left_out in portfolios
    ]


def measure(portfolio: JudgedPortfolio, ranking: Ranking) -> Measured:
    """Ask every question of a portfolio."""
    checker = ClaimChecker(portfolio)
    return Measured(
        portfolio.name,
        tuple(
            _outcome(question, ranking(portfolio, question.text), checker)
            for question in portfolio.questions
        ),
    )


def _outcome(question: Question, results: Sequence[Result], checker: ClaimChecker) -> Outcome:
    ranked = tuple(result.name for result in results)
    return Outcome(
        question=question,
        ranked=ranked,
        ndcg=ndcg(ranked, question.grades),
        claims=sum(len(result.claims) for result in results),
        false_claims=tuple(
            (result.name, claim)
            for result in results
            for claim in result.claims
            if not checker.holds(claim, result.name)
        ),
    )
