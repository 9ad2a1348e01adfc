"""An app that all tests of a module share, because none of them changes what it serves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from github_standin.server import GitHubServer
from localhost.azurite import Azurite
from tools.host_process import ROOT, USERNAME, HostProcess, refreshed


@contextmanager
def served_portfolio(
    azurite: Azurite, github: GitHubServer, state: Path, **env: str
) -> Iterator[HostProcess]:
    """Run the app, with a table of its own, once its first refresh has ended."""
    with HostProcess(
        ROOT,
        state,
        **{
            "GITHUB_USERNAMES": USERNAME,
            "GITHUB_API_URL": github.url,
            "GITHUB_TOKEN": "ghp_of-the-test",
            "AzureWebJobsStorage": azurite.connection_string,
            "CACHE_TABLE": f"t{uuid4().hex[:12]}",
            "REFRESH_SCHEDULE": "0 0 0 1 1 *",
            "PYTHON_THREADPOOL_THREAD_COUNT": "32",
            **env,
        },
    ) as host:
        refreshed(host)
        yield host
