"""Names of dependencies in package files."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundles.package_files import (
    MAX_NAME_LENGTH,
    MAX_NAMES,
    PACKAGE_FILES,
    dependency_names,
    package_file_rank,
)

# One for each reader, in their order.
NAMES = [
    *("package.json", "pyproject.toml", "requirements-dev.txt", "go.mod", "Cargo.toml"),
    *("composer.json", "App.csproj", "Gemfile", "pom.xml", "build.gradle.kts"),
    *("Package.swift", "pubspec.yaml", "setup.cfg", "setup.py", "mix.exs"),
]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        (
            "package.json",
            '{"dependencies": {"React": "1"}, "devDependencies": {"jest": "1"}}',
            ["jest", "react"],
        ),
        (
            "package.json",
            '{"peerDependencies": {"vue": "3"}, "optionalDependencies": {"fsevents": "2"}}',
            ["fsevents", "vue"],
        ),
        ("package.json", '{"dependencies": null}', []),
        ("package.json", '{"dependencies": {"": "1", " ": "2", "a ": "3"}}', ["a"]),
        (
            "requirements.txt",
            "# x\nDjango>=4\npsycopg[binary]==3\n-r other.txt\nflask",
            ["django", "flask", "psycopg"],
        ),
        ("pyproject.toml", '[project]\ndependencies = ["httpx>=0.27", "rich"]', ["httpx", "rich"]),
        (
            "pyproject.toml",
            '[project.optional-dependencies]\ncli = ["click"]\n'
            '[dependency-groups]\ndev = ["pytest", {include-group = "docs"}]',
            ["click", "pytest"],
        ),
        (
            "pyproject.toml",
            '[tool.poetry.dependencies]\npython = "3"\nfastapi = "1"\n'
            '[tool.poetry.group.dev.dependencies]\nmypy = "1"',
            ["fastapi", "mypy"],
        ),
        ("go.mod", "module x\n\nrequire (\n\tk8s.io/client-go v0.30.0\n)\n", ["k8s.io/client-go"]),
        ("go.mod", "require github.com/a/b v1.0.0", ["github.com/a/b"]),
        (
            "Cargo.toml",
            '[dependencies]\nclap = "4"\n[dev-dependencies]\nproptest = "1"\n'
            '[workspace.dependencies]\ntokio = "1"',
            ["clap", "proptest", "tokio"],
        ),
        (
            "composer.json",
            '{"require": {"php": "8", "laravel/framework": "1"}}',
            ["laravel/framework"],
        ),
        ("App.csproj", '<PackageReference Include="Serilog" Version="1" />', ["serilog"]),
        ("Gemfile", 'gem "rails", "7"\ngem \'pg\'', ["pg", "rails"]),
        (
            "x.gemspec",
            '  spec.add_dependency "rack"\n  s.add_development_dependency("rspec")',
            ["rack", "rspec"],
        ),
        ("pom.xml", "<artifactId>spring-core</artifactId>", ["spring-core"]),
        ("build.gradle", "implementation 'androidx.room:room-runtime:2'", ["room-runtime"]),
        ("build.gradle.kts", 'testImplementation("junit:junit:4")', ["junit"]),
        (
            "Package.swift",
            '.package(url: "https://github.com/apple/swift-nio.git", from: "2")',
            ["swift-nio"],
        ),
        ("pubspec.yaml", "dependencies:\n  http: ^1.0\n", ["http"]),
        ("Pipfile", '[packages]\nrequests = "*"', ["requests"]),
        ("setup.py", "install_requires=[\n    'requests>=2',\n]", ["requests"]),
        ("mix.exs", '{:phoenix, "~> 1.7"}', ["phoenix"]),
        ("main.py", "import os", []),
        ("package-lock.json", '{"dependencies": {"a": {}}}', []),
    ],
)
def test_the_names_of_a_package_file_are_read(name, text, expected):
    assert expected == dependency_names(name, text)


@pytest.mark.parametrize("text", ["{", "[]", '{"dependencies": 3}', '{"dependencies": [["a"]]}'])
def test_a_package_file_that_is_not_what_its_name_says_is_refused(text):
    with pytest.raises(ValueError, match=r"package\.json cannot be parsed"):
        dependency_names("package.json", text)


def test_names_are_bounded_in_number_and_length():
    names = [f"a{number:04}" for number in range(MAX_NAMES + 1)]
    longest = "b" * MAX_NAME_LENGTH
    text = json.dumps({"dependencies": dict.fromkeys([*names, longest, longest + "b"], "1")})

    assert names[:MAX_NAMES] == dependency_names("package.json", text)
    assert [longest] == dependency_names(
        "package.json", json.dumps({"dependencies": {longest: "1", longest + "b": "1"}})
    )


def test_package_files_are_ranked_by_how_much_they_tell():
    assert list(range(len(PACKAGE_FILES))) == [package_file_rank(name) for name in NAMES]
    assert package_file_rank("README.md") is None


@given(st.sampled_from(NAMES), st.text())
def test_any_text_is_read_or_refused(name, text):
    try:
        names = dependency_names(name, text)
    except ValueError:
        return
    assert len(names) <= MAX_NAMES
