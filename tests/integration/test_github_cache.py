"""GitHubCache on real Table Storage (Azurite)."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from azure.core.exceptions import AzureError
from azure.data.tables import TableServiceClient

from cache import GitHubCache
from cache.rows import MAX_BUNDLE_BYTES, bundle_row, pack
from errors import CacheConflict, CacheUnavailable
from models import Bundle
from tests.unit.cache.storage import (
    RECHECK_AFTER_S,
    Clock,
    make_bundle,
    make_entry,
    make_manifest,
    publish,
    settle,
)
from tests.unit.fakes import FakeCache, listed

pytestmark = pytest.mark.server
MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
LATER = "2027-01-01T00:00:00Z"  # than every bundle of these tests


class Table:
    """A table client that counts its operations and can break before a chosen one."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.operations: list[str] = []
        self.breaks_at: int | None = None

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.client, name)

        def counted(*arguments: Any, **options: Any) -> Any:
            if self.breaks_at is not None and len(self.operations) == self.breaks_at:
                raise AzureError("broken on purpose")
            self.operations.append(name)
            return method(*arguments, **options)

        return counted

    def count(self) -> int:
        """Return the number of operations since the last count."""
        number = len(self.operations)
        self.operations.clear()
        return number


@pytest.fixture(scope="module")
def service(azurite) -> Iterator[TableServiceClient]:
    with TableServiceClient.from_connection_string(azurite.connection_string) as service:
        yield service


@pytest.fixture
def table(service) -> Table:
    return Table(service.create_table(f"t{uuid4().hex[:12]}"))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def cache(table, clock) -> GitHubCache:
    return GitHubCache(table, recheck_after_s=RECHECK_AFTER_S, clock=clock)


def saved(cache: GitHubCache, *bundles: Bundle) -> dict[str, str]:
    """Save bundles; return their row keys by name."""
    return {
        bundle["metadata"]["name"]: cache.save_bundle("Ada", bundle)["row_key"]
        for bundle in bundles
    }


def publish_and_prune(cache: GitHubCache, *bundles: Bundle, started_at: str = "s1") -> None:
    """Use the cache as a refresh does at its end."""
    publish(cache, *bundles, started_at=started_at)
    portfolio = cache.renew_portfolio("Ada")
    assert portfolio is not None
    cache.save_snapshot(portfolio)
    keep = [row_key for row_key in portfolio.row_keys if row_key]
    cache.prune("Ada", keep, saved_before=LATER)


def readmes(cache: GitHubCache) -> dict[str, str]:
    portfolio = cache.portfolio("ada")
    assert portfolio is not None
    return {name: bundle["readme"] for name, bundle in portfolio.by_name().items()}


