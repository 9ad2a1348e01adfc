"""A function app that has one of everything the host offers.

It writes what it does into files under NOTES. What shall last for a while lasts until a test creates
a file there: see `_wait_for_release`.
"""

import json
import logging
import os
import threading
import time
import warnings
from datetime import timedelta
from pathlib import Path

import azure.durable_functions as df
import azure.functions as func

app = df.DFApp(http_auth_level=func.AuthLevel.ANONYMOUS)
lock = threading.Lock()
running: set[int] = set()
RETRY = df.RetryOptions(first_retry_interval_in_milliseconds=20, max_number_of_attempts=3)


@app.route(route="start/{orchestrator}/{id}", methods=["POST"])
@app.durable_client_input(client_name="client")
async def start(req: func.HttpRequest, client) -> func.HttpResponse:
    given = req.get_json() if req.get_body() else None
    try:
        started = await client.start_new(
            req.route_params["orchestrator"], req.route_params["id"], given
        )
    except Exception as error:
        return func.HttpResponse(str(error), status_code=409)
    return client.create_check_status_response(req, started)


@app.route(route="raise/{id}/{event}", methods=["POST"])
@app.durable_client_input(client_name="client")
async def raise_event(req: func.HttpRequest, client) -> str:
    await client.raise_event(req.route_params["id"], req.route_params["event"], req.get_json())
    return "raised"


@app.route(route="echo/{number:int}/{rest?}", methods=["GET", "POST"])
def echo(req: func.HttpRequest) -> func.HttpResponse:
    seen = {
        "method": req.method,
        "params": dict(req.params),
        "route": dict(req.route_params),
        "header": req.headers.get("x-test"),
        "body": req.get_body().decode(),
        "setting": os.environ.get("OF_THE_TEST"),
    }
    return func.HttpResponse(
        json.dumps(seen), mimetype="application/json", headers={"X-Of-App": "1"}
    )


@app.route(route="echo/special", methods=["GET"])
def special(req: func.HttpRequest) -> str:
    return "special"


@app.route(route="files/{*path}", methods=["GET"])
def files(req: func.HttpRequest) -> str:
    return req.route_params.get("path", "")


@app.route(route="broken", methods=["GET"])
def broken(req: func.HttpRequest) -> str:
    raise RuntimeError("secret reason")


@app.route(route="guarded", methods=["GET"], auth_level=func.AuthLevel.FUNCTION)
def guarded(req: func.HttpRequest) -> str:
    return "in"


@app.route(route="ruled", methods=["GET"], auth_level=func.AuthLevel.ADMIN)
def ruled(req: func.HttpRequest) -> str:
    return "in"


@app.route(route="held", methods=["GET"])
def held_request(req: func.HttpRequest) -> str:
    _note("request-began", "request")
    _wait_for_release("request")
    return "answered"


@app.route(route="log", methods=["GET"])
def log(req: func.HttpRequest) -> str:
    for name in ("some.app", "azure.core.pipeline.policies.http_logging_policy", "httpx"):
        logging.getLogger(name).info("written to %s", name)
    warnings.warn("take care", stacklevel=2)
    return "logged"


@app.timer_trigger(arg_name="timer", schedule="%TICK%", run_on_startup=True)
def tick(timer: func.TimerRequest) -> None:
    _note("tick", str(timer.past_due))
    if "HOLD_TICK" in os.environ:
        _wait_for_release("tick")
    _note("ticked", str(timer.past_due))


@app.activity_trigger(input_name="number")
def double(number: int) -> int:
    _note("double", str(number))
    return number * 2


@app.activity_trigger(input_name="text")
def fails(text: str) -> str:
    _note("fails", text)
    raise ValueError(f"not {text}")


@app.activity_trigger(input_name="text")
def flaky(text: str) -> str:
    _note("flaky", text)
    if len((Path(os.environ["NOTES"]) / "flaky").read_text().splitlines()) < 3:
        raise ValueError("not yet")
    return "at last"


@app.activity_trigger(input_name="name")
def held(name: str) -> str:
    _note("held-began", name)
    _wait_for_release(name)
    _note("held-ended", name)
    return "released"


@app.activity_trigger(input_name="number")
def together(number: int) -> int:
    """Return how many of these run at once, after a pause in which more could start."""
    with lock:
        running.add(number)
    time.sleep(0.05)
    with lock:
        count = len(running)
        running.remove(number)
    return count


