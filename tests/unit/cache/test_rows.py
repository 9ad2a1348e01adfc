"""How values, names and bundles lie in a table entity."""

from __future__ import annotations

import random
import re
import zlib
from array import array
from datetime import UTC
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cache.rows import (
    MAX_PACKED_BYTES,
    MAX_PROPERTY_BYTES,
    MAX_UNPACKED_BYTES,
    ROW_FORMAT,
    SHORT_PROPERTIES,
    Corrupt,
    TooLarge,
    bundle_row,
    decode_key,
    encode_key,
    pack,
    saved_bundle,
    unpack,
)
from models import SavedBundle, iso_utc
from relevance.terms import RepositoryTerms, pack_terms
from tests.unit.fakes import bundle_of, listed

FORBIDDEN = re.compile(r"[/\\#?%\x00-\x1f\x7f-\x9f]")
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=100)
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner) | st.dictionaries(texts, inner),
    max_leaves=10,
)


def noise(size: int, seed: int = 1) -> str:
    """Make text of `size` characters that hardly compresses below half of it."""
    return random.Random(seed).randbytes(size // 2 + 1).hex()[:size]


TOO_LARGE = noise(2 * MAX_PACKED_BYTES + 200_000)


class TestValues:
    @given(json_values)
    def test_what_is_packed_comes_back(self, value):
        assert value == unpack(pack(value))

    @pytest.mark.parametrize("size", [0, 1, 100_000, 300_000, 1_300_000])
    def test_every_property_is_small_enough_for_the_table(self, size):
        text = noise(size)

        packed = pack(text)

        assert [f"v{number:02}" for number in range(len(packed))] == list(packed)
        assert all(len(chunk) <= MAX_PROPERTY_BYTES for chunk in packed.values())
        assert text == unpack(packed)

    def test_properties_of_other_names_do_not_matter(self):
        entity = {"PartitionKey": "ada", "RowKey": "r", "visibility": b"x", **pack([1])}

        assert [1] == unpack(entity)

    def test_a_value_that_does_not_fit_into_an_entity_is_too_large(self):
        with pytest.raises(TooLarge):
            pack(TOO_LARGE)

    @pytest.mark.parametrize("value", [float("nan"), float("inf")])
    def test_only_strict_json_is_packed(self, value):
        with pytest.raises(ValueError, match="Out of range float"):
            pack(value)

    @pytest.mark.parametrize(
        "entity",
        [
            pytest.param({}, id="empty"),
            pytest.param({"v00": b"rubbish"}, id="rubbish"),
            pytest.param({"v00": "text"}, id="text"),
            pytest.param({"v00": zlib.compress(b"not json")}, id="not-json"),
            pytest.param({"v00": zlib.compress(b'"\xff"')}, id="not-utf-8"),
            pytest.param({"v00": zlib.compress(b'"cut off"')[:-3]}, id="cut"),
            pytest.param({"v00": zlib.compress(b" " * (MAX_UNPACKED_BYTES + 1))}, id="bomb"),
        ],
    )
    def test_what_was_not_packed_is_corrupt(self, entity):
        with pytest.raises(Corrupt):
            unpack(entity)


class TestKeys:
    @given(texts)
    def test_a_key_contains_nothing_that_keys_must_not(self, name):
        assert not FORBIDDEN.search(encode_key(name))
        assert "@" not in encode_key(name)

    @given(texts)
    def test_what_is_encoded_is_decoded(self, name):
        assert name == decode_key(encode_key(name))

    def test_a_repositorys_name_stays_readable(self):
        assert "my-repo.js_1" == encode_key("my-repo.js_1")


def kept(**changes: Any) -> tuple[dict[str, Any], SavedBundle]:
    """Return what a row keeps of a bundle, and the same in short."""
    bundle = bundle_of(listed("a"), warnings=["readme_missing"], **changes)
    row, saved = bundle_row("ada", bundle)
    return unpack(row), saved


class TestBundleRow:
    def test_the_key_names_portfolio_repository_and_version(self):
        row, saved = bundle_row("Ada", bundle_of(listed("a/b"), fingerprint="0a1b"))

        assert "ada" == row["PartitionKey"]
        assert re.fullmatch(r"repo:a=2Fb@0a1b-[0-9a-f]{8}", row["RowKey"])
        assert saved["row_key"] == row["RowKey"]

    @pytest.mark.parametrize(
        ("changes", "is_same"),
        [
            ({}, True),
            ({"readme": "# another"}, True),
            ({"fingerprint": "another"}, False),
            ({"fetched_at": "2027-01-01T00:00:00Z"}, False),
        ],
        ids=["equal", "readme", "fingerprint", "time"],
    )
    def test_the_version_follows_from_fingerprint_and_time(self, changes, is_same):
        row, _ = bundle_row("ada", bundle_of(listed("a")))
        other, _ = bundle_row("ada", bundle_of(listed("a"), **changes))

        assert is_same == (row["RowKey"] == other["RowKey"])

    def test_a_bundle_that_fits_is_kept_whole(self):
        terms = pack_terms(RepositoryTerms(("a",), array("f", [1]), b"123456789"))
        bundle = bundle_of(listed("a"), warnings=["readme_missing"], readme="# a", terms=terms)

        row, saved = bundle_row("ada", bundle)

        assert bundle == unpack(row)
        assert ["readme_missing"] == saved["warnings"]

    def test_terms_that_do_not_fit_are_dropped_first_and_without_a_warning(self):
        content, saved = kept(readme="# a", terms={"terms": [TOO_LARGE]})

        assert ("# a", ["readme_missing"]) == (content["readme"], content["warnings"])
        assert "terms" not in content
        assert ["readme_missing"] == saved["warnings"]

    @pytest.mark.parametrize(
        ("changes", "emptied"),
        [
            ({"readme": TOO_LARGE}, {"readme"}),
            ({"repoContext": {"a": TOO_LARGE}}, {"readme", "repoContext", "path_terms"}),
            (
                {"file_types": {TOO_LARGE: 1}},
                {"readme", "repoContext", "path_terms", "file_types", "files"},
            ),
        ],
        ids=["readme", "context", "file-types"],
    )
    def test_a_bundle_that_does_not_fit_loses_fields_step_by_step(self, changes, emptied):
        content = {
            "readme": "# a",
            "repoContext": {"a": 1},
            "path_terms": {"kafka": 1},
            "file_types": {".py": 1},
            "files": ["a.py"],
            "dependencies": ["flask"],
        }

        left, saved = kept(**{**content, **changes})

        assert emptied == {name for name in content if not left[name]}
        assert ["readme_missing", "bundle_cut"] == left["warnings"] == saved["warnings"]


names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
codes = st.text("abc_", min_size=1, max_size=8)


class TestSavedBundle:
    """What a row tells without its value."""

    @given(names, texts, st.datetimes(timezones=st.just(UTC)), st.lists(codes, max_size=3))
    def test_it_is_what_was_saved(self, name, fingerprint, moment, warnings):
        row, saved = bundle_row(
            "ada",
            bundle_of(
                listed(name),
                fingerprint=fingerprint,
                fetched_at=iso_utc(moment),
                warnings=warnings,
            ),
        )

        assert saved == saved_bundle({key: row[key] for key in SHORT_PROPERTIES})
        assert (name, fingerprint, iso_utc(moment), warnings) == (
            saved["name"],
            saved["fingerprint"],
            saved["fetched_at"],
            saved["warnings"],
        )

    @pytest.mark.parametrize(
        "change",
        [
            pytest.param({"format": ROW_FORMAT - 1}, id="earlier-format"),
            pytest.param({"format": ROW_FORMAT + 1}, id="later-format"),
            pytest.param({"format": None}, id="no-format"),
            pytest.param({"fetched_at": None}, id="no-time"),
            pytest.param({"fetched_at": "yesterday"}, id="no-moment"),
            pytest.param({"fetched_at": "2026-01-01T00:00:00"}, id="no-time-zone"),
            pytest.param({"warnings": None}, id="no-warnings"),
            pytest.param({"RowKey": "repo:a@0123456789ab"}, id="key-of-an-earlier-format"),
            pytest.param({"RowKey": "repo:a"}, id="key"),
        ],
    )
    def test_a_row_of_another_format_or_with_unreadable_properties_is_none(self, change):
        row, _ = bundle_row("ada", bundle_of(listed("a")))

        assert saved_bundle(row) is not None
        assert saved_bundle({**row, **change}) is None
