"""How values, names and bundles lie in a table entity."""

from __future__ import annotations

import random
import re
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cache.rows import (
    MAX_PACKED_BYTES,
    MAX_PROPERTY_BYTES,
    MAX_UNPACKED_BYTES,
    Corrupt,
    TooLarge,
    bundle_row,
    encode_key,
    pack,
    unpack,
)
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

    @pytest.mark.parametrize("size", [0, 1, 100_000, 300_000, 1_500_000])
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

    @given(texts, texts)
    def test_different_names_have_different_keys(self, one, other):
        assert (one == other) == (encode_key(one) == encode_key(other))

    def test_a_repositorys_name_stays_readable(self):
        assert "my-repo.js_1" == encode_key("my-repo.js_1")


class TestBundleRow:
    def cut(self, **changes: Any) -> dict[str, Any]:
        """Return what a row keeps of a bundle."""
        bundle = bundle_of(listed("a"), warnings=["readme_missing"], **changes)
        kept: dict[str, Any] = unpack(bundle_row("ada", bundle))
        return kept

    def test_the_key_names_portfolio_repository_and_version(self):
        row = bundle_row("Ada", bundle_of(listed("a/b")))

        assert "ada" == row["PartitionKey"]
        assert re.fullmatch(r"repo:a=2Fb@[0-9a-f]{12}", row["RowKey"])

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
        row = bundle_row("ada", bundle_of(listed("a")))
        other = bundle_row("ada", bundle_of(listed("a"), **changes))

        assert is_same == (row["RowKey"] == other["RowKey"])

    def test_a_bundle_that_fits_is_kept_whole(self):
        assert bundle_of(listed("a"), warnings=["readme_missing"], readme="# a") == self.cut(
            readme="# a"
        )

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

        kept = self.cut(**{**content, **changes})

        assert emptied == {name for name in content if not kept[name]}
        assert ["readme_missing", "bundle_cut"] == kept["warnings"]
