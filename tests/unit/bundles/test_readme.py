"""The README, and text that may not be UTF-8."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundles.readme import MAX_README_BYTES, cut_readme, readme_path
from bundles.text import decoded, encodable


@pytest.mark.parametrize(
    ("paths", "chosen"),
    [
        (["README.rst", "README.md"], "README.md"),
        (["docs/README.md", "README"], "README"),
        (["README.md", ".github/README.md"], ".github/README.md"),
        (["readme.txt"], "readme.txt"),
        (["src/README.md", "docs/readme.org"], "docs/readme.org"),
        (["src/README.md", "README.py", "README.md.bak", "readme-old.md"], None),
        ([], None),
    ],
)
def test_the_readme_is_the_one_that_github_shows(paths, chosen):
    assert chosen == readme_path(paths)


@pytest.mark.parametrize(
    ("content", "text", "warnings"),
    [
        (b"# A", "# A", []),
        (b"\xef\xbb\xbf# A", "# A", []),
        (b"a\xffb", "a\ufffdb", ["readme_undecodable"]),
        (b"a" * MAX_README_BYTES, "a" * MAX_README_BYTES, []),
        (b"a" * (MAX_README_BYTES + 1), "a" * MAX_README_BYTES, ["readme_cut"]),
        (
            b"\xff" * (MAX_README_BYTES + 1),
            "\ufffd" * (MAX_README_BYTES // 3),
            ["readme_cut", "readme_undecodable"],
        ),
    ],
    ids=["plain", "byte-order-mark", "not-utf-8", "just-fits", "too-long", "both"],
)
def test_a_readme_is_text_of_at_most_64_kb(content, text, warnings):
    assert (text, warnings) == cut_readme(content)


@given(st.text(max_size=10).map(lambda text: (text * 20_000).encode(errors="replace")))
def test_a_readme_is_cut_between_characters(content):
    text, warnings = cut_readme(content)

    assert len(text.encode()) <= MAX_README_BYTES
    assert ("readme_cut" in warnings) == (len(content) > MAX_README_BYTES)
    assert content.decode("utf-8-sig").startswith(text)


@given(st.text())
def test_any_text_can_be_written_once_it_is_encodable(text):
    assert encodable(text) == encodable(text).encode().decode()


def test_only_lone_surrogates_are_replaced():
    assert "ä?😀" == encodable("ä\ud800😀")


def test_text_is_decoded_without_its_byte_order_mark():
    assert "a\ufffd" == decoded(b"\xef\xbb\xbfa\xff")
