"""The registered activities, where they begin: nothing that is expected there is an exception."""

from __future__ import annotations

from typing import Any

import pytest

from activities import embed, fetch, plan, publish
from cache import GitHubCache
from errors import CacheUnavailable
from models import FetchInput
from tests.unit.fakes import FakeCache, FakeManager, listed

REQUEST = FetchInput(username="ada", repo_name="a", listing_id="")


def run(builder: Any, request: Any) -> Any:
    """Call a registered activity as the worker does."""
    return builder._function.get_user_function()(request)


def refuse() -> GitHubCache:
    raise CacheUnavailable("the table storage does not answer")


@pytest.fixture(autouse=True)
def manager(monkeypatch) -> FakeManager:
    manager = FakeManager(listed("a"))
    for module in (fetch, plan):
        monkeypatch.setattr(module, "github_repo_manager", lambda: manager)
    return manager


@pytest.mark.parametrize(
    ("module", "builder"),
    [
        (plan, plan.get_repo_names),
        (fetch, fetch.fetch_repo_context_bundle),
        (publish, publish.publish_portfolio),
    ],
    ids=["plan", "fetch", "publish"],
)
def test_a_storage_that_cannot_be_reached_is_a_retryable_failure(monkeypatch, module, builder):
    monkeypatch.setattr(module, "github_cache", refuse)

    failed = run(builder, REQUEST)

    assert ("cache_unavailable", True) == (failed["error"], failed["retryable"])


def test_without_storage_nothing_is_embedded(monkeypatch):
    monkeypatch.setattr(embed, "assistant", lambda: None)
    monkeypatch.setattr(embed, "github_cache", refuse)

    assert 0 == run(embed.embed_bundles, {"username": "ada", "row_keys": []})


def test_a_bug_that_one_repository_meets_does_not_stop_the_others(monkeypatch, manager, caplog):
    def break_down(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(fetch, "github_cache", FakeCache)
    monkeypatch.setattr(manager, "fetch_bundle", break_down)

    failed = run(fetch.fetch_repo_context_bundle, REQUEST)

    assert ("a", "internal", False) == tuple(
        failed[key] for key in ("repo_name", "error", "retryable")
    )
    assert "ZeroDivisionError" in caplog.text
