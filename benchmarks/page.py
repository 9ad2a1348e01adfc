"""The time from a visitor's key press to the first result on the page. Needs Chromium."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator

from playwright.sync_api import sync_playwright

from benchmarks.app_process import running_app
from benchmarks.github import LOGIN, GitHubProcess
from benchmarks.rows import Row
from localhost.azurite import Azurite
from tools.browser import chromium_path
from tools.host_process import refreshed

RUNS = 15


def measure() -> Iterator[Row]:
    """Time the page, including its pause for further typing."""
    with sync_playwright() as playwright:
        chromium = chromium_path(playwright)
    if chromium is None:
        print("page: left out, because no Chromium is installed")
        return
    with (
        Azurite(None) as azurite,
        GitHubProcess(100, 0.0) as github,
        running_app(github, azurite) as host,
        sync_playwright() as playwright,
    ):
        refreshed(host, LOGIN)
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(f"{host.url}/api/ui")
        page.locator("#glance").wait_for()
        taken_ms = []
        for _ in range(RUNS):
            page.fill("#question", "")
            page.locator("#glance").wait_for()
            page.keyboard.type("flas")
            began = time.perf_counter()
            page.keyboard.press("k")
            page.locator("#results .signals").first.wait_for()
            taken_ms.append((time.perf_counter() - began) * 1000)
        browser.close()
    yield Row("first result after a key press, median", statistics.median(taken_ms), 200, "ms")
