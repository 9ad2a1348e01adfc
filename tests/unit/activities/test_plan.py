"""GetRepoNamesActivity: the listing, and the repositories to fetch."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from activities.plan import (
    MAX_CHANGED,
    listing_scope,
    names_to_fetch,
    pace,
    plan_refresh,
    renew_listing,
    update_listing,
)
from errors import GitHubUnavailable, RateLimited, RepositoryUnavailable
from models import ListedRepository, Listing
from settings import Settings
from tests.unit.fakes import NOW, FakeCache, FakeManager, listed

BLOCKED = RepositoryUnavailable("blocked", "blocked")


def settings(**env: str) -> Settings:
    return Settings.from_env(
        {
            "GITHUB_USERNAMES": "ada",
            "AzureWebJobsStorage": "UseDevelopmentStorage=true",
            **env,
        }
    )


def listing(*repositories: ListedRepository, **changes: Any) -> Listing:
    return {
        "listing_id": "l1",
        "scope": "s",
        "path": "/users/ada/repos",
        "etags": ["1"],
        "repositories": list(repositories),
        "excluded": 0,
        **changes,  # type: ignore[typeddict-item]
    }


def entry(repository: ListedRepository, **changes: Any) -> dict[str, Any]:
    return {
        "name": repository["metadata"]["name"],
        "fingerprint": repository["fingerprint"],
        "stale": None,
        **changes,
    }


def manifest(*entries: dict[str, Any], **changes: Any) -> Any:
    return {"entries": list(entries), "gone": {}, **changes}


def names(listing: Listing) -> list[str]:
    return [repository["metadata"]["name"] for repository in listing["repositories"]]


@pytest.fixture
def cache() -> FakeCache:
    return FakeCache()


@pytest.fixture
def manager() -> FakeManager:
    return FakeManager(listed("a"), listed("b"))


def plan(manager: FakeManager, cache: FakeCache, **request: Any) -> Any:
    return plan_refresh(manager, cache, settings(), {"username": "ada", **request})  # type: ignore[typeddict-item]


class TestPlanRefresh:
    def test_a_first_refresh_lists_everything_and_fetches_all_of_it(self, manager, cache):
        planned = plan(manager, cache)

        assert (2, ["a", "b"], []) == tuple(
            planned[key] for key in ("total", "names", "deliveries")
        )
        assert {"requests": 1, "remaining": 4000} == planned["usage"]
        assert planned["listing_id"] == cache.listings["ada"]["listing_id"]
        assert ["a", "b"] == names(cache.listings["ada"])

    def test_an_unchanged_listing_is_not_written_again(self, manager, cache):
        first = plan(manager, cache)

        again = plan(manager, cache)

        assert first["listing_id"] == again["listing_id"]
        assert 1 == cache.saved_listings
        assert ["listing", "listing"] == manager.requested

    def test_a_published_repository_with_the_same_fingerprint_is_unchanged(self, manager, cache):
        cache.manifests["ada"] = (manifest(entry(listed("a"))), "1")

        assert ["b"] == plan(manager, cache)["names"]

    def test_force_fetches_all_and_does_not_trust_the_earlier_listing(self, manager, cache):
        plan(manager, cache)
        cache.manifests["ada"] = (manifest(entry(listed("a")), entry(listed("b"))), "1")

        assert ["a", "b"] == plan(manager, cache, force=True)["names"]
        assert 2 == cache.saved_listings

    def test_a_listing_made_under_other_settings_is_not_trusted(self, manager, cache):
        cache.listings["ada"] = listing(listed("from-other-settings"), scope="other")

        plan(manager, cache)

        assert ["a", "b"] == names(cache.listings["ada"])

    def test_a_failed_listing_is_a_failure_of_no_repository(self, manager, cache):
        reset_at = NOW + timedelta(minutes=5)
        manager.errors[None] = RateLimited("GitHub's rate limit is reached", reset_at=reset_at)

        failed = plan(manager, cache)

        assert (None, "rate_limited", True, "2026-01-02T03:09:05Z") == tuple(
            failed[key] for key in ("repo_name", "error", "retryable", "retry_at")
        )
        assert {} == cache.listings

    def test_webhooks_are_read_before_the_listing_which_may_miss_later_ones(self, manager, cache):
        cache.deliveries["ada"] = {"delivery:2": ["b"], "delivery:1": ["a"]}
        list_repositories = manager.list_repositories

        def list_while_a_webhook_arrives(*arguments: Any, **options: Any) -> Any:
            cache.record_delivery("ada", "3", ["a"], NOW)
            return list_repositories(*arguments, **options)

        manager.list_repositories = list_while_a_webhook_arrives

        assert ["delivery:1", "delivery:2"] == plan(manager, cache)["deliveries"]

    def test_a_refresh_for_webhooks_lists_only_what_they_name(self, manager, cache):
        plan(manager, cache)
        manager.requested.clear()
        manager.repositories[1] = listed("b", pushed_at="2026-01-01T00:00:00Z")
        cache.manifests["ada"] = (manifest(entry(listed("a")), entry(listed("b"))), "1")
        cache.deliveries["ada"] = {"delivery:1": ["b"], "delivery:2": ["b"]}

        planned = plan(manager, cache, changed=True)

        assert ["b"] == manager.requested
        assert (["b"], 1) == (planned["names"], planned["usage"]["requests"])
        assert [] == cache.listings["ada"]["etags"]

    def test_webhooks_of_a_portfolio_that_was_never_listed_list_all_of_it(self, manager, cache):
        cache.deliveries["ada"] = {"delivery:1": ["b"]}

        assert ["a", "b"] == plan(manager, cache, changed=True)["names"]

    def test_many_changed_repositories_are_cheaper_to_list_than_to_ask_for(self, manager, cache):
        plan(manager, cache)
        manager.requested.clear()
        changed = [f"r{number}" for number in range(MAX_CHANGED + 1)]
        cache.deliveries["ada"] = {"delivery:1": changed}

        plan(manager, cache, changed=True)

        assert ["listing"] == manager.requested


class TestRenewListing:
    def test_without_an_earlier_listing_the_request_is_unconditional(self, manager):
        new, requests = renew_listing(manager, "ada", None, "scope")

        assert (["a", "b"], ["1"], "scope", 0, 1) == (
            *(names(new), new["etags"], new["scope"], new["excluded"]),
            requests,
        )

    def test_an_unchanged_listing_is_the_earlier_one_itself(self, manager):
        earlier = listing(etags=["1"])

        new, requests = renew_listing(manager, "ada", earlier, "s")

        assert earlier is new
        assert 1 == requests

    def test_a_changed_listing_replaces_the_earlier_one(self, manager):
        manager.version = 2

        new, _ = renew_listing(manager, "ada", listing(etags=["1"]), "s")

        assert (["a", "b"], ["2"]) == (names(new), new["etags"])

    def test_an_earlier_listing_without_etags_is_listed_again(self, manager):
        new, _ = renew_listing(manager, "ada", listing(etags=[]), "s")

        assert ["a", "b"] == names(new)

    def test_excluded_repositories_are_counted(self, manager):
        manager.excluded_names = {"b"}

        new, _ = renew_listing(manager, "ada", None, "s")

        assert (["a"], 1) == (names(new), new["excluded"])

    def test_equal_listings_have_equal_ids(self, manager):
        first, _ = renew_listing(manager, "ada", None, "s")
        second, _ = renew_listing(manager, "ada", None, "s")
        manager.repositories.append(listed("c"))
        third, _ = renew_listing(manager, "ada", None, "s")

        assert first["listing_id"] == second["listing_id"] != third["listing_id"]

    def test_a_304_to_an_unconditional_request_is_a_bad_response(self, manager):
        manager.list_repositories = lambda *_, **__: None

        with pytest.raises(GitHubUnavailable) as raised:
            renew_listing(manager, "ada", None, "s")

        assert "bad_response" == raised.value.code


class TestUpdateListing:
    def test_changed_and_created_repositories_are_read_in_the_order_of_their_names(self, manager):
        pushed = listed("b", pushed_at="2026-01-01T00:00:00Z")
        manager.repositories = [listed("a"), pushed, listed("C")]

        new, requests = update_listing(
            manager, "ada", listing(listed("a"), listed("b")), {"C", "b"}
        )

        assert ["a", "b", "C"] == names(new)
        assert pushed == new["repositories"][1]
        assert 2 == requests
        assert [] == new["etags"]

    @pytest.mark.parametrize("name", ["b", "B"])
    def test_a_repository_that_is_gone_leaves_the_listing(self, manager, name):
        manager.repositories = [listed("a")]

        new, _ = update_listing(manager, "ada", listing(listed("a"), listed("b")), {name})

        assert ["a"] == names(new)

    def test_a_repository_that_the_settings_exclude_by_now_leaves_the_listing(self, manager):
        manager.excluded_names = {"b"}

        new, _ = update_listing(manager, "ada", listing(listed("a"), listed("b")), {"b"})

        assert ["a"] == names(new)

    def test_a_blocked_repository_stays_as_it_was_listed(self, manager):
        manager.errors["b"] = BLOCKED

        new, _ = update_listing(manager, "ada", listing(listed("a"), listed("b")), {"b"})

        assert ["a", "b"] == names(new)

    def test_an_outage_is_raised(self, manager):
        manager.errors["b"] = GitHubUnavailable("unreachable", "down")

        with pytest.raises(GitHubUnavailable):
            update_listing(manager, "ada", listing(listed("b")), {"b"})


class TestNamesToFetch:
    def test_nothing_is_published_yet_so_all_are_fetched(self):
        assert ["a"] == names_to_fetch(listing(listed("a")), None, force=False)

    @pytest.mark.parametrize(
        ("published", "fetched"),
        [
            pytest.param({}, [], id="unchanged"),
            pytest.param({"fingerprint": "older"}, ["a"], id="changed"),
            pytest.param({"stale": "unreachable"}, ["a"], id="stale-after-an-outage"),
            pytest.param({"stale": "blocked"}, [], id="blocked-and-unchanged"),
            pytest.param({"stale": "empty"}, [], id="emptied-and-unchanged"),
            pytest.param({"stale": "blocked", "fingerprint": "older"}, ["a"], id="blocked-changed"),
        ],
    )
    def test_the_published_entry_decides(self, published, fetched):
        repository = listed("a")

        assert fetched == names_to_fetch(
            listing(repository), manifest(entry(repository, **published)), force=False
        )

    def test_a_gone_repository_is_fetched_once_it_has_changed(self):
        repository = listed("a")
        gone = manifest(gone={"a": repository["fingerprint"]})
        changed = listed("a", pushed_at="2026-01-01T00:00:00Z")

        assert [] == names_to_fetch(listing(repository), gone, force=False)
        assert ["a"] == names_to_fetch(listing(changed), gone, force=False)

    def test_a_manifest_from_before_gone_was_recorded_is_read(self):
        older: Any = {"entries": []}

        assert ["a"] == names_to_fetch(listing(listed("a")), older, force=False)

    def test_force_fetches_unchanged_ones_too(self):
        repository = listed("a")

        assert ["a"] == names_to_fetch(listing(repository), manifest(entry(repository)), force=True)


class TestPace:
    @pytest.mark.parametrize(
        ("env", "expected"),
        [
            # 850 requests a minute, at most 6 for each of 25 repositories.
            pytest.param({}, (25, 5), id="default"),
            pytest.param({"GITHUB_REQUESTS_PER_MINUTE": "0"}, (25, 0), id="no-pacing"),
            pytest.param({"GITHUB_REQUESTS_PER_MINUTE": "1"}, (25, 1), id="at-least-one-batch"),
            pytest.param({"GITHUB_USERNAMES": "ada,bob"}, (12, 5), id="two-portfolios"),
            pytest.param(
                {"GITHUB_USERNAMES": "ada,bob,eve", "REFRESH_BATCH_SIZE": "2"},
                (1, 47),
                id="at-least-one-repository",
            ),
        ],
    )
    def test_portfolios_share_batches_and_requests(self, env, expected):
        assert expected == pace(settings(**env))


class TestListingScope:
    @pytest.mark.parametrize(
        "env",
        [
            {"GITHUB_API_URL": "http://github.example"},
            {"GITHUB_TOKEN": "t"},
            {"INCLUDE_FORKS": "true"},
            {"INCLUDE_ARCHIVED": "false"},
            {"INCLUDE_PRIVATE": "true"},
        ],
    )
    def test_it_differs_with_every_setting_that_changes_a_listing(self, env):
        assert listing_scope(settings()) != listing_scope(settings(**env))

    def test_it_is_the_same_with_another_token(self):
        assert listing_scope(settings(GITHUB_TOKEN="a")) == listing_scope(
            settings(GITHUB_TOKEN="b")
        )
