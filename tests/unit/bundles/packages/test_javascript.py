"""Packages of npm, pnpm, Deno, JSR and Bower."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundles.packages.javascript import FORMATS
from tests.unit.bundles.packages.reading import named, names, reader

PACKAGE_JSON = """{
  "name": "harbour",
  "keywords": ["vitest"],
  "engines": {"node": ">=20"},
  "packageManager": "pnpm@9.0.0",
  "scripts": {"vitest": "vitest run"},
  "dependencies": {
    "//": "a comment",
    "solid-js": "^1.9.0",
    "@types/node": "^22"
  },
  "devDependencies": {
    "vitest": "^2"
  },
  "peerDependencies": {"react": "*"},
  "peerDependenciesMeta": {"webpack": {"optional": true}},
  "optionalDependencies": {"fsevents": "*"},
  "overrides": {"semver": "7"},
  "bundledDependencies": ["solid-js"]
}
"""


def test_package_json_names_packages_in_four_sections():
    expected = [
        ("solid-js", 9, False),
        ("@types/node", 10, True),
        ("vitest", 13, True),
        ("react", 15, False),
        ("fsevents", 17, False),
    ]

    assert expected == named("web/package.json", PACKAGE_JSON, FORMATS)


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        *(
            ("^1", "key"),
            ("*", "key"),
            ("", "key"),
            ("catalog:", "key"),
            (None, "key"),
            ({}, "key"),
        ),
        *(
            ("npm:real@1", "real"),
            ("npm:@scope/real@^1", "@scope/real"),
            ("npm:@scope/real", "@scope/real"),
        ),
        *(
            ("npm:real", "real"),
            (" npm:real@latest ", "real"),
            ("npm:@types/real@1", "@types/real*"),
        ),
        *(("npm:^1.2", "key"), ("npm:1.2", "key"), ("npm:~1", "key"), ("npm:latest", "key")),
        *(("workspace:*", None), ("workspace:key@^", None), ("link:../key", None)),
        *(("portal:../key", None), ("file:../key", None), ("file:lib/key-1.0.tgz", "key")),
        *(("git+ssh://git@host.test/a/b.git", "key"), ("github:a/b", "key"), ("a/b#main", "key")),
        ("https://user:secret@host.test/key.tgz", "key"),
    ],
)
def test_a_version_may_tell_the_name_or_that_the_package_is_the_author_s_own(version, expected):
    text = json.dumps({"dependencies": {"key": version}})

    assert [expected] * (expected is not None) == names("package.json", text, FORMATS)


@pytest.mark.parametrize("text", ["{}", '{"dependencies": []}', '{"dependencies": null}'])
def test_sections_may_be_empty(text):
    assert [] == names("package.json", text, FORMATS)


@pytest.mark.parametrize("name", ["", " ", "//", "_comment", "a b", "a/b/c", "@a", "$schema", ".a"])
def test_keys_that_npm_would_refuse_are_no_names(name):
    text = json.dumps({"dependencies": {name: "1", "kept": "1"}})

    assert ["kept"] == names("package.json", text, FORMATS)


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        *(("npm:hono@^4", "hono"), ("npm:/hono@4/jsx", "hono"), ("npm:@a/b@1/c", "@a/b")),
        *(("npm:hono", "hono"), ("npm:@types/a", "@types/a*"), ("jsr:@std/fs@^1/walk", "@std/fs")),
        *(("https://esm.sh/gh/owner/lib@1", "lib"), ("https://esm.sh/v9/pr/a/b@1/c", "b")),
        *(("https://cdn.jsdelivr.net/gh/a/b@1", "b"), ("https://esm.sh/gh/owner", None)),
        *(("https://esm.sh/preact@10?dev", "preact"), ("https://esm.sh/*preact@10", "preact")),
        *(("https://esm.sh/v135/@a/b@1/", "@a/b"), ("https://esm.sh/stable/a@1", "a")),
        *(("https://esm.sh/jsr/@std/fs", "@std/fs"), ("https://esm.sh/a&external=b", "a")),
        *(("https://deno.land/x/oak@v17/mod.ts", "oak"), ("https://deno.land/std@0.2/fs/", "std")),
        *(("https://unpkg.com/a@1/b.js", "a"), ("https://cdn.skypack.dev/@a/b", "@a/b")),
        *(("https://cdn.jsdelivr.net/npm/a@1/+esm", "a"), ("https://esm.run/a", "a")),
        *(
            ("https://ga.jspm.io/npm:a@1/index.js", "a"),
            ("https://jsr.io/@std/fs/1.0/mod.ts", "@std/fs"),
        ),
        *(("./src/", None), ("../lib.ts", None), ("/abs.ts", None), ("node:fs", None), ("a", None)),
        *(
            ("https://raw.githubusercontent.com/a/b/main/c.ts", None),
            ("https://host.test/a.ts", None),
        ),
        *(("npm:", None), ("jsr:./a", None), (None, None), ({}, None), (1, None)),
    ],
)
@pytest.mark.parametrize("path", ["deno.json", "deno.jsonc", "import_map.json", "jsr.json"])
def test_an_import_is_known_by_its_target(path, target, expected):
    text = json.dumps({"imports": {"alias": target}, "tasks": {"dev": "npm:task"}})

    assert [expected] * (expected is not None) == names(path, text, FORMATS)


DENO = """{
  // "imports": {"left": "npm:left"},
  'imports': {
    "@/": "./src/",
    "hono": "npm:hono@^4", /* "right": "npm:right", */
  },
  "scopes": {
    "./old/": {"chalk": "npm:chalk@4"},
  },
}
"""


def test_deno_json_may_have_comments_and_trailing_commas():
    assert [("hono", 5, False), ("chalk", 8, False)] == named("deno.json", DENO, FORMATS)


def test_an_import_map_may_not():
    with pytest.raises(ValueError):
        names("import-map.json", DENO, FORMATS)


@pytest.mark.parametrize("text", ['{"imports": []}', '{"scopes": 1}', '{"scopes": {"a": 1}}'])
def test_imports_may_be_anything(text):
    assert [] == names("deno.json", text, FORMATS)


def test_bower_json_names_packages_in_two_sections():
    text = (
        '{"name": "a", "dependencies": {"jquery": "^3", "own": "a/b#1", "": ""},\n'
        '"devDependencies": {"qunit": "*"}, "resolutions": {"angular": "1"}}'
    )
    expected = [("jquery", 1, False), ("own", 1, False), ("qunit", 2, True)]

    assert expected == named("bower.json", text, FORMATS)


def test_pnpm_s_workspace_names_packages_in_its_catalogs():
    text = (
        "packages:\n  - 'apps/*'\n\ncatalog:\n  svelte: ^5 # comment\n  '@a/b': ^1\n  own: 'workspace:*'\n"
        "catalogs:\n  old:\n    vite: npm:rolldown-vite@1\n  odd: 1\n"
        "overrides:\n  semver: 7\n  ? [x]\n  : 1\n"
    )
    expected = [("svelte", 5, False), ("@a/b", 6, False), ("rolldown-vite", 10, False)]

    assert expected == named("pnpm-workspace.yaml", text, FORMATS)


@pytest.mark.parametrize("text", ["", "packages: []\n", "catalog:\n", "catalogs: 1\n", "- a\n"])
def test_a_workspace_may_have_no_catalogs(text):
    assert [] == names("pnpm-workspace.yaml", text, FORMATS)


@pytest.mark.parametrize(
    "path",
    [
        "package-lock.json",
        "deno.lock",
        "pnpm-lock.yaml",
        "yarn.lock",
        "tsconfig.json",
        ".bower.json",
    ],
)
def test_other_files_are_not_read(path):
    assert reader(path, FORMATS) is None


SECTIONS = ["dependencies", "imports", "scopes", "catalog", "catalogs"]
VALUES = st.none() | st.text(max_size=5) | st.sampled_from(["npm:a", "workspace:*", [], {"a": {}}])
STRUCTURED = st.dictionaries(
    st.sampled_from(SECTIONS), VALUES | st.dictionaries(st.text(max_size=5), VALUES, max_size=3)
).map(json.dumps)


@pytest.mark.parametrize("read", [file_format.read for file_format in FORMATS])
@given(text=st.text(max_size=50) | STRUCTURED)
def test_no_text_raises_anything_else(read, text):
    with contextlib.suppress(ValueError):
        list(read(text))
