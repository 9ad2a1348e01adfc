"""The files of the page are read as UTF-8, once, and the app serves every module that it imports."""

from __future__ import annotations

import re

import pytest

from http_api.pages import ASSETS
from web.api_page import openapi_document
from web.static_files import static_text


def test_a_file_is_read_once_as_utf_8():
    assert "USERNAME’s portfolio" in static_text("ui.html")
    assert static_text("ui.html") is static_text("ui.html")


def test_a_file_that_does_not_exist_is_an_error():
    with pytest.raises(FileNotFoundError):
        static_text("absent.js")


def test_every_module_that_the_page_imports_is_served_and_no_other():
    imported, unread = {"app.js"}, ["app.js"]
    while unread:
        modules = set(re.findall(r'from "\./([^"]+)"', static_text(unread.pop()))) - imported
        imported |= modules
        unread += modules

    assert imported == {name for name in ASSETS if name.endswith(".js")}


def test_the_api_document_names_every_file_of_the_page():
    operation = openapi_document()["paths"]["/ui/{asset}"]["get"]

    assert sorted(ASSETS) == operation["parameters"][0]["schema"]["enum"]
    assert set(ASSETS.values()) == set(operation["responses"]["200"]["content"])


@pytest.mark.parametrize("name", sorted(name for name in ASSETS if name.endswith(".js")))
def test_no_module_makes_markup_of_text(name):
    """A repository's text is put into text nodes, so that it cannot bring a script."""
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write", static_text(name)
    )
