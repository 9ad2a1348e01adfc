"""Embeddings are packed, and compared within a portfolio."""

from __future__ import annotations

import base64

import pytest

from models import PublishedBundle
from relevance.embeddings import (
    MAX_README_CHARS,
    EmbeddingIndex,
    QuestionEmbedding,
    pack_embedding,
    text_to_embed,
)
from tests.unit.portfolios import make_bundle

VECTORS = (
    [1.0, 0.0, 0.0],
    [0.9, 0.1, 0.0],
    [0.0, 1.0, 0.0],
    [0.0, 0.9, 0.2],
    [0.0, 0.0, 1.0],
    [0.1, 0.0, 1.0],
)


def embedded_portfolio(model: str = "m") -> list[PublishedBundle]:
    return [
        make_bundle(f"r{number}", embedding=pack_embedding(model, vector))
        for number, vector in enumerate(VECTORS)
    ]


class TestPackEmbedding:
    def test_a_coordinate_is_kept_in_one_byte_and_the_length_is_dropped(self):
        packed = pack_embedding("m", [3.0, 4.0])

        assert [76, 102] == list(base64.b64decode(packed["vector"]))
        assert packed == pack_embedding("m", [30.0, 40.0])
        assert "m" == packed["model"]

    def test_a_vector_of_zeros_can_be_packed(self):
        assert [0, 0] == list(base64.b64decode(pack_embedding("m", [0.0, 0.0])["vector"]))


class TestTextToEmbed:
    def test_it_says_what_a_repository_is_about(self):
        text = text_to_embed(
            make_bundle(
                "tally",
                "Counts things",
                topics=["cli"],
                languages={"Rust": 3, "C": 2, "Go": 1, "Shell": 1},
                repoContext={"tech_stack": ["clap"], "skills": ["parsing"]},
                readme="# Tally\n```sh\ncargo install\n```\nIt  counts.",
            )
        )

        assert "tally\nCounts things\ncli, Rust, C, Go\nclap, parsing\nIt counts." == text

    def test_it_leaves_out_what_is_not_known_and_cuts_the_readme(self):
        assert "tally" == text_to_embed(make_bundle("tally"))
        assert MAX_README_CHARS + len("tally\n") == len(
            text_to_embed(make_bundle("tally", readme="x" * 9_000))
        )


class TestCloseness:
    def test_repositories_that_stand_out_are_close(self):
        far = [
            make_bundle(f"far{number}", embedding=pack_embedding("m", [0, 1, number / 20]))
            for number in range(20)
        ]
        near = make_bundle("near", embedding=pack_embedding("m", [1.0, 0, 0]))

        closeness = EmbeddingIndex([*far, near]).closeness(QuestionEmbedding("m", (1.0, 0.0, 0.0)))

        assert {20: 1.0} == closeness

    @pytest.mark.parametrize(("size", "closeness"), [(5, 0.5), (8, 0.823), (10, 1.0), (50, 1.0)])
    def test_closeness_grows_from_the_first_standard_deviation_to_the_third(self, size, closeness):
        # One repository of many that differs stands out by √(size - 1) standard deviations.
        bundles = [
            make_bundle(f"r{number}", embedding=pack_embedding("m", [float(number == 0), 1.0]))
            for number in range(size)
        ]

        close = EmbeddingIndex(bundles).closeness(QuestionEmbedding("m", (1.0, 0.0)))

        assert {0: closeness} == pytest.approx(close, abs=1e-3)

    def test_the_length_of_the_question_does_not_matter(self):
        index = EmbeddingIndex(embedded_portfolio())

        assert index.closeness(QuestionEmbedding("m", (0.0, 1.0, 0.0))) == pytest.approx(
            index.closeness(QuestionEmbedding("m", (0.0, 9.0, 0.0)))
        )

    @pytest.mark.parametrize(
        "question",
        [QuestionEmbedding("other", (1.0, 0.0, 0.0)), QuestionEmbedding("m", (1.0, 0.0))],
        ids=["another-model", "another-dimension"],
    )
    def test_vectors_of_another_model_are_not_compared(self, question):
        assert {} == EmbeddingIndex(embedded_portfolio()).closeness(question)

    def test_a_few_repositories_cannot_stand_out(self):
        index = EmbeddingIndex(embedded_portfolio()[:4])

        assert {} == index.closeness(QuestionEmbedding("m", (1.0, 0.0, 0.0)))

    def test_equal_repositories_do_not_stand_out(self):
        same = [make_bundle(f"r{n}", embedding=pack_embedding("m", [1.0, 0.0])) for n in range(9)]

        assert {} == EmbeddingIndex(same).closeness(QuestionEmbedding("m", (1.0, 0.0)))

    def test_repositories_without_an_embedding_are_left_out(self):
        index = EmbeddingIndex([make_bundle("plain"), *embedded_portfolio()])

        assert {1, 2} == set(index.closeness(QuestionEmbedding("m", (1.0, 0.0, 0.0))))
