"""The search page, the widget and the API page, and the files that they consist of."""

from __future__ import annotations

import gzip
import json
import re
from urllib.parse import urljoin, urlsplit

import pytest

from errors import UnknownPage, UnknownPortfolio
from http_api.pages import (
    API_ASSETS,
    ASSETS,
    OWN_SCRIPTS,
    OWN_SCRIPTS_AND_DATA_IMAGES,
    respond_asset,
    respond_docs,
    respond_docs_asset,
    respond_openapi,
    respond_ui,
    respond_widget,
)
from http_api.responses import answered
from tests.unit.http_api.fakes import get, json_of
from tools.host_process import ROOT
from web.api_page import api_page, openapi_document
from web.static_files import STATIC, SWAGGER_UI, static_text

MAX_WIDGET_BYTES = 6_000  # compressed
AN_HOUR = "public, max-age=3600"
OWN_FILES = {
    *(*ASSETS, "ui.html", "widget.js", "api_page.html"),
    *(name for name, (folder, _) in API_ASSETS.items() if folder == STATIC),
}


def asset(name: str, page: str = "ui", **headers: str):
    named = {header.replace("_", "-"): value for header, value in headers.items()}
    return get(f"/{page}/{name}", route={"asset": name}, headers=named)


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

    @pytest.mark.parametrize("path", ["/docs", "/docs/", "/docs/?a=/b"])
    async def test_the_api_page_finds_its_files_from_its_address(self, path):
        response = await respond_docs(get(path))

        page = response.get_body().decode()
        assert OWN_SCRIPTS_AND_DATA_IMAGES == response.headers["Content-Security-Policy"]
        assert api_page(ends_with_slash=path != "/docs") == page
        address = urlsplit(f"http://app.example/tools/api{path}")
        references = re.findall(r'(?:href|src)="([^"]+)"', page)
        assert {
            *(f"/tools/api/{name}" for name in ("openapi.json", "ui", "ui/icon.svg")),
            *(f"/tools/api/docs/{name}" for name in API_ASSETS if "LICENSE" not in name),
        } == {urlsplit(urljoin(address.geturl(), reference)).path for reference in references}

    @pytest.mark.parametrize("name", API_ASSETS)
    async def test_a_file_of_the_api_page_is_served_and_a_304_to_its_etag(self, name):
        folder, mimetype = API_ASSETS[name]
        response = await respond_docs_asset(asset(name, "docs"))
        known = await respond_docs_asset(
            asset(name, "docs", If_None_Match=response.headers["ETag"])
        )

        assert (200, mimetype) == (response.status_code, response.mimetype)
        assert (folder / name).read_bytes() == response.get_body()
        assert (304, AN_HOUR) == (known.status_code, known.headers["Cache-Control"])

    async def test_a_file_is_compressed_once_for_all_callers_that_accept_gzip(self):
        request = asset("swagger-ui-bundle.js", "docs", Accept_Encoding="gzip")
        first, second = [await answered(request, respond_docs_asset, request) for _ in range(2)]

        assert first.get_body() is second.get_body()
        assert static_text("swagger-ui-bundle.js", SWAGGER_UI).encode() == gzip.decompress(
            first.get_body()
        )
        assert ("gzip", "Accept-Encoding", "text/javascript") == (
            first.headers["Content-Encoding"],
            first.headers["Vary"],
            first.mimetype,
        )

    @pytest.mark.parametrize("name", ["api_page.html", "VERSION", "../../settings.py", "x" * 500])
    async def test_no_other_file_is_part_of_the_api_page(self, name):
        with pytest.raises(UnknownPage) as raised:
            await respond_docs_asset(asset(name, "docs"))
        assert len(str(raised.value)) < 150


class TestFiles:
    def test_the_widget_is_small(self):
        compressed = gzip.compress(static_text("widget.js").encode(), compresslevel=9)

        assert len(compressed) < MAX_WIDGET_BYTES

    def test_no_inline_script_may_run_anywhere(self):
        scripts = dict(part.split(maxsplit=1) for part in OWN_SCRIPTS.split("; "))["script-src"]

        assert "'self'" == scripts
        assert "img-src 'self';" in OWN_SCRIPTS, "for the icon"
        assert "data:" not in OWN_SCRIPTS
        assert OWN_SCRIPTS == OWN_SCRIPTS_AND_DATA_IMAGES.replace(" data:", "")
        for page in (static_text("ui.html"), api_page()):
            assert not re.search(r"\son\w+=|style=|<style|<script(?![^>]*\ssrc=)", page)

    @pytest.mark.parametrize("name", sorted(OWN_FILES))
    def test_no_file_loads_anything_from_another_site(self, name):
        addresses = set(re.findall(r"https?://[^\s\"'<>`]+", static_text(name)))
        links = {"https://github.com/USERNAME"}
        namespaces = {"http://www.w3.org/2000/svg"}

        assert addresses <= links | namespaces

    @pytest.mark.parametrize("name", ["app.js", "api_page.js", "widget.js"])
    def test_text_of_repositories_never_becomes_markup(self, name):
        forbidden = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|setHTMLUnsafe"

        assert not re.search(forbidden, static_text(name))

    def test_every_static_file_is_served(self):
        assert OWN_FILES == {path.name for path in STATIC.iterdir()}

    def test_languages_have_the_colours_that_github_gives_them(self):
        colors = json.loads(static_text("colors.json"))

        assert ("#3572A5", "#00ADD8") == (colors["Python"], colors["Go"])
        assert all(re.fullmatch(r"#[0-9a-fA-F]{6}", color) for color in colors.values())

    def test_the_readme_shows_the_page_and_the_widget(self):
        readme = (ROOT / "README.md").read_text()

        for image in re.findall(r"docs/images/[\w.-]+", readme):
            assert (ROOT / image).exists(), image
        assert "<portfolio-search " in readme
        for demo in ("plain", "react", "vue"):
            assert f"samples/widget/{demo}.html" in readme
            assert "/api/widget.js" in (ROOT / "samples" / "widget" / f"{demo}.html").read_text()

    def test_the_readme_lists_what_sites_can_set(self):
        readme, widget = (ROOT / "README.md").read_text(), static_text("widget.js")
        (attributes,) = re.findall(r"observedAttributes = \[(.+)\]", widget)
        parts = set(re.findall(r'\bpart: "(\w+)"', widget)) | {"name", "source", "citation"}

        for name in re.findall(r'"(\w+)"', attributes):
            assert f"`{name}`" in readme
        for name in set(re.findall(r"--portfolio-\w+", widget)) | parts:
            assert f"`{name}`" in readme, name
