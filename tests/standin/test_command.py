"""`python -m github_standin` as a user starts it, with nothing but the package."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from github_standin.server import GitHubServer, StandIn
from tools.host_process import ROOT, SAMPLES, USERNAME, http


@pytest.fixture
def start(tmp_path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start the command where only the package itself can be imported."""
    shutil.copytree(ROOT / "github_standin", tmp_path / "github_standin")
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "github_standin", *arguments],
            cwd=tmp_path,
            env={},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_it_serves_a_folder_until_ctrl_c(start):
    process = start(str(SAMPLES))
    line = process.stdout.readline()
    url = line.split(" at ")[1].split(". ")[0]

    assert line.startswith(f"Serving {USERNAME} at http://127.0.0.1:")
    assert 30 == len(http("GET", f"{url}/users/{USERNAME}/repos").json)
    process.send_signal(signal.SIGINT)
    assert ("", 0) == (process.communicate(timeout=10)[1], process.returncode)


def test_a_folder_without_a_portfolio_is_named(start, tmp_path):
    process = start(str(tmp_path))
    _, said = process.communicate(timeout=10)

    assert 2 == process.returncode
    assert f"error: {tmp_path} holds no portfolio" in said


def test_a_taken_port_is_named(start):
    with GitHubServer(StandIn()) as other:
        port = other.url.rpartition(":")[2]
        process = start(str(SAMPLES), "--port", port)
        _, said = process.communicate(timeout=10)

    assert 2 == process.returncode
    assert f"error: cannot listen on port {port}: " in said
