"""Which files are package files, and what is kept of their names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundles.packages import package_file_rank, package_kind, read_package_file
from bundles.packages.files import FORMATS, MAX_NAME_LENGTH, MAX_NAMES, OTHER_SUFFIXES


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("package.json", "library"),
        ("a/b/pyproject.toml", "library"),
        ("requirements/base.txt", "library"),
        ("gradle/libs.versions.toml", "library"),
        ("src/App/App.csproj", "library"),
        ("Dockerfile.dev", "infrastructure"),
        (".github/workflows/ci.yml", "infrastructure"),
        ("infra/main.tf", "infrastructure"),
        ("package-lock.json", None),
        ("poetry.lock", None),
        ("package.json/notes", None),
        ("notes.txt", None),
        ("project.toml", None),
        ("", None),
    ],
)
def test_a_path_tells_what_a_file_names(path, kind):
    assert kind == package_kind(path)
    assert (kind is None) == (package_file_rank(path) is None)


def test_what_no_format_reads_names_nothing():
    assert [] == read_package_file("notes.txt", "flask")


names = st.sampled_from(
    [
        *("package", "requirements", "Gemfile", "DESCRIPTION", "Dockerfile", "setup", "Cargo"),
        *("compose", "Chart", "main", "pom", "a.gradle", "libs.versions", "Project", "composer"),
    ]
)


@given(names | st.text(max_size=12), st.sampled_from(sorted(OTHER_SUFFIXES)))
def test_what_is_not_compared_with_the_formats_is_of_none(name, suffix):
    path = f"a/{name}.{suffix}"

    compared = any(known.pattern.fullmatch(path) for known in FORMATS)
    assert compared == (package_file_rank(path) is not None)


def test_a_name_counts_once_and_not_for_development_if_the_program_needs_it():
    text = '{"devDependencies": {"koa": "1"}, "dependencies": {"KOA": "1", "": "1"}}'

    (koa,) = read_package_file("package.json", text)

    assert ("koa", False) == (koa.name, koa.is_development)


def test_names_are_bounded_and_printable():
    many = ", ".join(f'"package-{number}": "1"' for number in range(MAX_NAMES + 9))
    odd = f'"{"x" * (MAX_NAME_LENGTH + 1)}": "1", "a\\u0007b": "1"'

    assert MAX_NAMES == len(read_package_file("package.json", f'{{"dependencies": {{{many}}}}}'))
    assert [] == read_package_file("package.json", f'{{"dependencies": {{{odd}}}}}')


def test_a_file_in_another_format_is_refused_by_its_path():
    with pytest.raises(ValueError, match=r"web/package\.json cannot be parsed"):
        read_package_file("web/package.json", "[")
