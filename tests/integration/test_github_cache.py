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
from errors import CacheConflict, CacheUnavailable
from models import Bundle
from tests.unit.fakes import FakeCache, bundle_of, listed

pytestmark = pytest.mark.server
RECHECK_AFTER_S = 2.0
MONDAY = datetime(2026, 1, 5, tzinfo=UTC)


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


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


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


def bundle(name: str, readme: str = "", fingerprint: str = "f1", **changes: Any) -> Bundle:
    return bundle_of(listed(name, **changes), readme=readme, fingerprint=fingerprint)


def manifest(row_keys: dict[str, str], *bundles: Bundle, started_at: str = "s1") -> Any:
    return {
        "username": "Ada",
        "refreshed_at": "2026-01-01T00:00:00Z",
        "started_at": started_at,
        "excluded": 0,
        "entries": [
            {
                "name": bundle["metadata"]["name"],
                "row_key": row_keys[bundle["metadata"]["name"]],
                "fingerprint": bundle["fingerprint"],
                "metadata": {**bundle["metadata"], "description": f"published by {started_at}"},
                "fetched_at": bundle["fetched_at"],
                "warnings": [],
                "stale": None,
            }
            for bundle in bundles
        ],
        "gone": {},
    }


def publish(cache: GitHubCache, *bundles: Bundle, started_at: str = "s1") -> None:
    """Use the cache as a refresh does."""
    row_keys = cache.save_bundles("Ada", bundles)
    before = cache.load_manifest("Ada")
    new = manifest(row_keys, *bundles, started_at=started_at)
    cache.publish("Ada", new, if_etag=before[1] if before else None)
    cache.prune("Ada", set(row_keys.values()))


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
        assert 0 == cache.prune("ada", set())

    def test_a_listing_replaces_the_one_before(self, cache):
        for number, name in (("1", "a"), ("2", "b")):
            listing: Any = {"listing_id": number, "repositories": [listed(name)]}
            cache.save_listing("Ada", listing)

            assert listing == cache.load_listing("ADA")
            assert {name: listed(name)} == cache.listed_repositories("ada", number)

    def test_saved_bundles_are_loaded_by_their_row_keys(self, cache):
        row_keys = cache.save_bundles("Ada", [bundle("a", "one"), bundle("b", "two")])

        assert {"a", "b"} == set(row_keys)
        assert {row_keys["a"]: bundle("a", "one")} == cache.load_bundles("ada", [row_keys["a"]])

    def test_saving_again_changes_nothing(self, cache):
        first = cache.save_bundles("ada", [bundle("a")])

        assert first == cache.save_bundles("ada", [bundle("a")])
        assert 1 == cache.prune("ada", set())

    def test_a_new_version_of_a_bundle_lies_beside_the_old_one(self, cache):
        old = cache.save_bundles("ada", [bundle("a", "old")])
        new = cache.save_bundles("ada", [bundle("a", "new", "f2")])

        assert 2 == len(cache.load_bundles("ada", [old["a"], new["a"]]))

    def test_a_portfolio_has_the_manifests_repositories_order_and_metadata(self, cache):
        publish(cache, bundle("b", "two"), bundle("a", "one"))

        portfolio = cache.portfolio("ADA")

        assert [("b", "two"), ("a", "one")] == [
            (bundle["metadata"]["name"], bundle["readme"]) for bundle in portfolio.bundles
        ]
        assert {"published by s1"} == {
            bundle["metadata"]["description"] for bundle in portfolio.bundles
        }

    def test_a_publisher_that_read_an_older_manifest_conflicts(self, cache):
        publish(cache)
        _, etag = cache.load_manifest("ada")
        new_etag = cache.publish("ada", manifest({}, started_at="s2"), if_etag=etag)

        assert new_etag == cache.load_manifest("ada")[1] != etag
        for stale_etag in (etag, None):
            with pytest.raises(CacheConflict):
                cache.publish("ada", manifest({}, started_at="s3"), if_etag=stale_etag)

    def test_pruning_deletes_the_bundles_that_are_not_kept(self, cache):
        row_keys = cache.save_bundles("ada", [bundle("a"), bundle("b")])

        assert 1 == cache.prune("Ada", {row_keys["a"]})
        assert [row_keys["a"]] == list(cache.load_bundles("ada", row_keys.values()))

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
        publish(cache, bundle("a"))
        cache.record_delivery("ada", "d1", ["a"], MONDAY)

        assert cache.portfolio("grace") is None
        assert {} == cache.pending_deliveries("grace")
        assert 0 == cache.prune("grace", set())


