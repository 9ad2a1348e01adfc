"""What a file tree tells: types of files, words of paths, commit and tree."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundles.tree import MAX_PATH_TERMS, Tree, file_types, path_terms, revision
from github_standin.git_objects import FILE, LINK, tree_entries
from tests.unit.bundles.trees import COMMIT, entry, tree


class TestTree:
    def test_files_are_in_githubs_order_and_folders_are_no_files(self):
        files = tree(entry("b.py"), entry("a", type="tree"), entry("a/c.py")).file_paths()

        assert ["b.py", "a/c.py"] == files

    def test_the_root_names_files_and_folders_once_each(self):
        root = tree(entry("b.py"), entry("a", type="tree"), entry("a/c.py"), entry("\ud800"))

        assert ["?", "a", "b.py"] == root.root_names()


class TestFileTypes:
    def test_files_are_counted_by_their_last_suffix_in_lower_case(self):
        paths = ["README.md", "a/B.PY", "c.py", "x.tar.gz"]

        assert {".py": 2, ".gz": 1, ".md": 1} == file_types(paths)

    @pytest.mark.parametrize(
        "path",
        [
            "node_modules/x.js",
            "web/node_modules/x.js",
            "Vendor/x.js",
            "third_party/x.js",
            ".venv/x.js",
            "Makefile",
            ".gitignore",
        ],
    )
    def test_vendored_files_and_files_without_a_suffix_are_not_counted(self, path):
        assert {} == file_types([path])

    @pytest.mark.parametrize("path", ["vendors/x.js", "my-dist/x.js", "dist.js"])
    def test_folders_whose_names_only_look_vendored_are_counted(self, path):
        assert {".js": 1} == file_types([path])

    def test_the_most_frequent_come_first_then_by_name(self):
        assert [".py", ".go", ".md"] == list(file_types(["a.md", "a.go", "a.py", "b.py"]))


class TestPathTerms:
    def test_words_are_counted_once_per_name_that_contains_them(self):
        terms = path_terms(
            ["src/KafkaConsumer.java", "src/kafka_producer.java", "manage.py", "test/index.js"]
        )

        assert {"kafka": 2, "consumer": 1, "manage": 1, "producer": 1} == terms

    def test_a_folder_counts_once_however_many_files_it_contains(self):
        assert {"kafka": 1} == path_terms(["kafka/a.py", "kafka/b.py"])

    @pytest.mark.parametrize(
        ("name", "words"),
        [
            ("HTTPServer.go", {"http", "server"}),
            ("größe.txt", {"gr", "öß"}),
            ("x.py", set()),
            (f"{'a' * 41}.py", set()),
            ("vendor/kafka.go", set()),
        ],
        ids=["acronym", "not-ascii", "too-short", "too-long", "vendored"],
    )
    def test_only_telling_words_are_counted(self, name, words):
        assert words == set(path_terms([name]))

    def test_only_the_most_frequent_are_kept(self):
        letters = "abcdefghijklmnopqrstuvwxyz"
        words = [f"word{first}{second}x" for first in letters for second in letters[:12]]
        frequent = ["frequent/a.py", "b/frequent.py"]

        terms = path_terms([f"{word}.py" for word in words] + frequent)

        assert MAX_PATH_TERMS == len(terms)
        assert "frequent" == next(iter(terms))

    @given(st.lists(st.text()))
    def test_any_path_can_be_read(self, paths):
        json.dumps([path_terms(paths), file_types(paths)], ensure_ascii=False).encode()


class TestRevision:
    SHA, ENTRIES = tree_entries(
        {
            "b/x.py": (FILE, b"x"),
            "b.py": (FILE, b"y"),
            "a": ("100755", b"z"),
            "b-c": (LINK, b"a"),
        }
    )

    def test_the_tree_is_computed_as_git_does(self):
        assert {"commit": COMMIT, "tree": self.SHA} == revision(Tree(COMMIT, self.ENTRIES, False))

    def test_an_answer_that_names_the_tree_leaves_the_commit_unknown(self):
        assert {"commit": None, "tree": self.SHA} == revision(Tree(self.SHA, self.ENTRIES, False))

    def test_the_tree_of_a_truncated_answer_is_unknown(self):
        assert {"commit": COMMIT, "tree": None} == revision(Tree(COMMIT, self.ENTRIES[:1], True))
