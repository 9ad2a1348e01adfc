"""Which files are package files, and what is kept of their names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundles.packages import own_names, package_file_rank, package_kind, read_package_file
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


PATHS = [
    *("package.json", "deno.json", "composer.json", "pom.xml", "a.csproj", "Cargo.toml", "go.mod"),
    *(
        "environment.yml",
        "Packages/manifest.json",
        "setup.py",
        "DESCRIPTION",
        "deps.edn",
        "Chart.yaml",
    ),
]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("text", ["", " ", "\n\t\n"])
def test_an_empty_file_names_nothing(path, text):
    assert [] == read_package_file(path, text)
    assert frozenset() == own_names(path, text)


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("package.json", '{"name": "@quay/Crane"}', {"@quay/crane"}),
        ("deno.jsonc", '{"name": "@quay/crane"} // a', {"@quay/crane"}),
        ("bower.json", '{"name": 1}', set()),
        ("package.json", "{", set()),
        ("composer.json", '{"name": "quay/crane"}', {"quay/crane"}),
        ("pubspec.yaml", "name: crane_lib\n", {"crane-lib"}),
        ("DESCRIPTION", "Package: crane\nImports: crane\n", {"crane"}),
        ("Project.toml", 'name = "Crane"', {"crane"}),
        ("go.mod", "module quay.example/crane\n", {"quay.example/crane"}),
        ("crane.gemspec", "Gem::Specification.new do |s|\n  s.name = 'crane'\nend", {"crane"}),
        ("crane.gemspec", "s.name = NAME\ns.named = 'x'", set()),
        (
            "a.csproj",
            "<Project><PropertyGroup><PackageId>Crane.Core</PackageId></PropertyGroup></Project>",
            {"crane.core"},
        ),
        ("a.csproj", "<Project><P><AssemblyName>Crane</AssemblyName></P></Project>", {"crane"}),
        ("Cargo.toml", '[package]\nname = "crane_cli"', {"crane-cli"}),
        (
            "Cargo.toml",
            "[workspace.dependencies]\na = {path = 'a'}\nb = '1'\nc = {path = 'c', package = 'd', version = '1'}",
            {"a", "d"},
        ),
        ("pyproject.toml", "[project]\nname = 'Crane.Lib'", {"crane-lib"}),
        ("pyproject.toml", "[tool.poetry]\nname = 'crane'", {"crane"}),
        (
            "pyproject.toml",
            "[tool.uv.sources]\nboom = {workspace = true}\nx = {git = 'y'}",
            {"boom"},
        ),
        ("setup.cfg", "[metadata]\nname = crane", {"crane"}),
        ("setup.py", "N = 'crane'\nsetup(name=N)", {"crane"}),
        ("setup.py", "print 'a'\nsetup(name='crane', install_requires=[])", {"crane"}),
        ("requirements.txt", "crane", set()),
        ("notes.txt", "crane", set()),
    ],
)
def test_a_file_tells_its_own_names(path, text, expected):
    assert expected - {""} == own_names(path, text)


def test_a_file_in_another_format_is_refused_by_its_path():
    with pytest.raises(ValueError, match=r"web/package\.json cannot be parsed"):
        read_package_file("web/package.json", "[")
