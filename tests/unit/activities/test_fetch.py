"""FetchRepoContextBundleActivity: one repository, or why it could not be fetched."""

from __future__ import annotations

import json
from typing import Any

import pytest

from activities.fetch import fetch_bundle, in_short
from errors import CacheUnavailable, GitHubUnavailable, RepositoryUnavailable
from models import SavedBundle, no_usage
from relevance.terms import analyse, pack_terms
from tests.unit.fakes import FakeCache, FakeManager, bundle_of, listed

SAVED: SavedBundle = {
    "name": "a",
    "row_key": "repo:a@f-1",
    "fingerprint": "f",
    "fetched_at": "2026-01-02T03:04:05Z",
    "warnings": [],
}


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

    assert fetched["metadata"].items() <= listed("a")["metadata"].items()
    assert ("a", "ada/a") == (fetched["metadata"]["name"], fetched["metadata"]["full_name"])
    assert manager.usage(requests=1, queries=1) == fetched["usage"]
    assert ["a"] == manager.requested


def test_it_is_saved_with_its_terms_and_nobody_sees_it_before_it_is_published(manager, cache):
    fetched = fetch(manager, cache, "a")

    row_key = fetched["saved"]["row_key"]
    bundle = bundle_of(listed("a"))
    assert {row_key: {**bundle, "terms": pack_terms(analyse(bundle))}} == cache.load_bundles(
        "ada", [row_key]
    )
    assert cache.saved_rows("ada")[row_key].saved == fetched["saved"]
    assert cache.load_manifest("ada") is None


def test_a_second_run_of_the_activity_saves_the_same(manager, cache):
    assert fetch(manager, cache, "a") == fetch(manager, cache, "a")


@pytest.mark.parametrize(
    ("name", "listing_id"),
    [("unlisted", "l1"), ("a", "replaced-since")],
    ids=["not-in-the-listing", "listing-replaced"],
)
def test_a_repository_without_a_listing_costs_one_request_more(manager, cache, name, listing_id):
    fetched = fetch(manager, cache, name, listing_id=listing_id)

    assert name == fetched["metadata"]["name"]
    assert 2 == fetched["usage"]["requests"]
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
    assert {} == cache.bundles


def test_an_unlisted_repository_that_is_gone_is_a_failure_of_one_request(manager, cache):
    failed = fetch(manager, cache, "unknown")

    assert ("gone", 1) == (failed["error"], failed["usage"]["requests"])


def test_an_unlisted_repository_that_the_settings_exclude_is_gone_and_not_read(manager, cache):
    manager.excluded_names = {"unlisted"}

    failed = fetch(manager, cache, "unlisted")

    assert ("gone", ["unlisted"], {}) == (failed["error"], manager.requested, cache.bundles)
    assert 1 == failed["usage"]["requests"]


def test_an_unlisted_repository_that_cannot_be_read_costs_both_requests(
    manager, cache, monkeypatch
):
    def refuse(*_: Any) -> None:
        raise GitHubUnavailable("unreachable", "down")

    monkeypatch.setattr(manager, "fetch_bundle", refuse)

    assert 2 == fetch(manager, cache, "unlisted")["usage"]["requests"]


@pytest.mark.parametrize(("verb", "requests"), [("listed_repositories", 0), ("save_bundle", 1)])
def test_without_storage_it_fails_for_now_and_tells_what_it_cost(
    manager, cache, monkeypatch, verb, requests
):
    def refuse(*_: Any) -> None:
        raise CacheUnavailable("the table storage does not answer")

    monkeypatch.setattr(cache, verb, refuse)

    failed = fetch(manager, cache, "a")

    assert ("a", "cache_unavailable", True, requests) == (
        *(failed["repo_name"], failed["error"], failed["retryable"]),
        failed["usage"]["requests"],
    )


class TestInShort:
    def test_a_usual_repository_is_told_but_for_its_texts(self):
        facts: dict[str, Any] = {
            "languages": {"Python": 5},
            "repoContext": {"name": "a"},
            "file_types": {".py": 2},
        }
        bundle = bundle_of(listed("a"), readme="# A", **facts)

        assert {
            "metadata": {
                "name": "a",
                "full_name": "ada/a",
                "html_url": "https://github.com/ada/a",
                "description": None,
                "pushed_at": "2025-01-01T00:00:00Z",
            },
            **facts,
            "saved": SAVED,
            "usage": no_usage(),
        } == in_short(bundle, SAVED, no_usage())

    def test_a_repository_without_a_description_has_none(self):
        bundle = bundle_of(listed("a", description=None))

        assert in_short(bundle, SAVED, no_usage())["metadata"]["description"] is None

    def test_whatever_its_owner_writes_little_is_left(self):
        emoji = "\U0001f600"
        bundle = bundle_of(
            listed(
                "n" * 100,
                description=emoji * 10_000,
                topics=["t" * 50] * 100,
                homepage="https://" + emoji * 1_000,
            ),
            languages={f"language {number}": number for number in range(1_000)},
            repoContext={"text": emoji * 10_000},
            file_types={f".{'x' * 100}{number}": 1 for number in range(1_000)},
        )

        assert len(json.dumps(in_short(bundle, SAVED, no_usage()))) < 4_000
