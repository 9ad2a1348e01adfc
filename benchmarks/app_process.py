"""The app in a process of its own, for the benchmarks."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from benchmarks.github import LOGIN, GitHubProcess
from localhost.azurite import Azurite
from tools.host_process import ROOT, HostProcess

WORKER_THREADS = 32


def new_table() -> str:
    """Return the name of a table that does not exist."""
    return f"t{uuid4().hex[:12]}"


@contextmanager
def running_app(
    github: GitHubProcess, azurite: Azurite, *, table: str = "", with_token: bool = True
) -> Iterator[HostProcess]:
    """Run the app without pacing, over `table` or else over an empty cache."""
    with tempfile.TemporaryDirectory() as state:
        host = HostProcess(
            ROOT,
            Path(state),
            GITHUB_USERNAMES=LOGIN,
            GITHUB_API_URL=github.url,
            GITHUB_RAW_URL=f"{github.url}/raw",
            GITHUB_TOKEN="benchmark" if with_token else "",
            GITHUB_REQUESTS_PER_MINUTE="0",
            AzureWebJobsStorage=azurite.connection_string,
            CACHE_TABLE=table or new_table(),
            REFRESH_SCHEDULE="0 0 0 1 1 *",
            PYTHON_THREADPOOL_THREAD_COUNT=str(WORKER_THREADS),
        )
        with host:
            yield host
