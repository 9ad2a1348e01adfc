"""What the page and the widget are made of."""

from __future__ import annotations

import gzip
import json
import re

import pytest

from http_api.pages import ASSETS, NO_SCRIPTS, OWN_SCRIPTS
from tools.host_process import ROOT
from web.static_files import STATIC, static_text

MOST_WIDGET_BYTES = 15_000


def test_the_widget_is_small():
    assert len(gzip.compress(static_text("widget.js").encode())) < MOST_WIDGET_BYTES


def test_no_inline_script_may_run_anywhere():
    scripts = dict(part.split(maxsplit=1) for part in OWN_SCRIPTS.split("; "))["script-src"]

    assert "'self'" == scripts
    assert "script-src" not in NO_SCRIPTS
    assert NO_SCRIPTS.startswith("default-src 'none'")
    page = static_text("ui.html")
    assert not re.search(r"\son\w+=|style=|<style|<script(?![^>]*\ssrc=)", page)


@pytest.mark.parametrize("name", [*ASSETS, "ui.html", "widget.js"])
def test_nothing_is_loaded_from_elsewhere(name):
    addresses = re.findall(r"https?://[^\s\"'<>`]+", static_text(name))

    assert {"https://github.com/USERNAME", "https://app.example/api"} >= set(addresses)


@pytest.mark.parametrize("name", ["app.js", "widget.js"])
def test_text_of_repositories_never_becomes_markup(name):
    forbidden = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|setHTMLUnsafe"

    assert not re.search(forbidden, static_text(name))


def test_every_file_of_the_page_is_served_and_nothing_else():
    assert {*ASSETS, "ui.html", "widget.js"} == {path.name for path in STATIC.iterdir()}


def test_languages_have_githubs_colours():
    colors = json.loads(static_text("colors.json"))

    assert ("#3572A5", "#00ADD8") == (colors["Python"], colors["Go"])
    assert all(re.fullmatch(r"#[0-9a-fA-F]{6}", color) for color in colors.values())


def test_the_readme_shows_the_page_and_the_widget():
    readme = (ROOT / "README.md").read_text()

    for image in re.findall(r"docs/images/[\w.-]+", readme):
        assert (ROOT / image).exists(), image
    assert "<portfolio-search src=" in readme
    assert "/api/widget.js" in (ROOT / "docs" / "widget.html").read_text()
