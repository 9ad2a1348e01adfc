"""Invokes functions as the language worker does: sync ones on threads, async ones on the one
loop."""

from __future__ import annotations

import asyncio
import inspect
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import azure.functions as func
from azure.functions._durable_functions import OrchestrationContext
from azure.functions.durable_functions import ActivityTriggerConverter
from azure.functions.meta import Datum

from localhost.app import Function
from localhost.durable.functions import FunctionFailed


class InvocationContext:
    """What a function gets that asks for a `context` parameter."""

    def __init__(self, function: Function, invocation_id: str) -> None:
        self.function_name = function.name
        self.function_directory = os.getcwd()
        self.invocation_id = invocation_id
        self.thread_local_storage = None
        self.trace_context = None
        self.retry_context = None


class Worker:
    """The functions of an app, callable. Implements what the durable engine needs."""

    def __init__(self, functions: list[Function]) -> None:
        threads = os.environ.get("PYTHON_THREADPOOL_THREAD_COUNT")
        count = int(threads) if threads else min(32, (os.cpu_count() or 1) + 4)
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="function")
        self._orchestrators = _by_name(functions, "orchestrationTrigger")
        self._activities = _by_name(functions, "activityTrigger")
        self.client_binding: Callable[[], str] = str  # the host says where it listens

    def close(self) -> None:
        """Let running functions finish; start none."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def has_orchestrator(self, name: str) -> bool:
        return name.lower() in self._orchestrators

    def has_activity(self, name: str) -> bool:
        return name.lower() in self._activities

    def run_orchestrator(self, name: str, context_json: str) -> str:
        function = self._orchestrators[name.lower()]
        return str(function.call(OrchestrationContext(context_json)))

    async def run_activity(self, name: str, input_text: str, *, instance_id: str) -> str:
        function = self._activities[name.lower()]
        value = ActivityTriggerConverter.decode(Datum(input_text, "json"), trigger_metadata=None)
        try:
            result = await self._call(function, {function.trigger["name"]: value})
            return str(ActivityTriggerConverter.encode(result, expected_type=None).value)
        except Exception as error:
            raise FunctionFailed(f"{type(error).__name__}: {error}") from error

    async def run_http(self, function: Function, request: func.HttpRequest) -> Any:
        """Call an HTTP function. Raises what it raises."""
        return await self._call(function, {function.trigger["name"]: request})

    async def run_timer(self, function: Function, request: Any) -> None:
        """Call a timer function. Raises what it raises."""
        await self._call(function, {function.trigger["name"]: request})

    async def _call(self, function: Function, arguments: dict[str, Any]) -> Any:
        if function.client_parameter:
            arguments[function.client_parameter] = self.client_binding()
        if "context" in inspect.signature(function.call).parameters:
            arguments["context"] = InvocationContext(function, os.urandom(16).hex())
        if inspect.iscoroutinefunction(function.call):
            return await function.call(**arguments)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, lambda: function.call(**arguments))


def _by_name(functions: list[Function], kind: str) -> dict[str, Function]:
    return {each.durable_name.lower(): each for each in functions if each.kind == kind}
