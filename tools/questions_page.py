"""`make questions`: write `docs/questions.md`, with how examples are read and what the sample answers."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from ai_assistant import answer_question, understand
from cache import Portfolio
from evaluation.judged_set import FETCHED_AT, sample_bundles
from models import PublishedBundle
from relevance.index import PortfolioIndex
from tools.host_process import ROOT, USERNAME
from understanding import facts

PAGE = ROOT / "docs" / "questions.md"
EXAMPLES: Mapping[str, Any] = tomllib.loads(
    Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
)
NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)  # fixed, so that every run writes the same page
MAX_FOUND = 3

INTRODUCTION = """\
# What can be asked
Visitors ask in plain English; the site's owner prepares nothing. Questions that ask for a number, a date, an order or a
comparison are answered from facts, which rules decide; a model may only put them into words. Every other question is a
search: the repositories are ranked for its words ([docs/relevance.md](relevance.md)). Where the reading of a question
is in doubt, it is a search, too.

The answer of `GET /api/query?q=…` shows what happened:

- `understood` says how the question was read: its `kind`, what was recognised, and `read_as`, the reading in plain
  words. `read_as` is empty for a search.
- `fact` has the `value`, its `unit`, `of` how many repositories, the `rule` that decided, and more in `also`.
- `results` are the repositories that the fact rests on, in the order asked for. `limit` cuts them and never the fact.
- `read=false` undoes the reading: the words are searched for, whatever they ask.

The answers below are those of the sample portfolio (`make run` serves it) on 15 June 2026. `make questions` writes
this page.

## What is true
Sentences speak of the repositories and not of the person, who may know more than they show. These rules decide
([`understanding/facts.py`](../understanding/facts.py)):
"""

ORDERS = """\
Each goes both ways: the most or the least first. The number of commits is known only of
repositories that were read by GraphQL. Where none is known, as here, the answer says so.
"""


def main() -> None:
    PAGE.write_text(page(sample_portfolio()), encoding="utf-8")
    print(f"wrote {PAGE.relative_to(ROOT)}")


def sample_portfolio() -> Portfolio:
    """Fetch the sample portfolio from a stand-in for GitHub."""
    bundles = tuple(
        cast(PublishedBundle, {**bundle, "stale": False, "stale_reason": None})
        for bundle in sample_bundles()
    )
    return Portfolio(USERNAME, "", FETCHED_AT, True, bundles, PortfolioIndex(bundles))


def page(portfolio: Portfolio) -> str:
    """Write the page, with the answers of a portfolio."""
    lines = [*INTRODUCTION.splitlines(), "", *truth_rules(), ""]
    lines += ["## Kinds of questions", "`understood.kind` is one of these.", ""]
    for kind, section in EXAMPLES["kinds"].items():
        lines += [f"### `{kind}`", section["says"], ""]
        questions = ((question,) for question in section["examples"])
        lines += [*table(portfolio, ("question",), questions), ""]
    lines += ["## Filters", "They combine with one another and with every kind.", ""]
    lines += [
        *table(portfolio, ("only repositories with", "question"), EXAMPLES["filters"].items()),
        "",
    ]
    lines += ["These are there or not:", ""]
    lines += [*table(portfolio, ("flag", "question"), quoted(EXAMPLES["flags"])), ""]
    lines += ["## Orders", *ORDERS.splitlines(), ""]
    lines += [*table(portfolio, ("by", "question"), quoted(EXAMPLES["sorts"])), ""]
    lines += [
        "## What repositories cannot show",
        "",
        *table(portfolio, ("topic", "question"), quoted(EXAMPLES["topics"])),
    ]
    return "\n".join(lines) + "\n"


def truth_rules() -> Iterator[str]:
    """Return the table of rules that the module of facts describes itself with."""
    return (line for line in (facts.__doc__ or "").splitlines() if line.startswith("|"))


def quoted(examples: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    return ((f"`{name}`", question) for name, question in examples.items())


def table(
    portfolio: Portfolio, heads: Sequence[str], rows: Iterable[Sequence[str]]
) -> Iterator[str]:
    """Write a table: each row's cells, the last of which is a question, its reading and its answer."""
    columns = [*heads, "read as", "answer"]
    yield f"| {' | '.join(columns)} |"
    yield "|---" * len(columns) + "|"
    for row in rows:
        cells = [cell.replace("|", "\\|") for cell in (*row, *asked(portfolio, row[-1]))]
        yield f"| {' | '.join(cells)} |"


def asked(portfolio: Portfolio, question: str) -> tuple[str, str]:
    """Return how a question is read, and what is answered."""
    ranking = answer_question(portfolio, question, understand(portfolio, question, NOW), NOW)
    if ranking.told:
        return ranking.understood.read_as, ranking.told.text
    found = [score["name"] for score in ranking.scores[:MAX_FOUND]]
    return "*a search*", f"*finds {', '.join(found) or 'nothing'}*"


if __name__ == "__main__":
    main()
