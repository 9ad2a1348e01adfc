"""The words of a question are concepts; what is known of them answers, too."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevance.concepts import (
    KIND_WEIGHT,
    PART_OF_WEIGHT,
    PART_WEIGHT,
    PREFIX_WEIGHT,
    SPELLING_WEIGHT,
    WORD_OF_PHRASE_WEIGHT,
    Concept,
    Lexicon,
    concept_of,
    with_meanings,
)
from relevance.subjects import NAME_WEIGHT, SHOWN_WEIGHT
from relevance.text import words
from relevance.vocabulary import KIND_WEIGHT as KIND_OF_TERM_WEIGHT
from relevance.vocabulary import RELATED_WEIGHT

EMPTY = Lexicon([], [])


def concepts(text: str, lexicon: Lexicon = EMPTY) -> list[Concept]:
    """Return what a text means, for a portfolio."""
    of_words = [concept_of(word, word.term, lexicon) for word in words(text) if word.term]
    return with_meanings(of_words, text, lexicon)


def concept(text: str, *terms: str) -> Concept:
    """Return what a text means that is one thing, for a portfolio with these terms."""
    (meant,) = concepts(text, Lexicon(terms, []))
    return meant


def answers(text: str, *terms: str) -> dict[str, float]:
    """Return the terms that answer a text, with weights."""
    return dict(concept(text, *terms).expansions)


def technologies(text: str, *terms: str) -> dict[str, float]:
    """Return the technologies that answer a text, with weights."""
    return {term: weight for term, weight in answers(text, *terms).items() if term.startswith("@")}


class TestWords:
    def test_a_word_answers_for_itself_first(self):
        meant = concept("Orchards")

        assert ("Orchards", "orchard") == (meant.written, meant.term)
        assert (("orchard", 1.0),) == meant.expansions

    def test_its_other_spellings_answer(self):
        assert answers("Café")["cafe"] == SPELLING_WEIGHT

    def test_narrower_and_related_terms_of_the_vocabulary_answer(self):
        assert answers("IaC")["terraform"] == KIND_OF_TERM_WEIGHT
        assert answers("automation")["script"] == RELATED_WEIGHT

    def test_the_parts_of_a_compound_name_answer(self):
        assert answers("OrchardThing")["orchard"] == PART_WEIGHT

    def test_the_parts_of_a_phrase_do_not(self):
        assert not {"learn", "machin"} & answers("machine learning").keys()

    def test_a_name_that_begins_with_the_word_answers(self):
        lexicon = Lexicon(["slug"], ["slu", "slug", "slugger", "slugifi", "sluh", "aslug"])

        (meant,) = concepts("slug", lexicon)

        expansions = {"slug": 1.0, "slugger": PREFIX_WEIGHT, "slugifi": PREFIX_WEIGHT}
        assert expansions == dict(meant.expansions)

    def test_a_short_word_is_no_prefix_and_a_known_name_is_not_meant_by_one(self):
        lexicon = Lexicon(["slu", "@java"], ["slugifi", "javascript"])

        (slu,), (java,) = concepts("slu", lexicon), concepts("java", lexicon)

        assert (("slu", 1.0),) == slu.expansions
        assert "javascript" not in dict(java.expansions)

    def test_a_word_that_every_project_could_claim_is_weak(self):
        assert concept("plugin").weak
        assert not concept("terraform").weak

    def test_a_word_that_ends_in_grammar_is_weak(self):
        assert [True, True] == [meant.weak for meant in concepts("です 习的")]

    @pytest.mark.parametrize(
        ("everyday", "word"), [(True, "memory"), (True, "Notes"), (False, "orchard")]
    )
    def test_the_most_common_words_are_everyday(self, everyday, word):
        assert everyday == concept(word).everyday

    @pytest.mark.parametrize(
        ("known", "word"), [(True, "terraform"), (True, "Haskell"), (False, "orchards")]
    )
    def test_technologies_and_languages_are_known(self, known, word):
        assert known == concept(word).known


class TestTechnologies:
    def test_a_technology_answers_however_it_is_shown(self):
        assert {"@redux": 1.0} == technologies("Redux", "@redux")
        assert {"@nodejs": 1.0} == technologies("node js", "@nodejs")

    def test_its_name_answers_too(self):
        assert answers("Redux", "@redux")["redux"] == 1.0

    def test_the_services_of_a_cloud_answer_for_it_where_the_portfolio_has_them(self):
        present = ("@amazons3", "@googlecloudrun", "@aws")

        assert {"@aws": 1.0, "@amazons3": PART_OF_WEIGHT} == technologies("AWS", *present)
        assert PART_OF_WEIGHT < 1

    def test_a_service_is_not_answered_by_its_cloud(self):
        assert {"@amazons3": 1.0} == technologies("S3", "@aws", "@amazons3", "@awslambda")

    def test_a_cloud_is_present_if_one_of_its_services_is(self):
        assert {"@aws": 1.0} == answers("Amazon Web Services", "amazon")
        assert "amazon" in answers("Amazon Web Services", "amazon", "@amazons3")

    @pytest.mark.parametrize("name", ["kubernetes", "Kubernetes", "k8s"])
    def test_nothing_takes_the_place_of_one_that_is_absent(self, name):
        meant = concept(name, "helm", "docker")

        assert {"kubernetes": 1.0, "@kubernetes": 1.0} == dict(meant.expansions)
        assert meant.is_named

    def test_the_words_of_an_absent_name_do_not_answer_for_it(self):
        meant = concept("Google Maps", "googl", "map", "@leaflet")

        assert {"@googlemaps": 1.0} == dict(meant.expansions)

    def test_a_name_of_several_words_is_one_concept(self):
        meant = concept("Google Maps", "googl", "map", "@googlemaps")
        weights = dict(meant.expansions)

        assert "Google Maps" == meant.written
        assert (1.0, WORD_OF_PHRASE_WEIGHT) == (weights["@googlemaps"], weights["googl"])
        assert {"googl", "map"} <= meant.unclaimed
        assert "@googlemaps" not in meant.unclaimed

    def test_a_brand_is_no_technology_that_only_it_can_answer_for(self):
        meant = concept("1password", "1password")

        assert {"1password": 1.0, "@1password": 1.0} == dict(meant.expansions)
        assert not meant.is_named
        assert WORD_OF_PHRASE_WEIGHT == answers("Aston Martin", "martin")["martin"]


class TestAmbiguousNames:
    """Names that are ordinary words: what they mean, the portfolio decides."""

    def test_the_portfolio_has_the_technology(self):
        assert {"@spring": 1.0} == technologies("spring", "@spring")

    def test_the_portfolio_has_it_not(self):
        meant = concept("spring", "spring")

        assert (("spring", 1.0),) == meant.expansions
        assert not meant.is_named

    def test_neither_is_it_named_without_doubt(self):
        assert not concept("spring", "@spring").is_named
        assert concept("spring boot", "@spring").is_named


class TestKinds:
    PRESENT = ("@redux", "@react", "@django", "redux", "state")

    def test_the_technologies_of_a_kind_answer_where_the_portfolio_has_them(self):
        assert {"@django": KIND_WEIGHT} == technologies("web framework", *self.PRESENT)
        assert {"@django": KIND_WEIGHT} == technologies("web frameworks", *self.PRESENT)

    def test_words_that_mean_something_as_a_whole_are_one_concept(self):
        meant = concept("state management", *self.PRESENT)
        weights = dict(meant.expansions)

        assert "state management" == meant.written
        assert WORD_OF_PHRASE_WEIGHT == weights["state"] < weights["@redux"] < 1

    def test_the_words_of_a_phrase_are_not_claimed(self):
        meant = concept("state management", *self.PRESENT)

        assert {"state", "management"} == meant.unclaimed

    def test_a_word_alone_is_claimed(self):
        assert frozenset() == concept("databases", "@sqlite", "database").unclaimed

    @pytest.mark.parametrize(
        ("is_named", "text"),
        [
            (True, "web framework"),
            (True, "databases"),
            (False, "editors"),  # of texts, or of a newspaper
            (False, "languages"),
            (True, "programming languages"),
            (False, "orchards"),
        ],
    )
    def test_a_kind_is_named_unless_its_name_is_an_everyday_word(self, is_named, text):
        assert is_named == concepts(text)[0].is_named


class TestSubjects:
    def test_what_speaks_for_a_subject_answers_where_the_portfolio_has_it(self):
        weights = answers("recipes", "recipe", "cook", "spoonacular", "weather")

        assert 1.0 == weights["recipe"]
        assert SHOWN_WEIGHT == weights["spoonacular"]
        assert not {"weather", "mealdb"} & weights.keys()

    def test_a_phrase_answers_if_the_portfolio_has_each_of_its_words(self):
        has_both = answers("parking", "park", "number", "plate")
        has_one = answers("parking", "park", "plate")

        assert SHOWN_WEIGHT == has_both["number plate"]
        assert "number plate" not in has_one

    def test_another_name_of_a_subject_answers_for_it(self):
        assert NAME_WEIGHT == answers("hospital", "clinic")["clinic"]

    def test_a_role_is_answered_by_technologies_and_kinds(self):
        found = technologies("frontend developer", "@react", "@redux", "@kubernetes")

        assert {"@react", "@redux"} == found.keys()
        assert all(0 < weight < 1 for weight in found.values())

    def test_a_subject_is_named(self):
        assert concept("recipes").is_named


class TestPhrases:
    def test_the_longest_meaning_counts(self):
        first, second = concepts("web frameworks databases", Lexicon(["@django"], []))

        assert ("web frameworks", "databases") == (first.written, second.written)

    def test_what_a_part_of_a_longer_phrase_means_does_not_answer(self):
        assert {"@elasticsearch": KIND_WEIGHT} == technologies("search engine", "@elasticsearch")
        assert {} == technologies("search engine optimization", "@elasticsearch")

    def test_a_phrase_takes_the_place_of_its_first_word(self):
        written = [meant.written for meant in concepts("orchards web framework tomatoes")]

        assert ["orchards", "web framework", "tomatoes"] == written

    def test_other_words_stay_as_they_are(self):
        (word,) = words("orchards")

        assert concept_of(word, "orchard", EMPTY) == concepts("orchards web framework")[0]

    def test_a_phrase_is_weak_only_if_all_its_words_are_and_nothing_else_answers(self):
        assert concept("plugins").weak
        assert not concept("wordpress plugins", "@wordpress").weak
        assert not concept("vim plugins").weak
        assert not concept("web framework").weak

    def test_a_stop_word_is_no_concept_even_if_it_is_in_a_phrase(self):
        assert [] == concepts("what about")

    def test_a_phrase_that_the_question_had_before_is_not_repeated(self):
        assert [] == with_meanings([], "web framework", EMPTY)

    @given(
        st.lists(
            st.text(max_size=12)
            | st.sampled_from("AWS state management web framework Google Maps spring api".split()),
            max_size=8,
        )
    )
    def test_any_text_has_concepts_that_answer_for_themselves(self, texts):
        lexicon = Lexicon(["@react", "state", "api", "@amazons3"], ["apiserver"])

        meant = concepts(" ".join(texts), lexicon)

        assert meant == concepts(" ".join(texts), lexicon)
        for each in meant:
            weights = dict(each.expansions)
            assert len(weights) == len(each.expansions)
            assert all(0 < weight <= 1 for weight in weights.values())
            assert each.unclaimed <= weights.keys()


class TestLexicon:
    def test_names_that_begin_alike_are_listed_in_order(self):
        lexicon = Lexicon([], ["orchard", "orange", "apple", "orb"])

        assert ["orange", "orb", "orchard"] == list(lexicon.name_terms_beginning_with("or"))
        assert [] == list(lexicon.name_terms_beginning_with("x"))

    @pytest.mark.parametrize(
        ("meant", "text"),
        [
            ("orchard", "orchrad"),
            (None, "orchard"),
            (None, "OrchradBook"),  # a compound
            (None, "grösse"),  # whose other spelling occurs
        ],
    )
    def test_a_misspelled_word_is_corrected(self, meant, text):
        lexicon = Lexicon(["orchard", "orchardbook", "groesse", "grossed"], [])
        (word,) = words(text)

        assert meant == lexicon.correct(word)
