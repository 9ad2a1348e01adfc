"""The files of the page are read as UTF-8, once."""

from __future__ import annotations

import pytest

from web.static_files import static_text


def test_a_file_is_read_once_as_utf_8():
    assert "USERNAME’s portfolio" in static_text("ui.html")
    assert static_text("ui.html") is static_text("ui.html")


def test_a_file_that_does_not_exist_is_an_error():
    with pytest.raises(FileNotFoundError):
        static_text("absent.js")
