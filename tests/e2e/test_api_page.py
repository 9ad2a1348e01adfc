"""The API's page in Chromium: Swagger UI, served by the app, shows the API and calls it."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Route, expect

from github_standin.portfolio import load_user
from github_standin.server import GitHubServer, StandIn
from localhost.azurite import Azurite
from tests.e2e.accessibility import AXE, AXE_RULES, violations
from tests.e2e.shared_app import served_portfolio
from tools.host_process import SAMPLES, HostProcess, http
from web.api_page import openapi_document

pytestmark = pytest.mark.server
# What Swagger UI's own markup violates: a heading level is skipped, blocks of code scroll, and the
# selects of parameters have no label.
VIOLATED_BY_SWAGGER_UI = {"heading-order", "scrollable-region-focusable", "select-name"}


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


@pytest.mark.parametrize("path", ["/api/docs", "/api/docs/"])
def test_it_shows_every_operation_and_links_to_the_document(app, open_page, path):
    page = open_page(f"{app.url}{path}")

    expect(page.locator("h1")).to_have_text("portfolio-api")
    expect(page).to_have_title("portfolio-api: API")
    count = sum(len(item) for item in openapi_document()["paths"].values())
    expect(page.locator(".opblock")).to_have_count(count)
    link = page.locator("header").get_by_role("link", name="openapi.json")
    # Not by a click: a JSON document has no icon, so the browser would ask for /favicon.ico.
    document = page.request.get(link.evaluate("link => link.href"))
    assert f"{app.url}/api/openapi.json" == document.url
    assert "3.1.0" == document.json()["openapi"]


def test_a_route_can_be_called_with_the_keyboard_alone(app, open_page):
    page = open_page(f"{app.url}/api/docs")

    page.locator("[id$=-query] .opblock-summary-control").press("Enter")
    page.get_by_role("button", name="Try it out").press("Enter")
    page.locator("[data-param-name=q] input").focus()
    page.keyboard.type("kubernetes")
    page.get_by_role("button", name="Execute").press("Enter")

    called = page.locator(".live-responses-table")
    expect(called).to_contain_text("skyhook")
    expect(page.locator(".request-url")).to_contain_text(f"{app.url}/api/query?q=kubernetes")


def test_it_loads_nothing_from_other_sites(app, browser):
    context = browser.new_context()
    page = context.new_page()
    requested: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    page.goto(f"{app.url}/api/docs")
    expect(page.locator(".opblock").first).to_be_visible()
    page.wait_for_load_state("networkidle")
    context.close()

    assert [] == [url for url in requested if not url.startswith((app.url, "data:"))]


def test_it_works_behind_a_proxy_that_serves_the_app_below_a_path(app, browser):
    context = browser.new_context()
    page = context.new_page()

    def forward(route: Route) -> None:
        address = urlsplit(route.request.url)
        assert address.path.startswith("/tools/portfolio/api/")
        path = address.path.removeprefix("/tools/portfolio")
        reply = http("GET", f"{app.url}{path}?{address.query}")
        route.fulfill(status=reply.status, headers=reply.headers, body=reply.body)

    page.route("http://proxy.example/**", forward)
    page.goto("http://proxy.example/tools/portfolio/api/docs")
    page.locator("[id$=-health] .opblock-summary-control").click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()

    address = "http://proxy.example/tools/portfolio/api/health"
    expect(page.locator(".request-url")).to_contain_text(address)
    expect(page.locator(".live-responses-table")).to_contain_text("ada-nimbus")
    context.close()


def test_it_says_that_the_document_cannot_be_loaded(app, browser):
    context = browser.new_context()
    page = context.new_page()
    page.route("**/openapi.json", lambda route: route.fulfill(status=503))

    page.goto(f"{app.url}/api/docs")

    expect(page.locator("#api")).to_have_text("The routes cannot be shown: the API answers 503")
    context.close()


def test_without_scripts_it_links_to_the_document(app, browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{app.url}/api/docs")

    expect(page.locator("header").get_by_role("link", name="openapi.json")).to_be_visible()
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1100])
def test_it_is_accessible_but_for_what_swagger_ui_violates(app, open_page, scheme, width):
    options = {
        "color_scheme": scheme,
        "viewport": {"width": width, "height": 800},
        "bypass_csp": True,  # for axe's script
    }
    page = open_page(f"{app.url}/api/docs", **options)
    page.locator("[id$=-query] .opblock-summary-control").click()
    page.get_by_role("button", name="Try it out").click()
    page.locator("[data-param-name=q] input").fill("kubernetes")
    page.get_by_role("button", name="Execute").click()
    expect(page.locator(".live-responses-table")).to_contain_text("skyhook")
    page.locator("[id$=-query] .opblock-summary-path").first.hover()  # shows a button to copy it
    page.add_script_tag(path=AXE)

    found = violations(page, AXE_RULES)

    assert [] == [violation for violation in found if violation[0] not in VIOLATED_BY_SWAGGER_UI]
    classes = page.evaluate("document.documentElement.className")
    assert ("dark-mode" if scheme == "dark" else "") == classes
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
