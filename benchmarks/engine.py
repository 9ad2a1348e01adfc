"""The cost of an orchestration by itself, measured with activities that do nothing."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from benchmarks.rows import Row
from tools.host_process import HostProcess

APP = Path(__file__).parent / "app"
TARGETS_S = {200: 0.5, 1000: 2.0}
RUNS = 3


def measure() -> Iterator[Row]:
    """Yield the best of a few runs for each size, from the start to the stored output."""
    with tempfile.TemporaryDirectory() as data, HostProcess(APP, Path(data)) as host:
        for activities, target in TARGETS_S.items():
            taken = [_seconds(host, activities, f"fan-{activities}-{run}") for run in range(RUNS)]
            yield Row(f"{activities} trivial activities", min(taken), target, "s")


def _seconds(host: HostProcess, activities: int, name: str) -> float:
    # The SDK's client, too, sends JSON inside a JSON string.
    assert host.steer(f"/orchestrators/fan/{name}", str(activities)).status == 202
    assert host.wait_for_end(name)["output"] == activities * (activities - 1) // 2
    history = host.instance(name, "?showHistory=true")["historyEvents"]
    first, last = (datetime.fromisoformat(history[index]["Timestamp"]) for index in (0, -1))
    return (last - first).total_seconds()
