"""Every field of a repository gives terms and weights."""

from __future__ import annotations

from typing import Any

import pytest

from models import PublishedBundle, no_locations
from relevance.fields import (
    FIELDS,
    LEAD_TERMS,
    MAX_BODY_TERMS,
    MAX_README_CHARS,
    TermWeights,
    _graded,
    combined_weight,
    content_weights,
    listing_weights,
    suffix_terms,
)
from tests.unit.portfolios import make_bundle, make_metadata, sample_portfolio


def term_weights(bundle: PublishedBundle) -> TermWeights:
    """Return the weights of a repository's content and of its listing."""
    content, listing = content_weights(bundle), listing_weights(bundle)
    return {
        term: {**content.get(term, {}), **listing.get(term, {})} for term in {*content, *listing}
    }


def weight_of(term: str, field: str, **content: Any) -> float:
    return term_weights(make_bundle("x", **content))[term][field]


class TestEveryField:
    @pytest.mark.parametrize(
        ("content", "term", "field", "weight"),
        [
            ({"name": "terraform"}, "terraform", "name", 0.95),
            ({"topics": ["terraform"]}, "terraform", "topics", 0.9),
            ({"description": "Terraform modules"}, "terraform", "description", 0.8),
            (
                {"repoContext": {"tech_stack": ["Terraform"]}},
                "terraform",
                "context",
                0.85,
            ),
            ({"repoContext": {"skills": ["Terraform"]}}, "terraform", "context", 0.7),
            ({"repoContext": {"components": ["Terraform"]}}, "terraform", "context", 0.55),
            ({"repoContext": {"contextName": "Terraform"}}, "terraform", "context", 0.8),
            ({"dependencies": ["django"]}, "django", "dependencies", 0.7),
            ({"files": ["manage.py"]}, "django", "paths", 0.7),
            ({"files": ["network.tf"]}, "terraform", "paths", 0.4),
            ({"files": ["orchard.txt"]}, "orchard", "paths", 0.35),
            ({"files": [".github"]}, "cicd", "paths", 0.35),
            ({"path_terms": {"orchard": 1}}, "orchard", "paths", 0.37),
            ({"path_terms": {"orchard": 9}}, "orchard", "paths", 0.65),
            ({"readme": "orchard"}, "orchard", "readme", 0.5),
        ],
    )
    def test_a_term_has_the_weight_of_its_field(self, content, term, field, weight):
        bundle = make_bundle(**{"name": "x", **content})

        assert weight == pytest.approx(term_weights(bundle)[term][field])

    def test_the_fields_are_those_that_results_report(self):
        fields = {
            field
            for bundle in sample_portfolio()
            for weights in term_weights(bundle).values()
            for field in weights
        }

        assert set(FIELDS) == fields

    def test_what_a_listing_can_change_is_kept_apart_from_the_content(self):
        fields = {"name", "topics", "description"}
        for bundle in sample_portfolio():
            listing = {field for weights in listing_weights(bundle).values() for field in weights}
            content = {field for weights in content_weights(bundle).values() for field in weights}
            assert fields >= listing - {"languages"}
            assert not fields & content

    def test_adjacent_terms_are_a_term_of_their_own(self):
        weights = term_weights(make_bundle("x", "Starts a child process"))

        assert {"description": 0.8} == weights["child process"]

    def test_the_strongest_occurrence_in_a_field_counts(self):
        topics = ["orchard-of-old-trees", "orchard", "orchard-manager"]

        assert 0.9 == weight_of("orchard", "topics", topics=topics)

    def test_the_fields_of_one_term_are_kept_apart(self):
        bundle = make_bundle("terraform", "Terraform modules", topics=["terraform"])

        assert {"name", "description", "topics"} == set(term_weights(bundle)["terraform"])

    def test_a_repository_without_content_has_only_its_name(self):
        assert {"orchard": {"name": 0.95}} == term_weights(make_bundle("orchard"))

    def test_weights_lie_between_0_and_1(self):
        for bundle in sample_portfolio():
            for weights in term_weights(bundle).values():
                assert all(0 < weight <= 1 for weight in weights.values())


def words(count: int) -> str:
    """Return a text of so many different terms."""
    return " ".join(f"word{number}" for number in range(count))


