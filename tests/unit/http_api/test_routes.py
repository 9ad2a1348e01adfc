"""The registered functions hand every request to `answered`."""

from __future__ import annotations

from typing import Any

import azure.functions as func
import pytest

from function_app import app

# Not from `get_functions`, which works only once per process.
USER_FUNCTIONS = [builder._function.get_user_function() for builder in app._function_builders]
ROUTES = {
    function.__name__: function
    for function in USER_FUNCTIONS
    if function.__module__.startswith("http_api.")
}


@pytest.mark.parametrize("name", sorted(ROUTES))
async def test_a_route_answers_under_a_request_id(name, client):
    route: Any = ROUTES[name]
    # The SDK wraps a function with a Durable client, to make the client of what the host passes.
    arguments = [client] if hasattr(route, "client_function") else []
    respond = getattr(route, "client_function", route)

    response = await respond(func.HttpRequest("OPTIONS", f"/api/{name}", body=b""), *arguments)

    assert 204 == response.status_code
    assert response.headers["X-Request-Id"]
