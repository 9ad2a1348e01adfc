"""Questions and repositories are compared by their letters, three at a time."""

from __future__ import annotations

import math
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevance.trigrams import (
    MAX_QUESTION_CHARS,
    MAX_README_CHARS,
    MAX_WORD_CHARS,
    TYPICAL_LENGTH,
    TrigramIndex,
    letters_of,
)
from tests.unit.portfolios import make_bundle, sample_portfolio

COMPONENT = {
    "path": "press",
    "name": "zzpress",
    "description": "zzjuice",
    "technologies": ["zzzig"],
    "skills": ["zzhydraulics"],
    "topics": [],
}


def index_of(*names: str) -> TrigramIndex:
    """Index repositories that consist of their names."""
    return TrigramIndex([letters_of(make_bundle(name)) for name in names])


class TestLetters:
    def test_they_are_counted_three_at_a_time_with_a_blank_around_each_word(self):
        assert Counter({" ab": 2, "ab ": 1, "abc": 1, "bc ": 1}) == letters_of(
            make_bundle("Ab-abc")
        )

    def test_a_word_of_one_letter_has_one(self):
        assert Counter({" c ": 1}) == letters_of(make_bundle("c"))

    def test_a_name_without_letters_has_none(self):
        assert Counter() == letters_of(make_bundle("-"))

    @pytest.mark.parametrize(
        ("content", "word"),
        [
            ({"name": "zzname"}, "zzname"),
            ({"description": "a zzdescription"}, "zzdescription"),
            ({"topics": ["zztopic"]}, "zztopic"),
            ({"repoContext": {"project_identity": {"name": "zzidentity"}}}, "zzidentity"),
            ({"repoContext": {"tech_stack": ["zztech"]}}, "zztech"),
            ({"repoContext": {"skills": ["zzskill"]}}, "zzskill"),
            ({"repoContext": {"components": ["zzcomponent"]}}, "zzcomponent"),
            ({"repoContext": {"topics": ["zztag"]}}, "zztag"),
            ({"components": [COMPONENT]}, "zzpress"),
            ({"components": [COMPONENT]}, "zzjuice"),
            ({"components": [COMPONENT]}, "zzzig"),
            ({"components": [COMPONENT]}, "zzhydraulics"),
            ({"languages": {"zzlanguage": 9}}, "zzlanguage"),
            ({"dependencies": ["zzpackage"]}, "zzpackage"),
            ({"path_terms": {"zzpath": 1}}, "zzpath"),
            ({"files": ["zzfile.txt"]}, "zzfile"),
            ({"readme": "Its zzreadme"}, "zzreadme"),
        ],
    )
    def test_all_that_is_known_of_a_repository_counts(self, content, word):
        letters = letters_of(make_bundle(**{"name": "x", **content}))

        assert letters_of(make_bundle(word)).keys() <= letters.keys()

    def test_a_long_readme_and_long_words_are_cut(self):
        readme = letters_of(make_bundle("x", readme=f"{'ab ' * MAX_README_CHARS} zz"))
        word = letters_of(make_bundle("a" * MAX_WORD_CHARS + "z"))

        assert "ab " in readme
        assert not any("z" in trigram for trigram in (*readme, *word))


