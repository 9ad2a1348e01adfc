"""A GitHub whose answers a test holds back, to look at a refresh while it is certain to run."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition
from typing import Any

from github_standin.portfolio import User, load_user
from github_standin.server import GitHubServer, StandIn
from tools.host_process import SAMPLES


class GatedStandIn(StandIn):
    """Lists the repositories at once, but sends as many of their file trees as a test allows."""

    def __init__(self, *users: User) -> None:
        super().__init__(*users)
        self._allowed = 0.0
        self._sent = 0
        self._changed = Condition()

    def open(self, trees: int) -> None:
        """Send this many trees in all."""
        with self._changed:
            self._allowed = trees
            self._changed.notify_all()

    def open_all(self) -> None:
        """Send everything."""
        with self._changed:
            self._allowed = float("inf")
            self._changed.notify_all()

    def close(self) -> None:
        """Send nothing more, and count from nought again."""
        with self._changed:
            self._allowed, self._sent = 0.0, 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if "/git/trees/" in scope.get("path", ""):
            await asyncio.to_thread(self._wait)
        await super().__call__(scope, receive, send)

    def _wait(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._sent < self._allowed)
            self._sent += 1


@contextmanager
def gated_github() -> Iterator[tuple[GitHubServer, GatedStandIn]]:
    """Serve the sample portfolio behind a gate, which opens at the end at the latest."""
    standin = GatedStandIn(load_user(SAMPLES))
    with GitHubServer(standin) as server:
        try:
            yield server, standin
        finally:
            standin.open_all()
