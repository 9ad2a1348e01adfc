"""Which repositories answer a question."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ai_assistant import calculate_repo_scores
from relevance.context import normalise_context
from relevance.index import PortfolioIndex
from relevance.text import terms
from tests.unit.portfolios import sample_portfolio

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def ranked(query: str) -> list[str]:
    return [score["name"] for score in calculate_repo_scores(sample_portfolio(), query)]


@pytest.mark.parametrize(
    ("query", "best"),
    [
        ("kubernetes", "skyhook"),
        ("k8s operators", "skyhook"),
        ("Which projects use Terraform?", "harbor-lights"),
        ("infrastructure as code in bicep", "bicep-landing-zone"),
        ("django", "orchard-manager"),
        ("has she done anything with react?", "brightboard"),
        ("C#", "ledgerline"),
        ("C++ performance", "polyglot-pipes"),
        ("machine learning on images with pytorch", "leafnet"),
        ("kubernets", "skyhook"),
        ("sreverless", "cirrus-functions"),
        ("passwordless login", "gatekeeper"),
        ("an iPhone app", "fieldnotes"),
        ("Laravel", "shopfront"),
        ("kafka streaming", "tidepool"),
        ("large language models", "ticketwise"),
        ("embedded firmware", "beehive-sensor"),
        ("GraphQL API", "recipe-graph"),
    ],
)
def test_the_repository_that_is_about_it_comes_first(query, best):
    assert best == ranked(query)[0]


@pytest.mark.parametrize(
    "query", ["blockchain", "COBOL mainframes", "salesforce", "haskell", "quantum"]
)
def test_what_is_not_there_is_not_found(query):
    assert [] == calculate_repo_scores(sample_portfolio(), query)


def test_a_question_of_stop_words_alone_asks_for_nothing():
    assert [] == ranked("what do you have?")


def test_a_technology_is_never_taken_for_another():
    assert "gatekeeper" not in ranked("javascript")
    assert "meshcam" not in ranked("java")
    assert "skyhook" not in ranked("google")


def test_markdown_is_not_a_programming_language():
    assert [] == calculate_repo_scores(
        [{**sample_portfolio()[0], "file_types": {".md": 50}}], "GCC machine description"
    )


def test_a_result_says_where_its_score_was_earned():
    best = calculate_repo_scores(sample_portfolio(), "kubernetes operator")[0]

    assert best["score"] == pytest.approx(sum(best["signals"].values()), abs=0.01)
    assert ["kubernetes", "operator"] == best["matched_terms"]
    assert best["reasons"][0].startswith("kubernetes, operator in its ")


@given(st.text(max_size=100))
@settings(max_examples=60)
def test_any_question_gets_scores_between_0_and_1_best_first(query):
    index = PortfolioIndex(sample_portfolio()[:6])
    scores = [score["score"] for score in calculate_repo_scores(index, query)]

    assert sorted(scores, reverse=True) == scores
    assert all(0 <= score <= 1 for score in scores)


def test_the_order_of_the_bundles_does_not_matter():
    for query in ("python", "api", "kubernetes and docker"):
        assert calculate_repo_scores(sample_portfolio(), query) == calculate_repo_scores(
            sample_portfolio()[::-1], query
        )


@given(json_values)
def test_any_json_can_be_a_context(value):
    normalise_context(value)


@pytest.mark.parametrize(
    ("context", "field", "expected"),
    [
        ({"tech_stack": {"primary": ["Go"], "secondary": None}}, "technologies", ("Go",)),
        (
            {"tech_stack": {"languages": ["HCL"], "tools": "tflint"}},
            "technologies",
            ("HCL", "tflint"),
        ),
        ({"contextType": "x", "mainLanguage": "C#"}, "technologies", ("C#",)),
        ({"repository": "r", "skills": {"embedded": True, "c": "C"}}, "skills", ("C",)),
        (
            {"technical_skills": [{"category": "ML", "skills": ["PyTorch"]}]},
            "skills",
            ("ML", "PyTorch"),
        ),
        (
            {"skill_manifest": {"technical": ["SQL"], "competency_level": "expert"}},
            "skills",
            ("SQL",),
        ),
        ({"components": {"api": {"description": "serves"}}}, "components", ("api", "serves")),
        ({"components": [{"name": "api"}], "topics": ["a", "a"]}, "topics", ("a",)),
    ],
    ids="ABCDE1234"[:8],
)
def test_every_shape_of_context_is_read(context, field, expected):
    assert expected == getattr(normalise_context(context), field)


def test_another_tools_file_is_recognised_by_its_shape():
    foreign = normalise_context(
        {"version": "2", "projectRoot": "/Users/x", "context": {"stack": []}}
    )

    assert foreign.foreign
    assert () == foreign.technologies


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("C++, C# and .NET", ["cplusplus", "csharp", "dotnet"]),
        ("Node.js CI/CD", ["nodejs", "cicd"]),
        ("k8s", ["kubernetes"]),
        ("Show me what he knows about testing", ["test"]),
        ("kebab-case-words", ["kebab", "case", "word"]),
    ],
)
def test_questions_and_repositories_are_read_the_same_way(text, expected):
    assert expected == terms(text)


def test_camel_case_is_taken_apart_and_kept_whole():
    assert {"kafkaconsum", "kafka", "consum"} == set(terms("KafkaConsumer"))
