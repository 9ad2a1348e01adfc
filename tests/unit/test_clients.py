"""The clients that all functions of a process share."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from clients import CreatedOnce

ROOT = Path(__file__).parent.parent.parent
THREADS = 8


def test_threads_that_ask_at_once_get_the_same_object():
    barrier = Barrier(THREADS)
    created = []

    @CreatedOnce
    def client() -> object:
        created.append(object())
        return created[-1]

    def ask() -> object:
        barrier.wait(10)
        return client()

    with ThreadPoolExecutor(THREADS) as pool:
        answers = [future.result() for future in [pool.submit(ask) for _ in range(THREADS)]]

    assert 1 == len(created)
    assert set(created) == set(answers)


def test_a_client_that_could_not_be_created_is_tried_again():
    attempts = []

    @CreatedOnce
    def client() -> str:
        attempts.append(1)
        if len(attempts) == 1:
            raise ConnectionError
        return "connected"

    with pytest.raises(ConnectionError):
        client()

    assert "connected" == client()


def test_a_client_that_was_cleared_is_created_again():
    client = CreatedOnce(object)
    first = client()

    client.cache_clear()

    assert first is not client()


def test_importing_the_clients_reads_no_setting():
    program = "import clients, settings; print(settings.settings.cache_info().misses)"

    assert "0" == run(program)


def test_every_client_is_created_once_from_the_settings():
    program = (
        "import clients\n"
        "assert clients.github_repo_manager() is clients.github_repo_manager()\n"
        "assert clients.assistant() is clients.assistant()\n"
        "print(clients.github_repo_manager()._client._base_url)\n"
    )

    assert "http://github.test" == run(
        program,
        GITHUB_USERNAMES="ada",
        GITHUB_API_URL="http://github.test",
        AzureWebJobsStorage="UseDevelopmentStorage=true",
    )


def run(program: str, **env: str) -> str:
    """Run a program in a process of its own, which has no clients yet; return its output."""
    finished = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    return finished.stdout.strip()
