"""`make check-locks`: let pip resolve every lock file on every supported Python of this machine.

Fails for a pin that a Python refuses, for a hash that differs and for a dependency without a pin.
Nothing is installed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tools.interpreters import PYTHONS, find_interpreters

ROOT = Path(__file__).parent.parent
ONLY_PYTHON = {"requirements-worker.txt": "3.13"}  # locked for this version alone


def main() -> int:
    """Print one line for each lock file and Python; return the exit status."""
    interpreters = find_interpreters()
    # The longest files first, so that no core is idle at the end.
    locks = sorted(ROOT.glob("requirements*.txt"), key=lambda lock: -lock.stat().st_size)
    pairs = [
        (lock, version)
        for lock in locks
        for version in interpreters
        if version == ONLY_PYTHON.get(lock.name, version)
    ]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = pool.map(lambda pair: check(pair[0], interpreters[pair[1]]), pairs)
        refused = 0
        for (lock, version), (message, seconds) in zip(pairs, results, strict=True):
            verdict = "refused" if message else "ok"
            print(f"{lock.name:<27}Python {version:<6}{verdict:<9}{seconds:4.1f} s", flush=True)
            if message:
                refused += 1
                print(f"{interpreters[version]}: {message}", flush=True)
    missing = [version for version in PYTHONS if version not in interpreters]
    if missing:
        print(f"Not checked, because not found on this machine: Python {', '.join(missing)}")
    return 1 if refused else 0


def check(lock: Path, interpreter: str) -> tuple[str, float]:
    """Return what pip says against a lock file, empty if nothing, and how many seconds it took."""
    started = time.monotonic()
    # This environment's pip, because an interpreter may come without one.
    pip = [sys.executable, "-m", "pip", "--python", interpreter, "--disable-pip-version-check"]
    # A dry run with a report is allowed even where the system forbids pip to install.
    install = ["install", "--dry-run", "--report", os.devnull, "--ignore-installed"]
    result = subprocess.run(
        [*pip, "-qq", *install, "--require-hashes", "-r", str(lock)],
        capture_output=True,
        text=True,
    )
    message = result.stderr.strip() if result.returncode else ""
    return message, time.monotonic() - started


if __name__ == "__main__":
    sys.exit(main())
