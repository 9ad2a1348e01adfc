"""What a manifest becomes at each step of a refresh."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest

from activities.manifests import (
    MAX_SWAPS,
    at_the_end,
    first_sight,
    is_complete,
    pending_entry,
    swap_manifest,
    with_bundles,
    with_found_rows,
)
from cache import StoredRow
from errors import CacheConflict
from models import ListedRepository, Manifest, ManifestEntry, SavedBundle
from tests.unit.activities.listings import listing
from tests.unit.fakes import NOW, FakeCache, listed

START = "2026-01-02T03:00:00Z"
PUSHED = "2026-01-01T00:00:00Z"
A, B, C = listed("a"), listed("b"), listed("c")
A_PUSHED = listed("a", pushed_at=PUSHED)


def by_name(*repositories: ListedRepository) -> dict[str, ListedRepository]:
    return {repository["metadata"]["name"]: repository for repository in repositories}


def saved(repository: ListedRepository, *warnings: str, at: str = "0") -> SavedBundle:
    """A saved bundle of a repository, fetched at a second."""
    name, fingerprint = repository["metadata"]["name"], repository["fingerprint"]
    return {
        "name": name,
        "row_key": f"repo:{name}@{fingerprint}-{at}",
        "fingerprint": fingerprint,
        "fetched_at": f"2026-01-02T03:04:0{at}Z",
        "warnings": list(warnings),
    }


def rows(*bundles: SavedBundle, etag: str = "e1") -> dict[str, StoredRow]:
    return {bundle["row_key"]: StoredRow(bundle, etag) for bundle in bundles}


def entry(repository: ListedRepository, *warnings: str, **changes: Any) -> ManifestEntry:
    """The entry of a repository that an earlier refresh has published."""
    published: Any = {
        **saved(repository, *warnings),
        "row_etag": "e1",
        "metadata": repository["metadata"],
        "stale": None,
        **changes,
    }
    return published  # type: ignore[no-any-return]


def manifest(*entries: ManifestEntry, **changes: Any) -> Manifest:
    made: Any = {
        "username": "ada",
        "refreshed_at": "2026-01-01T00:00:00Z",
        "started_at": "2026-01-01T00:00:00Z",
        "finished": True,
        "excluded": 0,
        "entries": list(entries),
        "gone": {},
        **changes,
    }
    return made  # type: ignore[no-any-return]


def rows_of(before: Manifest | None) -> dict[str, StoredRow]:
    """The rows of a manifest's entries, as they were published."""
    published: list[Any] = [
        entry for entry in (before or manifest())["entries"] if entry["row_key"]
    ]
    return rows(*published)


def names(made: Manifest) -> list[str]:
    return [entry["name"] for entry in made["entries"]]


def the_entry(made: Manifest) -> ManifestEntry:
    (only,) = made["entries"]
    return only


class TestSwapManifest:
    @pytest.fixture
    def cache(self) -> FakeCache:
        cache = FakeCache()
        cache.publish("ada", manifest(entry(A)), if_etag=None)
        return cache

    def test_what_the_change_makes_is_published_and_returned(self, cache):
        made = swap_manifest(cache, "ada", lambda _: manifest(excluded=7))

        assert manifest(excluded=7) == made
        assert (made, "2") == cache.load_manifest("ada")

    def test_a_first_manifest_is_created(self):
        cache = FakeCache()

        swap_manifest(cache, "ada", lambda before: manifest() if before is None else None)

        assert manifest() == cache.manifests["ada"][0]

    @pytest.mark.parametrize("change", [lambda before: before, lambda before: None])
    def test_a_change_that_changes_nothing_writes_nothing(self, cache, change):
        assert manifest(entry(A)) == swap_manifest(cache, "ada", change)

        assert "1" == cache.manifests["ada"][1]

    def test_a_manifest_that_another_process_publishes_meanwhile_is_changed_instead(self, cache):
        def change(before: Any) -> Any:
            if cache.manifests["ada"][1] == "1":  # the other process is faster
                cache.publish("ada", manifest(entry(A), entry(B)), if_etag="1")
            return {**before, "excluded": 7}

        swap_manifest(cache, "ada", change)

        assert (["a", "b"], 7) == (
            names(cache.manifests["ada"][0]),
            cache.manifests["ada"][0]["excluded"],
        )

    def test_it_gives_up_when_others_publish_again_and_again(self, cache):
        def change(before: Any) -> Any:
            etag = cache.manifests["ada"][1]
            cache.publish("ada", before, if_etag=etag)
            return {**before, "excluded": 7}

        with pytest.raises(CacheConflict, match=f"changed {MAX_SWAPS} times"):
            swap_manifest(cache, "ada", change)

    def test_a_manifest_of_an_earlier_version_is_read_as_one_of_a_finished_refresh(self):
        cache = FakeCache()
        older: Any = {"username": "ada", "refreshed_at": "", "started_at": "", "entries": []}
        cache.manifests["ada"] = (older, "1")
        seen: list[Any] = []

        swap_manifest(cache, "ada", lambda before: seen.append(before))

        assert [(True, {})] == [(before["finished"], before["gone"]) for before in seen]


