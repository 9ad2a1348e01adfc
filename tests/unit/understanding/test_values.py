"""Every value that is told equals a count by hand, over portfolios of which the truth is planted."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ai_assistant import answer_question, understand
from cache import Portfolio
from github_standin.git_objects import FILE
from http_api import views
from models import Bundle, PublishedBundle
from relevance.index import PortfolioIndex
from tests import told_values
from tests.told_values import BEFORE, BEHIND, WHEN, Expected, Repository
from tests.unit.bundles.trees import bundle_of_files
from tests.unit.portfolios import make_metadata

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
# Invented words, so that no name is read as a technology or corrected to one.
NAMES = (
    "quovinta", "belmora", "zandrik", "tolvane", "mirquat", "pelluvio",
    "garnock", "ostrevy", "wyndral", "xanthume", "korbilo", "fenwarre",
)  # fmt: skip
LANGUAGES = ("Python", "Go", "Rust", "TypeScript", "JavaScript", "HTML", "CSS", "C++", "Ruby")
LICENCES = (None, "MIT", "Apache-2.0", "GPL-3.0", "BSD-3-Clause")
PLANTS = {
    "django": ("requirements.txt", b"django==4.2\n"),
    "flask": ("requirements.txt", b"flask==3.0\n"),
    "docker": ("Dockerfile", b"FROM scratch\n"),
    "tests": ("tests/test_harvest.py", b"assert True\n"),
    "workflow": (".github/workflows/check.yml", b"on: push\n"),
}
# Also the first and the last days of the times that questions name.
TURNS = [
    date(2020, 12, 31),
    *(date(year, 1, 1) for year in (2021, 2022, 2023, 2024)),
    date(2022, 12, 31),
]
days = st.sampled_from(TURNS) | st.dates(date(2018, 1, 1), NOW.date())


def moment(day: date) -> str:
    return f"{day.isoformat()}T09:30:00Z"


@cache
def content_of(plants: frozenset[str]) -> Bundle:
    """Read files as a refresh does."""
    files: dict[str, tuple[str, bytes]] = {}
    for path, content in sorted(PLANTS[plant] for plant in plants):
        files[path] = (FILE, files.get(path, (FILE, b""))[1] + content)
    return bundle_of_files(files)


@st.composite
def repositories(draw: st.DrawFn, name: str) -> PublishedBundle:
    """Plant a repository."""
    first, last = sorted([draw(days), draw(days)])
    plants = draw(st.frozensets(st.sampled_from(sorted(PLANTS))))
    sizes = draw(st.dictionaries(st.sampled_from(LANGUAGES), st.integers(1, 2_000_000), max_size=4))
    metadata = make_metadata(
        name,
        stargazers_count=draw(st.integers(0, 3)),  # few, so that there are ties
        fork=draw(st.sampled_from([False, False, True])),
        archived=draw(st.booleans()),
        license=draw(st.sampled_from(LICENCES)),
        homepage=draw(st.sampled_from([None, "", f"https://{name}.example"])),
        created_at=moment(first),
        pushed_at=moment(last),
    )
    ordered = sorted(sizes.items(), key=lambda item: (-item[1], item[0]))
    published = {
        **content_of(plants),
        "metadata": metadata,
        "languages": dict(ordered),
        "stale": False,
        "stale_reason": None,
    }
    return cast(PublishedBundle, published)


@st.composite
def portfolios(draw: st.DrawFn) -> Portfolio:
    """Plant a portfolio of no to twelve repositories."""
    chosen = sorted(draw(st.sets(st.sampled_from(NAMES), max_size=len(NAMES))))
    return portfolio_of([draw(repositories(name)) for name in chosen])


def portfolio_of(bundles: Sequence[PublishedBundle]) -> Portfolio:
    return Portfolio(
        username="ada",
        etag="v1",
        refreshed_at=NOW,
        finished=True,
        bundles=tuple(bundles),
        index=PortfolioIndex(bundles),
    )


def listing_of(portfolio: Portfolio) -> list[Repository]:
    """Return what `GET /api/portfolios/{username}` shows, as JSON."""
    shown = json.loads(json.dumps(views.listing(portfolio)))
    return cast(list[Repository], shown["repositories"])


def ask(portfolio: Portfolio, question: str) -> dict[str, Any]:
    """Answer a question as `GET /api/query` does, with the highest limit."""
    understood = understand(portfolio, question, NOW)
    ranking = answer_question(portfolio, question, understood, NOW)
    assert ranking.told is not None, f"{question} is searched for"
    reply = {
        "understood": views.understood(ranking.understood),
        "fact": views.fact(ranking.told.fact),
        "results": [{"name": score["name"]} for score in ranking.scores],
        "answer": {"text": ranking.told.text},
    }
    return cast(dict[str, Any], json.loads(json.dumps(reply)))


def check(portfolio: Portfolio, asked: Mapping[str, Expected]) -> None:
    for question, expected in asked.items():
        reply = ask(portfolio, question)
        of = len(portfolio.bundles)
        assert (question, {}) == (question, told_values.differences(expected, reply, of))


def similar(listing: Sequence[Repository]) -> dict[str, Expected]:
    return told_values.similar(listing, listing[0]) if listing else {}


def profiles(listing: Sequence[Repository]) -> dict[str, Expected]:
    return told_values.profiles(listing, NOW.date())


def roles(listing: Sequence[Repository]) -> dict[str, Expected]:
    """Of what is planted, web frameworks alone are backend work."""
    having = [
        told_values.name(each)
        for each in listing
        if {"django", "flask"} & set(each["dependencies"])
    ]
    return {"is she a backend developer": Expected("role", len(having), names=having)}


ASKED = {
    "list": told_values.lists,
    "superlative": told_values.superlatives,
    "languages": told_values.languages,
    "share": told_values.shares,
    "compare": told_values.comparisons,
    "has": told_values.knowledge,
    "timeline": told_values.timelines,
    "describe": told_values.descriptions,
    "built_with": told_values.built_with,
    "stack": told_values.stacks,
    "similar": similar,
    "profile": profiles,
    "role": roles,
    "highlights": told_values.highlights,
    "meta": told_values.meta,
}


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
@given(portfolio=portfolios())
@settings(max_examples=12)
def test_what_is_told_is_what_a_count_by_hand_finds(
    portfolio: Portfolio, asked: Callable[[Sequence[Repository]], dict[str, Expected]]
) -> None:
    check(portfolio, asked(listing_of(portfolio)))


FILTERS = st.tuples(*(st.sampled_from(sorted(words)) for words in (BEFORE, WHEN, BEHIND)))


@given(portfolios(), st.lists(FILTERS, min_size=8, max_size=8))
@settings(max_examples=20)
def test_filters_compose(portfolio: Portfolio, filters: list[tuple[str, ...]]) -> None:
    listing = listing_of(portfolio)
    for before, when, behind in filters:
        check(portfolio, told_values.composed(listing, before, when, behind))
