"""StartRefreshActivity: the refresh that answers webhooks."""

from __future__ import annotations

import pytest

from activities.start import start_refresh_if_needed
from models import REFRESH_ORCHESTRATOR
from tests.unit.fakes import FakeCache, FakeDurableClient


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
    assert "started" == await start_refresh_if_needed(cache, client, "ada")

    request = {"username": "ada", "force": False, "changed": True}
    assert [(REFRESH_ORCHESTRATOR, "portfolio-ada", request)] == client.started


async def test_a_running_refresh_is_joined(cache, client):
    client.has_instance("portfolio-ada", "Running")

    assert "joined" == await start_refresh_if_needed(cache, client, "ada")


async def test_webhooks_that_another_refresh_has_answered_start_nothing(client):
    assert "answered" == await start_refresh_if_needed(FakeCache(), client, "ada")

    assert [] == client.started
