"""The prompt: fixed instructions, and facts about the ranked repositories within a budget."""

from __future__ import annotations

import json
from typing import ClassVar

import pytest

from ai_assistant import calculate_repo_scores
from answers.prompt import (
    BUDGET_TOKENS,
    CARD_TOKENS,
    INSTRUCTIONS,
    MAX_CARD_TEXT,
    MAX_CARDS,
    MAX_FACT_ROWS,
    MAX_PASSAGE_CHARS,
    MAX_PASSAGES,
    _card,
    estimate_tokens,
    grounding,
    messages,
    passages,
)
from models import PublishedBundle
from tests.unit.portfolios import make_bundle, sample_portfolio, sections_of
from understanding.model import Fact, Told


def ranked_bundles(question: str) -> list[PublishedBundle]:
    by_name = {bundle["metadata"]["name"]: bundle for bundle in sample_portfolio()}
    scores = calculate_repo_scores(sample_portfolio(), question)
    return [by_name[score["name"]] for score in scores]


class TestMessages:
    def test_the_instructions_are_the_same_for_every_question_and_contain_no_repository_text(self):
        first, second = (
            messages(question, "ada-nimbus", ranked_bundles(question))
            for question in ("kubernetes", "explain slow postgresql queries")
        )

        assert ["system", "user"] == [message["role"] for message in second]
        assert first[0] == second[0]
        assert INSTRUCTIONS.replace("USERNAME", "ada-nimbus") == first[0]["content"]
        assert "sqlsleuth" in second[1]["content"]
        assert "<script" not in second[1]["content"]

    def test_braces_in_a_question_are_just_text(self):
        question = "kubernetes {} {username} %s"

        _, user = messages(question, "ada-nimbus", ranked_bundles("kubernetes"))

        assert question == json.loads(user["content"])["question"]


class TestGrounding:
    def test_every_ranked_repository_is_named_best_first(self):
        bundles = ranked_bundles("python")

        facts = grounding("python", bundles)

        names = [card["name"] for card in facts["repositories"]] + facts["also_ranked"]
        assert [bundle["metadata"]["name"] for bundle in bundles] == names

    def test_a_card_has_the_details_that_the_repository_has(self):
        bundle = make_bundle(
            "tally",
            "Counts **things**",
            topics=["cli"],
            languages={"Rust": 9},
            repoContext={"contextName": "Tally", "tech_stack": ["clap"], "skills": ["parsing"]},
            readme="# Tally\n\nTally counts things on the command line.",
            dependencies=["clap"],
            files=["Cargo.toml"],
        )

        facts = grounding("tally", [bundle, make_bundle("bare")])

        assert [
            {
                "name": "tally",
                "description": "Counts things ",
                "languages": ["Rust"],
                "topics": ["cli"],
                "about": ["Tally"],
                "technologies": ["clap"],
                "readme": ["Tally counts things on the command line."],
                "skills": ["parsing"],
                "dependencies": ["clap"],
                "files": ["Cargo.toml"],
            },
            {"name": "bare", "description": "", "languages": [], "topics": []},
        ] == facts["repositories"]

    def test_it_stays_within_its_budget_whatever_the_repositories_contain(self):
        text = "Kubernetes is what this is about, at some length indeed. " * 400
        bundles = [
            make_bundle(
                f"r{number}",
                text,
                topics=["t" * 50] * 100,
                readme=f"{text}\n\n{text}",
                dependencies=["d" * 100] * 1000,
            )
            for number in range(50)
        ]

        facts = grounding("kubernetes", bundles)

        assert estimate_tokens(facts) <= BUDGET_TOKENS
        assert MAX_CARDS == len(facts["repositories"])
        assert 50 == len(facts["repositories"]) + len(facts["also_ranked"])
        assert "readme" in facts["repositories"][0]
        assert "readme" not in facts["repositories"][-1]

    def test_a_smaller_budget_describes_fewer_and_names_as_many_as_fit(self):
        bundles = [make_bundle(f"r{number}-{'n' * 90}") for number in range(50)]

        facts = grounding("kubernetes", bundles, budget_tokens=1_500)

        assert estimate_tokens(facts) <= 1_500
        assert 5 == len(facts["repositories"])
        assert 20 < len(facts["also_ranked"]) < 45


