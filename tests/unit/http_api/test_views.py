"""What visitors see of a portfolio."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from cache import Portfolio
from http_api import views
from tests.unit.http_api.fakes import bundle, portfolio

NOW = datetime(2026, 1, 2, 12, tzinfo=UTC)


def refreshed(moment: datetime, *bundles: Any) -> Portfolio:
    return Portfolio(username="Ada", etag="1", refreshed_at=moment, bundles=bundles)


def test_the_facts_count_repositories_and_seconds():
    moment = NOW - timedelta(seconds=90, milliseconds=700)
    shown = refreshed(moment, bundle("a"), bundle("b", stale=True, stale_reason="blocked"))

    assert {
        "username": "Ada",
        "repos": 2,
        "refreshed_at": "2026-01-02T11:58:29Z",
        "age_seconds": 90,
        "stale": True,
        "stale_repos": 1,
    } == views.portfolio_facts(shown, NOW, stale=True)


def test_a_portfolio_from_a_clock_that_runs_ahead_has_no_negative_age():
    assert 0 == views.age_seconds(refreshed(NOW + timedelta(seconds=5)), NOW)


def test_a_portfolio_is_stale_only_above_the_maximum_age():
    shown = refreshed(NOW - timedelta(seconds=60))

    assert not views.is_stale(shown, NOW, 60)
    assert views.is_stale(shown, NOW, 59)


def test_the_listing_counts_repositories_per_language_topic_and_skill():
    shown = portfolio(
        bundle("a", topics=["web", "web"], languages={"Go": 9}, context={"skills": ["Raft"]}),
        bundle("b", topics=["web"], languages={"Go": 1, "C": 1}, context={"skills": ["Raft"]}),
    )

    assert {
        "languages": {"Go": 2, "C": 1},
        "topics": {"web": 2},
        "skills": {"Raft": 2},
    } == views.listing(shown)["facets"]


def test_the_listing_names_the_most_frequent_skills_up_to_a_maximum():
    many = [f"skill {number}" for number in range(views.MAX_SKILL_FACETS + 20)]
    shown = portfolio(
        bundle("a", context={"skills": many}), bundle("b", context={"skills": ["skill 7"]})
    )

    skills = views.listing(shown)["facets"]["skills"]

    assert views.MAX_SKILL_FACETS == len(skills)
    assert "skill 7" == next(iter(skills))


def test_the_listing_omits_readmes_and_is_computed_once_per_version():
    shown = portfolio()

    assert not any("readme" in repository for repository in views.listing(shown)["repositories"])
    assert views.listing(shown) is views.listing(shown)


def test_a_public_bundle_has_a_difficulty_and_no_embedding():
    public = views.public_bundle(bundle("a", embedding={"model": "m"}))

    assert "embedding" not in public
    assert {"level", "score", "confidence", "reasons"} == set(public["difficulty"])
    assert "# a" == public["readme"]


def test_a_context_file_of_another_tool_is_hidden_and_our_own_is_shown():
    foreign = bundle("a", context={"settings": "/Users/ada"})
    own = bundle("b", context={"skills": ["Raft"]})

    assert {} == views.public_bundle(foreign)["repoContext"]
    assert {"skills": ["Raft"]} == views.public_bundle(own)["repoContext"]
    assert "/Users/ada" in str(foreign), "the cached bundle must not change"


def test_results_combine_the_scores_with_what_the_repositories_are():
    score: Any = {
        "name": "skyhook",
        "score": 0.5,
        "signals": {"topics": 0.5},
        "matched_terms": ["kubernetes"],
        "reasons": ["kubernetes in its topics"],
    }

    assert [
        {
            "name": "skyhook",
            "url": "https://github.com/Ada/skyhook",
            "description": "Canary releases for Kubernetes",
            "score": 0.5,
            "signals": {"topics": 0.5},
            "matched_terms": ["kubernetes"],
            "reasons": ["kubernetes in its topics"],
            "languages": {"Go": 5_000},
        }
    ] == views.results(portfolio(), [score])


def test_the_nearest_repositories_keep_their_order():
    assert [
        {
            "name": "orchard",
            "url": "https://github.com/Ada/orchard",
            "description": "Manages orchards",
        },
        {"name": "notes", "url": "https://github.com/Ada/notes", "description": None},
    ] == views.nearest(portfolio(), ["orchard", "notes"])
