"""docs/questions.md shows every kind of question, as it is read and answered."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import get_args

import pytest

from ai_assistant import answer_question, understand
from tools.questions_page import EXAMPLES, NOW, PAGE, page, sample_portfolio
from understanding.model import Flag, Kind, SortField, Topic, Understood

portfolio = cache(sample_portfolio)


def read(question: str) -> Understood:
    return understand(portfolio(), question, NOW)


def test_the_page_is_what_the_sample_answers() -> None:
    assert page(portfolio()) == PAGE.read_text(encoding="utf-8"), "run `make questions`"


@pytest.mark.parametrize(
    ("section", "names"),
    [("kinds", Kind), ("flags", Flag), ("sorts", SortField), ("topics", Topic)],
)
def test_it_leaves_nothing_out(section: str, names: object) -> None:
    assert set(get_args(names)) == set(EXAMPLES[section])


@pytest.mark.parametrize("kind", EXAMPLES["kinds"])
def test_examples_are_read_as_the_kind_that_they_stand_under(kind: str) -> None:
    examples = EXAMPLES["kinds"][kind]["examples"]

    assert dict.fromkeys(examples, kind) == {each: read(each).kind for each in examples}
    assert 3 <= len(examples) <= 6


@pytest.mark.parametrize("what", EXAMPLES["filters"])
def test_an_example_of_a_filter_is_read_as_one(what: str) -> None:
    understood = read(EXAMPLES["filters"][what])

    assert "find" != understood.kind
    assert (
        understood.about
        or understood.not_
        or understood.only
        or understood.subject
        or understood.period
        or understood.licence is not None
    )


@pytest.mark.parametrize("flag", EXAMPLES["flags"])
def test_an_example_of_a_flag_names_it(flag: str) -> None:
    assert flag in dict(read(EXAMPLES["flags"][flag]).flags)


@pytest.mark.parametrize("field", EXAMPLES["sorts"])
def test_an_example_of_an_order_asks_for_it(field: str) -> None:
    sort = read(EXAMPLES["sorts"][field]).sort

    assert sort is not None
    assert field == sort.field


@pytest.mark.parametrize("topic", EXAMPLES["topics"])
def test_an_example_of_a_topic_is_told_as_such(topic: str) -> None:
    question = EXAMPLES["topics"][topic]

    told = answer_question(portfolio(), question, read(question), NOW).told

    assert told is not None
    assert topic == told.fact.also["topic"]


def test_what_is_searched_for_says_so() -> None:
    assert "| weather | *a search* | *finds weather-cards" in page(portfolio())


def test_no_cell_of_a_table_breaks_it() -> None:
    def columns(line: str) -> int:
        return line.replace("\\|", "").count("|")

    lines = page(portfolio()).splitlines()
    for above, below in pairwise(lines):
        if above.startswith("|") and below.startswith("|"):
            assert columns(above) == columns(below)
