"""Calls functions as the language worker does: sync ones on threads, async ones on the event loop."""

from __future__ import annotations

import asyncio
import inspect
import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import azure.functions as func
from azure.functions._durable_functions import OrchestrationContext
from azure.functions.durable_functions import ActivityTriggerConverter
from azure.functions.meta import Datum

from localhost.app import Function
from localhost.config import ConfigError
from localhost.durable.functions import FunctionFailed

THREADS_SETTING = "PYTHON_THREADPOOL_THREAD_COUNT"


class InvocationContext:
    """The value of a function's `context` parameter."""

    def __init__(self, function: Function, invocation_id: str) -> None:
        self.function_name = function.name
        self.function_directory = os.getcwd()
        self.invocation_id = invocation_id
        self.thread_local_storage = None
        self.trace_context = None
        self.retry_context = None


class Worker:
    """The functions of an app, callable. Implements `durable.functions.Functions`."""

    def __init__(self, functions: Iterable[Function]) -> None:
        """Raise ConfigError for a bad number of threads."""
        functions = list(functions)
        self._threads = ThreadPoolExecutor(_thread_count(), thread_name_prefix="function")
        self._orchestrators = _by_name(functions, "orchestrationTrigger")
        self._activities = _by_name(functions, "activityTrigger")
        self.client_binding = ""  # value of durableClient parameters; the host sets it

    def close(self) -> None:
        """Let running functions finish, and start no more."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def has_orchestrator(self, name: str) -> bool:
        """Whether the app has an orchestrator of this name."""
        return name.lower() in self._orchestrators

    def has_activity(self, name: str) -> bool:
        """Whether the app has an activity of this name."""
        return name.lower() in self._activities

    def run_orchestrator(self, name: str, context_json: str) -> str:
        """Replay an orchestrator once. Raises what the SDK raises."""
        function = self._orchestrators[name.lower()]
        return str(function.call(OrchestrationContext(context_json)))

    async def run_activity(self, name: str, input_text: str) -> str:
        """Call an activity. Raises FunctionFailed."""
        function = self._activities[name.lower()]
        value = ActivityTriggerConverter.decode(Datum(input_text, "json"), trigger_metadata=None)
        try:
            result = await self._call(function, {function.trigger["name"]: value})
            return str(ActivityTriggerConverter.encode(result, expected_type=None).value)
        except Exception as error:
            raise FunctionFailed(f"{type(error).__name__}: {error}") from error

    async def run_http(self, function: Function, request: func.HttpRequest) -> Any:
        """Call an HTTP function. Raises what the function raises."""
        return await self._call(function, {function.trigger["name"]: request})

    async def run_timer(self, function: Function, request: Any) -> None:
        """Call a timer function. Raises what the function raises."""
        await self._call(function, {function.trigger["name"]: request})

    async def _call(self, function: Function, arguments: dict[str, Any]) -> Any:
        if function.client_parameter:
            arguments[function.client_parameter] = self.client_binding
        if "context" in inspect.signature(function.call).parameters:
            arguments["context"] = InvocationContext(function, os.urandom(16).hex())
        if inspect.iscoroutinefunction(function.call):
            return await function.call(**arguments)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, lambda: function.call(**arguments))


def _by_name(functions: Iterable[Function], kind: str) -> dict[str, Function]:
    return {
        function.durable_name.lower(): function for function in functions if function.kind == kind
    }


def _thread_count() -> int:
    text = os.environ.get(THREADS_SETTING)
    if not text:
        return min(32, (os.cpu_count() or 1) + 4)  # the default of ThreadPoolExecutor
    if not (text.isascii() and text.isdecimal() and int(text) > 0):
        raise ConfigError(f"`{THREADS_SETTING}` is {text!r}; expected a whole number above 0")
    return int(text)
