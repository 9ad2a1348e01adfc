"""Text becomes terms, the same way for questions and repositories."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevance.text import Word, bigrams, terms, without_emoji_codes, words


class TestTerms:
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
    def test_a_text_is_reduced_to_its_terms_in_order(self, text, expected):
        assert expected == terms(text)

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("k8s", "Kubernetes"),
            ("C++", "cpp"),
            ("C#", "csharp"),
            (".NET", "dotnet"),
            ("Node.js", "nodejs"),
            ("CI/CD", "continuous integration"),
            ("web assembly", "WebAssembly"),
            ("visualisation", "visualization"),
            ("Postgres", "PostgreSQL"),
            ("language models", "LLM"),
            ("golang", "Go"),
            ("GitHub Actions", "github-actions"),
        ],
    )
    def test_two_spellings_of_one_thing_are_the_same_term(self, one, other):
        assert terms(one)[0] == terms(other)[0]

    @pytest.mark.parametrize(
        ("one", "other"),
        [("java", "javascript"), ("go", "google"), ("c", "c++"), ("embedded", "embeddings")],
    )
    def test_two_technologies_with_similar_names_are_different_terms(self, one, other):
        assert not set(terms(one)) & set(terms(other))

    def test_a_camel_case_name_is_found_as_a_whole_and_by_its_parts(self):
        assert ["kafkaconsum", "kafka", "consum"] == terms("KafkaConsumer")
        assert {"orchardmanag", "orchard"} <= set(terms("OrchardManager"))

    def test_a_technology_is_not_split_at_its_capitals(self):
        assert ["javascript"] == terms("JavaScript")

    def test_ordinary_words_in_prose_are_not_technologies(self):
        assert "golang" not in terms("then go to the shop", prose=True)
        assert "golang" in terms("written in Go", prose=True)
        assert "golang" in terms("go")


class TestWords:
    def test_stop_words_and_numbers_have_no_term(self):
        assert [Word("the", None), Word("42", None), Word("terraform", "terraform")] == list(
            words("the 42 terraform")
        )

    def test_a_phrase_is_one_word_with_the_terms_of_its_parts(self):
        assert [Word("Machine Learning", "machinelearning", ("machin", "learn"))] == list(
            words("Machine Learning")
        )

    def test_the_longest_phrase_wins(self):
        (word,) = words("command line interface")

        assert "cli" == word.term

    def test_a_phrase_does_not_hide_the_words_after_it(self):
        assert ["machine learning", "terraform"] == [
            word.written for word in words("machine learning terraform")
        ]

    def test_the_first_word_of_a_phrase_alone_is_an_ordinary_word(self):
        assert [Word("machine", "machin")] == list(words("machine"))

    def test_parts_of_a_camel_case_name_that_are_stop_words_are_left_out(self):
        (word,) = words("TheOrchard")

        assert ("orchard",) == word.parts

    @given(st.text())
    def test_any_text_can_be_split(self, text):
        for word in words(text):
            assert word.written
            assert word.term != ""


def test_bigrams_are_the_pairs_of_adjacent_terms():
    assert ["child process", "process manag"] == bigrams(["child", "process", "manag"])
    assert [] == bigrams(["child"])


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (":rocket: Deploys :tada:", "Deploys"),
        ("good :+1:", "good"),
        (":e-mail::e-mail: x", ":e-mail::e-mail: x"),
        ("std::vector at 10:30:45", "std::vector at 10:30:45"),
        ("a:b: c", "a:b: c"),
    ],
)
def test_codes_of_pictures_are_left_out(text, left):
    assert left == " ".join(without_emoji_codes(text).split())
