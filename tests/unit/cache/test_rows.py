"""How values and names lie in a table entity."""

from __future__ import annotations

import random
import re
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cache.rows import (
    MAX_PACKED_BYTES,
    MAX_PROPERTY_BYTES,
    Corrupt,
    TooLarge,
    encode_key,
    pack,
    unpack,
)

FORBIDDEN = re.compile(r"[/\\#?%\x00-\x1f\x7f-\x9f]")
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
)  # fmt: skip


@given(json_values)
def test_what_is_packed_comes_back(value):
    assert value == unpack(pack(value))


@given(st.integers(), st.integers(0, 300_000))
def test_chunks_fit_into_binary_properties(seed, size):
    noise = random.Random(seed).randbytes(size).hex()

    packed = pack(noise)

    assert all(len(chunk) <= MAX_PROPERTY_BYTES for chunk in packed.values())
    assert noise == unpack(packed)


def test_what_does_not_fit_into_an_entity_is_too_large():
    with pytest.raises(TooLarge):
        pack(random.Random(1).randbytes(MAX_PACKED_BYTES * 2).hex())


@pytest.mark.parametrize(
    "entity",
    [
        {},
        {"v00": b"rubbish"},
        {"v00": "text"},
        {"v00": zlib.compress(b"not json")},
        {"v00": zlib.compress(b'"cut off"')[:-3]},
        {"v00": zlib.compress(b" " * 70_000_000)},
    ],
    ids=["empty", "rubbish", "text", "not-json", "cut", "bomb"],
)
def test_what_was_not_packed_is_corrupt(entity):
    with pytest.raises(Corrupt):
        unpack(entity)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=100))
def test_a_key_holds_nothing_that_keys_must_not(name):
    assert not FORBIDDEN.search(encode_key(name))


@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
)
def test_different_names_have_different_keys(one, other):
    assert (one == other) == (encode_key(one) == encode_key(other))
