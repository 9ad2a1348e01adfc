"""The weights of the ranking are fitted on judged portfolios and written with what they rest on."""

from __future__ import annotations

import tomllib
from dataclasses import asdict
from datetime import date
from functools import cache

import pytest

import evaluation.weights as fitting
from evaluation.judged_set import PORTFOLIOS, own_portfolios
from evaluation.measures import Question
from evaluation.portfolio import JudgedPortfolio
from evaluation.weights import asked, fit_weights, weights_file
from relevance.scoring import DATA, Signals, Weights, fitted_weights
from tests.unit.portfolios import make_bundle

DAY = date(2026, 11, 29)
NOTHING = Signals(words=0.0, named=0.0, phrase=0.0, letters=0.0)
EVERYTHING = Signals(words=1.0, named=1.0, phrase=1.0, letters=0.5)


def portfolio(*questions: Question) -> JudgedPortfolio:
    bundles = tuple(
        make_bundle(name, description)
        for name, description in (("chess", "Plays a game"), ("cards", "A game of cards"))
    )
    return JudgedPortfolio("ada", bundles, questions, {}, {})


JUDGED = (
    Question("chess", {"chess": 3}),
    Question("a game of cards", {"cards": 3}),
    Question("most starred game", {"chess": 3}, asks_fact=True),
    Question("gardening", {}),
)


@cache
def own() -> tuple[JudgedPortfolio, ...]:
    return tuple(own_portfolios())


@cache
def own_weights() -> Weights:
    return fit_weights(own())


class TestFit:
    def test_it_is_deterministic(self):
        again = own_portfolios()  # loaded and indexed anew

        assert weights_file(own(), own_weights(), DAY) == weights_file(
            again, fit_weights(again), DAY
        )

    def test_the_order_of_portfolios_does_not_matter(self):
        assert own_weights() == fit_weights(own()[::-1])

    def test_whatever_speaks_for_a_repository_raises_its_score(self):
        weights = own_weights()

        assert min(weights.words, weights.named, weights.phrase, weights.letters) > 0
        assert weights.score(NOTHING) < 0.05
        assert weights.score(EVERYTHING) > 0.9

    def test_questions_that_ask_for_a_fact_are_left_out(self):
        assert ["chess", "a game of cards", "gardening"] == [
            question.text for question, _ in asked(portfolio(*JUDGED))
        ]

    def test_a_grade_of_both_is_an_example_of_both(self):
        shared = portfolio(Question("game", {"chess": 1, "cards": 2}))

        # Half of chess is relevant and half is not, so there is an example of either class.
        assert fit_weights([shared])

    def test_without_examples_of_both_classes_nothing_is_fitted(self):
        with pytest.raises(ValueError, match="relevant and irrelevant"):
            fit_weights([portfolio(Question("gardening", {}))])


class TestFile:
    def test_it_tells_what_the_weights_were_fitted_on(self):
        judged = portfolio(*JUDGED)
        weights = fit_weights([judged])

        content = tomllib.loads(weights_file([judged], weights, DAY))

        assert asdict(weights) == content.pop("weights")
        assert {
            "fitted_at": DAY,
            "method": "logistic regression of relevance on signals, L2 penalty, C = 10",
            "portfolios": ["ada"],
            "questions": 3,
            "answerable": 2,
            "refused": 0.0,
        } == content

    def test_make_weights_writes_it(self, monkeypatch, tmp_path, capsys):
        path, judged = tmp_path / "weights.toml", portfolio(*JUDGED)
        monkeypatch.setattr(fitting, "DATA", path)
        monkeypatch.setattr(fitting, "own_portfolios", lambda: [judged])
        monkeypatch.setattr(fitting, "recorded_portfolios", lambda folder: [portfolio(*JUDGED)])
        monkeypatch.setenv("PORTFOLIOS", str(tmp_path))

        fitting.main()

        written = path.read_text(encoding="utf-8")
        assert written == capsys.readouterr().out
        assert ["ada", "ada"] == tomllib.loads(written)["portfolios"]

    def test_the_file_of_the_app_has_every_weight(self):
        content = tomllib.loads(DATA.read_text(encoding="utf-8"))

        assert asdict(fitted_weights()) == content["weights"]
        assert set(PORTFOLIOS) <= set(content["portfolios"])
        assert content["refused"] <= 0.05
