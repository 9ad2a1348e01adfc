"""Route templates of ASP.NET.

https://learn.microsoft.com/aspnet/core/fundamentals/routing#route-templates
"""

from __future__ import annotations

import pytest

from localhost.templates import TemplateError, compile_template


@pytest.mark.parametrize(
    ("template", "path", "expected"),
    [
        ("api/echo", "api/echo", {}),
        ("api/echo", "/API/Echo/", {}),
        ("api/echo", "api/echo/more", None),
        ("a.b", "axb", None),
        ("users/{name}", "users/ada", {"name": "ada"}),
        ("users/{name}", "users/ada%20l", {"name": "ada l"}),
        ("users/{name}", "users", None),
        ("users/{name}", "users/ada/repos", None),
        ("users/{user-name}", "users/ada", {"user-name": "ada"}),
        ("users/{name?}", "users/ada", {"name": "ada"}),
        ("users/{name?}", "users", {}),
        ("users/{name=ada}", "users", {"name": "ada"}),
        ("users/{name=ada}", "users/bob", {"name": "bob"}),
        ("files/{*path}", "files/a/b", {"path": "a/b"}),
        ("files/{**path}", "files/a/b", {"path": "a/b"}),
        ("files/{*path}", "files", {}),
        ("v{major}.{minor}", "v1.20", {"major": "1", "minor": "20"}),
        ("card-{kind}.svg", "card-small.svg", {"kind": "small"}),
        ("card-{kind}.svg", "card-.svg", None),
    ],
)
def test_a_path_matches_a_template_and_gives_its_parameters(template, path, expected):
    assert expected == compile_template(template).match(path)


@pytest.mark.parametrize(
    ("constraint", "accepted", "refused"),
    [
        ("int", ["1", "-5", "+2147483647"], ["a", "1.5", "2147483648", "٣"]),
        ("long", ["2147483648", "-9223372036854775808"], ["9223372036854775808"]),
        ("bool", ["true", "FALSE"], ["yes", "1"]),
        ("guid", ["cd2c1638-1638-72d5-1638-deadbeef1638"], ["cd2c1638"]),
        ("alpha", ["abcXYZ"], ["abc1", "é"]),
        ("datetime", ["2026-01-31", "2026-01-31T12:00:00Z"], ["yesterday", "2026-13-01"]),
        ("decimal", ["1", "-1.5", "1e3"], ["one", "1,5"]),
        ("double", ["49.99"], ["x"]),
        ("float", ["1.5"], ["x"]),
        ("min(18)", ["18", "200"], ["17", "x"]),
        ("max(120)", ["120", "-5"], ["121", "x"]),
        ("range(18,120)", ["18", "120"], ["17", "121", "x"]),
        ("length(3)", ["abc"], ["ab", "abcd"]),
        ("length(2,3)", ["ab", "abc"], ["a", "abcd"]),
        ("minlength(2)", ["ab", "abc"], ["a"]),
        ("maxlength(2)", ["a", "ab"], ["abc"]),
        (r"regex(^\d{{2}}-[a-z]$)", ["12-a", "12-A"], ["1-a", "12-a-"]),
        (r"regex(^(a:)?b$)", ["a:b", "b"], ["a:"]),
        ("required", ["a"], []),
        ("int:min(5)", ["5"], ["4", "x"]),
        ("INT", ["5"], ["x"]),
    ],
)
def test_a_constraint_accepts_and_refuses_values(constraint, accepted, refused):
    template = compile_template(f"a/{{value:{constraint}}}")

    for value in accepted:
        assert {"value": value} == template.match(f"a/{value}")
    for value in refused:
        assert template.match(f"a/{value}") is None


def test_a_constraint_does_not_apply_to_an_optional_parameter_that_is_left_out():
    assert {} == compile_template("a/{value:int?}").match("a")


@pytest.mark.parametrize(
    ("template", "problem"),
    [
        ("a/{b:colour}", "the route constraint `colour` does not exist"),
        ("a/{b:min(x)}", r"the route constraint `min\(x\)` has a wrong argument"),
        ("a/{b:range(1)}", r"the route constraint `range\(1\)` has a wrong argument"),
        ("a/{b:regex([)}", "has a wrong argument"),
        (r"a/{b:regex(^\d{2}$)}", "has an unbalanced brace"),
        ("a/{b", "the route template `a/{b` has an unbalanced brace"),
        ("a}/b", "has an unbalanced brace"),
        ("{a}/{a}", "has two parameters `a`"),
    ],
)
def test_a_wrong_template_is_named(template, problem):
    with pytest.raises(TemplateError, match=problem):
        compile_template(template)


def test_templates_are_ranked_from_specific_to_general():
    ranked = ["a/b", "a/b-{c}", "a/{b:int}", "a/{b}", "a/{*b}"]

    shuffled = sorted((compile_template(text) for text in reversed(ranked)), key=lambda t: t.rank)

    assert ranked == [template.text for template in shuffled]