class TestCloseness:
    # Of trigrams in two repositories of four, and in one.
    TWO, ONE = 1 + math.log(5 / 3), 1 + math.log(5 / 2)

    def test_it_is_the_cosine_of_the_weights_of_trigrams_with_lengths_made_alike(self):
        index = index_of("ab", "ab-ac", "zz", "yy")
        # "ab" has two trigrams in two repositories, "ac" two in one.
        ab = math.hypot(TYPICAL_LENGTH, self.TWO, self.TWO)
        both = math.hypot(ab, self.ONE, self.ONE)
        asked = math.hypot(self.TWO, self.TWO)

        assert {0: 2 * self.TWO**2 / ab / asked, 1: 2 * self.TWO**2 / both / asked} == (
            pytest.approx(index.closeness("ab"))
        )
        assert {1: math.sqrt(2) * self.ONE / both} == pytest.approx(index.closeness("ac"))

    def test_the_weight_of_a_trigram_grows_with_the_logarithm_of_its_count(self):
        index = TrigramIndex([{" ab": 2}, {" ac": 1}, {}, {}])
        twice = (1 + math.log(2)) * self.ONE

        assert {0: twice / math.hypot(TYPICAL_LENGTH, twice)} == pytest.approx(
            index.closeness("ab")
        )

    def test_a_trigram_of_a_question_counts_as_often_as_it_stands_there(self):
        twice = 1 + math.log(2)
        close = index_of("ab", "ac", "zz", "yy").closeness("ab ab ac")

        assert twice == pytest.approx(close[0] / close[1])

    def test_beyond_a_thousand_more_do_not_count(self):
        index = TrigramIndex([{" ab": 5_000}, {" ac": 999}, {}, {}])

        assert pytest.approx(index.closeness("ab")[0]) == index.closeness("ac")[1]

    def test_what_nearly_all_have_says_nothing(self):
        assert {} == index_of("ab", "ab-ac", "ab-ad", "ab-ae").closeness("ab")

    def test_a_repository_is_nearest_to_a_question_in_its_own_words(self):
        names = ("hotel-booking", "weather-station", "chess-engine")
        index = index_of(*names)

        for repository, name in enumerate(names):
            close = index.closeness(name)
            assert repository == max(close, key=lambda other: close[other])

    def test_a_repository_of_which_little_is_known_is_not_near_for_that(self):
        index = TrigramIndex(
            [
                letters_of(make_bundle("a", "chess")),
                letters_of(make_bundle("b", readme="A chess engine, and how it thinks. " * 9)),
                *(letters_of(make_bundle(name)) for name in ("zz", "yy")),
            ]
        )

        close = index.closeness("chess engine")

        assert close[1] > close[0]

    @pytest.mark.parametrize(
        ("question", "nearest"),
        [
            ("bookings", 0),
            ("book", 0),
            ("meteorology", 1),
            ("meteorological", 1),
            ("scheduling", 2),
            ("rescheduled", 2),
            ("übungen", 3),
        ],
    )
    def test_inflections_and_compounds_are_near(self, question, nearest):
        index = index_of("hotelbooking-api", "meteorologist", "scheduler", "uebung", "elephant")

        close = index.closeness(question)

        assert nearest == max(close, key=lambda repository: close[repository])

    def test_a_rare_trigram_tells_more_than_one_that_all_have(self):
        names = ("app-zoo", "app-map", "car", "bus", "sea")
        close = index_of(*names).closeness("app zoo")

        assert close[0] > 1.5 * close[1]

    @pytest.mark.parametrize("question", ["", "?!", "xyz", "学习"])
    def test_a_question_with_nothing_in_common_is_near_to_nothing(self, question):
        assert {} == index_of("orchard", "tomato").closeness(question)

    def test_nothing_is_near_in_an_empty_portfolio(self):
        assert {} == TrigramIndex([]).closeness("orchard")

    def test_a_repository_without_letters_is_near_to_nothing(self):
        assert {1} == index_of("-", "orchard").closeness("orchard").keys()

    def test_letters_that_nobody_has_do_not_make_a_question_farther(self):
        index = index_of("orchard", "tomato")

        assert index.closeness("orchard") == index.closeness("orchard zzz")

    def test_a_long_question_is_cut(self):
        question = "orchard " * (MAX_QUESTION_CHARS // len("orchard "))
        index = index_of("orchard", "tomato")

        assert {0} == index.closeness(f"{question} tomato").keys()

    @given(st.lists(st.text(max_size=40), max_size=5), st.text(max_size=60))
    def test_any_texts_are_near_from_0_to_1_and_always_the_same(self, readmes, question):
        repositories = [letters_of(make_bundle("x", readme=readme)) for readme in readmes]
        repositories += [letters_of(make_bundle(question))]

        close = TrigramIndex(repositories).closeness(question)

        assert all(0 < closeness <= 1 + 1e-6 for closeness in close.values())
        assert close == TrigramIndex(repositories).closeness(question)

    def test_repositories_of_a_sample_are_near_to_their_own_names(self):
        bundles = sample_portfolio()
        index = TrigramIndex([letters_of(bundle) for bundle in bundles])

        for repository, bundle in enumerate(bundles):
            close = index.closeness(bundle["metadata"]["name"])
            assert repository in sorted(close, key=lambda other: -close[other])[:3]
