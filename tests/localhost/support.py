"""Orchestrations of a running host, as its tests start, steer and watch them."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

from tools.host_process import KEYS, HostProcess, Reply, http, wait_for

APP = Path(__file__).parent / "app"
NEVER = "0 0 0 1 1 *"  # a schedule that no test lives to see
WEBHOOKS = "/runtime/webhooks/durabletask"


def instance(host: HostProcess, name: str, query: str = "") -> dict[str, Any]:
    """The status of an instance."""
    body: dict[str, Any] = host.management(f"/instances/{name}{query}").json
    return body


def end(host: HostProcess, name: str) -> dict[str, Any]:
    """Wait until the instance has ended; its status."""

    def ended() -> dict[str, Any] | None:
        status = instance(host, name)
        return status if status["runtimeStatus"] in ("Completed", "Failed", "Terminated") else None

    return wait_for(ended, f"end of {name}")  # type: ignore[no-any-return]


def run(host: HostProcess, orchestrator: str, given: object = None) -> dict[str, Any]:
    """Start an orchestration and wait for its end; its status."""
    name = f"{orchestrator}-{random.randrange(10**9)}"
    assert 202 == host.post(f"/api/start/{orchestrator}/{name}", given).status
    return end(host, name)


def steer(host: HostProcess, path: str, body: object = None) -> Reply:
    """POST to the management API, with its key."""
    return host.post(
        f"{WEBHOOKS}{path}", body, x_functions_key=KEYS["SYSTEM"], Content_Type="application/json"
    )


def delete(host: HostProcess, path: str) -> Reply:
    """DELETE at the management API, with its key."""
    return http("DELETE", f"{host.url}{WEBHOOKS}{path}", x_functions_key=KEYS["SYSTEM"])


def events(host: HostProcess, kind: str) -> list[dict[str, Any]]:
    """What the host has told of this kind, e.g. `orchestration.completed`."""
    told = [json.loads(line) for line in host.lines if line.startswith("{")]
    return [each for each in told if each["kind"] == kind]