@app.activity_trigger(input_name="nothing")
def unspeakable(nothing: str) -> object:
    return object()


@app.orchestration_trigger(context_name="context")
def most_together(context):
    counts = yield context.task_all([context.call_activity("together", n) for n in range(12)])
    return max(counts)


@app.orchestration_trigger(context_name="context")
def calls(context):
    """Call what the input names: an activity, or `<sub-orchestration>:<its id>`."""
    name, _, child = context.get_input().partition(":")
    try:
        if child:
            yield context.call_sub_orchestrator(name, 600, child)
        else:
            yield context.call_activity(name, "x")
    except Exception as error:
        return str(error)


@app.orchestration_trigger(context_name="context")
def first_of_two(context):
    quick = context.call_activity("double", 1)
    yield context.task_any([quick, context.call_activity("held", "race")])
    return "first"


@app.orchestration_trigger(context_name="context")
def changes_its_mind(context):
    changed = (Path(os.environ["NOTES"]) / "changed").exists()
    yield context.call_activity("fails" if changed else "double", 1)
    yield context.wait_for_external_event("go")


@app.orchestration_trigger(context_name="context")
def waits_late(context):
    yield context.wait_for_external_event("go")
    return (yield context.wait_for_external_event("answer"))


@app.orchestration_trigger(context_name="context")
def chain(context):
    first = yield context.call_activity("double", context.get_input())
    second = yield context.call_activity("double", first)
    return second


@app.orchestration_trigger(context_name="context")
def fan(context):
    doubled = yield context.task_all(
        [context.call_activity("double", number) for number in range(context.get_input())]
    )
    return sum(doubled)


@app.orchestration_trigger(context_name="context")
def chunks(context):
    totals = yield context.task_all([context.call_sub_orchestrator("fan", 10) for _ in range(4)])
    return totals


@app.orchestration_trigger(context_name="context")
def catches(context):
    try:
        yield context.call_activity("fails", "well")
    except Exception as error:
        return str(error)


@app.orchestration_trigger(context_name="context")
def gives_up(context):
    yield context.call_activity_with_retry("fails", RETRY, "again")


@app.orchestration_trigger(context_name="context")
def persists(context):
    results = yield context.task_all(
        [context.call_activity_with_retry("flaky", RETRY, "x"), context.call_activity("double", 4)]
    )
    return results


@app.orchestration_trigger(context_name="context")
def overruns(context):
    yield context.call_activity("held", "overrun")


@app.orchestration_trigger(context_name="context")
def approval(context):
    deadline = context.create_timer(
        context.current_utc_datetime + timedelta(seconds=context.get_input())
    )
    answer = context.wait_for_external_event("answer")
    winner = yield context.task_any([answer, deadline])
    if winner == answer:
        deadline.cancel()
        return answer.result
    return "nobody answered"


@app.orchestration_trigger(context_name="context")
def counts_down(context):
    left = context.get_input()
    context.set_custom_status({"left": left})
    if left:
        yield context.create_timer(context.current_utc_datetime + timedelta(milliseconds=10))
        context.continue_as_new(left - 1)
        return None
    return "lift-off"


@app.orchestration_trigger(context_name="context")
def everything(context):
    flat = yield context.task_all(
        [context.call_activity("double", number) for number in range(400)]
    )
    nested = yield context.task_all([context.call_sub_orchestrator("fan", 20) for _ in range(3)])
    yield context.create_timer(context.current_utc_datetime + timedelta(milliseconds=300))
    word = yield context.wait_for_external_event("go")
    return [sum(flat), nested, word]


@app.orchestration_trigger(context_name="context")
def asks_an_entity(context):
    yield context.call_entity(df.EntityId("counter", "a"), "get")


def _wait_for_release(name: str) -> None:
    """Wait until a test creates the file `release-<name>`, but not for ever."""
    deadline = time.monotonic() + 60
    while not (Path(os.environ["NOTES"]) / f"release-{name}").exists():
        if time.monotonic() > deadline:
            raise TimeoutError(f"no test has released {name}")
        time.sleep(0.01)


def _note(name: str, text: str) -> None:
    with (Path(os.environ["NOTES"]) / name).open("a") as notes:
        notes.write(f"{text}\n")
