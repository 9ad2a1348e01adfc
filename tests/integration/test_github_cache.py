"""GitHubCache on real Table Storage (Azurite)."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from azure.core.exceptions import AzureError
from azure.data.tables import TableServiceClient

from cache import GitHubCache
from errors import CacheConflict, CacheUnavailable

pytestmark = pytest.mark.server


class Table:
    """A table that counts what is asked of it, and can break at a chosen operation."""

    def __init__(self, connection_string: str) -> None:
        self._service = TableServiceClient.from_connection_string(connection_string)
        self.client = self._service.create_table(f"t{uuid4().hex[:12]}")
        self.operations: list[str] = []
        self.breaks_at: int | None = None

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.client, name)

        def counted(*args: Any, **kwargs: Any) -> Any:
            if self.breaks_at is not None and len(self.operations) == self.breaks_at:
                raise AzureError("broken on purpose")
            self.operations.append(name)
            return method(*args, **kwargs)

        return counted

    def count(self) -> int:
        """Operations since the last count."""
        number = len(self.operations)
        self.operations.clear()
        return number

    def close(self) -> None:
        self.client.close()
        self._service.close()


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def table(azurite) -> Iterator[Table]:
    table = Table(azurite.connection_string)
    yield table
    table.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def cache(table, clock) -> GitHubCache:
    return GitHubCache(table, clock=clock)


def bundle(name: str, text: str = "", fingerprint: str = "f1") -> Any:
    return {
        "metadata": {"name": name},
        "languages": {},
        "repoContext": {},
        "file_types": {},
        "files": [],
        "path_terms": {},
        "dependencies": [],
        "readme": text,
        "revision": {"commit": None, "tree": None},
        "fingerprint": fingerprint,
        "fetched_at": "2026-01-01T00:00:00Z",
        "warnings": [],
    }


def manifest(rows: dict[str, str], started_at: str = "s1") -> Any:
    return {
        "username": "Ada",
        "refreshed_at": "2026-01-01T00:00:00Z",
        "started_at": started_at,
        "excluded": 0,
        "entries": [
            {
                "name": name,
                "row_key": row_key,
                "fingerprint": "f1",
                "metadata": {"name": name, "stars": started_at, "visibility": "public"},
                "fetched_at": "2026-01-01T00:00:00Z",
                "warnings": [],
                "stale": None,
            }
            for name, row_key in rows.items()
        ],
    }


def publish(cache: GitHubCache, *bundles: Any, started_at: str = "s1") -> None:
    """What a refresh does with the cache."""
    rows = cache.save_bundles("Ada", bundles)
    before = cache.load_manifest("Ada")
    cache.publish("Ada", manifest(rows, started_at), if_etag=before[1] if before else None)
    cache.prune("Ada", set(rows.values()))


def texts(cache: GitHubCache) -> dict[str, str]:
    portfolio = cache.portfolio("ada")
    assert portfolio is not None
    return {each["metadata"]["name"]: each["readme"] for each in portfolio.bundles}


def test_what_was_never_published_is_none(cache):
    assert cache.portfolio("ada") is None
    assert cache.load_manifest("ada") is None
    assert cache.load_listing("ada") is None


def test_a_portfolio_is_what_the_manifest_names_with_the_manifests_metadata(cache):
    publish(cache, bundle("b", "two"), bundle("a", "one"))

    portfolio = cache.portfolio("ADA")

    assert ["b", "a"] == [each["metadata"]["name"] for each in portfolio.bundles]
    assert {"s1"} == {each["metadata"]["stars"] for each in portfolio.bundles}
    assert {False} == {each["stale"] for each in portfolio.bundles}


def test_a_warm_portfolio_costs_no_operation_and_a_recheck_costs_one(cache, table, clock):
    publish(cache, *(bundle(f"r{number}", "x" * 2_000) for number in range(100)))
    first = cache.portfolio("ada")
    table.count()

    assert first is cache.portfolio("ada")
    assert 0 == table.count()
    clock.now += 3
    assert first is cache.portfolio("ada")
    assert 1 == table.count()


def test_another_process_sees_a_new_version_after_the_recheck(table, clock):
    reader, writer = GitHubCache(table, clock=clock), GitHubCache(table)
    publish(writer, bundle("a", "old"))
    assert {"a": "old"} == texts(reader)

    publish(writer, bundle("a", "new", "f2"), started_at="s2")
    clock.now += 3

    assert {"a": "new"} == texts(reader)


def test_saving_a_hundred_bundles_is_one_transaction(cache, table):
    cache.save_bundles("ada", [bundle(f"r{number}", "text") for number in range(100)])

    assert 1 == table.count()


def test_saving_twice_changes_nothing(cache, table):
    first = cache.save_bundles("ada", [bundle("a", "x")])

    assert first == cache.save_bundles("ada", [bundle("a", "x")])
    assert 1 == len(list(table.client.list_entities()))


def test_a_second_publisher_conflicts(cache):
    publish(cache, bundle("a"))
    _, etag = cache.load_manifest("ada")
    cache.publish("ada", manifest({}, "s2"), if_etag=etag)

    with pytest.raises(CacheConflict):
        cache.publish("ada", manifest({}, "s3"), if_etag=etag)
    with pytest.raises(CacheConflict):
        cache.publish("ada", manifest({}, "s4"), if_etag=None)


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
            finished = True
        except CacheUnavailable:
            finished = False
        table.breaks_at = None
        seen.append(texts(GitHubCache(table)))
        assert seen[-1] in (old, new)
        if finished:
            break

    assert old == seen[0]
    assert new == seen[-1]
    assert len(seen) >= 4


def test_pruning_deletes_what_no_manifest_names(cache, table):
    publish(cache, bundle("a"), bundle("b"))
    publish(cache, bundle("a", "new", "f2"), started_at="s2")

    rows = {each["RowKey"].split("@")[0] for each in table.client.list_entities()}

    assert {"manifest", "repo:a"} == rows


def test_a_bundle_too_large_for_an_entity_is_cut_with_a_warning(cache):
    noise = random.Random(1).randbytes(1_200_000).hex()[:1_990_000]

    rows = cache.save_bundles("ada", [bundle("a", noise)])

    (saved,) = cache.load_bundles("ada", list(rows.values())).values()
    assert "" == saved["readme"]
    assert ["bundle_cut"] == saved["warnings"]


def test_large_bundles_are_split_over_several_transactions(cache):
    dice = random.Random(1)
    large = [bundle(f"r{n}", dice.randbytes(350_000).hex()) for n in range(12)]

    rows = cache.save_bundles("ada", large)

    found = cache.load_bundles("ada", list(rows.values()))
    assert {each["readme"] for each in large} == {each["readme"] for each in found.values()}


def test_a_corrupt_row_is_left_out_and_logged(cache, table, caplog):
    publish(cache, bundle("a"), bundle("b"))
    row = next(e for e in table.client.list_entities() if e["RowKey"].startswith("repo:b"))
    table.client.upsert_entity({**row, "v00": b"rubbish"})

    assert {"a"} == set(texts(cache))
    assert "cache.row_corrupt" in caplog.text


def test_usernames_do_not_meet(cache):
    publish(cache, bundle("a"))

    assert cache.portfolio("grace") is None
    assert 0 == cache.delete("grace")


def test_a_deleted_portfolio_is_gone(cache, table):
    publish(cache, bundle("a"))
    cache.portfolio("ada")

    assert 2 == cache.delete("Ada")
    assert cache.portfolio("ada") is None
    assert [] == list(table.client.list_entities())


def test_with_the_storage_down_the_copy_in_memory_is_served(cache, table, clock, caplog):
    publish(cache, bundle("a", "x"))
    texts(cache)
    clock.now += 3
    table.count()
    table.breaks_at = 0

    assert {"a": "x"} == texts(cache)
    assert "cache.unavailable" in caplog.text
    with pytest.raises(CacheUnavailable):
        cache.portfolio("grace")


def test_connecting_twice_makes_one_table(azurite):
    name = f"t{uuid4().hex[:12]}"
    for _ in range(2):
        GitHubCache.connect(
            table=name, connection_string=azurite.connection_string, table_service_uri=None
        )
