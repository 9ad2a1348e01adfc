"""Human interaction: send a code, and accept it within three attempts and a deadline."""

from datetime import timedelta

import azure.durable_functions as df
import azure.functions as func

app = df.DFApp(http_auth_level=func.AuthLevel.ANONYMOUS)
TRIES = 3


@app.route(route="start/{orchestrator}", methods=["POST"])
@app.durable_client_input(client_name="client")
async def start(req: func.HttpRequest, client) -> func.HttpResponse:
    given = req.get_json() if req.get_body() else None
    instance_id = await client.start_new(req.route_params["orchestrator"], None, given)
    return client.create_check_status_response(req, instance_id)


@app.orchestration_trigger(context_name="context")
def verify_phone(context):
    given = context.get_input()
    code = yield context.call_activity("send_code", given["phone"])
    deadline = context.current_utc_datetime + timedelta(seconds=given["patience_s"])
    timeout = context.create_timer(deadline)
    for attempt in range(1, TRIES + 1):
        context.set_custom_status(f"try {attempt}")
        answer = context.wait_for_external_event("code")
        first = yield context.task_any([answer, timeout])
        if first == timeout:
            return "expired"
        if str(answer.result) == str(code):
            timeout.cancel()
            return f"verified at try {attempt}"
    timeout.cancel()
    return "refused"


@app.activity_trigger(input_name="phone")
def send_code(phone: str) -> int:
    return int(phone[-4:])
