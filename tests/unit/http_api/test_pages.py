"""The search page, the widget and the API page, and the files that they consist of."""

from __future__ import annotations

import gzip
import json
import re

import pytest

from errors import UnknownPage, UnknownPortfolio
from http_api.pages import (
    ASSETS,
    NO_SCRIPTS,
    OWN_SCRIPTS,
    respond_asset,
    respond_docs,
    respond_openapi,
    respond_ui,
    respond_widget,
)
from tests.unit.http_api.fakes import get, json_of
from tools.host_process import ROOT
from web.api_page import api_page, openapi_document
from web.static_files import STATIC, static_text

MAX_WIDGET_BYTES = 15_000  # compressed
AN_HOUR = "public, max-age=3600"


def asset(name: str, **headers: str):
    named = {header.replace("_", "-"): value for header, value in headers.items()}
    return get(f"/ui/{name}", route={"asset": name}, headers=named)


class TestRoutes:
    @pytest.mark.parametrize(
        ("params", "username"), [({}, "Ada"), ({"username": "GRACE"}, "grace")]
    )
    async def test_the_search_page_is_about_the_username(self, params, username):
        response = await respond_ui(get("/ui", **params))

        page = response.get_body().decode()
        assert f'data-username="{username}"' in page
        assert "USERNAME" not in page
        assert ("text/html", OWN_SCRIPTS, AN_HOUR) == (
            response.mimetype,
            response.headers["Content-Security-Policy"],
            response.headers["Cache-Control"],
        )

    async def test_there_is_no_search_page_of_a_username_that_is_not_served(self):
        with pytest.raises(UnknownPortfolio):
            await respond_ui(get("/ui", username="mallory"))

    @pytest.mark.parametrize(("name", "mimetype"), ASSETS.items())
    async def test_an_asset_is_served_with_its_type_and_a_304_to_its_etag(self, name, mimetype):
        response = await respond_asset(asset(name))
        known = await respond_asset(asset(name, If_None_Match=response.headers["ETag"]))

        assert (200, mimetype) == (response.status_code, response.mimetype)
        assert static_text(name).encode() == response.get_body()
        assert (304, AN_HOUR) == (known.status_code, known.headers["Cache-Control"])

    @pytest.mark.parametrize("name", ["ui.html", "../../settings.py", "x" * 500])
    async def test_no_other_file_is_an_asset(self, name):
        with pytest.raises(UnknownPage) as raised:
            await respond_asset(asset(name))
        assert len(str(raised.value)) < 150

    async def test_the_widget_may_be_loaded_by_every_site(self):
        response = await respond_widget(get("/widget.js"))
        known = await respond_widget(
            get("/widget.js", headers={"If-None-Match": response.headers["ETag"]})
        )

        assert (200, "text/javascript") == (response.status_code, response.mimetype)
        assert 304 == known.status_code
        for sent in (response, known):
            assert "*" == sent.headers["Access-Control-Allow-Origin"]

    async def test_the_openapi_document_is_served_as_json(self):
        assert openapi_document() == json_of(await respond_openapi())

    async def test_the_api_page_runs_no_script(self):
        response = await respond_docs()

        assert api_page() == response.get_body().decode()
        assert NO_SCRIPTS == response.headers["Content-Security-Policy"]


class TestFiles:
    def test_the_widget_is_small(self):
        assert len(gzip.compress(static_text("widget.js").encode())) < MAX_WIDGET_BYTES

    def test_no_inline_script_may_run_anywhere(self):
        scripts = dict(part.split(maxsplit=1) for part in OWN_SCRIPTS.split("; "))["script-src"]

        assert "'self'" == scripts
        for policy in (OWN_SCRIPTS, NO_SCRIPTS):
            assert "img-src 'self';" in policy, "for the icon"
        assert "script-src" not in NO_SCRIPTS
        assert NO_SCRIPTS.startswith("default-src 'none'")
        page = static_text("ui.html")
        assert not re.search(r"\son\w+=|style=|<style|<script(?![^>]*\ssrc=)", page)

    @pytest.mark.parametrize("name", [*ASSETS, "ui.html", "widget.js"])
    def test_no_file_loads_anything_from_another_site(self, name):
        addresses = set(re.findall(r"https?://[^\s\"'<>`]+", static_text(name)))
        links = {"https://github.com/USERNAME", "https://app.example/api"}
        namespaces = {"http://www.w3.org/2000/svg"}

        assert addresses <= links | namespaces

    @pytest.mark.parametrize("name", ["app.js", "widget.js"])
    def test_text_of_repositories_never_becomes_markup(self, name):
        forbidden = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|setHTMLUnsafe"

        assert not re.search(forbidden, static_text(name))

    def test_every_static_file_is_served(self):
        assert {*ASSETS, "ui.html", "widget.js"} == {path.name for path in STATIC.iterdir()}

    def test_languages_have_the_colours_that_github_gives_them(self):
        colors = json.loads(static_text("colors.json"))

        assert ("#3572A5", "#00ADD8") == (colors["Python"], colors["Go"])
        assert all(re.fullmatch(r"#[0-9a-fA-F]{6}", color) for color in colors.values())

    def test_the_readme_shows_the_page_and_the_widget(self):
        readme = (ROOT / "README.md").read_text()

        for image in re.findall(r"docs/images/[\w.-]+", readme):
            assert (ROOT / image).exists(), image
        assert "<portfolio-search src=" in readme
        assert "/api/widget.js" in (ROOT / "docs" / "widget.html").read_text()
