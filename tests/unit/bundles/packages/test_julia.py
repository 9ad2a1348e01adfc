"""Packages of Julia."""

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


def test_a_project_names_packages():
    text = (
        'name = "Beacon"\nuuid = "1"\n[deps]\nCSV = "336ed68f"\nBeacon = "1"\n\n[weakdeps]\nMakie = "ee78f7c6"\n'
        '[compat]\njulia = "1.10"\n[extras]\nAqua = "4c88cf16"\n[targets]\ntest = ["Aqua"]\n'
    )

    assert [("csv", 4, False), ("makie", 8, False), ("aqua", 12, True)] == [
        (named.name, named.line, named.is_development)
        for named in read_package_file("Project.toml", text)
    ]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("Project.toml", ["documenter"]),
        ("JuliaProject.toml", ["documenter"]),
        ("docs/Project.toml", ["documenter (dev)"]),
        ("lib/a/test/Project.toml", ["documenter (dev)"]),
        ("MyProject.toml", []),
    ],
)
def test_projects_of_tests_and_documentation_are_for_development(path, expected):
    assert expected == read(path, '[deps]\nDocumenter = "e30172f5"\n')


@pytest.mark.parametrize("text", ["", "[other]\na = 1", "deps = 3"])
def test_a_project_without_packages_names_none(text):
    assert [] == read("Project.toml", text)


def test_what_is_no_toml_is_refused():
    with pytest.raises(ValueError, match=r"Project\.toml"):
        read_package_file("Project.toml", "[deps")


@given(
    st.sampled_from(["Project.toml", "test/Project.toml"]),
    st.lists(st.sampled_from(["[deps]", "\n", "a", " = ", '"1"', "[extras]", "name"])).map("".join)
    | st.text(),
)
def test_any_text_is_read_or_refused(path, text):
    try:
        named = read_package_file(path, text)
    except ValueError:
        return
    assert all(dependency.line <= text.count("\n") + 1 for dependency in named)
