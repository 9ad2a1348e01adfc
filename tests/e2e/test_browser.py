"""The search page and the widget in a real browser: Chromium, driven by Playwright."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from github_standin.git_objects import FILE
from github_standin.portfolio import Repository
from tools.host_process import ROOT, USERNAME, HostProcess, refreshed

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.server,
    pytest.mark.skipif(
        CHROMIUM is None,
        reason="NO BROWSER: install Debian's `chromium` to test the page; .ci/run does",
    ),
]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
MOST_BYTES = 150_000


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield running
        running.close()


@pytest.fixture
def open_page(browser) -> Iterator[Callable[..., Page]]:
    """Open an address; what goes wrong in the page fails the test."""
    contexts = []
    problems: list[str] = []

    def open_page(url: str, **options: Any) -> Page:
        context = browser.new_context(**options)
        contexts.append(context)
        page: Page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("dialog", lambda dialog: problems.append(f"dialog: {dialog.message}"))
        page.on(
            "console", lambda said: problems.append(said.text) if said.type == "error" else None
        )
        page.goto(url)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [] == problems


@pytest.fixture
def app(start_app) -> HostProcess:
    """The app with a served portfolio."""
    host: HostProcess = start_app()
    refreshed(host)
    return host


def results(page: Page) -> list[str]:
    return page.locator("#results h3").all_inner_texts()


def test_results_come_while_one_types_and_say_why(app, open_page):
    page = open_page(f"{app.url}/api/ui")
    expect(page.locator("#results .repository")).to_have_count(31)

    page.keyboard.type("kubernetes")  # the field has the focus

    expect(page.locator("#results h3").first).to_have_text("skyhook")
    first = page.locator("#results .repository").first
    expect(first.locator("mark").first).to_have_text("Kubernetes")
    expect(first.locator(".signals .bar").first).to_be_visible()
    expect(first.locator("a")).to_have_attribute("href", f"https://github.com/{USERNAME}/skyhook")
    expect(page.locator("#answer-text")).to_contain_text("skyhook fits best")
    expect(page.locator("#citations a").first).to_have_text("skyhook")
    assert "?q=kubernetes" in page.url


def test_a_suggestion_is_the_next_question(app, open_page):
    page = open_page(f"{app.url}/api/ui?q=kubernetes")
    suggestion = page.locator("#suggestions button").first
    text, answer = suggestion.inner_text(), page.locator("#answer-text").inner_text()

    suggestion.click()

    expect(page.locator("#question")).to_have_value(text)
    expect(page.locator("#answer-text")).not_to_have_text(answer)
    expect(page.locator("#results .repository").first).to_be_visible()


def test_what_is_not_there_is_said_with_the_nearest(app, open_page):
    page = open_page(f"{app.url}/api/ui")

    page.fill("#question", "cobol mainframes on azure")

    expect(page.locator("#status")).to_have_text("Nothing here answers that.")
    expect(page.locator("#results h3").first).to_contain_text("Nearest: ")


def test_everything_can_be_done_by_keyboard(app, open_page):
    page = open_page(f"{app.url}/api/ui")
    expect(page.locator("#glance")).to_be_visible()

    page.keyboard.type("terraform")
    page.keyboard.press("Enter")
    expect(page.locator("#results h3").first).to_have_text("harbor-lights")
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "harbor-lights":
            break
    href = page.evaluate("document.activeElement.href")
    assert f"https://github.com/{USERNAME}/harbor-lights" == href
    assert "0px" != page.evaluate("getComputedStyle(document.activeElement).outlineWidth")


def test_filters_narrow_the_portfolio_at_a_glance(app, open_page):
    page = open_page(f"{app.url}/api/ui")
    expect(page.locator("#results .repository")).to_have_count(31)

    page.select_option("select[name=language]", "Rust")
    expect(page.locator("#status")).to_have_text("2 of 31 repositories")
    assert {"ferrous-grep", "polyglot-pipes"} == set(results(page))
    page.select_option("select[name=topic]", "cli")
    assert ["ferrous-grep"] == results(page)
    page.click("#filters button[type=reset]")
    expect(page.locator("#results .repository")).to_have_count(31)
    year = page.locator("select[name=year] option").nth(1).get_attribute("value")
    page.select_option("select[name=year]", year)
    shown = page.locator("#results .repository").count()
    assert 0 < shown < 31
    expect(page.locator("#languages .bar").first).to_be_visible()


def test_the_first_refresh_is_watched_live(start_app, github, open_page):
    github.standin.latency_s = 0.15
    host = start_app(REFRESH_BATCH_SIZE="4")

    page = open_page(f"{host.url}/api/ui?q=kubernetes")

    expect(page.locator("#progress")).to_be_visible()
    expect(page.locator("#progress-text")).to_contain_text("of 31")
    expect(page.locator("#results h3").first).to_have_text("skyhook", timeout=30_000)
    expect(page.locator("#refresh")).to_be_hidden()


def test_a_script_in_a_repository_is_text(start_app, github, open_page):
    evil = '<script>alert(1)</script><img src=x onerror="alert(2)"> fjords'
    github.standin.users[USERNAME].add(
        Repository(
            "trap",
            description=evil,
            topics=["fjords"],
            files={"README.md": (FILE, evil.encode())},
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
def test_nothing_is_in_the_way_of_people(app, open_page, scheme, width):
    """WCAG 2.2 AA, as far as axe can tell; and nothing sticks out sideways."""
    options = {
        "color_scheme": scheme,
        "viewport": {"width": width, "height": 800},
        "bypass_csp": True,
    }
    page = open_page(f"{app.url}/api/ui", **options)
    expect(page.locator("#results .repository")).to_have_count(31)
    for question in ("", "kubernetes"):
        page.fill("#question", question)
        if question:
            expect(page.locator("#answer")).to_be_visible()
        page.add_script_tag(path=AXE)
        tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
        found = page.evaluate("tags => axe.run({runOnly: tags})", tags)
        assert [] == [
            (each["id"], [node["html"][:120] for node in each["nodes"][:3]])
            for each in found["violations"]
        ]
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_page_is_light_and_asks_nobody_else(app, open_page, browser):
    context = browser.new_context()
    page, asked = context.new_page(), []
    page.on("response", lambda response: asked.append(response))
    page.goto(f"{app.url}/api/ui")
    expect(page.locator("#results .repository")).to_have_count(31)
    sizes = []
    for response in asked:
        with suppress(Exception):  # a redirect or a cached answer has no body
            sizes.append(int(response.header_value("content-length") or 0))
    addresses = [response.url for response in asked]
    context.close()

    assert all(url.startswith((app.url, "data:")) for url in addresses)
    assert 0 < sum(sizes) < MOST_BYTES


@pytest.fixture
def site() -> Iterator[Callable[[str], str]]:
    """Serve a page at an origin of its own."""
    servers = []

    def serve(html: str) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("content-type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write(html.encode())

            def log_message(self, *_: Any) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        servers.append((server, thread))
        return f"http://127.0.0.1:{server.server_port}"

    yield serve
    for server, thread in servers:
        server.shutdown()
        thread.join()
        server.server_close()


def widget_page(app_url: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><title>A site</title><link rel="icon" href="data:,">'
        f'<script type="module" src="{app_url}/api/widget.js"></script></head><body><main>'
        f'<portfolio-search src="{app_url}/api" username="{USERNAME}"></portfolio-search>'
        "</main></body></html>"
    )


def test_the_widget_answers_on_another_site(start_app, site, open_page):
    origin = site("a site")
    host = start_app(ALLOWED_ORIGINS=origin)
    refreshed(host)
    page = open_page(origin)
    page.set_content(widget_page(host.url))

    page.locator("portfolio-search input").fill("kubernetes")

    link = page.locator("portfolio-search a").first
    expect(link).to_have_text("skyhook")
    expect(link).to_have_attribute("href", f"https://github.com/{USERNAME}/skyhook")
    expect(page.locator("portfolio-search p").nth(1)).to_contain_text("skyhook fits best")
    assert page.evaluate("document.querySelector('portfolio-search').shadowRoot.mode") == "open"


def test_a_site_that_is_not_allowed_gets_no_answer(start_app, site, browser):
    origin = site("x")
    host = start_app(ALLOWED_ORIGINS="https://octocat.example")
    refreshed(host)
    context = browser.new_context()
    page = context.new_page()
    page.goto(origin)
    page.set_content(widget_page(host.url))

    page.locator("portfolio-search input").fill("kubernetes")

    expect(page.locator("portfolio-search [role=status]")).to_contain_text("did not work")
    context.close()


def test_the_api_can_be_read_in_a_browser(app, open_page):
    page = open_page(f"{app.url}/api/docs")

    expect(page.locator("h1")).to_have_text("portfolio-api")
    page.click("text=openapi.json")
    assert page.url.endswith("/api/openapi.json")
