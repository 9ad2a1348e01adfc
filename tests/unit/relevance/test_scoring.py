"""A score is the probability that a visitor would call a repository relevant."""

from __future__ import annotations

import math
from dataclasses import asdict, fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevance.scoring import Signals, Weights, fitted_weights

WEIGHTS = Weights(intercept=-3.0, words=2.0, named=1.0, phrase=0.5, letters=4.0)
NOTHING = Signals(words=0.0, named=0.0, phrase=0.0, letters=0.0)
POSITIVE = ("words", "named", "phrase", "letters")
SHARES = st.floats(0, 1)
SIGNALS = st.builds(Signals, **dict.fromkeys([field.name for field in fields(Signals)], SHARES))


class TestScore:
    @pytest.mark.parametrize(
        ("log_odds", "signals"),
        [
            (-3.0, NOTHING),
            (-1.0, replace(NOTHING, words=1.0)),
            (-2.0, replace(NOTHING, named=1.0)),
            (-2.5, replace(NOTHING, phrase=1.0)),
            (1.0, replace(NOTHING, letters=1.0)),
            (2.0, Signals(words=0.5, named=1.0, phrase=1.0, letters=0.625)),
        ],
    )
    def test_it_is_the_logistic_function_of_the_weighted_signals(self, log_odds, signals):
        assert 1 / (1 + math.exp(-log_odds)) == pytest.approx(WEIGHTS.score(signals))

    @given(SIGNALS)
    def test_its_parts_add_up_to_the_logarithm_of_the_odds(self, signals):
        score = WEIGHTS.score(signals)

        assert math.log(score / (1 - score)) == pytest.approx(
            WEIGHTS.intercept + sum(WEIGHTS.parts(signals).values())
        )

    def test_words_names_and_phrases_are_one_part(self):
        signals = Signals(words=1.0, named=0.5, phrase=0.5, letters=0.25)

        assert {"words": 2.75, "letters": 1.0} == WEIGHTS.parts(signals)


class TestFittedWeights:
    def test_they_are_loaded_once(self):
        assert fitted_weights() is fitted_weights()

    def test_what_speaks_for_a_repository_never_lowers_its_score(self):
        weights = asdict(fitted_weights())

        assert {"intercept", *POSITIVE} == weights.keys()
        assert all(weights[name] >= 0 for name in POSITIVE)

    @given(SIGNALS)
    def test_a_score_lies_between_0_and_1(self, signals):
        assert 0 <= fitted_weights().score(signals) <= 1

    @given(SIGNALS, st.sampled_from(POSITIVE), SHARES)
    def test_a_score_grows_with_every_signal(self, signals, name, value):
        lower, higher = sorted([value, getattr(signals, name)])

        assert fitted_weights().score(replace(signals, **{name: lower})) <= fitted_weights().score(
            replace(signals, **{name: higher})
        )

    @pytest.mark.parametrize("name", ["words", "letters"])
    def test_words_and_letters_count(self, name):
        assert fitted_weights().score(NOTHING) < fitted_weights().score(
            replace(NOTHING, **{name: 1.0})
        )
