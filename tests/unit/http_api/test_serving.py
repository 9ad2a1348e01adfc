"""A published portfolio is served at once; its refresh starts behind the answer."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import azure.functions as func
import pytest

from cache import GitHubCache
from clients import github_cache, refresh_starter
from errors import CacheUnavailable, RefreshUnavailable
from http_api.serving import (
    cached_portfolio,
    connected_cache,
    first_refresh_response,
    serve_portfolio,
    status_url,
)
from refresh_client import START_INTERVAL
from tests.unit.http_api.fakes import (
    ROOT_URL,
    behind_the_answers,
    bundle,
    failed_health,
    get,
    json_of,
    pending_bundle,
    portfolio,
)

NOW = datetime.now(UTC)
TOO_OLD = timedelta(days=2)


async def test_a_fresh_portfolio_is_served_without_a_refresh(client, cache):
    published = cache.publish(portfolio())

    assert published is await serve_portfolio(client, "ADA", NOW)
    await behind_the_answers()
    assert [] == client.started


async def test_a_portfolio_in_memory_is_served_without_a_thread(client, cache, monkeypatch):
    published = cache.publish(portfolio())
    await serve_portfolio(client, "Ada", NOW)

    monkeypatch.delattr(asyncio, "to_thread")

    assert published is await serve_portfolio(client, "Ada", NOW)
    assert 1 == len(cache.loads)


async def test_connecting_to_the_storage_does_not_block_the_event_loop(cache, monkeypatch):
    on_the_loop = []

    def connect(**_):
        try:
            asyncio.get_running_loop()
            on_the_loop.append(True)
        except RuntimeError:
            on_the_loop.append(False)
        return cache

    monkeypatch.setattr(GitHubCache, "connect", connect)

    assert await connected_cache() is await connected_cache()
    assert [False] == on_the_loop
    assert github_cache.is_created


@pytest.mark.parametrize(
    "published",
    [
        pytest.param(portfolio(age=TOO_OLD), id="stale"),
        pytest.param(portfolio(finished=False), id="first-refresh-did-not-end"),
        pytest.param(portfolio(lost=1), id="rows-lost"),
    ],
)
async def test_a_portfolio_whose_refresh_is_due_is_served_and_refreshed(client, cache, published):
    cache.publish(published)

    assert published is await serve_portfolio(client, "Ada", NOW)
    await behind_the_answers()
    assert ["portfolio-ada"] == [started.instance_id for started in client.started]


async def test_a_partial_portfolio_whose_first_refresh_has_ended_is_left_alone(client, cache):
    """What is pending then could not be read, and will be asked for by the next refresh."""
    cache.publish(portfolio(bundle("a"), pending_bundle("b")))

    await serve_portfolio(client, "Ada", NOW)
    await behind_the_answers()

    assert [] == client.started


async def test_a_stale_portfolio_is_served_though_durable_does_not_answer(client, cache):
    published = cache.publish(portfolio(age=TOO_OLD))
    client.answers.clear()

    async with asyncio.timeout(5):
        assert published is await serve_portfolio(client, "Ada", NOW)
    await asyncio.sleep(0)
    client.answers.set()
    await behind_the_answers()

    assert 1 == len(client.started), "the start was still under way"


@pytest.mark.parametrize("seconds", [0, 1, 9.9])
async def test_many_visitors_start_one_refresh_in_ten_seconds(client, cache, seconds):
    cache.publish(portfolio(age=TOO_OLD))

    for _ in range(5):
        await serve_portfolio(client, "Ada", NOW)
    await behind_the_answers()
    await serve_portfolio(client, "ADA", NOW + timedelta(seconds=seconds))
    await behind_the_answers()

    assert 1 == client.attempts


@pytest.mark.parametrize("pause", [START_INTERVAL, timedelta(hours=-1)])
async def test_later_and_after_the_clock_was_set_back_a_start_is_tried_again(client, cache, pause):
    cache.publish(portfolio(age=TOO_OLD))
    await serve_portfolio(client, "Ada", NOW)
    await behind_the_answers()

    await serve_portfolio(client, "Ada", NOW + pause)
    await behind_the_answers()

    assert 2 == client.attempts


async def test_a_start_that_fails_behind_the_answer_is_logged_without_its_text(
    client, cache, caplog
):
    published = cache.publish(portfolio(age=TOO_OLD))
    client.error = OSError("http://localhost/orchestrators?code=system-key")

    assert published is await serve_portfolio(client, "Ada", NOW)
    await behind_the_answers()

    assert 'refresh.not_started {"username":"Ada","error":"RefreshUnavailable"}' in caplog.messages
    assert 'durable.unavailable {"username":"Ada","error":"OSError"}' in caplog.messages
    assert "system-key" not in "".join(caplog.messages)


async def test_a_start_that_does_not_end_is_given_up(client, cache, monkeypatch, caplog):
    monkeypatch.setattr("refresh_client.DURABLE_TIMEOUT_S", 0.01)
    cache.publish(portfolio(age=TOO_OLD))
    client.answers.clear()

    await serve_portfolio(client, "Ada", NOW)
    await behind_the_answers()

    assert 'durable.unavailable {"username":"Ada","error":"TimeoutError"}' in caplog.messages


async def test_after_lasting_failures_visitors_start_nothing_before_the_next_try(client, cache):
    published = cache.publish(portfolio(age=TOO_OLD))
    cache.save_refresh_health("Ada", failed_health(next_try_in=timedelta(minutes=5)))

    assert published is await serve_portfolio(client, "Ada", NOW)
    await behind_the_answers()
    assert 0 == client.attempts

    await serve_portfolio(client, "Ada", datetime.now(UTC) + timedelta(minutes=5))
    await behind_the_answers()
    assert 1 == client.attempts


class TestBeforeTheFirstListing:
    async def test_the_refresh_starts_once_for_all_visitors(self, client):
        answers = await asyncio.gather(*(serve_portfolio(client, "Ada", NOW) for _ in range(5)))

        assert [None] * 5 == answers
        assert 1 == client.attempts == len(client.started)

    async def test_a_back_end_that_fails_is_told_instead_of_promised(self, client):
        client.error = OSError("connection refused")

        with pytest.raises(RefreshUnavailable, match="`Ada` was never fetched") as raised:
            await serve_portfolio(client, "Ada", NOW)

        assert ("refresh_unavailable", 10) == (raised.value.code, raised.value.retry_after_s)

    async def test_a_lasting_failure_is_told_with_its_reason_and_starts_nothing(
        self, client, cache
    ):
        cache.save_refresh_health("Ada", failed_health(next_try_in=timedelta(minutes=5)))

        with pytest.raises(RefreshUnavailable, match="GitHub refuses `GITHUB_TOKEN`") as raised:
            await serve_portfolio(client, "Ada", datetime.now(UTC))

        assert "bad_credentials" == raised.value.code
        assert 295 <= raised.value.retry_after_s <= 300
        assert 0 == client.attempts

    async def test_once_the_pause_is_over_a_visitor_starts_the_next_try(self, client, cache):
        cache.save_refresh_health("Ada", failed_health(next_try_in=timedelta(seconds=-1)))

        assert await serve_portfolio(client, "Ada", datetime.now(UTC)) is None
        assert 1 == len(client.started)

    async def test_a_storage_that_is_down_is_told(self, client, cache):
        cache.is_down = True

        with pytest.raises(CacheUnavailable):
            await serve_portfolio(client, "Ada", NOW)
        assert 0 == client.attempts

    async def test_a_forgotten_start_is_made_again(self, client):
        await serve_portfolio(client, "Ada", NOW)
        refresh_starter().forget("ADA")

        await serve_portfolio(client, "Ada", NOW)

        assert 2 == client.attempts


async def test_reading_the_cache_starts_nothing_and_passes_its_errors_on(cache):
    assert await cached_portfolio("Ada") is None

    cache.is_down = True
    with pytest.raises(CacheUnavailable):
        await cached_portfolio("Ada")


def test_the_first_refresh_is_a_202_that_says_where_and_when_to_look():
    response = first_refresh_response(get("/query"), "Ada")

    body = json_of(response)
    assert 202 == response.status_code
    assert "refreshing" == body["state"]
    assert "`Ada`" in body["message"]
    assert f"{ROOT_URL}/refresh/Ada" == body["status_url"] == response.headers["Location"]
    assert ("1", "no-store") == (
        response.headers["Retry-After"],
        response.headers["Cache-Control"],
    )


@pytest.mark.parametrize(
    ("request_url", "expected"),
    [
        ("https://app.example/api/portfolios/Ada", "https://app.example/api/refresh/Ada"),
        ("https://proxy.example/sites/api/query?q=/api/x", "https://proxy.example/sites/api/refresh/Ada"),
        ("https://app.example/other", "/refresh/Ada"),
    ],
)  # fmt: skip
def test_the_status_url_keeps_the_origin_and_prefix_of_the_request(request_url, expected):
    assert expected == status_url(func.HttpRequest("GET", request_url, body=b""), "Ada")
