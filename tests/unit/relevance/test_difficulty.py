"""A repository's difficulty is estimated from its content and its author's word."""

from __future__ import annotations

from typing import Any

import pytest

from relevance.difficulty import difficulty
from tests.unit.portfolios import make_bundle

DEMANDING: dict[str, Any] = {
    "topics": ["cryptography"],
    "languages": {"Rust": 900_000, "Go": 500_000, "C++": 400_000, "Shell": 90_000},
    "dependencies": [f"d{number}" for number in range(40)],
    "files": ["tests", ".github", "Dockerfile"],
}


def score_of(**content: Any) -> int:
    return difficulty(make_bundle("a", **content))["score"]


class TestScore:
    def test_an_empty_repository_is_for_beginners_and_nothing_is_known(self):
        assert {
            "level": "beginner",
            "score": 0,
            "confidence": 0.0,
            "reasons": [],
        } == difficulty(make_bundle("a"))

    def test_a_repository_with_much_that_is_demanding_is_for_experts(self):
        estimate = difficulty(
            make_bundle(
                "a",
                "A distributed compiler for WebAssembly on Kubernetes",
                **DEMANDING,
                repoContext={
                    "project_identity": {"name": "a"},
                    "metadata": {"difficulty_rating": "Expert"},
                    "components": ["parser", "linker", "runtime"],
                },
            )
        )

        assert "expert" == estimate["level"]
        assert 75 <= estimate["score"] <= 100
        assert [
            "1890 KB of code in Rust, Go, C++",
            "40 dependencies",
            "3 components described",
            "it is about Kubernetes, WebAssembly, compilers",
            "it comes with tests and automation and containers",
            "its context file calls it expert",
        ] == estimate["reasons"]

    @pytest.mark.parametrize(
        ("less", "more"),
        [
            ({"languages": {"Go": 1_000}}, {"languages": {"Go": 100_000}}),
            ({"languages": {"Go": 9_000}}, {"languages": {"Go": 4_500, "C": 4_500}}),
            ({}, {"dependencies": ["a", "b", "c"]}),
            ({}, {"repoContext": {"components": ["a", "b"]}}),
            ({}, {"topics": ["compilers"]}),
            ({}, {"files": ["tests"]}),
        ],
        ids=["size", "languages", "dependencies", "components", "subjects", "practices"],
    )
    def test_more_to_understand_is_harder(self, less, more):
        assert score_of(**less) < score_of(**more)

    def test_every_practice_counts_the_same(self):
        assert 4 == score_of(files=["tests"])
        assert 12 == score_of(files=["e2e", ".github", "Dockerfile", "spec"])

    def test_no_single_kind_of_evidence_makes_an_expert(self):
        assert 15 == score_of(dependencies=[f"d{number}" for number in range(1_000)])
        assert 10 == score_of(repoContext={"components": [f"c{n}" for n in range(100)]})
        assert 25 == score_of(languages={"Go": 10**9})

    def test_a_language_with_a_small_share_does_not_count(self):
        assert score_of(languages={"Go": 100_000}) == score_of(
            languages={"Go": 100_000, "Shell": 100}
        )

    def test_little_code_is_told_without_a_number(self):
        estimate = difficulty(make_bundle("a", languages={"Go": 400}))

        assert ["less than 1 KB of code in Go"] == estimate["reasons"]


class TestDeclaredLevel:
    @pytest.mark.parametrize("level", [None, 7, [], "", "  ", "unheard of"])
    def test_a_level_that_means_nothing_changes_nothing(self, level):
        context = {"project_identity": {"name": "a"}, "skill_manifest": {"competency_level": level}}

        assert score_of() == score_of(repoContext=context)

    @pytest.mark.parametrize(
        ("level", "score"), [("Easy", 15), ("Moderate", 40), ("Advanced", 65), ("master", 88)]
    )
    def test_the_authors_level_counts_for_half(self, level, score):
        context = {
            "project_identity": {"name": "a"},
            "skill_manifest": {"competency_level": level},
        }

        assert round(score / 2) == score_of(repoContext=context)


class TestConfidence:
    @pytest.mark.parametrize(
        ("content", "confidence"),
        [
            ({"languages": {"Go": 1}}, 0.25),
            ({"file_types": {".go": 1}}, 0.2),
            ({"readme": "x" * 201}, 0.15),
            ({"readme": "x" * 200}, 0.0),
            ({"dependencies": ["d"]}, 0.15),
            ({"repoContext": {"skills": [], "metadata": {"difficulty_rating": "easy"}}}, 0.25),
        ],
    )
    def test_it_grows_with_what_there_is_to_judge_by(self, content, confidence):
        assert confidence == difficulty(make_bundle("a", **content))["confidence"]
