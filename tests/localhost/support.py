"""What several tests of the host do: start orchestrations, configure the app, stop a host."""

from __future__ import annotations

import json
import random
import socket
from pathlib import Path
from typing import Any

from tools.host_process import HostProcess, wait_for

APP = Path(__file__).parent / "app"
NEVER = "0 0 0 1 1 *"  # a schedule that does not fire during a test
LONG_S = 600  # a durable timer that does not fire during a test


def run(host: HostProcess, orchestrator: str, given: object = None) -> dict[str, Any]:
    """Start an orchestration and wait for its end; return its status."""
    instance_id = f"{orchestrator}-{random.randrange(10**9)}"
    assert 202 == host.post(f"/api/start/{orchestrator}/{instance_id}", given).status
    return host.wait_for_end(instance_id)


def events(host: HostProcess, kind: str) -> list[dict[str, Any]]:
    """List the events of a kind that the host has printed, e.g. `orchestration.completed`."""
    printed = [json.loads(line) for line in host.lines if line.startswith("{")]
    return [event for event in printed if event["kind"] == kind]


def wait_for_event(host: HostProcess, kind: str, **facts: object) -> dict[str, Any]:
    """Wait until the host prints an event with these facts; return it."""

    def matching() -> dict[str, Any] | None:
        return next((event for event in events(host, kind) if facts.items() <= event.items()), None)

    return wait_for(matching, f"event {kind} with {facts}")


def configured(folder: Path, *, host_json: object = None, settings: object = None) -> Path:
    """Copy the app under test into `folder`, with another configuration."""
    folder.mkdir()
    (folder / "function_app.py").write_text((APP / "function_app.py").read_text())
    (folder / "host.json").write_text(json.dumps(host_json or {"version": "2.0"}))
    if settings is not None:
        (folder / "local.settings.json").write_text(json.dumps(settings))
    return folder


def begin_stop(host: HostProcess) -> None:
    """Send SIGTERM, and return once the host accepts no more connections."""
    host.process.terminate()
    name, _, port = host.url.removeprefix("http://").partition(":")

    def refuses() -> bool:
        try:
            socket.create_connection((name, int(port)), timeout=10).close()
        except OSError:
            return True
        return False

    wait_for(refuses, "end of listening")


def lines(file: Path) -> list[str]:
    """Read the lines of a file; none if it does not exist."""
    return file.read_text().splitlines() if file.exists() else []
