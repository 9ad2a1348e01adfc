"""The embedded host in a process of its own, for tests, benchmarks and screenshots."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.error import HTTPError
from urllib.request import Request, urlopen

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "samples" / "ada-nimbus"
USERNAME = "ada-nimbus"
KEYS = {"FUNCTION": "function-key-0", "MASTER": "master-key-0", "SYSTEM": "system-key-0"}
WEBHOOKS = "/runtime/webhooks/durabletask"

# Generous, because a busy machine must not fail a test; nothing waits longer than it has to.
REQUEST_TIMEOUT_S = 60
WAIT_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 30
POLL_S = 0.03

Value = TypeVar("Value")


@dataclass(frozen=True)
class Reply:
    """An HTTP response."""

    status: int
    headers: dict[str, str]  # lower-case names
    body: bytes

    @property
    def json(self) -> Any:
        """The body, parsed."""
        return json.loads(self.body)


def http(
    method: str, url: str, body: object = None, *, raw: bytes | None = None, **headers: str
) -> Reply:
    """Send one request. `body` is sent as JSON, `raw` as it is.

    Header names are given with underscores in place of dashes.
    """
    content = raw if raw is not None else None if body is None else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    # The URL is that of a server this process has started.
    request = Request(url, data=content, method=method, headers=named)  # noqa: S310 - see above
    try:
        with urlopen(request, timeout=REQUEST_TIMEOUT_S) as response:  # noqa: S310 - see above
            return Reply(
                response.status,
                {name.lower(): value for name, value in response.headers.items()},
                response.read(),
            )
    except HTTPError as error:
        with error:
            received = {name.lower(): value for name, value in error.headers.items()}
            return Reply(error.code, received, error.read())


class HostProcess:
    """`python -m localhost` for a folder. Use it as `with HostProcess(…) as host:`.

    `env` adds environment variables; those of the app and of the host are not inherited. Without
    `PORT` among them, the host takes a free port.
    """

    def __init__(self, app: Path, data: Path, **env: str) -> None:
        self.data = data
        self.command = [
            *(sys.executable, "-m", "localhost", "--app", str(app)),
            *("--port", env.get("PORT", "0"), "--data", str(data), "--json-logs"),
        ]
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("GITHUB_", "OPENAI_", "LOCALHOST_"))
        }
        self._env = {
            **inherited,
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
        for line in self._printed():
            self.lines.append(line)
            if line.startswith("Listening on "):
                self.url = line.split()[-1].replace("localhost", "127.0.0.1")
                break
        else:
            self.process.wait()
            self._close()
            raise AssertionError(f"the host did not start:\n{self.output}")
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        try:
            self.process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._reader.join(STOP_TIMEOUT_S)
        self._close()

    def kill(self) -> None:
        """Kill the host with SIGKILL, which leaves it no time to store anything."""
        self.process.kill()
        self.process.wait()

    @property
    def output(self) -> str:
        """Everything the host has printed."""
        return "".join(self.lines)

    def get(self, path: str, **headers: str) -> Reply:
        """GET a path of the host."""
        return http("GET", self.url + path, None, raw=None, **headers)

    def post(self, path: str, body: object = None, **options: Any) -> Reply:
        """POST to a path of the host; see `http`."""
        return http("POST", self.url + path, body, **options)

    def management(self, path: str) -> Reply:
        """GET from the Durable management API."""
        return self.get(f"{WEBHOOKS}{path}", x_functions_key=KEYS["SYSTEM"])

    def steer(self, path: str, body: object = None) -> Reply:
        """POST to the Durable management API."""
        return self.post(
            f"{WEBHOOKS}{path}",
            body,
            x_functions_key=KEYS["SYSTEM"],
            Content_Type="application/json",
        )

    def delete(self, path: str) -> Reply:
        """DELETE at the Durable management API."""
        return http("DELETE", f"{self.url}{WEBHOOKS}{path}", x_functions_key=KEYS["SYSTEM"])

    def instance(self, instance_id: str, query: str = "") -> dict[str, Any]:
        """Return the status of an orchestration instance."""
        status: dict[str, Any] = self.management(f"/instances/{instance_id}{query}").json
        return status

    def wait_for_end(self, instance_id: str) -> dict[str, Any]:
        """Wait until an orchestration instance has ended; return its status."""

        def ended_status() -> dict[str, Any] | None:
            status = self.instance(instance_id)
            ended_states = ("Completed", "Failed", "Terminated")
            return status if status["runtimeStatus"] in ended_states else None

        return wait_for(ended_status, f"end of {instance_id}")

    def _read(self) -> None:
        for line in self._printed():
            self.lines.append(line)

    def _printed(self) -> Iterable[str]:
        return self.process.stdout or ()

    def _close(self) -> None:
        if self.process.stdout:
            self.process.stdout.close()


def wait_for(
    condition: Callable[[], Value | None], what: str, timeout_s: float = WAIT_TIMEOUT_S
) -> Value:
    """Poll `condition` until it returns a true value; fail with `what` if it never does."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(POLL_S)
    raise AssertionError(f"within {timeout_s} s: no {what}")


def refreshed(host: HostProcess, username: str = USERNAME, **body: Any) -> dict[str, Any]:
    """Start a refresh as the operator does, and wait for its end; return its last progress."""
    started = host.post("/api/refresh", {"username": username, **body})
    if started.status != 202:
        raise AssertionError(f"the refresh was not started: {started.status} {started.body!r}")
    return wait_for(lambda: ended(host, username), "end of the refresh")


def ended(host: HostProcess, username: str = USERNAME) -> dict[str, Any] | None:
    """Return the progress of a refresh if it has ended."""
    progress: dict[str, Any] = host.get(f"/api/refresh/{username}").json
    return progress if progress["finished_at"] else None
