"""FetchRepoContextBundleActivity: one repository, or why it could not be fetched."""

from __future__ import annotations

from typing import Any

import pytest

from activities.fetch import fetch_bundle
from errors import GitHubUnavailable, RepositoryUnavailable
from tests.unit.fakes import FakeCache, FakeManager, bundle_of, listed


@pytest.fixture
def cache() -> FakeCache:
    """A listing of two repositories."""
    cache = FakeCache()
    listing: Any = {"listing_id": "l1", "repositories": [listed("a"), listed("b")]}
    cache.save_listing("ada", listing)
    return cache


@pytest.fixture
def manager() -> FakeManager:
    return FakeManager(listed("a"), listed("b"), listed("unlisted"))


def fetch(manager: FakeManager, cache: FakeCache, name: str, **request: Any) -> Any:
    request = {"username": "ada", "repo_name": name, "listing_id": "l1", **request}
    return fetch_bundle(manager, cache, request)  # type: ignore[arg-type]


def test_a_listed_repository_is_fetched_as_the_listing_describes_it(manager, cache):
    manager.repositories = []  # GitHub is not asked for what the listing says

    fetched = fetch(manager, cache, "a")

    assert {**bundle_of(listed("a")), "usage": {"requests": 4, "remaining": 4000}} == fetched
    assert ["a"] == manager.requested


@pytest.mark.parametrize(
    ("name", "listing_id"),
    [("unlisted", "l1"), ("a", "replaced-since")],
    ids=["not-in-the-listing", "listing-replaced"],
)
def test_a_repository_without_a_listing_costs_one_request_more(manager, cache, name, listing_id):
    fetched = fetch(manager, cache, name, listing_id=listing_id)

    assert name == fetched["metadata"]["name"]
    assert 5 == fetched["usage"]["requests"]
    assert [name, name] == manager.requested


def test_a_request_without_a_listing_id_is_fetched_too(manager, cache):
    request: Any = {"username": "ada", "repo_name": "a"}

    assert "a" == fetch_bundle(manager, cache, request)["metadata"]["name"]  # type: ignore[typeddict-item]


@pytest.mark.parametrize(
    "error",
    [RepositoryUnavailable("gone", "deleted"), GitHubUnavailable("unreachable", "down")],
    ids=lambda error: error.code,
)
def test_an_expected_failure_is_a_value(manager, cache, error):
    manager.errors["a"] = error

    failed = fetch(manager, cache, "a")

    assert ("a", error.code) == (failed["repo_name"], failed["error"])


def test_an_unlisted_repository_that_is_gone_is_a_failure_of_one_request(manager, cache):
    failed = fetch(manager, cache, "unknown")

    assert ("gone", 1) == (failed["error"], failed["usage"]["requests"])
