"""The whole app in a process of its own, as tests use it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "samples" / "ada-nimbus"
USERNAME = "ada-nimbus"
KEYS = {"FUNCTION": "function-key-0", "MASTER": "master-key-0", "SYSTEM": "system-key-0"}


@dataclass(frozen=True)
class Reply:
    """An HTTP answer."""

    status: int
    headers: dict[str, str]  # lower-case names
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def http(
    method: str, url: str, body: object = None, *, raw: bytes | None = None, **headers: str
) -> Reply:
    """One request; header names with underscores for dashes."""
    content = raw if raw is not None else None if body is None else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = Request(url, data=content, method=method, headers=named)
    try:
        with urlopen(request, timeout=30) as response:
            return Reply(
                response.status,
                {k.lower(): v for k, v in response.headers.items()},
                response.read(),
            )
    except HTTPError as error:
        with error:
            return Reply(error.code, {k.lower(): v for k, v in error.headers.items()}, error.read())


class HostProcess:
    """`python -m localhost` for a folder, on a free port. `with HostProcess(…) as host:`"""

    def __init__(self, app: Path, data: Path, **env: str) -> None:
        self.command = [
            *(sys.executable, "-m", "localhost", "--app", str(app)),
            *("--port", "0", "--data", str(data), "--json-logs"),
        ]
        self._env = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("GITHUB_", "OPENAI_"))},
            **{f"LOCALHOST_{name}_KEY": value for name, value in KEYS.items()},
            "PYTHONPATH": str(ROOT),
            **env,
        }
        self.lines: list[str] = []
        self.url = ""

    def __enter__(self) -> HostProcess:
        self.process = subprocess.Popen(
            self.command,
            env=self._env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)
            if line.startswith("Listening on "):
                self.url = line.split()[-1].replace("localhost", "127.0.0.1")
                break
        else:
            self.process.wait()
            self.process.stdout.close()
            raise AssertionError(f"the host did not start:\n{''.join(self.lines)}")
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._reader.join(5)
        if self.process.stdout:
            self.process.stdout.close()

    def kill(self) -> None:
        """SIGKILL: no chance to write anything down."""
        self.process.kill()
        self.process.wait()

    @property
    def output(self) -> str:
        return "".join(self.lines)

    def get(self, path: str, **headers: str) -> Reply:
        return http("GET", self.url + path, None, raw=None, **headers)

    def post(self, path: str, body: object = None, **options: Any) -> Reply:
        return http("POST", self.url + path, body, **options)

    def management(self, path: str) -> Reply:
        """Durable's own view, with the system key."""
        return self.get(f"/runtime/webhooks/durabletask{path}", x_functions_key=KEYS["SYSTEM"])

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)


def wait_for(condition: Any, what: str, timeout_s: float = 30.0) -> Any:
    """Ask until the answer is true; fail naming what did not happen."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.03)
    raise AssertionError(f"within {timeout_s} s: no {what}")


def refreshed(host: HostProcess, username: str = USERNAME, **body: Any) -> dict[str, Any]:
    """Start a refresh as the operator does and wait for its end; its last progress."""
    started = host.post("/api/refresh", {"username": username, **body})
    assert 202 == started.status, started.body
    return wait_for(lambda: ended(host, username), "end of the refresh")  # type: ignore[no-any-return]


def ended(host: HostProcess, username: str = USERNAME) -> dict[str, Any] | None:
    """The progress, if the refresh has ended."""
    progress: dict[str, Any] = host.get(f"/api/refresh/{username}").json
    return progress if progress["finished_at"] else None