class TestVerbs:
    """What the refresh relies on; the fake of the unit tests does it too."""

    @pytest.fixture(params=["table", "fake"])
    def cache(self, request, table) -> GitHubCache:
        return GitHubCache(table) if request.param == "table" else FakeCache()

    def test_nothing_is_there_before_it_is_written(self, cache):
        assert cache.portfolio("ada") is None
        assert cache.load_manifest("ada") is None
        assert cache.load_listing("ada") is None
        assert {} == cache.listed_repositories("ada", "l1")
        assert {} == cache.load_bundles("ada", ["repo:a@1"])
        assert {} == cache.pending_deliveries("ada")
        assert {} == cache.saved_rows("ada")
        assert cache.portfolio_in_memory("ada") is None
        assert cache.renew_portfolio("ada") is None
        assert cache.load_refresh_health("ada") is None
        assert 0 == cache.prune("ada", set(), LATER)

    def test_a_listing_replaces_the_one_before(self, cache):
        for number, name in (("1", "a"), ("2", "b")):
            listing: Any = {"listing_id": number, "repositories": [listed(name)]}
            cache.save_listing("Ada", listing)

            assert listing == cache.load_listing("ADA")
            assert {name: listed(name)} == cache.listed_repositories("ada", number)

    def test_saved_bundles_are_loaded_by_their_row_keys(self, cache):
        row_keys = saved(cache, make_bundle("a", "one"), make_bundle("b", "two"))

        assert {row_keys["a"]: make_bundle("a", "one")} == cache.load_bundles(
            "ada", [row_keys["a"]]
        )

    def test_saving_tells_what_was_saved_and_again_changes_nothing(self, cache):
        first = cache.save_bundle("ada", make_bundle("a", warnings=["tree_truncated"]))

        assert {
            "name": "a",
            "row_key": first["row_key"],
            "fingerprint": "f1",
            "fetched_at": make_bundle("a")["fetched_at"],
            "warnings": ["tree_truncated"],
        } == first
        assert first == cache.save_bundle("ada", make_bundle("a", warnings=["tree_truncated"]))
        assert [first["row_key"]] == list(cache.saved_rows("ada"))

    def test_a_new_version_of_a_bundle_lies_beside_the_old_one(self, cache):
        old = saved(cache, make_bundle("a", "old"))
        new = saved(cache, make_bundle("a", "new", "f2"))

        assert 2 == len(cache.load_bundles("ada", [old["a"], new["a"]]))

    def test_saved_rows_are_what_was_saved_and_change_their_etag_with_every_write(self, cache):
        first = cache.save_bundle("Ada", make_bundle("a", warnings=["empty", "readme_missing"]))
        second = cache.save_bundle("Ada", make_bundle("b"))
        before = cache.saved_rows("ada")

        assert {first["row_key"]: first, second["row_key"]: second} == {
            row_key: row.saved for row_key, row in before.items()
        }
        assert [second["row_key"]] == list(cache.saved_rows("ada", [second["row_key"], "repo:x"]))
        cache.save_bundle("Ada", make_bundle("a", warnings=["empty", "readme_missing"]))
        after = cache.saved_rows("ada")
        assert before[first["row_key"]].etag != after[first["row_key"]].etag
        assert before[second["row_key"]] == after[second["row_key"]]

    def test_the_health_of_the_last_refresh_replaces_the_one_before(self, cache):
        for failures in (1, 2):
            health: Any = {
                "error": {"code": "bad_credentials", "message": "no"},
                "failures": failures,
                "next_try_at": "2026-01-01T00:05:00Z",
                "token_expires_at": None,
            }
            cache.save_refresh_health("Ada", health)

            assert health == cache.load_refresh_health("ada")

    def test_a_portfolio_has_the_manifests_repositories_order_and_metadata(self, cache):
        b, a = make_bundle("b", "two"), make_bundle("a", "one")
        publish(cache, b, a)
        manifest, etag = cache.load_manifest("ada")
        for entry in manifest["entries"]:
            entry["metadata"] = {**entry["metadata"], "description": "published"}
        cache.publish("Ada", manifest, if_etag=etag)

        portfolio = cache.portfolio("ADA")

        assert [("b", "two"), ("a", "one")] == [
            (bundle["metadata"]["name"], bundle["readme"]) for bundle in portfolio.bundles
        ]
        assert {"published"} == {bundle["metadata"]["description"] for bundle in portfolio.bundles}

    def test_a_publisher_that_read_an_older_manifest_conflicts(self, cache):
        publish(cache)
        _, etag = cache.load_manifest("ada")
        new_etag = cache.publish("ada", make_manifest("Ada", started_at="s2"), if_etag=etag)

        assert new_etag == cache.load_manifest("ada")[1] != etag
        for stale_etag in (etag, None):
            with pytest.raises(CacheConflict):
                cache.publish("ada", make_manifest("Ada", started_at="s3"), if_etag=stale_etag)

    def test_pruning_deletes_earlier_bundles_that_are_not_kept(self, cache):
        early, late = "2026-01-01T00:00:00Z", "2026-01-01T00:00:00.5Z"
        row_keys = saved(
            cache,
            make_bundle("kept", fetched_at=early),
            make_bundle("old", fetched_at=early),
            make_bundle("new", fetched_at=late),
        )

        assert 1 == cache.prune("Ada", {row_keys["kept"]}, saved_before=late)
        assert {row_keys["kept"], row_keys["new"]} == set(cache.saved_rows("ada"))

    def test_at_most_two_hundred_deliveries_are_pending_at_once(self, cache):
        for number in range(201):
            cache.record_delivery("ada", f"d{number}", ["a"], MONDAY)

        first = cache.pending_deliveries("ada")
        cache.mark_deliveries_answered("ada", list(first), delete_before=MONDAY)

        assert (200, 1) == (len(first), len(cache.pending_deliveries("ada")))

    def test_a_delivery_is_pending_until_a_refresh_has_answered_it(self, cache):
        assert cache.record_delivery("Ada", "d1", ["a", "b"], MONDAY)
        assert cache.record_delivery("ada", "d2", ["c"], MONDAY)
        pending = cache.pending_deliveries("ada")
        assert [["a", "b"], ["c"]] == sorted(pending.values())
        first = next(row_key for row_key, names in pending.items() if names == ["a", "b"])

        cache.mark_deliveries_answered("ada", [first], delete_before=MONDAY)

        assert [["c"]] == list(cache.pending_deliveries("ada").values())

    def test_a_redelivery_is_recognised_before_and_after_the_answer(self, cache):
        cache.record_delivery("ada", "d1", ["a"], MONDAY)

        assert not cache.record_delivery("ada", "d1", ["a"], MONDAY)
        cache.mark_deliveries_answered(
            "ada", list(cache.pending_deliveries("ada")), delete_before=MONDAY
        )
        assert not cache.record_delivery("ada", "d1", ["a"], MONDAY)
        assert {} == cache.pending_deliveries("ada")

    def test_portfolios_do_not_share_anything(self, cache):
        publish(cache, make_bundle("a"))
        cache.record_delivery("ada", "d1", ["a"], MONDAY)

        assert cache.portfolio("grace") is None
        assert {} == cache.pending_deliveries("grace")
        assert {} == cache.saved_rows("grace")
        assert 0 == cache.prune("grace", set(), LATER)


