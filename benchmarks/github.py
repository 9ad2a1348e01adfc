"""The GitHub stand-in in a process of its own, so that its work is not counted as ours."""

from __future__ import annotations

import multiprocessing
from multiprocessing.connection import Connection
from types import TracebackType

from github_standin.portfolio import many_repositories
from github_standin.server import GitHubServer, StandIn

LOGIN = "octo"


class GitHubProcess:
    """`count` repositories at `latency_s` a request. `with GitHubProcess(…) as github:`"""

    def __init__(self, count: int, latency_s: float) -> None:
        context = multiprocessing.get_context("spawn")
        self._commands, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, count, latency_s), daemon=True)
        self._process.start()
        self.url: str = self._commands.recv()

    def push(self, name: str) -> None:
        """Change one repository."""
        self._commands.send(name)
        self._commands.recv()

    def requests(self) -> int:
        """How many there were."""
        self._commands.send("")
        count: int = self._commands.recv()
        return count

    def __enter__(self) -> GitHubProcess:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._process.terminate()
        self._process.join()


def _serve(commands: Connection, count: int, latency_s: float) -> None:
    standin = StandIn(many_repositories(LOGIN, count), latency_s=latency_s)
    standin.limit = standin.remaining = 10**9  # limits are not what is measured
    with GitHubServer(standin) as server:
        commands.send(server.url)
        while True:
            name = commands.recv()
            if name:
                repository = standin.users[LOGIN].repositories[name]
                repository.push({"changed.txt": "x"}, "2026-11-01T00:00:00Z")
            commands.send(len(standin.requests))
