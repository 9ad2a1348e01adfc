"""`make run` as a new user sees it, with input closed and output in a pipe."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from github_standin.portfolio import many_repositories
from github_standin.server import GitHubServer, StandIn
from tools.host_process import ROOT, http

pytestmark = pytest.mark.server


@contextmanager
def demo(data: Path, **env: str) -> Iterator[subprocess.Popen[str]]:
    clean = {
        k: v for k, v in os.environ.items() if not k.startswith(("GITHUB_", "OPENAI_", "Azure"))
    }
    with subprocess.Popen(
        [sys.executable, "-m", "tools.run"],
        cwd=ROOT,
        env={**clean, "PORT": "0", "LOCALHOST_DATA_DIR": str(data), **env},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(20)


def read_until(process: subprocess.Popen[str], last: str) -> str:
    """Read lines up to the one that contains `last`."""
    output = ""
    assert process.stdout is not None
    for line in process.stdout:
        output += line
        if last in line:
            return output
    raise AssertionError(f"it ended before it printed {last!r}:\n{output}")


def test_it_shows_the_refresh_an_answer_with_reasons_and_the_urls(tmp_path):
    with demo(tmp_path) as process:
        output = read_until(process, "Ctrl-C stops.")
        url = next(line for line in output.splitlines() if "/api/query?q=" in line).strip()
        answered = http("GET", url.replace("localhost", "127.0.0.1"))

    assert output.startswith("Starting Azurite, the Azure Storage emulator …\nStarting the app …\n")
    assert "refresh of ada-nimbus: running" in output
    assert "refresh of ada-nimbus: completed, 31 of 31" in output
    assert "skyhook  kubernetes in its topics" in output
    assert "skyhook" == answered.json["results"][0]["name"]
    assert 0 == process.returncode


def test_it_serves_another_portfolio_from_another_github_server(tmp_path):
    with (
        GitHubServer(StandIn(many_repositories("someone", 3))) as server,
        demo(
            tmp_path, GITHUB_USERNAMES="someone", GITHUB_API_URL=server.url, GITHUB_TOKEN="x"
        ) as process,
    ):
        output = read_until(process, "Ctrl-C stops.")

    assert "refresh of someone: completed, 3 of 3" in output


def test_an_unknown_account_is_named_and_the_app_goes_on(tmp_path):
    with (
        GitHubServer(StandIn()) as server,
        demo(tmp_path, GITHUB_USERNAMES="nobody", GITHUB_API_URL=server.url) as process,
    ):
        output = read_until(process, "Ctrl-C stops.")

    assert "The refresh of nobody failed: GitHub has no account `nobody`" in output
    assert "“kubernetes” has no answer yet: " in output


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        (
            "REFRESH_BATCH_SIZE",
            "many",
            "`REFRESH_BATCH_SIZE` is 'many'; expected a whole number from 1 to 100",
        ),
        (
            "GITHUB_API_URL",
            "github",
            "`GITHUB_API_URL` is 'github'; expected an http:// or https:// address",
        ),
        (
            "REFRESH_SCHEDULE",
            "0 0 99 * * *",
            "`REFRESH_SCHEDULE` is '0 0 99 * * *', which is not a schedule",
        ),
        ("PORT", "web", "`PORT` is 'web'; expected a whole number"),
    ],
)
def test_a_wrong_setting_ends_it_at_once_and_is_named(tmp_path, name, value, message):
    with demo(tmp_path, **{"GITHUB_USERNAMES": "someone", name: value}) as process:
        output, _ = process.communicate(timeout=30)

    assert process.returncode not in (0, None)
    assert message in output
    assert "Traceback" not in output


def test_a_taken_port_is_named(tmp_path):
    with GitHubServer(StandIn()) as taken:
        port = taken.url.rpartition(":")[2]
        with demo(tmp_path, PORT=port) as process:
            output, _ = process.communicate(timeout=30)

    assert f"port {port} is taken" in output
    assert 1 == process.returncode
