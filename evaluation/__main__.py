"""`make eval`: compare the ranking with standard baselines on judged portfolios.

Whatever is fitted is fitted on the other portfolios. The variable PORTFOLIOS may name a folder of
recorded portfolios (`evaluation.recorded`); their figures join those of the invented ones.
"""

from __future__ import annotations

import argparse
import os
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from evaluation.baselines import baselines, with_threshold
from evaluation.bootstrap import LEVEL, Interval, differences, mean_interval
from evaluation.calibration import (
    MIN_HIGH,
    Bin,
    calibration_bins,
    calibration_error,
    left_out_predictions,
)
from evaluation.fitting import Ranking, leave_one_out
from evaluation.judged_set import own_portfolios
from evaluation.measures import CUTOFF, Measured, Outcome, mean
from evaluation.portfolio import JudgedPortfolio
from evaluation.product import fit_product
from evaluation.recorded import recorded_portfolios

PRODUCT = "this app"
MAX_REFUSED = 0.04  # of the answerable questions, for the thresholds of baselines
Selection = Callable[[Outcome], bool]


def main() -> None:
    """Print the measures of every ranking: by portfolio, over all of them, by kind of question.

    Last comes whether this app's scores are probabilities.
    """
    parser = argparse.ArgumentParser(prog="make eval", description=__doc__)
    parser.add_argument(
        "--verbose", action="store_true", help="also print imperfect rankings and false claims"
    )
    options = parser.parse_args()
    console = Console(soft_wrap=True)
    portfolios = own_portfolios()
    if folder := os.environ.get("PORTFOLIOS"):
        portfolios += recorded_portfolios(Path(folder))
    measured = {PRODUCT: leave_one_out(portfolios, fit_product)}
    refusing = dict(measured)
    for name, ranking in baselines().items():
        measured[name] = leave_one_out(portfolios, _fitted(ranking))
        refusing[name] = leave_one_out(portfolios, with_threshold(ranking, MAX_REFUSED))
    for number in range(len(portfolios)):
        console.print(_portfolio_table(number, measured, refusing))
    console.print(_total_table(measured, refusing))
    for line in _intervals(measured):
        console.print(line)
    console.print(_kind_table(measured))
    console.print(_calibration_table(calibration_bins(left_out_predictions(portfolios))))
    if options.verbose:
        _print_imperfect(console, measured[PRODUCT])


def _fitted(ranking: Ranking) -> Callable[[Sequence[JudgedPortfolio]], Ranking]:
    """Make a fit of a ranking that has no parameters."""
    return lambda _: ranking


def _portfolio_table(
    number: int, measured: Mapping[str, list[Measured]], refusing: Mapping[str, list[Measured]]
) -> Table:
    product = measured[PRODUCT][number]
    title = (
        f"{product.portfolio}: {len(product.answerable)} answerable questions,"
        f" {len(product.absent)} without an answer"
    )
    table = Table(*_columns(), title=title, title_justify="left")
    for name, results in measured.items():
        table.add_row(name, *_row([results[number]], [refusing[name][number]]))
    return table


def _total_table(
    measured: Mapping[str, list[Measured]], refusing: Mapping[str, list[Measured]]
) -> Table:
    table = Table(
        *_columns(), Column("worst portfolio", no_wrap=True),
        title="all portfolios, each left out of what is fitted", title_justify="left", caption_justify="left",
        caption="nDCG of a baseline is that of its order; refused and recognised are those with a "
        f"threshold fitted on the other portfolios, where it refuses {MAX_REFUSED:.0%}.",
    )  # fmt: skip
    for name, results in measured.items():
        worst = min(results, key=lambda result: result.ndcg)
        table.add_row(name, *_row(results, refusing[name]), f"{worst.ndcg:.3f}\n{worst.portfolio}")
    return table


def _columns() -> tuple[str, ...]:
    return "", f"nDCG@{CUTOFF}", "answerable refused", "absent recognised", "false claims"


def _row(ordered: Sequence[Measured], refusing: Sequence[Measured]) -> list[str]:
    """Format measures over portfolios; nDCG is the mean over them."""
    claims = sum(result.claims for result in ordered)
    return [
        f"{mean(result.ndcg for result in ordered):.3f}",
        _share(
            sum(result.refused for result in refusing),
            sum(len(result.answerable) for result in refusing),
        ),
        _share(
            sum(result.recognised for result in refusing),
            sum(len(result.absent) for result in refusing),
        ),
        f"{sum(result.false_claims for result in ordered)} of {claims}" if claims else "",
    ]


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole}, {part / whole:.0%}" if whole else "none"