class TestFirstSight:
    def test_every_listed_repository_is_there_with_its_metadata_and_no_content(self):
        made = first_sight(None, "ada", listing(A, listed("B"), C, excluded=3), NOW)

        assert ["a", "B", "c"] == names(made)
        assert ("ada", "2026-01-02T03:04:05Z", "", False, 3, {}) == tuple(
            made[key]
            for key in ("username", "refreshed_at", "started_at", "finished", "excluded", "gone")
        )
        assert {
            "name": "a",
            "row_key": None,
            "row_etag": None,
            "fingerprint": "",
            "metadata": A["metadata"],
            "fetched_at": None,
            "warnings": ["content_pending"],
            "stale": None,
        } == made["entries"][0]

    @pytest.mark.parametrize("repositories", [[A, B, C], [A_PUSHED], []])
    def test_a_complete_portfolio_is_left_alone_whatever_is_listed(self, repositories):
        before = manifest(entry(A), entry(B, stale="unreachable"))

        assert before is first_sight(before, "ada", listing(*repositories), NOW)

    def test_a_partial_portfolio_shows_what_is_listed_now_and_keeps_what_it_has(self):
        before = manifest(entry(A), pending_entry(B["metadata"]), finished=False)
        starred = listed("a", stargazers_count=7)

        made = first_sight(before, "ada", listing(starred, C), NOW)

        assert [
            {**entry(A), "metadata": starred["metadata"]},
            pending_entry(C["metadata"]),
        ] == made["entries"]
        assert before["refreshed_at"] == made["refreshed_at"]

    def test_a_portfolio_whose_first_refresh_did_not_end_shows_new_repositories(self):
        """It is complete by chance: all that had been listed was published."""
        made = first_sight(manifest(entry(A), finished=False), "ada", listing(A, B), NOW)

        assert ["a", "b"] == names(made)

    def test_a_repository_that_is_gone_is_not_shown_until_it_changes(self):
        before = manifest(pending_entry(B["metadata"]), gone={"a": A["fingerprint"]})

        assert ["b"] == names(first_sight(before, "ada", listing(A, B), NOW))
        assert ["a", "b"] == names(first_sight(before, "ada", listing(A_PUSHED, B), NOW))


