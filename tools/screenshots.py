"""`make screenshots`: take the README's pictures of the search page and of `make run`."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path
from uuid import uuid4

from playwright.sync_api import sync_playwright
from rich.console import Console
from rich.text import Text

from github_standin.portfolio import load_user
from github_standin.server import GitHubServer, StandIn
from localhost.azurite import Azurite
from tools.browser import chromium_path
from tools.host_process import ROOT, SAMPLES, USERNAME, HostProcess, refreshed

IMAGES = ROOT / "docs" / "images"
QUESTION = "which projects use Kubernetes?"


def main() -> None:
    """Take every picture."""
    IMAGES.mkdir(exist_ok=True)
    take_pages()
    take_terminal()


def take_pages() -> None:
    """Take the search page at a glance and with a question, light and dark."""
    with (
        tempfile.TemporaryDirectory() as state,
        Azurite(None) as azurite,
        GitHubServer(StandIn(load_user(SAMPLES))) as github,
        HostProcess(
            ROOT,
            Path(state),
            GITHUB_USERNAMES=USERNAME,
            GITHUB_API_URL=github.url,
            GITHUB_RAW_URL=github.raw_url,
            AzureWebJobsStorage=azurite.connection_string,
            CACHE_TABLE=f"t{uuid4().hex[:12]}",
            REFRESH_SCHEDULE="0 0 0 1 1 *",
        ) as host,
        sync_playwright() as playwright,
    ):
        refreshed(host)
        host.get("/api/query?q=kubernetes")  # builds the index: the page shows a later query's time
        browser = playwright.chromium.launch(
            executable_path=chromium_path(playwright), args=["--no-sandbox"]
        )
        for scheme in ("light", "dark"):
            page = browser.new_page(
                color_scheme=scheme, viewport={"width": 960, "height": 760}, device_scale_factor=1
            )
            page.goto(f"{host.url}/api/ui")
            page.locator("#glance .years").wait_for()
            page.screenshot(path=IMAGES / f"glance-{scheme}.png")
            page.fill("#question", QUESTION)
            page.locator("#citations a").first.wait_for()
            page.locator("#results .score").first.wait_for()
            page.screenshot(path=IMAGES / f"question-{scheme}.png")
        browser.close()


def take_terminal() -> None:
    """Take the output of `make run`, started without state."""
    with tempfile.TemporaryDirectory() as state:
        env = {
            **os.environ,
            "PORT": "7071",
            "LOCALHOST_DATA_DIR": state,
            "FORCE_COLOR": "1",
            "COLUMNS": "110",
        }
        running = subprocess.Popen(
            ["make", "--no-print-directory", "run"],
            cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        lines: list[str] = []
        for line in running.stdout or ():
            lines.append(line)
            if "Ctrl-C stops" in line:
                break
        running.terminate()
        running.wait()
    # A terminal draws each state of the progress bar over the one before: keep the last.
    bars = [number for number, line in enumerate(lines) if "Refreshing" in line]
    shown = "".join(line for number, line in enumerate(lines) if number not in bars[:-1])
    console = Console(record=True, width=110, file=open(os.devnull, "w"))  # noqa: SIM115
    console.print(Text.from_ansi("$ make run\n" + shown))
    console.save_svg(str(IMAGES / "make-run.svg"), title="make run")


if __name__ == "__main__":
    main()
