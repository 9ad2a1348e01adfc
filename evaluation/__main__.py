"""`make eval`: compare the ranking with standard baselines on the judged questions."""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import astuple, replace

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ai_assistant import calculate_repo_scores
from evaluation.baselines import baselines
from evaluation.judged_set import questions, sample_bundles
from evaluation.measures import CUTOFF, Question, Ranker, best_threshold, ndcg, report
from relevance.index import PortfolioIndex

MAX_REFUSED = 0.02
COLUMNS = (
    f"nDCG@{CUTOFF}", "MRR", "success@1", "refused wrongly", "no match: recall", "precision",
)  # fmt: skip


def main() -> None:
    """Print the measures of every ranker, and this app's by kind of question."""
    parser = argparse.ArgumentParser(prog="make eval", description=__doc__)
    parser.add_argument(
        "--verbose", action="store_true", help="also print each question with an imperfect ranking"
    )
    options = parser.parse_args()
    console = Console(soft_wrap=True)
    judged, bundles = questions(), sample_bundles()
    index = PortfolioIndex(bundles)

    def this_app(text: str) -> list[tuple[str, float]]:
        return [(score["name"], score["score"]) for score in calculate_repo_scores(index, text)]

    unanswerable = sum(not question.grades for question in judged)
    console.print(
        f"{len(judged)} judged questions over {len(bundles)} repositories, {unanswerable} of them"
        " without an answer"
    )
    table = Table("", *COLUMNS)
    for name, ranker in baselines(bundles).items():
        table.add_row(name, *_baseline_values(judged, ranker))
    table.add_row("this app", *(f"{value:.3f}" for value in astuple(report(judged, this_app))))
    console.print(table)
    console.print(_table_by_kind(judged, this_app))
    if options.verbose:
        _print_imperfect(console, judged, this_app)


def _baseline_values(judged: Sequence[Question], ranker: Ranker) -> list[str]:
    """Measure a baseline: its order without a threshold, its refusals with the best one."""
    ordering = report(judged, ranker)
    refusals = report(judged, ranker, best_threshold(judged, ranker, MAX_REFUSED))
    combined = replace(refusals, ndcg=ordering.ndcg, mrr=ordering.mrr)
    return [f"{value:.3f}" for value in astuple(combined)]


def _table_by_kind(judged: Sequence[Question], ranker: Ranker) -> Table:
    values_by_kind: dict[str, list[float]] = defaultdict(list)
    for question in judged:
        if question.grades:
            ranked = [name for name, _ in ranker(question.text)]
            values_by_kind[question.kind].append(ndcg(ranked, question.grades))
    table = Table("kind of question", "questions", f"nDCG@{CUTOFF}")
    for kind, values in sorted(values_by_kind.items()):
        table.add_row(kind, str(len(values)), f"{sum(values) / len(values):.3f}")
    return table


def _print_imperfect(console: Console, judged: Sequence[Question], ranker: Ranker) -> None:
    for question in judged:
        ranked = [name for name, _ in ranker(question.text)][:CUTOFF]
        value = ndcg(ranked, question.grades) if question.grades else float(not ranked)
        if value < 1:
            console.print(
                f"{value:.2f} {escape(question.text)}: ranked {ranked}, judged {dict(question.grades)}"
            )


if __name__ == "__main__":
    main()
