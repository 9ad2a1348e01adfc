"""The time of a warm query, of the ranking alone, and of importing the app."""

from __future__ import annotations

import http.client
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from urllib.parse import urlsplit

from ai_assistant import calculate_repo_scores
from benchmarks.app_process import running_app
from benchmarks.github import LOGIN, GitHubProcess
from benchmarks.refresh import LATENCY_S
from benchmarks.rows import Row
from evaluation.judged_set import questions, sample_bundles
from http_api.requests import MAX_QUERY_CHARS
from localhost.azurite import Azurite
from models import Bundle
from relevance.index import PortfolioIndex
from relevance.terms import analyse, pack_terms
from tools.host_process import ROOT, HostProcess, ended, wait_for

QUESTIONS = ("flask", "react+projects", "which+use+python%3F", "project+number+7", "kubernetes")
WARM_UP_QUERIES, QUERIES = 20, 400
TARGETS_MS = {100: (4, 20), 1000: (12, 60)}  # repositories -> p50, p99


def measure() -> Iterator[Row]:
    """Time warm queries over one connection, with extractive answers; then ranking and import."""
    with Azurite(None) as azurite:
        for repositories, targets in TARGETS_MS.items():
            with GitHubProcess(repositories, 0.0) as github, running_app(github, azurite) as host:
                host.post("/api/refresh", {})
                wait_for(partial(ended, host, LOGIN), "end of the refresh", 120)
                percentiles = statistics.quantiles(_query_times_ms(host), n=100)
                for percentile, target in zip((50, 99), targets, strict=True):
                    work = f"warm query over {repositories:,} repositories, p{percentile}"
                    yield Row(work, percentiles[percentile - 1], target, "ms")
        yield _while_refreshing(azurite)
    yield from _ranking()
    yield Row("import function_app", _import_ms(), 300, "ms")


def _while_refreshing(azurite: Azurite) -> Row:
    """Compare the slowest queries during a forced refresh of 200 with those of an idle app."""
    with GitHubProcess(200, LATENCY_S) as github, running_app(github, azurite) as host:
        host.post("/api/refresh", {})
        wait_for(partial(ended, host, LOGIN), "end of the refresh", 120)
        idle_ms = statistics.quantiles(_query_times_ms(host), n=100)[98]
        busy_ms: list[float] = []
        for _ in range(3):
            host.post("/api/refresh", {"force": True})
            while not ended(host, LOGIN):
                busy_ms += _query_times_ms(host, 40)
    busy_p99_ms = statistics.quantiles(busy_ms, n=100)[98]
    return Row("query p99 during a refresh of 200 / idle", busy_p99_ms / idle_ms, 3, "×")


def _ranking() -> Iterator[Row]:
    """Time the index and the judged questions over 1,000 copies of sample repositories."""
    samples = sample_bundles()
    bundles: list[Bundle] = []
    for number in range(1000):
        sample = samples[number % len(samples)]
        name = f"{sample['metadata']['name']}-{number}"
        bundles.append(
            {
                **sample,
                "metadata": {**sample["metadata"], "name": name},
                "terms": pack_terms(analyse(sample)),
            }
        )
    began = time.perf_counter()
    index = PortfolioIndex(bundles)
    yield Row("index of 1,000 repositories", time.perf_counter() - began, 1, "s")
    taken_ms = [_seconds(index, question.text) * 1000 for question in questions()]
    yield Row("ranking of 1,000 repositories, p50", statistics.median(taken_ms), 5, "ms")
    yield Row(
        "ranking of 1,000 repositories, p90", statistics.quantiles(taken_ms, n=10)[8], 5, "ms"
    )
    text = " ".join(question.text for question in questions())
    longest = [text[start : start + MAX_QUERY_CHARS] for start in range(0, len(text), 200)]
    slowest_s = max(_seconds(index, question) for question in longest)
    yield Row("the slowest question of 500 characters", slowest_s * 1000, 50, "ms")


def _seconds(index: PortfolioIndex, question: str) -> float:
    began = time.perf_counter()
    calculate_repo_scores(index, question)
    return time.perf_counter() - began


def _query_times_ms(host: HostProcess, queries: int = QUERIES) -> list[float]:
    parts = urlsplit(host.url)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port)
    taken_ms = []
    for number in range(WARM_UP_QUERIES + queries):
        began = time.perf_counter()
        connection.request("GET", f"/api/query?q={QUESTIONS[number % len(QUESTIONS)]}")
        response = connection.getresponse()
        response.read()
        assert response.status == 200
        taken_ms.append((time.perf_counter() - began) * 1000)
    connection.close()
    return taken_ms[WARM_UP_QUERIES:]


def _import_ms() -> float:
    program = (
        "import time; t = time.perf_counter(); import function_app; print(time.perf_counter() - t)"
    )
    runs = [
        subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, check=True)
        for _ in range(5)
    ]
    return min(float(run.stdout) for run in runs) * 1000
