"""Function chaining: each step gets the result of the one before."""

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
def publish_article(context):
    draft = yield context.call_activity("write", context.get_input())
    edited = yield context.call_activity("edit", draft)
    return (yield context.call_activity("sign", edited))


@app.activity_trigger(input_name="topic")
def write(topic: str) -> dict:
    return {"topic": topic, "steps": ["written"]}


@app.activity_trigger(input_name="article")
def edit(article: dict) -> dict:
    return {**article, "steps": [*article["steps"], "edited"]}


@app.activity_trigger(input_name="article")
def sign(article: dict) -> str:
    return f"{article['topic']}: {', '.join([*article['steps'], 'signed'])}"
