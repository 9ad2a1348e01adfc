"""`GET /health` reports the state of every portfolio and starts the refreshes that are due."""

from __future__ import annotations

from datetime import timedelta

import pytest

from http_api.health import respond_health
from tests.unit.http_api.fakes import json_of, portfolio

pytestmark = pytest.mark.usefixtures("grace_is_fresh")


@pytest.fixture
def grace_is_fresh(cache) -> None:
    """So that each test is about Ada alone."""
    cache.publish(portfolio(username="grace"))


async def ada(client):
    return json_of(await respond_health(client))["portfolios"][0]


async def test_a_missing_portfolio_is_reported_and_its_refresh_started(client):
    assert {
        "username": "Ada",
        "state": "missing",
        "repositories": 0,
        "refreshed_at": None,
        "age_seconds": None,
        "refresh": "queued",
        "refresh_started": True,
    } == await ada(client)
    assert ["portfolio-ada"] == [started.instance_id for started in client.started]


async def test_a_stale_portfolio_is_reported_with_its_age_and_its_refresh_started(client, cache):
    cache.publish(portfolio(age=timedelta(days=2)))

    state = await ada(client)

    assert ("stale", 3, True) == (state["state"], state["repositories"], state["refresh_started"])
    assert 172_800 <= state["age_seconds"] <= 172_860
    assert state["refreshed_at"].endswith("Z")


async def test_a_fresh_portfolio_is_left_alone(client, cache):
    cache.publish(portfolio())

    state = await ada(client)

    assert ("fresh", "idle", False) == (state["state"], state["refresh"], state["refresh_started"])
    assert [] == client.started


async def test_a_running_refresh_is_joined_and_its_state_reported(client):
    await respond_health(client)
    client.custom_status = {"state": "running"}

    state = await ada(client)

    assert ("missing", "running", False) == (
        state["state"],
        state["refresh"],
        state["refresh_started"],
    )
    assert 1 == len(client.started)


async def test_with_the_storage_down_the_app_is_degraded_but_answers(client, cache):
    cache.is_down = True

    response = await respond_health(client)

    body = json_of(response)
    assert 200 == response.status_code
    assert ("degraded", "cache_unavailable") == (body["status"], body["cache"])
    assert [
        {"username": "Ada", "state": "unknown"},
        {"username": "grace", "state": "unknown"},
    ] == body["portfolios"]
    assert [] == client.started


async def test_the_configuration_is_reported_without_secrets(client, configure):
    configure(GITHUB_TOKEN="ghp_secret", OPENAI_API_KEY="sk-secret", OPENAI_MODEL="small")

    response = await respond_health(client)

    body = json_of(response)
    assert ("ok", "portfolio-api", "ok") == (body["status"], body["app"], body["cache"])
    assert {"api_url": "https://api.github.com", "token": True} == body["github"]
    assert {"model": "small"} == body["ai"]
    assert b"secret" not in response.get_body()
    assert "no-store" == response.headers["Cache-Control"]


async def test_a_model_on_azure_is_reported_without_a_key(client, configure):
    configure(OPENAI_BASE_URL="https://ada.openai.azure.com/openai/v1", OPENAI_MODEL="small")

    body = json_of(await respond_health(client))

    assert {"model": "small"} == body["ai"]


async def test_without_a_key_no_model_is_reported(client):
    body = json_of(await respond_health(client))

    assert {"model": None} == body["ai"]
    assert not body["github"]["token"]
