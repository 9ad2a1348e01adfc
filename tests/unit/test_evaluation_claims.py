"""What results claim is checked against the repositories, apart from the ranking."""

from __future__ import annotations

from typing import Any

import pytest

from evaluation.claims import ClaimChecker, Evidence
from evaluation.meanings import Meanings, forms, squash, vocabulary_meanings, words
from evaluation.measures import Claim, Question
from evaluation.portfolio import JudgedPortfolio
from tests.unit.portfolios import make_bundle

MEANINGS = Meanings(
    spellings={"postgresql": ["postgres"], "shop": ["ecommerce"], "ecommerce": ["online shop"]},
    narrower={"database": ["sql"], "sql": ["postgresql"]},
    related={"kubernetes": ["helm"]},
    files={"chart.yaml": ["helm"]},
    suffixes={".tf": ["terraform"]},
)
ASKED = Question("?", {})


def checker(*texts: str, paths: tuple[str, ...] = (), **bundle: Any) -> ClaimChecker:
    """Check claims about one repository, `it`."""
    portfolio = JudgedPortfolio(
        "ada", (make_bundle("it", **bundle),), (), {"it": texts}, {"it": paths}
    )
    return ClaimChecker(portfolio, MEANINGS)


class TestClaims:
    @pytest.mark.parametrize(
        ("text", "term"),
        [
            ("It tracks expenses.", "tracking"),
            ("A library of queries", "query"),
            ("The visualisation of data", "visualization"),
            ("Uses WebSockets", "websocket"),
            ("a web-socket", "websocket"),
            ("class TodoList", "list"),
            ("class TodoList", "todolist"),
            ("Large language models", "large language model"),
            ("in C++ and C#", "c++"),
            ("in C++ and C#", "csharp"),
        ],
    )
    def test_a_word_may_be_written_in_another_way(self, text, term):
        assert checker(text).holds(Claim(term), "it", ASKED)

    @pytest.mark.parametrize(
        ("text", "term"),
        [
            ("A platformer", "platform"),
            ("Localization", "local"),
            ("Controls a lamp", "controller"),
            ("vicarious", "car"),
            ("machine parts and learning", "machine learning"),
            ("volcano", "vulkan"),
            ("in C", "c++"),
        ],
    )
    def test_a_similar_word_is_another_word(self, text, term):
        assert not checker(text).holds(Claim(term), "it", ASKED)

    def test_words_of_different_texts_are_not_adjacent(self):
        assert not checker("the machine", "learning to cook").holds(
            Claim("machine learning"), "it", ASKED
        )

    def test_everything_that_is_known_of_a_repository_counts(self):
        checked = checker(
            "in a file",
            paths=("src/basket.go",),
            description="Sells books",
            topics=["retail"],
            languages={"Go": 1},
            dependencies=["gin"],
            readme="Hello",
        )

        for term in ("file", "basket", "books", "retail", "go", "gin", "hello", "it"):
            assert checked.holds(Claim(term), "it", ASKED)

    def test_a_kind_of_a_thing_shows_it(self):
        assert checker("Runs on Postgres").holds(Claim("databases"), "it", ASKED)

    def test_a_thing_does_not_show_a_kind_of_it(self):
        assert not checker("Has a database").holds(Claim("postgresql"), "it", ASKED)

    def test_a_name_may_be_a_way_of_writing_another_one(self):
        assert checker("My shop").holds(Claim("online shop"), "it", ASKED)

    def test_files_show_what_they_are_for(self):
        checked = checker(paths=("main.tf", "deploy/Chart.yaml", ".github/workflows/ci.yml"))

        assert checked.holds(Claim("terraform"), "it", ASKED)
        assert checked.holds(Claim("helm"), "it", ASKED)
        assert checked.holds(Claim("GitHub Actions"), "it", ASKED)

    def test_a_related_word_counts_only_if_it_is_named(self):
        checked = checker("A Helm chart")

        assert checked.holds(Claim("kubernetes", "helm"), "it", ASKED)
        assert not checked.holds(Claim("kubernetes"), "it", ASKED)

    def test_the_word_that_is_named_must_be_there(self):
        assert not checker("A chart").holds(Claim("kubernetes", "helm"), "it", ASKED)

    def test_words_without_connection_do_not_stand_for_one_another(self):
        assert not checker("A Helm chart").holds(Claim("sailing", "helm"), "it", ASKED)

    def test_a_typo_may_be_corrected_if_the_correction_is_named(self):
        checked, typo = checker("On PostgreSQL"), Question("postgress", {}, "typo")

        assert checked.holds(Claim("postgress", "postgresql"), "it", typo)
        assert not checked.holds(Claim("pstgress"), "it", typo)

    def test_a_word_that_is_no_typo_is_not_corrected(self):
        checked = checker("The vulcan salute")

        assert not checked.holds(Claim("vulkan", "vulcan"), "it", Question("vulkan", {}, "none"))

    def test_symbols_alone_claim_nothing(self):
        assert checker("text").holds(Claim("-"), "it", ASKED)


class TestMeanings:
    def test_the_vocabulary_of_the_ranking_is_read(self):
        meanings = vocabulary_meanings()

        assert "k8s" in meanings.ways_to_show("kubernetes")
        assert "postgresql" in meanings.ways_to_show("databases")
        assert {"typescript", "TypeScript"} & meanings.shown_by_path("tsconfig.json")
        assert "Rust" in meanings.shown_by_path("src/main.rs")

    def test_kinds_may_go_round_in_circles(self):
        meanings = Meanings({}, {"a": ["b"], "b": ["a"]}, {}, {}, {})

        assert {"a", "b"} == meanings.ways_to_show("a")

    def test_a_connection_may_be_written_in_another_way(self):
        assert MEANINGS.connects("databases", "postgres")
        assert not MEANINGS.connects("kubernetes", "postgres")

    def test_camel_case_gives_the_parts_and_the_whole(self):
        assert ["todo", "list", "todolist", "html", "page", "htmlpage"] == words(
            "TodoList HTMLPage"
        )

    def test_short_words_have_no_endings(self):
        assert {"is"} == forms("is")
        assert "bus" in forms("buses")
        assert "run" in forms("running")

    def test_a_term_is_squashed_into_one_word(self):
        assert "websocket" == squash("Web-Socket")
        assert "cplusplus" == squash("C++")
        assert "dotnet8" == squash(".NET 8")

    def test_evidence_is_remembered(self):
        evidence = Evidence.of(["A chart"])

        assert [True, True, False] == [
            evidence.contains(term) for term in ("chart", "chart", "map")
        ]
