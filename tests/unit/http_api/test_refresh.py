"""`POST /refresh` starts or joins a refresh; `GET /refresh/{username}` shows it."""

from __future__ import annotations

import pytest

from errors import UnknownPortfolio
from http_api.refresh import respond_progress, respond_refresh
from models import REFRESH_ORCHESTRATOR
from tests.unit.http_api.fakes import ROOT_URL, get, json_of, post


async def test_a_refresh_is_started_and_its_progress_url_returned(client):
    response = await respond_refresh(post({"username": "ada", "force": True}, "/refresh"), client)

    url = f"{ROOT_URL}/refresh/Ada"
    assert {"instance_id": "portfolio-ada", "status_url": url, "joined": False} == json_of(response)
    assert (202, url, "1") == (
        response.status_code,
        response.headers["Location"],
        response.headers["Retry-After"],
    )
    (started,) = client.started
    assert (REFRESH_ORCHESTRATOR, "portfolio-ada") == (started.orchestrator, started.instance_id)
    assert {"username": "Ada", "force": True, "changed": False} == started.request


async def test_a_running_refresh_is_joined(client):
    await respond_refresh(post(b"", "/refresh"), client)

    response = await respond_refresh(post(b"", "/refresh"), client)

    assert json_of(response)["joined"]
    assert 1 == len(client.started)


async def test_no_management_url_of_durable_reaches_a_caller(client):
    response = await respond_refresh(post(b"", "/refresh"), client)

    assert b"runtime/webhooks" not in response.get_body()


async def test_the_progress_is_what_the_orchestration_reports(client):
    await respond_refresh(post(b"", "/refresh"), client)
    client.custom_status = {"state": "running", "done": 3, "total": 31}

    response = await respond_progress(get(route={"username": "ADA"}), client)

    body = json_of(response)
    assert ("Ada", "running", 3, 31) == (
        body["username"],
        body["state"],
        body["done"],
        body["total"],
    )
    assert "no-store" == response.headers["Cache-Control"]


async def test_a_portfolio_that_was_never_refreshed_is_idle(client):
    body = json_of(await respond_progress(get(route={"username": "grace"}), client))

    assert ("grace", "idle", None) == (body["username"], body["state"], body["started_at"])


async def test_a_username_that_is_not_served_is_unknown_and_starts_nothing(client):
    with pytest.raises(UnknownPortfolio):
        await respond_refresh(post({"username": "mallory"}, "/refresh"), client)
    with pytest.raises(UnknownPortfolio):
        await respond_progress(get(route={"username": "mallory"}), client)
    assert [] == client.started
