"""Names in dependency manifests."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundles.package_files import MAX_NAMES, dependency_names, package_file_rank

NAMES = [
    "package.json", "pyproject.toml", "requirements-dev.txt", "go.mod", "Cargo.toml", "composer.json", "App.csproj",
    "Gemfile", "pom.xml", "build.gradle.kts", "Package.swift", "pubspec.yaml", "setup.py", "mix.exs", "setup.cfg",
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        (
            "package.json",
            '{"dependencies": {"React": "1"}, "devDependencies": {"jest": "1"}}',
            ["jest", "react"],
        ),
        ("package.json", '{"dependencies": null}', []),
        (
            "requirements.txt",
            "# x\nDjango>=4\npsycopg[binary]==3\n-r other.txt\nflask",
            ["django", "flask", "psycopg"],
        ),
        ("pyproject.toml", '[project]\ndependencies = ["httpx>=0.27", "rich"]', ["httpx", "rich"]),
        ("pyproject.toml", '[tool.poetry.dependencies]\npython = "3"\nfastapi = "1"', ["fastapi"]),
        ("go.mod", "module x\n\nrequire (\n\tk8s.io/client-go v0.30.0\n)\n", ["k8s.io/client-go"]),
        ("Cargo.toml", '[dependencies]\nclap = "4"\n', ["clap"]),
        (
            "composer.json",
            '{"require": {"php": "8", "laravel/framework": "1"}}',
            ["laravel/framework"],
        ),
        ("App.csproj", '<PackageReference Include="Serilog" Version="1" />', ["serilog"]),
        ("Gemfile", 'gem "rails", "7"\ngem \'pg\'', ["pg", "rails"]),
        ("pom.xml", "<artifactId>spring-core</artifactId>", ["spring-core"]),
        ("build.gradle", "implementation 'androidx.room:room-runtime:2'", ["room-runtime"]),
        ("setup.py", "install_requires=[\n    'requests>=2',\n]", ["requests"]),
        ("main.py", "import os", []),
    ],
)
def test_the_names_of_a_manifest_are_found(name, text, expected):
    assert expected == dependency_names(name, text)


@pytest.mark.parametrize("text", ["{", "[]", '{"dependencies": 3}', '{"dependencies": [["a"]]}'])
def test_a_manifest_that_is_not_what_its_name_says_is_refused(text):
    with pytest.raises(ValueError, match=r"package\.json cannot be parsed"):
        dependency_names("package.json", text)


@given(st.sampled_from(NAMES), st.text())
def test_any_text_is_read_or_refused(name, text):
    assert package_file_rank(name) is not None
    try:
        names = dependency_names(name, text)
    except ValueError:
        return
    assert len(names) <= MAX_NAMES
