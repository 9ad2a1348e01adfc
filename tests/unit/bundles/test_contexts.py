"""`.repo-context.json`."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundles.contexts import (
    MAX_COMPONENT_NAMES,
    MAX_LOCATED_CHARS,
    MAX_LOCATED_TEXTS,
    component,
    context_lines,
    parse_context,
)


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


def test_it_may_be_in_utf_16_as_powershell_writes_it():
    assert ({"ä": 1}, None) == parse_context('{"ä": 1}'.encode("utf-16"))


class TestComponent:
    @pytest.mark.parametrize(
        ("context", "expected"),
        [
            (
                {
                    "project_identity": {
                        "name": " Press ",
                        "type": "service",
                        "description": "Makes\njuice",
                    },
                    "tech_stack": {"primary": ["Zig"]},
                    "skill_manifest": {"technical": ["Hydraulics"], "competency_level": "high"},
                },
                ("Press", "Makes juice", ["Zig"], ["Hydraulics"], ["service"]),
            ),
            ({"contextName": "Press", "contextType": "tool"}, ("Press", "tool", [], [], [])),
            (
                {"repository": {"purpose": "Makes juice"}, "skills": ["Hydraulics"]},
                ("press", "Makes juice", [], ["Hydraulics"], []),
            ),
            ({"topics": ["fruit"]}, ("press", "", [], [], ["fruit"])),
            ({"mainLanguage": "Zig"}, ("press", "", ["Zig"], [], [])),
        ],
        ids=["identity", "name", "purpose", "topics-alone", "language"],
    )
    def test_every_shape_says_what_a_part_is(self, context, expected):
        part = component("tools/press/.repo-context.json", context)

        assert part
        name, description, technologies, skills, topics = expected
        assert {
            "path": "tools/press",
            "name": name,
            "description": description,
            "technologies": technologies,
            "skills": skills,
            "topics": topics,
        } == part

    @pytest.mark.parametrize("context", [{}, {"version": 1, "projectRoot": "/home/ada"}])
    def test_what_says_nothing_is_no_part(self, context):
        assert component("a/.repo-context.json", context) is None

    def test_it_is_short(self):
        many = [f"technology {number}" for number in range(100)]

        part = component("a/.repo-context.json", {"contextName": "x" * 900, "tech_stack": many})

        assert part
        assert (80, MAX_COMPONENT_NAMES) == (len(part["name"]), len(part["technologies"]))


class TestContextLines:
    def test_each_short_text_has_the_line_where_it_stands(self):
        text = '{\n "contextName": "Größe",\n "skills": [\n  "a \\"b\\"",\n  "caf\\u00e9"]\n}'
        context, _ = parse_context(text.encode())

        assert {"Größe": 2, 'a "b"': 4, "café": 5} == context_lines(text, context)

    def test_long_texts_and_more_than_many_are_left_out(self):
        skills = ["x" * (MAX_LOCATED_CHARS + 1), *(f"skill {number}" for number in range(400))]
        text = json.dumps({"skills": skills})

        lines = context_lines(text, {"skills": skills})

        assert len(lines) <= MAX_LOCATED_TEXTS
        assert skills[0] not in lines

    def test_what_is_written_in_another_way_has_no_line(self):
        assert {} == context_lines('{"skills": ["\\u0061b"]}', {"skills": ["ab"]})
