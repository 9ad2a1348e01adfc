"""Packages of Dart."""

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


def test_a_pubspec_names_packages():
    text = (
        "name: beacon\nenvironment:\n  sdk: ^3.0.0\ndependencies:\n  flutter:\n    sdk: flutter\n"
        "  dio: ^5.0.0 # client\n  # old: ^1.0\n  own:\n    path: ../own\n  any_version:\n"
        "  fork: {git: {url: 'https://git.example/a.git', path: sub}}\ndev_dependencies:\n"
        "  flutter_test:\n    sdk: flutter\n  mocktail: ^1.0\ndependency_overrides:\n  forced: 1.0\n"
        "flutter:\n  uses-material-design: true\n"
    )

    assert [
        "flutter",
        "dio",
        "any_version",
        "fork",
        "flutter_test (dev)",
        "mocktail (dev)",
    ] == read("app/pubspec.yaml", text)
    assert [5, 7, 11, 12, 14, 16] == [
        named.line for named in read_package_file("pubspec.yaml", text)
    ]


@pytest.mark.parametrize("text", ["", "dependencies:\n", "dependencies: [a]", "x", "- a"])
def test_a_pubspec_without_packages_names_none(text):
    assert [] == read("pubspec.yaml", text)


def test_what_is_no_yaml_is_refused():
    with pytest.raises(ValueError, match="pubspec"):
        read_package_file("pubspec.yaml", "dependencies:\n\thttp: 1")


@given(
    st.sampled_from(["pubspec.yaml"]),
    st.lists(
        st.sampled_from(["dependencies:", "\n", "  ", "a: ", "path: ", "{", "}", "[", "]"])
    ).map("".join)
    | st.text(),
)
def test_any_text_is_read_or_refused(path, text):
    try:
        named = read_package_file(path, text)
    except ValueError:
        return
    assert all(dependency.line <= text.count("\n") + 1 for dependency in named)
