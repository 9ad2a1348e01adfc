"""First sight of a portfolio that was never fetched, and what it costs without a token."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial

from benchmarks.app_process import running_app
from benchmarks.github import LOGIN, GitHubProcess
from benchmarks.refresh import LATENCY_S
from benchmarks.rows import Row
from localhost.azurite import Azurite
from tools.host_process import HostProcess, ended, wait_for

MAX_ROUND_TRIPS = {47: 12, 1000: 12}  # repositories -> target: about a second
RUNS = 3
POLL_S = 0.05


def measure() -> Iterator[Row]:
    """Time from the first visitor's question, to a process that has just started, to the answer."""
    with Azurite(None) as azurite:
        for repositories, target in MAX_ROUND_TRIPS.items():
            with GitHubProcess(repositories, LATENCY_S) as github:
                taken_s = []
                for _ in range(RUNS):
                    with running_app(github, azurite) as host:
                        taken_s.append(_first_answer_s(host))
            work = f"first sight of {repositories:,} repositories"
            yield Row(work, min(taken_s) / LATENCY_S, target, "round trips")
        with (
            GitHubProcess(47, 0.0) as github,
            running_app(github, azurite, with_token=False) as host,
        ):
            host.post("/api/refresh", {})
            wait_for(partial(ended, host, LOGIN), "end of the refresh", 120)
            yield Row("47 repositories, no token", github.requests("core"), 60, "API requests")


def _first_answer_s(host: HostProcess) -> float:
    began = time.perf_counter()
    while host.get("/api/query?q=flask&answer=false").status == 202:
        time.sleep(POLL_S)
    return time.perf_counter() - began