class TestTold:
    ROWS: ClassVar = [{"name": "n" * 999, "kinds": ["k"] * 99, "count": row} for row in range(99)]
    TOLD = Told(Fact(ROWS, "technologies", 31, "by use", {"most": "go"}), [("a", "r" * 999)], "99.")

    def test_a_fact_stands_beside_the_reading_and_is_cut(self):
        bundles = [make_bundle(name) for name in "abcd"]

        facts = grounding("what is used?", bundles, self.TOLD, "what is used")

        row = {"name": "n" * MAX_CARD_TEXT, "kinds": ["k"] * MAX_FACT_ROWS, "count": 0}
        assert ("what is used", "99.", MAX_FACT_ROWS, row) == (
            facts["read_as"],
            facts["answer"],
            len(facts["fact"]["value"]),
            facts["fact"]["value"][0],
        )
        assert {"a": "r" * MAX_CARD_TEXT} == facts["reasons"]
        assert (["a", "b", "c"], ["d"]) == (
            [card["name"] for card in facts["repositories"]],
            facts["also_ranked"],
        )

    def test_without_a_fact_there_is_none(self):
        assert {"question", "repositories", "also_ranked"} == set(grounding("x", []))


class TestCard:
    @pytest.mark.parametrize(
        "bundle",
        [
            make_bundle("a", "word " * 900, topics=["t" * 50] * 100),
            make_bundle("a", "ü" * 900),
            make_bundle("a", topics=["t" * 50] * 100),
        ],
        ids=["both", "description", "topics"],
    )
    def test_long_texts_are_cut_to_the_tokens_of_a_card(self, bundle):
        assert estimate_tokens(_card(bundle)) <= CARD_TOKENS

    def test_topics_go_before_the_description(self):
        card = _card(make_bundle("a", "word " * 36, topics=["t" * 50] * 6))

        assert len(card["topics"]) < 6
        assert card["description"].startswith("word word")

    def test_a_name_is_never_cut(self):
        assert "n" * 900 == _card(make_bundle("n" * 900, "x", topics=["y"]))["name"]


class TestPassages:
    README = (
        "# Title\n\nThis is a long first paragraph about nothing.\n\n"
        "Another one that speaks of Terraform modules at last.\n\nAnd a third one of no use here."
    )

    def test_the_paragraphs_that_contain_terms_of_the_question_are_chosen(self):
        assert ["Another one that speaks of Terraform modules at last."] == passages(
            sections_of(self.README), {"terraform"}
        )

    def test_without_one_the_first_paragraph_is_chosen(self):
        assert ["This is a long first paragraph about nothing."] == passages(
            sections_of(self.README), {"haskell"}
        )

    def test_short_paragraphs_are_skipped(self):
        assert [] == passages(sections_of("# Terraform\n\nTerraform."), {"terraform"})

    def test_the_best_paragraphs_are_cut_and_keep_their_order(self):
        paragraphs = [
            f"Number {number} is on terraform, {'azure, ' * (number > 1)}{'x' * 600}"
            for number in range(5)
        ]

        chosen = passages(sections_of("\n\n".join(paragraphs)), {"terraform", "azure"})

        assert MAX_PASSAGES == len(chosen)
        assert ["Number 2", "Number 3", "Number 4"] == [text[:8] for text in chosen]
        assert {MAX_PASSAGE_CHARS} == {len(text) for text in chosen}

    def test_a_repeated_paragraph_is_sent_once(self):
        readme = "\n\n".join(["Terraform modules for everybody."] * 3)

        assert 1 == len(passages(sections_of(readme), set()))


@pytest.mark.parametrize(("value", "tokens"), [("", 1), ("abcd", 2), ("üü", 2), ([], 1)])
def test_tokens_are_estimated_from_the_bytes_of_the_json(value, tokens):
    assert tokens == estimate_tokens(value)
