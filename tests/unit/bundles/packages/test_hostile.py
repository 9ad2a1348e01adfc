"""Texts that make a parser slow if it scans any part twice for each character."""

from __future__ import annotations

import contextlib

import pytest

from bundles.packages import go, javascript, julia, php, python, ruby, rust

READERS = sorted(
    {
        file_format.read
        for module in (go, javascript, julia, php, python, ruby, rust)
        for file_format in module.FORMATS
    },
    key=lambda read: (read.__module__, read.__qualname__),
)
LENGTH = 60_000
HOSTILE = {
    **{
        piece: piece * (LENGTH // len(piece))
        for piece in ['"\\', '"', "'", '"a" ', "a", "(/", "<<A "]
    },
    **{
        piece: piece * (LENGTH // len(piece)) for piece in ["gem 'a', ", "group :a do ", "=begin\n"]
    },
    "blanks": "[a]\nb" + " " * LENGTH + "c",
    "dotted-key": "a." * (LENGTH // 2) + "a = 1",
    "quoted-key": '"\\"".' * (LENGTH // 5) + "a = 1",
    "many-extras": "[project.optional-dependencies]\n"
    + "".join(f'p{number} = ["a{number}"]\n' for number in range(LENGTH // 40)),
    "many-packages": '{"dependencies": {'
    + ", ".join(f'"p{number}": "1"' for number in range(LENGTH // 12))
    + "}}",
    "deep-tool": "tool " + "a/" * (LENGTH // 2),
}


@pytest.mark.timeout(30)  # a quadratic one takes minutes
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_no_text_takes_time_that_grows_with_its_square(text):
    for read in READERS:
        with contextlib.suppress(ValueError, RecursionError):
            list(read(text))
