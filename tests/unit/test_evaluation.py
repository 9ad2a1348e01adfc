"""Measures, intervals, leaving one portfolio out, and the tables of `make eval`."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import pytest

import evaluation.__main__ as command
from ai_assistant import RepoScore
from evaluation.baselines import baselines, fields_of, with_threshold
from evaluation.bootstrap import Interval, differences, mean_interval
from evaluation.fitting import Ranking, leave_one_out, measure
from evaluation.measures import (
    Claim,
    Measured,
    Outcome,
    Question,
    Result,
    mean,
    ndcg,
    threshold_refusing,
)
from evaluation.portfolio import JudgedPortfolio
from evaluation.product import claims_of, fit_product
from tests.unit.portfolios import make_bundle

GRADES = {"a": 3, "b": 2, "c": 1}


def portfolio(name: str, questions: Sequence[Question] = ()) -> JudgedPortfolio:
    """Make a portfolio of a bookshop and a chess game."""
    bundles = (
        make_bundle("bookshop", "Sells books", readme="# Bookshop\n\nA shop with PostgreSQL."),
        make_bundle("chess", "Plays chess", readme="# Chess\n\nAn engine in Rust."),
    )
    names = [bundle["metadata"]["name"] for bundle in bundles]
    return JudgedPortfolio(
        name=name,
        bundles=bundles,
        questions=tuple(questions),
        texts=dict.fromkeys(names, ()),
        paths=dict.fromkeys(names, ()),
    )


QUESTIONS = (
    Question("chess", {"chess": 3}, "word"),
    Question("postgresql", {"bookshop": 3}, "word", asks_fact=True),
    Question("gardening", {}, "none"),
)
# With a question that both repositories match, of which one is relevant: enough to fit weights on.
FITTED_ON = (*QUESTIONS, Question("engine of chess for a shop", {"chess": 3}, "word"))


def outcome(ranked: Sequence[str], grades: dict[str, int]) -> Outcome:
    return Outcome(Question("?", grades), tuple(ranked), ndcg(ranked, grades), 0, ())


class TestMeasures:
    @pytest.mark.parametrize(
        ("ranked", "value"),
        [
            (["a", "b", "c"], 1.0),
            (["c", "b", "a"], (1 + 3 / 1.58496 + 7 / 2) / (7 + 3 / 1.58496 + 1 / 2)),
            (["x", "y"], 0.0),
            ([], 0.0),
        ],
        ids=["best-order", "worst-order", "wrong", "empty"],
    )
    def test_ndcg_discounts_gain_by_rank(self, ranked, value):
        assert pytest.approx(value, abs=1e-4) == ndcg(ranked, GRADES)

    def test_only_the_first_five_results_count(self):
        assert 0.0 == ndcg([*"vwxyz", "a"], GRADES)

    def test_without_grades_there_is_nothing_to_gain(self):
        assert 0.0 == ndcg(["a"], {})

    def test_wrong_refusals_are_distinguished_from_right_ones(self):
        measured = Measured(
            "ada",
            (
                outcome(["a"], {"a": 3}),
                outcome([], {"a": 3}),
                outcome([], {}),
                outcome(["a"], {}),
                outcome([], {}),
            ),
        )

        assert (0.5, 1, 2) == (measured.ndcg, measured.refused, measured.recognised)
        assert (2, 3) == (len(measured.answerable), len(measured.absent))

    def test_a_threshold_keeps_the_questions_that_must_not_be_refused(self):
        scores = [0.9, 0.2, 0.5, 0.7]

        assert pytest.approx(0.5, rel=1e-5) == threshold_refusing(scores, 0.25)
        assert threshold_refusing(scores, 0.25) < 0.5
        assert threshold_refusing(scores, 0.0) < 0.2

    def test_without_questions_nothing_is_refused(self):
        assert 0.0 == threshold_refusing([], 0.5)

    def test_the_mean_of_nothing_is_zero(self):
        assert 0.0 == mean([])


class TestBootstrap:
    def test_equal_values_leave_no_doubt(self):
        assert Interval(0.5, 0.5, 0.5) == mean_interval([[0.5, 0.5], [0.5]])

    def test_the_estimate_is_the_mean_over_portfolios(self):
        interval = mean_interval([[1.0, 1.0, 1.0, 1.0], [0.0]])

        assert 0.5 == interval.estimate
        assert interval.low < 0.5 < interval.high

    def test_portfolios_that_differ_widen_the_interval(self):
        alike = mean_interval([[0.0, 1.0] * 10] * 4)
        unlike = mean_interval([[0.0] * 20, [1.0] * 20] * 2)

        assert unlike.high - unlike.low > alike.high - alike.low

    def test_it_is_deterministic(self):
        values = [[0.1, 0.9, 0.4], [0.3, 0.8]]

        assert mean_interval(values) == mean_interval(values)

    def test_portfolios_without_questions_are_left_out(self):
        assert mean_interval([[1.0]]) == mean_interval([[], [1.0]])
        assert Interval(0.0, 0.0, 0.0) == mean_interval([[]])

    def test_rankings_are_compared_question_by_question(self):
        assert [[1.0, 0.0], [-0.5]] == differences([[1.0, 0.5], [0.0]], [[0.0, 0.5], [0.5]])

    def test_other_numbers_of_questions_cannot_be_compared(self):
        with pytest.raises(ValueError, match="shorter"):
            differences([[1.0, 0.5]], [[1.0]])


class TestLeaveOneOut:
    def test_a_portfolio_is_measured_with_what_was_fitted_on_the_others(self):
        portfolios = [portfolio(name) for name in ("ada", "bea", "cyd")]
        fitted_on = []

        def fit(others: Sequence[JudgedPortfolio]) -> Ranking:
            fitted_on.append([other.name for other in others])
            return lambda _portfolio, _question: []

        measured = leave_one_out(portfolios, fit)

        assert [["bea", "cyd"], ["ada", "cyd"], ["ada", "bea"]] == fitted_on
        assert ["ada", "bea", "cyd"] == [result.portfolio for result in measured]

    def test_each_question_is_measured(self):
        def ranking(_: JudgedPortfolio, question: str) -> list[Result]:
            return [] if question == "gardening" else [Result("chess", 0.9)]

        measured = measure(portfolio("ada", QUESTIONS), ranking)

        assert [1.0, 0.0, 0.0] == [outcome.ndcg for outcome in measured.outcomes]
        assert (0.5, 0, 1) == (measured.ndcg, measured.refused, measured.recognised)

    def test_claims_are_counted_and_checked(self):
        def ranking(_: JudgedPortfolio, question: str) -> list[Result]:
            return [Result("chess", 0.9, (Claim("rust"), Claim("vulkan")))]

        measured = measure(portfolio("ada", QUESTIONS[:1]), ranking)

        assert (2, 1) == (measured.claims, measured.false_claims)
        assert (("chess", Claim("vulkan")),) == measured.outcomes[0].false_claims


class TestBaselines:
    @pytest.mark.parametrize("name", ["BM25F", "TF-IDF", "character TF-IDF"])
    def test_they_find_words_of_the_repositories(self, name):
        measured = measure(portfolio("ada", QUESTIONS), baselines()[name])

        assert 1.0 == measured.ndcg

    def test_a_word_of_the_name_weighs_more_than_one_of_the_readme(self):
        bundles = (
            make_bundle("notes", readme="A text about chess and other games."),
            make_bundle("chess", readme="A text about something and other games."),
        )
        names = ["notes", "chess"]
        judged = JudgedPortfolio("ada", bundles, (), dict.fromkeys(names, ()), {})

        assert ["chess", "notes"] == [
            result.name for result in baselines()["BM25F"](judged, "chess")
        ]

    def test_words_without_meaning_find_nothing(self):
        assert [] == baselines()["BM25F"](portfolio("ada"), "which of them has it?")

    def test_all_fields_of_a_repository_are_read(self):
        bundle = make_bundle(
            "book-shop",
            "Sells books",
            topics=["retail"],
            languages={"Go": 10},
            dependencies=["gin"],
            path_terms={"basket": 2},
            files=["main.go"],
            readme="Hello",
            repoContext={"project_identity": {"name": "Literature"}},
            components=[
                {
                    "path": "till",
                    "name": "till",
                    "description": "Takes money",
                    "technologies": ["Rust"],
                    "skills": ["Retail"],
                }
            ],
        )

        fields = fields_of(bundle)

        assert "book-shop book shop" == fields["name"]
        assert "Sells books" == fields["description"]
        assert ("retail", "Go", "gin", "Hello") == (
            fields["topics"], fields["languages"], fields["dependencies"], fields["readme"],
        )  # fmt: skip
        assert "basket main.go" == fields["paths"]
        assert "Literature till Takes money Rust Retail" == fields["context"]

    def test_their_threshold_is_fitted_on_the_portfolios_given(self):
        scores = {"chess": 0.8, "postgresql": 0.6, "gardening": 0.3}

        def ranking(_: JudgedPortfolio, question: str) -> list[Result]:
            return [Result("chess", scores[question])]

        given = portfolio("bea", QUESTIONS)
        refusing = with_threshold(ranking, 0.0)([given])

        assert [] == refusing(given, "gardening")
        assert [Result("chess", 0.6)] == refusing(given, "postgresql")


class TestProduct:
    def test_what_a_reason_claims_is_read_with_the_matched_terms(self):
        score: RepoScore = {
            "name": "skyhook",
            "score": 0.9,
            "signals": {},
            "matched_terms": ["helm", "go"],
            "reasons": [
                "helm (for kubernetes), go, api in its topics and README",
                "PyTorch (for machin lerning; read as machine learning) in its dependencies",
            ],
        }

        assert (
            Claim("helm"),
            Claim("go"),
            Claim("kubernetes", "helm"),
            Claim("api"),
            Claim("machin lerning", "PyTorch", "machine learning"),
        ) == claims_of(score)

    def test_a_reason_without_words_claims_nothing(self):
        score: RepoScore = {
            "name": "skyhook",
            "score": 0.9,
            "signals": {},
            "matched_terms": [],
            "reasons": ["close in meaning"],
        }

        assert () == claims_of(score)

    def test_it_ranks_as_the_app_does(self):
        measured = measure(portfolio("ada", QUESTIONS), fit_product([portfolio("bea", FITTED_ON)]))

        assert (1.0, 0, 1, 0) == (
            measured.ndcg, measured.refused, measured.recognised, measured.false_claims,
        )  # fmt: skip


class TestCommand:
    @pytest.fixture(autouse=True)
    def three_portfolios(self, monkeypatch):
        monkeypatch.delenv("PORTFOLIOS", raising=False)
        monkeypatch.setenv("COLUMNS", "150")
        portfolios = [portfolio("ada", FITTED_ON), portfolio("bea", FITTED_ON), portfolio("cyd")]
        monkeypatch.setattr(command, "own_portfolios", portfolios.copy)

    def test_it_prints_every_ranking_for_each_portfolio_and_over_all(self, monkeypatch, capsys):
        monkeypatch.setattr(sys, "argv", ["make eval"])

        command.main()

        printed = capsys.readouterr().out
        assert "ada: 3 answerable questions, 1 without an answer" in printed
        assert "cyd: 0 answerable questions, 0 without an answer" in printed
        assert 5 == printed.count("character TF-IDF │") + printed.count("┃ character TF-IDF ┃")
        assert "nDCG@5: 1.000, 95% interval 1.000 to 1.000" in printed
        assert "refused, without questions that ask for a fact: 0 of 4, 0%" in printed
        assert "expected calibration error: " in printed

    def test_recorded_portfolios_join_them(self, monkeypatch, capsys, tmp_path):
        monkeypatch.setattr(sys, "argv", ["make eval"])
        monkeypatch.setenv("PORTFOLIOS", str(tmp_path))
        monkeypatch.setattr(
            command, "recorded_portfolios", lambda folder: [portfolio(folder.name, QUESTIONS)]
        )

        command.main()

        assert f"{tmp_path.name}: 2 answerable questions" in capsys.readouterr().out

    def test_on_demand_it_names_what_went_wrong(self, monkeypatch, capsys):
        def fit(_: Sequence[JudgedPortfolio]) -> Ranking:
            return lambda _portfolio, _question: [
                Result("bookshop", 0.9, (Claim("vulkan"), Claim("zig", "rust")))
            ]

        monkeypatch.setattr(sys, "argv", ["make eval", "--verbose"])
        monkeypatch.setattr(command, "fit_product", fit)

        command.main()

        printed = capsys.readouterr().out
        assert "0.00 ada: chess: ranked ['bookshop'], judged {'chess': 3}" in printed
        assert "bookshop does not show vulkan" in printed
        assert "bookshop does not show zig as rust" in printed
