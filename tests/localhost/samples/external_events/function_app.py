"""External events: wait for several in any order, or for the first of two."""

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
def building_permit(context):
    yield context.call_activity("file_request", context.get_input())
    offices = ("fire", "water", "city")
    stamps = yield context.task_all([context.wait_for_external_event(office) for office in offices])
    return dict(zip(offices, stamps, strict=True))


@app.orchestration_trigger(context_name="context")
def budget(context):
    approval = context.wait_for_external_event("approve")
    refusal = context.wait_for_external_event("refuse")
    first = yield context.task_any([approval, refusal])
    return "approved" if first == approval else "refused"


@app.orchestration_trigger(context_name="context")
def counter(context):
    total = context.get_input() or 0
    step = yield context.wait_for_external_event("step")
    if step == "end":
        return total
    context.continue_as_new(total + int(step))


@app.activity_trigger(input_name="site")
def file_request(site: str) -> str:
    return f"filed {site}"


@app.route(route="raise/{id}/{event}", methods=["POST"])
@app.durable_client_input(client_name="client")
async def raise_event(req: func.HttpRequest, client) -> str:
    await client.raise_event(req.route_params["id"], req.route_params["event"], req.get_json())
    return "raised"
