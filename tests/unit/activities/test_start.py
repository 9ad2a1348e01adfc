"""StartRefreshActivity: the refresh that answers webhooks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from activities.start import start_refresh_if_needed
from errors import CacheUnavailable
from models import REFRESH_ORCHESTRATOR, iso_utc
from tests.unit.fakes import NOW, FakeCache, FakeDurableClient


@pytest.fixture
def cache() -> FakeCache:
    """A portfolio with a webhook that no refresh has answered."""
    cache = FakeCache()
    cache.deliveries["ada"] = {"delivery:1": ["a"]}
    return cache


@pytest.fixture
def client() -> FakeDurableClient:
    return FakeDurableClient()


async def test_pending_webhooks_start_a_refresh_of_what_changed(cache, client):
    assert "started" == await start_refresh_if_needed(cache, client, "ada", NOW)

    request = {"username": "ada", "force": False, "changed": True}
    assert [(REFRESH_ORCHESTRATOR, "portfolio-ada", request)] == client.started


async def test_a_running_refresh_is_joined(cache, client):
    client.has_instance("portfolio-ada", "Running")

    assert "joined" == await start_refresh_if_needed(cache, client, "ada", NOW)


async def test_webhooks_that_another_refresh_has_answered_start_nothing(client):
    assert "answered" == await start_refresh_if_needed(FakeCache(), client, "ada", NOW)

    assert [] == client.started


@pytest.mark.parametrize(
    ("minutes", "result"), [(-1, "started"), (1, "postponed"), (None, "started")]
)
async def test_after_failures_it_is_too_early_until_the_next_try(cache, client, minutes, result):
    next_try_at = None if minutes is None else iso_utc(NOW + timedelta(minutes=minutes))
    cache.save_refresh_health(
        "ada",
        {"error": None, "failures": 2, "next_try_at": next_try_at, "token_expires_at": None},
    )

    assert result == await start_refresh_if_needed(cache, client, "ada", NOW)

    assert (1 if result == "started" else 0) == len(client.started)


async def test_without_storage_it_is_postponed(cache, client, monkeypatch):
    def refuse(_: Any) -> None:
        raise CacheUnavailable("the table storage does not answer")

    monkeypatch.setattr(cache, "pending_deliveries", refuse)

    assert "postponed" == await start_refresh_if_needed(cache, client, "ada", NOW)


async def test_without_durables_back_end_it_is_postponed(cache, client):
    client.refusal = Exception("the back-end does not answer")

    assert "postponed" == await start_refresh_if_needed(cache, client, "ada", NOW)
