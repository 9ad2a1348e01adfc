"""A cached portfolio is served at once; its refresh starts where it is due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import azure.functions as func
import pytest

from errors import CacheUnavailable
from http_api.serving import (
    cached_portfolio,
    first_refresh_response,
    serve_portfolio,
    status_url,
)
from tests.unit.http_api.fakes import ROOT_URL, get, json_of, portfolio

NOW = datetime.now(UTC)


async def test_a_fresh_portfolio_is_served_without_a_refresh(client, cache):
    published = cache.publish(portfolio())

    assert published is await serve_portfolio(client, "ADA", NOW)
    assert [] == client.started


async def test_a_stale_portfolio_is_served_while_its_refresh_starts(client, cache):
    published = cache.publish(portfolio(age=timedelta(days=2)))

    assert published is await serve_portfolio(client, "Ada", NOW)
    assert ["portfolio-ada"] == [started.instance_id for started in client.started]


async def test_a_missing_portfolio_is_none_and_its_refresh_starts_once(client):
    assert await serve_portfolio(client, "Ada", NOW) is None
    assert await serve_portfolio(client, "Ada", NOW) is None
    assert 1 == len(client.started)


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
    assert ("5", "no-store") == (
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
