"""Find the browser that tests, screenshots and benchmarks open our pages with."""

from __future__ import annotations

import shutil
from pathlib import Path

from playwright.sync_api import Playwright

DEBIAN_NAMES = ("chromium", "chromium-browser")


def chromium_path(playwright: Playwright) -> str | None:
    """Return the path of Debian's Chromium, else of Playwright's own; None without either."""
    for name in DEBIAN_NAMES:
        if path := shutil.which(name):
            return path
    own = playwright.chromium.executable_path
    return own if Path(own).exists() else None
