"""GetRepoNamesActivity: the listing, and the repositories to fetch."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from activities.manifests import pending_entry
from activities.plan import (
    MAX_CHANGED,
    MAX_PLANNED_BYTES,
    listing_scope,
    names_to_fetch,
    plan_refresh,
    renew_listing,
    update_listing,
    within_limit,
)
from cache import StoredRow
from errors import CacheUnavailable, GitHubUnavailable, RateLimited, RepositoryUnavailable
from models import Bundle, ListedRepository, Listing, Manifest, iso_utc, no_usage
from settings import Settings
from tests.unit.fakes import NOW, FakeCache, FakeManager, bundle_of, listed

DOWN = GitHubUnavailable("unreachable", "down")
PUSHED = "2026-01-01T00:00:00Z"
A, B, C = listed("a"), listed("b"), listed("c")
B_PUSHED = listed("b", pushed_at=PUSHED)
EARLIER = iso_utc(NOW - timedelta(days=1))
LATER = iso_utc(NOW + timedelta(seconds=1))


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


def entry(repository: ListedRepository, **changes: Any) -> Any:
    return {
        "name": repository["metadata"]["name"],
        "row_key": f"repo:{repository['metadata']['name']}",
        "row_etag": "1",
        "fingerprint": repository["fingerprint"],
        "metadata": repository["metadata"],
        "fetched_at": EARLIER,
        "warnings": [],
        "stale": None,
        **changes,
    }


def manifest(*entries: Any, **changes: Any) -> Any:
    return {
        "username": "ada",
        "refreshed_at": EARLIER,
        "started_at": EARLIER,
        "finished": True,
        "excluded": 0,
        "entries": list(entries),
        "gone": {},
        **changes,
    }


def names(listing: Listing) -> list[str]:
    return [repository["metadata"]["name"] for repository in listing["repositories"]]


@pytest.fixture
def cache() -> FakeCache:
    return FakeCache()


@pytest.fixture
def manager() -> FakeManager:
    return FakeManager(A, B)


def save(cache: FakeCache, repository: ListedRepository, **changes: Any) -> StoredRow:
    """Save a bundle, unpublished, and return its row."""
    bundle: Bundle = bundle_of(repository, **{"fetched_at": EARLIER, **changes})
    saved = cache.save_bundle("ada", bundle)
    return cache.saved_rows("ada")[saved["row_key"]]


def publish(cache: FakeCache, *repositories: ListedRepository, **changes: Any) -> None:
    """Publish a complete portfolio, as an earlier refresh has."""
    entries = []
    for repository in repositories:
        row = save(cache, repository)
        entries.append(entry(repository, row_key=row.saved["row_key"], row_etag=row.etag))
    cache.manifests["ada"] = (manifest(*entries, **changes), "1")


def published(cache: FakeCache) -> Manifest:
    return cache.manifests["ada"][0]


def rows(cache: FakeCache) -> dict[str, str | None]:
    """Return the published row of every repository."""
    return {entry["name"]: entry["row_key"] for entry in published(cache)["entries"]}


def plan(
    manager: FakeManager, cache: FakeCache, options: Settings | None = None, **request: Any
) -> Any:
    return plan_refresh(
        manager,
        cache,
        options or settings(),
        {"username": "ada", **request},  # type: ignore[typeddict-item]
        NOW,
        embed=True,
    )


class TestPlanRefresh:
    def test_a_first_refresh_lists_everything_and_fetches_all_of_it(self, manager, cache):
        planned = plan(manager, cache)

        assert (2, ["a", "b"], [], True) == tuple(
            planned[key] for key in ("total", "names", "deliveries", "embed")
        )
        assert {
            **no_usage(),
            "requests": 1,
            "remaining": 4000,
            "points_remaining": 4500,
        } == planned["usage"]
        assert planned["listing_id"] == cache.listings["ada"]["listing_id"]
        assert ["a", "b"] == names(cache.listings["ada"])

    def test_an_unchanged_listing_is_not_written_again(self, manager, cache):
        first = plan(manager, cache)

        again = plan(manager, cache)

        assert first["listing_id"] == again["listing_id"]
        assert 1 == cache.saved_listings
        assert ["listing", "listing"] == manager.requested

    def test_a_published_repository_with_the_same_fingerprint_is_unchanged(self, manager, cache):
        publish(cache, A)

        assert ["b"] == plan(manager, cache)["names"]

    def test_force_fetches_all_and_does_not_trust_the_earlier_listing(self, manager, cache):
        plan(manager, cache)
        publish(cache, A, B)

        assert ["a", "b"] == plan(manager, cache, force=True)["names"]
        assert 2 == cache.saved_listings

    def test_a_listing_made_under_other_settings_is_not_trusted(self, manager, cache):
        cache.listings["ada"] = listing(listed("from-other-settings"), scope="other")

        plan(manager, cache)

        assert ["a", "b"] == names(cache.listings["ada"])

    def test_the_new_listing_is_checked_against_the_earlier_one(self, manager, cache):
        plan(manager, cache)
        manager.version = 2

        plan(manager, cache)

        assert ["a", "b"] == manager.known

    def test_a_failed_listing_is_a_failure_of_no_repository(self, manager, cache):
        reset_at = NOW + timedelta(minutes=5)
        manager.errors[None] = RateLimited("GitHub's rate limit is reached", reset_at=reset_at)

        failed = plan(manager, cache)

        assert (None, "rate_limited", True, "2026-01-02T03:09:05Z") == tuple(
            failed[key] for key in ("repo_name", "error", "retryable", "retry_at")
        )
        assert ({}, {}) == (cache.listings, cache.manifests)

    @pytest.mark.parametrize(
        ("verb", "requests"), [("pending_deliveries", 0), ("save_listing", 1), ("publish", 1)]
    )
    def test_without_storage_it_fails_for_now_and_tells_what_it_cost(
        self, manager, cache, monkeypatch, verb, requests
    ):
        def refuse(*_: Any, **__: Any) -> None:
            raise CacheUnavailable("the table storage does not answer")

        monkeypatch.setattr(cache, verb, refuse)

        failed = plan(manager, cache)

        assert (None, "cache_unavailable", True, requests) == (
            *(failed["repo_name"], failed["error"], failed["retryable"]),
            failed["usage"]["requests"],
        )

    def test_a_plan_that_would_not_fit_into_a_payload_leaves_the_rest_for_the_next(self, cache):
        manager = FakeManager(*(listed(f"{'n' * 95}-{number:03}") for number in range(600)))

        planned = plan(manager, cache)

        assert MAX_PLANNED_BYTES - 110 < len(json.dumps(planned["names"])) <= MAX_PLANNED_BYTES
        # Those that are left are no part of this refresh's work.
        assert len(planned["names"]) == planned["total"]
        assert 600 == len(published(cache)["entries"])


class TestFirstSight:
    def test_every_listed_repository_is_published_at_once_without_its_content(self, manager, cache):
        manager.excluded_names = {"b"}

        plan(manager, cache)

        portfolio = cache.portfolio("ada")
        assert portfolio is not None
        (bundle,) = portfolio.bundles
        assert (A["metadata"], ["content_pending"], "") == (
            *(bundle["metadata"], bundle["warnings"]),
            bundle["readme"],
        )
        assert ("partial", 1, False, NOW) == (
            *(portfolio.state, portfolio.pending),
            *(portfolio.finished, portfolio.refreshed_at),
        )
        assert 1 == published(cache)["excluded"]

    @pytest.mark.parametrize("force", [False, True])
    def test_a_complete_portfolio_never_becomes_partial(self, manager, cache, force):
        publish(cache, A, listed("unlisted-by-now"))
        before = published(cache)

        planned = plan(manager, cache, force=force)

        assert "b" in planned["names"]
        assert (before, "1") == cache.manifests["ada"]  # not even written

    def test_a_second_plan_adds_nothing(self, manager, cache):
        plan(manager, cache)
        first = cache.manifests["ada"]

        plan(manager, cache)

        assert first == cache.manifests["ada"]


class TestFoundRows:
    def test_saved_bundles_that_were_not_published_are_and_are_not_fetched_again(
        self, manager, cache
    ):
        row = save(cache, A)

        planned = plan(manager, cache)

        assert ["b"] == planned["names"]
        assert {"a": row.saved["row_key"], "b": None} == rows(cache)

    def test_in_a_complete_portfolio_too(self, manager, cache):
        publish(cache, A)
        row = save(cache, B)

        planned = plan(manager, cache)

        assert ([], row.saved["row_key"]) == (planned["names"], rows(cache)["b"])

    def test_an_older_bundle_than_the_listing_is_not(self, manager, cache):
        save(cache, B)
        manager.repositories = [A, B_PUSHED]

        assert ["a", "b"] == plan(manager, cache)["names"]
        assert {"a": None, "b": None} == rows(cache)

    def test_force_fetches_it_again_and_publishes_nothing_meanwhile(self, manager, cache):
        publish(cache, A)
        save(cache, B)

        assert ["a", "b"] == plan(manager, cache, force=True)["names"]
        assert ["a"] == list(rows(cache))


class TestHealing:
    """The plan trusts the rows that are there, not the manifest."""

    @pytest.fixture
    def cache(self) -> FakeCache:
        cache = FakeCache()
        publish(cache, A, B)
        return cache

    def key(self, cache: FakeCache) -> str:
        return str(rows(cache)["b"])

    def test_nothing_is_lost_so_nothing_is_fetched(self, manager, cache):
        assert [] == plan(manager, cache)["names"]

    def test_a_missing_row_is_fetched_again_and_its_entry_stays_meanwhile(self, manager, cache):
        """A row of an older format is missing, too: the cache does not show it."""
        before = published(cache)
        del cache.bundles["ada"][self.key(cache)]

        assert ["b"] == plan(manager, cache)["names"]
        assert before == published(cache)

    def test_a_damaged_row_is_fetched_again(self, manager, cache):
        cache.row_etags["ada", self.key(cache)] = "of-another-write"

        assert ["b"] == plan(manager, cache)["names"]

    def test_what_was_pending_after_a_loss_is_fetched_again(self, manager, cache):
        key = self.key(cache)
        lost: Any = {**pending_entry(B["metadata"]), "stale": "row_lost"}
        publish(cache, A)
        published(cache)["entries"].append(lost)
        del cache.bundles["ada"][key]

        assert ["b"] == plan(manager, cache)["names"]

    def test_a_manifest_of_an_earlier_version_is_read(self, manager, cache):
        """Its rows have an older format, so all of them are fetched again."""
        older: Any = {
            "username": "ada",
            "refreshed_at": EARLIER,
            "started_at": EARLIER,
            "excluded": 0,
            "entries": [
                {key: value for key, value in entry(A).items() if key != "row_etag"},
            ],
        }
        cache.manifests["ada"] = (older, "1")
        cache.bundles.clear()

        assert ["a", "b"] == plan(manager, cache)["names"]
        assert (older, "1") == cache.manifests["ada"]


class TestWebhooks:
    def test_they_are_read_before_the_listing_which_may_miss_later_ones(self, manager, cache):
        cache.deliveries["ada"] = {"delivery:2": ["b"], "delivery:1": ["a"]}
        list_repositories = manager.list_repositories

        def list_while_a_webhook_arrives(*arguments: Any, **options: Any) -> Any:
            cache.record_delivery("ada", "3", ["a"], NOW)
            return list_repositories(*arguments, **options)

        manager.list_repositories = list_while_a_webhook_arrives

        assert ["delivery:1", "delivery:2"] == plan(manager, cache)["deliveries"]

    def test_a_refresh_for_webhooks_lists_only_what_they_name(self, manager, cache):
        plan(manager, cache)
        publish(cache, A, B)
        manager.requested.clear()
        manager.repositories[1] = B_PUSHED
        cache.deliveries["ada"] = {"delivery:1": ["b"], "delivery:2": ["b"]}

        planned = plan(manager, cache, changed=True)

        assert ["b"] == manager.requested
        assert (["b"], 1) == (planned["names"], planned["usage"]["requests"])
        assert [] == cache.listings["ada"]["etags"]

    def test_webhooks_of_a_portfolio_that_was_never_listed_list_all_of_it(self, manager, cache):
        cache.deliveries["ada"] = {"delivery:1": ["b"]}

        assert ["a", "b"] == plan(manager, cache, changed=True)["names"]

    @pytest.mark.parametrize(
        "deliveries",
        [
            pytest.param(
                {"delivery:1": [f"r{number}" for number in range(MAX_CHANGED + 1)]},
                id="many-are-cheaper-to-list-than-to-ask-for",
            ),
            pytest.param({"delivery:1": ["b"], "delivery:2": []}, id="one-names-no-repository"),
            pytest.param({}, id="another-refresh-has-answered-them"),
        ],
    )
    def test_all_are_listed_where_names_do_not_tell_enough(self, manager, cache, deliveries):
        plan(manager, cache)
        manager.requested.clear()
        cache.deliveries["ada"] = deliveries

        plan(manager, cache, changed=True)

        assert ["listing"] == manager.requested

    def test_a_repository_that_the_token_may_not_read_does_not_fail_the_plan(self, manager, cache):
        plan(manager, cache)
        publish(cache, A, B)
        manager.repositories[1] = B_PUSHED
        manager.errors["a"] = GitHubUnavailable("token_refused", "SAML single sign-on")
        cache.deliveries["ada"] = {"delivery:1": ["a", "b"]}

        planned = plan(manager, cache, changed=True)

        assert (["b"], 2) == (planned["names"], planned["total"])
        assert ["a", "b"] == names(cache.listings["ada"])


class TestRefreshHealth:
    def test_a_refresh_that_got_no_listing_is_recorded_and_tried_again_later_and_later(
        self, manager, cache
    ):
        manager.errors[None] = GitHubUnavailable("bad_credentials", "GitHub refuses the token")

        for failures, minutes in enumerate((1, 5, 15, 60, 60), start=1):
            assert not plan(manager, cache)["retryable"]

            assert {
                "error": {"code": "bad_credentials", "message": "GitHub refuses the token"},
                "failures": failures,
                "next_try_at": iso_utc(NOW + timedelta(minutes=minutes)),
                "token_expires_at": None,
            } == cache.health["ada"]

    def test_a_success_clears_the_record(self, manager, cache):
        manager.errors[None] = GitHubUnavailable("unknown_account", "nobody")
        plan(manager, cache)
        manager.errors.clear()

        plan(manager, cache)

        assert {
            "error": None,
            "failures": 0,
            "next_try_at": None,
            "token_expires_at": None,
        } == cache.health["ada"]

    def test_a_failure_that_will_be_retried_is_not_recorded_before_the_last_try(
        self, manager, cache
    ):
        manager.errors[None] = DOWN

        plan(manager, cache, last_try=False)
        assert {} == cache.health
        plan(manager, cache, last_try=True)
        assert "unreachable" == cache.health["ada"]["error"]["code"]

    def test_a_lasting_failure_is_recorded_at_the_first_try(self, manager, cache):
        manager.errors[None] = GitHubUnavailable("bad_credentials", "refused")

        plan(manager, cache, last_try=False)

        assert 1 == cache.health["ada"]["failures"]

    def test_an_unchanged_record_is_not_written_again(self, manager, cache, monkeypatch):
        plan(manager, cache)
        monkeypatch.setattr(cache, "save_refresh_health", lambda *_: pytest.fail("written again"))

        plan(manager, cache)

    def test_when_the_token_expired_is_not_forgotten_with_it(self, manager, cache):
        manager.expires_at = NOW
        plan(manager, cache)
        manager.expires_at = None  # of a process that GitHub has only refused
        manager.errors[None] = GitHubUnavailable("bad_credentials", "refused")

        plan(manager, cache)

        assert iso_utc(NOW) == cache.health["ada"]["token_expires_at"]

    def test_another_token_may_never_expire(self, manager, cache):
        manager.expires_at = NOW
        plan(manager, cache)
        manager.expires_at = None

        plan(manager, cache)

        assert cache.health["ada"]["token_expires_at"] is None

    @pytest.mark.parametrize(("days", "is_logged"), [(-1, True), (13, True), (15, False)])
    def test_a_token_is_logged_from_14_days_before_it_expires(
        self, manager, cache, caplog, days, is_logged
    ):
        manager.expires_at = NOW + timedelta(days=days)

        plan(manager, cache)

        expires_at = iso_utc(manager.expires_at)
        assert expires_at == cache.health["ada"]["token_expires_at"]
        logged = [record.args for record in caplog.records if record.msg == "token.expires %s"]
        assert ([{"expires_at": expires_at}] if is_logged else []) == logged


class TestRenewListing:
    def test_without_an_earlier_listing_the_request_is_unconditional(self, manager):
        new, usage = renew_listing(manager, "ada", None, "scope")

        assert (["a", "b"], ["1"], "scope", 0, 1) == (
            *(names(new), new["etags"], new["scope"], new["excluded"]),
            usage["requests"],
        )

    def test_an_unchanged_listing_is_the_earlier_one_itself(self, manager):
        earlier = listing(etags=["1"])

        new, usage = renew_listing(manager, "ada", earlier, "s")

        assert earlier is new
        assert (1, 4000) == (usage["requests"], usage["remaining"])

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

        new, usage = update_listing(manager, "ada", listing(listed("a"), listed("b")), {"C", "b"})

        assert ["a", "b", "C"] == names(new)
        assert pushed == new["repositories"][1]
        assert (2, 4000) == (usage["requests"], usage["remaining"])
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

    @pytest.mark.parametrize(
        "error",
        [
            RepositoryUnavailable("blocked", "blocked"),
            GitHubUnavailable("token_refused", "SAML single sign-on"),
        ],
        ids=lambda error: error.code,
    )
    def test_a_repository_that_must_not_be_read_stays_as_it_was_listed(self, manager, error):
        manager.errors["b"] = error

        new, _ = update_listing(manager, "ada", listing(listed("a"), listed("b")), {"b"})

        assert ["a", "b"] == names(new)

    def test_an_outage_is_raised_and_tells_what_all_requests_cost(self, manager):
        manager.errors["b"] = GitHubUnavailable("unreachable", "down")

        with pytest.raises(GitHubUnavailable) as raised:
            update_listing(manager, "ada", listing(listed("a"), listed("b")), {"a", "b"})

        assert 2 == raised.value.usage["requests"]


class TestNamesToFetch:
    def names(self, repository: ListedRepository, published: Any, **options: Any) -> list[str]:
        """The rows of all entries are there."""
        there: Any = {
            entry["row_key"]: StoredRow(entry, entry["row_etag"])
            for entry in (published or {"entries": []})["entries"]
        }
        return names_to_fetch(listing(repository), published, there, **{"force": False, **options})

    def test_nothing_is_published_yet_so_all_are_fetched(self):
        assert ["a"] == self.names(A, None)

    @pytest.mark.parametrize(
        ("published", "fetched"),
        [
            pytest.param({}, [], id="unchanged"),
            pytest.param({"fingerprint": "older"}, ["a"], id="changed"),
            pytest.param({"stale": "unreachable"}, ["a"], id="stale-after-an-outage"),
            pytest.param({"stale": "token_refused"}, ["a"], id="refused-to-the-token"),
            pytest.param({"stale": "blocked"}, [], id="blocked-and-unchanged"),
            pytest.param({"stale": "empty"}, [], id="emptied-and-unchanged"),
            pytest.param({"stale": "blocked", "fingerprint": "older"}, ["a"], id="blocked-changed"),
            pytest.param(pending_entry(A["metadata"]), ["a"], id="pending"),
        ],
    )
    def test_the_published_entry_decides(self, published, fetched):
        assert fetched == self.names(A, manifest({**entry(A), **published}))

    def test_a_gone_repository_is_fetched_once_it_has_changed(self):
        gone = manifest(gone={"b": B["fingerprint"]})

        assert [] == self.names(B, gone)
        assert ["b"] == self.names(B_PUSHED, gone)

    def test_force_fetches_unchanged_ones_too(self):
        assert ["a"] == self.names(A, manifest(entry(A)), force=True)


class TestWithinLimit:
    def test_as_many_names_as_fit_are_planned_in_order(self):
        names = [f"{number:05}" for number in range(MAX_PLANNED_BYTES)]

        planned = within_limit(names)

        assert names[: len(planned)] == planned
        assert MAX_PLANNED_BYTES - 20 < len(json.dumps(planned)) <= MAX_PLANNED_BYTES

    def test_two_thousand_usual_names_fit(self):
        names = [f"a-usual-name-{number:04}" for number in range(2_000)]

        assert names == within_limit(names)


class TestShares:
    @pytest.mark.parametrize(
        ("env", "expected"),
        [
            pytest.param({}, (50, 850), id="default"),
            pytest.param({"GITHUB_REQUESTS_PER_MINUTE": "0"}, (50, 0), id="no-pacing"),
            pytest.param({"GITHUB_USERNAMES": "ada,bob"}, (25, 425), id="two-portfolios"),
            pytest.param(
                {
                    "GITHUB_USERNAMES": "ada,bob,eve",
                    "REFRESH_BATCH_SIZE": "2",
                    "GITHUB_REQUESTS_PER_MINUTE": "2",
                },
                (1, 1),
                id="at-least-one",
            ),
        ],
    )
    def test_portfolios_share_batches_and_requests(self, manager, cache, env, expected):
        planned = plan(manager, cache, settings(**env))

        assert expected == (planned["batch_size"], planned["requests_per_minute"])


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