class TestOperations:
    """How many operations the verbs cost."""

    @pytest.mark.parametrize("count", [100, 1_000])
    def test_a_portfolio_costs_two_a_warm_one_none_and_a_recheck_one(self, table, clock, count):
        writer = GitHubCache(table)
        bundles = [make_bundle(f"r{number}", f"# {number}") for number in range(count)]
        for start in range(0, count, 100):  # in transactions, because that is faster
            batch = [bundle_row("ada", bundle)[0] for bundle in bundles[start : start + 100]]
            table.client.submit_transaction([("upsert", row) for row in batch])
        table.count()
        rows = writer.saved_rows("ada")
        assert (1, count) == (table.count(), len(rows))
        entries = [
            make_entry(bundle, rows[bundle_row("ada", bundle)[1]["row_key"]]) for bundle in bundles
        ]
        writer.publish("Ada", make_manifest("Ada", *entries), if_etag=None)
        table.count()
        portfolio = writer.renew_portfolio("ada")
        assert portfolio
        assert 3 == table.count()
        writer.save_snapshot(portfolio)
        table.count()

        reader = GitHubCache(table, recheck_after_s=RECHECK_AFTER_S, clock=clock)
        loaded = reader.portfolio("ada")
        assert 2 == table.count()
        assert loaded
        assert portfolio.bundles == loaded.bundles

        assert loaded is reader.portfolio("ada")
        assert loaded is reader.portfolio_in_memory("ada")
        assert 0 == table.count()
        clock.now += RECHECK_AFTER_S
        reader.portfolio("ada")
        settle()
        assert 1 == table.count()

    def test_after_one_change_the_manifest_and_one_row_are_read(self, cache, table):
        unchanged = [make_bundle(f"r{number}") for number in range(20)]
        publish(cache, *unchanged, make_bundle("changes", "old"))
        cache.portfolio("ada")
        publish(cache, *unchanged, make_bundle("changes", "new", "f2"), started_at="s2")
        table.count()

        cache.renew_portfolio("ada")

        assert 2 == table.count()
        assert "new" == readmes(cache)["changes"]

    def test_a_snapshot_that_is_stored_already_costs_one(self, cache, table):
        publish(cache, make_bundle("a"))
        portfolio = cache.renew_portfolio("ada")
        cache.save_snapshot(portfolio)
        table.count()

        cache.save_snapshot(portfolio)

        assert 1 == table.count()

    def test_of_few_rows_the_range_from_the_first_to_the_last_is_read(
        self, cache, table, monkeypatch
    ):
        keys = [cache.save_bundle("Ada", make_bundle(name))["row_key"] for name in "abcd"]
        query, read = table.client.query_entities, []

        def noted(*arguments: Any, **options: Any) -> Any:
            for row in query(*arguments, **options):
                read.append(row["RowKey"])
                yield row

        monkeypatch.setattr(table.client, "query_entities", noted)

        assert {keys[1], keys[2]} == set(cache.saved_rows("ada", [keys[2], keys[1]]))
        assert keys[1:3] == read
        assert {} == cache.saved_rows("ada", [])


