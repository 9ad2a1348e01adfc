"""Compensation: undo a booking when a later one fails for good."""

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
def transfer(context):
    given = context.get_input()
    yield context.call_activity("book", {"account": given["from"], "amount": -given["amount"]})
    try:
        booking = {"account": given["to"], "amount": given["amount"]}
        yield context.call_activity_with_retry("book", RETRY, booking)
    except Exception as error:
        undo = {"account": given["from"], "amount": given["amount"]}
        yield context.call_activity_with_retry("book", RETRY, undo)
        return {"moved": False, "why": str(error)}
    return {"moved": True}


@app.activity_trigger(input_name="booking")
def book(booking: dict) -> None:
    with (Path(os.environ["NOTES"]) / "bookings").open("a") as bookings:
        bookings.write(f"{booking['account']} {booking['amount']}\n")
    if booking["account"] == "closed":
        raise LookupError("the account is closed")
