"""Loads a function app with Microsoft's language worker and calls functions of it. Needs Python 3.13.

Reads calls as JSON from standard input: [{"function", "inputs": {name: [type, value]}}]; an HTTP request is of the
type "http" and has method, url, params and body. Writes {"functions": [...], "results": [...]} as JSON.
"""

import asyncio
import json
import os
import sys
import types

from azure_functions_runtime import handle_event, start_threadpool_executor
from azure_functions_runtime.bindings.datumdef import Datum
from azure_functions_runtime.bindings.meta import load_binding_registry
from azure_functions_runtime.native_invocation import invocation_request_native


class Message(types.SimpleNamespace):
    """In place of a protobuf message, which only travels between the worker and the .NET host."""

    out, inout = 1, 2  # BindingInfo.Direction


class Messages:
    """All of them."""

    def __getattr__(self, name):
        return Message


def datum(kind, value):
    if kind != "http":
        return Datum(value, kind)
    return Datum(
        {
            "method": Datum(value["method"], "string"),
            "url": Datum(value["url"], "string"),
            "headers": {},
            "params": {
                name: Datum(text, "string") for name, text in value.get("route", {}).items()
            },
            "query": {
                name: Datum(text, "string") for name, text in value.get("params", {}).items()
            },
            "body": Datum(value.get("body", "").encode(), "bytes"),
        },
        "http",
    )


def plain(value):
    if hasattr(value, "value") and hasattr(
        value, "type"
    ):  # a Datum; the SDK has a class of its own for it
        return plain(value.value)
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    return value if isinstance(value, (str, int, float, bool, list)) else str(value)


async def call(ids, wanted):
    inputs = [(name, datum(*value)) for name, value in wanted["inputs"].items()]
    ok, returned, _, error, _ = await invocation_request_native(
        "invocation-1", ids[wanted["function"]], inputs, {}
    )
    return {"ok": ok, "returned": plain(returned), "error": error}


async def main():
    calls = json.load(sys.stdin)
    handle_event.protos = Messages()
    load_binding_registry()
    start_threadpool_executor()
    functions = handle_event.index_functions(
        os.path.join(os.getcwd(), "function_app.py"), os.getcwd()
    )
    ids = {each.name: each.function_id for each in functions}
    return {
        "functions": [
            {"name": each.name, "bindings": [json.loads(raw) for raw in each.raw_bindings]}
            for each in functions
        ],
        "results": [await call(ids, wanted) for wanted in calls],
    }


sys.path.insert(0, os.getcwd())
result = asyncio.run(main())
print("RESULT " + json.dumps(result), flush=True)
os._exit(0)  # the worker leaves threads behind that it never ends
