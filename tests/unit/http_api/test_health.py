"""`GET /health` reports the state of every portfolio and starts the refreshes that are due."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from ai_assistant import rank
from clients import assistant
from errors import CacheUnavailable
from http_api.health import respond_health
from models import iso_utc
from refresh_client import TOKEN_WARNING
from tests.unit.http_api.fakes import (
    behind_the_answers,
    bundle,
    failed_health,
    json_of,
    pending_bundle,
    portfolio,
)

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
        "pending": 0,
        "refreshed_at": None,
        "age_seconds": None,
        "refresh": "queued",
        "refresh_started": True,
        "error": None,
        "next_try_at": None,
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
    assert [("Ada", "unknown", False), ("grace", "unknown", False)] == [
        (item["username"], item["state"], item["refresh_started"]) for item in body["portfolios"]
    ]
    assert [] == client.started


async def test_with_the_storage_down_a_portfolio_in_memory_keeps_its_state(client, cache):
    cache.publish(portfolio())
    await respond_health(client)
    cache.is_down = True

    body = json_of(await respond_health(client))

    assert ("degraded", "cache_unavailable") == (body["status"], body["cache"])
    assert ("fresh", 3) == (
        body["portfolios"][0]["state"],
        body["portfolios"][0]["repositories"],
    )


async def test_a_storage_that_hangs_is_given_up(client, cache, monkeypatch):
    def hang(username: str) -> None:
        hanging.set()
        assert asyncio.run_coroutine_threadsafe(released.wait(), loop).result(10)

    loop, released, hanging = asyncio.get_running_loop(), asyncio.Event(), asyncio.Event()
    monkeypatch.setattr("http_api.health.STORAGE_TIMEOUT_S", 0.01)
    monkeypatch.setattr(cache, "portfolio", hang)

    body = json_of(await respond_health(client))

    released.set()
    assert CacheUnavailable.code == body["cache"]
    assert {"unknown"} == {item["state"] for item in body["portfolios"]}


@pytest.mark.parametrize("answers", ["not at all", "with an error"])
async def test_while_durable_does_not_answer_its_part_is_unknown(
    client, cache, monkeypatch, answers
):
    monkeypatch.setattr("http_api.health.DURABLE_TIMEOUT_S", 0.01)
    cache.publish(portfolio(age=timedelta(days=2)))
    if answers == "not at all":
        client.answers.clear()
    else:
        client.error = OSError("connection refused")

    async with asyncio.timeout(5):
        body = json_of(await respond_health(client))

    assert "degraded" == body["status"]
    item = body["portfolios"][0]
    assert ("stale", 3, "unknown", False) == (
        item["state"],
        item["repositories"],
        item["refresh"],
        item["refresh_started"],
    )
    client.answers.set()
    await behind_the_answers()


async def test_a_partial_portfolio_is_reported_with_what_is_pending(client, cache):
    cache.publish(portfolio(bundle("a"), pending_bundle("b"), finished=False))

    body = json_of(await respond_health(client))

    item = body["portfolios"][0]
    assert ("partial", 1, 2, True) == (
        item["state"],
        item["pending"],
        item["repositories"],
        item["refresh_started"],
    )
    assert "ok" == body["status"]


async def test_a_lasting_failure_is_reported_with_the_next_try_and_not_tried_now(client, cache):
    cache.publish(portfolio(age=timedelta(days=2)))
    record = failed_health(next_try_in=timedelta(minutes=5))
    cache.save_refresh_health("Ada", record)

    body = json_of(await respond_health(client))

    item = body["portfolios"][0]
    assert ("degraded", "stale", False) == (body["status"], item["state"], item["refresh_started"])
    assert (record["error"], record["next_try_at"]) == (item["error"], item["next_try_at"])
    assert [] == client.started


async def test_once_the_pause_is_over_health_starts_the_next_try(client, cache):
    cache.publish(portfolio(age=timedelta(days=2)))
    cache.save_refresh_health("Ada", failed_health(next_try_in=timedelta(seconds=-1)))

    item = await ada(client)

    assert (True, None) == (item["refresh_started"], item["next_try_at"])
    assert "bad_credentials" == item["error"]["code"], "until a refresh succeeds"


async def test_a_refresh_that_ended_early_degrades_the_app(client, cache):
    cache.publish(portfolio())
    client.ended_as = "Failed"

    body = json_of(await respond_health(client))

    item = body["portfolios"][0]
    assert ("degraded", "failed", "refresh_failed") == (
        body["status"],
        item["refresh"],
        item["error"]["code"],
    )


class TestTokenExpiry:
    @pytest.fixture(autouse=True)
    def a_token_is_set(self, configure, cache):
        cache.publish(portfolio())
        configure(GITHUB_TOKEN="ghp_secret")

    @pytest.mark.parametrize(
        ("expires_in", "status"),
        [
            (timedelta(days=-1), "degraded"),
            (TOKEN_WARNING - timedelta(minutes=1), "degraded"),
            (TOKEN_WARNING + timedelta(minutes=1), "ok"),
        ],
    )
    async def test_a_token_that_expires_soon_degrades_the_app(
        self, client, cache, expires_in, status
    ):
        moment = iso_utc(datetime.now(UTC) + expires_in)
        health = failed_health(error=None, next_try_in=None, token_expires_at=moment)
        cache.save_refresh_health("Ada", health)

        body = json_of(await respond_health(client))

        assert (status, moment) == (body["status"], body["github"]["token_expires_at"])

    async def test_the_portfolio_that_was_refreshed_with_the_new_token_counts(self, client, cache):
        old, new = (iso_utc(datetime.now(UTC) + timedelta(days=days)) for days in (1, 90))
        for username, moment in (("Ada", old), ("grace", new)):
            health = failed_health(error=None, next_try_in=None, token_expires_at=moment)
            cache.save_refresh_health(username, health)

        body = json_of(await respond_health(client))

        assert ("ok", new) == (body["status"], body["github"]["token_expires_at"])

    async def test_without_a_token_none_expires(self, client, cache, configure):
        moment = iso_utc(datetime.now(UTC))
        health = failed_health(error=None, next_try_in=None, token_expires_at=moment)
        cache.save_refresh_health("Ada", health)
        configure(GITHUB_TOKEN="")

        body = json_of(await respond_health(client))

        assert ("ok", None) == (body["status"], body["github"]["token_expires_at"])


async def test_the_configuration_is_reported_without_secrets(client, configure):
    configure(GITHUB_TOKEN="ghp_secret", OPENAI_API_KEY="sk-secret", OPENAI_MODEL="small")

    response = await respond_health(client)

    body = json_of(response)
    assert ("ok", "portfolio-api", "ok") == (body["status"], body["app"], body["cache"])
    assert {
        "api_url": "https://api.github.com",
        "token": True,
        "token_expires_at": None,
    } == body["github"]
    assert {"model": "small", "state": "ok", "reason": None} == body["ai"]
    assert b"secret" not in response.get_body()
    assert "no-store" == response.headers["Cache-Control"]


async def test_a_model_on_azure_is_reported_without_a_key(client, configure):
    configure(OPENAI_BASE_URL="https://ada.openai.azure.com/openai/v1", OPENAI_MODEL="small")

    body = json_of(await respond_health(client))

    assert {"model": "small", "state": "ok", "reason": None} == body["ai"]


async def test_without_a_key_no_model_is_reported(client):
    body = json_of(await respond_health(client))

    assert {"model": None, "state": "off", "reason": None} == body["ai"]
    assert not body["github"]["token"]


async def test_a_model_that_fails_is_reported_with_the_reason(client, configure, no_server):
    configure(OPENAI_API_KEY="sk-secret", OPENAI_BASE_URL=no_server, OPENAI_MODEL="small")
    ranking = rank(portfolio(bundle("tally"), username="Ada"), "tally")
    await assistant().answer(ranking)
    await assistant().close()

    response = await respond_health(client)

    assert {"model": "small", "state": "degraded", "reason": "unavailable"} == json_of(response)[
        "ai"
    ]
    assert b"secret" not in response.get_body()
