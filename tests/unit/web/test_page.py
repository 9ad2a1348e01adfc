"""The page and the widget show how far a portfolio is, against an API whose answers a test sets."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from http_api.pages import ASSETS, OWN_SCRIPTS
from tests.unit.portfolios import make_metadata
from tools.browser import chromium_path
from tools.layers import ROOT
from web.static_files import static_text

pytestmark = pytest.mark.server
MAX_WAIT_MS = 30_000  # on a busy machine
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
NAMES = ("atlas", "beacon", "cairn", "delta")
ERROR = {"code": "bad_credentials", "message": "GitHub refuses `GITHUB_TOKEN`; renew it"}

Answer = tuple[int, dict[str, Any], dict[str, str]]  # status, body, headers


class Api(ThreadingHTTPServer):
    """The app's routes for one visitor: `answers` by the first part of the path below `/api`.

    `queries` are the addresses that `query` was asked with.
    """

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: Counter[str] = Counter()
        self.queries: list[str] = []
        api = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = self.path.partition("?")[0].removeprefix("/api/")
                api.asked[path.split("/")[0]] += 1
                if path == "query":
                    api.queries.append(self.path)
                name = path.removeprefix("ui/")
                if path == "ui":
                    page = static_text("ui.html").replace("USERNAME", "ada")
                    self.reply(200, page, "text/html", {"Content-Security-Policy": OWN_SCRIPTS})
                elif name in ASSETS:
                    self.reply(200, static_text(name), ASSETS[name], {})
                elif path == "widget.js":
                    self.reply(200, static_text(path), "text/javascript", {})
                elif path == "site":
                    site = '<script type="module" src="widget.js"></script><portfolio-search src="/api">'
                    self.reply(200, f"<!doctype html><title>Site</title>{site}", "text/html", {})
                else:
                    status, body, headers = api.answers.get(path.split("/")[0], (404, {}, {}))
                    self.reply(status, json.dumps(body), "application/json", headers)

            def reply(self, status: int, text: str, mimetype: str, headers: dict[str, str]) -> None:
                self.send_response(status)
                for header, value in {
                    "Content-Type": f"{mimetype}; charset=utf-8",
                    **headers,
                }.items():
                    self.send_header(header, value)
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_: Any) -> None:
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}/api"

    def has_portfolio(self, read: int, *, stale: bool = False) -> None:
        """Serve a portfolio of four repositories, of which the first ones have been read."""
        facts = {
            "username": "ada",
            "repos": len(NAMES),
            "state": "complete" if read == len(NAMES) else "partial",
            "pending": len(NAMES) - read,
            "refreshed_at": "2026-01-01T00:00:00Z",
            "age_seconds": 1,
            "stale": stale,
            "stale_repos": 0,
        }
        repositories = [
            {
                "metadata": make_metadata(name, language="Rust"),
                "languages": {"Go": 1} if number < read else {},
                "repoContext": {},
                "warnings": [] if number < read else ["content_pending"],
                "difficulty": {"level": "expert"},
            }
            for number, name in enumerate(NAMES)
        ]
        facets = {"languages": {"Go": read, "Rust": len(NAMES) - read}, "topics": {}, "skills": {}}
        listing = {**facts, "facets": facets, "repositories": repositories}
        self.answers["portfolios"] = (200, listing, {})
        results: list[dict[str, Any]] = [
            {
                "name": NAMES[read - 1],
                "url": f"https://github.com/ada/{NAMES[read - 1]}",
                "description": None,
                "score": 1,
                "signals": {},
                "matched_terms": [],
                "reasons": [],
                "languages": {},
            }
        ]
        answer = {
            "results": results,
            "no_match": False,
            "answer": {"text": "It is this one.", "citations": []},
            "suggestions": [],
            "portfolio": facts,
            "took_ms": 1,
        }
        self.answers["query"] = (200, answer, {})

    def has_result(self, **facts: Any) -> None:
        """Let the result of every question have these facts, too."""
        self.answers["query"][1]["results"][0].update(facts)

    def has_answer(self, text: str, *cited: str, **facts: Any) -> None:
        citations = [{"name": name, "url": f"https://github.com/ada/{name}"} for name in cited]
        answer = {"text": text, "citations": citations, **facts}
        self.answers["query"][1]["answer"] = answer

    def has_refresh(self, state: str, done: int, **facts: Any) -> None:
        body = {"state": state, "done": done, "total": len(NAMES), **facts}
        self.answers["refresh"] = (200, body, {})

    def has_no_portfolio(self, status: int, body: dict[str, Any], retry_after: str) -> None:
        for route in ("portfolios", "query"):
            self.answers[route] = (status, body, {"Retry-After": retry_after})


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        path = chromium_path(playwright)
        if path is None:
            pytest.skip("NO BROWSER: install Debian's `chromium`, to test the pages")
        running = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu"]
        )
        expect.set_options(timeout=MAX_WAIT_MS)
        yield running
        running.close()


@pytest.fixture
def api() -> Iterator[Api]:
    with Api() as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        yield running
        running.shutdown()
        thread.join()


@pytest.fixture
def open_page(browser: Browser, api: Api) -> Iterator[Callable[[str], Page]]:
    """Open a page of the API. Errors in its scripts, and refused styles, fail the test."""
    context = browser.new_context()
    context.clock.install()
    problems: list[str] = []

    def note_refusal(message: ConsoleMessage) -> None:
        if "Security Policy" in message.text:
            problems.append(message.text)

    def open_page(path: str) -> Page:
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", note_refusal)
        page.goto(f"{api.url}/{path}")
        return page

    yield open_page
    context.close()
    assert [] == problems


def much_later(page: Page) -> None:
    """Let minutes pass, and every request that was made meanwhile be answered."""
    for _ in range(3):
        page.clock.run_for(60_000)
        page.evaluate("fetch('docs').then((response) => response.text())")


class TestPage:
    def test_a_partial_portfolio_is_shown_at_once_and_fills_while_one_looks(self, api, open_page):
        api.has_portfolio(read=1)
        api.has_refresh("running", done=1)
        page = open_page("ui")

        expect(page.locator("#results .repository")).to_have_count(4)
        expect(page.locator("#progress-text")).to_have_text("1 of 4 repositories read")
        expect(page.locator("#results .repository").nth(1)).to_contain_text("not read yet")
        assert "polite" == page.locator("#progress-text").get_attribute("aria-live")
        page.select_option("select[name=language]", "Rust")
        expect(page.locator("#results .repository")).to_have_count(3)
        page.locator("#question").focus()

        api.has_portfolio(read=3)
        api.has_refresh("running", done=3)
        expect(page.locator("#progress-text")).to_have_text("3 of 4 repositories read")
        expect(page.locator("#results .repository")).to_have_count(1)  # the filter still holds

        api.has_portfolio(read=4)
        api.has_refresh("completed", done=4)
        expect(page.locator("#refresh")).to_be_hidden()
        asked = api.asked["refresh"]
        much_later(page)
        assert asked == api.asked["refresh"], "nothing is asked any more"

    def test_the_results_of_a_question_follow_the_portfolio(self, api, open_page):
        api.has_portfolio(read=1)
        api.has_refresh("running", done=1)
        page = open_page("ui?q=maps")
        expect(page.locator("#results h3")).to_have_text("atlas")
        page.locator("#question").focus()

        api.has_portfolio(read=4)
        api.has_refresh("completed", done=4)

        expect(page.locator("#results h3")).to_have_text("delta")
        expect(page.locator("#answer-text")).to_have_text("It is this one.")

    def test_the_second_before_the_listing_is_waited_for(self, api, open_page):
        api.has_no_portfolio(202, {"state": "refreshing"}, "1")
        api.has_refresh("running", done=0, total=0)
        page = open_page("ui?q=maps")
        expect(page.locator("#progress-text")).to_have_text(
            "GitHub is asked which repositories there are"
        )

        api.has_portfolio(read=2)

        expect(page.locator("#results h3")).to_have_text("beacon")
        expect(page.locator("#progress-text")).to_have_text("2 of 4 repositories read")

    def test_grey_lines_keep_the_place_of_what_is_loaded(self, api, open_page):
        api.has_no_portfolio(202, {"state": "refreshing"}, "1")
        api.has_refresh("running", done=0, total=0)
        page = open_page("ui?q=maps")
        grey = page.locator("#answer .skeleton i").first
        expect(grey).to_be_visible()
        expect(page.locator("#results .skeleton")).to_have_count(4)
        animation = "element => getComputedStyle(element).animationName"
        assert "none" != grey.evaluate(animation)
        page.emulate_media(reduced_motion="reduce")
        assert "none" == grey.evaluate(animation)

        api.has_portfolio(read=4)

        expect(page.locator("#results .repository")).to_have_count(1)
        expect(page.locator(".skeleton")).to_have_count(0)

    def test_a_limit_of_github_is_told_with_its_end(self, api, open_page):
        api.has_portfolio(read=2)
        limit = {"code": "rate_limited", "message": "60 requests an hour are used up"}
        api.has_refresh("waiting", done=2, error=limit, waiting_until="2026-01-01T12:00:00Z")

        page = open_page("ui")

        expect(page.locator("#progress-text")).to_contain_text(
            "2 of 4 repositories read; 60 requests an hour are used up; it goes on at "
        )

    def test_a_stale_portfolio_says_how_many_repositories_are_updated(self, api, open_page):
        api.has_portfolio(read=4, stale=True)
        api.has_refresh("running", done=1)
        page = open_page("ui")

        expect(page.locator("#progress-text")).to_have_text("3 of 4 repositories are being updated")
        expect(page.locator("#progress")).to_be_hidden()
        api.has_portfolio(read=4)
        api.has_refresh("completed", done=4)
        expect(page.locator("#refresh")).to_be_hidden()

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_a_partial_portfolio_is_shown_accessibly(self, api, browser, scheme):
        """As far as axe can tell; `test_browser.py` asks it about the complete portfolio."""
        api.has_portfolio(read=2)
        api.has_refresh("running", done=2)
        # The policy of the page refuses axe's script.
        context = browser.new_context(
            bypass_csp=True, color_scheme=scheme, viewport={"width": 360, "height": 800}
        )
        page = context.new_page()
        page.goto(f"{api.url}/ui")
        expect(page.locator("#progress-text")).to_have_text("2 of 4 repositories read")
        page.add_script_tag(path=AXE)

        report = page.evaluate("axe.run()")

        assert [] == [violation["id"] for violation in report["violations"]]
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        context.close()

    def test_a_complete_portfolio_is_not_followed(self, api, open_page):
        api.has_portfolio(read=4)
        page = open_page("ui")
        expect(page.locator("#results .repository")).to_have_count(4)

        much_later(page)

        assert 0 == api.asked["refresh"]

    def test_a_first_refresh_that_fails_ends_the_wait_with_the_reason(self, api, open_page):
        api.has_no_portfolio(202, {"state": "refreshing"}, "1")
        api.has_refresh("failed", done=0, error=ERROR)

        page = open_page("ui")

        expect(page.locator("#status")).to_have_text(
            f"The portfolio cannot be shown: {ERROR['message']}"
        )
        expect(page.locator("#refresh")).to_be_hidden()
        asked = api.asked["refresh"]
        much_later(page)
        assert asked == api.asked["refresh"]

    def test_a_lasting_failure_is_told_and_not_waited_for(self, api, open_page):
        api.has_no_portfolio(503, {"error": ERROR}, "299")

        page = open_page("ui?q=maps")

        expect(page.locator("#status")).to_have_text(
            f"The portfolio cannot be shown: {ERROR['message']}"
        )
        much_later(page)
        assert 1 == api.asked["portfolios"]

    def test_after_a_lasting_failure_typing_promises_nothing(self, api, open_page):
        api.has_no_portfolio(503, {"error": ERROR}, "299")
        page = open_page("ui")
        expect(page.locator("#status")).to_contain_text("cannot be shown")

        for question in ("maps", ""):
            page.fill("#question", question)
            much_later(page)
            expect(page.locator(".skeleton:visible")).to_have_count(0)
        expect(page.locator("#status")).to_contain_text("cannot be shown")

    def test_a_failure_that_asks_for_no_pause_is_tried_again_ever_later(self, api, open_page):
        api.has_no_portfolio(503, {"error": ERROR}, "0")
        page = open_page("ui")
        expect(page.locator("#status")).to_contain_text("cannot be shown")

        for _ in range(5):
            much_later(page)

        assert api.asked["portfolios"] <= 7  # after 1, 2, 4, ... 32 seconds

    def test_a_failure_that_passes_is_waited_for(self, api, open_page):
        api.has_no_portfolio(503, {"error": ERROR}, "1")
        page = open_page("ui")
        expect(page.locator("#status")).to_contain_text("cannot be shown")

        api.has_portfolio(read=4)

        expect(page.locator("#results .repository")).to_have_count(4)

    def test_a_refresh_that_fails_half_way_is_told_beside_what_was_read(self, api, open_page):
        api.has_portfolio(read=2)
        api.has_refresh("failed", done=2, error=ERROR)

        page = open_page("ui")

        expect(page.locator("#progress-text")).to_have_text(
            f"2 of 4 repositories read; the rest could not be read: {ERROR['message']}"
        )

    def test_nothing_is_asked_while_nobody_looks(self, api, open_page):
        api.has_portfolio(read=1)
        api.has_refresh("running", done=1)
        page = open_page("ui")
        expect(page.locator("#progress-text")).to_have_text("1 of 4 repositories read")
        page.evaluate(
            "Object.defineProperty(document, 'hidden', {configurable: true, get: () => true})"
        )
        much_later(page)  # a poll may have been under way
        asked = api.asked["refresh"]

        much_later(page)
        assert asked == api.asked["refresh"]
        page.evaluate(
            "delete document.hidden, document.dispatchEvent(new Event('visibilitychange'))"
        )
        api.has_portfolio(read=4)
        api.has_refresh("completed", done=4)

        expect(page.locator("#refresh")).to_be_hidden()


class TestResults:
    def test_evidence_is_quoted_and_linked_to_its_line(self, api, open_page):
        api.has_portfolio(read=4)
        url = "https://github.com/ada/delta/blob/1234/requirements.txt#L12"
        proof = {"term": "terraform", "signal": "dependencies", "pinned": True, "url": url}
        api.has_result(
            matched_terms=["terraform"],
            evidence=[
                {**proof, "path": "requirements.txt", "line": 12, "quote": "terraform==1.9"},
                {**proof, "signal": "file_types", "path": None, "line": None, "quote": ""},
                {**proof, "signal": "description", "path": None, "line": None, "quote": "shown"},
            ],
            parts=[{"path": "modules/net", "name": "net", "score": 0.5, "url": f"{url}-part"}],
        )
        page = open_page("ui?q=terraform")

        evidence = page.locator("#results .evidence li")
        expect(evidence).to_have_text(["requirements.txt:12 — terraform==1.9", "file types"])
        expect(evidence.first.locator("a")).to_have_attribute("href", url)
        expect(evidence.first.locator("mark")).to_have_text("terraform")
        part = page.get_by_role("link", name="modules/net")
        expect(part).to_have_attribute("href", f"{url}-part")

    def test_addresses_that_are_no_web_addresses_are_not_linked(self, api, open_page):
        api.has_portfolio(read=4)
        script = "javascript:alert(1)"
        proof = {"term": "x", "signal": "readme", "path": "a.md", "line": 1, "quote": "x"}
        api.has_result(url=script, evidence=[{**proof, "url": script, "pinned": False}])
        page = open_page("ui?q=terraform")

        expect(page.locator("#results .evidence")).to_have_text("a.md:1 — x")
        expect(page.locator("#results a")).to_have_count(0)

    def test_each_sentence_of_an_answer_ends_with_its_sources(self, api, open_page):
        api.has_portfolio(read=4)
        sentences = [
            {"text": "Two draw maps.", "repositories": ["beacon", "atlas"], "evidence": []},
            {"text": "Nothing else does.", "repositories": [], "evidence": []},
        ]
        text = "Two draw maps. Nothing else does."
        api.has_answer(text, "atlas", "beacon", sentences=sentences)
        page = open_page("ui?q=maps")

        expect(page.locator("#answer-text")).to_have_text(text)  # numbers are not in a copy
        labels = "notes => notes.map((note) => note.ariaLabel)"
        notes = page.locator("#answer-text .note")
        assert ["Source 2: beacon", "Source 1: atlas"] == notes.evaluate_all(labels)
        expect(page.locator("#citations li")).to_have_text(["atlas", "beacon"])

    def test_without_sentences_a_source_follows_the_name_that_it_belongs_to(self, api, open_page):
        api.has_portfolio(read=4)
        api.has_answer("atlas-maps is like atlas, and like cairn.", "cairn", "atlas", "delta")
        page = open_page("ui?q=maps")

        expect(page.locator("#answer-text")).to_have_text(
            "atlas-maps is like atlas, and like cairn."
        )
        before = (
            "notes => notes.map((note) => [note.ariaLabel, note.parentNode.previousSibling.data])"
        )
        assert [
            ["Source 2: atlas", "atlas-maps is like atlas"],
            ["Source 1: cairn", ", and like cairn"],
        ] == page.locator("#answer-text .note").evaluate_all(before)
        expect(page.locator("#citations li")).to_have_text(["cairn", "atlas", "delta"])

    def test_a_fact_says_by_which_rule_it_was_counted(self, api, open_page):
        api.has_portfolio(read=4)
        api.answers["query"][1]["fact"] = {"value": 1, "rule": "forks are never counted"}
        page = open_page("ui?q=how many maps")
        expect(page.locator("#rule")).to_have_text("Rule: forks are never counted")

        page.fill("#question", "")

        expect(page.locator("#rule")).to_be_hidden()

    def test_a_filtered_question_asks_for_all_that_is_ranked(self, api, open_page):
        """The filters leave some of it out, so that twenty results may be too few."""
        api.has_portfolio(read=4)
        page = open_page("ui?q=maps&language=Go")
        expect(page.locator("#results h3")).to_have_text("delta")

        rankings = [query for query in api.queries if "answer=false" in query]
        assert all("limit=50" in query for query in rankings)
        page.select_option("select[name=language]", "")
        expect(page.locator("#status")).to_have_text("1 repository, in 1 ms.")
        assert "limit=20" in api.queries[-1]

    def test_typing_asks_for_the_ranking_and_only_a_pause_for_the_answer(self, api, open_page):
        api.has_portfolio(read=4)
        page = open_page("ui")
        expect(page.locator("#glance .row").first).to_be_visible()
        api.queries.clear()

        page.locator("#question").press_sequentially("maps", delay=1)
        expect(page.locator("#answer-text")).to_have_text("It is this one.")

        written = [query for query in api.queries if "answer=false" not in query]
        assert 1 == len(written), api.queries
        assert "q=maps" in written[0]

    def test_an_answer_that_is_shown_is_not_asked_for_again(self, api, open_page):
        api.has_portfolio(read=4)
        page = open_page("ui")
        page.fill("#question", "maps")
        expect(page.locator("#answer-text")).to_have_text("It is this one.")
        api.queries.clear()

        page.keyboard.press("Enter")
        much_later(page)

        assert ["answer=false"] == [query.rpartition("&")[2] for query in api.queries]
        expect(page.locator("#answer-text")).to_have_text("It is this one.")

    def test_a_ranking_that_fails_leaves_no_grey_lines(self, api, open_page):
        api.has_portfolio(read=4)
        api.answers["query"] = (500, {"error": ERROR}, {})
        page = open_page("ui?q=maps")

        expect(page.locator("#status")).to_have_text(f"That did not work: {ERROR['message']}")
        expect(page.locator(".skeleton:visible")).to_have_count(0)
        assert page.locator("#results").get_attribute("aria-busy") is None

    def test_an_address_without_words_shows_the_profile(self, api, open_page):
        api.has_portfolio(read=4)
        page = open_page("ui?q=%20%20")

        expect(page.locator("#glance .years")).to_be_visible()

    def test_a_browser_that_refuses_to_change_the_address_shows_results_all_the_same(
        self, api, open_page
    ):
        """Safari allows a page a hundred changes in ten seconds."""
        api.has_portfolio(read=4)
        page = open_page("ui")
        page.evaluate("void (history.replaceState = () => { throw new DOMException() })")

        page.fill("#question", "maps")

        expect(page.locator("#results h3")).to_have_text("delta")


class TestLayout:
    @pytest.mark.parametrize("width", [360, 1280])
    @pytest.mark.parametrize("path", ["ui", "ui?q=maps"])
    def test_words_without_an_end_do_not_widen_the_page(self, api, open_page, path, width):
        word, name = "x" * 300, "n" * 100
        api.has_portfolio(read=4)
        listing = api.answers["portfolios"][1]
        listing["facets"] |= {"languages": {"z" * 60: 1}, "skills": {word: 2}}
        listing["repositories"][0]["languages"] = {"z" * 60: 5, "Go": 1}
        listing["repositories"][0]["metadata"] |= {"description": word, "stargazers_count": 3}
        proof = {"path": word, "line": 1, "quote": word, "signal": "readme", "url": "https://x.org"}
        api.has_result(name=name, description=word, reasons=[word], evidence=[proof])
        api.has_answer(word, name)
        api.answers["query"][1].update(
            suggestions=[word], understood={"read_as": word}, fact={"rule": word}
        )
        page = open_page(path)
        page.set_viewport_size({"width": width, "height": 800})
        expect(
            page.locator("#citations a" if "?" in path else "#glance .notable a")
        ).to_be_visible()

        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    def test_a_text_runs_in_the_direction_of_its_own_letters(self, api, open_page):
        api.has_portfolio(read=4)
        api.has_result(description="\u05de\u05e4\u05d5\u05ea (2026)!")
        page = open_page("ui?q=maps")
        text = page.locator("#results .repository > p").first
        expect(text).to_be_visible()

        assert "plaintext" == text.evaluate("text => getComputedStyle(text).unicodeBidi")

    def test_repositories_far_below_are_not_laid_out(self, api, open_page):
        api.has_portfolio(read=4)
        listing = api.answers["portfolios"][1]
        first = listing["repositories"][0]
        listing["repositories"] = [
            {**first, "metadata": make_metadata(f"repository-{number}")} for number in range(200)
        ]
        page = open_page("ui")
        title = page.locator("#results h3").last
        expect(title).to_have_count(1)

        is_laid_out = "title => title.checkVisibility({contentVisibilityAuto: true})"
        assert not title.evaluate(is_laid_out)


class TestFocus:
    """The focus never falls back to the page's beginning when what has it is redrawn."""

    def test_it_stays_on_the_repository_when_the_results_are_redrawn(self, api, open_page):
        api.has_portfolio(read=4)
        page = open_page("ui?q=maps")
        button = page.locator("[data-name=delta] .open")
        expect(button).to_be_visible()
        page.evaluate("document.querySelector('[data-name=delta]').dataset.isOld = ''")
        page.fill("#question", "maps of the sea")
        page.keyboard.press("ArrowDown")
        expect(button).to_be_focused()

        page.clock.run_for(1000)

        expect(page.locator("[data-is-old]")).to_have_count(0)
        expect(button).to_be_focused()

    def test_it_stays_in_the_list_when_its_repository_is_gone(self, api, open_page):
        api.has_portfolio(read=4)
        page = open_page("ui?q=maps")
        expect(page.locator("[data-name=delta]")).to_be_visible()
        page.fill("#question", "maps of the sea")
        api.has_portfolio(read=1)
        page.keyboard.press("ArrowDown")

        page.clock.run_for(1000)

        expect(page.locator("[data-name=atlas]")).to_be_visible()
        expect(page.locator("#results")).to_be_focused()

    def test_it_goes_to_the_answer_of_a_search_for_words(self, api, open_page):
        api.has_portfolio(read=4)
        api.answers["query"][1]["understood"] = {"read_as": "maps"}
        page = open_page("ui?q=maps")

        page.get_by_role("button", name="search for the words instead").click()

        expect(page.locator("#answer")).to_be_focused()

    def test_it_goes_to_the_filters_when_they_are_reset(self, api, open_page):
        api.has_portfolio(read=4)
        page = open_page("ui?language=Go")

        page.get_by_role("button", name="Show all").click()

        expect(page.locator("select[name=language]")).to_be_focused()

    def test_a_click_beside_the_links_leaves_the_arrows_to_scrolling(self, api, open_page):
        api.has_portfolio(read=4)
        page = open_page("ui")

        page.locator("#results .repository p").nth(2).click()
        page.keyboard.press("ArrowDown")

        expect(page.locator("#results")).to_be_focused()


