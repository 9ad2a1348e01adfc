"""Subjects and roles are found by ordinary words, and tell what speaks for them."""

from __future__ import annotations

from collections import Counter
from itertools import takewhile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevance.spelling import english_words
from relevance.stems import AMERICAN, stem
from relevance.subjects import (
    DATA,
    MEMBER_FACTOR,
    NAME_WEIGHT,
    NEAR_WEIGHT,
    SHOWN_WEIGHT,
    Subject,
    Subjects,
    expansions,
    load,
    subjects,
)
from relevance.taxonomy import taxonomy
from relevance.text import words
from relevance.vocabulary import everyday_words

LETTERS = "abcdefghijklmnopqrstuvwxyz"
MAX_PARTS = 3
# Inflections, by what is added to the beginning that they share.
ENDINGS = frozenset(["", "s", "es", "d", "ed", "ing", "ings", "e", "y", "ies", "ied", "ying"])
# Words of the data that share a stem with another word, which nobody asks about.
RARE = {
    "birdie": {"birdying"},
    "caddy": {"caddie"},
    "colly": {"collie"},
    "defi": {"defy", "defying"},
    "mealie": {"mealy"},
    "mollie": {"molly"},
    "scrapy": {"scrapie"},
    "ski": {"skying"},
    "skiing": {"skying"},
}
FRUIT = "orchard, fruit trees, apple-picking | pruning | cider"
TREES = "tree, orchard | forestry"


def names(found: Subjects, question: str) -> list[str]:
    """Return the first names of the subjects that a question names."""
    return [place.subject.names[0] for place in found.find(question.split())]


def american(word: str) -> str:
    """Return the American spelling of a word."""
    for pattern, replacement in AMERICAN:
        word = pattern.sub(replacement, word)
    return word


def are_inflections(one: str, other: str) -> bool:
    """Tell whether two words may be forms of one: only endings differ."""
    one, other = american(one), american(other)
    equal = takewhile(lambda letters: letters[0] == letters[1], zip(one, other, strict=False))
    shared = "".join(letter for letter, _ in equal)
    rests = (one[len(shared) :], other[len(shared) :])
    return all(
        rest in ENDINGS or (rest[:1] == shared[-1:] and rest[1:] in ENDINGS)  # planned
        for rest in rests
    )


class TestFormat:
    def test_a_line_has_names_and_what_speaks_for_them(self):
        (place,) = load(FRUIT).find(["orchard"])

        assert Subject(("orchard", "fruit trees", "apple-picking"), ("pruning",), ("cider",)) == (
            place.subject
        )

    @pytest.mark.parametrize(
        ("line", "parts"),
        [
            ("orchard", (("orchard",), (), ())),
            ("orchard | pruning", (("orchard",), ("pruning",), ())),
            ("orchard |  | cider", (("orchard",), (), ("cider",))),
            ("orchard, | pruning ,", (("orchard",), ("pruning",), ())),
        ],
    )
    def test_parts_behind_the_names_may_be_missing(self, line, parts):
        (place,) = load(line).find(["orchard"])

        assert parts == (place.subject.names, place.subject.shown_by, place.subject.near)

    def test_comments_and_empty_lines_are_no_subjects(self):
        assert [] == names(load("# orchard\n\n"), "# orchard")

    def test_lines_may_share_a_name(self):
        assert ["orchard", "tree"] == names(load(f"{FRUIT}\n{TREES}"), "orchard")