class TestWithBundles:
    def change(
        self,
        before: Manifest,
        *bundles: SavedBundle,
        listed: Iterable[ListedRepository] = (A, B, C),
        there: dict[str, StoredRow] | None = None,
        **failed: list[str],
    ) -> Manifest:
        """`there`: the rows; without it, those of the bundles and of the entries."""
        if there is None:
            there = {**rows_of(before), **rows(*bundles)}
        return with_bundles(before, by_name(*listed), there, bundles, failed)

    def test_a_saved_bundle_replaces_its_entry_alone(self):
        before = manifest(entry(A), entry(B), pending_entry(C["metadata"]))
        new = saved(A_PUSHED, "readme_cut", at="5")

        made = self.change(before, new, listed=[A_PUSHED, B, C])

        assert {
            **new,
            "row_etag": "e1",
            "metadata": A_PUSHED["metadata"],
            "stale": None,
        } == made["entries"][0]
        assert before["entries"][1:] == made["entries"][1:]
        assert {**before, "entries": []} == {**made, "entries": []}

    def test_twice_is_once(self):
        before = manifest(entry(A))
        bundles = [saved(B), saved(C)]

        once = self.change(before, *bundles, unreachable=["a"])

        assert once == self.change(once, *bundles, unreachable=["a"])

    def test_a_new_repository_enters_a_complete_portfolio_with_its_bundle(self):
        assert ["a", "b"] == names(self.change(manifest(entry(A)), saved(B)))

    def test_a_repository_that_is_neither_listed_nor_published_does_not_enter(self):
        assert [] == names(self.change(manifest(), saved(A), listed=[]))

    def test_without_its_listing_an_entry_keeps_its_metadata(self):
        starred = listed("a", stargazers_count=7)
        before = manifest({**entry(A), "metadata": starred["metadata"]})

        made = self.change(before, saved(A_PUSHED), listed=[])

        assert starred["metadata"] == the_entry(made)["metadata"]

    def test_entries_are_sorted_by_name_ignoring_case(self):
        repositories = [listed(name) for name in ("b", "C", "a")]

        made = self.change(manifest(), *map(saved, repositories), listed=repositories)

        assert ["a", "b", "C"] == names(made)

    def test_a_row_that_is_not_there_is_never_named(self):
        before = manifest(entry(A), pending_entry(B["metadata"]))

        made = self.change(before, saved(A_PUSHED), saved(B), there=rows(saved(A)))

        assert [
            {**entry(A), "stale": "row_lost"},
            {**pending_entry(B["metadata"]), "stale": "row_lost"},
        ] == made["entries"]

    def test_a_failed_repository_keeps_its_last_good_bundle_marked_stale(self):
        made = self.change(manifest(entry(A)), unreachable=["a"], listed=[A_PUSHED])

        # The old fingerprint, so that the next refresh fetches it again.
        assert {**entry(A), "stale": "unreachable"} == the_entry(made)

    def test_a_failed_repository_without_an_entry_gets_none(self):
        assert [] == names(self.change(manifest(), unreachable=["a"]))

    def test_a_new_bundle_ends_being_stale(self):
        made = self.change(manifest(entry(A, stale="unreachable")), saved(A, at="5"))

        assert the_entry(made)["stale"] is None

    def test_a_repository_that_answered_404_is_gone_also_if_it_had_a_bundle(self):
        made = self.change(manifest(entry(A), entry(B)), gone=["a"])

        assert (["b"], {"a": A["fingerprint"]}) == (names(made), made["gone"])

    def test_an_unlisted_repository_that_answered_404_disappears(self):
        made = self.change(manifest(entry(A)), gone=["a"], listed=[])

        assert ([], {}) == (names(made), made["gone"])

    def test_a_repository_that_is_fetched_again_is_no_longer_gone(self):
        made = self.change(manifest(gone={"a": A["fingerprint"], "b": "f"}), saved(A))

        assert (["a"], {"b": "f"}) == (names(made), made["gone"])

    @pytest.mark.parametrize("warning", ["blocked", "empty"])
    def test_a_repository_without_content_keeps_its_last_good_bundle(self, warning):
        before = manifest(entry(A, "readme_cut"))

        made = the_entry(self.change(before, saved(A_PUSHED, warning), listed=[A_PUSHED]))

        assert (warning, ["readme_cut", warning]) == (made["stale"], made["warnings"])
        assert entry(A)["row_key"] == made["row_key"]
        # The new fingerprint, so that it is not fetched again before it changes.
        assert A_PUSHED["fingerprint"] == made["fingerprint"]

    def test_a_blocked_repository_that_is_emptied_is_stale_for_the_new_reason_alone(self):
        before = manifest(entry(A, "blocked", stale="blocked"))

        made = the_entry(self.change(before, saved(A_PUSHED, "empty"), listed=[A_PUSHED]))

        assert ("empty", ["empty"], entry(A)["row_key"]) == (
            *(made["stale"], made["warnings"]),
            made["row_key"],
        )

    @pytest.mark.parametrize(
        ("before", "there"),
        [
            pytest.param(manifest(), {}, id="first-seen"),
            pytest.param(manifest(pending_entry(A["metadata"])), {}, id="pending"),
            pytest.param(manifest(entry(A, "empty")), rows(saved(A)), id="never-had-content"),
            pytest.param(manifest(entry(A)), {}, id="its-last-good-row-is-lost"),
            pytest.param(manifest(entry(A)), rows(saved(A), etag="e2"), id="its-row-is-damaged"),
        ],
    )
    def test_a_repository_without_a_last_good_bundle_is_published_as_it_is(self, before, there):
        blocked = saved(A_PUSHED, "blocked")

        made = self.change(before, blocked, listed=[A_PUSHED], there={**there, **rows(blocked)})

        assert (None, ["blocked"], blocked["row_key"]) == (
            *(the_entry(made)["stale"], the_entry(made)["warnings"]),
            the_entry(made)["row_key"],
        )


