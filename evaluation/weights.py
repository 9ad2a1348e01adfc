"""Fit the weights of the ranking: logistic regression on judged questions.

A pair of a question and a repository is an example: its signals, and whether the repository is
relevant. Every portfolio counts the same, and so does every question of a portfolio. A repository of
grade 1 is relevant to one visitor and not to another, so it is an example of both.

`make weights` fits on the invented portfolios, and with PORTFOLIOS on recorded ones as well. It
writes `relevance/data/weights.toml`. The same portfolios give the same file, but for the date.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, fields
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import numpy
from rich.console import Console
from sklearn.linear_model import LogisticRegression

from evaluation.judged_set import own_portfolios
from evaluation.measures import Question
from evaluation.portfolio import JudgedPortfolio
from evaluation.recorded import recorded_portfolios
from relevance.index import PortfolioIndex
from relevance.scoring import DATA, Signals, Weights

# The inverse of the strength of regularisation: weak, since examples are many and signals few.
INVERSE_REGULARISATION = 10.0
# Low, so that the decimals that are kept depend on the examples alone, not on the solver's path.
TOLERANCE, MAX_ITERATIONS = 1e-8, 5_000
DECIMALS = 3
# Grade -> share of visitors who would call a repository of this grade relevant.
SHARE_RELEVANT = (0.0, 0.5, 1.0, 1.0)

SignalsByName = Mapping[str, Signals]


@cache
def index_of(portfolio: JudgedPortfolio) -> PortfolioIndex:
    """Return a portfolio's index, made once."""
    return PortfolioIndex(portfolio.bundles)


def asked(portfolio: JudgedPortfolio) -> list[tuple[Question, SignalsByName]]:
    """Return the questions that ask for no fact, with the signals of every repository scored."""
    return [(question, each) for question, each in _signals(portfolio) if not question.asks_fact]


def fit_weights(portfolios: Sequence[JudgedPortfolio]) -> Weights:
    """Fit weights on the questions of portfolios that ask for no fact.

    Raises ValueError unless some repositories are relevant and others are not.
    """
    return _fit(tuple(portfolios))


def weights_file(portfolios: Sequence[JudgedPortfolio], weights: Weights, fitted_at: date) -> str:
    """Return the content of `weights.toml`: the weights, and what they were fitted on."""
    questions = [question for portfolio in portfolios for question, _ in asked(portfolio)]
    answerable = sum(bool(question.grades) for question in questions)
    names = "".join(f"    {json.dumps(portfolio.name)},\n" for portfolio in portfolios)
    values = "".join(f"{each.name} = {getattr(weights, each.name)}\n" for each in fields(weights))
    return f"""\
# Weights of the signals in relevance/scoring.py. Written by `make weights`, evaluation/weights.py; not to be edited.
fitted_at = {fitted_at}
method = "logistic regression of relevance on signals, L2 penalty, C = {INVERSE_REGULARISATION:g}"
portfolios = [
{names}]
# Without those that ask for a fact.
questions = {len(questions)}
answerable = {answerable}
# Share of the answerable questions to which the app then returns nothing.
refused = {_refused(portfolios, weights) / answerable:.{DECIMALS}f}

[weights]
{values}"""


def main() -> None:
    """Fit on all portfolios, and write the file."""
    portfolios = own_portfolios()
    if folder := os.environ.get("PORTFOLIOS"):
        portfolios += recorded_portfolios(Path(folder))
    content = weights_file(portfolios, fit_weights(portfolios), datetime.now(UTC).date())
    DATA.write_text(content, encoding="utf-8")
    Console(highlight=False, markup=False, soft_wrap=True).print(content, end="")


@cache
def _fit(portfolios: tuple[JudgedPortfolio, ...]) -> Weights:
    examples, relevant, counts = [], [], []
    for portfolio in portfolios:
        questions = asked(portfolio)
        for question, signals in questions:
            for signal_values, is_relevant, count in _examples(question, signals):
                examples.append(signal_values)
                relevant.append(is_relevant)
                counts.append(count / len(questions))
    if len(set(relevant)) < 2:
        raise ValueError("weights need relevant and irrelevant repositories; judge more questions")
    scale = len(counts) / sum(counts)
    model = LogisticRegression(C=INVERSE_REGULARISATION, tol=TOLERANCE, max_iter=MAX_ITERATIONS)
    model.fit(examples, relevant, numpy.array(counts) * scale)
    names = [signal.name for signal in fields(Signals)]
    fitted = zip(("intercept", *names), (model.intercept_[0], *model.coef_[0]), strict=True)
    return Weights(**{name: round(float(value), DECIMALS) for name, value in fitted})


def _refused(portfolios: Sequence[JudgedPortfolio], weights: Weights) -> int:
    """Count the answerable questions to which the app returns nothing."""
    return sum(
        not index_of(portfolio).rank(question.text, weights=weights).matches
        for portfolio in portfolios
        for question, _ in asked(portfolio)
        if question.grades
    )


@cache
def _signals(portfolio: JudgedPortfolio) -> tuple[tuple[Question, SignalsByName], ...]:
    index = index_of(portfolio)
    return tuple((question, index.signals(question.text)) for question in portfolio.questions)


def _examples(
    question: Question, signals: SignalsByName
) -> Iterator[tuple[tuple[float, ...], bool, float]]:
    """Yield the values of the signals, whether they are of a relevant repository, and a weight."""
    for name, each in signals.items():
        share = SHARE_RELEVANT[question.grades.get(name, 0)]
        for is_relevant, weight in ((True, share), (False, 1 - share)):
            if weight:
                yield astuple(each), is_relevant, weight


if __name__ == "__main__":
    main()
