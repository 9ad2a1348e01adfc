"""A visitor's question, answered from memory, and what it takes to start."""

from __future__ import annotations

import http.client
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

from ai_assistant import calculate_repo_scores
from benchmarks.app_process import running_app
from benchmarks.github import LOGIN, GitHubProcess
from benchmarks.rows import Row
from evaluation.judged_set import questions, sample_bundles
from localhost.azurite import Azurite
from models import Bundle
from relevance.index import PortfolioIndex
from tools.host_process import ROOT, HostProcess, ended, wait_for

QUESTIONS = ("flask", "react+projects", "which+use+python%3F", "project+number+7", "kubernetes")
ASKED = 400
TARGETS_MS = {100: (5, 25), 1000: (15, 75)}  # p50, p99


def measure() -> Iterator[Row]:
    """Warm queries over one connection, with an extractive answer; then the import of the app."""
    with Azurite(None) as azurite:
        for count, targets in TARGETS_MS.items():
            with GitHubProcess(count, 0.0) as github, running_app(github, azurite) as host:
                host.post("/api/refresh", {})
                wait_for(lambda running=host: ended(running, LOGIN), "end of the refresh", 120)
                taken = statistics.quantiles(_milliseconds(host), n=100)
                for which, target in zip((50, 99), targets, strict=True):
                    work = f"warm query over {count:,} repositories, p{which}"
                    yield Row(work, taken[which - 1], target, "ms")
    yield from _ranking()
    yield Row("import function_app", _import_ms(), 300, "ms")


def _ranking() -> Iterator[Row]:
    """The ranking alone, over a thousand repositories that all differ."""
    samples = sample_bundles()
    bundles: list[Bundle] = [
        {**each, "metadata": {**each["metadata"], "name": f"{each['metadata']['name']}-{number}"}}
        for number in range(1000)
        for each in [samples[number % len(samples)]]
    ]
    began = time.perf_counter()
    index = PortfolioIndex(bundles)
    yield Row("index of 1,000 repositories", time.perf_counter() - began, 5, "s")
    taken = []
    for question in questions():
        began = time.perf_counter()
        calculate_repo_scores(index, question.text)
        taken.append((time.perf_counter() - began) * 1000)
    yield Row("ranking of 1,000 repositories, p50", statistics.median(taken), 5, "ms")
    yield Row("ranking of 1,000 repositories, p90", statistics.quantiles(taken, n=10)[8], 5, "ms")


def _milliseconds(host: HostProcess) -> list[float]:
    parts = urlsplit(host.url)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port)
    taken = []
    for number in range(ASKED + 20):
        began = time.perf_counter()
        connection.request("GET", f"/api/query?q={QUESTIONS[number % len(QUESTIONS)]}")
        response = connection.getresponse()
        response.read()
        assert response.status == 200
        taken.append((time.perf_counter() - began) * 1000)
    connection.close()
    return taken[20:]  # the first build the index


def _import_ms() -> float:
    program = (
        "import time; t = time.perf_counter(); import function_app; print(time.perf_counter() - t)"
    )
    runs = [
        subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, check=True)
        for _ in range(5)
    ]
    return min(float(run.stdout) for run in runs) * 1000
