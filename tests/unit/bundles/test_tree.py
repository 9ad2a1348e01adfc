"""What a file tree tells: types of files, words of paths, commit and tree."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundles import tree as tree_module
from bundles.tree import MAX_PATH_TERMS, MAX_SUFFIX_EXAMPLES, Tree, path_words, revision
from bundles.vendored import is_vendored
from github_standin.git_objects import FILE, LINK, tree_entries
from tests.unit.bundles.trees import COMMIT, entry, tree


def authored(paths):
    """Leave out what a bundle leaves out."""
    return [path for path in paths if not is_vendored(path)]


def file_types(paths):
    return tree_module.file_types(authored(paths)).counts


def path_terms(paths):
    return path_words(authored(paths)).counts


def test_of_each_frequent_suffix_the_file_nearest_the_root_is_an_example():
    paths = [
        "a/b/c.py",
        "a/z.py",
        "a/y.py",
        "x.go",
        *(f"n.s{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(60)),
    ]

    types = tree_module.file_types(paths)

    assert ("a/y.py", "x.go") == (types.examples[".py"], types.examples[".go"])
    assert MAX_SUFFIX_EXAMPLES == len(types.examples)


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
            "vendors/x.js",
            "third_party/x.js",
            ".venv/x.js",
            "ios/Pods/Lantern/x.js",
            "web/app.min.js",
            "package-lock.json",
            "api/orders.pb.go",
            "Makefile",
            ".gitignore",
            "..gitignore",
            "a.",
            "a. b",
        ],
    )
    def test_vendored_files_and_files_without_a_suffix_are_not_counted(self, path):
        assert {} == file_types([path])

    @pytest.mark.parametrize(
        "path",
        [
            "my-dist/x.js",
            "dist.js",
            "pods/x.js",
            "obj/x.js",
            "target/x.js",
            "docs/x.js",
            "env/x.js",
        ],
    )
    def test_folders_whose_names_only_look_vendored_are_counted(self, path):
        assert {".js": 1} == file_types([path])

    @pytest.mark.parametrize(
        "suffix",
        [
            *("0", "12", "2021-01-03", "2021_01", "20210103", "v2", "V10", "0-beta1", "0-SNAPSHOT"),
            *(
                "0rc1",
                "1b2",
                "0dev",
                "5+build",
                "-",
                "_",
                "++",
                "two words",
                "a,b",
                "x" * 17,
                "é\u0301!",
            ),
        ],
    )
    def test_version_numbers_dates_and_odd_suffixes_are_no_types(self, suffix):
        assert {} == file_types([f"notes.{suffix}"])

    @pytest.mark.parametrize(
        "suffix", ["7z", "mp3", "3ds", "4gl", "h5", "c++", "x86_64", "v", "größe", "日本", "x" * 16]
    )
    def test_types_may_have_digits_and_letters_of_any_script(self, suffix):
        assert {f".{suffix}": 1} == file_types([f"notes.{suffix}"])

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
            ("größe.txt", {"größe"}),
            ("fürAlle_données.csv", {"für", "alle", "données"}),
            ("Ünder.txt", {"ünder"}),
            ("donne\u0301es.csv", {"données"}),
            ("日本語docs2東京.txt", {"日本語", "東京"}),
            ("हिन्दी.txt", {"हिन्दी"}),
            ("ǅungla.txt", {"ǆungla"}),
            ("kafka2Spark.go", {"kafka", "spark"}),
            ("x.py", set()),
            (f"{'a' * 41}.py", set()),
            ("vendor/kafka.go", set()),
        ],
        ids=lambda value: value[:20] if isinstance(value, str) else "",
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

    @pytest.mark.parametrize(
        "path",
        [
            "logos/vue.svg",
            "logos/Vue.PNG",
            "logos/vue.woff2",
            "logos/vue.mp3",
            "logos/vue.webm",
            "logos/vue.svg.tsx",
            "logos/vue.xpm",
        ],
    )
    def test_names_of_pictures_fonts_sounds_and_videos_say_nothing(self, path):
        assert {"logos": 1} == path_terms([path])

    @pytest.mark.parametrize("path", ["svg.py", "vue/svg.py", "x.png.old.py"])
    def test_a_program_may_be_named_after_a_kind_of_picture(self, path):
        assert {".py": 1} == file_types([path])

    def test_the_end_of_an_overlong_name_is_not_read(self):
        assert {"kafka": 1} == path_terms([f"kafka{'_' * 300}spark"])

    def test_a_words_example_is_the_file_nearest_the_root(self):
        paths = [
            "kafka/deep/er/a.py",
            "vendor/kafka.py",
            "zoo/kafka.py",
            "zoo/kafka.go",
            "kafka/logo.png",
            "b/kafkas_kafka.py",
        ]

        words = path_words(paths)

        assert {
            "kafka": "zoo/kafka.go",
            "zoo": "zoo/kafka.go",
            "deep": "kafka/deep/er/a.py",
            "er": "kafka/deep/er/a.py",
            "kafkas": "b/kafkas_kafka.py",
        } == words.examples
        assert list(words.counts) == list(words.examples)

    def test_the_order_of_the_paths_is_no_matter(self):
        paths = ["b/kafka.py", "a/kafka.py", "kafka/a.py", "x/y/spark.py"]

        assert path_words(paths) == path_words(paths[::-1])

    @given(st.lists(st.text()))
    def test_any_path_can_be_read(self, paths):
        words = path_words(paths)

        json.dumps([words.counts, words.examples, file_types(paths)], ensure_ascii=False).encode()


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
