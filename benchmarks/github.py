"""The stand-in for GitHub in a separate process, so that the app's threads do not wait for it."""

from __future__ import annotations

import multiprocessing
from multiprocessing.connection import Connection
from types import TracebackType

from github_standin import graphql
from github_standin.portfolio import many_repositories
from github_standin.server import GitHubServer, StandIn

LOGIN = "octo"


class GitHubProcess:
    """A running stand-in. `with GitHubProcess(…) as github:`"""

    def __init__(self, repositories: int, latency_s: float) -> None:
        """Serve small repositories, as many as `repositories` says, with `latency_s` a request."""
        context = multiprocessing.get_context("spawn")
        self._commands, theirs = context.Pipe()
        self._process = context.Process(
            target=_serve, args=(theirs, repositories, latency_s), daemon=True
        )
        self._process.start()
        self.url: str = self._commands.recv()

    def push(self, name: str) -> None:
        """Push a new file to a repository."""
        self._commands.send(("push", name))
        self._commands.recv()

    def requests(self, resource: str = "") -> int:
        """Count the requests so far; with `resource`, those of `core`, `graphql` or `raw`."""
        self._commands.send(("count", resource))
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


def _serve(commands: Connection, repositories: int, latency_s: float) -> None:
    """Answer commands: push to a repository, or count requests."""
    standin = StandIn(many_repositories(LOGIN, repositories), latency_s=latency_s)
    for quota in (standin.quotas.core, standin.quotas.graphql):
        quota.limit = quota.remaining = 10**9  # no benchmark may run out of quota
    graphql.schema()  # takes a second, which no benchmark may measure
    with GitHubServer(standin) as server:
        commands.send(server.url)
        while True:
            match commands.recv():
                case "push", name:
                    repository = standin.users[LOGIN].repositories[name]
                    repository.push({"changed.txt": "x"}, "2026-11-01T00:00:00Z")
                    commands.send(None)
                case "count", resource:
                    counted = [
                        request
                        for request in standin.requests
                        if resource in ("", request.resource)
                    ]
                    commands.send(len(counted))
