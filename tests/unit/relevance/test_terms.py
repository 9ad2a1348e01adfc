"""The terms of a repository are made once and kept."""

from __future__ import annotations

import base64
import hashlib
import json
import sys
from array import array
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import Bundle, no_locations
from relevance.fields import FIELDS, combined_weight, content_weights
from relevance.terms import (
    ANALYSIS_VERSION,
    MAX_BYTE,
    RepositoryTerms,
    analyse,
    listing_terms,
    pack_terms,
    unpack_terms,
)
from relevance.vocabulary import vocabulary
from tests.unit.portfolios import bundle_with, make_bundle, make_metadata, sample_portfolio


def rich_bundle() -> Bundle:
    """Make a bundle with something in every field, and with every word that the vocabulary knows."""
    known = vocabulary()
    phrases = [phrase for phrases in known.phrases.values() for phrase in phrases]
    return bundle_with(
        make_metadata("orchard", description="Kept out of the analysis", topics=["topics"]),
        languages={"Go": 900, "TypeScript": 80, "Shell": 20},
        repoContext={
            "project_identity": {"name": "Orchard", "type": "A service that counts fruit"},
            "tech_stack": ["Go", "Node.js", "PostgreSQL 16"],
            "skill_manifest": {"technical": ["distributed systems", "CI/CD"]},
            "components": [{"name": "FruitCounter", "description": "Counts what has been picked"}],
            "metadata": {"tags": ["fruit"]},
        },
        file_types={".go": 40, ".ts": 5, ".md": 90, ".ino": 2},
        files=[*sorted(known.file_terms), *(f"a{suffix}" for suffix in sorted(known.suffix_terms))],
        path_terms={"harvest": 9, "pickers": 1},
        dependencies=[
            *("github.com/ada/picker", "hashicorp/aws", "docker/login-action", "vue3"),
            *sorted(known.canonical),
            *(" ".join(phrase.tokens) for phrase in phrases),
        ],
        locations={
            **no_locations(),
            "files": [".github/workflows/ci.yml"],
            "dependencies": {"docker/login-action": [0, 1]},
        },
        components=[
            {
                "path": "press",
                "name": "Press",
                "description": "Makes juice",
                "technologies": ["Zig"],
                "skills": ["Hydraulics"],
                "topics": [],
            }
        ],
        readme="# Orchard\n\nIt counts apples. [Docs](https://example.org)\n\n"
        "```\nnot read\n```\n"
        + "Apples are analysed, visualised and organised. " * 20
        + "Bookings of neighbours: metrics, APIs, modelling, a platformer. Hopping, hoping, queuing.",
    )


def digest(terms: RepositoryTerms) -> str:
    """Hash terms and weights; the last digits of a power may differ between machines."""
    rows = [
        [term, round(weight, 4), terms.field_weights_of(term)]
        for term, weight in zip(terms.terms, terms.weights, strict=True)
    ]
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()[:16]


# Digest of the analysis of `rich_bundle` in each version. If yours differs, the analysis has changed:
# raise ANALYSIS_VERSION and add the new digest, or stored terms no longer match questions.
DIGESTS = {5: "588991514d94d5f0"}


