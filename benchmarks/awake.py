"""The first query of a process that has just started, over a portfolio in the storage."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial

from benchmarks.app_process import new_table, running_app
from benchmarks.github import LOGIN, GitHubProcess
from benchmarks.rows import Row
from localhost.azurite import Azurite
from tools.host_process import HostProcess, ended, wait_for

TARGETS_S = {100: 0.4, 1000: 1.5}  # repositories -> target
RUNS = 3


def measure() -> Iterator[Row]:
    """Time it from the request to the answer; the host is up, the app has served nothing."""
    with Azurite(None) as azurite:
        for repositories, target in TARGETS_S.items():
            table = new_table()
            with GitHubProcess(repositories, 0.0) as github:
                with running_app(github, azurite, table=table) as host:
                    host.post("/api/refresh", {})
                    wait_for(partial(ended, host, LOGIN), "end of the refresh", 300)
                taken_s = []
                for _ in range(RUNS):
                    with running_app(github, azurite, table=table) as host:
                        taken_s.append(_first_query_s(host))
            yield Row(f"first query after a start, {repositories:,}", min(taken_s), target, "s")


def _first_query_s(host: HostProcess) -> float:
    began = time.perf_counter()
    assert host.get("/api/query?q=which+use+flask%3F").status == 200
    return time.perf_counter() - began
