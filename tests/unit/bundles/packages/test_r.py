"""Packages of R."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundles.packages import read_package_file


def read(path: str, text: str) -> list[str]:
    """Return the names, those for development with an appended `(dev)`."""
    return [
        f"{dependency.name} (dev)" if dependency.is_development else dependency.name
        for dependency in read_package_file(path, text)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "# made by hand\nPackage: beacon\nTitle: Finds: Lights\nDepends: R (>= 4.1), sf\nImports:\n"
            "    purrr (>= 1.0),\n    data.table,\n\ttidyr\n        (>= 1.0)\nLinkingTo: Rcpp\n"
            "Suggests: covr,\n  lintr\nEnhances: future\nLicense: MIT\nRemotes: a/b\n",
            [
                ("sf", 4, False),
                ("purrr", 6, False),
                ("data.table", 7, False),
                ("tidyr", 8, False),
                ("rcpp", 10, False),
                ("covr", 11, True),
                ("lintr", 12, True),
                ("future", 13, True),
            ],
            id="package",
        ),
        pytest.param("Type: project\nImports: dplyr\n", [("dplyr", 2, False)], id="program"),
        pytest.param("Title: x\nDepends: R, DT\n", [("dt", 2, False)], id="program-depends"),
        pytest.param("Name: x\nTitle: y\nDepends: octave (>= 6)\n", [], id="octave"),
        pytest.param("Title: x\nSuggests: dplyr\n", [], id="no-package"),
        pytest.param("Package: x\nThis is prose.\nImports: y\n", [], id="prose"),
        pytest.param(" Package: x\nImports: y\n", [], id="indented"),
        pytest.param("", [], id="empty"),
    ],
)
def test_a_description_names_packages(text, expected):
    assert expected == [
        (named.name, named.line, named.is_development)
        for named in read_package_file("DESCRIPTION", text)
    ]


def test_other_names_are_no_description():
    assert [] == read("DESCRIPTION.md", "Package: x\nImports: y\n")


@given(
    st.sampled_from(["DESCRIPTION"]),
    st.lists(st.sampled_from(["Package: a", "Imports:", "\n", " ", "a", ",", "(", ")"])).map(
        "".join
    )
    | st.text(),
)
def test_any_text_is_read_or_refused(path, text):
    try:
        named = read_package_file(path, text)
    except ValueError:
        return
    assert all(dependency.line <= text.count("\n") + 1 for dependency in named)
