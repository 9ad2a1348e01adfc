"""The routes with settings of the tests, a cache in memory and no network."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from cache import GitHubCache
from clients import assistant, github_cache, refresh_starter
from settings import settings
from tests.unit.http_api.fakes import FakeCache, FakeDurableClient

DAY_S = "86400"


@pytest.fixture
def client() -> FakeDurableClient:
    return FakeDurableClient()


@pytest.fixture
def cache() -> FakeCache:
    return FakeCache()


@pytest.fixture
def configure(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Change settings for the rest of a test."""

    def configure(**env: str) -> None:
        for name, value in env.items():
            monkeypatch.setenv(name, value)
        forget()

    return configure


@pytest.fixture(autouse=True)
def isolated_app(
    monkeypatch: pytest.MonkeyPatch, cache: FakeCache, configure: Callable[..., None]
) -> Iterator[None]:
    """Serve Ada and grace from `cache`, with nothing set by the machine and nothing kept after."""
    for name in os.environ:
        if name.startswith(("GITHUB_", "OPENAI_", "INCLUDE_", "CACHE_", "REFRESH_", "ALLOWED_")):
            monkeypatch.delenv(name)
    monkeypatch.setattr(GitHubCache, "connect", lambda **_: cache)
    configure(
        GITHUB_USERNAMES="Ada,grace",
        AzureWebJobsStorage="UseDevelopmentStorage=true",
        CACHE_MAX_AGE_SECONDS=DAY_S,
    )
    yield
    forget()


def forget() -> None:
    """Drop what the process has made from earlier settings."""
    created: tuple[Any, ...] = (settings, github_cache, assistant, refresh_starter)
    for client in created:
        client.cache_clear()
