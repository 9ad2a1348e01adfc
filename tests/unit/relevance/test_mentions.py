"""The technologies that texts and packages name."""

from __future__ import annotations

import pytest

from relevance.mentions import (
    names_in,
    technologies_in,
    technology_of,
    technology_of_package,
    tokens,
)


@pytest.mark.parametrize(
    ("prose", "terms"),
    [
        ("Built with Node.js, C++ and (PostgreSQL).", ["@nodejs", "@cplusplus", "@postgresql"]),
        ("a service in Go", ["@go"]),
        ("Go and see", []),
        ("It works. Go and see", []),
        ("ready to go", []),
        ("deployed to kubernetes", ["@kubernetes"]),
        ("", []),
    ],
)
def test_sentences_name_technologies(prose, terms):
    assert terms == technologies_in(prose)


def test_a_list_of_names_holds_ordinary_words_too():
    assert ["@go", "@react"] == names_in("go react")


@pytest.mark.parametrize(
    ("name", "path", "term"),
    [
        ("three", "web/package.json", "@threejs"),
        ("microsoft.aspnetcore.mvc", "a.csproj", "@aspnetcore"),
        ("actions/checkout", ".github/workflows/ci.yml", None),
        ("nobody-knows-it", "package.json", None),
        ("three", "", None),
    ],
)
def test_a_package_belongs_to_a_technology(name, path, term):
    assert term == technology_of_package(name, path)


def test_a_term_leads_back_to_its_technology():
    entity = technology_of("@threejs")

    assert entity
    assert "Three.js" == entity.name
    assert technology_of("threejs") is None


def test_names_keep_their_symbols():
    assert ["C#", "Node.js", ".NET", "and", "x"] == tokens("C#, Node.js, .NET and (x)!")
