"""What the host prints."""

from __future__ import annotations

import io
import json
import sys
from concurrent.futures import ThreadPoolExecutor

from localhost.terminal import Terminal


class Slow(io.StringIO):
    """A stream at which another thread gets its turn after every write."""

    def write(self, text: str) -> int:
        written = super().write(text)
        with ThreadPoolExecutor(1) as other:
            other.submit(int).result()
        return written


def test_lines_of_threads_that_log_at_once_stay_whole(monkeypatch):
    stream = Slow()
    monkeypatch.setattr(sys, "stdout", stream)
    terminal = Terminal(quiet=False, json_logs=True)

    # Not `emit` alone: requests are printed by the event loop, beside the log's own lock.
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda number: terminal._show("log", "", {"number": number}), range(200)))

    assert 200 == len([json.loads(line) for line in stream.getvalue().splitlines()])
