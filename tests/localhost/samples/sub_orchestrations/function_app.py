"""Sub-orchestrations: set up each device in an orchestration of its own, and retry failed ones."""

import os
from pathlib import Path

import azure.durable_functions as df
import azure.functions as func

app = df.DFApp(http_auth_level=func.AuthLevel.ANONYMOUS)
RETRY = df.RetryOptions(first_retry_interval_in_milliseconds=10, max_number_of_attempts=3)


@app.route(route="start/{orchestrator}", methods=["POST"])
@app.durable_client_input(client_name="client")
async def start(req: func.HttpRequest, client) -> func.HttpResponse:
    given = req.get_json() if req.get_body() else None
    instance_id = await client.start_new(req.route_params["orchestrator"], None, given)
    return client.create_check_status_response(req, instance_id)


@app.orchestration_trigger(context_name="context")
def set_up_all(context):
    devices = context.get_input()
    return (
        yield context.task_all(
            [
                context.call_sub_orchestrator(
                    "set_up_one", device, f"{context.instance_id}-{device}"
                )
                for device in devices
            ]
        )
    )


@app.orchestration_trigger(context_name="context")
def set_up_stubborn(context):
    return (
        yield context.call_sub_orchestrator_with_retry("set_up_one", RETRY, context.get_input())
    )


@app.orchestration_trigger(context_name="context")
def set_up_one(context):
    device = context.get_input()
    package = yield context.call_activity("choose_package", device)
    yield context.call_activity("install", {"device": device, "package": package})
    return {"device": device, "package": package, "parent": context.parent_instance_id is not None}


@app.activity_trigger(input_name="device")
def choose_package(device: str) -> str:
    return f"package-for-{device}"


@app.activity_trigger(input_name="order")
def install(order: dict) -> None:
    log = Path(os.environ["NOTES"]) / f"installs-{order['device']}"
    with log.open("a") as installs:
        installs.write("try\n")
    tries = len(log.read_text().splitlines())
    if order["device"] == "dead" or (order["device"] == "stubborn" and tries < 3):
        raise ConnectionError(f"{order['device']} does not answer")