def _intervals(measured: Mapping[str, list[Measured]]) -> list[str]:
    """Say how sure the means are, and what is refused, for all questions and for those that ask for no fact."""
    lines = _interval_lines(measured, "", lambda _: True)
    if any(outcome.question.asks_fact for outcome in _outcomes(measured[PRODUCT])):
        without = ", without questions that ask for a fact"
        lines += _interval_lines(measured, without, lambda outcome: not outcome.question.asks_fact)
    return lines


def _interval_lines(
    measured: Mapping[str, list[Measured]], what: str, selected: Selection
) -> list[str]:
    values = {name: _values(results, selected) for name, results in measured.items()}
    best = max(
        (name for name in values if name != PRODUCT),
        key=lambda name: mean_interval(values[name]).estimate,
    )
    lead = differences(values[PRODUCT], values[best])
    answerable = [
        outcome
        for outcome in _outcomes(measured[PRODUCT])
        if outcome.question.grades and selected(outcome)
    ]
    refused = sum(not outcome.ranked for outcome in answerable)
    return [
        f"nDCG@{CUTOFF}{what}: {_interval(mean_interval(values[PRODUCT]))}",
        f"lead over {best}{what}: {_interval(mean_interval(lead), '+')}",
        f"refused{what}: {_share(refused, len(answerable))}",
    ]


def _interval(interval: Interval, sign: str = "") -> str:
    low, high = f"{interval.low:{sign}.3f}", f"{interval.high:{sign}.3f}"
    return f"{interval.estimate:{sign}.3f}, {LEVEL:.0%} interval {low} to {high}"


def _values(results: Sequence[Measured], selected: Selection) -> list[list[float]]:
    """Return the nDCG of every selected answerable question, by portfolio."""
    return [
        [outcome.ndcg for outcome in result.answerable if selected(outcome)] for result in results
    ]


def _kind_table(measured: Mapping[str, list[Measured]]) -> Table:
    kinds: dict[str, list[int]] = defaultdict(list)  # positions among the answerable outcomes
    product = [outcome for outcome in _outcomes(measured[PRODUCT]) if outcome.question.grades]
    for position, outcome in enumerate(product):
        kinds[outcome.question.kind].append(position)
    table = Table("kind of question", "questions", "refused", *measured)
    values = {
        name: [outcome.ndcg for outcome in _outcomes(results) if outcome.question.grades]
        for name, results in measured.items()
    }
    for kind, positions in sorted(kinds.items()):
        refused = sum(not product[position].ranked for position in positions)
        means = [
            mean(of_ranking[position] for position in positions) for of_ranking in values.values()
        ]
        table.add_row(kind, str(len(positions)), str(refused), *(f"{value:.3f}" for value in means))
    return table


def _calibration_table(bins: Sequence[Bin]) -> Table:
    table = Table(
        "score", "results", "mean score", "share relevant",
        title="scores as probabilities, of all repositories scored", title_justify="left",
        caption_justify="left",
        caption=f"expected calibration error: {calibration_error(bins):.3f};"
        f" over scores of {MIN_HIGH} and more: {calibration_error(bins, MIN_HIGH):.3f}",
    )  # fmt: skip
    for score_bin in bins:
        table.add_row(
            f"{score_bin.start:.2f} to {score_bin.end:.2f}", str(score_bin.count),
            f"{score_bin.predicted:.3f}", f"{score_bin.relevant:.3f}",
        )  # fmt: skip
    return table


def _outcomes(results: Sequence[Measured]) -> list[Outcome]:
    return [outcome for result in results for outcome in result.outcomes]


def _print_imperfect(console: Console, results: Sequence[Measured]) -> None:
    for result in results:
        for outcome in result.outcomes:
            question, ranked = outcome.question, list(outcome.ranked[:CUTOFF])
            value = outcome.ndcg if question.grades else float(not ranked)
            if value < 1 or outcome.false_claims:
                console.print(
                    f"{value:.2f} {result.portfolio}: {escape(question.text)}: ranked {ranked},"
                    f" judged {dict(question.grades)}"
                )
            for name, claim in outcome.false_claims:
                shown = f" as {claim.shown_as}" if claim.shown_as else ""
                console.print(escape(f"     {name} does not show {claim.term}{shown}"))


if __name__ == "__main__":
    main()
