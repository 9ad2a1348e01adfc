"""A repository is only said to have what it shows, in its own words."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import no_locations
from relevance.concepts import Lexicon
from relevance.question import parse_question
from relevance.taxonomy import taxonomy
from relevance.text import bigrams, terms
from relevance.wording import MAX_PLACES, Wording
from tests.unit.portfolios import bundle_with, make_bundle, make_metadata, sample_portfolio


def wording(term: str, **content: Any) -> str | None:
    """Return how a repository with this content writes a term."""
    return Wording(make_bundle(**{"name": "x", **content})).of(term)


class TestWords:
    @pytest.mark.parametrize(
        ("written", "term", "readme"),
        [
            ("Orchards", "orchard", "About Orchards"),
            ("ORCHARD", "orchard", "THE ORCHARD"),
            ("hopping", "hop", "A hopping rabbit"),
            ("hoping", "hope", "hopping, or hoping"),
            ("Stories", "stori", "Tells Stories"),
            ("Café", "cafe", "A Café"),
            ("colours", "color", "All colours"),
            ("matrices", "matrix", "Multiplies matrices"),
            ("orchards", "orchard", "no orchardists but orchards"),
            ("学习", "学习", "学习"),
        ],
    )
    def test_a_word_is_found_in_its_inflection_and_its_case(self, written, term, readme):
        assert written == wording(term, readme=readme)

    @pytest.mark.parametrize(
        ("written", "term", "name"),
        [
            ("HotelBooking", "hotel", "HotelBooking"),
            ("Booking", "booking", "HotelBooking"),
            ("Bookings", "booking", "hotelBookings"),
            ("booking", "booking", "hotel-booking"),
            ("booking", "booking", "hotel_booking"),
            (None, "booking", "hotelbooking"),
            (None, "booking", "HOTELBOOKING"),
        ],
    )
    def test_the_parts_of_a_name_are_words(self, written, term, name):
        assert written == wording(term, name=name)

    @pytest.mark.parametrize(
        ("written", "term", "readme"),
        [
            ("K8s", "kubernetes", "On K8s"),
            ("Postgres", "postgresql", "With Postgres"),
            ("Machine Learning", "machinelearning", "Machine Learning, and more"),
            ("machine-learning", "machinelearning", "machine-learning"),
        ],
    )
    def test_the_spellings_of_the_vocabulary_stand_for_its_terms(self, written, term, readme):
        assert written == wording(term, readme=readme)

    @pytest.mark.parametrize("term", ["orchard", "zzz", "orch", "学"])
    def test_a_word_that_is_not_there_is_none(self, term):
        assert wording(term, readme="An orchardist's app, 学习") is None

    def test_what_the_visitor_misspelt_is_found_as_the_repository_writes_it(self):
        ((concept,),) = parse_question("orchrad", Lexicon(["orchard"], [])).groups
        ((term, _),) = concept.expansions

        assert "Orchards" == wording(term, readme="About Orchards")

    @pytest.mark.parametrize("letter", ["İ", "ß", "ẞ", "ﬁ"])
    def test_letters_that_grow_in_another_case_move_nothing(self, letter):
        assert "Orchards" == wording("orchard", readme=f"{letter * 9} {letter}x Orchards ok")

    def test_a_word_behind_many_that_begin_alike_is_not_looked_for(self):
        few, many = ("orchardists " * count for count in (MAX_PLACES - 1, MAX_PLACES))

        assert "orchards" == wording("orchard", description=f"{few} orchards")
        assert wording("orchard", description=f"{many} orchards") is None


class TestPhrases:
    @pytest.mark.parametrize(
        ("written", "term", "readme"),
        [
            ("fruit trees", "fruit tree", "Some fruit trees here"),
            ("Fruit-Trees", "fruit tree", "Fruit-Trees"),
            ("fruit trees", "fruit tree", "Picks fruit of the trees"),
            ("fruit tree pruning", "fruit tree prune", "On fruit tree pruning"),
            ("fruit trees", "fruit tree", "The fruit that nobody but the owner has: fruit trees"),
            (None, "fruit tree", "trees with fruit"),
            (None, "fruit tree", "fruit that grows on each of those trees"),
            (None, "fruit tree", "fruit"),
            (None, "fruit tree prune", "fruit trees"),
        ],
    )
    def test_its_words_follow_each_other_with_few_others_between(self, written, term, readme):
        assert written == wording(term, readme=readme)


class TestTechnologies:
    @pytest.mark.parametrize(
        ("written", "term", "content"),
        [
            ("React", "@react", {"readme": "With React"}),
            ("ReactJS", "@react", {"readme": "With ReactJS"}),
            ("Node JS", "@nodejs", {"readme": "With Node JS"}),
            ("node-js", "@nodejs", {"topics": ["node-js"]}),
            ("C++", "@cplusplus", {"readme": "In C++ and more"}),
            ("K8s", "@kubernetes", {"readme": "On K8s"}),
            ("Python", "@python", {"languages": {"Python": 9}}),
            ("Rust", "@rust", {"file_types": {".rs": 2}}),
            ("Terraform", "@terraform", {"file_types": {".tf": 2}}),
            ("Django", "@django", {"files": ["manage.py"]}),
            ("GitHub Actions", "@githubactions", {"files": [".github"]}),
        ],
    )
    def test_one_is_called_as_the_repository_calls_it_or_by_its_name(self, written, term, content):
        assert written == wording(term, **content)

    @pytest.mark.parametrize(
        ("written", "path"),
        [("three", "web/package.json"), (None, "Cargo.toml"), (None, ".github/workflows/ci.yml")],
    )
    def test_one_may_be_called_by_its_package(self, written, path):
        locations = {**no_locations(), "files": [path], "dependencies": {"three": [0, 1]}}

        assert written == wording("@threejs", dependencies=["three"], locations=locations)

    def test_a_package_of_no_known_file_shows_none(self):
        assert wording("@threejs", dependencies=["three"]) is None

    @pytest.mark.parametrize(
        ("term", "readme"),
        [
            ("@react", "Overreacting"),
            ("@c", "In C++ and C#"),
            ("@kubernetes", "kubernetesque"),
            ("@django", ""),
            ("@frobnicator", "no technology at all"),
        ],
    )
    def test_one_that_is_not_there_is_none(self, term, readme):
        assert wording(term, readme=readme) is None

    @pytest.mark.parametrize(
        ("suffix", "term"), [(".rs", "rust"), (".ino", "arduino"), (".tf", "terraform")]
    )
    def test_a_word_may_be_shown_by_a_suffix(self, suffix, term):
        assert suffix == wording(term, file_types={".md": 1, suffix: 2})

    def test_a_word_that_is_written_goes_before_a_suffix(self):
        assert "Rusty" == wording("rusti", readme="Rusty", file_types={".rs": 1})
        assert "RUST" == wording("rust", readme="RUST", file_types={".rs": 1})


class TestTexts:
    @pytest.mark.parametrize(
        "content",
        [
            {"name": "Orchard"},
            {"description": "An Orchard"},
            {"topics": ["Orchard"]},
            {"languages": {"Orchard": 1}},
            {"dependencies": ["Orchard"]},
            {"files": ["Orchard.md"]},
            {"path_terms": {"Orchard": 1}},
            {"readme": "# Orchard"},
            {"readme": "An Orchard"},
            {"repoContext": {"project_identity": {"name": "Orchard"}}},
            {"repoContext": {"tech_stack": ["Orchard"]}},
            {"repoContext": {"skills": ["Orchard"]}},
            {"repoContext": {"components": ["Orchard"]}},
            {"repoContext": {"topics": ["Orchard"]}},
        ],
    )
    def test_every_field_is_read(self, content):
        assert "Orchard" == wording("orchard", **content)

    @pytest.mark.parametrize("key", ["name", "description", "technologies", "skills", "topics"])
    def test_every_field_of_a_component_is_read(self, key):
        component = {
            **{"path": "", "name": "", "description": ""},
            **{"technologies": [], "skills": [], "topics": []},
            key: "Orchard" if key in ("name", "description") else ["Orchard"],
        }

        assert "Orchard" == wording("orchard", components=[component])

    def test_nearly_all_terms_of_a_sample_are_found(self):
        asked = [
            (Wording(bundle), term)
            for bundle in sample_portfolio()
            for term in terms(bundle["metadata"]["description"] or "")
        ]

        missing = [term for words, term in asked if words.of(term) is None]

        assert len(asked) > 100
        assert len(missing) <= 0.02 * len(asked), missing


@given(
    name=st.text(max_size=20),
    description=st.text(max_size=60) | st.just("A Node.js app, HotelBooking in C++"),
    topics=st.lists(st.text(max_size=15), max_size=3),
    suffix=st.sampled_from([".rs", ".tf", ".unheard"]),
    asked=st.text(alphabet="abcßİ学", min_size=1, max_size=5),
)
def test_any_term_is_written_as_the_texts_or_the_taxonomy_have_it(
    name, description, topics, suffix, asked
):
    metadata = make_metadata(name, description=description, topics=topics)
    words = Wording(bundle_with(metadata, file_types={suffix: 1}))
    texts = " ".join("\n".join([name, description, *topics]).split())
    own = [term for text in (name, description, *topics) for term in terms(text)]
    names = {entity.name for entity in taxonomy().entities.values()}

    for term in (asked, *own, *bigrams(own), "@rust", "@terraform", "@nodejs", "@cplusplus"):
        written = words.of(term)
        assert (
            written is None
            or all(word in texts for word in written.split())
            or (written in names if term.startswith("@") else written == suffix)
        )
