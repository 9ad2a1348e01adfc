"""What visitors see of a portfolio."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from jsonschema import validate

from ai_assistant import Assistant
from answers.desk import Answer, Citation
from http_api import views
from tests.model_server import ModelOptions
from tests.unit.http_api.fakes import FakePortfolio, bundle, pending_bundle, portfolio
from tests.unit.portfolios import sample_portfolio
from tests.unit.test_ai_assistant import portfolio_of
from web.api_page import openapi_document

NOW = datetime(2026, 1, 2, 12, tzinfo=UTC)


def refreshed(moment: datetime, *bundles: Any) -> Any:
    return FakePortfolio("Ada", moment, bundles)


def test_the_facts_count_repositories_and_seconds():
    moment = NOW - timedelta(seconds=90, milliseconds=700)
    shown = refreshed(moment, bundle("a"), bundle("b", stale=True, stale_reason="blocked"))

    assert {
        "username": "Ada",
        "repos": 2,
        "state": "complete",
        "pending": 0,
        "refreshed_at": "2026-01-02T11:58:29Z",
        "age_seconds": 90,
        "stale": True,
        "stale_repos": 1,
    } == views.portfolio_facts(shown, NOW, stale=True)


def test_a_portfolio_with_unread_repositories_is_partial():
    facts = views.portfolio_facts(
        refreshed(NOW, bundle("a"), pending_bundle("b")), NOW, stale=False
    )

    assert ("partial", 1, 2) == (facts["state"], facts["pending"], facts["repos"])


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


def test_an_unread_repository_counts_with_the_language_that_github_lists():
    read = bundle("a", languages={"Rust": 1})
    unread = pending_bundle("b")
    unknown = {**pending_bundle("c"), "metadata": {**unread["metadata"], "language": None}}

    languages = views.listing(portfolio(read, unread, unknown))["facets"]["languages"]

    assert {"Rust": 1, "Go": 1} == languages


def test_a_repository_that_was_read_counts_with_its_own_languages_only():
    """GitHub lists a main language for longer than the files of that language exist."""
    emptied = {**bundle("a", languages={"Go": 1}), "languages": {}}

    assert {} == views.listing(portfolio(emptied))["facets"]["languages"]


def test_an_unread_repository_was_never_fetched():
    assert views.public_bundle(pending_bundle("a"))["fetched_at"] is None
    assert views.public_bundle(bundle("a"))["fetched_at"]


def test_the_listing_names_the_most_frequent_skills_up_to_a_maximum():
    many = [f"skill {number}" for number in range(views.MAX_SKILL_FACETS + 20)]
    shown = portfolio(
        bundle("a", context={"skills": many}), bundle("b", context={"skills": ["skill 7"]})
    )

    skills = views.listing(shown)["facets"]["skills"]

    assert views.MAX_SKILL_FACETS == len(skills)
    assert "skill 7" == next(iter(skills))


def test_the_listing_omits_long_parts_and_is_computed_once_per_version():
    shown = portfolio(bundle("a", locations={"go.mod": 1}, terms={"terms": []}))

    (repository,) = views.listing(shown)["repositories"]
    assert not {"readme", "locations", "terms"} & set(repository)
    assert views.listing(shown) is views.listing(shown)


def test_a_public_bundle_has_a_difficulty_and_nothing_of_the_ranking():
    public = views.public_bundle(bundle("a", embedding={"model": "m"}, terms={"terms": []}))

    assert not {"embedding", "terms"} & set(public)
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
        "signals": {"description": 0.5},
        "matched_terms": ["kubernetes"],
        "reasons": ["kubernetes in its topics"],
    }

    assert [
        {
            "name": "skyhook",
            "url": "https://github.com/Ada/skyhook",
            "description": "Canary releases for Kubernetes",
            "score": 0.5,
            "signals": {"description": 0.5},
            "matched_terms": ["kubernetes"],
            "reasons": ["kubernetes in its topics"],
            "evidence": [
                {
                    "term": "kubernetes",
                    "signal": "description",
                    "path": None,
                    "line": None,
                    "quote": "Canary releases for Kubernetes",
                    "url": "https://github.com/Ada/skyhook",
                    "pinned": False,
                }
            ],
            "languages": {"Go": 5_000},
        }
    ] == views.results(portfolio(), [score])


def test_a_result_names_its_parts_that_match():
    components = [
        {
            "path": "chart",
            "name": "chart",
            "description": "Installs it with Helm",
            "technologies": [],
            "skills": [],
            "topics": [],
        }
    ]
    score: Any = {
        "name": "skyhook",
        "score": 0.5,
        "signals": {"context": 0.5},
        "matched_terms": ["Helm"],
        "reasons": [],
    }

    (result,) = views.results(portfolio(bundle("skyhook", components=components)), [score])

    assert [("chart", 1.0)] == [(part["path"], part["score"]) for part in result["parts"]]


def test_the_nearest_repositories_keep_their_order():
    assert [
        {
            "name": "orchard",
            "url": "https://github.com/Ada/orchard",
            "description": "Manages orchards",
        },
        {"name": "notes", "url": "https://github.com/Ada/notes", "description": None},
    ] == views.nearest(portfolio(), ["orchard", "notes"])


@pytest.mark.parametrize(
    "question",
    ["kubernetes", "how many projects use Kubernetes?"],
    ids=["ranked", "told"],
)
async def test_each_sentence_has_the_evidence_that_it_rests_on(question):
    portfolio = portfolio_of(*sample_portfolio())
    assistant = Assistant(ModelOptions("http://fake", openai_api_key=None))
    ranking = await assistant.answer_question(portfolio, question, NOW)

    answer = views.answer(portfolio, ranking.scores, await assistant.answer(ranking))

    await assistant.close()
    document = openapi_document()
    validate(answer, {**document, "$ref": "#/components/schemas/Answer"})
    assert answer["text"] == " ".join(sentence["text"] for sentence in answer["sentences"])
    first = answer["sentences"][0]
    assert "skyhook" in first["repositories"]
    permalink = r"https://github.com/ada-nimbus/skyhook/blob/[0-9a-f]{40}/go\.mod#L\d+"
    assert any(re.fullmatch(permalink, item["url"]) for item in first["evidence"])


def test_a_sentence_without_a_repository_has_no_evidence():
    nothing = "No repository shows COBOL."
    written: Answer = {
        "text": nothing,
        "sentences": [{"text": nothing, "repositories": []}],
        "citations": [],
        "source": "extractive",
    }

    assert [{"text": nothing, "repositories": [], "evidence": []}] == (
        views.answer(portfolio(), [], written)["sentences"]
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hook fits best, then sky-hook.", "[hook](/hook) fits best, then [sky-hook](/sky-hook)."),
        ("It is sky-hook.", "It is [sky-hook](/sky-hook)."),
        ("hook or hook", "[hook](/hook) or [hook](/hook)"),
        ("other, hook.js and src/hook", "other, hook.js and src/hook"),
    ],
)
def test_an_answer_for_existing_sites_links_what_it_cites(text, expected):
    citations: list[Citation] = [{"name": name, "url": f"/{name}"} for name in ("hook", "sky-hook")]

    assert expected == views.linked(
        {"text": text, "sentences": [], "citations": citations, "source": "extractive"}
    )