class TestProfile:
    def test_programming_languages_lead_as_the_api_ranks_them(self, api, open_page):
        api.has_portfolio(read=4)
        rows = [
            {"kind": "languages", "technology": "Rust", "repositories": 1},
            {"kind": "languages", "technology": "Go", "repositories": 4},
            {"kind": "tests", "technology": "Jest", "repositories": 2},
        ]
        listing = api.answers["portfolios"][1]
        listing["repositories"][0]["languages"] = {"HTML": 900, "Rust": 3, "Go": 1}
        api.answers["query"][1]["fact"] = {"value": rows}
        page = open_page("ui")

        languages = page.locator("#glance .languages-list li")
        expect(languages).to_contain_text(["Rust43 %", "Go57 %"])
        expect(page.locator("#glance .row h2")).to_have_text(
            ["Languages", "Tests", "Years", "Notable"]
        )
        expect(page.locator("#glance .names")).to_have_text("Jest 2 repositories")

    def test_without_the_apis_facts_the_lists_of_the_portfolio_have_to_do(self, api, open_page):
        api.has_portfolio(read=4)
        api.answers["portfolios"][1]["facets"]["topics"] = {"maps": 3}
        api.answers["query"] = (503, {"error": ERROR}, {})
        page = open_page("ui")

        expect(page.locator("#glance .languages-list li a")).to_have_text("Go")
        expect(page.locator("#glance .names a")).to_have_text("maps")

    def test_a_repository_whose_details_cannot_be_read_says_so(self, api, open_page):
        api.has_portfolio(read=4)
        page = open_page("ui")
        expect(page.locator("#results .repository")).to_have_count(4)
        api.answers["portfolios"] = (503, {"error": ERROR}, {})

        page.locator("#results .open").first.click()

        expect(page.locator("#results .details").first).to_have_text(
            f"That did not work: {ERROR['message']}"
        )

    def test_names_that_every_script_object_has_are_names_like_others(self, api, open_page):
        api.has_portfolio(read=4)
        listing = api.answers["portfolios"][1]
        listing["facets"]["skills"] = {"constructor": 1}
        page = open_page("ui")
        expect(page.locator("#results .repository")).to_have_count(4)
        locations: dict[str, Any] = {"files": [], "dependencies": {}, "contexts": {}}
        bundle = {"dependencies": ["constructor"], "locations": locations}
        api.answers["portfolios"] = (200, {**listing["repositories"][0], **bundle}, {})

        page.locator("#results .open").first.click()

        expect(page.locator("#results .details dd").first).to_have_text("constructor")


