"""`make eval`: the ranking beside what anybody would try first, on the judged questions."""

from __future__ import annotations

import argparse
from collections import defaultdict
from dataclasses import astuple, replace

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ai_assistant import calculate_repo_scores
from evaluation.baselines import baselines
from evaluation.judged_set import questions, sample_bundles
from evaluation.measures import Question, Ranker, best_threshold, ndcg, report
from relevance.index import PortfolioIndex

MOST_REFUSED = 0.02
COLUMNS = ("nDCG@5", "MRR", "success@1", "refused wrongly", "no match: recall", "precision")


def main() -> None:
    """Print the measures of every ranker, ours by kind of question, and what went wrong."""
    parser = argparse.ArgumentParser(prog="make eval", description=__doc__)
    parser.add_argument("--verbose", action="store_true", help="also each imperfect answer")
    options = parser.parse_args()
    console = Console(soft_wrap=True)
    judged, bundles = questions(), sample_bundles()
    index = PortfolioIndex(bundles)

    def ours(text: str) -> list[tuple[str, float]]:
        return [(each["name"], each["score"]) for each in calculate_repo_scores(index, text)]

    rankers: dict[str, Ranker] = {**baselines(bundles), "this app": ours}
    unanswerable = sum(not each.grades for each in judged)
    console.print(
        f"{len(judged)} judged questions over {len(bundles)} repositories, {unanswerable} of them"
        " without an answer"
    )
    table = Table("", *COLUMNS)
    for name, ranker in rankers.items():
        found = report(judged, ranker)
        if ranker is not ours:  # they rank only; for "nothing" they get the best threshold there is
            refusing = report(judged, ranker, best_threshold(judged, ranker, MOST_REFUSED))
            found = replace(refusing, ndcg=found.ndcg, reciprocal_rank=found.reciprocal_rank)
        table.add_row(name, *(f"{value:.3f}" for value in astuple(found)))
    console.print(table)
    console.print(_by_kind(judged, ours))
    if options.verbose:
        for each in judged:
            ranked = [name for name, _ in ours(each.text)][:5]
            value = ndcg(ranked, each.grades) if each.grades else float(not ranked)
            if value < 1:
                console.print(f"{value:.2f} {escape(each.text)}: {ranked}, not {dict(each.grades)}")


def _by_kind(judged: list[Question], ours: Ranker) -> Table:
    kinds: dict[str, list[float]] = defaultdict(list)
    for each in judged:
        if each.grades:
            kinds[each.kind].append(ndcg([name for name, _ in ours(each.text)], each.grades))
    table = Table("kind of question", "questions", "nDCG@5")
    for kind, values in sorted(kinds.items()):
        table.add_row(kind, str(len(values)), f"{sum(values) / len(values):.3f}")
    return table


if __name__ == "__main__":
    main()
