"""How much an orchestration costs by itself: trivial activities, nothing else."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from benchmarks.rows import Row
from tests.localhost.support import end, steer
from tools.host_process import HostProcess, wait_for

APP = Path(__file__).parent / "app"
TARGETS_S = {200: 0.5, 1000: 2.0}
RUNS = 3


def measure() -> Iterator[Row]:
    """The best of a few runs for each size, from the start to the stored output."""
    with tempfile.TemporaryDirectory() as data, HostProcess(APP, Path(data)) as host:
        for activities, target in TARGETS_S.items():
            taken = [_seconds(host, activities, f"fan-{activities}-{run}") for run in range(RUNS)]
            yield Row(f"{activities} trivial activities", min(taken), target, "s")


def _seconds(host: HostProcess, activities: int, name: str) -> float:
    # Text holding JSON, as the SDK's client would send it.
    assert steer(host, f"/orchestrators/fan/{name}", str(activities)).status == 202
    assert end(host, name)["output"] == activities * (activities - 1) // 2
    history = wait_for(
        lambda: host.management(f"/instances/{name}?showHistory=true").json["historyEvents"],
        "history",
    )
    first, last = (datetime.fromisoformat(history[at]["Timestamp"]) for at in (0, -1))
    return (last - first).total_seconds()
