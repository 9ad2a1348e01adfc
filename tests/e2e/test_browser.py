"""The search page in Chromium, driven by Playwright."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Response, expect

from github_standin.git_objects import FILE
from github_standin.portfolio import Repository, load_user
from github_standin.server import GitHubServer, StandIn
from http_api.pages import ASSETS
from localhost.azurite import Azurite
from tests.e2e.accessibility import AXE, AXE_RULES, violations
from tests.e2e.gated_github import gated_github
from tests.e2e.shared_app import served_portfolio
from tools.host_process import SAMPLES, USERNAME, HostProcess, refreshed

pytestmark = pytest.mark.server
MAX_PAGE_BYTES = 100_000


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
        expect(first.locator(".score")).to_have_attribute(
            "title", "How well it answers, from 0 to 100"
        )
        expect(first.locator("h3 a")).to_have_attribute(
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

    def test_filters_narrow_the_results_of_a_question_and_stay_in_the_address(self, app, open_page):
        page = open_page(f"{app.url}/api/ui?q=kubernetes")
        names = page.locator("#results h3")
        expect(names).to_have_text(["skyhook", "homelab", "harbor-lights"])

        page.select_option("select[name=language]", "Go")

        expect(names).to_have_text(["skyhook"])
        expect(page.locator("#status")).to_have_text("1 of 3 results match the filters.")
        page.reload()
        expect(names).to_have_text(["skyhook"])
        expect(page.locator("select[name=language]")).to_have_value("Go")
        page.click("#filters button[type=reset]")
        expect(names).to_have_count(3)

    def test_archived_repositories_can_be_hidden(self, app, open_page):
        page = open_page(f"{app.url}/api/ui")
        expect(page.locator("[data-name=shopfront]")).to_be_visible()

        page.check("#filters [name=hide]")

        expect(page.locator("#status")).to_have_text("30 of 31 repositories")
        expect(page.locator("[data-name=shopfront]")).to_have_count(0)

    def test_a_result_quotes_the_line_that_answers_and_links_to_it(self, app, open_page):
        page = open_page(f"{app.url}/api/ui?q=kubernetes")

        proof = page.locator("[data-name=skyhook] .evidence li").first
        expect(proof).to_have_text("go.mod:6 — k8s.io/client-go")
        href = proof.locator("a").get_attribute("href") or ""
        assert href.startswith(f"https://github.com/{USERNAME}/skyhook/blob/")
        assert href.endswith("/go.mod#L6")

    def test_a_repository_opens_in_place_with_what_it_is_made_of(self, app, open_page):
        page = open_page(f"{app.url}/api/ui?q=terraform")
        button = page.locator("[data-name=harbor-lights] .open")
        expect(button).to_have_attribute("aria-expanded", "false")

        button.click()

        expect(button).to_have_attribute("aria-expanded", "true")
        details = page.locator("[data-name=harbor-lights] .details")
        expect(details).to_contain_text("An AKS cluster with its node pools")
        expect(details).to_contain_text("beginner: 1 KB of code in HCL")
        package = details.get_by_role("link", name="hashicorp/azurerm")
        commit = app.get(f"/api/portfolios/{USERNAME}/repos/harbor-lights").json["revision"][
            "commit"
        ]
        expect(package).to_have_attribute(
            "href",
            f"https://github.com/{USERNAME}/harbor-lights/blob/{commit}/modules/network/versions.tf#L5",
        )
        assert "open=harbor-lights" in page.url
        page.reload()
        expect(details).to_contain_text("An AKS cluster")
        button.click()
        expect(details).to_be_hidden()
        assert "open=" not in page.url

    def test_back_and_forward_lead_through_the_questions_that_were_asked(self, app, open_page):
        page = open_page(f"{app.url}/api/ui")
        first = page.locator("#results h3").first
        expect(page.locator("#glance .years")).to_be_visible()
        page.keyboard.type("kubernetes")
        expect(first).to_have_text("skyhook")
        page.keyboard.press("Enter")
        page.fill("#question", "terraform")
        expect(first).to_have_text("harbor-lights")
        page.keyboard.press("Enter")

        page.go_back()
        expect(page.locator("#question")).to_have_value("kubernetes")
        expect(first).to_have_text("skyhook")
        page.go_back()
        expect(page.locator("#question")).to_have_value("")
        expect(page.locator("#glance .years")).to_be_visible()
        page.go_forward()
        page.go_forward()
        expect(first).to_have_text("harbor-lights")

    def test_a_search_for_words_can_be_shared(self, app, open_page):
        page = open_page(f"{app.url}/api/ui?q=projects without javascript")
        page.get_by_role("button", name="search for the words instead").click()
        expect(page.locator("#results .score").first).to_be_visible()

        page = open_page(page.url)

        expect(page.locator("#results .score").first).to_be_visible()
        expect(page.locator("#status")).not_to_contain_text("Read as")

    def test_the_keyboard_moves_through_the_results_opens_them_and_leads_back(self, app, open_page):
        page = open_page(f"{app.url}/api/ui?q=kubernetes")
        results = page.locator("#results .repository")
        expect(results).to_have_count(3)
        field = page.locator("#question")
        page.locator("footer a").focus()

        page.keyboard.press("/")
        expect(field).to_be_focused()
        for _ in range(3):
            page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowUp")
        expect(results.nth(1).locator(".open")).to_be_focused()
        page.keyboard.press("Enter")
        expect(results.nth(1).locator(".details dl")).to_be_visible()
        page.keyboard.press("Escape")
        expect(field).to_be_focused()
        page.keyboard.press("Escape")

        expect(field).to_have_value("")
        expect(page.locator("#glance")).to_be_visible()

    def test_the_profile_asks_questions_and_opens_repositories(self, app, open_page):
        page = open_page(f"{app.url}/api/ui")
        glance = page.locator("#glance")
        expect(glance.locator(".languages-list a").first).to_have_text("Python")
        expect(glance.locator(".row h2")).to_contain_text(["Languages", "Frameworks", "Data"])
        year = glance.locator(".years a").first
        expect(year).to_have_attribute("aria-label", "2019: 4 created, 0 last pushed")

        glance.locator(".notable a", has_text="ferrous-grep").click()
        opened = page.locator("[data-name=ferrous-grep]")
        expect(opened.locator(".details dl")).to_be_visible()
        expect(opened.locator(".open")).to_be_focused()
        glance.get_by_role("link", name="FastAPI").click()

        expect(page.locator("#question")).to_have_value("which projects use FastAPI?")
        expect(page.locator("#answer")).to_be_focused()
        expect(page.locator("#results .score").first).to_be_visible()
        page.go_back()
        expect(glance).to_be_visible()

    def test_footnotes_lead_to_the_repositories_that_the_answer_cites(self, app, open_page):
        page = open_page(f"{app.url}/api/ui?q=kubernetes")
        note = page.locator("#answer-text .note").first
        expect(note).to_have_attribute("aria-label", "Source 1: skyhook")

        note.click()

        expect(page.locator("#citations a").first).to_be_focused()
        assert page.url.endswith("?q=kubernetes")

    def test_what_is_printed_has_addresses_and_no_controls(self, app, open_page):
        page = open_page(f"{app.url}/api/ui?q=kubernetes", color_scheme="dark")
        expect(page.locator("#citations a").first).to_be_visible()
        page.emulate_media(media="print", color_scheme="dark")

        for control in ("#search", "#filters", "#suggestions", "#results .open >> nth=0"):
            expect(page.locator(control)).to_be_hidden()
        style = "getComputedStyle(document.body).backgroundColor"
        assert "rgb(255, 255, 255)" == page.evaluate(style)
        printed = "getComputedStyle(document.querySelector('h3 a'), '::after').content"
        assert f"https://github.com/{USERNAME}/skyhook" in page.evaluate(printed)

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

    @pytest.mark.parametrize("width", [360, 768, 1280])
    def test_the_page_is_accessible_in_both_schemes_at_every_width(self, app, open_page, width):
        """WCAG 2.2 AA, as far as axe can tell; and nothing sticks out sideways."""
        options = {
            "color_scheme": "light",
            "viewport": {"width": width, "height": 800},
            "bypass_csp": True,  # for axe's script
        }
        page = open_page(f"{app.url}/api/ui", **options)
        expect(page.locator("#glance .years")).to_be_visible()
        page.add_script_tag(path=AXE)
        for question in ("", "kubernetes"):
            page.emulate_media(color_scheme="light")
            page.fill("#question", question)
            if question:
                expect(page.locator("#citations a").first).to_be_visible()
                expect(page.locator("#results .score").first).to_be_visible()
            page.locator("#results .open").first.click()
            expect(page.locator("#results .details dl")).to_be_visible()

            assert [] == violations(page, AXE_RULES)
            page.emulate_media(color_scheme="dark")
            assert [] == violations(page, ["color-contrast"])  # all that the scheme changes
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    def test_the_page_is_small_and_loads_nothing_from_other_sites(self, app, browser):
        """Its own files, uncompressed and apart from what the API answers."""
        context = browser.new_context()
        page = context.new_page()
        responses: list[Response] = []
        # Playwright sets an attribute on its handlers, which a bound method refuses.
        page.on("response", lambda response: responses.append(response))
        page.goto(f"{app.url}/api/ui?q=kubernetes&open=skyhook")
        expect(page.locator("#results .details dl")).to_be_visible()
        files = {
            response.url.removeprefix(f"{app.url}/api/"): len(response.body())
            for response in responses
            if "/api/ui" in response.url
        }
        addresses = [response.url for response in responses]
        context.close()

        assert all(url.startswith((app.url, "data:")) for url in addresses)
        assert {f"ui/{name}" for name in ASSETS if name != "icon.svg"} <= files.keys()
        assert 0 < sum(files.values()) < MAX_PAGE_BYTES


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
