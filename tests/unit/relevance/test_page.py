"""docs/relevance.md tells the truth about the ranking."""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path

import pytest

from evaluation.judged_set import sample_bundles
from relevance import index
from relevance.scoring import fitted_weights

PAGE = (Path(__file__).parents[3] / "docs" / "relevance.md").read_text(encoding="utf-8")
QUESTION = "infra as code for azure"


def rows_below(header: str) -> list[list[str]]:
    """Return the cells of the table under a header."""
    lines = PAGE[PAGE.index(header) :].splitlines()[2:]
    table = lines[: next(number for number, line in enumerate(lines) if not line.startswith("|"))]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table]


def test_it_has_the_fitted_weights():
    (weights,) = rows_below("| intercept | words |")

    assert list(asdict(fitted_weights()).values()) == [float(weight) for weight in weights]


def test_its_example_is_what_the_ranking_makes_of_the_sample():
    rows = rows_below("| repository | words |")
    signals = index.PortfolioIndex(sample_bundles()).signals(QUESTION)
    best_first = sorted(signals, key=lambda name: -fitted_weights().score(signals[name]))

    assert f'for "{QUESTION}"' in PAGE
    assert best_first[: len(rows)] == [name for name, *_ in rows]
    for name, *cells, score in rows:
        values = asdict(signals[name]).values()
        assert [f"{value:.2f}" for value in values] == cells
        assert f"{fitted_weights().score(signals[name]):.2f}" == score


@pytest.mark.parametrize(
    ("sentence", "value"),
    [
        (r"Everyday words .* count (\S+) of that", index.EVERYDAY_TERM_WEIGHT),
        (r"list has (\S+), and words that every", index.UNKNOWN_TERM_WEIGHT),
        (r'could claim \("plugin"\) (\S+)\.\n', index.WEAK_TERM_WEIGHT),
        (r"unless a repository scores (\S+): more", index.ABSENT_THRESHOLD),
        (r"nothing shows does so below (\S+)\.\n", index.ABSENT_SUBJECT_THRESHOLD),
        (r"every repository from (\S+), and from a twentieth", index.MATCH_THRESHOLD),
        (r"is shown, at most (\d+)\.", index.MAX_MATCHES),
    ],
)
def test_it_has_the_numbers_of_the_code(sentence, value):
    match = re.search(sentence.replace(" ", r"\s"), PAGE)

    assert match is not None
    assert value == float(match[1])
    assert 1 / 20 == index.MATCH_SHARE_OF_BEST
