"""Monitor: poll with growing pauses until a condition holds or the time is over."""

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
def watch_weather(context):
    given = context.get_input()
    expiry = context.current_utc_datetime + timedelta(seconds=given["expires_s"])
    pause = timedelta(milliseconds=20)
    looks = 0
    while context.current_utc_datetime < expiry:
        looks += 1
        weather = yield context.call_activity("look", given["place"])
        context.set_custom_status({"weather": weather, "looks": looks})
        if weather == "clear":
            yield context.call_activity("alert", given["place"])
            return f"clear after {looks} looks"
        yield context.create_timer(min(context.current_utc_datetime + pause, expiry))
        pause = min(pause * 2, timedelta(milliseconds=100))
    return "expired"


@app.activity_trigger(input_name="place")
def look(place: str) -> str:
    return "clear" if (Path(os.environ["NOTES"]) / f"{place}-is-clear").exists() else "rain"


@app.activity_trigger(input_name="place")
def alert(place: str) -> None:
    with (Path(os.environ["NOTES"]) / f"{place}-alerts").open("a") as alerts:
        alerts.write("clear\n")
