"""Every value that the running app tells of the sample portfolio equals a count over its listing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import product
from typing import Any, cast
from urllib.parse import urlencode

import pytest

from github_standin.portfolio import load_user
from github_standin.server import GitHubServer, StandIn
from localhost.azurite import Azurite
from tests import told_values
from tests.e2e.shared_app import served_portfolio
from tests.told_values import BEFORE, BEHIND, WHEN, Expected, Repository
from tools.host_process import SAMPLES, USERNAME, HostProcess

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def app(azurite: Azurite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[HostProcess]:
    """The app with the sample portfolio. No test changes it."""
    with (
        GitHubServer(StandIn(load_user(SAMPLES))) as github,
        served_portfolio(azurite, github, tmp_path_factory.mktemp("state")) as host,
    ):
        yield host


@pytest.fixture(scope="module")
def listing(app: HostProcess) -> list[Repository]:
    return cast(list[Repository], app.get(f"/api/portfolios/{USERNAME}").json["repositories"])


def ask(app: HostProcess, question: str, limit: int = 50) -> dict[str, Any]:
    query = urlencode({"q": question, "limit": limit})
    return cast(dict[str, Any], app.get(f"/api/query?{query}").json)


def composed(listing: Sequence[Repository]) -> dict[str, Expected]:
    return {
        question: expected
        for before, when, behind in product(BEFORE, WHEN, BEHIND)
        for question, expected in told_values.composed(listing, before, when, behind).items()
    }


def similar(listing: Sequence[Repository]) -> dict[str, Expected]:
    """Ask for what is like a repository whose languages are all that it shares."""
    (meshcam,) = (each for each in listing if told_values.name(each) == "meshcam")
    return told_values.similar(listing, meshcam)


def profiles(listing: Sequence[Repository]) -> dict[str, Expected]:
    return told_values.profiles(listing, datetime.now(UTC).date())


def roles(listing: Sequence[Repository]) -> dict[str, Expected]:
    """Ask for work that topics show."""
    having = [
        told_values.name(each)
        for each in listing
        if {"ios", "android", "mobile"} & set(each["metadata"]["topics"])
    ]
    return {"is she a mobile developer": Expected("role", len(having), names=having)}


ASKED = {
    "composed": composed,
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
    "meta": told_values.meta,
}


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
def test_what_is_told_is_what_a_count_over_the_listing_finds(
    app: HostProcess,
    listing: list[Repository],
    asked: Callable[[Sequence[Repository]], dict[str, Expected]],
) -> None:
    differences = {
        question: found
        for question, expected in asked(listing).items()
        if (found := told_values.differences(expected, ask(app, question), len(listing)))
    }

    assert {} == differences


@pytest.mark.parametrize(
    "question",
    [
        "how many repositories are there",
        "projects without JavaScript",
        "top 3 by stars without forks",
        "which languages has he used",
        "how much of the code is Python",
        "how long has she been coding",
        "what kind of developer is she",
        "which project should I look at",
    ],
)
def test_the_limit_cuts_the_results_and_leaves_the_fact_alone(
    app: HostProcess, question: str
) -> None:
    whole = ask(app, question)

    for limit in (1, 2, 7):
        cut = ask(app, question, limit)
        assert (whole["fact"], whole["results"][:limit]) == (cut["fact"], cut["results"])


@pytest.mark.parametrize(
    ("question", "what"), [("does she know COBOL", "COBOL"), ("show me all forks", "fork")]
)
def test_where_nothing_fits_the_value_is_zero_and_nothing_matches(
    app: HostProcess, question: str, what: str
) -> None:
    reply = ask(app, question)

    assert (0, True, []) == (reply["fact"]["value"], reply["no_match"], reply["results"])
    assert what in reply["answer"]["text"]


def test_what_to_look_at_is_the_most_recent_the_most_starred_and_one_more(
    app: HostProcess, listing: list[Repository]
) -> None:
    reply = ask(app, "which project should I look at")

    starred = told_values.name(told_values.best_first(listing, told_values.stars)[0])
    recent = told_values.name(told_values.last_pushed(listing))
    assert [recent, starred] == reply["fact"]["value"][:2]
    assert 3 == len(set(reply["fact"]["value"]))
    assert all(name in reply["answer"]["text"] for name in reply["fact"]["value"])
