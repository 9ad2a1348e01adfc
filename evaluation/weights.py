"""Fit the weights of the ranking: logistic regression on judged questions.

A pair of a question and a repository is an example: its signals, and whether the repository is
relevant. Every portfolio counts the same, and so does every question of a portfolio. A repository of
grade 1 is relevant to one visitor and not to another, so it is an example of both.

`make weights` fits on all judged portfolios and writes `relevance/data/weights.toml`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, fields, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import numpy
from rich.console import Console
from sklearn.linear_model import LogisticRegression

from evaluation.judged_set import own_portfolios
from evaluation.measures import Question, threshold_refusing
from evaluation.portfolio import JudgedPortfolio
from evaluation.recorded import recorded_portfolios
from relevance.index import PortfolioIndex
from relevance.scoring import DATA, Signals, Weights

# Share of the answerable questions that may be refused for low scores.
MAX_REFUSED = 0.01
# The inverse of the strength of regularisation: weak, since examples are many and signals few.
INVERSE_REGULARISATION = 10.0
DECIMALS = 3
GRADE_OF_BOTH = 1

SignalsByName = Mapping[str, Signals]


@cache
def index_of(portfolio: JudgedPortfolio) -> PortfolioIndex:
    """Return a portfolio's index, made once."""
    return PortfolioIndex(portfolio.bundles)


def fit_weights(portfolios: Sequence[JudgedPortfolio]) -> Weights:
    """Fit weights and threshold on the questions of portfolios that ask for no fact."""
    examples, relevant, counts = [], [], []
    for portfolio in portfolios:
        asked = list(_asked(portfolio))
        for question, signals in asked:
            for signal_values, is_relevant, count in _examples(question, signals):
                examples.append(signal_values)
                relevant.append(is_relevant)
                counts.append(count / len(asked))
    scale = len(counts) / sum(counts)
    model = LogisticRegression(C=INVERSE_REGULARISATION, max_iter=5_000)
    model.fit(examples, relevant, numpy.array(counts) * scale)
    names = [signal.name for signal in fields(Signals)]
    fitted = zip(("intercept", *names), (model.intercept_[0], *model.coef_[0]), strict=True)
    weights = Weights(
        **{name: round(float(value), DECIMALS) for name, value in fitted}, threshold=0.0
    )
    threshold = threshold_refusing(
        [
            max((weights.score(each) for each in signals.values()), default=0.0)
            for portfolio in portfolios
            for question, signals in _asked(portfolio)
            if question.grades and not any(each.absent for each in signals.values())
        ],
        MAX_REFUSED,
    )
    return replace(weights, threshold=round(threshold, DECIMALS))


def main() -> None:
    """Fit on all portfolios, and write the file."""
    portfolios = own_portfolios()
    if folder := os.environ.get("PORTFOLIOS"):
        portfolios += recorded_portfolios(Path(folder))
    weights = fit_weights(portfolios)
    questions = sum(len(portfolio.questions) for portfolio in portfolios)
    lines = [
        "# Fitted by `make weights`, `evaluation/weights.py`; not to be edited.",
        f"fitted_at = {datetime.now(UTC).date()}",
        f"portfolios = {len(portfolios)}",
        f"questions = {questions}",
        "",
        "[weights]",
        *(f"{each.name} = {getattr(weights, each.name)}" for each in fields(weights)),
    ]
    DATA.write_text("\n".join(lines) + "\n", encoding="utf-8")
    Console(highlight=False).print("\n".join(lines))


@cache
def _signals(portfolio: JudgedPortfolio) -> tuple[tuple[Question, SignalsByName], ...]:
    index = index_of(portfolio)
    return tuple((question, index.signals(question.text)) for question in portfolio.questions)


def _asked(portfolio: JudgedPortfolio) -> Iterator[tuple[Question, SignalsByName]]:
    return (asked for asked in _signals(portfolio) if not asked[0].asks_fact)


def _examples(
    question: Question, signals: SignalsByName
) -> Iterator[tuple[tuple[float, ...], bool, float]]:
    """Yield the values of the signals, whether they are of a relevant repository, and a weight."""
    for name, each in signals.items():
        grade = question.grades.get(name, 0)
        if grade == GRADE_OF_BOTH:
            yield astuple(each), True, 0.5
            yield astuple(each), False, 0.5
        else:
            yield astuple(each), grade > GRADE_OF_BOTH, 1.0


if __name__ == "__main__":
    main()