class TestAnalyse:
    def test_a_change_of_the_analysis_raises_its_version(self):
        assert {ANALYSIS_VERSION: digest(analyse(rich_bundle()))} == DIGESTS

    def test_terms_have_weights_over_all_fields_and_by_field(self):
        bundle = make_bundle(
            "x", dependencies=["django"], languages={"Python": 9}, readme="Python orchard"
        )

        content = analyse(bundle)

        assert ("@python", "django", "orchard", "python", "python orchard") == content.terms
        assert [1 - 0.1 * 0.55, 0.7, 0.5, 1 - 0.1 * 0.5, 0.5] == pytest.approx(
            list(content.weights)
        )
        assert 4 == content.singles
        assert 0.5 == content.weight_of("python orchard")
        assert {"languages": 230, "readme": 128} == content.field_weights_of("python")

    @pytest.mark.parametrize("term", ["apple", "zebra", "apple tree", "python zebra"])
    def test_a_term_that_does_not_occur_has_no_weight(self, term):
        content = analyse(make_bundle("x", readme="Python orchard"))

        assert (0.0, {}) == (content.weight_of(term), content.field_weights_of(term))

    def test_the_terms_of_the_listing_are_kept_apart(self):
        bundle = make_bundle("orchard", "Terraform modules", topics=["azure"])

        assert () == analyse(bundle).terms
        assert {
            "orchard",
            "terraform",
            "azure",
            "modul",
            "terraform modul",
            "@terraform",
            "@azure",
        } == set(listing_terms(bundle).terms)

    def test_every_weight_of_a_sample_is_kept(self):
        for bundle in sample_portfolio():
            content, weights = analyse(bundle), content_weights(bundle)
            assert set(weights) == set(content.terms)
            for term, fields in weights.items():
                kept = content.field_weights_of(term)
                assert fields == pytest.approx(
                    {field: byte / MAX_BYTE for field, byte in kept.items()}, abs=0.5 / MAX_BYTE
                )
                assert combined_weight(fields.values()) == pytest.approx(content.weight_of(term))

    def test_single_terms_come_before_bigrams_each_sorted(self):
        for bundle in sample_portfolio():
            content = analyse(bundle)
            singles = [term for term in content.terms if " " not in term]
            bigrams = [term for term in content.terms if " " in term]
            assert [*sorted(singles), *sorted(bigrams)] == list(content.terms)
            assert len(singles) == content.singles


class TestPack:
    def test_packed_terms_are_json_and_come_back_equal(self):
        for bundle in sample_portfolio():
            content = analyse(bundle)
            assert content == unpack_terms(json.loads(json.dumps(pack_terms(content))))

    def test_words_of_several_repositories_are_kept_once(self):
        packed = json.dumps(pack_terms(analyse(make_bundle("x", readme="orchard"))))
        first, second = (unpack_terms(json.loads(packed)) for _ in range(2))

        assert first is not None
        assert second is not None
        assert first.terms[0] is second.terms[0]

    def test_floats_are_little_endian_on_every_machine(self, monkeypatch: pytest.MonkeyPatch):
        other = "little" if sys.byteorder == "big" else "big"
        content = RepositoryTerms(("a",), array("f", [0.5]), bytes(len(FIELDS)))
        swapped = array("f", [0.5])
        swapped.byteswap()
        monkeypatch.setattr(sys, "byteorder", other)

        packed = pack_terms(content)

        assert swapped.tobytes() == base64.b64decode(packed["weights"])
        assert content == unpack_terms(packed)
        assert [0.5] == list(content.weights)

    PACKED = pack_terms(analyse(make_bundle("x", readme="old orchard")))

    @pytest.mark.parametrize(
        "changes",
        [
            {"analysis_version": ANALYSIS_VERSION + 1},
            {"terms": ["one"]},
            {"terms": [1, 2, 3]},
            {"terms": ["old", "orchard", 3]},
            {"terms": ["old", "old orchard", ["old orchard"]]},
            {"terms": None},
            {"weights": "AAAA"},
            {"weights": "AA==" * 3},
            {"weights": "no base64!"},
            {"weights": None},
            {"field_weights": ""},
            {"field_weights": "é"},
            {"field_weights": 7},
        ],
    )
    def test_what_cannot_be_used_is_none(self, changes):
        assert unpack_terms(self.PACKED) is not None
        assert unpack_terms({**self.PACKED, **changes}) is None

    @pytest.mark.parametrize("packed", [None, {}, [], "terms", 1, {"analysis_version": 1}])
    def test_what_is_no_packed_terms_is_none(self, packed):
        assert unpack_terms(packed) is None

    @given(
        st.fixed_dictionaries(
            {"analysis_version": st.just(ANALYSIS_VERSION)},
            optional={
                key: st.none() | st.integers() | st.text() | st.lists(st.text() | st.none())
                for key in ("terms", "weights", "field_weights")
            },
        )
    )
    def test_nothing_stored_raises(self, packed: dict[str, Any]):
        unpack_terms(packed)
