"""Real parts, started for the tests that need them and stopped after."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from github_standin.portfolio import load_user
from github_standin.server import GitHubServer, StandIn
from localhost.azurite import Azurite
from tests.model_server import Model
from tools.host_process import SAMPLES, USERNAME, HostProcess


@pytest.fixture(scope="session")
def azurite() -> Iterator[Azurite]:
    """Azure Table Storage, in memory."""
    with Azurite(None) as running:
        yield running


@pytest.fixture
def github() -> Iterator[GitHubServer]:
    """GitHub with the sample portfolio."""
    with GitHubServer(StandIn(load_user(SAMPLES))) as server:
        yield server


@pytest.fixture
def start_app(
    azurite: Azurite, github: GitHubServer, tmp_path: Path
) -> Iterator[Callable[..., HostProcess]]:
    """Start the app with settings of the test's; the same table and state at every start of a test."""
    from tools.host_process import ROOT

    table = f"t{uuid4().hex[:12]}"
    running: list[HostProcess] = []

    def start(**env: str) -> HostProcess:
        host = HostProcess(
            ROOT,
            tmp_path / "state",
            **{
                "GITHUB_USERNAMES": USERNAME,
                "GITHUB_API_URL": github.url,
                "GITHUB_TOKEN": "ghp_of-the-test",
                "AzureWebJobsStorage": azurite.connection_string,
                "CACHE_TABLE": table,
                "REFRESH_SCHEDULE": "0 0 0 1 1 *",
                "PYTHON_THREADPOOL_THREAD_COUNT": "32",
                **env,
            },
        )
        running.append(host.__enter__())
        return host

    yield start
    for host in running:
        host.__exit__()


@pytest.fixture
def model() -> Iterator[Model]:
    """A model that answers."""
    running = Model()
    yield running
    running.close()


@pytest.fixture
def no_server() -> str:
    """An address at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"
