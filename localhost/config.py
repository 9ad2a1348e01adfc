"""host.json and local.settings.json, as the Functions host reads them."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from localhost.errors import CannotStart


class ConfigError(CannotStart):
    """A configuration file cannot be used; the message says which, and why."""


@dataclass(frozen=True, slots=True)
class HostConfig:
    """What the host heeds of host.json.
    https://learn.microsoft.com/azure/azure-functions/functions-host-json"""

    route_prefix: str
    function_timeout_s: float | None
    hub_name: str
    max_activities: int
    max_orchestrators: int


@dataclass(frozen=True, slots=True)
class LocalConfig:
    """What the host heeds of local.settings.json, besides its `Values`."""

    port: int
    cors: tuple[str, ...]
    cors_credentials: bool


def load_host_config(app_dir: Path) -> HostConfig:
    """Read host.json. Raises ConfigError."""
    content = _json_object(app_dir / "host.json")
    extensions = content.get("extensions", {})
    durable = extensions.get("durableTask", {})
    cores = os.cpu_count() or 1
    hub = durable.get("hubName", "TestHubName")
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9]{2,44}", hub):
        raise ConfigError(
            f"host.json: `hubName` is {hub!r}; expected 3 to 45 letters and digits, a letter first"
        )
    return HostConfig(
        route_prefix=extensions.get("http", {}).get("routePrefix", "api").strip("/"),
        function_timeout_s=_seconds(content.get("functionTimeout", "00:30:00")),
        hub_name=hub,
        max_activities=_positive(durable, "maxConcurrentActivityFunctions", 10 * cores),
        max_orchestrators=_positive(durable, "maxConcurrentOrchestratorFunctions", 10 * cores),
    )


def load_local_settings(app_dir: Path) -> LocalConfig:
    """Read local.settings.json, if there is one; its Values go to the environment where that has
    none.

    Raises ConfigError.
    """
    path = app_dir / "local.settings.json"
    content = _json_object(path) if path.exists() else {}
    values = content.get("Values") or {}
    for name, value in values.items():
        if not isinstance(value, str):
            raise ConfigError(
                f"local.settings.json: `{name}` is {json.dumps(value)}; all Values must be strings"
            )
        os.environ.setdefault(name, value)
    host = content.get("Host") or {}
    return LocalConfig(
        port=int(host.get("LocalHttpPort", 7071)),
        cors=tuple(each.strip() for each in str(host.get("CORS", "")).split(",") if each.strip()),
        cors_credentials=bool(host.get("CORSCredentials", False)),
    )


def _json_object(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise ConfigError(f"{path.name} is missing in {path.parent}") from None
    except ValueError as error:
        raise ConfigError(f"{path.name} is not JSON: {error}") from None
    if not isinstance(content, dict):
        raise ConfigError(f"{path.name} must hold a JSON object")
    return content


def _positive(durable: dict[str, Any], name: str, default: int) -> int:
    value = durable.get(name, default)
    if type(value) is not int or value < 1:
        raise ConfigError(f"host.json: `{name}` is {value!r}; expected a whole number above 0")
    return value


def _seconds(text: str) -> float | None:
    if text == "-1":
        return None
    match = re.fullmatch(r"(?:(\d+)\.)?(\d{1,2}):(\d{2}):(\d{2})", str(text))
    if not match:
        raise ConfigError(f"host.json: `functionTimeout` is {text!r}; expected 'hh:mm:ss' or '-1'")
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return float(((days * 24 + hours) * 60 + minutes) * 60 + seconds)
