"""Context files of every shape have one normalised view."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevance.context import (
    MAX_DEPTH,
    MAX_TEXT_CHARS,
    MAX_TEXTS,
    Context,
    normalise_context,
    technologies_of,
)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)
known_keys = st.sampled_from(["tech_stack", "skills", "components", "topics", "metadata", "tags"])


@given(json_values | st.dictionaries(known_keys, json_values))
def test_any_json_can_be_a_context(value):
    context = normalise_context(value)

    assert all(isinstance(text, str) for text in [*context.technologies, *context.skills])
    assert context.technologies == technologies_of(value)


@pytest.mark.parametrize(
    ("context", "field", "expected"),
    [
        pytest.param(
            {"tech_stack": {"primary": ["Go"], "secondary": None}},
            "technologies",
            ("Go",),
            id="stack-by-importance",
        ),
        pytest.param(
            {"tech_stack": {"languages": ["HCL"], "tools": "tflint"}},
            "technologies",
            ("HCL", "tflint"),
            id="stack-by-kind",
        ),
        pytest.param(
            {"contextType": "x", "mainLanguage": "C#"},
            "technologies",
            ("C#",),
            id="main-language",
        ),
        pytest.param(
            {"repository": "r", "skills": {"embedded": True, "c": "C"}},
            "skills",
            ("C",),
            id="skills-as-flags",
        ),
        pytest.param(
            {"technical_skills": [{"category": "ML", "skills": ["PyTorch"]}]},
            "skills",
            ("ML", "PyTorch"),
            id="skills-by-category",
        ),
        pytest.param(
            {"skill_manifest": {"technical": ["SQL"], "competency_level": "expert"}},
            "skills",
            ("SQL",),
            id="skill-manifest",
        ),
        pytest.param(
            {"components": {"api": {"description": "serves"}}},
            "components",
            ("api", "serves"),
            id="components-by-name",
        ),
        pytest.param(
            {"components": [{"name": "api"}], "topics": ["a", "a"]},
            "topics",
            ("a",),
            id="repeated-topics",
        ),
        pytest.param(
            {"components": [], "metadata": {"tags": ["cli"]}}, "topics", ("cli",), id="tags"
        ),
        pytest.param(
            {"project_identity": {"name": "tally", "version": "1.0", "url": "http://x"}},
            "identity",
            ("tally",),
            id="identity-without-version-and-url",
        ),
    ],
)
def test_every_shape_of_context_file_is_read(context, field, expected):
    assert expected == getattr(normalise_context(context), field)


def test_another_tools_file_is_recognised_by_its_shape():
    context = normalise_context(
        {"version": "2", "projectRoot": "/Users/x", "context": {"stack": []}}
    )

    assert Context(foreign=True) == context


@pytest.mark.parametrize("value", [None, {}, [], "tech_stack", 7])
def test_what_is_not_a_context_file_is_empty(value):
    assert Context() == normalise_context(value)


@pytest.mark.parametrize(
    ("context", "level"),
    [
        ({"metadata": {"difficulty_rating": "Expert level"}}, "expert"),
        ({"skill_manifest": {"competency_level": " Advanced "}}, "advanced"),
        (
            {
                "metadata": {"difficulty_rating": ""},
                "skill_manifest": {"competency_level": "basic"},
            },
            "basic",
        ),
        ({"metadata": "Expert"}, ""),
        ({"metadata": {"difficulty_rating": 5}}, ""),
    ],
)
def test_the_level_is_the_first_word_that_its_author_declares(context, level):
    assert level == normalise_context({"components": [], **context}).level


def test_a_huge_context_file_is_cut():
    nested: object = "too deep"
    for _ in range(MAX_DEPTH + 1):
        nested = [nested]
    context = normalise_context(
        {
            "topics": [f"topic {number}" for number in range(MAX_TEXTS + 10)],
            "tech_stack": ["x" * (MAX_TEXT_CHARS + 10), " ", nested],
        }
    )

    assert MAX_TEXTS == len(context.topics)
    assert ("x" * MAX_TEXT_CHARS,) == context.technologies
