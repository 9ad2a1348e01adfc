"""`.repo-context.json`."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundles.contexts import parse_context


@pytest.mark.parametrize(
    ("content", "warning"),
    [
        (b"{", "context_malformed"),
        (b"", "context_malformed"),
        (b'{"a": NaN}', "context_malformed"),
        (b'{"a": Infinity}', "context_malformed"),
        (b'{"a": 1e999}', "context_malformed"),
        (b'{"a": "\xff"}', "context_malformed"),
        (b"[" * 100_000, "context_malformed"),
        (b"[1]", "context_not_object"),
        (b"7", "context_not_object"),
        (b"null", "context_not_object"),
    ],
)
def test_a_context_that_is_not_an_object_is_empty_with_a_warning(content, warning):
    assert ({}, warning) == parse_context(content)


def test_a_context_is_kept_as_found_and_may_have_a_byte_order_mark():
    assert ({"ä": [1, None, 1.5]}, None) == parse_context('\ufeff{"ä": [1, null, 1.5]}'.encode())


def test_a_lone_surrogate_is_replaced():
    context, warning = parse_context(b'{"a": "\\ud800"}')

    assert warning is None
    assert json.dumps(context, ensure_ascii=False).encode()


@given(st.binary())
def test_any_context_is_strict_json(content):
    context, _ = parse_context(content)

    assert context == json.loads(json.dumps(context, allow_nan=False).encode())
