"""The languages of a tree, by the names of its files."""

from __future__ import annotations

import re

import pytest

from bundles import languages_of
from bundles.languages import TABLE, language_of
from github_standin.git_objects import LINK, SUBMODULE
from tests.unit.bundles.trees import entry


def test_the_bytes_of_a_language_are_added_up():
    entries = [
        entry("a.py", size=1),
        entry("src/B.PY", size=2),
        entry("main.go", size=4),
        entry("docker/Dockerfile", size=8),
    ]

    assert {"Python": 3, "Go": 4, "Dockerfile": 8} == languages_of(entries)


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("a.tsx", "TypeScript"),
        ("a.ipynb", "Jupyter Notebook"),
        ("a.h", "C"),
        ("a.vue", "Vue"),
        ("sketch.ino", "C++"),
        ("view.blade.php", "Blade"),
        ("Makefile", "Makefile"),
        ("Gemfile", "Ruby"),
        ("CMakeLists.txt", "CMake"),
        ("a.b.rs", "Rust"),
        (".eslintrc.js", "JavaScript"),
        ("main.tf", "HCL"),
    ],
)
def test_a_name_stands_for_a_language(name, language):
    assert language == language_of(f"src/{name}")


@pytest.mark.parametrize(
    "name",
    ["README.md", "a.json", "a.yml", "a.svg", "a.sql", "a.txt", "makefile.", "a", "dockerFile"],
)
def test_prose_data_and_unknown_names_are_not_counted(name):
    assert language_of(name) is None


@pytest.mark.parametrize(
    "facts",
    [{"mode": LINK}, {"type": "commit", "mode": SUBMODULE}, {"type": "tree"}, {"size": 0}],
    ids=["symlink", "submodule", "folder", "empty"],
)
def test_only_files_with_content_are_counted(facts):
    assert {} == languages_of([entry("a.py", **facts)])


@pytest.mark.parametrize(
    "path",
    [
        "node_modules/react/index.js",
        "app/vendor/lib.rb",
        "third_party/a.c",
        "3rdparty/a.c",
        "public/dist/app.js",
        "static/jquery-3.1.1.js",
        "css/bootstrap.min.css",
        "css/font-awesome.css",
        "docs/conf.py",
        "examples/a.py",
        "demo/index.html",
        "src/documentation/a.js",
        "gradlew",
        "android/gradle/wrapper/a.java",
        "ios/Pods/A.m",
        "types/a.d.ts",
        "proto/a_pb2.py",
        "api/a.pb.go",
        "Form1.Designer.cs",
        "lib/model.g.dart",
        ".github/scripts/a.py",
        "venv/env/a.py",
        "test/fixtures/a.rb",
    ],
)
def test_libraries_documentation_and_generated_files_are_not_counted(path):
    assert {} == languages_of([entry(path)])


@pytest.mark.parametrize(
    "path",
    ["src/docs.py", "pkg/docs/a.go", "environment/a.py", "reactor.js", "distance/a.c", "min.js"],
)
def test_names_that_only_look_like_them_are_counted(path):
    assert languages_of([entry(path)])


def test_the_table_has_two_columns_and_is_sorted():
    lines = TABLE.read_text().splitlines()

    assert [] == [line for line in lines if not re.fullmatch(r"[^\t]+\t[^\t]+", line)]
    assert sorted(lines) == lines
    assert len({line.split("\t")[0] for line in lines}) == len(lines)
