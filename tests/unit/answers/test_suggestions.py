"""Suggestions are questions that the portfolio can answer."""

from __future__ import annotations

from functools import cache

import pytest

from answers.suggestions import MAX_SUBJECTS, subjects, suggestions
from relevance.index import PortfolioIndex
from tests.unit.portfolios import make_bundle, sample_portfolio


@cache
def sample_index() -> PortfolioIndex:
    return PortfolioIndex(sample_portfolio())


class TestSubjects:
    def test_they_are_topics_technologies_and_main_languages_most_frequent_first(self):
        bundles = [
            make_bundle("a", topics=["time-series", "cli"], languages={"Rust": 9, "C": 1}),
            make_bundle("b", topics=["cli"], repoContext={"tech_stack": ["clap"]}),
        ]

        assert ["cli", "time series", "Rust", "clap"] == subjects(bundles)

    def test_spellings_of_one_subject_are_counted_together(self):
        bundles = [make_bundle("a", topics=["k8s"]), make_bundle("b", topics=["kubernetes", "go"])]

        assert ["k8s", "go"] == subjects(bundles)

    def test_of_equally_frequent_ones_the_first_comes_first(self):
        bundles = [make_bundle("a", topics=["zig", "apl"]), make_bundle("b", topics=["apl", "zig"])]

        assert ["zig", "apl"] == subjects(bundles)

    def test_a_repository_whose_content_is_pending_has_its_main_language(self):
        pending, other = make_bundle("a", topics=["fruit"]), make_bundle("b")
        pending["metadata"]["language"] = "Rust"

        assert ["fruit", "Rust"] == subjects([pending, other])

    @pytest.mark.parametrize("topic", ["x", "x" * 31, "<b>bold", "the", "a\tb", ""])
    def test_names_that_make_no_question_are_left_out(self, topic):
        assert [] == subjects([make_bundle("a", topics=[topic])])

    def test_they_are_bounded(self):
        topics = [f"subject-{letter}{other}" for letter in "bcdfghkl" for other in "bcdfghkl"]

        assert MAX_SUBJECTS == len(subjects([make_bundle("a", topics=topics)]))


class TestSuggestions:
    @pytest.mark.parametrize("question", ["kubernetes", "blockchain", "which projects use python?"])
    def test_they_are_three_other_questions_that_have_an_answer(self, question):
        matches = sample_index().rank(question).matches
        by_name = {bundle["metadata"]["name"]: bundle for bundle in sample_portfolio()}
        best = by_name[matches[0].name] if matches else None

        suggested = suggestions(question, sample_index(), subjects(sample_portfolio()), best)

        assert 3 == len(set(suggested))
        assert all(sample_index().rank(suggestion).matches for suggestion in suggested)
        assert not any(question.lower() in suggestion.lower() for suggestion in suggested)

    def test_they_are_the_same_each_time(self):
        known = subjects(sample_portfolio())

        first, second = (suggestions("go", sample_index(), known, None) for _ in range(2))

        assert first == second

    def test_subjects_of_the_best_repository_come_first(self):
        best = make_bundle("a", topics=["terraform", "azure"])
        index = PortfolioIndex([best, make_bundle("b", topics=["django"])])

        assert ["Which projects use azure?", "What is there about django?"] == suggestions(
            "terraform", index, ["django", "azure"], best
        )

    def test_a_subject_is_suggested_once(self):
        index = PortfolioIndex([make_bundle("a", topics=["orchard", "orchard-manager"])])

        assert ["Which projects use orchard?"] == suggestions(
            "terraform", index, ["orchard", "orchard manager"], None
        )

    def test_a_subject_without_an_answer_is_not_suggested(self):
        index = PortfolioIndex([make_bundle("a", topics=["terraform"])])

        assert [] == suggestions("azure", index, ["haskell"], None)