class TestWidget:
    def test_what_is_announced_is_there_before_its_text(self, api, open_page):
        """Screen readers announce changes of a live region, and not that one appears."""
        page = open_page("site")

        for region in ("[role=status]", "[aria-live]"):
            display = "region => getComputedStyle(region).display"
            assert "block" == page.locator(f"portfolio-search {region}").evaluate(display)

    def test_the_focus_goes_to_the_field_when_words_are_searched_for_instead(self, api, open_page):
        api.has_portfolio(read=4)
        api.answers["query"][1]["understood"] = {"read_as": "maps"}
        page = open_page("site")
        page.locator("portfolio-search input").fill("maps")

        page.get_by_role("button", name="search for the words instead").click()

        expect(page.locator("portfolio-search input")).to_be_focused()

    def test_it_waits_for_the_first_listing(self, api, open_page):
        api.has_no_portfolio(202, {"state": "refreshing"}, "1")
        page = open_page("site")
        page.locator("portfolio-search input").fill("maps")
        status = page.locator("portfolio-search [role=status]")
        expect(status).to_contain_text("for the first time")

        api.has_portfolio(read=2)

        expect(page.locator("portfolio-search a")).to_have_text("beacon")
        expect(status).to_have_text("2 of 4 repositories read so far.")

    def test_a_lasting_failure_is_told_and_not_waited_for(self, api, open_page):
        api.has_no_portfolio(503, {"error": ERROR}, "299")
        page = open_page("site")
        page.locator("portfolio-search input").fill("maps")

        expect(page.locator("portfolio-search [role=status]")).to_have_text(
            f"The portfolio cannot be shown: {ERROR['message']}"
        )
        much_later(page)
        assert 1 == api.asked["query"]

    def test_a_failure_that_passes_is_waited_for(self, api, open_page):
        api.has_no_portfolio(503, {"error": ERROR}, "1")
        page = open_page("site")
        page.locator("portfolio-search input").fill("maps")
        expect(page.locator("portfolio-search [role=status]")).to_contain_text("cannot be shown")

        api.has_portfolio(read=4)

        expect(page.locator("portfolio-search a")).to_have_text("delta")
        expect(page.locator("portfolio-search [role=status]")).to_have_text("")
