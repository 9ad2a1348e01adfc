"""The blobs that are worth a request."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bundles import ReadLimits, Selection
from bundles.contexts import MAX_CONTEXT_BYTES
from bundles.selection import (
    MAX_BLOB_BYTES,
    MAX_CONTEXTS,
    MAX_PACKAGE_FILES,
    MUCH_INFRASTRUCTURE,
    WantedBlobs,
)
from github_standin.git_objects import LINK, SUBMODULE
from tests.unit.bundles.trees import entry, tree

CONTEXT = ".repo-context.json"


def wanted(
    *names: str,
    links: dict[str, str] | None = None,
    read: dict[str, str] | None = None,
    **limits: Any,
) -> WantedBlobs:
    """Choose among files of these names. `links`: targets by path; `read`: contents by path."""
    links = links or {}
    entries = [*map(entry, names), *(entry(path, mode=LINK) for path in links)]
    contents = {f"sha-{path}": text.encode() for path, text in (read or {}).items()}
    return Selection(tree(*entries), ReadLimits(**limits)).wanted(contents)


def paths(chosen: WantedBlobs) -> list[str]:
    return [path for path, _ in chosen.files.values()]


def package_json(*names: str, **more: Any) -> str:
    return json.dumps({"dependencies": dict.fromkeys(names, "1"), **more})


def test_a_repository_without_anything_to_read_needs_no_request():
    chosen = wanted("main.c")

    assert {} == chosen.files
    assert ("readme_missing",) == chosen.warnings


def test_equal_files_are_one_blob():
    same = [entry(name, sha="same") for name in ("README.md", "go.mod", "package.json")]

    chosen = Selection(tree(*same)).wanted({})

    assert ["same"] == list(chosen.files)
    assert 1 == len(chosen.package_files)


PLENTY = package_json("a", "b", "c")
PUBSPEC = "dependencies:\n  a: 1\n  b: 1\n  c: 1\n"
GO_MOD = "module x\nrequire (\n\te.org/a v1.0.0\n\te.org/b v1.0.0\n\te.org/c v1.0.0\n)\n"
DENO = json.dumps({"imports": {name: f"npm:{name}" for name in "abc"}})
CATALOG = "[libraries]\n" + "".join(f'{name} = "e.org:{name}:1"\n' for name in "abc")


class TestContexts:
    @pytest.mark.parametrize(
        ("facts", "warning"),
        [
            ({"type": "commit", "mode": SUBMODULE}, "context_not_a_file"),
            ({"type": "tree", "mode": "040000"}, "context_not_a_file"),
            ({"size": MAX_CONTEXT_BYTES + 1}, "context_too_large"),
        ],
        ids=["submodule", "folder", "huge"],
    )
    def test_what_is_not_a_plain_file_is_absent_with_a_warning(self, facts, warning):
        chosen = Selection(tree(entry(CONTEXT, **facts))).wanted({})

        assert chosen.context is None
        assert warning in chosen.warnings

    @pytest.mark.parametrize(
        "facts", [{}, {"mode": "100755"}, {"mode": "100664"}, {"size": MAX_CONTEXT_BYTES}]
    )
    def test_a_plain_file_is_wanted(self, facts):
        chosen = Selection(tree(entry(CONTEXT, **facts))).wanted({})

        assert chosen.context
        assert CONTEXT == chosen.context.path

    def test_a_link_is_read_and_then_what_it_leads_to(self):
        links = {CONTEXT: "meta/about.json"}

        first = wanted("meta/about.json", links=links)
        then = wanted("meta/about.json", links=links, read=links)

        assert ([CONTEXT], ()) == (paths(first), first.warnings)
        assert then.context
        assert ("meta/about.json", CONTEXT) == (then.context.path, then.context.name)

    @pytest.mark.parametrize("target", ["../outside.json", CONTEXT, "missing.json"])
    def test_a_link_that_leads_to_nothing_has_a_warning(self, target):
        chosen = wanted(links={CONTEXT: target}, read={CONTEXT: target})

        assert chosen.context is None
        assert "context_not_a_file" in chosen.warnings

    def test_the_name_is_case_sensitive(self):
        assert wanted(".Repo-Context.json").context is None

    def test_nested_ones_are_parts_those_nearest_the_root_first(self):
        nested = [f"a/b/{CONTEXT}", f"z/{CONTEXT}", f"c/{CONTEXT}", f"node_modules/x/{CONTEXT}"]

        chosen = wanted(*nested)

        assert chosen.context is None
        assert [f"c/{CONTEXT}", f"z/{CONTEXT}", f"a/b/{CONTEXT}"] == [
            blob.path for blob in chosen.contexts
        ]

    def test_their_number_has_a_limit(self):
        nested = [f"{number:03}/{CONTEXT}" for number in range(100)]

        assert MAX_CONTEXTS == len(wanted(*nested).contexts)
        assert 3 == len(wanted(*nested, contexts=3).contexts)


class TestReadme:
    def test_a_large_one_is_not_wanted_and_another_one_is(self):
        large = entry("README.md", size=MAX_BLOB_BYTES + 1)

        assert Selection(tree(large)).wanted({}).readme is None
        chosen = Selection(tree(large, entry("docs/README.md"))).wanted({}).readme
        assert chosen
        assert "docs/README.md" == chosen.path

    def test_a_link_is_read_before_another_one_is_chosen(self):
        links = {"README.md": "packages/core/README.md"}
        files = ("packages/core/README.md", "docs/README.md")

        first = wanted(*files, links=links)
        then = wanted(*files, links=links, read=links)

        assert ["README.md"] == paths(first)
        assert ["packages/core/README.md"] == paths(then)
        assert () == then.warnings

    def test_a_link_that_leads_to_nothing_gives_way(self):
        links = {"README.md": "/etc/passwd"}

        chosen = wanted("docs/README.md", links=links, read=links)

        assert ["docs/README.md"] == paths(chosen)
        assert ("readme_missing",) == wanted(links=links, read=links).warnings


class TestPackageFiles:
    def chosen(self, *names: str, **options: Any) -> list[str]:
        return [blob.path for blob in wanted(*names, **options).package_files]

    def test_the_most_telling_come_first_and_those_for_development_last(self):
        names = ["requirements-dev.txt", "Dockerfile", "pom.xml", "go.mod", "package.json"]

        assert [
            "package.json",
            "go.mod",
            "pom.xml",
            "Dockerfile",
            "requirements-dev.txt",
        ] == self.chosen(*names)

    def test_vendored_ones_are_never_wanted(self):
        assert [] == self.chosen("vendor/go.mod", "node_modules/x/package.json")

    def test_those_of_folders_are_wanted_where_the_root_has_none(self):
        assert ["api/go.mod", "web/app/package.json"] == self.chosen(
            "web/app/package.json", "api/go.mod"
        )

    def test_they_wait_for_what_the_root_says(self):
        names = ["package.json", "api/package.json"]

        assert ["package.json"] == self.chosen(*names)
        assert names == self.chosen(*names, ahead=True)

    @pytest.mark.parametrize(
        ("root", "are_wanted"),
        [
            (package_json("a", "b", "c"), False),
            (package_json("a", "b"), True),
            (package_json("a", "b", "c", workspaces=["api"]), True),
            (json.dumps({"devDependencies": dict.fromkeys("abcd", "1")}), True),
            ("{", True),
        ],
        ids=["enough", "few", "workspaces", "development", "broken"],
    )
    def test_they_are_wanted_where_the_root_says_little(self, root, are_wanted):
        names = ["package.json", "api/package.json"]

        assert names[: 1 + are_wanted] == self.chosen(*names, read={"package.json": root})

    @pytest.mark.parametrize(
        ("root", "content", "below", "are_wanted"),
        [
            ("package.json", PLENTY, "backend/requirements.txt", True),
            ("package.json", PLENTY, "src-tauri/Cargo.toml", True),
            ("package.json", PLENTY, "backend/requirements-dev.txt", False),
            ("package.json", PLENTY, "a/b/go.mod", False),
            ("package.json", PLENTY, "examples/go.mod", False),
            ("package.json", PLENTY, "deploy/main.tf", False),
            ("pubspec.yaml", PUBSPEC, "macos/Podfile", False),
            ("go.mod", GO_MOD, "web/package.json", True),
            ("deno.json", '{"imports": {}, "workspace": ["a"]}', "a/deno.json", True),
            ("deno.json", DENO, "a/deno.json", False),
            ("deno.json", DENO.replace("{", '{"workspace": ["a"], ', 1), "a/deno.json", True),
            ("pubspec.yaml", PUBSPEC, "a/pubspec.yaml", False),
            ("pubspec.yaml", f"{PUBSPEC}workspace: [a]\n", "a/pubspec.yaml", True),
            ("requirements.txt", "tide\nkelp\nreef\n", "api/requirements.txt", False),
            ("requirements.txt", "tide\nkelp\nflake8-bugbear\n", "api/requirements.txt", True),
            ("requirements.txt", "black\npytest\nmypy\n", "api/requirements.txt", True),
            ("gradle/libs.versions.toml", CATALOG, "app/build.gradle.kts", True),
        ],
    )
    def test_they_are_wanted_where_the_root_does_not_say_all(
        self, root, content, below, are_wanted
    ):
        chosen = self.chosen(root, below, read={root: content})

        assert [root, below][: 1 + are_wanted] == chosen

    @pytest.mark.parametrize(
        "workspace", ["pnpm-workspace.yaml", "lerna.json", "nx.json", "go.work", "settings.gradle"]
    )
    def test_they_are_wanted_where_a_file_of_the_root_says_so(self, workspace):
        names = ["package.json", "build.gradle", "core/build.gradle"]
        read = {"package.json": PLENTY, "build.gradle": "", "pnpm-workspace.yaml": ""}

        assert "core/build.gradle" in self.chosen(*names, workspace, read=read)
        assert "core/build.gradle" not in self.chosen(*names, read=read)

    def test_those_of_tests_and_examples_are_wanted_only_where_there_are_no_others(self):
        aside = ["tests/app/package.json", "examples/demo/go.mod"]

        assert ["api/go.mod"] == self.chosen(*aside, "api/go.mod")
        assert sorted(aside) == sorted(self.chosen(*aside))
        assert ["go.mod"] == self.chosen(*aside, "go.mod", read={"go.mod": "module x"})

    def test_infrastructure_in_folders_is_wanted_where_no_library_is(self):
        folders = ["docker/Dockerfile", "infra/main.tf"]

        assert folders == self.chosen(*folders)
        assert ["package.json"] == self.chosen(
            *folders, "package.json", read={"package.json": "{}"}
        )
        assert ["api/go.mod", *folders] == self.chosen(*folders, "api/go.mod")

    @pytest.mark.parametrize(
        "folders",
        [
            ["docker/Dockerfile"],
            [f"{number:03}/main.tf" for number in range(MUCH_INFRASTRUCTURE + 1)],
        ],
        ids=["dockerfile", "many"],
    )
    def test_what_names_tell_as_well_is_not_worth_a_request(self, folders):
        assert [] == self.chosen(*folders)

    def test_for_dockerfiles_alone_nothing_is_asked(self):
        dockerfiles = ["api/Dockerfile", "db/dockerfile"]

        assert ["api/go.mod"] == self.chosen("api/go.mod", *dockerfiles)
        assert ["shop/go.mod", *dockerfiles] == self.chosen("shop/go.mod", *dockerfiles)

    def test_of_one_format_a_folder_has_three(self):
        names = [*(f"a/{number}.csproj" for number in range(5)), "b/four.csproj"]

        assert 4 == len(self.chosen(*names))

    def test_their_number_has_a_limit(self):
        folders = [f"{number:03}/go.mod" for number in range(100)]

        assert MAX_PACKAGE_FILES + 2 == len(self.chosen(*folders))
        assert 2 == len(self.chosen("README.md", CONTEXT, *folders, files=4))

    def test_links_are_followed_and_the_file_counts_once(self):
        links = {"requirements.txt": "deps/all.txt"}
        options: dict[str, Any] = {"links": links, "read": links}

        (blob,) = wanted("deps/all.txt", **options).package_files

        assert ("deps/all.txt", "requirements.txt") == (blob.path, blob.name)

    def test_large_ones_are_not_wanted(self):
        assert (
            () == Selection(tree(entry("go.mod", size=MAX_BLOB_BYTES + 1))).wanted({}).package_files
        )