@pytest.mark.parametrize(("readme_chars", "warnings"), [(440_000, []), (2_000_000, ["bundle_cut"])])
def test_a_bundle_has_the_largest_row_that_fits_else_it_is_cut(cache, readme_chars, warnings):
    noise = random.Random(1).randbytes(readme_chars // 2).hex()
    bundle: Bundle = {**make_bundle("a"), "readme": noise}
    if not warnings:
        packed = sum(map(len, pack(bundle).values()))
        assert MAX_BUNDLE_BYTES - 10_000 < packed <= MAX_BUNDLE_BYTES

    row = cache.save_bundle("ada", bundle)

    (loaded,) = cache.load_bundles("ada", [row["row_key"]]).values()
    assert warnings == row["warnings"] == loaded["warnings"]
    assert loaded["readme"] == ("" if warnings else noise)


def test_a_snapshot_of_several_rows_is_read_back(cache, table):
    dice = random.Random(1)
    publish(
        cache, *(make_bundle(f"r{number}", dice.randbytes(100_000).hex()) for number in range(20))
    )
    portfolio = cache.renew_portfolio("ada")
    cache.save_snapshot(portfolio)

    loaded = GitHubCache(table).portfolio("ada")

    assert loaded
    rows = [row for row in table.client.list_entities() if row["RowKey"].startswith("snapshot:")]
    assert len(rows) >= 3
    assert portfolio.bundles == loaded.bundles
    assert portfolio.index.analysed == loaded.index.analysed


def test_another_process_sees_a_new_version_after_the_recheck(table, clock):
    reader = GitHubCache(table, recheck_after_s=RECHECK_AFTER_S, clock=clock)
    writer = GitHubCache(table)
    publish_and_prune(writer, make_bundle("a", "old"))
    assert {"a": "old"} == readmes(reader)

    publish_and_prune(writer, make_bundle("a", "new", "f2"), started_at="s2")
    assert {"a": "old"} == readmes(reader)
    clock.now += RECHECK_AFTER_S
    readmes(reader)
    settle()

    assert {"a": "new"} == readmes(reader)


def test_the_publishing_process_sees_the_new_version_once_it_is_renewed(cache):
    publish(cache, make_bundle("a", "old"))
    readmes(cache)

    publish(cache, make_bundle("a", "new", "f2"), started_at="s2")
    assert {"a": "old"} == readmes(cache)
    cache.renew_portfolio("ada")

    assert {"a": "new"} == readmes(cache)


def test_a_crash_between_any_two_operations_leaves_a_whole_portfolio(table):
    old, new = {"a": "old", "b": "old"}, {"a": "new", "b": "new"}
    publish_and_prune(GitHubCache(table), make_bundle("a", "old"), make_bundle("b", "old"))
    seen = []
    for operation in range(30):
        table.count()
        table.breaks_at = operation
        try:
            publish_and_prune(
                GitHubCache(table),
                make_bundle("a", "new", "f2"),
                make_bundle("b", "new", "f2"),
                started_at="s2",
            )
            has_finished = True
        except CacheUnavailable:
            has_finished = False
        table.breaks_at = None
        settle()
        seen.append(readmes(GitHubCache(table)))
        assert seen[-1] in (old, new)
        if has_finished:
            break

    assert old == seen[0]
    assert new == seen[-1]
    assert len(seen) >= 6


def test_publishing_leaves_no_rows_of_the_version_before(cache, table):
    publish_and_prune(cache, make_bundle("a"), make_bundle("b"))
    publish_and_prune(cache, make_bundle("a", "new", "f2"), started_at="s2")

    rows = {
        row["RowKey"].rpartition("-")[0] or row["RowKey"] for row in table.client.list_entities()
    }

    assert {"manifest", "snapshot:00", "repo:a@f2"} == rows


def test_a_row_that_an_earlier_version_of_the_app_wrote_is_not_read_but_pruned(cache, table):
    row, _ = bundle_row("ada", make_bundle("a"))
    for name in ("fetched_at", "warnings", "format"):
        del row[name]
    table.client.upsert_entity(row)

    assert {} == cache.saved_rows("ada")
    assert {} == cache.load_bundles("ada", [row["RowKey"]])
    assert 1 == cache.prune("ada", set(), saved_before="2000-01-01T00:00:00Z")


def test_rows_that_another_process_deletes_at_the_same_time_are_no_error(cache, table):
    saved(cache, make_bundle("a"), make_bundle("b"))
    query = table.client.query_entities

    def query_and_lose_one(*arguments: Any, **options: Any) -> Any:
        rows = list(query(*arguments, **options))
        table.client.delete_entity(rows[0]["PartitionKey"], rows[0]["RowKey"])
        return rows

    table.client.query_entities = query_and_lose_one

    assert 2 == cache.prune("ada", set(), LATER)
    table.client.query_entities = query
    assert {} == cache.saved_rows("ada")


def test_a_corrupt_row_leaves_its_repository_pending_and_is_logged(cache, table, caplog):
    publish(cache, make_bundle("a"), make_bundle("b", "# b"))
    (row,) = [row for row in table.client.list_entities() if row["RowKey"].startswith("repo:b")]
    table.client.upsert_entity({**row, "v00": b"rubbish"})

    assert {"a": "", "b": ""} == readmes(cache)
    assert 1 == cache.portfolio("ada").lost
    assert {"cache.row_corrupt %s", "cache.rows_missing %s"} == {
        record.msg for record in caplog.records if record.name == "portfolio.api"
    }


def test_a_snapshot_that_is_damaged_is_ignored_and_logged(cache, table, caplog):
    publish_and_prune(cache, make_bundle("a", "# a"))
    row = table.client.get_entity("ada", "snapshot:00")
    table.client.upsert_entity({**row, "v00": b"rubbish"})

    assert {"a": "# a"} == readmes(GitHubCache(table))
    assert ["cache.snapshot_ignored %s"] == [
        record.msg for record in caplog.records if record.name == "portfolio.api"
    ]


def test_private_repositories_are_shown_only_if_the_owner_says_so(cache, table):
    publish(cache, make_bundle("a"), make_bundle("secret", visibility="private"))

    assert {"a"} == set(readmes(cache))
    assert {"a", "secret"} == set(readmes(GitHubCache(table, show_private=True)))


def test_answered_deliveries_are_deleted_once_they_are_old(cache, table):
    tuesday, wednesday = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)
    for delivery, received_at in (("old", MONDAY), ("new", wednesday), ("pending", MONDAY)):
        cache.record_delivery("ada", delivery, ["a"], received_at)
    answered = ["delivery:old", "delivery:new"]

    cache.mark_deliveries_answered("ada", answered, delete_before=tuesday)

    rows = {row["RowKey"] for row in table.client.list_entities()}
    assert {"delivery:new", "delivery:pending"} == rows


