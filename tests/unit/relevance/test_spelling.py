"""A misspelled word is corrected where it is clear what is meant, and never into something else."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevance.spelling import Spelling, english_words, is_english

# Terms, as the index has them: stems, and technologies behind an at sign.
PORTFOLIO = Spelling(
    [
        *(
            "orchard",
            "tomato",
            "trust",
            "recipe",
            "calendar",
            "operator",
            "blaze",
            "crypt",
            "kafka",
        ),
        *(
            "slugifi",
            "datasett",
            "heizkosten",
            "lantern",
            "flower",
            "server",
            "machin",
            "running",
            "react",
        ),
        *("@react", "@python", "@flutter", "python"),
    ]
)


class TestCorrected:
    @pytest.mark.parametrize(
        ("written", "meant"),
        [
            ("orchrad", "orchard"),  # two letters swapped
            ("orchad", "orchard"),  # a letter is missing
            ("Orchardd", "orchard"),  # one too many
            ("orcharf", "orchard"),  # another one
            ("rochard", "orchard"),  # the first two swapped
            ("orchradd", "orchard"),  # two typos in a long word
            ("recipies", "recipes"),  # a word, not its stem
            ("operater", "operator"),
            ("lantrens", "lanterns"),
            ("flowwer", "flower"),  # not Flower, which monitors Celery
            ("machien", "machine"),
            ("heizkostne", "heizkosten"),  # a word of the portfolio that is not English
            ("slugfy", "slugify"),
            ("datasete", "datasette"),
        ],
    )
    def test_a_word_of_the_portfolio(self, written, meant):
        assert meant == PORTFOLIO.correct(written)

    @pytest.mark.parametrize(
        ("written", "meant"),
        [
            ("raect", "React"),
            ("pyhton", "Python"),
            ("ypthon", "Python"),
            ("fluter", "Flutter"),  # rather than a flute
            ("kubernets", "Kubernetes"),  # the portfolio lacks it: then nothing else is meant
            ("terrafrom", "Terraform"),
            ("blazr", "Blazor"),  # rather than the portfolio's blaze
            ("postgress", "postgres"),
        ],
    )
    def test_a_technology(self, written, meant):
        assert meant == PORTFOLIO.correct(written)

    def test_a_technology_that_only_words_show(self):
        assert "Svelte" == Spelling(["svelte"]).correct("svetle")

    def test_a_word_that_the_vocabulary_knows(self):
        assert "database" == PORTFOLIO.correct("databse")


class TestNotCorrected:
    @pytest.mark.parametrize(
        "written",
        [
            # English, though near to a word of the portfolio.
            *("reach", "crust", "lateen", "sever", "tomatoes", "colour", "serves"),
            # Inflections that no list has.
            *("refactorings", "webhooks", "tokenised", "dockerised", "kanbanned"),
            # Technologies, and packages.
            *(
                "jetpack",
                "raycaster",
                "tello",
                "preact",
                "Tokio",
                "flutterwave",
                "numpy",
                "lodash",
                "rxjs",
            ),
            # In the portfolio.
            *("datasette", "heizkosten", "kafka"),
            # Too short, with two typos, or with another first letter.
            *("reac", "toma", "orhcrad", "archard", "xeizkosten"),
            # No letters alone, or nothing is near.
            *("orch4rd", "orch-ard", "zzzzzzz", "学习学习学习", ""),
        ],
    )
    def test_a_word_that_is_right_or_unknown(self, written):
        assert PORTFOLIO.correct(written) is None

    @pytest.mark.parametrize(
        ("written", "term"),
        [
            ("tunneler", "tunnel"),
            ("obfuscator", "obfusc"),
            ("dedupers", "dedup"),
            ("raycasters", "@raycast"),
            ("lemmatizer", "lemmatiz"),
            ("serializer", "serializ"),
            ("serialiser", "serializ"),
        ],
    )
    def test_a_word_that_is_made_from_one_of_the_portfolio(self, written, term):
        assert Spelling([term]).correct(written) is None

    @pytest.mark.parametrize(
        ("written", "meant"), [("computeer", "computer"), ("buildder", "builder")]
    )
    def test_only_a_word_with_an_ending_is_made_from_another(self, written, meant):
        assert meant == Spelling([meant]).correct(written)

    def test_a_word_whose_nearest_neighbour_the_portfolio_lacks(self):
        assert PORTFOLIO.correct("horrse") is None
        assert "house" == Spelling(["hous"]).correct("houuse")
        assert Spelling(["hous"]).correct("hrose") is None  # swapped letters: rather a horse

    def test_a_name_that_is_an_ordinary_word_is_no_technology(self):
        assert Spelling([]).correct("midleman") is None


class TestCandidates:
    def test_of_equally_near_words_the_first_by_alphabet_is_taken(self):
        assert "orchara" == Spelling(["orcharg", "orchara"]).correct("orcharx")

    def test_the_last_letter_is_seldom_wrong(self):
        assert "operator" == Spelling(["operat", "operator"]).correct("operatr")

    @given(st.text(max_size=30))
    def test_any_word_gets_the_same_answer_twice(self, word):
        meant = PORTFOLIO.correct(word)

        assert meant == PORTFOLIO.correct(word)
        assert meant is None or unicodedata.is_normalized("NFC", meant)


class TestEnglish:
    @pytest.mark.parametrize("word", ["orchard", "colour", "color", "recipes", "analysing"])
    def test_british_and_american_words_and_inflections_are_known(self, word):
        assert is_english(word)

    @pytest.mark.parametrize("word", ["recipies", "xyzzy", "öde", "学习"])
    def test_other_words_are_not(self, word):
        assert not is_english(word)

    def test_words_are_sorted_by_first_letter(self):
        for letter in "abcdefghijklmnopqrstuvwxyz":
            words = list(english_words(letter))
            assert sorted(words) == words
            assert {letter} == {word[0] for word in words}
