"""The search page in Chromium, driven by Playwright."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Response, expect

from github_standin.git_objects import FILE
from github_standin.portfolio import Repository, load_user
from github_standin.server import GitHubServer, StandIn
from localhost.azurite import Azurite
from tests.e2e.gated_github import gated_github
from tests.e2e.shared_app import served_portfolio
from tools.host_process import ROOT, SAMPLES, USERNAME, HostProcess, refreshed

pytestmark = pytest.mark.server
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
MAX_PAGE_BYTES = 150_000


@pytest.fixture(scope="module")
def app(
    browser: Browser,  # first, so that nothing is started in vain without a browser
    azurite: Azurite,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[HostProcess]:
    """The app with the sample portfolio. No test may change what it serves."""
    with (
        GitHubServer(StandIn(load_user(SAMPLES))) as github,
        served_portfolio(azurite, github, tmp_path_factory.mktemp("state")) as host,
    ):
        yield host


class TestSearchPage:
    def test_results_appear_while_the_visitor_types_and_give_reasons(self, app, open_page):
        page = open_page(f"{app.url}/api/ui")
        expect(page.locator("#results .repository")).to_have_count(31)

        page.keyboard.type("kubernetes")  # the field has the focus

        expect(page.locator("#results h3").first).to_have_text("skyhook")
        first = page.locator("#results .repository").first
        expect(first.locator("mark").first).to_have_text("Kubernetes")
        expect(first.locator(".signals .bar").first).to_be_visible()
        expect(first.locator("a")).to_have_attribute(
            "href", f"https://github.com/{USERNAME}/skyhook"
        )
        expect(page.locator("#answer-text")).to_contain_text("skyhook fits best")
        expect(page.locator("#citations a").first).to_have_text("skyhook")
        assert "?q=kubernetes" in page.url

    def test_clicking_a_suggestion_asks_it(self, app, open_page):
        page = open_page(f"{app.url}/api/ui?q=kubernetes")
        suggestion = page.locator("#suggestions button").first
        text, answer = suggestion.inner_text(), page.locator("#answer-text").inner_text()

        suggestion.click()

        expect(page.locator("#question")).to_have_value(text)
        expect(page.locator("#answer-text")).not_to_have_text(answer)
        expect(page.locator("#results .repository").first).to_be_visible()

    def test_a_question_without_a_match_shows_the_nearest_repositories(self, app, open_page):
        page = open_page(f"{app.url}/api/ui")

        page.fill("#question", "cobol mainframes on azure")

        missing = "None of the 31 repositories shows COBOL or mainframes."
        expect(page.locator("#status")).to_have_text(missing)
        expect(page.locator("#results h3").first).to_contain_text("Nearest: ")

    def test_a_question_for_a_fact_says_how_it_was_read_and_can_be_searched_for_instead(
        self, app, open_page
    ):
        page = open_page(f"{app.url}/api/ui?q=projects without javascript")

        expect(page.locator("#status")).to_contain_text("Read as: repositories that do not use")
        expect(page.locator("#answer-text")).to_contain_text("of the 31 public repositories")
        expect(page.locator("#results .score")).to_have_count(0)  # nothing was ranked

        page.get_by_role("button", name="search for the words instead").click()

        expect(page.locator("#status")).not_to_contain_text("Read as")
        expect(page.locator("#results .score").first).to_be_visible()

    def test_a_result_can_be_reached_and_seen_with_the_keyboard_alone(self, app, open_page):
        page = open_page(f"{app.url}/api/ui")
        expect(page.locator("#glance")).to_be_visible()

        page.keyboard.type("terraform")
        page.keyboard.press("Enter")
        expect(page.locator("#results h3").first).to_have_text("harbor-lights")
        # Buttons that appear with the answer would move the focus order while we press Tab.
        expect(page.locator("#suggestions button").first).to_be_visible()
        for _ in range(12):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.textContent") == "harbor-lights":
                break

        href = page.evaluate("document.activeElement.href")
        assert f"https://github.com/{USERNAME}/harbor-lights" == href
        assert "0px" != page.evaluate("getComputedStyle(document.activeElement).outlineWidth")

    def test_filters_narrow_the_list_of_repositories(self, app, open_page):
        page = open_page(f"{app.url}/api/ui")
        names = page.locator("#results h3")
        expect(names).to_have_count(31)

        page.select_option("select[name=language]", "Rust")
        expect(page.locator("#status")).to_have_text("2 of 31 repositories")
        assert {"ferrous-grep", "polyglot-pipes"} == set(names.all_inner_texts())
        page.select_option("select[name=topic]", "cli")
        expect(names).to_have_text(["ferrous-grep"])
        page.click("#filters button[type=reset]")
        expect(names).to_have_count(31)
        year = page.locator("select[name=year] option").nth(1).get_attribute("value")
        page.select_option("select[name=year]", year)
        expect(names).not_to_have_count(31)
        assert names.count() > 0
        expect(page.locator("#languages .bar").first).to_be_visible()

    def test_the_first_refresh_is_shown_as_it_proceeds(self, start_app, open_page):
        with gated_github() as (github, standin):
            host = start_app(GITHUB_API_URL=github.url)

            page = open_page(f"{host.url}/api/ui?q=kubernetes")

            expect(page.locator("#progress")).to_be_visible()
            expect(page.locator("#progress-text")).to_have_text("0 of 31 repositories read")
            standin.open_all()
            expect(page.locator("#results h3").first).to_have_text("skyhook")
            expect(page.locator("#refresh")).to_be_hidden()

    def test_a_script_in_a_repository_is_shown_as_text(self, start_app, github, open_page):
        script = '<script>alert(1)</script><img src=x onerror="alert(2)"> fjords'
        github.standin.users[USERNAME].add(
            Repository(
                "trap",
                description=script,
                topics=["fjords"],
                files={"README.md": (FILE, script.encode())},
            )
        )
        host = start_app()
        refreshed(host)

        page = open_page(f"{host.url}/api/ui?q=fjords")

        expect(page.locator("#results p").first).to_contain_text("<script>alert(1)</script>")
        assert 1 == page.locator("script").count()
        assert 0 == page.locator("img").count()

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    @pytest.mark.parametrize("width", [360, 1100])
    def test_the_page_is_accessible_in_both_schemes_at_both_widths(
        self, app, open_page, scheme, width
    ):
        """WCAG 2.2 AA, as far as axe can tell; and nothing sticks out sideways."""
        options = {
            "color_scheme": scheme,
            "viewport": {"width": width, "height": 800},
            "bypass_csp": True,  # for axe's script
        }
        page = open_page(f"{app.url}/api/ui", **options)
        expect(page.locator("#results .repository")).to_have_count(31)
        page.add_script_tag(path=AXE)
        for question in ("", "kubernetes"):
            page.fill("#question", question)
            if question:
                expect(page.locator("#answer")).to_be_visible()
                expect(page.locator("#results .signals").first).to_be_visible()

            report = page.evaluate("tags => axe.run({runOnly: tags})", AXE_RULES)

            assert [] == [
                (violation["id"], [node["html"][:120] for node in violation["nodes"][:3]])
                for violation in report["violations"]
            ]
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    def test_the_page_is_small_and_loads_nothing_from_other_sites(self, app, browser):
        context = browser.new_context()
        page = context.new_page()
        responses: list[Response] = []
        # Playwright sets an attribute on its handlers, which a bound method refuses.
        page.on("response", lambda response: responses.append(response))
        page.goto(f"{app.url}/api/ui")
        expect(page.locator("#results .repository")).to_have_count(31)
        sizes = [int(response.header_value("content-length") or 0) for response in responses]
        addresses = [response.url for response in responses]
        context.close()

        assert all(url.startswith((app.url, "data:")) for url in addresses)
        assert 0 < sum(sizes) < MAX_PAGE_BYTES


def test_every_page_brings_its_icon_and_no_browser_asks_for_a_favicon(app, open_page):
    """Without a link to an icon, browsers request `/favicon.ico`, which does not exist."""
    for url in (f"{app.url}/api/ui", f"{app.url}/api/docs"):
        page = open_page(url)
        icon = page.request.get(page.locator("link[rel=icon]").evaluate("link => link.href"))
        assert (200, "image/svg+xml") == (icon.status, icon.headers["content-type"].split(";")[0])
        page.wait_for_load_state("networkidle")

    events = [json.loads(line) for line in app.lines if line.startswith("{")]
    requests = [event for event in events if event["kind"] == "request"]
    assert "/api/ui/icon.svg" in {request["path"] for request in requests}
    assert [] == [request for request in requests if request["path"] == "/favicon.ico"]
