"""Suggestions are questions that a person would ask, and that the portfolio answers."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ai_assistant import Ranking, answer_question, suggest, understand
from answers.suggestions import MAX_SUGGESTIONS
from cache import Portfolio
from models import PublishedBundle
from relevance.index import PortfolioIndex
from relevance.text import terms
from tests.unit.portfolios import make_bundle, sample_portfolio

NOW = datetime(2026, 1, 1, tzinfo=UTC)
FORMS = re.compile(
    r"Which projects use \S.*\?|What is there about \S.*\?|Compare .+ and .+|Tell me about \S+"
    r"|How many years of .+ experience\?|What is the most recent project\?"
    r"|Which languages are used most\?|Which projects are worth a look\?"
)
QUESTIONS = (
    "kubernetes", "chess", "which projects use python?", "weather", "docker and redis", "terrafrom", "",
    "Which languages are used most?", "What is the most recent project?", "Tell me about skyhook",
    "how many projects are there?", "go", "something with sensors", "Compare Azure and AWS", "x" * 400,
)  # fmt: skip


def portfolio_of(*bundles: PublishedBundle) -> Portfolio:
    ordered = tuple(sorted(bundles, key=lambda bundle: bundle["metadata"]["name"].lower()))
    return Portfolio("ada", "v1", NOW, True, ordered, PortfolioIndex(ordered))


@cache
def sample() -> Portfolio:
    return portfolio_of(*sample_portfolio())


def asked(portfolio: Portfolio, question: str) -> Ranking:
    return answer_question(portfolio, question, understand(portfolio, question, NOW), NOW)


def suggested(portfolio: Portfolio, question: str) -> list[str]:
    return suggest(asked(portfolio, question))


def check(portfolio: Portfolio, question: str) -> list[str]:
    """Return the suggestions for a question, all of which have an answer and are other questions."""
    ranking = asked(portfolio, question)
    suggestions = suggest(ranking)
    assert len(suggestions) == len(set(suggestions)) <= MAX_SUGGESTIONS
    for suggestion in suggestions:
        answered = asked(portfolio, suggestion)
        assert FORMS.fullmatch(suggestion)
        assert answered.scores
        assert not answered.no_match
        assert set(terms(suggestion)) != set(terms(question))
        if ranking.told:
            assert answered.understood != ranking.understood
    return suggestions


def rusty(name: str, **content: object) -> PublishedBundle:
    return make_bundle(name, f"Counts {name}", languages={"Rust": 900}, **content)


class TestSuggest:
    @pytest.mark.parametrize("question", QUESTIONS)
    def test_they_are_three_other_questions_that_have_an_answer(self, question):
        assert MAX_SUGGESTIONS == len(check(sample(), question))

    @given(
        st.lists(
            st.tuples(
                st.sets(
                    st.sampled_from(
                        [
                            "chess",
                            "django",
                            "react",
                            "vue",
                            "python3.10",
                            "home-automation",
                            "cli",
                            "<b>",
                            "x" * 60,
                        ]
                    ),
                    max_size=4,
                ),
                st.dictionaries(
                    st.sampled_from(["Python", "Go", "HTML", "Makefile", "C++", "Zig"]),
                    st.integers(1, 10**6),
                    max_size=3,
                ),
                st.sampled_from(
                    ["tools", "go", "site.io", "Compare", "hare-counter", "chess", "docker"]
                ),
            ),
            max_size=5,
            unique_by=lambda made: made[2],
        ),
        st.sampled_from([*QUESTIONS, "django", "python", "hares", "react or vue"]),
    )
    @settings(max_examples=60, deadline=None)
    def test_whatever_the_portfolio_every_suggestion_has_an_answer(self, made, question):
        bundles = [
            make_bundle(name, "Counts hares", topics=sorted(topics), languages=languages)
            for topics, languages, name in made
        ]

        check(portfolio_of(*bundles), question)

    def test_an_empty_portfolio_answers_nothing(self):
        assert [] == suggested(portfolio_of(), "chess")

    def test_they_are_the_same_each_time_and_are_checked_once(self):
        portfolio = portfolio_of(*sample_portfolio())
        ranking = asked(portfolio, "kubernetes")

        assert suggest(ranking) == suggest(ranking) == suggested(sample(), "kubernetes")


class TestSorts:
    def test_what_competes_with_a_technology_comes_first(self):
        portfolio = portfolio_of(
            make_bundle("a", topics=["terraform"]), make_bundle("b", topics=["ansible"])
        )

        assert "Compare Terraform and Ansible" == suggested(portfolio, "terraform")[0]

    def test_a_language_competes_with_the_other_languages(self):
        portfolio = portfolio_of(rusty("a"), make_bundle("b", languages={"Zig": 900}))

        assert "Compare Rust and Zig" == suggested(portfolio, "rust")[0]

    def test_what_does_different_work_is_not_compared(self):
        portfolio = portfolio_of(
            make_bundle("a", topics=["prometheus"]), make_bundle("b", topics=["grafana"])
        )

        assert "Which projects use Grafana?" == suggested(portfolio, "prometheus")[0]

    def test_a_language_with_few_bytes_is_not_asked_for(self):
        portfolio = portfolio_of(
            make_bundle("a", languages={"Rust": 99, "Zig": 1}), make_bundle("b", topics=["redis"])
        )

        assert not any("Zig" in suggestion for suggestion in suggested(portfolio, "rust"))

    def test_what_is_absent_is_not_compared(self):
        portfolio = portfolio_of(make_bundle("b", topics=["ansible"]))

        assert (
            "Which projects use Ansible?"
            == suggested(portfolio, "which projects use terraform?")[0]
        )

    def test_the_best_results_technologies_come_before_its_languages(self):
        portfolio = portfolio_of(rusty("tally", topics=["redis"]), rusty("other"))

        assert "Which projects use Redis?" == suggested(portfolio, "tally")[0]

    def test_the_best_result_is_one_of_them(self):
        assert "Tell me about skyhook" in suggested(sample(), "kubernetes")

    @pytest.mark.parametrize("name", ["site.io", "setup.py"])
    def test_a_name_that_reads_as_a_file_or_an_address_is_not(self, name):
        portfolio = portfolio_of(rusty(name, topics=["redis"]))

        assert not any(name in suggestion for suggestion in suggested(portfolio, "redis"))

    @pytest.mark.parametrize(
        "topic", ["git", "json", "eslint", "pip", "github-actions", "python-3-10", "embedded"]
    )
    def test_what_every_project_has_is_not(self, topic):
        portfolio = portfolio_of(make_bundle("tally", "Counts hares", topics=[topic]))

        assert not any(
            suggestion.startswith(("Which projects use", "What is there"))
            for suggestion in suggested(portfolio, "hares")
        )

    @pytest.mark.parametrize(
        ("topic", "subject"),
        [("chess", "chess"), ("home-automation", "home automation"), ("calculator", "calculators")],
    )
    def test_subjects_are_asked_about(self, topic, subject):
        portfolio = portfolio_of(make_bundle("tally", "Counts hares", topics=[topic]))

        assert f"What is there about {subject}?" in suggested(portfolio, "hares")

    def test_years_are_asked_of_the_language_that_was_asked_for(self):
        portfolio = portfolio_of(rusty("a"), make_bundle("b", languages={"Zig": 900}))

        overall = {
            suggestion
            for marks in range(12)
            for question in ["zig" + marks * "?"]
            for suggestion in suggested(portfolio, question)
        }

        assert "How many years of Zig experience?" in overall
        assert "How many years of Rust experience?" not in overall

    def test_questions_about_the_whole_portfolio_vary(self):
        overall = {suggested(sample(), question)[1] for question in QUESTIONS}

        assert len(overall) > 2
