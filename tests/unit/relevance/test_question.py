"""A question is parsed into groups of concepts."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevance.concepts import PART_WEIGHT, SPELLING_WEIGHT, Concept, Lexicon
from relevance.question import CORRECTION_WEIGHT, MAX_CONCEPTS, MAX_CORRECTIONS, parse_question
from relevance.vocabulary import KIND_WEIGHT

EMPTY = Lexicon([], [])


def groups(question: str, lexicon: Lexicon = EMPTY) -> list[list[str]]:
    """Parse a question; return the written words of every group."""
    parsed = parse_question(question, lexicon)
    return [[concept.written for concept in group] for group in parsed.groups]


def concept_of(word: str, lexicon: Lexicon = EMPTY) -> Concept:
    """Parse a question of one concept."""
    ((concept,),) = parse_question(word, lexicon).groups
    return concept


class TestGroups:
    @pytest.mark.parametrize(
        ("question", "expected"),
        [
            ("terraform", [["terraform"]]),
            ("terraform on azure", [["terraform"], ["azure"]]),
            ("gulp or grunt", [["gulp", "grunt"]]),
            ("gulp, grunt, or webpack", [["gulp", "grunt", "webpack"]]),
            ("gulp/grunt", [["gulp", "grunt"]]),
            ("either gulp or grunt", [["gulp", "grunt"]]),
            ("gulp as well as grunt", [["gulp", "grunt"]]),
            ("gulp or grunt plugins", [["gulp", "grunt"], ["plugins"]]),
            ("gulp plugins or grunt", [["gulp", "grunt"], ["plugins"]]),
            ("plugin or grunt", [["plugin", "grunt"]]),
            ("gulp or plugin", [["gulp"], ["plugin"]]),
            (
                "gulp or terraform heroku kubernetes",
                [["gulp"], ["terraform"], ["heroku"], ["kubernetes"]],
            ),
            ("terraform and terraform", [["terraform"]]),
            ("terraform, Terraform", [["terraform"]]),
            # A comma separates; in a list that "or" ends, it means "or".
            ("something with orchards, charts", [["orchards"], ["charts"]]),
            ("react, redux and typescript", [["react"], ["redux"], ["typescript"]]),
            ("react, redux, and typescript", [["react"], ["redux"], ["typescript"]]),
            ("orchards; charts", [["orchards"], ["charts"]]),
            ("orchards, a pear or the plum", [["orchards", "pear", "plum"]]),
            ("orchards, something about pears or plums", [["orchards"], ["pears", "plums"]]),
            ("orchards, gulp/grunt", [["orchards"], ["gulp", "grunt"]]),
            ("orchards, either gulp or grunt", [["orchards"], ["gulp", "grunt"]]),
            # A phrase is an alternative as a whole.
            ("state management or pear", [["state management", "pear"]]),
            ("pear or state management", [["pear", "state management"]]),
            (
                "machine learning, computer vision or pears",
                [["machine learning", "computer vision", "pears"]],
            ),
            ("machine learning, computer vision", [["machine learning"], ["computer vision"]]),
            ("harvest tracking or leaf scanning", [["harvest", "leaf"], ["tracking", "scanning"]]),
            ("leaf scanning or pears", [["leaf"], ["scanning", "pears"]]),
            # A slash within a name separates nothing.
            ("TCP/IP", [["TCP IP"]]),
            ("CI/CD", [["CI CD"]]),
            ("a/b testing", [["a b testing"]]),
            ("C/C++", [["C", "C++"]]),
            ("HTML/CSS", [["HTML", "CSS"]]),
            ("", []),
            ("what do you have?", []),
        ],
    )
    def test_a_list_names_alternatives_and_other_words_stand_alone(self, question, expected):
        assert expected == groups(question)

    @given(st.text(max_size=100))
    def test_any_question_can_be_parsed_and_always_gives_the_same(self, question):
        lexicon = Lexicon(["terraform", "orchard", "für", "学习"], ["orchard"])

        parsed = parse_question(question, lexicon)

        assert parsed == parse_question(question, lexicon)
        for concept in (concept for group in parsed.groups for concept in group):
            for term in (concept.term, *dict(concept.expansions)):
                assert unicodedata.is_normalized("NFC", term)


class TestBigrams:
    @pytest.mark.parametrize(
        ("question", "bigrams"),
        [
            ("child process manager", ("child process", "process manager")),
            ("child of process", ()),
            ("child, process", ()),
            ("child process child process", ("child process", "process child")),
        ],
        ids=["adjacent", "stop-word-between", "list", "repeated"],
    )
    def test_adjacent_words_are_bigrams(self, question, bigrams):
        assert bigrams == parse_question(question, EMPTY).bigrams


class Uniterable(Collection[str]):
    """Terms that can be looked up, but not listed."""

    def __contains__(self, term: object) -> bool:
        return term in {"orchard", "tomato"}

    def __len__(self) -> int:
        return 2

    def __iter__(self) -> Iterator[str]:
        raise AssertionError("all terms were listed")


def test_the_terms_are_listed_only_to_correct_a_word():
    lexicon = Lexicon(Uniterable(), ["orchard"])

    assert [["orchard"], ["terraform"], ["tomato"]] == groups("orchard terraform tomato", lexicon)
    with pytest.raises(AssertionError, match="all terms"):
        groups("orchrad", lexicon)


class TestCorrection:
    LEXICON = Lexicon(["orchard", "tomato", "trust"], [])

    def test_a_misspelled_word_is_replaced_by_the_term_it_probably_means(self):
        concept = concept_of("orchrad", self.LEXICON)

        assert ("orchrad", "orchard") == (concept.written, concept.term)
        assert (("orchard", CORRECTION_WEIGHT),) == concept.expansions

    def test_the_kinds_of_a_corrected_word_weigh_less_too(self):
        expansions = dict(concept_of("databse").expansions)

        assert KIND_WEIGHT * CORRECTION_WEIGHT == expansions["sqlite"]

    def test_a_word_of_the_portfolio_is_not_corrected(self):
        assert "trust" == concept_of("trust", self.LEXICON).term

    def test_a_compound_name_is_not_corrected(self):
        assert "orchradbook" == concept_of("OrchradBook", Lexicon(["orchardbook"], [])).term

    def test_a_corrected_word_is_known_as_such(self):
        assert "orchard" == concept_of("orchrad", self.LEXICON).corrected
        assert concept_of("orchard", self.LEXICON).corrected is None

    def test_a_phrase_with_a_misspelled_word_is_known_and_corrected_as_a_whole(self):
        concept = concept_of("Machine Lerning", Lexicon(["machin", "learn"], []))

        assert ("Machine Lerning", "machinelearning") == (concept.written, concept.term)
        assert "Machine learning" == concept.corrected

    def test_a_misspelled_technology_is_the_technology(self):
        lexicon = Lexicon(["@django", "django"], [])

        (django,), (terraform,) = parse_question("djnago, terrafrom", lexicon).groups

        assert ("djnago", "Django") == (django.written, django.corrected)
        assert CORRECTION_WEIGHT == dict(django.expansions)["@django"]
        assert ("terrafrom", "Terraform") == (terraform.written, terraform.corrected)
        assert terraform.is_named
        assert {"terraform", "@terraform"} == dict(terraform.expansions).keys()

    def test_a_word_of_a_known_name_is_right(self):
        lexicon = Lexicon(["litr"], [])

        assert "litre" == concept_of("libre", lexicon).corrected
        assert concept_of("map libre", lexicon).corrected is None

    def test_another_spelling_of_a_word_that_occurs_is_right(self):
        assert "grösse" == concept_of("grösse", Lexicon(["groesse", "grossed"], [])).term


class TestSpellings:
    """A word is answered by its other spellings, too."""

    @pytest.mark.parametrize(
        ("word", "spelling"),
        [("Café", "cafe"), ("Müller", "mueller"), ("Müller", "muller"), ("to-do", "todo")],
    )
    def test_the_other_spelling_answers(self, word, spelling):
        assert dict(concept_of(word).expansions)[spelling] >= SPELLING_WEIGHT

    def test_a_compound_is_answered_as_one_word_or_by_both_of_its_words(self):
        (auto,), (complete,) = parse_question("auto-complete", EMPTY).groups

        assert {"auto": 1.0, "autocomplet": SPELLING_WEIGHT} == dict(auto.expansions)
        assert {"complet": 1.0, "autocomplet": SPELLING_WEIGHT} == dict(complete.expansions)

    def test_a_small_word_at_its_end_makes_a_compound_another_word(self):
        assert {"addon": 1.0, "add": PART_WEIGHT} == dict(concept_of("add-on").expansions)


class TestBounds:
    """A page of text as a question costs no more than a long question."""

    def test_concepts_are_bounded(self):
        text = " ".join(
            f"orchard{chr(97 + number // 26)}{chr(97 + number % 26)}" for number in range(90)
        )

        assert MAX_CONCEPTS == len(parse_question(text, EMPTY).groups)

    def test_corrections_are_bounded(self):
        typos = [
            "kubernets",
            "terrafrom",
            "javasript",
            "postgress",
            "typscript",
            "reactt",
            "dokcer",
            "pyhton",
        ]
        parsed = parse_question(" ".join(typos), EMPTY)

        corrected = [concept for group in parsed.groups for concept in group if concept.corrected]
        assert MAX_CORRECTIONS == len(corrected)
