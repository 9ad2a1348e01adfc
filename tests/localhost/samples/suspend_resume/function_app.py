"""Suspend and resume: an assembly line that can be halted."""

import os
from datetime import timedelta
from pathlib import Path

import azure.durable_functions as df
import azure.functions as func

app = df.DFApp(http_auth_level=func.AuthLevel.ANONYMOUS)


@app.route(route="start/{orchestrator}", methods=["POST"])
@app.durable_client_input(client_name="client")
async def start(req: func.HttpRequest, client) -> func.HttpResponse:
    given = req.get_json() if req.get_body() else None
    instance_id = await client.start_new(req.route_params["orchestrator"], None, given)
    return client.create_check_status_response(req, instance_id)


@app.orchestration_trigger(context_name="context")
def assembly_line(context):
    built = []
    for number in range(context.get_input()):
        built.append((yield context.call_activity("assemble", number)))
        yield context.create_timer(context.current_utc_datetime + timedelta(milliseconds=20))
    return built


@app.activity_trigger(input_name="number")
def assemble(number: int) -> int:
    with (Path(os.environ["NOTES"]) / "assembled").open("a") as log:
        log.write(f"{number}\n")
    return number
