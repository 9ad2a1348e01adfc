"""PublishPortfolioActivity: the manifest, and what the orchestration returns."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from activities.save import run_save_bundles

from activities.publish import (
    DELIVERY_RETENTION,
    MAX_OUTPUT_BYTES,
    new_manifest,
    run_publish_portfolio,
    shortened,
)
from errors import CacheConflict
from models import Bundle, ListedRepository, Listing
from tests.unit.fakes import NOW, FakeCache, bundle_of, listed

START = "2026-01-02T03:00:00Z"
LATER_START = "2026-01-02T04:00:00Z"


def listing(*repositories: ListedRepository, excluded: int = 0) -> Listing:
    return {
        "listing_id": "l1",
        "scope": "s",
        "path": "/users/ada/repos",
        "etags": [],
        "repositories": list(repositories),
        "excluded": excluded,
    }


def saved(repository: ListedRepository, *warnings: str) -> dict[str, Any]:
    """A SavedBundle of a repository."""
    name, fingerprint = repository["metadata"]["name"], repository["fingerprint"]
    return {
        "name": name,
        "row_key": f"repo:{name}@{fingerprint}",
        "fingerprint": fingerprint,
        "fetched_at": "2026-01-02T03:04:00Z",
        "warnings": list(warnings),
    }


def failed(name: str, error: str) -> dict[str, Any]:
    return {"repo_name": name, "error": error}


def request(**changes: Any) -> Any:
    return {
        "username": "ada",
        "started_at": START,
        "saved": [],
        "failures": [],
        "deliveries": [],
        **changes,
    }


class TestNewManifest:
    def manifest(
        self, *repositories: ListedRepository, before: Any = None, **changes: Any
    ) -> dict[str, Any]:
        return dict(new_manifest(request(**changes), listing(*repositories), before, NOW))

    def before(self, *entries: dict[str, Any], gone: dict[str, str] | None = None) -> Any:
        return {"entries": list(entries), "gone": gone or {}}

    def entry(self, repository: ListedRepository, *warnings: str, **changes: Any) -> dict[str, Any]:
        """The entry of a repository that an earlier refresh has published."""
        earlier: dict[str, Any] = {
            **saved(repository, *warnings),
            "metadata": repository["metadata"],
            "stale": None,
            **changes,
        }
        return earlier

    def test_it_states_whose_portfolio_it_is_and_when_it_was_made(self):
        made = new_manifest(request(), listing(excluded=3), None, NOW)

        assert {
            "username": "ada",
            "refreshed_at": "2026-01-02T03:04:05Z",
            "started_at": START,
            "excluded": 3,
            "entries": [],
            "gone": {},
        } == made

    def test_a_saved_bundle_is_published_with_the_metadata_of_the_listing(self):
        a = listed("a", stargazers_count=7)

        (entry,) = self.manifest(a, saved=[saved(a, "readme_missing")])["entries"]

        assert {
            **saved(a, "readme_missing"),
            "metadata": a["metadata"],
            "stale": None,
        } == entry

    def test_entries_are_sorted_by_name_ignoring_case(self):
        repositories = [listed(name) for name in ("b", "C", "a")]

        entries = self.manifest(*repositories, saved=list(map(saved, repositories)))["entries"]

        assert ["a", "b", "C"] == [entry["name"] for entry in entries]

    def test_a_repository_that_was_never_fetched_is_left_out(self):
        assert [] == self.manifest(listed("a"), failures=[failed("a", "unreachable")])["entries"]

    def test_a_repository_that_is_no_longer_listed_disappears(self):
        before = self.before(self.entry(listed("a")))

        assert [] == self.manifest(before=before)["entries"]

    def test_an_unchanged_repository_keeps_its_bundle_and_gets_new_metadata(self):
        before = self.before(self.entry(listed("a")))
        starred = listed("a", stargazers_count=7)

        (entry,) = self.manifest(starred, before=before)["entries"]

        assert (7, None) == (entry["metadata"]["stargazers_count"], entry["stale"])
        assert saved(listed("a"))["row_key"] == entry["row_key"]

    def test_a_failed_repository_keeps_its_last_good_bundle_marked_stale(self):
        before = self.before(self.entry(listed("a")))
        pushed = listed("a", pushed_at="2026-01-01T00:00:00Z")

        (entry,) = self.manifest(pushed, before=before, failures=[failed("a", "unreachable")])[
            "entries"
        ]

        assert "unreachable" == entry["stale"]
        # The old fingerprint, so that the next refresh fetches it again.
        assert listed("a")["fingerprint"] == entry["fingerprint"]

    def test_a_stale_bundle_stays_stale_until_it_is_renewed(self):
        before = self.before(self.entry(listed("a"), stale="unreachable"))

        (entry,) = self.manifest(listed("a"), before=before)["entries"]
        assert "unreachable" == entry["stale"]

        (entry,) = self.manifest(listed("a"), before=before, saved=[saved(listed("a"))])["entries"]
        assert entry["stale"] is None

    @pytest.mark.parametrize("warning", ["blocked", "empty"])
    def test_a_repository_without_content_keeps_its_last_good_bundle(self, warning):
        before = self.before(self.entry(listed("a"), "readme_cut"))
        pushed = listed("a", pushed_at="2026-01-01T00:00:00Z")

        (entry,) = self.manifest(pushed, before=before, saved=[saved(pushed, warning)])["entries"]

        assert (warning, ["readme_cut", warning]) == (entry["stale"], entry["warnings"])
        assert saved(listed("a"))["row_key"] == entry["row_key"]
        # The new fingerprint, so that it is not fetched again before it changes.
        assert pushed["fingerprint"] == entry["fingerprint"]

    def test_a_blocked_repository_that_is_emptied_is_stale_for_the_new_reason_alone(self):
        before = self.before(self.entry(listed("a"), "blocked", stale="blocked"))
        pushed = listed("a", pushed_at="2026-01-01T00:00:00Z")

        (entry,) = self.manifest(pushed, before=before, saved=[saved(pushed, "empty")])["entries"]

        assert ("empty", ["empty"]) == (entry["stale"], entry["warnings"])
        assert saved(listed("a"))["row_key"] == entry["row_key"]

    @pytest.mark.parametrize("has_entry", [False, True], ids=["first-seen", "never-had-content"])
    def test_a_repository_that_never_had_content_is_published_as_it_is(self, has_entry):
        before = self.before(*([self.entry(listed("a"), "empty")] if has_entry else []))
        pushed = listed("a", pushed_at="2026-01-01T00:00:00Z")

        (entry,) = self.manifest(pushed, before=before, saved=[saved(pushed, "blocked")])["entries"]

        assert (None, ["blocked"]) == (entry["stale"], entry["warnings"])
        assert saved(pushed)["row_key"] == entry["row_key"]

    def test_a_repository_that_answered_404_is_gone_also_if_it_had_a_bundle(self):
        before = self.before(self.entry(listed("a")))

        made = self.manifest(listed("a"), before=before, failures=[failed("a", "gone")])

        assert ([], {"a": listed("a")["fingerprint"]}) == (made["entries"], made["gone"])

    def test_a_gone_repository_stays_gone_until_it_changes(self):
        before = self.before(gone={"a": listed("a")["fingerprint"]})
        pushed = listed("a", pushed_at="2026-01-01T00:00:00Z")

        unchanged = self.manifest(listed("a"), before=before)
        changed = self.manifest(pushed, before=before, failures=[failed("a", "unreachable")])
        fetched = self.manifest(listed("a"), before=before, saved=[saved(listed("a"))])

        assert {"a": listed("a")["fingerprint"]} == unchanged["gone"]
        assert {} == changed["gone"]
        assert ({}, ["a"]) == (fetched["gone"], [entry["name"] for entry in fetched["entries"]])

    def test_a_manifest_from_before_gone_was_recorded_is_read(self):
        assert {} == self.manifest(listed("a"), before={"entries": []})["gone"]


class TestRunPublishPortfolio:
    @pytest.fixture
    def cache(self) -> FakeCache:
        """A listing of two repositories, and their bundles."""
        cache = FakeCache()
        cache.save_listing("ada", listing(listed("a"), listed("b")))
        return cache

    def publish(self, cache: FakeCache, *bundles: Bundle, **changes: Any) -> list[Bundle]:
        saved_bundles = run_save_bundles(cache, "ada", list(bundles))
        return run_publish_portfolio(cache, request(saved=saved_bundles, **changes), NOW)

    def readmes(self, cache: FakeCache) -> dict[str, str]:
        portfolio = cache.portfolio("ada")
        assert portfolio is not None
        return {name: bundle["readme"] for name, bundle in portfolio.by_name().items()}

    def test_readers_see_the_saved_bundles(self, cache):
        a, b = bundle_of(listed("a"), readme="# a"), bundle_of(listed("b"), readme="# b")

        assert [a, b] == self.publish(cache, a, b)
        assert {"a": "# a", "b": "# b"} == self.readmes(cache)

    def test_the_output_has_the_metadata_of_the_listing(self, cache):
        self.publish(cache, bundle_of(listed("a")))
        cache.save_listing("ada", listing(listed("a", stargazers_count=7)))

        (bundle,) = self.publish(cache, started_at=LATER_START)

        assert 7 == bundle["metadata"]["stargazers_count"]

    def test_rows_that_the_manifest_no_longer_names_are_deleted(self, cache):
        self.publish(cache, bundle_of(listed("a")), bundle_of(listed("b")))
        pushed = listed("a", pushed_at="2026-01-01T00:00:00Z")
        cache.save_listing("ada", listing(pushed))

        self.publish(cache, bundle_of(pushed), started_at=LATER_START)

        assert [f"repo:a@{pushed['fingerprint']}"] == list(cache.bundles["ada"])

    def test_the_webhooks_of_the_refresh_are_answered_and_old_ones_deleted(self, cache):
        cache.deliveries["ada"] = {"delivery:1": ["a"], "delivery:2": ["b"]}

        self.publish(cache, deliveries=["delivery:1"])

        assert {"delivery:2": ["b"]} == cache.pending_deliveries("ada")
        assert NOW - DELIVERY_RETENTION == cache.deleted_before

    def test_a_second_run_of_the_activity_publishes_the_same(self, cache):
        first = self.publish(cache, bundle_of(listed("a")))
        manifest = cache.load_manifest("ada")
        saved_bundles = [saved(listed("a"))]

        later = NOW + timedelta(minutes=1)
        again = run_publish_portfolio(cache, request(saved=saved_bundles), later)

        assert first == again
        assert manifest == cache.load_manifest("ada")

    def test_another_process_that_published_meanwhile_is_a_conflict(self, cache):
        load_manifest = cache.load_manifest

        def load_before_the_other_publishes(username: str) -> Any:
            published = load_manifest(username)
            other: Any = {"started_at": LATER_START, "entries": []}
            cache.manifests[username] = (other, "9")
            return published

        cache.load_manifest = load_before_the_other_publishes

        with pytest.raises(CacheConflict):
            self.publish(cache)

    def test_without_a_listing_nothing_is_published(self):
        cache = FakeCache()

        with pytest.raises(LookupError, match="no listing of `ada`; start the refresh again"):
            self.publish(cache)

        assert cache.load_manifest("ada") is None

    def test_a_row_that_cannot_be_read_is_left_out_of_the_output(self, cache):
        saved_bundles = run_save_bundles(cache, "ada", [bundle_of(listed("a"))])
        cache.bundles.clear()

        assert [] == run_publish_portfolio(cache, request(saved=saved_bundles), NOW)

    def test_the_event_counts_repositories_stale_ones_and_deleted_rows(self, cache, caplog):
        caplog.set_level("INFO")
        self.publish(cache, bundle_of(listed("a")), bundle_of(listed("b")))
        failures = [failed("a", "unreachable")]
        cache.save_listing("ada", listing(listed("a")))

        self.publish(cache, failures=failures, started_at=LATER_START)

        facts = {"username": "ada", "repositories": 1, "stale": 1, "deleted_rows": 1}
        assert facts == caplog.records[-1].args


class TestShortened:
    def bundles(self, count: int, **changes: Any) -> list[Bundle]:
        return [bundle_of(listed(f"r{number}"), **changes) for number in range(count)]

    def test_a_small_portfolio_is_returned_whole_but_for_the_embedding(self):
        bundles = self.bundles(3, readme="# It", embedding={"model": "m", "vector": "v"})

        assert self.bundles(3, readme="# It") == shortened(bundles)

    def test_then_only_what_the_contract_promises_is_returned(self):
        bundles = self.bundles(3, readme="x" * 100_000, repoContext={"name": "c"})

        result = shortened(bundles)

        assert {"metadata", "languages", "repoContext", "file_types"} == set(result[0])
        assert {"name": "c"} == result[0]["repoContext"]

    def test_then_contexts_are_emptied(self):
        result = shortened(self.bundles(3, repoContext={"name": "c" * 100_000}))

        assert [{}] * 3 == [bundle["repoContext"] for bundle in result]
        assert listed("r0")["metadata"] == result[0]["metadata"]

    def test_then_only_names_and_addresses_are_left(self):
        result: list[Any] = list(shortened(self.bundles(3, file_types={"." + "x" * 100_000: 1})))

        assert {
            "metadata": {
                "name": "r0",
                "full_name": "ada/r0",
                "html_url": "https://github.com/ada/r0",
            },
            "languages": {},
            "repoContext": {},
            "file_types": {},
        } == result[0]

    @pytest.mark.parametrize("count", [1, 100, 1_000])
    def test_a_thousand_large_bundles_fit_into_a_history(self, count):
        bundles = self.bundles(count, readme="x" * 1_000, repoContext={"a": "y" * 1_000})

        result = shortened(bundles)

        assert count == len(result)
        assert len(json.dumps(result)) <= MAX_OUTPUT_BYTES

    def test_a_portfolio_too_large_for_a_history_keeps_names_and_addresses(self):
        assert 3_000 == len(shortened(self.bundles(3_000)))
