"""The widget in Chromium, on another site with a strict policy, against the app or answers of the test's."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from github_standin.portfolio import load_user
from github_standin.server import GitHubServer, StandIn
from localhost.azurite import Azurite
from tests.e2e.accessibility import AXE, AXE_RULES, violations
from tests.e2e.shared_app import served_portfolio
from tests.e2e.site import Site
from tools.host_process import ROOT, SAMPLES, USERNAME, HostProcess
from web.static_files import static_text

pytestmark = pytest.mark.server
ESBUILD = ROOT / "node_modules" / ".bin" / "esbuild"
DEMOS = ROOT / "samples" / "widget"
DEMO_APP = "http://localhost:7071"  # where the demo pages expect the app
CDN = "https://esm.sh/"
OTHER_APP = "https://app.example"  # answers as a test says
HEAD = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A site</title>'
    '<link rel="icon" href="data:,"></head>'
)

Widget = Callable[[str], Page]


def version_of(package: str) -> str:
    """Return the version of an npm package that this project pins."""
    pinned = json.loads((ROOT / "package.json").read_text())["devDependencies"]
    return str(pinned[package])


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """React and Vue as the modules that a CDN makes of them, by their path on it."""
    folder = tmp_path_factory.mktemp("modules")
    exports = {
        "react": 'export { createElement, StrictMode, useState } from "react";',
        "client": 'export { createRoot } from "react-dom/client";',
        "vue": 'export { createApp, h, ref } from "vue/dist/vue.runtime.esm-browser.prod.js";',
    }
    for name, text in exports.items():
        (folder / f"{name}.js").write_text(text)
    subprocess.run(
        [
            *(ESBUILD, *(folder / f"{name}.js" for name in exports)),
            *("--bundle", "--splitting", "--format=esm", "--log-level=error"),
            *('--define:process.env.NODE_ENV="production"', f"--outdir={folder / 'made'}"),
        ],
        check=True,
        env={**os.environ, "NODE_PATH": str(ROOT / "node_modules")},
    )
    names = {
        "react": f"react@{version_of('react')}",
        "client": f"react-dom@{version_of('react-dom')}/client",
        "vue": f"vue@{version_of('vue')}",
    }
    # They import a file that they share, relatively.
    return {
        names.get(path.stem, path.name): path.read_text().replace('"./', '"/modules/')
        for path in Path(folder / "made").iterdir()
    }


@pytest.fixture(scope="module")
def site(modules: dict[str, str]) -> Iterator[Site]:
    """The site of the demo pages. It serves the modules that the pages get from a CDN."""
    with Site() as running:
        running.files = {f"modules/{name}": text for name, text in modules.items()}
        yield running


@pytest.fixture(scope="module")
def app(
    browser: Browser,  # first, so that nothing is started in vain without a browser
    azurite: Azurite,
    site: Site,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[HostProcess]:
    """The app with the sample portfolio. No test may change what it serves."""
    with (
        GitHubServer(StandIn(load_user(SAMPLES))) as github,
        served_portfolio(
            azurite, github, tmp_path_factory.mktemp("state"), ALLOWED_ORIGINS=site.origin
        ) as host,
    ):
        site.scripts_from = host.url
        for path in DEMOS.iterdir():
            text = path.read_text().replace(DEMO_APP, host.url).replace(CDN, "/modules/")
            site.files[path.name] = text
        yield host


def questions_to(page: Page) -> list[dict[str, str]]:
    """Collect the parameters of every request for a ranking or an answer, from now on."""
    asked: list[dict[str, str]] = []

    def note(url: str) -> None:
        address = urlsplit(url)
        if address.path.endswith("/query"):
            asked.append({name: values[0] for name, values in parse_qs(address.query).items()})

    page.on("request", lambda request: note(request.url))
    return asked


def written(asked: list[dict[str, str]]) -> list[str]:
    """List the questions whose written answer was requested."""
    return [question["q"] for question in asked if question.get("answer") != "false"]


class TestDemos:
    @pytest.mark.parametrize("demo", ["plain", "react", "vue"])
    def test_the_demo_answers_with_one_request_for_a_written_answer(
        self, app, site, open_page, demo
    ):
        page = open_page(f"{site.origin}/{demo}.html")
        asked = questions_to(page)

        page.locator("portfolio-search input").press_sequentially("kubernetes", delay=20)

        link = page.locator("portfolio-search [part=name]").first
        expect(link).to_have_text("skyhook")
        expect(link).to_have_attribute("href", f"https://github.com/{USERNAME}/skyhook")
        expect(page.locator("portfolio-search [part=answer]")).to_contain_text("skyhook fits best")
        expect(page.locator("portfolio-search [part=citation]").first).to_have_text("skyhook")
        evidence = page.locator("portfolio-search [part=evidence]").first
        expect(evidence).to_contain_text("Kubernetes")
        source = evidence.get_by_role("link").first.get_attribute("href")
        assert source is not None
        assert source.startswith(f"https://github.com/{USERNAME}/skyhook")
        assert ["kubernetes"] == written(asked)
        assert "open" == page.evaluate("document.querySelector('portfolio-search').shadowRoot.mode")

    @pytest.mark.parametrize("demo", ["react", "vue"])
    def test_an_attribute_that_a_framework_changes_is_followed(self, app, site, open_page, demo):
        page = open_page(f"{site.origin}/{demo}.html")
        asked = questions_to(page)
        page.locator("portfolio-search input").fill("python")
        expect(page.locator("portfolio-search [part=result]")).to_have_count(5)
        expect(page.locator("portfolio-search [part=citation]").first).to_be_visible()

        page.get_by_label("Results").select_option("1")

        expect(page.locator("portfolio-search [part=result]")).to_have_count(1)
        expect(page.locator("portfolio-search [part=citation]").first).to_be_visible()
        assert "1" == asked[-1]["limit"]
        assert ["python"] == written(asked)

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    @pytest.mark.parametrize("demo", ["plain", "react", "vue"])
    def test_the_demo_is_accessible_in_both_schemes(self, app, site, open_page, demo, scheme):
        options = {
            "color_scheme": scheme,
            "viewport": {"width": 360, "height": 800},
            "bypass_csp": True,  # for axe's script
        }
        page = open_page(f"{site.origin}/{demo}.html", **options)
        page.locator("portfolio-search input").fill("projects without javascript")
        expect(page.locator("portfolio-search [part=reading]")).to_contain_text("Read as")
        expect(page.locator("portfolio-search [part=suggestions] button").first).to_be_visible()
        page.add_script_tag(path=AXE)

        assert [] == violations(page, AXE_RULES)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    def test_pages_of_other_origins_are_told_what_is_missing(self, app, browser):
        with Site() as other_site:
            other_site.scripts_from = app.url
            script = f'<script type="module" src="{app.url}/api/widget.js"></script>'
            other_site.files["index.html"] = f"{HEAD}{script}<portfolio-search></portfolio-search>"
            context = browser.new_context()
            page = context.new_page()
            page.goto(other_site.origin)

            page.locator("portfolio-search input").fill("kubernetes")

            expect(page.locator("portfolio-search [role=status]")).to_have_text(
                f"That did not work: {app.url} cannot be reached,"
                f" or its ALLOWED_ORIGINS lacks {other_site.origin}"
            )
            assert 0 == page.locator("portfolio-search a").count()
            context.close()


class TestAsking:
    @pytest.fixture
    def page(self, app: HostProcess, site: Site, open_page: Callable[..., Page]) -> Page:
        return open_page(f"{site.origin}/plain.html")

    def test_enter_asks_at_once_and_again_costs_no_second_answer(self, page):
        asked = questions_to(page)
        field = page.locator("portfolio-search input")
        page.clock.install()  # so that no pause ends by itself
        page.clock.pause_at(4_000_000_000_000)
        field.fill("kubernetes")
        assert [] == asked

        for _ in range(3):
            field.press("Enter")
            page.clock.run_for(10)
        expect(page.locator("portfolio-search [part=name]").first).to_have_text("skyhook")
        page.clock.run_for(10)
        expect(page.locator("portfolio-search [part=answer]")).to_contain_text("skyhook fits best")
        field.press("Enter")
        page.clock.run_for(10)
        expect(page.locator("portfolio-search [part=answer]")).to_contain_text("skyhook fits best")

        assert ["kubernetes"] == written(asked)

    def test_a_question_typed_over_is_not_answered_in_words(self, page):
        asked = questions_to(page)
        field = page.locator("portfolio-search input")
        field.fill("terraform")
        expect(page.locator("portfolio-search [part=name]").first).to_have_text("harbor-lights")

        field.fill("kubernetes")

        expect(page.locator("portfolio-search [part=answer]")).to_contain_text("skyhook fits best")
        assert {"terraform", "kubernetes"} == {question["q"] for question in asked}
        assert "kubernetes" == written(asked)[-1]

    def test_the_words_can_be_searched_for_instead_of_the_fact(self, page):
        asked = questions_to(page)
        page.locator("portfolio-search input").fill("projects without javascript")
        reading = page.locator("portfolio-search [part=reading]")
        expect(reading).to_contain_text("Read as: repositories that do not use")

        page.get_by_role("button", name="search for the words instead").click()

        expect(reading).to_be_hidden()
        expect(page.locator("portfolio-search [part=reasons]").first).to_be_visible()
        assert "false" == asked[-1]["read"]

    def test_a_suggestion_is_asked_with_the_keyboard(self, page):
        field = page.locator("portfolio-search input")
        field.fill("kubernetes")
        suggestion = page.locator("portfolio-search [part=suggestions] button").first
        text = suggestion.inner_text()

        suggestion.press("Enter")

        expect(field).to_have_value(text)
        expect(field).to_be_focused()
        expect(page.locator("portfolio-search [part=result]").first).to_be_visible()

    def test_a_question_without_a_match_shows_the_difference_and_the_nearest(self, page):
        page.locator("portfolio-search input").fill("cobol mainframes on azure")

        missing = "None of the 31 repositories shows COBOL or mainframes."
        expect(page.locator("portfolio-search [part=answer]")).to_contain_text(missing)
        expect(page.locator("portfolio-search li").first).to_contain_text("Nearest: ")

    def test_an_empty_field_shows_nothing(self, page):
        field = page.locator("portfolio-search input")
        field.fill("kubernetes")
        expect(page.locator("portfolio-search [part=citation]").first).to_be_visible()

        field.fill("")

        expect(page.locator("portfolio-search li")).to_have_count(0)
        expect(page.locator("portfolio-search [part=answer]")).to_be_hidden()


class TestOtherApps:
    """Apps at other addresses, and what no sample repository says."""

    portfolio: dict[str, Any] = {"state": "complete", "repos": 1, "pending": 0, "refreshed_at": "x"}  # noqa: RUF012

    @pytest.fixture
    def open_widget(self, site: Site, open_page: Callable[..., Page]) -> Iterator[Any]:
        """Open a site with `<portfolio-search {attributes}>`, whose app answers with `result`."""
        before = site.scripts_from

        def open_widget(attributes: str, script: str, **result: Any) -> tuple[Page, list[str]]:
            site.files["other.html"] = f"{HEAD}<portfolio-search {attributes}></portfolio-search>"
            site.scripts_from = f"{OTHER_APP} {site.origin}"
            asked: list[str] = []
            page = open_page(f"{site.origin}/other.html")

            def answer(route: Route) -> None:
                body: Any = static_text("widget.js")
                mimetype = "text/javascript"
                if "widget.js" not in route.request.url:
                    asked.append(route.request.url)
                    shown = [{"name": "atlas", "url": "https://github.com/ada/atlas", **result}]
                    body = json.dumps({"results": shown, "portfolio": self.portfolio})
                    mimetype = "application/json"
                headers = {"Access-Control-Allow-Origin": "*"}
                route.fulfill(body=body, content_type=mimetype, headers=headers)

            page.route("**/query?*", answer)
            page.route("**/widget.js*", answer)
            page.add_script_tag(url=script, type="module")
            return page, asked

        yield open_widget
        site.scripts_from = before

    @pytest.mark.parametrize(
        ("script", "src", "api"),
        [
            (f"{OTHER_APP}/api/widget.js", None, f"{OTHER_APP}/api"),
            (f"{OTHER_APP}/api/widget.js?v=1", "", f"{OTHER_APP}/api"),
            (f"{OTHER_APP}/tools/api/widget.js", None, f"{OTHER_APP}/tools/api"),
            ("/api/widget.js", OTHER_APP, f"{OTHER_APP}/api"),
            ("/api/widget.js", f"{OTHER_APP}/", f"{OTHER_APP}/api"),
            ("/api/widget.js", f"{OTHER_APP}/api", f"{OTHER_APP}/api"),
            ("/api/widget.js", f"{OTHER_APP}/api/", f"{OTHER_APP}/api"),
            ("/api/widget.js", f"{OTHER_APP}/tools", f"{OTHER_APP}/tools/api"),
            ("/api/widget.js", f"{OTHER_APP}/api/widget.js?v=1", f"{OTHER_APP}/api"),
            ("/api/widget.js", "tools/api", "/tools/api"),
            ("/api/widget.js", "/", "/api"),
            # An app whose host.json sets another prefix of its routes.
            (f"{OTHER_APP}/v1/widget.js", f"{OTHER_APP}/v1", f"{OTHER_APP}/v1"),
        ],
    )
    def test_the_api_is_found(self, site, open_widget, script, src, api):
        attributes = "" if src is None else f'src="{src}"'
        at_home = site.origin if script.startswith("/") else ""
        page, asked = open_widget(attributes, f"{at_home}{script}")

        page.locator("portfolio-search input").fill("maps")

        expect(page.locator("portfolio-search [part=name]")).to_have_text("atlas")
        root = api if api.startswith("https:") else f"{site.origin}{api}"
        assert asked[0].startswith(f"{root}/query?q=maps&")

    def test_evidence_is_quoted_and_linked_to_its_line(self, open_widget):
        source = "https://github.com/ada/atlas/blob/1a2b/README.md?plain=1#L12"
        evidence = [
            {"term": "maps", "signal": "readme", "path": "README.md", "line": 12, "quote": "Draws maps", "url": source},
            {"term": "maps", "signal": "topics", "path": None, "line": None, "quote": "maps", "url": "https://github.com/ada/atlas"},
        ]  # fmt: skip
        page, _ = open_widget("", f"{OTHER_APP}/api/widget.js", evidence=evidence)

        page.locator("portfolio-search input").fill("maps")

        shown = page.locator("portfolio-search [part=evidence] li")
        expect(shown).to_have_text(["README.md:12 Draws maps", "topics maps"])
        expect(shown.first.get_by_role("link")).to_have_attribute("href", source)

    def test_markup_is_text_and_only_web_addresses_are_links(self, open_widget):
        script, address = "<img src=x onerror=alert(1)>", "javascript:alert(1)"
        evidence = [
            {"term": "x", "signal": "readme", "path": script, "line": None, "quote": script, "url": address},
        ]  # fmt: skip
        texts = {"name": script, "description": script, "reasons": [script], "evidence": evidence}
        page, _ = open_widget("", f"{OTHER_APP}/api/widget.js", url=address, **texts)

        page.locator("portfolio-search input").fill("maps")

        expect(page.locator("portfolio-search [part=result]")).to_contain_text(script)
        assert 0 == page.locator("portfolio-search a").count()
        assert 0 == page.locator("portfolio-search img").count()

    def test_label_and_placeholder_may_be_set_late_and_removed(self, open_widget):
        page, _ = open_widget('label="Frag"', f"{OTHER_APP}/api/widget.js")
        expect(page.get_by_label("Frag")).to_be_visible()

        page.evaluate(
            "const search = document.querySelector('portfolio-search');"
            "search.removeAttribute('label'); search.setAttribute('placeholder', 'welche?')"
        )

        expect(page.get_by_label("Ask this portfolio")).to_have_attribute("placeholder", "welche?")

    def test_two_addresses_of_the_script_define_the_element_once(self, open_widget):
        page, _ = open_widget("", f"{OTHER_APP}/api/widget.js")

        page.add_script_tag(url=f"{OTHER_APP}/api/widget.js?v=2", type="module")

        page.locator("portfolio-search input").fill("maps")
        expect(page.locator("portfolio-search [part=name]")).to_have_text("atlas")

    def test_a_widget_taken_off_the_page_asks_nothing(self, open_widget):
        page, asked = open_widget("", f"{OTHER_APP}/api/widget.js")
        taken_off = page.evaluate_handle(
            """() => {
            const search = document.querySelector("portfolio-search");
            const field = search.shadowRoot.querySelector("input");
            field.value = "maps";
            field.dispatchEvent(new Event("input"));
            search.remove();
            return search;
            }"""
        )
        page.wait_for_timeout(1000)  # longer than the pauses
        assert [] == asked

        taken_off.evaluate("search => document.body.append(search)")

        expect(page.locator("portfolio-search [part=name]")).to_have_text("atlas")
