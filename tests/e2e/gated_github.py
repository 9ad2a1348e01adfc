"""A GitHub whose answers a test holds back, to look at a refresh while it is certain to run."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from typing import Any

from github_standin.portfolio import load_user
from github_standin.server import GitHubServer, StandIn
from tools.host_process import SAMPLES


class GatedStandIn(StandIn):
    """Lists the repositories at once, but sends nothing of their content before `gate` is set."""

    def __init__(self, gate: Event) -> None:
        super().__init__(load_user(SAMPLES))
        self._gate = gate

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope.get("path", "").startswith("/repos/"):
            await asyncio.to_thread(self._gate.wait)
        await super().__call__(scope, receive, send)


@contextmanager
def gated_github() -> Iterator[tuple[GitHubServer, Event]]:
    """Serve the sample portfolio behind a gate, which opens at the end at the latest."""
    gate = Event()
    with GitHubServer(GatedStandIn(gate)) as server:
        try:
            yield server, gate
        finally:
            gate.set()