class TestLength:
    """In a long text, each term weighs less."""

    def test_a_term_of_a_long_name_weighs_less(self):
        assert 0.9 / 3**0.12 == pytest.approx(
            weight_of("orchard", "topics", topics=["orchard-manager-tree"])
        )

    def test_a_term_of_a_long_description_weighs_less(self):
        def weight(length: int) -> float:
            description = f"{words(length - 1)} terraform"
            return weight_of("terraform", "description", description=description)

        assert 0.8 == weight(12)
        assert 0.8 * (12 / 48) ** 0.25 == pytest.approx(weight(48))

    def test_a_term_of_a_long_text_of_the_context_file_weighs_less(self):
        context = {"tech_stack": [f"{words(47)} terraform"]}

        assert 0.85 * (12 / 48) ** 0.25 == pytest.approx(
            weight_of("terraform", "context", repoContext=context)
        )

    def test_a_term_among_many_paths_weighs_less(self):
        def weight(length: int) -> float:
            counts = {"orchard": 1, **dict.fromkeys(words(length - 1).split(), 1)}
            return weight_of("orchard", "paths", path_terms=counts)

        assert 0.37 == pytest.approx(weight(40))
        assert 0.37 * (40 / 160) ** 0.3 == pytest.approx(weight(160))

    def test_ordinary_words_in_sentences_of_the_context_file_are_not_technologies(self):
        sentence = "Everything that somebody needs to go fishing"

        assert "golang" not in term_weights(make_bundle("x", repoContext={"skills": [sentence]}))
        assert "golang" in term_weights(make_bundle("x", repoContext={"skills": ["go"]}))


class TestLanguages:
    @pytest.mark.parametrize(
        ("size", "weight"), [(900, 0.9), (300, 0.9), (299, 0.7), (99, 0.45), (19, 0.2), (0, 0.2)]
    )
    def test_a_language_weighs_by_its_share_of_the_code(self, size, weight):
        sizes = {"Rust": size, "C": 1000 - size}

        assert weight == weight_of("rust", "languages", languages=sizes)

    @pytest.mark.parametrize(("count", "weight"), [(30, 0.7), (29, 0.5), (9, 0.3)])
    def test_a_file_type_weighs_by_its_share_of_the_files_with_code(self, count, weight):
        counts = {".rs": count, ".c": 100 - count}

        assert weight == weight_of("rust", "file_types", file_types=counts)

    @pytest.mark.parametrize(("count", "weight"), [(10, 0.65), (9, 0.5), (3, 0.5), (2, 0.35)])
    def test_what_a_suffix_tells_beyond_its_language_weighs_by_its_count(self, count, weight):
        assert weight == weight_of("arduino", "file_types", file_types={".ino": count})

    def test_prose_is_not_a_language_that_somebody_works_in(self):
        weights = term_weights(make_bundle("x", file_types={".md": 40, ".py": 2}))

        assert "markdown" not in weights
        assert {"file_types": 0.7} == weights["python"]

    def test_languages_and_files_without_a_size_weigh_little(self):
        assert 0.2 == weight_of("rust", "languages", languages={"Rust": 0})
        assert 0.3 == weight_of("rust", "file_types", file_types={".rs": 0})

    @pytest.mark.parametrize(
        ("languages", "weights"),
        [
            pytest.param(
                {},
                {"rust": {"languages": 0.9}, "@rust": {"languages": 0.9}},
                id="content-not-read",
            ),
            pytest.param(
                {"C": 5}, {"c": {"languages": 0.9}, "@c": {"languages": 0.9}}, id="content-read"
            ),
        ],
    )
    def test_the_main_language_counts_while_the_languages_are_unknown(self, languages, weights):
        bundle = make_bundle("x", languages=languages)
        bundle["metadata"] = make_metadata("x", language="Rust")

        assert {"x": {"name": 0.95}, **weights} == term_weights(bundle)

    def test_an_unknown_suffix_tells_nothing(self):
        assert {"x"} == set(term_weights(make_bundle("x", file_types={".unheard": 3})))


