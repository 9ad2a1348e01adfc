"""Loads a function app and checks what the real worker would refuse."""

from __future__ import annotations

import importlib
import json
import os
import sys
import traceback
import types
import typing
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from localhost.errors import CannotStart

BINDINGS = {
    "httpTrigger", "http", "timerTrigger", "orchestrationTrigger", "activityTrigger", "entityTrigger",
    "durableClient",
}  # fmt: skip


class AppError(CannotStart):
    """The app cannot be hosted; the message names the function and what to do."""


@dataclass(frozen=True, slots=True)
class Function:
    """A discovered function: its trigger, its other bindings, and what to call."""

    name: str
    call: Callable[..., Any]
    trigger: dict[str, Any]  # the binding as in function.json
    client_parameter: str | None  # of the durableClient binding

    @property
    def kind(self) -> str:
        """Type of the trigger: `httpTrigger`, `timerTrigger`, …"""
        return str(self.trigger["type"])

    @property
    def durable_name(self) -> str:
        """What orchestrations call it by."""
        return self.trigger.get("orchestration") or self.trigger.get("activity") or self.name


def load_app(app_dir: Path) -> list[Function]:
    """Import `function_app.py` and list its functions. Changes the working folder. Raises
    AppError."""
    if not (app_dir / "function_app.py").exists():
        raise AppError(f"there is no function_app.py in {app_dir}")
    os.chdir(app_dir)  # the SDK reads host.json from there
    sys.path.insert(0, str(app_dir))
    try:
        module = importlib.import_module("function_app")
    except Exception as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        raise AppError(
            f"function_app.py cannot be imported: {type(error).__name__}: {error}"
            f" ({Path(last.filename).name}, line {last.lineno})"
        ) from error
    app = next((each for each in vars(module).values() if hasattr(each, "get_functions")), None)
    if app is None:
        raise AppError("function_app.py has no FunctionApp, e.g. `app = func.FunctionApp()`")
    try:
        found = app.get_functions()
    except Exception as error:  # such as two functions of one name
        raise AppError(f"the functions cannot be read: {error}") from error
    functions = [_function(each) for each in found]
    seen: set[str] = set()
    for function in functions:  # the host, unlike the library, does not tell `A` from `a`
        if function.name.lower() in seen:
            raise AppError(f"function `{function.name}`: there are two of this name; rename one")
        seen.add(function.name.lower())
    return functions


def _function(registered: Any) -> Function:
    name = registered.get_function_name()
    bindings = [
        json.loads(raw) for raw in registered.get_raw_bindings()
    ]  # as the worker reads them
    for binding in bindings:
        if binding["type"] not in BINDINGS:
            raise AppError(
                f"function `{name}`: this host does not know the binding `{binding['type']}`"
            )
    triggers = [each for each in bindings if each["type"].endswith("Trigger")]
    if len(triggers) != 1:
        raise AppError(f"function `{name}`: it has {len(triggers)} triggers; expected one")
    clients = [each["name"] for each in bindings if each["type"] == "durableClient"]
    call = registered.get_user_function()
    _check_annotations(name, call, triggers[0])
    return Function(name, call, triggers[0], clients[0] if clients else None)


def _check_annotations(name: str, call: Callable[..., Any], trigger: dict[str, Any]) -> None:
    """As the worker does when it loads a function."""
    try:
        hints = typing.get_type_hints(call)
    except Exception as error:
        raise AppError(
            f"function `{name}`: its annotations cannot be resolved ({error});"
            " import the names at run time, not under `if TYPE_CHECKING:`"
        ) from error
    hint = hints.get(trigger["name"])
    if hint is not None and (typing.get_origin(hint) in (typing.Union, types.UnionType)):
        raise AppError(
            f"function `{name}`: `{trigger['name']}` is annotated {hint}; expected one plain type"
        )
