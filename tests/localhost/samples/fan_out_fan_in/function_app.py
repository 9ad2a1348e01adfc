"""Fan-out and fan-in: copy all folders at once, and add up their sizes."""

import time

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
def back_up(context):
    folders = yield context.call_activity("list_folders", context.get_input())
    sizes = yield context.task_all(
        [context.call_activity("copy_folder", folder) for folder in folders]
    )
    return {
        "folders": len(folders),
        "bytes": sum(sizes),
        "largest": folders[sizes.index(max(sizes))],
    }


@app.activity_trigger(input_name="count")
def list_folders(count: int) -> list:
    return [f"folder-{number:02}" for number in range(count)]


@app.activity_trigger(input_name="folder")
def copy_folder(folder: str) -> int:
    number = int(folder[-2:])
    time.sleep(0.002 * (number % 5))  # they finish in another order than they start
    return number * 100