class TestOperations:
    """How many operations the verbs cost."""

    def test_a_warm_portfolio_costs_none_and_a_recheck_one(self, cache, table, clock):
        publish(cache, *(bundle(f"r{number}", "x" * 2_000) for number in range(100)))
        first = cache.portfolio("ada")
        table.count()

        assert first is cache.portfolio("ada")
        assert 0 == table.count()
        clock.now += RECHECK_AFTER_S
        assert first is cache.portfolio("ada")
        assert 1 == table.count()

    def test_saving_a_hundred_bundles_is_one_transaction(self, cache, table):
        cache.save_bundles("ada", [bundle(f"r{number}", "text") for number in range(100)])

        assert 1 == table.count()

    def test_large_bundles_are_split_over_several_transactions(self, cache, table):
        dice = random.Random(1)
        large = [bundle(f"r{number}", dice.randbytes(400_000).hex()) for number in range(8)]

        row_keys = cache.save_bundles("ada", large)

        assert 1 < table.count() < len(large)
        loaded = cache.load_bundles("ada", row_keys.values())
        assert {bundle["readme"] for bundle in large} == {
            bundle["readme"] for bundle in loaded.values()
        }

    def test_a_bundle_too_large_for_an_entity_is_cut_with_a_warning(self, cache):
        noise = random.Random(1).randbytes(1_000_000).hex()

        (row_key,) = cache.save_bundles("ada", [bundle("a", noise)]).values()

        (saved,) = cache.load_bundles("ada", [row_key]).values()
        assert ("", ["bundle_cut"]) == (saved["readme"], saved["warnings"])


def test_another_process_sees_a_new_version_after_the_recheck(table, clock):
    reader = GitHubCache(table, recheck_after_s=RECHECK_AFTER_S, clock=clock)
    writer = GitHubCache(table)
    publish(writer, bundle("a", "old"))
    assert {"a": "old"} == readmes(reader)

    publish(writer, bundle("a", "new", "f2"), started_at="s2")
    assert {"a": "old"} == readmes(reader)
    clock.now += RECHECK_AFTER_S

    assert {"a": "new"} == readmes(reader)


def test_the_publishing_process_sees_the_new_version_at_once(cache):
    publish(cache, bundle("a", "old"))
    readmes(cache)

    publish(cache, bundle("a", "new", "f2"), started_at="s2")

    assert {"a": "new"} == readmes(cache)


def test_a_crash_between_any_two_operations_leaves_a_whole_portfolio(table):
    old, new = {"a": "old", "b": "old"}, {"a": "new", "b": "new"}
    publish(GitHubCache(table), bundle("a", "old"), bundle("b", "old"))
    seen = []
    for operation in range(20):
        table.count()
        table.breaks_at = operation
        try:
            publish(
                GitHubCache(table),
                bundle("a", "new", "f2"),
                bundle("b", "new", "f2"),
                started_at="s2",
            )
            has_finished = True
        except CacheUnavailable:
            has_finished = False
        table.breaks_at = None
        seen.append(readmes(GitHubCache(table)))
        assert seen[-1] in (old, new)
        if has_finished:
            break

    assert old == seen[0]
    assert new == seen[-1]
    assert len(seen) >= 4


def test_publishing_leaves_no_rows_of_the_version_before(cache, table):
    publish(cache, bundle("a"), bundle("b"))
    publish(cache, bundle("a", "new", "f2"), started_at="s2")

    rows = {row["RowKey"].split("@")[0] for row in table.client.list_entities()}

    assert {"manifest", "repo:a"} == rows


def test_rows_that_are_pruned_while_a_reader_loads_belong_to_an_older_manifest(table, cache):
    """The reader has read a manifest, and before it reads the rows another one is published."""
    publish(GitHubCache(table), bundle("a", "old"))
    load_bundles = cache.load_bundles

    def load_after_another_process_published(*arguments: Any) -> Any:
        cache.load_bundles = load_bundles
        publish(GitHubCache(table), bundle("a", "new", "f2"), started_at="s2")
        return load_bundles(*arguments)

    cache.load_bundles = load_after_another_process_published

    assert {"a": "new"} == readmes(cache)


def test_a_portfolio_deleted_while_a_reader_loads_is_none(table, cache):
    publish(GitHubCache(table), bundle("a"))
    load_manifest = cache.load_manifest

    def load_after_another_process_deleted(username: str) -> Any:
        GitHubCache(table).delete(username)
        return load_manifest(username)

    cache.load_manifest = load_after_another_process_deleted

    assert cache.portfolio("ada") is None


def test_a_corrupt_row_is_left_out_and_logged(cache, table, caplog):
    publish(cache, bundle("a"), bundle("b"))
    (row,) = [row for row in table.client.list_entities() if row["RowKey"].startswith("repo:b")]
    table.client.upsert_entity({**row, "v00": b"rubbish"})

    assert {"a"} == set(readmes(cache))
    assert {"cache.row_corrupt %s", "cache.rows_missing %s"} == {
        record.msg for record in caplog.records
    }


def test_private_repositories_are_shown_only_if_the_owner_says_so(cache, table):
    publish(cache, bundle("a"), bundle("secret", visibility="private"))

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
    publish(cache, bundle("a"))
    cache.portfolio("ada")

    assert 0 == cache.delete("grace")
    assert 2 == cache.delete("Ada")
    assert cache.portfolio("ada") is None
    assert [] == list(table.client.list_entities())


def test_with_the_storage_down_the_portfolio_in_memory_is_served(cache, table, clock, caplog):
    publish(cache, bundle("a", "x"))
    readmes(cache)
    clock.now += RECHECK_AFTER_S
    table.count()
    table.breaks_at = 0

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
