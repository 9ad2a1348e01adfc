"""`make run` as a new user sees it, with its input closed and its output in a pipe."""

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
from tools.run import POLL_S

pytestmark = pytest.mark.server
MAX_WAIT_S = 60  # for the end of the process, on a busy machine


@contextmanager
def make_run(data: Path, **env: str) -> Iterator[subprocess.Popen[str]]:
    """Run what `make run` runs, on a free port; end it as Ctrl-C does."""
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("GITHUB_", "OPENAI_", "Azure"))
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
            process.wait(MAX_WAIT_S)


def read_until(process: subprocess.Popen[str], last: str) -> str:
    """Return the output up to a line that contains `last`."""
    output = ""
    assert process.stdout is not None
    for line in process.stdout:
        output += line
        if last in line:
            return output
    raise AssertionError(f"it ended before it printed {last!r}:\n{output}")


def test_it_shows_the_refresh_an_answer_with_reasons_and_the_urls(tmp_path):
    with make_run(tmp_path) as process:
        output = read_until(process, "Ctrl-C stops.")
        url = next(line for line in output.splitlines() if "/api/query?q=" in line).strip()
        reply = http("GET", url.replace("localhost", "127.0.0.1"))

    assert "refresh of ada-nimbus: completed, 31 of 31" in output
    assert "skyhook  kubernetes in its dependencies, topics" in output
    assert "skyhook" == reply.json["results"][0]["name"]
    assert 0 == process.returncode


def test_it_serves_another_portfolio_from_another_server_and_shows_the_refresh_running(tmp_path):
    # Some requests, one after another, at this latency: longer than the pause between two looks.
    github = StandIn(many_repositories("someone", 3), latency_s=3 * POLL_S)
    with (
        GitHubServer(github) as server,
        make_run(
            tmp_path, GITHUB_USERNAMES="someone", GITHUB_API_URL=server.url, GITHUB_TOKEN="x"
        ) as process,
    ):
        output = read_until(process, "Ctrl-C stops.")

    assert "refresh of someone: running" in output
    assert "refresh of someone: completed, 3 of 3" in output


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
            "`REFRESH_SCHEDULE` is '0 0 99 * * *'; expected NCRONTAB",
        ),
        ("PORT", "web", "`PORT` is 'web'; expected a whole number"),
    ],
)
def test_a_wrong_setting_ends_it_with_a_message_and_no_traceback(tmp_path, name, value, message):
    with make_run(tmp_path, **{"GITHUB_USERNAMES": "someone", name: value}) as process:
        output, _ = process.communicate(timeout=MAX_WAIT_S)

    assert process.returncode not in (0, None)
    assert message in output
    assert "Traceback" not in output


def test_a_taken_port_ends_it_with_a_message(tmp_path):
    with GitHubServer(StandIn()) as taken:
        port = taken.url.rpartition(":")[2]
        with make_run(tmp_path, PORT=port) as process:
            output, _ = process.communicate(timeout=MAX_WAIT_S)

    assert f"port {port} is taken" in output
    assert 1 == process.returncode
