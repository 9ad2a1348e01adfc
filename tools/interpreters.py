"""Find the Pythons of this machine that can run the app.

`python -m tools.interpreters` prints the newest one that differs in version from the one running.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

PYTHONS = ("3.11", "3.12", "3.13", "3.14")


def find_interpreters() -> dict[str, str]:
    """Map each version in PYTHONS that this machine has to one interpreter, oldest first."""
    candidates = [
        sys.executable,
        *(shutil.which(f"python{version}") for version in PYTHONS),
        shutil.which("python3"),
        *map(str, Path.home().glob(".pyenv/versions/3.1*/bin/python3")),
    ]
    interpreters: dict[str, str] = {}
    for interpreter in filter(None, candidates):
        interpreters.setdefault(version_of(interpreter), interpreter)
    return {version: interpreters[version] for version in PYTHONS if version in interpreters}


def version_of(interpreter: str) -> str:
    """Return a version such as 3.12, or nothing for a pyenv shim that has no Python behind it."""
    program = "import sys; print('%d.%d' % sys.version_info[:2])"
    return subprocess.run(
        [interpreter, "-c", program], capture_output=True, text=True
    ).stdout.strip()


if __name__ == "__main__":
    own_version = version_of(sys.executable)
    others = [path for version, path in find_interpreters().items() if version != own_version]
    print(others[-1] if others else "")