class TestWithFoundRows:
    def found(
        self, before: Manifest, *bundles: SavedBundle, listed: Iterable[ListedRepository] = (A,)
    ) -> Manifest:
        """The rows of the entries are there, too, as they were published."""
        return with_found_rows(
            before, by_name(*listed), {**rows_of(before), **rows(*bundles, etag="e2")}
        )

    @pytest.mark.parametrize(
        "before",
        [
            pytest.param(manifest(), id="new"),
            pytest.param(manifest(pending_entry(A["metadata"])), id="pending"),
            pytest.param(manifest(entry(listed("a", pushed_at="2020-01-01T00:00:00Z"))), id="old"),
            pytest.param(manifest(gone={"a": "other"}), id="gone-before-it-changed"),
        ],
    )
    def test_a_saved_bundle_as_new_as_the_listing_is_taken_over(self, before):
        made = self.found(before, saved(A, at="5"))

        assert (saved(A, at="5")["row_key"], "e2", None) == (
            *(the_entry(made)["row_key"], the_entry(made)["row_etag"]),
            the_entry(made)["stale"],
        )
        assert {} == made["gone"]

    @pytest.mark.parametrize(
        ("before", "bundle", "repositories"),
        [
            pytest.param(manifest(), saved(A), [A_PUSHED], id="older-than-the-listing"),
            pytest.param(manifest(), saved(A), [B], id="not-listed"),
            pytest.param(manifest(entry(A)), saved(A, at="5"), [A], id="published-is-as-new"),
            pytest.param(
                manifest(entry(A, stale="unreachable")), saved(A, at="5"), [A], id="stale-as-new"
            ),
            pytest.param(
                manifest(gone={"a": A["fingerprint"]}), saved(A), [A], id="gone-and-unchanged"
            ),
        ],
    )
    def test_no_other_is(self, before, bundle, repositories):
        assert before == self.found(before, bundle, listed=repositories)

    def test_a_damaged_row_does_not_replace_itself(self):
        before = manifest(entry(A))

        assert before == with_found_rows(before, by_name(A), rows(saved(A), etag="damaged"))

    def test_a_damaged_row_is_replaced_by_another_one(self):
        there = {**rows(saved(A), etag="damaged"), **rows(saved(A, at="5"))}

        made = with_found_rows(manifest(entry(A)), by_name(A), there)

        assert saved(A, at="5")["row_key"] == the_entry(made)["row_key"]


