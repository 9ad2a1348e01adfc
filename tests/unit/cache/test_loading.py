"""How a portfolio gets from the table into memory: what is read, and what is missing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from cache import GitHubCache, Portfolio
from errors import CacheUnavailable
from tests.unit.cache.storage import (
    DEADLINE_S,
    RECHECK_AFTER_S,
    Clock,
    Gate,
    MemoryTable,
    make_bundle,
    make_entry,
    make_manifest,
    publish,
    settle,
)


@pytest.fixture
def table() -> MemoryTable:
    return MemoryTable()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def cache(table, clock) -> GitHubCache:
    return GitHubCache(table, recheck_after_s=RECHECK_AFTER_S, clock=clock)


def readmes(portfolio: Portfolio | None) -> dict[str, str]:
    assert portfolio is not None
    return {name: bundle["readme"] for name, bundle in portfolio.by_name().items()}


def renewed(cache: GitHubCache) -> Portfolio:
    portfolio = cache.renew_portfolio("ada")
    assert portfolio is not None
    return portfolio


class TestFirstLoad:
    def test_without_a_snapshot_one_query_reads_all_rows(self, cache, table):
        publish(cache, *(make_bundle(f"r{number}") for number in range(20)))
        table.count()

        assert 20 == len(cache.portfolio("ada").bundles)
        assert ["get manifest", "query repo:", "query snapshot:"] == table.count()

    @pytest.mark.parametrize("count", [1, 100])
    def test_with_a_snapshot_no_row_is_read(self, table, count):
        writer = GitHubCache(table)
        publish(writer, *(make_bundle(f"r{number}", f"# {number}") for number in range(count)))
        saved = renewed(writer)
        writer.save_snapshot(saved)
        table.count()

        loaded = GitHubCache(table).portfolio("ada")

        assert loaded
        assert ["get manifest", "query snapshot:"] == table.count()
        assert saved.bundles == loaded.bundles
        assert saved.index.analysed == loaded.index.analysed

    def test_what_a_snapshot_lacks_is_read_row_by_row_while_that_is_little(self, table):
        writer = GitHubCache(table)
        publish(writer, *(make_bundle(f"r{number}") for number in range(10)))
        writer.save_snapshot(renewed(writer))
        publish(
            writer,
            *(make_bundle(f"r{number}") for number in range(8)),
            *(make_bundle(f"r{number}", "new", fingerprint="f2") for number in (8, 9)),
            started_at="s2",
        )
        table.count()

        loaded = readmes(GitHubCache(table).portfolio("ada"))

        assert {"r8": "new", "r9": "new"} == {name: text for name, text in loaded.items() if text}
        made = table.count()
        assert ["get manifest", "query snapshot:"] == [made[0], made[-1]]
        assert 2 == sum(operation.startswith("get repo:") for operation in made)
        assert 4 == len(made)

    def test_manifest_and_snapshot_are_read_side_by_side(self, cache, table):
        publish(cache, make_bundle("a"))
        gates = {"get manifest": Gate(), "query snapshot:": Gate()}

        def hold(username: str, operation: str) -> None:
            if operation in gates:
                gates[operation].hold()

        table.before = hold
        with ThreadPoolExecutor(1) as visitor:
            loaded = visitor.submit(cache.portfolio, "ada")
            for gate in gates.values():
                gate.wait_for_the_first()
            for gate in gates.values():
                gate.open()

            assert {"a": ""} == readmes(loaded.result(DEADLINE_S))

    def test_a_snapshot_that_cannot_be_read_is_not_needed(self, cache, table, caplog):
        publish(cache, make_bundle("a", "# a"))
        renewed_before = renewed(cache)
        cache.save_snapshot(renewed_before)

        def fail(username: str, operation: str) -> None:
            if operation == "query snapshot:":
                raise CacheUnavailable("the table storage answers 500")

        table.before = fail
        assert {"a": "# a"} == readmes(GitHubCache(table).portfolio("ada"))
        assert ["cache.snapshot_ignored %s"] == [record.msg for record in caplog.records]

    def test_bundles_without_usable_terms_are_analysed(self, cache):
        bundle = make_bundle("a", "# Kafka")
        del bundle["terms"]
        publish(cache, bundle)

        (analysed,) = cache.portfolio("ada").index.analysed

        assert "kafka" in analysed.terms


class TestReload:
    def test_after_one_change_one_row_is_read(self, cache, table, clock):
        unchanged = [make_bundle(f"r{number}", "old") for number in range(9)]
        publish(cache, *unchanged, make_bundle("r9", "old"))
        first = cache.portfolio("ada")
        publish(cache, *unchanged, make_bundle("r9", "new", fingerprint="f2"), started_at="s2")
        table.count()

        second = renewed(cache)

        (row_key,) = table.row_keys("repo:r9@f2")
        assert ["get manifest", f"get {row_key}"] == table.count()
        assert {"r9"} == {
            name for name, text in readmes(second).items() if readmes(first)[name] != text
        }
        assert first.index.analysed[0] is second.index.analysed[0]

    def test_other_processes_read_it_in_the_background(self, table, clock):
        reader, writer = GitHubCache(table, clock=clock), GitHubCache(table)
        publish(writer, make_bundle("a", "old"), make_bundle("b", "same"))
        first = reader.portfolio("ada")
        publish(writer, make_bundle("a", "new", "f2"), make_bundle("b", "same"), started_at="s2")
        clock.now += RECHECK_AFTER_S
        gate = Gate()
        table.before = lambda username, operation: gate.hold()
        table.count()

        assert first is reader.portfolio("ada")  # none of these would return if they waited
        assert first is reader.portfolio_in_memory("ada")
        gate.open()
        settle()

        assert {"a": "new", "b": "same"} == readmes(reader.portfolio_in_memory("ada"))
        (row_key,) = table.row_keys("repo:a@f2")
        assert ["get manifest", "get manifest", f"get {row_key}"] == table.count()

    def test_nothing_changed_costs_one_operation(self, cache, table, clock):
        publish(cache, make_bundle("a"))
        first = cache.portfolio("ada")
        table.count()
        assert first is cache.portfolio("ada")
        assert [] == table.count()

        clock.now += RECHECK_AFTER_S
        cache.portfolio("ada")
        settle()

        assert ["get manifest"] == table.count()
        assert first is renewed(cache)
        assert ["get manifest"] == table.count()

    def test_a_portfolio_that_another_process_deleted_is_gone_after_the_next_check(
        self, cache, table, clock
    ):
        publish(cache, make_bundle("a"))
        cache.portfolio("ada")
        GitHubCache(table).delete("ada")
        clock.now += RECHECK_AFTER_S
        table.count()

        cache.portfolio_in_memory("ada")
        settle()

        assert ["get manifest"] == table.count()
        assert cache.portfolio_in_memory("ada") is None

    def test_new_metadata_costs_no_row(self, cache, table):
        bundle = make_bundle("a", "# a")
        publish(cache, bundle)
        cache.portfolio("ada")
        (stored,) = cache.saved_rows("ada").values()
        changed: Any = {**bundle, "metadata": {**bundle["metadata"], "stargazers_count": 7}}
        _, etag = cache.load_manifest("ada")
        cache.publish("ada", make_manifest("Ada", make_entry(changed, stored)), if_etag=etag)
        table.count()

        (shown,) = renewed(cache).bundles

        assert (7, "# a") == (shown["metadata"]["stargazers_count"], shown["readme"])
        assert ["get manifest"] == table.count()

    def test_publishing_leaves_the_portfolio_in_memory_until_it_is_renewed(self, cache):
        publish(cache, make_bundle("a", "old"))
        first = cache.portfolio("ada")

        publish(cache, make_bundle("a", "new", "f2"), started_at="s2")

        assert first is cache.portfolio("ada")
        assert {"a": "new"} == readmes(renewed(cache))
        assert {"a": "new"} == readmes(cache.portfolio("ada"))


class TestMissingRows:
    @pytest.mark.parametrize(
        "damage",
        ["missing", "corrupt", "older-format"],
    )
    def test_a_row_that_is_lost_leaves_its_repository_pending(self, cache, table, caplog, damage):
        publish(cache, make_bundle("a", "# a"), make_bundle("b", "# b"))
        (row_key,) = table.row_keys("repo:b")
        row = table.rows["ada", row_key]
        if damage == "missing":
            del table.rows["ada", row_key]
        else:
            row |= {"v00": b"rubbish"} if damage == "corrupt" else {"format": 1}

        portfolio = cache.portfolio("ada")

        assert {"a": "# a", "b": ""} == readmes(portfolio)
        assert (1, 1, "partial") == (portfolio.lost, portfolio.pending, portfolio.state)
        assert ["content_pending"] == portfolio.by_name()["b"]["warnings"]
        assert "cache.rows_missing" in caplog.text

    def test_a_lost_row_is_not_taken_over_by_the_next_version_but_read_again(self, cache, table):
        publish(cache, make_bundle("a"), make_bundle("b", "# b"))
        (row_key,) = table.row_keys("repo:b")
        row = table.rows.pop(("ada", row_key))
        assert 1 == cache.portfolio("ada").lost
        table.rows["ada", row_key] = row
        manifest, etag = cache.load_manifest("ada")
        cache.publish("ada", {**manifest, "started_at": "s2"}, if_etag=etag)

        portfolio = renewed(cache)

        assert (0, "# b") == (portfolio.lost, portfolio.by_name()["b"]["readme"])

    def test_rows_that_disappear_while_a_reader_loads_belong_to_an_older_manifest(
        self, cache, table
    ):
        other = GitHubCache(table)
        publish(other, make_bundle("a", "old"))

        def publish_once(username: str, operation: str) -> None:
            if operation.startswith("get repo:"):
                table.before = lambda username, operation: None
                publish(other, make_bundle("a", "new", "f2"), started_at="s2")
                other.prune("ada", table.row_keys("repo:a@f2"), "2027-01-01T00:00:00Z")

        table.before = publish_once

        portfolio = cache.portfolio("ada")

        assert ({"a": "new"}, 0) == (readmes(portfolio), portfolio.lost)

    def test_a_portfolio_that_is_deleted_while_a_reader_loads_is_none(self, cache, table):
        publish(cache, make_bundle("a"))

        def delete_once(username: str, operation: str) -> None:
            if operation.startswith("get repo:"):
                table.rows.clear()

        table.before = delete_once

        assert cache.portfolio("ada") is None

    def test_a_reader_does_not_run_after_a_publisher_for_ever(self, cache, table):
        publish(cache, make_bundle("a"))
        versions = iter(range(2, 100))

        def lose_and_publish(username: str, operation: str) -> None:
            if operation.startswith("get repo:"):
                manifest, _ = table_manifest(cache)
                started_at = f"s{next(versions)}"
                cache.save_bundle("ada", make_bundle("a", fingerprint=started_at))
                (row_key,) = table.row_keys(f"repo:a@{started_at}-")
                (entry,) = manifest["entries"]
                manifest |= {"entries": [{**entry, "row_key": row_key}], "started_at": started_at}
                _, etag = table_manifest(cache)
                cache.publish("ada", manifest, if_etag=etag)
                for old in table.row_keys("repo:"):
                    del table.rows["ada", old]

        def table_manifest(cache: GitHubCache):
            table.before = lambda username, operation: None
            published = cache.load_manifest("ada")
            table.before = lose_and_publish
            return published

        table.before = lose_and_publish

        assert 1 == cache.portfolio("ada").lost


class TestFirstSight:
    def test_repositories_without_a_row_are_pending(self, cache):
        publish(cache, make_bundle("a", "# a"), pending=[make_bundle("b")])

        portfolio = cache.portfolio("ada")

        assert (1, 0, "partial") == (portfolio.pending, portfolio.lost, portfolio.state)
        assert {"a": "# a", "b": ""} == readmes(portfolio)

    def test_private_repositories_are_hidden_unless_the_owner_shows_them(self, cache, table):
        secret = make_bundle("secret", visibility="private")
        publish(cache, make_bundle("a"), secret, pending=[make_bundle("b", visibility="private")])

        assert {"a"} == set(readmes(cache.portfolio("ada")))
        assert {"a", "b", "secret"} == set(
            readmes(GitHubCache(table, show_private=True).portfolio("ada"))
        )

    def test_a_manifest_of_an_earlier_version_is_of_a_refresh_that_ended(self, cache):
        old = make_manifest("Ada")
        del old["finished"]  # type: ignore[misc]
        cache.publish("ada", old, if_etag=None)

        assert cache.portfolio("ada").finished


class TestOutage:
    def test_a_check_that_fails_changes_nothing(self, cache, table, clock, caplog):
        publish(cache, make_bundle("a", "# a"))
        first = cache.portfolio("ada")
        table.is_down = True
        clock.now += RECHECK_AFTER_S

        assert first is cache.portfolio("ada")
        settle()
        assert first is cache.portfolio("ada")
        assert "cache.unavailable" in caplog.text
        with pytest.raises(CacheUnavailable):
            cache.renew_portfolio("ada")
        assert first is cache.portfolio_in_memory("ada")

    def test_a_first_load_fails(self, cache, table):
        publish(cache, make_bundle("a"))
        table.is_down = True

        with pytest.raises(CacheUnavailable):
            cache.portfolio("ada")
        assert cache.portfolio_in_memory("ada") is None


class TestDelete:
    def test_a_load_that_is_under_way_does_not_bring_the_portfolio_back(self, cache, table, clock):
        publish(cache, make_bundle("a"))
        gate = Gate()

        def hold(username: str, operation: str) -> None:
            if operation.startswith("get repo:"):
                gate.hold()

        table.before = hold
        with ThreadPoolExecutor(1) as visitor:
            visitor.submit(cache.portfolio, "ada")
            gate.wait_for_the_first()  # the manifest has been read
            cache.delete("Ada")
            gate.open()
        settle()

        assert cache.portfolio_in_memory("ada") is None

    def test_what_a_visitor_loads_while_rows_are_deleted_is_forgotten_too(self, cache, table):
        publish(cache, make_bundle("a"))
        loaded = []

        def visit_once(username: str, operation: str) -> None:
            if operation == "delete manifest":
                table.before = lambda username, operation: None
                loaded.append(cache.portfolio("ada"))

        table.before = visit_once

        cache.delete("ada")

        assert [{"a": ""}] == [readmes(portfolio) for portfolio in loaded]
        assert cache.portfolio("ada") is None

    def test_a_deletion_that_fails_has_forgotten_the_portfolio(self, cache, table):
        publish(cache, make_bundle("a"))
        cache.portfolio("ada")
        table.is_down = True

        with pytest.raises(CacheUnavailable):
            cache.delete("ada")

        assert cache.portfolio_in_memory("ada") is None
