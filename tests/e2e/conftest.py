"""The browser of the tests of pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Response, expect, sync_playwright

from tools.browser import chromium_path

MAX_WAIT_MS = 30_000  # on a busy machine the default of 5 s is too short


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        path = chromium_path(playwright)
        if path is None:
            pytest.skip(
                "NO BROWSER: install Debian's `chromium`, or run `playwright install chromium`,"
                " to test the pages; .ci/run does"
            )
        running = playwright.chromium.launch(
            executable_path=path,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        expect.set_options(timeout=MAX_WAIT_MS)
        yield running
        running.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open an address in a fresh browser profile. Errors in the page fail the test."""
    contexts = []
    problems: list[str] = []

    def note_error_status(response: Response) -> None:
        if response.status >= 400:
            problems.append(f"{response.status} {response.url}")

    def open_page(url: str, **options: Any) -> Page:
        context = browser.new_context(**options)
        contexts.append(context)
        page: Page = context.new_page()
        page.set_default_timeout(MAX_WAIT_MS)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("dialog", lambda dialog: problems.append(f"dialog: {dialog.message}"))
        # Playwright reports no request for /favicon.ico, but the browser logs that it failed.
        page.on(
            "console",
            lambda message: (
                problems.append(f"{message.text} {message.location['url']}")
                if message.type == "error"
                else None
            ),
        )
        page.on("response", note_error_status)
        page.goto(url)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [] == problems
