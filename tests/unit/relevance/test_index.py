"""The repositories of a portfolio are ranked for a question."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest

from models import PublishedBundle
from relevance.embeddings import EmbeddingIndex, QuestionEmbedding, pack_embedding
from relevance.index import (
    EVERYDAY_TERM_WEIGHT,
    FURTHER_FACTOR,
    MAX_EMBEDDING_WEIGHT,
    MAX_MATCHES,
    MAX_NEAREST,
    MEANING_THRESHOLD,
    MIN_GROUP_WEIGHT,
    MIN_LETTERS,
    UNKNOWN_TERM_WEIGHT,
    WEAK_TERM_WEIGHT,
    Match,
    PortfolioIndex,
    _best_first,
)
from relevance.scoring import Signals, fitted_weights
from relevance.terms import ANALYSIS_VERSION, analyse, pack_terms, unpack_terms
from tests.unit.portfolios import make_bundle, sample_portfolio

POEM = make_bundle("poem", "A poem")


def matches(bundles: list[PublishedBundle], question: str) -> list[Match]:
    return PortfolioIndex(bundles).rank(question).matches


def names(bundles: list[PublishedBundle], question: str) -> list[str]:
    return [match.name for match in matches(bundles, question)]


def score_of(bundles: list[PublishedBundle], question: str) -> float:
    """Return the score of the best repository."""
    return matches(bundles, question)[0].score


def signals_of(bundles: list[PublishedBundle], question: str) -> Signals:
    """Return the signals of the repository `a`."""
    return PortfolioIndex(bundles).signals(question)["a"]


def group_weight(size: int, frequency: float) -> float:
    """Return the weight of a group in a portfolio of `size`, by the formula of the module."""
    return MIN_GROUP_WEIGHT + math.log((1 + size) / (1 + frequency)) / math.log(1 + size)


class TestSignals:
    """Every step of the formulas, on portfolios whose signals can be computed by hand."""

    # A topic has the weight 0.9, and a technology's package, language or topic its own term.
    TERRAFORM = make_bundle("a", topics=["terraform"])
    PORTFOLIO = (TERRAFORM, make_bundle("b"), make_bundle("c"))

    def test_of_what_answers_a_concept_the_best_counts_most(self):
        topic = 0.9
        both = 1 - (1 - topic) * (1 - FURTHER_FACTOR * topic)  # the word and the technology

        assert both == pytest.approx(signals_of([*self.PORTFOLIO], "terraform").words)

    def test_a_kind_of_the_thing_counts_less(self):
        of_kind = signals_of([*self.PORTFOLIO], "IaC").words

        assert 0.5 < of_kind < signals_of([*self.PORTFOLIO], "terraform").words

    def test_the_fields_of_a_term_are_combined_as_independent_evidence(self):
        both = make_bundle("a", "An orchard", topics=["orchard"])

        assert 1 - 0.1 * 0.2 == pytest.approx(signals_of([both, POEM], "orchard").words)

    def test_what_is_missing_costs_its_weight(self):
        bundles = [make_bundle("a", topics=["orchard", "tomato"]), POEM, make_bundle("c")]
        present, missing = 2 * group_weight(3, 0.9), group_weight(3, 0)

        expected = present * 0.9 / (present + missing)

        assert expected == pytest.approx(signals_of(bundles, "orchard kotlin tomato").words)

    @pytest.mark.parametrize(
        ("word", "factor"),
        [
            ("gyzmo", UNKNOWN_TERM_WEIGHT),
            ("plugin", WEAK_TERM_WEIGHT),
            ("happy", EVERYDAY_TERM_WEIGHT),
        ],
        ids=["unknown", "weak", "everyday"],
    )
    def test_a_word_that_says_little_costs_less_where_it_is_missing(self, word, factor):
        bundles = [make_bundle("a", topics=["orchard"]), POEM, make_bundle("c")]
        present, missing = group_weight(3, 0.9), group_weight(3, 0) * factor

        expected = present * 0.9 / (present + missing)

        assert expected == pytest.approx(signals_of(bundles, f"orchard {word}").words)

    def test_what_is_named_is_counted_apart(self):
        bundles = [make_bundle("a", topics=["terraform"], readme="orchard"), POEM]

        signals = signals_of(bundles, "terraform orchards")

        assert signals_of(bundles, "terraform").named == pytest.approx(signals.named)
        assert signals.words < signals.named
        assert 0 == signals_of(bundles, "orchards").named

    def test_words_in_the_order_of_the_question_are_a_phrase(self):
        together = make_bundle("a", topics=["child-process"])
        apart = make_bundle("a", topics=["child", "process"])
        weight = 0.9 / 2**0.12  # of a topic of two words

        assert weight == pytest.approx(signals_of([together, POEM], "child process").phrase)
        assert 0 == signals_of([apart, POEM], "child process").phrase

    def test_words_with_the_same_letters_are_near(self):
        readme = "It is for orchardists. " * 20
        bundles = [make_bundle("a", readme=readme), *(make_bundle(name) for name in "bcdef")]

        signals = signals_of(bundles, "orchards")

        assert 0 == signals.words
        assert MIN_LETTERS < signals.letters < 1

    def test_the_same_words_have_the_same_signals_in_any_order_but_for_the_phrase(self):
        bundles = [make_bundle("a", "Terraform for Azure"), make_bundle("b", "Azure")]

        one, other = (signals_of(bundles, text) for text in ("terraform azure", "azure terraform"))

        assert one.words == pytest.approx(other.words)
        assert one.letters == pytest.approx(other.letters)

    def test_the_score_is_made_of_the_signals_by_the_fitted_weights(self):
        (match,) = matches([*self.PORTFOLIO], "terraform")

        expected = fitted_weights().score(signals_of([*self.PORTFOLIO], "terraform"))

        assert expected == pytest.approx(match.score, abs=1e-4)

    def test_other_weights_make_another_score(self):
        index = PortfolioIndex(self.PORTFOLIO)
        doubting = replace(fitted_weights(), intercept=-7.0)

        assert index.rank("terraform", weights=doubting).matches[0].score < score_of(
            [*self.PORTFOLIO], "terraform"
        )

    def test_scores_have_four_decimals(self):
        for match in matches([make_bundle("a", "A child process"), POEM], "child process manager"):
            values = [match.score, *match.signals.values()]
            assert [round(value, 4) for value in values] == values

    def test_a_rare_word_weighs_more_than_a_common_one(self):
        common = [make_bundle(f"c{number}", topics=["terraform"]) for number in range(9)]
        rare = make_bundle("z", topics=["kotlin"])

        assert "z" == names([*common, rare], "terraform kotlin")[0]


class TestMatches:
    @pytest.mark.parametrize("question", ["kubernets", "kuberntes operator", "Kubernetse"])
    def test_a_misspelled_word_is_understood(self, question):
        assert ["a"] == names([make_bundle("a", "An operator for Kubernetes"), POEM], question)

    def test_a_misspelled_word_is_never_taken_for_two(self):
        assert [] == names([make_bundle("a", "An orchard tree"), POEM], "orchardtree")

    @pytest.mark.parametrize(
        ("question", "description"),
        [("java", "JavaScript in the browser"), ("go", "A Google clone"), ("rust", "A trust fund")],
    )
    def test_a_technology_is_never_taken_for_another(self, question, description):
        assert [] == names([make_bundle("a", description), POEM], question)

    def test_a_name_that_begins_with_the_word_answers(self):
        assert "slugify" == names([make_bundle("slugify"), POEM, make_bundle("c")], "slug")[0]

    def test_words_in_the_order_of_the_question_rank_higher(self):
        apart = make_bundle("apart", "A child of nature, in process")
        together = make_bundle("together", "Starts a child process")

        assert "together" == names([apart, together, POEM], "child process")[0]

    def test_a_weak_word_does_not_answer_for_the_rest(self):
        bundles = [make_bundle("a", "A plugin for gulp"), POEM, make_bundle("c", "Songs")]

        assert [] == names(bundles, "wordpress plugin")

    def test_a_weak_word_alone_is_answered(self):
        assert ["a"] == names([make_bundle("a", "A plugin for gulp"), POEM], "plugin")

    def test_one_of_several_alternatives_is_enough(self):
        bundles = [
            make_bundle("gulp-x", "A gulp plugin"),
            make_bundle("grunt-x", "A grunt plugin"),
            POEM,
        ]

        ranked = matches(bundles, "gulp or grunt plugins")

        assert {"gulp-x", "grunt-x"} == {match.name for match in ranked}
        assert ranked[-1].score > 0.7

    def test_repositories_far_below_the_best_are_not_shown(self):
        best = make_bundle("best", topics=["kotlin", "swift", "scala", "haskell"])
        weak = make_bundle("weak", topics=["kotlin"])

        assert ["best"] == names([best, weak, POEM], "kotlin swift scala haskell")

    def test_equal_scores_are_ordered_by_name_and_results_are_bounded(self):
        bundles = [make_bundle(f"r{number:03}", "Terraform") for number in range(MAX_MATCHES + 20)]

        assert [f"r{number:03}" for number in range(MAX_MATCHES)] == names(
            bundles[::-1], "terraform"
        )

    def test_scores_that_differ_by_less_than_their_precision_are_ordered_by_name(self):
        scores = {0: 0.974975, 1: 0.974975 + 1e-8, 2: 0.9751}

        assert [2, 0, 1] == _best_first(scores, 0.5)

    @pytest.mark.parametrize("question", ["", "   ", "the of and", "?!", "show me", "{}%s"])
    def test_a_question_without_terms_has_no_answer(self, question):
        assert [] == names([make_bundle("a", "Terraform")], question)

    def test_an_empty_portfolio_has_no_answer(self):
        assert [] == names([], "terraform")


class TestAnalysed:
    """The terms of the content come from where they are known, and are made anew elsewhere."""

    BUNDLES = (make_bundle("b", readme="terraform"), make_bundle("a", readme="kotlin"))

    def test_they_are_given_back_in_the_order_of_the_bundles(self):
        index = PortfolioIndex(self.BUNDLES)

        assert [analyse(bundle) for bundle in self.BUNDLES] == list(index.analysed)

    def test_given_terms_are_used_and_missing_ones_are_made(self):
        given = analyse(make_bundle("x", readme="haskell"))

        index = PortfolioIndex(self.BUNDLES, [given, None])

        assert given is index.analysed[0]
        assert ["b"] == [match.name for match in index.rank("haskell").matches]
        assert ["a"] == [match.name for match in index.rank("kotlin").matches]
        assert [] == index.rank("terraform").matches

    def test_terms_that_a_bundle_carries_are_used(self):
        packed = pack_terms(analyse(make_bundle("x", readme="haskell")))

        assert ["carrier"] == names([make_bundle("carrier", terms=packed), POEM], "haskell")

    def test_terms_of_another_analysis_are_made_anew(self):
        packed = pack_terms(analyse(make_bundle("x", readme="haskell")))
        old = {**packed, "analysis_version": ANALYSIS_VERSION - 1}
        bundle = make_bundle("a", terms=old, readme="terraform")

        assert ["a"] == names([bundle, POEM], "terraform")
        assert [] == names([bundle, POEM], "haskell")

    def test_kept_terms_give_the_same_ranking(self):
        bundles = sample_portfolio()
        kept = [unpack_terms(json.loads(json.dumps(pack_terms(analyse(b))))) for b in bundles]
        index, fresh = PortfolioIndex(bundles, kept), PortfolioIndex(bundles)

        for question in ("kubernetes operator", "python or go", "kuberntes", "blockchain poems"):
            assert fresh.rank(question) == index.rank(question)

    def test_what_the_listing_says_now_counts_beside_kept_terms(self):
        bundle = make_bundle("a", "Kotlin", readme="terraform")
        content = analyse(bundle)
        changed = make_bundle("renamed", "Haskell", topics=["azure"], readme="terraform")

        index = PortfolioIndex([changed, POEM], [content, None])

        for question in ("renamed", "haskell", "azure", "terraform"):
            assert ["renamed"] == [match.name for match in index.rank(question).matches]
        assert [] == index.rank("kotlin").matches

    def test_a_repository_whose_content_is_pending_is_found_by_its_listing(self):
        pending = make_bundle("orchard", "Counts apples", topics=["fruit"])
        pending["metadata"]["language"] = "Rust"

        for question in ("orchard", "apples", "fruit", "rust"):
            assert ["orchard"] == names([pending, POEM], question)

    def test_as_many_terms_as_bundles_are_needed(self):
        with pytest.raises(ValueError, match="zip"):
            PortfolioIndex(self.BUNDLES, [None])


class TestExplanation:
    def test_the_score_is_divided_among_the_fields_it_comes_from(self):
        (match,) = matches([make_bundle("terraform-x", topics=["terraform"]), POEM], "terraform")

        assert ["letters", "name", "topics"] == sorted(match.signals)
        assert match.score == pytest.approx(sum(match.signals.values()), abs=0.001)
        assert sorted(match.signals.values(), reverse=True) == list(match.signals.values())

    def test_a_field_earns_by_the_weight_of_the_term_in_it(self):
        bundle = make_bundle("a", topics=["terraform"], path_terms={"terraform": 1})

        (match,) = matches([bundle, POEM], "terraform")

        # Weights are kept in steps of 1/255.
        assert 0.9 / 0.37 == pytest.approx(match.signals["topics"] / match.signals["paths"], 0.01)

    def test_a_word_earns_by_its_weight_and_its_match(self):
        bundles = [
            make_bundle("a", topics=["orchard"], path_terms={"tomato": 1}),
            make_bundle("b", topics=["tomato"]),
        ]
        orchard = group_weight(2, 0.9) * 0.9
        tomato = group_weight(2, 0.9 + 0.37) * 0.37

        best = matches(bundles, "orchards of tomatoes")[0]

        assert orchard / tomato == pytest.approx(
            best.signals["topics"] / best.signals["paths"], 0.01
        )

    def test_of_equal_alternatives_the_first_of_the_question_is_named(self):
        bundles = [make_bundle("a", "gulp and grunt"), POEM]

        assert ("grunt",) == matches(bundles, "grunt or gulp")[0].terms

    def test_the_matched_words_are_named_as_written_most_important_first(self):
        bundles = [make_bundle("a", "Terraform modules for Azure"), make_bundle("b", "Azure")]

        assert ("Terraform", "AZURE") == matches(bundles, "AZURE Terraform")[0].terms

    def test_a_word_that_another_term_answers_is_explained(self):
        (match,) = matches([make_bundle("a", "Terraform modules"), POEM], "IaC")

        assert ("IaC",) == match.terms
        assert {"IaC": "Terraform"} == match.expansions

    def test_a_corrected_word_is_answered_by_the_term_it_means(self):
        (match,) = matches([make_bundle("a", "Kubernetes"), POEM], "kubernets")

        assert ("kubernets",) == match.terms
        assert {"kubernets": "Kubernetes"} == match.expansions
        assert {"kubernets": "Kubernetes"} == match.corrections


class TestNearest:
    BUNDLES = (make_bundle("a", "Terraform modules for the cloud"), make_bundle("b", "Poems"))

    def test_without_an_answer_the_nearest_repositories_are_named(self):
        ranking = PortfolioIndex(self.BUNDLES).rank("haskell modules for the cloud")

        assert ([], ["a"]) == (ranking.matches, ranking.nearest)

    def test_with_an_answer_there_is_no_nearest_repository(self):
        assert [] == PortfolioIndex(self.BUNDLES).rank("terraform").nearest

    def test_they_are_bounded(self):
        bundles = [make_bundle(f"r{number}", topics=["cloud"]) for number in range(4)]

        nearest = PortfolioIndex([*bundles, *[POEM] * 9]).rank("haskell on the cloud").nearest

        assert MAX_NEAREST == len(nearest)

    def test_a_question_about_something_else_has_no_nearest_repository(self):
        assert [] == PortfolioIndex(self.BUNDLES).rank("fortran").nearest


class TestAbsent:
    CATS = (make_bundle("a", "cats", topics=["cats"]), POEM)

    def absent(self, question: str, *bundles: PublishedBundle) -> list[str]:
        return [each.name for each in PortfolioIndex(bundles or self.CATS).rank(question).absent]

    def test_what_the_question_names_in_vain_is_said(self):
        assert ["Haskell"] == self.absent("cats in haskell")
        assert ["quantum computing"] == self.absent("quantum computing")

    @pytest.mark.parametrize("question", ["cats", "go cats", "xyzzy", ""])
    def test_an_ordinary_or_unknown_word_is_nothing_that_could_be_absent(self, question):
        assert [] == self.absent(question)

    def test_a_technology_is_needed_more_than_a_subject(self):
        bundles = [make_bundle("a", topics=["orchard"]), make_bundle("b"), make_bundle("c")]

        assert [] == names(bundles, "orchard in haskell")
        assert ["a"] == names(bundles, "astronomy of an orchard")

    def test_what_is_named_and_hardly_shown_is_absent(self):
        hardly = make_bundle("a", readme="cats " * 200 + "and an exoplanet")

        assert ["astronomy"] == self.absent("astronomy", hardly, POEM)
        assert ["a"] == names([make_bundle("a", "Finds exoplanets"), POEM], "astronomy")

    def test_technologies_of_the_same_kind_are_offered_instead_those_that_most_have_first(self):
        bundles = [
            make_bundle("shop", topics=["angular"]),
            make_bundle("board", topics=["angular"]),
            make_bundle("notes", topics=["react"]),
            POEM,
        ]

        ranking = PortfolioIndex(bundles).rank("svelte")

        assert {"Angular": ["board", "shop"], "React": ["notes"]} == ranking.absent[0].instead
        assert ["board", "shop", "notes"] == ranking.nearest

    def test_a_word_of_a_readme_is_too_little_to_be_offered(self):
        bundles = [make_bundle("a", readme="Unlike Angular, it is small."), POEM]

        assert {} == PortfolioIndex(bundles).rank("svelte").absent[0].instead

    def test_no_other_language_is_offered_for_a_language(self):
        bundles = [make_bundle("a", languages={"Python": 9}), POEM]

        assert {} == PortfolioIndex(bundles).rank("haskell").absent[0].instead

    def test_with_an_answer_nothing_is_said_to_be_absent(self):
        assert [] == self.absent("cats")


class TestMeaning:
    def portfolio(self) -> list[PublishedBundle]:
        far = [
            make_bundle(f"far{number:02}", embedding=pack_embedding("m", [0, 1, number / 20]))
            for number in range(20)
        ]
        return [*far, make_bundle("near", embedding=pack_embedding("m", [1.0, 0, 0]))]

    QUESTION = QuestionEmbedding("m", (1.0, 0.0, 0.0))

    def test_a_repository_that_is_close_is_found_without_the_words(self):
        index = PortfolioIndex(self.portfolio())

        (match,) = index.rank("felines", self.QUESTION).matches

        assert [] == index.rank("felines").matches
        assert ("near", (), MAX_EMBEDDING_WEIGHT) == (match.name, match.terms, match.score)
        assert {"meaning": match.score} == match.signals
        assert match.score >= MEANING_THRESHOLD

    def test_a_repository_that_is_less_close_gains_less(self):
        portfolio = [
            *self.portfolio(),
            make_bundle("tally", "cats", embedding=pack_embedding("m", [0.5, 0.5, 0])),
        ]
        index = PortfolioIndex(portfolio)
        close = EmbeddingIndex(portfolio).closeness(self.QUESTION)[21]
        by_words = index.rank("cats").matches[0].score

        match = next(
            match for match in index.rank("cats", self.QUESTION).matches if match.name == "tally"
        )

        assert 0 < close < 1
        gained = 1 - (1 - by_words) * (1 - MAX_EMBEDDING_WEIGHT * close)
        assert gained == pytest.approx(match.score, abs=1e-4)
        assert MAX_EMBEDDING_WEIGHT * close * match.score == pytest.approx(
            match.signals["meaning"], abs=1e-4
        )

    def test_closeness_decides_between_repositories_with_the_same_words(self):
        bundles: list[PublishedBundle] = [
            {**bundle, "metadata": {**bundle["metadata"], "description": "about cats"}}
            for bundle in self.portfolio()
        ]

        best, second, *_ = PortfolioIndex(bundles).rank("cats", self.QUESTION).matches

        assert "near" == best.name
        assert 1 - (1 - second.score) * (1 - MAX_EMBEDDING_WEIGHT) == pytest.approx(
            best.score, abs=1e-4
        )
        assert MAX_EMBEDDING_WEIGHT * best.score == pytest.approx(best.signals["meaning"], abs=1e-4)
        assert best.score == pytest.approx(sum(best.signals.values()), abs=0.001)
        assert "meaning" not in second.signals
