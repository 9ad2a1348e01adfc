"""host.json and local.settings.json, as the Functions host and Core Tools read them."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from localhost import lenient_json
from localhost.errors import CannotStart

DEFAULT_PORT = 7071  # of `func start`
MAX_PORT = 65_535


class ConfigError(CannotStart):
    """A setting cannot be used; the message names its place, its value and what is expected."""


@dataclass(frozen=True, slots=True)
class HostConfig:
    """The settings of host.json that this host applies.

    https://learn.microsoft.com/azure/azure-functions/functions-host-json
    """

    route_prefix: str
    function_timeout_s: float | None  # None: no timeout
    hub_name: str
    max_activities: int
    max_orchestrators: int
    # Whether the file has no comments and no trailing commas. The Durable SDK reads it, too, and
    # does not accept them.
    is_strict_json: bool


@dataclass(frozen=True, slots=True)
class LocalSettings:
    """The settings of local.settings.json.

    https://learn.microsoft.com/azure/azure-functions/functions-develop-local#local-settings-file
    """

    port: int = DEFAULT_PORT
    cors: tuple[str, ...] = ()
    cors_credentials: bool = False
    values: dict[str, str] = field(default_factory=dict, repr=False)  # environment variables


def load_host_config(app_dir: Path) -> HostConfig:
    """Read host.json. Raises ConfigError."""
    text = _read(app_dir / "host.json")
    content = _parse("host.json", text)
    extensions = _object("host.json", content, "extensions")
    durable = _object("host.json", extensions, "durableTask")
    cores = os.cpu_count() or 1
    return HostConfig(
        route_prefix=_route_prefix(_object("host.json", extensions, "http")),
        function_timeout_s=_timeout_s(content.get("functionTimeout", "00:30:00")),
        hub_name=_hub_name(durable.get("hubName", "TestHubName")),
        max_activities=_positive(durable, "maxConcurrentActivityFunctions", 10 * cores),
        max_orchestrators=_positive(durable, "maxConcurrentOrchestratorFunctions", 10 * cores),
        is_strict_json=lenient_json.is_strict(text),
    )


def read_local_settings(app_dir: Path) -> LocalSettings:
    """Read local.settings.json; without the file, every setting has its default.

    Raises ConfigError.
    """
    name = "local.settings.json"
    if not (app_dir / name).exists():
        return LocalSettings()
    content = _parse(name, _read(app_dir / name))
    if content.get("IsEncrypted") is True:
        raise ConfigError(
            f"{name}: `IsEncrypted` is true, and this host cannot decrypt the values;"
            " run `func settings decrypt`"
        )
    values = _object(name, content, "Values")
    host = _object(name, content, "Host")
    cors = host.get("CORS") or ""
    if not isinstance(cors, str):
        raise ConfigError(
            f"{name}: `CORS` is {json.dumps(cors)}; expected origins with commas between them"
        )
    port = host.get("LocalHttpPort", DEFAULT_PORT)
    if type(port) is not int or not 0 <= port <= MAX_PORT:
        raise ConfigError(
            f"{name}: `LocalHttpPort` is {json.dumps(port)};"
            f" expected a whole number from 0 to {MAX_PORT}"
        )
    return LocalSettings(
        port=port,
        cors=tuple(origin.strip() for origin in cors.split(",") if origin.strip()),
        cors_credentials=str(host.get("CORSCredentials")).lower() == "true",
        values={key: _as_text(key, value) for key, value in values.items() if value is not None},
    )


def load_local_settings(app_dir: Path) -> LocalSettings:
    """Read local.settings.json and set its values in the environment. Raises ConfigError."""
    settings = read_local_settings(app_dir)
    os.environ.update(_missing(settings.values))
    return settings


@contextmanager
def local_environment(values: dict[str, str]) -> Iterator[None]:
    """Set environment variables that have no value yet, as Core Tools do, and unset them again."""
    missing = _missing(values)
    os.environ.update(missing)
    try:
        yield
    finally:
        for name in missing:
            os.environ.pop(name, None)


def parse_port(source: str, text: str) -> int:
    """Parse a port number. Raises ConfigError, which names `source`."""
    if not (text.isascii() and text.isdecimal() and int(text) <= MAX_PORT):
        raise ConfigError(f"`{source}` is {text!r}; expected a whole number from 0 to {MAX_PORT}")
    return int(text)


def _missing(values: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if not os.environ.get(name)}


def _as_text(name: str, value: Any) -> str:
    """Convert a value as Core Tools do: they read `Values` into a dictionary of strings.

    `true` becomes `true`; Core Tools 4.2.1 and 4.2.2 made it `True`, which was a bug:
    https://github.com/Azure/azure-functions-core-tools/issues/4663. For an object or an array they
    ignore the whole file: https://github.com/Azure/azure-functions-core-tools/issues/223.
    """
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return str(int(value)) if value.is_integer() else repr(value)
    raise ConfigError(
        f"local.settings.json: `{name}` is {json.dumps(value)};"
        " expected text, a number, true or false"
    )


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ConfigError(f"{path.name} is missing in {path.parent}") from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path.name} is not UTF-8: {error}") from None


def _parse(name: str, text: str) -> dict[str, Any]:
    try:
        content = lenient_json.loads(text)
    except ValueError as error:
        raise ConfigError(f"{name} is not JSON: {error}") from None
    if not isinstance(content, dict):
        raise ConfigError(f"{name} is {json.dumps(content)}; expected a JSON object")
    return content


def _object(file: str, parent: dict[str, Any], name: str) -> dict[str, Any]:
    value = parent.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ConfigError(f"{file}: `{name}` is {json.dumps(value)}; expected a JSON object")
    return value


def _route_prefix(http: dict[str, Any]) -> str:
    prefix = http.get("routePrefix", "api")
    if not isinstance(prefix, str):
        raise ConfigError(f"host.json: `routePrefix` is {json.dumps(prefix)}; expected text")
    return prefix.strip("/")


def _hub_name(name: Any) -> str:
    if not (isinstance(name, str) and re.fullmatch(r"[A-Za-z][A-Za-z0-9]{2,44}", name)):
        raise ConfigError(
            f"host.json: `hubName` is {name!r}; expected 3 to 45 letters and digits, a letter first"
        )
    return name


def _positive(durable: dict[str, Any], name: str, default: int) -> int:
    value = durable.get(name, default)
    if type(value) is not int or value < 1:
        raise ConfigError(f"host.json: `{name}` is {value!r}; expected a whole number above 0")
    return value


def _timeout_s(value: Any) -> float | None:
    if value == "-1":
        return None
    match = re.fullmatch(r"(?:(\d+)\.)?(\d{1,2}):(\d{2}):(\d{2})", str(value))
    if not match:
        raise ConfigError(f"host.json: `functionTimeout` is {value!r}; expected 'hh:mm:ss' or '-1'")
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return float(((days * 24 + hours) * 60 + minutes) * 60 + seconds)
