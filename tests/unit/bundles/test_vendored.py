"""Files that say nothing about the author's program, by their paths."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundles.vendored import (
    BUILD_OUTPUT,
    COPIED,
    GENERATED_NAMES,
    RULES,
    is_counted,
    is_documentation,
    is_vendored,
    linguist_rules,
)

KINDS = ("authored", "documentation", "generated", "vendored")


@pytest.mark.parametrize(
    "path",
    [
        # libraries
        "node_modules/lantern/index.js",
        "web/node_modules/lantern/index.js",
        "vendor/lantern.go",
        "Vendor/lantern.go",
        "lib/third-party/a.c",
        "ThirdParty/a.c",
        "3rdparty/a.c",
        "extern/a.c",
        "bower_components/a.js",
        "Pods/Lantern/Beam.swift",
        "ios/Pods/Lantern/Beam.swift",
        "Carthage/Build/a",
        "Godeps/a.go",
        "static/jquery-3.1.1.js",
        "css/bootstrap-grid.css",
        "css/bootstrap.bundle.css",
        "js/react-dom.js",
        "fonts/font-awesome/css/all.css",
        "dist/app.js",
        "ios/Realm.framework/Headers/a.h",
        "ios/Lantern.xcframework/Info.plist",
        ".yarn/releases/yarn.cjs",
        "gradle/wrapper/gradle-wrapper.jar",
        "gradlew.bat",
        "mvnw",
        "tests/fixtures/a.json",
        "testdata/a.json",
        # generated
        "web/app.min.js",
        "web/app-min.css",
        "web/app.js.map",
        "web/app.JS.MAP",
        "index.d.ts",
        "package-lock.json",
        "yarn/pnpm-lock.yaml",
        "Cargo.lock",
        "poetry.lock",
        "uv.lock",
        "composer.lock",
        "Gopkg.lock",
        "Form1.Designer.cs",
        "form1.designer.vb",
        "Login.feature.cs",
        "src/__generated__/query.ts",
        "Base.lproj/Main.nib",
        "App.xcodeproj/contents.xcworkspacedata",
        "api/orders.pb.go",
        "api/orders.pb.gw.go",
        "api/orders_pb2.py",
        "api/orders_pb2_grpc.py",
        "lib/order.g.dart",
        "lib/order.freezed.dart",
        "App.g.i.cs",
        "pkg/zz_generated.deepcopy.go",
        "static/main.3f2a.chunk.js",
        # build output and tools
        "venv/lib/a.py",
        ".venv/a.py",
        "lib/python3/site-packages/a.py",
        "env/bin/activate",
        "my_env2/lib/python3.11/a.py",
        "env/pyvenv.cfg",
        "__pycache__/a.cpython-311.pyc",
        "a.pyc",
        "src/Main.class",
        ".git/config",
        ".idea/workspace.xml",
        ".vs/config/a.json",
        ".vscode/settings.json",
        "bin/Debug/net8.0/App.dll",
        "App/bin/Release/App.exe",
        "App/obj/Debug/net8.0/App.AssemblyInfo.cs",
        "App/obj/project.assets.json",
        "App/obj/App.csproj.nuget.g.props",
        "target/classes/a.properties",
        "target/debug/app",
        "app/build/intermediates/a.xml",
        "_build/dev/lib/a.beam",
        "dist-newstyle/a.hs",
        ".next/server/a.js",
        ".mypy_cache/a.json",
        "lantern.egg-info/PKG-INFO",
        "cmake-build-debug/a.c",
        "CMakeFiles/a.c",
        "Library/PackageCache/a.cs",
        "Assets/Scripts/Player.cs.meta",
        "art/icon.svg.import",
    ],
)
def test_libraries_generated_files_and_build_output_are_vendored(path):
    assert is_vendored(path)


@pytest.mark.parametrize(
    "path",
    [
        "pods/worker.yaml",
        "src/pods.py",
        "obj/teapot.obj",
        "models/obj/teapot.obj",
        "src/target/sniper.py",
        "Lantern.Framework/a.cs",
        "target.py",
        "bin/deploy.sh",
        "bin/debug/a.py",
        "build/index.ts",
        "env/production/main.tf",
        "env/lib/settings.ts",
        "environment/a.py",
        "cache/redis.go",
        "vendoring/a.py",
        "myvendor/a.py",
        "distance/a.c",
        "carthage/history.md",
        "coverage/map.ts",
        "library/books.py",
        "git/a.py",
        ".github/workflows/deploy.yml",
        "Jenkinsfile",
        "Vagrantfile",
        "src/controls.js",
        "docs/guide.md",
        "examples/a.py",
        "README.md",
        "reactor.js",
        "react-app/src/App.js",
        "angular-client/main.js",
        "prototype/src/game.js",
        "min.js",
        "designer.cs",
        "lock.py",
        "packages/ui/src/index.ts",
        "a",
        "",
    ],
)
def test_what_people_write_is_not_vendored(path):
    assert not is_vendored(path)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("docs/a.py", True),
        ("src/documentation/a.js", True),
        ("examples/a.py", True),
        ("README.md", True),
        ("LICENSE", True),
        ("lib/docs/a.py", False),
        ("src/readme.py", True),
        ("src/documents/a.py", False),
    ],
)
def test_documentation_is_told_by_its_name(path, expected):
    assert expected == is_documentation(path)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("src/a.py", True),
        ("docs/a.py", False),
        ("Jenkinsfile", False),
        ("rebar", False),
        ("src/rebar", True),
        ("cache/redis.go", False),
        ("react-app/src/App.js", False),
        ("api/orders.pb.go", False),
        ("obj/Debug/A.cs", True),
        ("Cargo.lock.d/a.rs", False),
    ],
)
def test_a_file_counts_if_it_counts_for_github(path, expected):
    assert expected == is_counted(path)


# Names and pieces of names that rules are made of.
PIECES = (
    *(
        "react",
        "angular",
        "jquery",
        "-ui",
        "-3.1.1",
        "bootstrap",
        ".min",
        "prototype",
        "d3",
        "cordova",
    ),
    *(
        "vendor",
        "Vendor",
        "third",
        "_party",
        "Party",
        "Pods",
        "node_modules",
        "packages",
        "v1.2",
        "docs",
    ),
    *(
        "_build",
        "static",
        "extjs",
        "flow-typed",
        "CodeMirror",
        "tiny_mce",
        "plugins",
        "Godeps",
        "deps",
    ),
    *(
        "rebar",
        "Cargo.lock",
        "README",
        "test",
        "fixtures",
        "import",
        ".d",
        "src",
        "index",
        ".pnp",
        "custom.",
    ),
    *(
        ".js",
        ".css",
        ".ts",
        ".scss",
        ".cs",
        ".designer",
        ".zep",
        ".c",
        "/",
        "/",
        "/",
        "/",
        "-",
        ".",
    ),
)
EXACTLY = re.compile("|".join([*linguist_rules(*KINDS), *GENERATED_NAMES]), re.ASCII)


@given(st.lists(st.sampled_from(PIECES), max_size=8).map("".join))
def test_the_rules_in_their_fast_form_say_what_linguists_own_say(joined):
    path = re.sub("/+", "/", joined).strip("/")

    assert is_counted(path) is not bool(EXACTLY.search(path))


@given(st.text())
def test_any_path_is_told(path):
    assert all(tell(path) in (True, False) for tell in (is_vendored, is_documentation, is_counted))


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "/jquery",
            "prototype/",
            "/mootools1.1",
            "1",
            "packages/",
            "/packages/1.1/",
            "a.",
            "import",
        ),
        *(
            "-",
            "vendor/a.",
            "/bootstrap",
            "extjs/",
            "env",
            ".pb",
            "/third-",
            "_",
            "/tiny_mce",
            "obj/",
        ),
    ],
)
@pytest.mark.timeout(20)
def test_hostile_paths_take_no_long_time(piece):
    """With patterns that look back again and again, this takes minutes."""
    path = piece * (100_000 // len(piece))

    is_vendored(path)
    is_counted(path)


class TestRules:
    LINES = RULES.read_text(encoding="utf-8").splitlines()

    def test_they_name_source_licence_and_how_to_renew_them(self):
        comment = "\n".join(line for line in self.LINES if line.startswith("#"))

        for words in (
            "https://github.com/github-linguist/linguist",
            "MIT",
            "Copyright (c) 2017 GitHub, Inc.",
            "Permission is hereby granted, free of charge",
            "make languages",
        ):
            assert words in comment

    def test_they_have_a_kind_and_a_pattern_are_sorted_and_unique(self):
        rows = [line for line in self.LINES if not line.startswith("#")]

        assert set(KINDS) == {row.split("\t")[0] for row in rows}
        assert [2] * len(rows) == [len(row.split("\t")) for row in rows]
        assert sorted(set(rows)) == rows

    @pytest.mark.parametrize(
        "rule", [*linguist_rules(*KINDS), *GENERATED_NAMES, *BUILD_OUTPUT, *COPIED]
    )
    def test_each_compiles_and_does_not_take_every_file(self, rule):
        assert not re.search(rule, "src/main.py", re.ASCII)