def test_a_deleted_portfolio_is_gone(cache, table):
    publish_and_prune(cache, make_bundle("a"))
    cache.portfolio("ada")

    assert 0 == cache.delete("grace")
    assert 3 == cache.delete("Ada")
    assert cache.portfolio_in_memory("ada") is None
    assert cache.portfolio("ada") is None
    assert [] == list(table.client.list_entities())


def test_with_the_storage_down_the_portfolio_in_memory_is_served(cache, table, clock, caplog):
    publish(cache, make_bundle("a", "x"))
    readmes(cache)
    clock.now += RECHECK_AFTER_S
    table.count()
    table.breaks_at = 0

    assert {"a": "x"} == readmes(cache)
    settle()
    assert {"a": "x"} == readmes(cache)
    assert "cache.unavailable" in caplog.text
    with pytest.raises(CacheUnavailable):
        cache.portfolio("grace")


def test_connecting_twice_makes_one_table(azurite, service):
    name = f"t{uuid4().hex[:12]}"
    for _ in range(2):
        GitHubCache.connect(
            table=name, connection_string=azurite.connection_string, table_service_uri=None
        )

    assert 1 == sum(table.name == name for table in service.list_tables())


def test_a_storage_that_nobody_listens_at_is_unavailable(no_server):
    connection_string = (
        f"DefaultEndpointsProtocol=http;AccountName=a;AccountKey=a2V5;TableEndpoint={no_server}/a;"
    )

    with pytest.raises(CacheUnavailable, match="does not answer"):
        GitHubCache.connect(table="t", connection_string=connection_string, table_service_uri=None)


class TestLostTable:
    """The storage has lost the whole table."""

    def test_it_is_made_anew_for_the_next_attempt(self, cache, table):
        table.client.delete_table()

        with pytest.raises(CacheUnavailable):
            cache.save_bundle("ada", make_bundle("a"))

        saved = cache.save_bundle("ada", make_bundle("a"))
        assert {saved["row_key"]} == set(cache.saved_rows("ada"))

    def test_readers_find_nothing_until_then(self, cache, table):
        table.client.delete_table()

        assert cache.load_manifest("ada") is None

    def test_a_row_that_vanished_before_its_swap_is_a_conflict(self, cache, table):
        etag = cache.publish("ada", make_manifest("ada"), if_etag=None)
        table.client.delete_entity("ada", "manifest")

        with pytest.raises(CacheConflict):
            cache.publish("ada", make_manifest("ada"), if_etag=etag)
