"""Crates in Cargo.toml."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundles.packages.rust import FORMATS, read_cargo
from tests.unit.bundles.packages.reading import named, names, reader


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param('[package]\nname = "buoy"\nversion = "1"', [], id="own-name"),
        pytest.param('[dependencies]\nserde = "1"\n# rand = "1"', ["serde"], id="comment"),
        pytest.param('[dependencies]\nserde = { git = "https://a/b" }', ["serde"], id="git"),
        pytest.param('[dependencies.axum]\nversion = "1"', ["axum"], id="table-of-its-own"),
        pytest.param('dependencies.axum.version = "1"', ["axum"], id="dotted"),
        pytest.param('dependencies = { axum = "1", log = "1" }', ["axum", "log"], id="inline"),
        pytest.param('[dev-dependencies]\na = "1"', ["a*"], id="dev"),
        pytest.param('[dev_dependencies]\na = "1"', ["a*"], id="dev-underscore"),
        pytest.param('[build-dependencies]\ncc = "1"', ["cc*"], id="build"),
        pytest.param('[build_dependencies]\ncc = "1"', ["cc*"], id="build-underscore"),
        pytest.param(
            "[target.'cfg(windows)'.dependencies]\nwinapi = '1'\n"
            "[target.x86_64-pc-windows-gnu.dev-dependencies]\nb = '1'",
            ["winapi", "b*"],
            id="target",
        ),
        pytest.param(
            '[dependencies]\nweb = { package = "poem", version = "3" }', ["poem"], id="renamed"
        ),
        pytest.param('[dependencies]\nhull = { path = "../hull" }', [], id="folder"),
        pytest.param(
            '[dependencies]\nhull = { path = "../hull", version = "1" }', ["hull"], id="published"
        ),
        pytest.param("[dependencies]\nlog.workspace = true", ["log"], id="of-the-workspace"),
        pytest.param(
            '[workspace.dependencies]\nweb = { package = "poem", version = "3" }\n'
            'hull = { path = "hull" }\n'
            "[dependencies]\nweb.workspace = true\nhull = { workspace = true }",
            ["poem", "poem"],
            id="root-of-a-workspace",
        ),
        pytest.param(
            '[features]\ndefault = ["std"]\n[profile.release]\nlto = true\n'
            '[patch.crates-io]\nrand = { path = "rand" }\n[workspace]\nmembers = ["a"]',
            [],
            id="other-tables",
        ),
        pytest.param("dependencies = 1\ntarget = 2\nworkspace = 3", [], id="no-tables"),
        pytest.param("[dependencies]\na = { package = 1 }", ["a"], id="odd-name"),
        pytest.param("", [], id="empty"),
    ],
)
def test_crates(text, expected):
    assert expected == names("Cargo.toml", text, FORMATS)


def test_lines_are_where_the_crates_stand():
    text = (
        '[package]\nname = "poem"\n\n[dependencies]\nlog = "1"\n'
        '[dependencies.web]\nversion = "3"\npackage = "poem"\n'
        '[dev-dependencies]\nlog = "1"\n'
    )
    expected = [("log", 5, False), ("poem", 8, False), ("log", 10, True)]

    assert expected == named("crates/a/Cargo.toml", text, FORMATS)


def test_broken_toml_is_refused():
    with pytest.raises(ValueError):
        names("Cargo.toml", "[dependencies", FORMATS)


def test_lock_files_are_not_read():
    assert reader("Cargo.lock", FORMATS) is None


@given(st.text() | st.text(alphabet="[]dependencies.=\"'{}#\n"))
def test_no_text_raises_anything_else(text):
    with contextlib.suppress(ValueError):
        list(read_cargo(text))