class TestAtTheEnd:
    def end(
        self,
        before: Manifest | None,
        *repositories: ListedRepository,
        bundles: Iterable[SavedBundle] = (),
        there: dict[str, StoredRow] | None = None,
        excluded: int = 0,
        started_at: str = START,
        **failed: list[str],
    ) -> Manifest:
        """`there`: the rows; without it, those of the bundles and of the entries."""
        if there is None:
            there = {**rows_of(before), **rows(*bundles)}
        request: Any = {
            "username": "ada",
            "listing_id": "l1",
            "started_at": started_at,
            "saved": list(bundles),
            "failed": failed,
            "deliveries": [],
            "ended": True,
        }
        return at_the_end(before, request, listing(*repositories, excluded=excluded), there, NOW)

    def test_it_says_whose_portfolio_it_is_and_when_it_was_made(self):
        assert {
            "username": "ada",
            "refreshed_at": "2026-01-02T03:04:05Z",
            "started_at": START,
            "finished": True,
            "excluded": 3,
            "entries": [],
            "gone": {},
        } == self.end(None, excluded=3)

    def test_what_is_no_longer_listed_disappears(self):
        before = manifest(entry(A), entry(B), gone={"c": C["fingerprint"]})

        made = self.end(before, A)

        assert (["a"], {}) == (names(made), made["gone"])

    def test_an_unchanged_repository_keeps_its_bundle_and_gets_new_metadata(self):
        starred = listed("a", stargazers_count=7)

        assert {**entry(A), "metadata": starred["metadata"]} == the_entry(
            self.end(manifest(entry(A)), starred)
        )

    def test_a_gone_repository_stays_gone_until_it_changes(self):
        before = manifest(gone={"a": A["fingerprint"]})

        assert {"a": A["fingerprint"]} == self.end(before, A)["gone"]
        assert {} == self.end(before, A_PUSHED, unreachable=["a"])["gone"]

    def test_a_second_run_of_the_activity_changes_nothing(self):
        once = self.end(manifest(entry(A)), A, B, bundles=[saved(B)])
        later = NOW + timedelta(minutes=1)
        request: Any = {"username": "ada", "started_at": START, "saved": [], "failed": {"x": ["a"]}}

        assert once is at_the_end(once, request, listing(), {}, later)

    @pytest.mark.parametrize(
        "there",
        [
            pytest.param({}, id="missing-or-of-an-older-format"),
            pytest.param(rows(saved(A), etag="e2"), id="damaged"),
        ],
    )
    def test_what_the_storage_has_lost_is_pending_again_and_marked(self, there):
        starred = listed("a", stargazers_count=7)

        made = self.end(manifest(entry(A)), starred, there=there)

        assert {
            **pending_entry(starred["metadata"]),
            "stale": "row_lost",
        } == the_entry(made)

    def test_of_a_complete_portfolio_a_new_repository_that_failed_is_left_out(self):
        assert ["a"] == names(self.end(manifest(entry(A)), A, B, unreachable=["b"]))

    def test_of_a_portfolio_that_was_never_complete_it_stays_as_it_is_listed(self):
        before = manifest(entry(A), pending_entry(B["metadata"]), finished=False)

        made = self.end(before, A, B, unreachable=["b"])

        assert [
            entry(A),
            {**pending_entry(B["metadata"]), "stale": "unreachable"},
        ] == made["entries"]
        assert made["finished"]  # nothing was left untried

    def test_a_refresh_that_left_repositories_untried_has_not_finished(self):
        before = manifest(
            pending_entry(A["metadata"]), pending_entry(B["metadata"]), finished=False
        )

        assert not self.end(before, A, B, bundles=[saved(A)])["finished"]

    def test_a_portfolio_that_was_finished_stays_so(self):
        """Its lost rows are no reason to show new repositories before their content is there."""
        before = manifest(pending_entry(A["metadata"]))

        assert self.end(before, A)["finished"]

    def test_a_manifest_that_was_lost_during_the_refresh_is_made_from_the_rows(self):
        made = self.end(None, A, B, C, bundles=[saved(C)], there=rows(saved(A), saved(C)))

        assert [True, False, True] == [bool(entry["row_key"]) for entry in made["entries"]]
        assert not made["finished"]

    def test_a_whole_portfolio_is_complete(self):
        made = self.end(None, A, B, bundles=[saved(A), saved(B)])

        assert (True, True) == (is_complete(made), made["finished"])
