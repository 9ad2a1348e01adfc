"""PublishPortfolioActivity: batches and the end of a refresh, and what the orchestration returns."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from activities.manifests import pending_entry
from activities.publish import DELIVERY_RETENTION, MAX_OUTPUT_BYTES, run_publish, shortened
from errors import CacheConflict, CacheUnavailable
from models import Bundle, ListedRepository, Manifest, SavedBundle, iso_utc
from tests.unit.activities.listings import listing
from tests.unit.fakes import NOW, FakeCache, bundle_of, listed

EARLIER = iso_utc(NOW - timedelta(days=1))
START = iso_utc(NOW - timedelta(minutes=1))
LATER_START = iso_utc(NOW + timedelta(minutes=1))
PUSHED = "2026-01-01T00:00:00Z"
A, B, C = listed("a"), listed("b"), listed("c")
A_PUSHED = listed("a", pushed_at=PUSHED)


def save(cache: FakeCache, repository: ListedRepository, **changes: Any) -> SavedBundle:
    """Save a bundle as an earlier refresh has; its README names its fingerprint."""
    facts = {"fetched_at": EARLIER, "readme": f"# {repository['fingerprint']}", **changes}
    return cache.save_bundle("ada", bundle_of(repository, **facts))


def publish(
    cache: FakeCache,
    *saved: SavedBundle,
    ended: bool = False,
    started_at: str = START,
    deliveries: Sequence[str] = (),
    **failed: list[str],
) -> Any:
    return run_publish(
        cache,
        {
            "username": "ada",
            "listing_id": "l1",
            "started_at": started_at,
            "saved": list(saved),
            "failed": failed,
            "deliveries": list(deliveries),
            "ended": ended,
        },
        NOW,
    )


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


def published(cache: FakeCache) -> Manifest:
    return cache.manifests["ada"][0]


def rows(cache: FakeCache) -> dict[str, str | None]:
    """Return the published row of every repository."""
    return {entry["name"]: entry["row_key"] for entry in published(cache)["entries"]}


def readmes(cache: FakeCache) -> dict[str, str]:
    portfolio = cache.portfolio("ada")
    assert portfolio is not None
    return {name: bundle["readme"] for name, bundle in portfolio.by_name().items()}


@pytest.fixture
def cache() -> FakeCache:
    """A portfolio of three repositories, published by an earlier refresh; `a` changed since."""
    cache = FakeCache()
    cache.save_listing("ada", listing(A, B, C))
    cache.manifests["ada"] = (manifest(), "0")
    publish(cache, *(save(cache, repository) for repository in (A, B, C)))
    cache.save_listing("ada", listing(A_PUSHED, B, C))
    return cache


class TestBatch:
    def test_readers_see_the_bundles_of_the_batch_and_the_others_as_before(self, cache):
        before = published(cache)

        assert [] == publish(cache, save(cache, A_PUSHED))

        assert {
            "a": f"# {A_PUSHED['fingerprint']}",
            "b": f"# {B['fingerprint']}",
            "c": f"# {C['fingerprint']}",
        } == readmes(cache)
        assert before["entries"][1:] == published(cache)["entries"][1:]
        assert {**before, "entries": []} == {**published(cache), "entries": []}

    def test_first_sight_fills_batch_by_batch(self, cache):
        cache.manifests["ada"] = (
            manifest(*(pending_entry(each["metadata"]) for each in (A, B, C)), finished=False),
            "1",
        )

        publish(cache, save(cache, B))

        portfolio = cache.portfolio("ada")
        assert portfolio is not None
        assert (2, "partial", False) == (
            *(portfolio.pending, portfolio.state),
            portfolio.finished,
        )

    def test_a_second_run_of_the_activity_changes_nothing(self, cache):
        saved = save(cache, A_PUSHED)
        publish(cache, saved, unreachable=["b"])
        once = cache.manifests["ada"]

        publish(cache, saved, unreachable=["b"])

        assert once == cache.manifests["ada"]

    def test_a_row_that_is_not_there_is_not_named(self, cache):
        saved = save(cache, A_PUSHED)
        del cache.bundles["ada"][saved["row_key"]]

        publish(cache, saved)

        entry = published(cache)["entries"][0]
        assert ("row_lost", A["fingerprint"]) == (entry["stale"], entry["fingerprint"])

    def test_only_the_rows_of_the_batch_are_read(self, cache, monkeypatch):
        asked: list[Any] = []
        saved_rows = cache.saved_rows

        def noted(username: str, row_keys: Any = None) -> Any:
            asked.append(set(row_keys))
            return saved_rows(username, row_keys)

        monkeypatch.setattr(cache, "saved_rows", noted)
        replaced = rows(cache)["a"]

        saved = save(cache, A_PUSHED)
        publish(cache, saved)

        # Beside the new row the one that it replaces, which may be the last good one.
        assert [{replaced, saved["row_key"]}] == asked

    def test_a_batch_that_another_process_publishes_at_once_is_kept(self, cache, monkeypatch):
        mine, others = save(cache, A_PUSHED), save(cache, B, fetched_at=START)
        swap = cache.publish

        def publish_after_the_other(username: str, new: Manifest, *, if_etag: str | None) -> Any:
            monkeypatch.setattr(cache, "publish", swap)
            publish(cache, others)
            return swap(username, new, if_etag=if_etag)

        monkeypatch.setattr(cache, "publish", publish_after_the_other)

        publish(cache, mine)

        assert (mine["row_key"], others["row_key"]) == (rows(cache)["a"], rows(cache)["b"])

    def test_of_a_portfolio_that_was_deleted_meanwhile_nothing_is_published(self, cache):
        saved = save(cache, A_PUSHED)
        del cache.manifests["ada"]

        publish(cache, saved)

        assert {} == cache.manifests

    def test_when_the_listing_was_replaced_meanwhile_entries_keep_their_metadata(self, cache):
        cache.save_listing("ada", {**listing(C), "listing_id": "l2"})

        publish(cache, save(cache, A_PUSHED))

        assert A["metadata"] == published(cache)["entries"][0]["metadata"]

    @pytest.mark.parametrize(
        "verb", ["listed_repositories", "saved_rows", "load_manifest", "publish"]
    )
    def test_without_storage_it_fails_for_now(self, cache, monkeypatch, verb):
        def refuse(*_: Any, **__: Any) -> None:
            raise CacheUnavailable("the table storage does not answer")

        saved = save(cache, A_PUSHED)
        monkeypatch.setattr(cache, verb, refuse)

        failed = publish(cache, saved)

        assert (None, "cache_unavailable", True) == (
            *(failed["repo_name"], failed["error"]),
            failed["retryable"],
        )


class TestEnd:
    def test_readers_see_the_last_batch_and_it_is_returned(self, cache):
        result = publish(cache, save(cache, A_PUSHED), ended=True)

        assert f"# {A_PUSHED['fingerprint']}" == readmes(cache)["a"]
        assert [
            {"metadata": each["metadata"], "languages": {}, "repoContext": {}, "file_types": {}}
            for each in (A_PUSHED, B, C)
        ] == result
        assert (iso_utc(NOW), START, True) == (
            *(published(cache)["refreshed_at"], published(cache)["started_at"]),
            published(cache)["finished"],
        )

    def test_what_is_no_longer_listed_disappears(self, cache):
        cache.save_listing("ada", listing(B))

        publish(cache, ended=True)

        assert ["b"] == list(readmes(cache))

    def test_rows_that_the_manifest_no_longer_names_are_deleted(self, cache):
        replaced = rows(cache)["a"]

        publish(cache, save(cache, A_PUSHED), ended=True)

        assert replaced not in cache.bundles["ada"]
        assert set(rows(cache).values()) == set(cache.bundles["ada"])

    def test_rows_that_were_saved_since_the_refresh_began_are_not(self, cache):
        """Another process may be about to publish them."""
        saved = save(cache, listed("new"), fetched_at=iso_utc(NOW))

        publish(cache, ended=True)

        assert saved["row_key"] in cache.bundles["ada"]

    def test_rows_that_another_process_publishes_meanwhile_are_not_taken_for_lost(
        self, cache, monkeypatch
    ):
        load_manifest = cache.load_manifest

        def load_after_the_other_has_published(username: str) -> Any:
            monkeypatch.setattr(cache, "load_manifest", load_manifest)
            publish(cache, save(cache, B, fetched_at=iso_utc(NOW)))
            return load_manifest(username)

        monkeypatch.setattr(cache, "load_manifest", load_after_the_other_has_published)

        publish(cache, save(cache, A_PUSHED), ended=True)

        assert [None] * 3 == [entry["stale"] for entry in published(cache)["entries"]]
        assert None not in rows(cache).values()

    def test_what_the_storage_has_lost_is_pending_and_marked(self, cache):
        del cache.bundles["ada"][str(rows(cache)["b"])]

        publish(cache, ended=True)

        assert [None, "row_lost", None] == [entry["stale"] for entry in published(cache)["entries"]]
        assert rows(cache)["b"] is None

    def test_a_manifest_that_was_lost_meanwhile_is_made_anew_from_the_rows(self, cache):
        del cache.manifests["ada"]

        publish(cache, save(cache, A_PUSHED), ended=True)

        assert ["a", "b", "c"] == list(readmes(cache))
        assert None not in rows(cache).values()

    def test_a_snapshot_of_what_was_published_is_saved(self, cache):
        publish(cache, ended=True)

        assert {"ada": cache.manifests["ada"][1]} == cache.snapshots

    def test_the_webhooks_of_the_refresh_are_answered_and_old_ones_deleted(self, cache):
        cache.deliveries["ada"] = {"delivery:1": ["a"], "delivery:2": ["b"]}

        publish(cache, deliveries=["delivery:1"], ended=True)

        assert {"delivery:2": ["b"]} == cache.pending_deliveries("ada")
        assert NOW - DELIVERY_RETENTION == cache.deleted_before

    def test_a_second_run_of_the_activity_publishes_the_same(self, cache):
        saved = save(cache, A_PUSHED)
        first = publish(cache, saved, ended=True)
        once = cache.manifests["ada"]

        assert first == publish(cache, saved, ended=True)
        assert once == cache.manifests["ada"]

    def test_a_second_run_tidies_up_what_the_first_one_left(self, cache, monkeypatch):
        cache.deliveries["ada"] = {"delivery:1": ["a"]}
        replaced = rows(cache)["a"]

        def refuse(*_: Any, **__: Any) -> None:
            raise CacheUnavailable("the table storage does not answer")

        with monkeypatch.context() as patched:
            patched.setattr(cache, "prune", refuse)
            saved = save(cache, A_PUSHED)
            failed = publish(cache, saved, deliveries=["delivery:1"], ended=True)
        assert "cache_unavailable" == failed["error"]

        publish(cache, saved, deliveries=["delivery:1"], ended=True)

        assert replaced not in cache.bundles["ada"]
        assert {} == cache.pending_deliveries("ada")

    def test_others_that_publish_again_and_again_are_a_conflict(self, cache, monkeypatch):
        def refuse(*_: Any, **__: Any) -> None:
            raise CacheConflict("the row changed since it was read")

        monkeypatch.setattr(cache, "publish", refuse)

        with pytest.raises(CacheConflict):
            publish(cache, ended=True)

    def test_without_a_listing_nothing_is_published(self, cache):
        before = cache.manifests["ada"]
        cache.listings.clear()

        with pytest.raises(LookupError, match="no listing of `ada`; start the refresh again"):
            publish(cache, ended=True)

        assert before == cache.manifests["ada"]

    def test_the_event_counts_repositories_and_what_became_of_them(self, cache, caplog):
        caplog.set_level("INFO")
        cache.save_listing("ada", listing(A_PUSHED, B))
        del cache.bundles["ada"][str(rows(cache)["b"])]

        publish(cache, ended=True, unreachable=["a"])

        assert {
            "username": "ada",
            "repositories": 2,
            "pending": 1,
            "stale": 2,
            "deleted_rows": 1,
        } == caplog.records[-1].args


class TestShortened:
    def bundles(self, count: int, **changes: Any) -> list[Bundle]:
        return [bundle_of(listed(f"r{number}"), **changes) for number in range(count)]

    def test_what_the_contract_promises_is_returned(self):
        facts: dict[str, Any] = {
            "languages": {"Python": 5},
            "repoContext": {"name": "c"},
            "file_types": {".py": 2},
        }
        bundles = self.bundles(2, readme="# It", embedding={"model": "m", "vector": "v"}, **facts)

        assert [
            {"metadata": listed(name)["metadata"], **facts} for name in ("r0", "r1")
        ] == shortened(bundles)

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
        bundles = self.bundles(count, repoContext={"a": "y" * 1_000})

        result = shortened(bundles)

        assert count == len(result)
        assert len(json.dumps(result)) <= MAX_OUTPUT_BYTES

    def test_of_a_portfolio_whose_names_do_not_fit_the_first_are_returned(self):
        result: Any = shortened(self.bundles(3_000))

        assert [{"metadata": {"name": f"r{number}"}} for number in range(len(result))] == result
        assert MAX_OUTPUT_BYTES / 2 < len(json.dumps(result)) <= MAX_OUTPUT_BYTES
