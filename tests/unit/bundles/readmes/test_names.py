"""Which README is shown, and how much of it is kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundles.readmes import cut_readme, readme_paths
from bundles.readmes.names import MAX_README_BYTES


@pytest.mark.parametrize(
    ("paths", "chosen"),
    [
        (["README.rst", "README.md"], "README.md"),
        (["README.txt", "README.adoc"], "README.adoc"),
        (["README", "readme.mediawiki"], "readme.mediawiki"),
        (["docs/README.md", "README"], "README"),
        (["README.md", ".github/README.md"], ".github/README.md"),
        (["readme.txt"], "readme.txt"),
        (["src/README.md", "docs/readme.org"], "docs/readme.org"),
        (["README.backup.html", "README.md", "README.md.bak"], "README.md"),
        (["README.zh-CN.md", "README.md"], "README.md"),
        (["README.zh-CN.md", "docs/README"], "docs/README"),
        (["README_ja.md"], "README_ja.md"),
        (["Readme.fr.rst", "README-en.md", "README.de.md"], "README-en.md"),
        (["README-pt_BR.md", "README.es.adoc"], "README-pt_BR.md"),
        (["README.rst.txt"], "README.rst.txt"),
        (["README.mkdn", "README.creole", "README.pod", "README.textile"], "README.mkdn"),
        (["src/README.md", "README.py", "README.md.bak", "readme-old.md", "README-dev.md"], None),
        ([], None),
    ],
)
def test_the_readme_is_the_one_that_github_shows(paths, chosen):
    assert chosen == next(iter(readme_paths(paths)), None)
    assert readme_paths(paths) == readme_paths(reversed(paths))


@pytest.mark.parametrize(
    ("content", "text", "warnings"),
    [
        (b"# A", "# A", []),
        (b"\xef\xbb\xbf# A\r\n", "# A\n", []),
        ("# Käse".encode("cp1252"), "# Käse", []),
        ("Größe ".encode() + b"\xff", "Größe \ufffd", ["readme_undecodable"]),
        ("This is \ufffd.".encode(), "This is \ufffd.", []),
        (bytes(range(256)), "", ["readme_undecodable"]),
        (b"a" * MAX_README_BYTES, "a" * MAX_README_BYTES, []),
        (b"a" * (MAX_README_BYTES + 1), "a" * MAX_README_BYTES, ["readme_cut"]),
        (
            "ö".encode() * MAX_README_BYTES + b"\xff",
            "ö" * (MAX_README_BYTES // 2),
            ["readme_cut", "readme_undecodable"],
        ),
    ],
    ids=["plain", "mark", "cp1252", "stray", "quoted", "binary", "just-fits", "too-long", "both"],
)
def test_a_readme_is_text_of_at_most_64_kb(content, text, warnings):
    assert (text, warnings) == cut_readme(content)


@given(st.text("aé漢😀", max_size=10).map(lambda text: (text * 20_000).encode()))
def test_a_readme_is_cut_between_characters(content):
    text, warnings = cut_readme(content)

    assert len(text.encode()) <= MAX_README_BYTES
    assert ("readme_cut" in warnings) == (len(content) > MAX_README_BYTES)
    assert content.decode().startswith(text)
