"""The languages of a tree, by the names of its files."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundles import languages_of
from bundles.languages import MAX_SUFFIXES, TABLE, language_of
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
        ("model.R", "R"),
        ("model.r", "R"),
        ("fast.C", "C"),
        ("Makefile.am", "Makefile"),
        (".bashrc", "Shell"),
        ("Jenkinsfile", "Groovy"),
        ("app.kts", "Kotlin"),
    ],
)
def test_a_name_stands_for_a_language(name, language):
    assert language == language_of(f"src/{name}")


@pytest.mark.parametrize(
    "name",
    [
        *(
            "README.md",
            "a.json",
            "a.yml",
            "a.svg",
            "a.sql",
            "a.txt",
            "makefile.",
            "a",
            "dockerFile",
        ),
        *("build.gradle.kts", "read.me", "go.mod", "Dockerfile.dev", "requirements.txt"),
    ],
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
        "env/main.tf",
        "cache/a.py",
        "Vagrantfile",
        "react-app/src/App.js",
    ],
)
def test_libraries_documentation_and_generated_files_are_not_counted(path):
    assert {} == languages_of([entry(path)])


@pytest.mark.parametrize(
    "path",
    [
        "src/docs.py",
        "pkg/docs/a.go",
        "environment/a.py",
        "reactor.js",
        "distance/a.c",
        "min.js",
        "pods/a.py",
    ],
)
def test_names_that_only_look_like_them_are_counted(path):
    assert languages_of([entry(path)])


def test_build_output_counts_as_github_counts_it():
    assert {"C#": 10, "Python": 20} == languages_of(
        [
            entry("obj/Debug/net8.0/A.cs"),
            entry("venv/lib/python3.12/site-packages/a.py"),
            entry("a.py"),
        ]
    )


@given(st.text())
def test_any_name_has_a_language_or_none(path):
    assert language_of(path) != ""


def test_a_name_of_many_dots_takes_no_longer_than_one_of_few():
    assert "Python" == language_of(f"{'.' * 100_000}py")


def test_the_table_has_two_columns_and_is_sorted():
    lines = TABLE.read_text().splitlines()
    keys = [line.split("\t")[0] for line in lines]

    assert [] == [line for line in lines if not re.fullmatch(r"[^\t]+\t[^\t]*", line)]
    assert sorted(lines) == lines
    assert len(set(keys)) == len(lines)
    assert MAX_SUFFIXES >= max(key.count(".") for key in keys)