class TestTechnologies:
    """What a repository is made with is a term of its own, whatever shows it."""

    @pytest.mark.parametrize(
        ("content", "term", "field", "weight"),
        [
            ({"languages": {"TypeScript": 9}}, "@typescript", "languages", 0.9),
            ({"languages": {"Jupyter Notebook": 9}}, "@python", "languages", 0.9),
            ({"languages": {"Jupyter Notebook": 9}}, "python", "languages", 0.9),
            ({"file_types": {".rs": 9}}, "@rust", "file_types", 0.7),
            ({"file_types": {".ino": 10}}, "@arduino", "file_types", 0.65),
            ({"file_types": {".tf": 2}}, "@terraform", "file_types", 0.35),
            ({"files": ["manage.py"]}, "@django", "paths", 0.7),
            ({"files": ["Manage.py"]}, "@django", "paths", 0.7),
            ({"files": ["network.tf"]}, "@terraform", "paths", 0.4),
            ({"files": [".github"]}, "@githubactions", "paths", 0.35),
            ({"topics": ["react-native"]}, "@reactnative", "topics", 0.9 / 3**0.12),
            ({"topics": ["go"]}, "@go", "topics", 0.9),
            ({"name": "terraform-azure"}, "@azure", "name", 0.95 / 2**0.12),
            ({"description": "Written in Go"}, "@go", "description", 0.8),
            ({"readme": "It is written in Go."}, "@go", "readme", 0.45),
            ({"repoContext": {"tech_stack": ["go"]}}, "@go", "context", 0.85),
            ({"repoContext": {"skills": ["Node.js"]}}, "@nodejs", "context", 0.7),
        ],
    )
    def test_it_has_the_weight_of_what_shows_it(self, content, term, field, weight):
        bundle = make_bundle(**{"name": "x", **content})

        assert weight == pytest.approx(term_weights(bundle)[term][field])

    @pytest.mark.parametrize(
        "content",
        [
            {"name": "go-fishing"},
            {"description": "Find out where to go"},
            {"readme": "Then go fishing."},
            {"repoContext": {"skills": ["Everything that somebody needs to go fishing"]}},
            {"path_terms": {"go": 3}},
            {"dependencies": ["go"]},  # of no known file
            {"file_types": {".unheard": 3}},
        ],
    )
    def test_a_word_that_could_be_its_name_does_not_show_it(self, content):
        terms = term_weights(make_bundle(**{"name": "x", **content}))

        assert [] == [term for term in terms if term.startswith("@")]

    @pytest.mark.parametrize(
        ("path", "weights"),
        [
            ("package.json", {"three": {"dependencies": 0.7}, "@threejs": {"dependencies": 0.9}}),
            ("Cargo.toml", {"three": {"dependencies": 0.7}}),  # another package of that name
            (".github/workflows/ci.yml", {}),
        ],
    )
    def test_a_package_shows_the_technology_that_its_file_knows(self, path, weights):
        locations = {**no_locations(), "files": [path], "dependencies": {"three": [0, 1]}}
        bundle = make_bundle("x", dependencies=["three"], locations=locations)

        assert weights == content_weights(bundle)

    def test_a_technology_of_a_component_weighs_a_little_less(self):
        component = {
            "path": "press",
            "name": "Press",
            "description": "",
            "technologies": ["Zig"],
            "skills": ["Rust"],
            "topics": [],
        }
        weights = term_weights(make_bundle("x", components=[component]))

        assert 0.85 * 0.85 == pytest.approx(weights["@zig"]["context"])
        assert 0.85 * 0.7 == pytest.approx(weights["@rust"]["context"])

    @pytest.mark.parametrize(
        ("suffix", "terms"),
        [
            (".rs", {"rust"}),
            (".ino", {"cplusplus", "arduino", "embedded"}),
            (".unheard", set()),
            ("", set()),
        ],
    )
    def test_a_suffix_stands_for_its_language_and_what_the_vocabulary_knows(self, suffix, terms):
        assert terms == suffix_terms(suffix)


class TestReadme:
    def test_the_first_terms_weigh_more_than_the_rest(self):
        padding = words(LEAD_TERMS)

        lead = weight_of("orchard", "readme", readme=f"orchard {padding}")
        body = weight_of("orchard", "readme", readme=f"{padding} orchard")

        assert 0.75 * 1 / (1 + 0.5) == lead
        assert 0.6 * 1.5 / (1.5 + 3) == pytest.approx(body)

    def test_a_term_that_is_repeated_weighs_more_but_never_more_than_the_lead(self):
        weights = [
            weight_of("orchard", "readme", readme="orchard " * count) for count in (1, 2, 50)
        ]

        assert sorted(weights) == weights
        assert weights[0] < weights[1] < 0.75

    @pytest.mark.parametrize(("length", "frequency"), [(250, 1.0), (1_000, 0.5)])
    def test_a_mention_in_a_long_text_weighs_less(self, length, frequency):
        readme = f"{words(length - 1)} orchard"

        assert 0.6 * frequency / (frequency + 3) == pytest.approx(
            weight_of("orchard", "readme", readme=readme)
        )

    def test_code_is_not_read(self):
        weights = term_weights(make_bundle("x", readme="```\npip install django\n```"))

        assert "django" not in weights

    @pytest.mark.parametrize(
        "readme",
        ["a" * MAX_README_CHARS + " django", "word " * MAX_BODY_TERMS + "django"],
        ids=["characters", "terms"],
    )
    def test_a_long_readme_is_cut(self, readme):
        assert "django" not in term_weights(make_bundle("x", readme=readme))


def test_weights_of_several_fields_are_combined_as_independent_evidence():
    assert 0.0 == combined_weight([])
    assert 0.5 == combined_weight([0.5])
    assert 0.75 == combined_weight([0.5, 0.5])
    assert 1.0 == combined_weight([0.5, 1.0])


@pytest.mark.parametrize(("value", "weight"), [(0.5, 0.9), (0.3, 0.9), (0.1, 0.5), (0.0, 0.2)])
def test_a_graded_weight_is_that_of_the_first_grade_reached(value, weight):
    assert weight == _graded(value, ((0.3, 0.9), (0.1, 0.5)), 0.2)
