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


@contextmanager
def running_app(github: GitHubProcess, azurite: Azurite) -> Iterator[HostProcess]:
    """Run the app with an empty cache and without pacing."""
    with tempfile.TemporaryDirectory() as state:
        host = HostProcess(
            ROOT,
            Path(state),
            GITHUB_USERNAMES=LOGIN,
            GITHUB_API_URL=github.url,
            GITHUB_TOKEN="benchmark",
            GITHUB_REQUESTS_PER_MINUTE="0",
            AzureWebJobsStorage=azurite.connection_string,
            CACHE_TABLE=f"t{uuid4().hex[:12]}",
            REFRESH_SCHEDULE="0 0 0 1 1 *",
            PYTHON_THREADPOOL_THREAD_COUNT=str(WORKER_THREADS),
        )
        with host:
            yield host
