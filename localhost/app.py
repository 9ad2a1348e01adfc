"""Loads a function app, and refuses what the real language worker would refuse."""

from __future__ import annotations

import contextlib
import importlib
import json
import sys
import traceback
import types
import typing
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from localhost.errors import CannotStart

DURABLE_TRIGGERS = {"orchestrationTrigger", "activityTrigger", "entityTrigger"}
BINDINGS = DURABLE_TRIGGERS | {"httpTrigger", "http", "timerTrigger", "durableClient"}


class AppError(CannotStart):
    """The app cannot be hosted; the message names the function and what to do."""


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the app: its trigger, its Durable client, and what to call."""

    name: str
    call: Callable[..., Any]
    trigger: dict[str, Any]  # the binding as in function.json
    client_parameter: str | None  # name of the parameter with the durableClient binding

    @property
    def kind(self) -> str:
        """The type of the trigger, e.g. `httpTrigger`."""
        return str(self.trigger["type"])

    @property
    def durable_name(self) -> str:
        """The name by which orchestrations call the function."""
        return self.trigger.get("orchestration") or self.trigger.get("activity") or self.name

    @property
    def is_durable(self) -> bool:
        """Whether the function needs the Durable SDK."""
        return self.kind in DURABLE_TRIGGERS or self.client_parameter is not None


@contextlib.contextmanager
def app_folder(app_dir: Path) -> Iterator[None]:
    """Work in the app's folder, and import modules from there first, as the worker does."""
    sys.path.insert(0, str(app_dir))
    try:
        with contextlib.chdir(app_dir):
            yield
    finally:
        sys.path.remove(str(app_dir))


def load_app(app_dir: Path) -> list[Function]:
    """Import `function_app.py` and list its functions. Raises AppError.

    The module is looked up on sys.path: call this inside `app_folder`.
    """
    if not (app_dir / "function_app.py").exists():
        raise AppError(f"there is no function_app.py in {app_dir}")
    try:
        module = importlib.import_module("function_app")
    except Exception as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        raise AppError(
            f"function_app.py cannot be imported: {type(error).__name__}: {error}"
            f" ({Path(last.filename).name}, line {last.lineno})"
        ) from error
    app = next((value for value in vars(module).values() if hasattr(value, "get_functions")), None)
    if app is None:
        raise AppError("function_app.py has no FunctionApp, e.g. `app = func.FunctionApp()`")
    try:
        registered = app.get_functions()
    except Exception as error:  # such as two functions of one name
        raise AppError(f"the functions cannot be read: {error}") from error
    functions = [_function(function) for function in registered]
    names: set[str] = set()
    for function in functions:  # the host ignores case in names, the library does not
        if function.name.lower() in names:
            raise AppError(f"function `{function.name}`: there are two of this name; rename one")
        names.add(function.name.lower())
    return functions


def _function(registered: Any) -> Function:
    name = registered.get_function_name()
    # The worker, too, reads the bindings in this form.
    bindings = [json.loads(raw) for raw in registered.get_raw_bindings()]
    for binding in bindings:
        if binding["type"] not in BINDINGS:
            raise AppError(
                f"function `{name}`: this host does not know the binding `{binding['type']}`"
            )
    triggers = [binding for binding in bindings if binding["type"].endswith("Trigger")]
    if len(triggers) != 1:
        raise AppError(f"function `{name}`: it has {len(triggers)} triggers; expected one")
    clients = [binding["name"] for binding in bindings if binding["type"] == "durableClient"]
    call = registered.get_user_function()
    _check_annotations(name, call, triggers[0])
    return Function(name, call, triggers[0], clients[0] if clients else None)


def _check_annotations(name: str, call: Callable[..., Any], trigger: dict[str, Any]) -> None:
    """Refuse annotations at which the worker fails when it loads a function. Raises AppError."""
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
