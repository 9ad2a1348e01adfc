"""What results claim is checked against the repositories, apart from the ranking."""

from __future__ import annotations

from typing import Any

import pytest

from evaluation.claims import ClaimChecker, Evidence
from evaluation.meanings import (
    Meanings,
    forms,
    is_agent_noun,
    keys,
    squash,
    vocabulary_meanings,
    words,
)
from evaluation.measures import Claim
from evaluation.portfolio import JudgedPortfolio
from tests.unit.portfolios import make_bundle

MEANINGS = Meanings(
    spellings={
        "postgresql": ["postgres"],
        "shop": ["ecommerce"],
        "ecommerce": ["online shop"],
        "IndexedDB": ["idb-keyval"],
        "GPT": [],
        "C#": ["cs"],
        "vulkan": [],
    },
    narrower={
        "database": ["sql"],
        "sql": ["postgresql"],
        "draw 3d scenes": ["opengl"],
        "water the plants": ["greenhouse"],
        "emergency": ["send location"],
        "offline": ["indexeddb"],
        "ai chat": ["gpt-4", "chip-8"],
        "course work": ["cs50"],
    },
    related={"kubernetes": ["helm"]},
    files={"chart.yaml": ["helm"]},
    suffixes={".tf": ["terraform"]},
)


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
        assert checker(text).holds(Claim(term), "it")

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
        assert not checker(text).holds(Claim(term), "it")

    def test_words_of_different_texts_are_not_adjacent(self):
        assert not checker("the machine", "learning to cook").holds(Claim("machine learning"), "it")

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
            assert checked.holds(Claim(term), "it")

    def test_a_kind_of_a_thing_shows_it(self):
        assert checker("Runs on Postgres").holds(Claim("databases"), "it")

    def test_a_thing_does_not_show_a_kind_of_it(self):
        assert not checker("Has a database").holds(Claim("postgresql"), "it")

    def test_a_name_may_be_a_way_of_writing_another_one(self):
        assert checker("My shop").holds(Claim("online shop"), "it")

    def test_files_show_what_they_are_for(self):
        checked = checker(paths=("main.tf", "deploy/Chart.yaml", ".github/workflows/ci.yml"))

        assert checked.holds(Claim("terraform"), "it")
        assert checked.holds(Claim("helm"), "it")
        assert checked.holds(Claim("GitHub Actions"), "it")

    def test_a_related_word_counts_only_if_it_is_named(self):
        checked = checker("A Helm chart")

        assert checked.holds(Claim("kubernetes", "helm"), "it")
        assert not checked.holds(Claim("kubernetes"), "it")

    def test_the_word_that_is_named_must_be_there(self):
        assert not checker("A chart").holds(Claim("kubernetes", "helm"), "it")

    def test_words_without_connection_do_not_stand_for_one_another(self):
        assert not checker("A Helm chart").holds(Claim("sailing", "helm"), "it")

    @pytest.mark.parametrize(
        ("asked", "shown"),
        [
            pytest.param("drawing 3D scenes", "OpenGL", id="inflected-phrase"),
            pytest.param("waters plants", "greenhouse", id="without-the-article"),
            pytest.param("emergency", "sends your location", id="phrase-of-the-repository"),
            pytest.param("offline", "idb-keyval", id="package"),
            pytest.param("AI chat", "GPT", id="version"),
            pytest.param("GPT-like", "GPT", id="compound"),
            pytest.param("plan", "planner", id="agent-noun"),
        ],
    )
    def test_a_word_that_is_named_may_be_connected_with_what_was_asked(self, asked, shown):
        assert checker(f"It has {shown} in it.").holds(Claim(asked, shown), "it")

    @pytest.mark.parametrize(
        ("asked", "shown"),
        [
            pytest.param("course work", "C#", id="number-within-a-name"),
            pytest.param("AI chat", "chip", id="version-of-no-technology"),
            pytest.param("ready-made", "ready", id="compound-of-ordinary-words"),
            pytest.param("platform", "platformer", id="longer-word"),
            pytest.param("form", "former", id="common-word"),
            pytest.param("listings", "list", id="noun-made-of-a-verb"),
            pytest.param("data", "Datasette", id="beginning-of-a-name"),
        ],
    )
    def test_similar_words_do_not_stand_for_one_another(self, asked, shown):
        assert not checker(f"It has {shown} in it.").holds(Claim(asked, shown), "it")

    def test_a_number_does_not_hide_a_name(self):
        assert checker(paths=("workflow1/main.py",)).holds(Claim("workflow"), "it")

    def test_a_name_does_not_show_a_numbered_one(self):
        assert not checker("the base").holds(Claim("base64"), "it")

    def test_a_typo_may_be_corrected_if_the_correction_is_named(self):
        checked = checker("On PostgreSQL")

        assert checked.holds(Claim("postgress", "postgresql"), "it")
        assert checked.holds(Claim("postgress", "PostgreSQL", "postgres"), "it")
        assert not checked.holds(Claim("pstgress"), "it")

    @pytest.mark.parametrize(
        ("asked", "shown"),
        [
            pytest.param("vulkan", "vulcan", id="name"),
            pytest.param("write", "white", id="english"),
            pytest.param("nqt", "net", id="short"),
            pytest.param("chqt", "net", id="too-far"),
        ],
    )
    def test_a_word_that_is_no_typo_is_not_corrected(self, asked, shown):
        checked = checker(f"It has {shown} in it.")

        assert not checked.holds(Claim(asked, shown), "it")
        assert not checked.holds(Claim(asked, shown, shown), "it")

    def test_symbols_alone_claim_nothing(self):
        assert checker("text").holds(Claim("-"), "it")


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
        assert "matrix" in forms("matrices")
        assert "index" in forms("indices")
        assert "child" in forms("children")
        assert "run" in forms("running")

    def test_a_term_is_squashed_into_one_word(self):
        assert "websocket" == squash("Web-Socket")
        assert "cplusplus" == squash("C++")
        assert "dotnet8" == squash(".NET 8")

    def test_a_phrase_is_inflected_in_each_word(self):
        assert keys("draw a scene") & keys("drawing the scenes")
        assert keys("the plants") & keys("plant")
        assert not keys("draw a scene") & keys("drawing scenery")
        assert keys("one two three four five six") == forms("onetwothreefourfivesix")

    def test_an_agent_noun_is_made_of_a_verb(self):
        assert is_agent_noun("controller", "control")
        assert is_agent_noun("Tracker", "tracking")
        assert not is_agent_noun("platformer", "platform")
        assert not is_agent_noun("number", "numb")

    def test_subjects_are_read(self):
        meanings = vocabulary_meanings()

        assert meanings.connects("drawing 3D scenes", "opengl")
        assert meanings.connects("assembly language", "Assembly")
        assert not meanings.connects("university course", "C#")

    def test_evidence_is_remembered(self):
        evidence = Evidence.of(["A chart"])

        assert [True, True, False] == [
            evidence.contains(term) for term in ("chart", "chart", "map")
        ]