class TestFind:
    SUBJECTS = load(f"{FRUIT}\n{TREES}\nfruit | apple\nbooking | calendar\nquick sort | algorithm")

    @pytest.mark.parametrize(
        ("expected", "question"),
        [
            (["orchard"], "fruit trees"),  # longer than fruit and tree
            (["tree", "fruit"], "trees and fruit"),
            (["orchard", "tree"], "Orchards"),  # of either line
            (["fruit"], "fruit orange"),
            (["fruit", "quick sort"], "fruit quicksort"),
            (["quick sort"], "quick sorting"),
            (["quick sort"], "quick-sort"),
            (["orchard"], "apple picking"),
            (["orchard"], "APPLE-picking"),
            (["orchard"], "applepicking"),
            (["booking"], "bookings"),
            ([], "book"),  # another word
            ([], "quick"),
            ([], "fruity"),
            ([], "-"),
            ([], ""),
        ],
    )
    def test_names_are_found_in_any_inflection_the_longest_first(self, expected, question):
        assert expected == names(self.SUBJECTS, question)

    @pytest.mark.parametrize(
        ("places", "question"),
        [
            ([(2, 4)], "pictures of fruit trees today"),
            ([(1, 2)], "my apple-picking diary"),
            ([(0, 1), (1, 3)], "trees, fruit trees"),
            ([(0, 2)], "quick sorted-lists"),  # a part of the last word is in the name
        ],
    )
    def test_a_place_is_that_of_the_words(self, places, question):
        found = self.SUBJECTS.find(question.split())

        assert places == [(place.start, place.end) for place in found]

    @given(
        st.lists(st.text(max_size=15) | st.sampled_from(["fruit", "trees", "QUICK"]), max_size=9)
    )
    def test_subjects_in_any_words_lie_in_order_within_them(self, written):
        places = [(place.start, place.end) for place in self.SUBJECTS.find(written)]

        assert sorted(places) == places
        assert all(0 <= start < end <= len(written) for start, end in places)


class TestExpansions:
    def test_a_name_speaks_more_than_what_shows_it_and_that_more_than_what_is_near(self):
        subject = Subject(("orchard",), ("pruning",), ("cider",))

        assert {"orchard": NAME_WEIGHT, "prune": SHOWN_WEIGHT, "cider": NEAR_WEIGHT} == dict(
            expansions(subject)
        )
        assert 1 > NAME_WEIGHT > SHOWN_WEIGHT > NEAR_WEIGHT > 0

    def test_of_several_weights_the_highest_counts(self):
        subject = Subject(("orchard",), ("orchards", "cider"), ("cider", "orchard"))

        assert {"orchard": NAME_WEIGHT, "cider": SHOWN_WEIGHT} == dict(expansions(subject))

    def test_a_phrase_speaks_as_its_terms_and_in_one_word(self):
        subject = Subject((), ("pruning fruit trees",), ())

        assert {"prune fruit tree": SHOWN_WEIGHT, "pruningfruittrees": SHOWN_WEIGHT} == dict(
            expansions(subject)
        )

    def test_a_phrase_of_one_telling_word_says_nothing_alone(self):
        assert () == expansions(Subject(("orchard developer",), ("built with it",), ()))

    def test_a_technology_speaks_as_such_and_by_its_name(self):
        subject = Subject((), ("django", "query-driven"), ("Three.js",))
        weights = dict(expansions(subject))

        assert SHOWN_WEIGHT == weights["@django"] == weights["django"]
        assert NEAR_WEIGHT == weights["@threejs"]
        assert SHOWN_WEIGHT == weights["queri driven"] == weights["querydriven"]

    def test_the_technologies_of_a_kind_speak_a_little_less(self):
        weights = dict(expansions(Subject((), ("web framework",), ("database",))))

        assert MEMBER_FACTOR * SHOWN_WEIGHT == weights["@django"]
        assert MEMBER_FACTOR * NEAR_WEIGHT == weights["@postgresql"]
        assert MEMBER_FACTOR < 1


class TestRoles:
    @pytest.mark.parametrize(
        ("role", "question"),
        [
            ("backend developer", "backend developer"),
            ("backend developer", "a back-end engineer"),
            ("frontend developer", "front-end engineers"),
            ("data engineer", "data engineers"),
            ("site reliability engineer", "an SRE"),
            ("qa engineer", "QA"),
            ("embedded developer", "firmware engineer"),
            ("game developer", "game dev"),
            ("mobile developer", "someone for mobile apps, an app developer"),
        ],
    )
    def test_a_role_is_found_by_what_people_call_it(self, role, question):
        assert role in names(subjects(), question)

    def test_several_roles_are_found(self):
        found = names(subjects(), "a data scientist and a backend developer")

        assert ["data scientist", "backend developer"] == found

    def test_a_role_is_answered_by_technologies_and_kinds_of_them(self):
        place = next(subjects().find(["backend", "developer"]))

        assert {"@django", "@express", "@postgresql"} <= dict(expansions(place.subject)).keys()


