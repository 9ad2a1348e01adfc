"""`GET /cache/stats` and `DELETE /cache/{username}`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from errors import UnknownPortfolio
from http_api.operator import respond_delete, respond_stats
from http_api.serving import serve_portfolio
from tests.unit.http_api.fakes import behind_the_answers, get, json_of, portfolio


async def test_the_statistics_show_what_is_cached_and_what_answers_cost(cache):
    cache.publish(portfolio(age=timedelta(days=2)))

    response = await respond_stats()

    body = json_of(response)
    ada, grace = body["portfolios"]
    assert ("Ada", 3, "complete", True) == (
        ada["username"],
        ada["repos"],
        ada["state"],
        ada["stale"],
    )
    assert {"username": "grace", "repos": 0} == grace
    assert (0, 0, False) == (
        body["answers"]["cached"],
        body["answers"]["model_calls"],
        body["answers"]["model_paused"],
    )
    assert "no-store" == response.headers["Cache-Control"]


async def test_a_portfolio_is_deleted_once_and_deleting_it_again_is_harmless(client, cache, caplog):
    caplog.set_level("INFO", "portfolio.api")
    cache.publish(portfolio(age=timedelta(days=2)))
    request = get(route={"username": "ADA"})
    await serve_portfolio(client, "Ada", datetime.now(UTC))
    await behind_the_answers()

    assert {"username": "Ada", "deleted_rows": 4} == json_of(await respond_delete(request))
    assert {"username": "Ada", "deleted_rows": 0} == json_of(await respond_delete(request))
    assert await serve_portfolio(client, "Ada", datetime.now(UTC)) is None
    assert 2 == client.attempts, "the next visitor starts its refresh"
    assert 'portfolio.deleted {"username":"Ada","rows":4}' in caplog.messages


async def test_a_username_that_is_not_served_cannot_be_deleted():
    with pytest.raises(UnknownPortfolio):
        await respond_delete(get(route={"username": "mallory"}))
