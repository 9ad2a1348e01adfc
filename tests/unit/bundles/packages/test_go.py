"""Modules in go.mod."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundles.packages.go import FORMATS, read_go_mod
from tests.unit.bundles.packages.reading import named, names, reader

GO_MOD = """// Deprecated: use example.test/harbour/v2
module example.test/harbour // own

go 1.24
toolchain go1.24.1

require (
\tgithub.com/labstack/echo/v4 v4.13.0
\t"go.uber.org/zap" v1.27.0 // logs
\t`modernc.org/sqlite` v1.34.0
\tgolang.org/x/text v0.21.0 // indirect
\tgolang.org/x/mod v0.22.0 //indirect; kept for a tool
\tgolang.org/x/vuln v1.1.3 // indirect
\t// github.com/commented/out v1.0.0
\texample.test/hull v0.0.0-00010101000000-000000000000
\texample.test/fork v1.2.0 // indirect use only
)

require(
)
require github.com/rs/xid v1.6.0
require incomplete

exclude github.com/bad/luck v1.0.0
replace (
\texample.test/hull => ../hull
\texample.test/fork v1.2.0 => ./fork
\tgithub.com/old/mast => github.com/new/mast v1.0.0
)
retract [v0.1.0, v0.2.0]
tool golang.org/x/vuln/cmd/govulncheck
tool (
\texample.test/harbour/cmd/gen
\tgithub.com/unknown/tool/cmd
)
"""


def test_what_is_required_directly_is_named_and_tools_are_for_development():
    expected = [
        ("github.com/labstack/echo/v4", 8, False),
        ("go.uber.org/zap", 9, False),
        ("modernc.org/sqlite", 10, False),
        ("example.test/fork", 16, False),
        ("github.com/rs/xid", 21, False),
        ("golang.org/x/vuln", 31, True),
        ("github.com/unknown/tool/cmd", 34, True),
    ]

    assert expected == named("service/go.mod", GO_MOD, FORMATS)


@pytest.mark.parametrize("text", ["", "\n\n", "// a\n", "module a.b/c\n"])
def test_a_file_may_require_nothing(text):
    assert [] == names("go.mod", text, FORMATS)


def test_a_tool_with_an_endless_path_has_no_module():
    path = "a/" * 1_000 + "b"

    assert ["a.b/c", f"{path}*"] == names("go.mod", f"require a.b/c v1\ntool {path}\n", FORMATS)


@pytest.mark.parametrize(
    "text",
    ["require (\na.b/c v1\n", "require (\nrequire (\n)\n)\n", ")", "require a.b/c v1 )", 'a "b'],
)
def test_a_parenthesis_or_a_quote_without_its_counterpart_is_refused(text):
    with pytest.raises(ValueError):
        names("go.mod", text, FORMATS)


@pytest.mark.parametrize("path", ["go.sum", "go.work", "cargo.mod"])
def test_other_files_are_not_read(path):
    assert reader(path, FORMATS) is None


@given(st.text() | st.text(alphabet='requi(a.b/c v1)\n"`=>tol'))
def test_no_text_raises_anything_else(text):
    with contextlib.suppress(ValueError):
        list(read_go_mod(text))