class TestLife:
    @pytest.mark.parametrize(
        ("expected", "question"),
        [
            ("weather", "will it rain tomorrow, the weather forecast"),
            ("recipes", "cooking recipes"),
            ("hospital", "hospitals"),
            ("quiz", "quizzes"),
            ("parking", "a parking space"),
        ],
    )
    def test_subjects_of_life_are_found_by_ordinary_words(self, expected, question):
        found = names(subjects(), question)

        assert any(expected in name for name in found), found

    @pytest.mark.parametrize(
        ("question", "other"),
        [
            ("a local platform", "platformer"),
            ("a local platform", "translate"),
            ("animation", "animal"),
            ("classify images", "marketplace"),
            ("a book about it", "booking"),
            ("a park", "parking"),
            ("personal", "personality"),
            ("universe", "university"),
            ("it defies", "heat"),
        ],
    )
    def test_words_that_begin_alike_do_not_name_them(self, question, other):
        assert not any(other in name for name in names(subjects(), question))


@pytest.fixture(scope="module")
def lines() -> list[list[list[str]]]:
    """The items of the parts of each line of the data file, as they stand there."""
    content = DATA.read_text(encoding="utf-8").splitlines()
    listed = [line for line in content if line and not line.startswith("#")]
    return [[part.split(",") for part in line.split("|")] for line in listed]


@pytest.fixture(scope="module")
def single_words(lines: list[list[list[str]]]) -> list[str]:
    """Names and hints of one word, sorted."""
    items = {item.strip() for parts in lines for part in parts for item in part}
    return sorted(item for item in items if item.isalpha())


class TestData:
    def test_every_line_has_names_and_at_most_two_other_parts(self, lines):
        assert len(lines) > 1_000
        assert [] == [parts for parts in lines if not 1 < len(parts) <= MAX_PARTS]

    def test_everything_is_in_lower_case_and_nothing_empty(self, lines):
        items = [item.strip() for parts in lines for part in parts for item in part]

        assert [] == [item for item in items if not item or item != item.lower()]

    def test_no_line_lists_anything_twice(self, lines):
        for parts in lines:
            items = Counter(item.strip() for part in parts for item in part)
            assert [] == [item for item, count in items.items() if count > 1]

    def test_every_name_is_found_as_its_line_has_it(self, lines):
        found = subjects()
        for parts in lines:
            first = parts[0][0].strip()
            for name in (item.strip() for item in parts[0]):
                assert first in names(found, name), name

    def test_every_subject_has_something_that_speaks_for_it(self, lines):
        found = subjects()
        for parts in lines:
            for place in found.find(parts[0][0].split()):
                weights = dict(expansions(place.subject))
                assert weights, parts[0]
                assert "" not in weights, parts[0]
                assert all(0 < weight <= 1 for weight in weights.values())

    def test_single_words_are_terms(self, single_words):
        assert [] == [item for item in single_words if not any(w.term for w in words(item))]

    def test_no_single_word_shares_its_stem_with_another_word(self, single_words):
        by_stem: dict[str, set[str]] = {}
        english = (word for letter in LETTERS for word in english_words(letter))
        for word in (*everyday_words(), *english):
            by_stem.setdefault(stem(word), set()).add(word)

        collisions = {
            item: others
            for item in single_words
            if (
                others := {
                    word for word in by_stem.get(stem(item), ()) if not are_inflections(item, word)
                }
            )
        }

        assert RARE == collisions

    def test_no_everyday_word_is_a_rare_one(self):
        assert not everyday_words() & {word for others in RARE.values() for word in others}

    @pytest.mark.parametrize(
        "word",
        """address app application character code computer data design example file fill
        general local model new number object page person platform program project scratch set
        simple special start state store system tool type use user value website""".split(),
    )
    def test_a_word_that_means_everything_names_no_subject(self, word):
        assert [] == names(subjects(), word)

    def test_kinds_are_written_as_the_taxonomy_knows_them(self, lines):
        hints = {item.strip() for parts in lines for part in parts[1:] for item in part}

        assert {"web framework", "message broker"} <= hints
        assert all(taxonomy().kind(hint.split()) for hint in ("web framework", "message broker"))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("plan", "planned", True),
        ("story", "stories", True),
        ("make", "making", True),
        ("colour", "colors", True),
        ("animal", "animation", False),
        ("classify", "classifieds", False),
        ("spi", "spying", False),
    ],
)
def test_inflections_are_told_from_other_words(one, other, same):
    assert same == are_inflections(one, other)
