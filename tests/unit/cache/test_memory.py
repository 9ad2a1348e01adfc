"""What a process keeps in memory, and when it asks the storage again."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Event
from typing import Any

import pytest

from cache import Portfolio
from cache.memory import ListingMemory, PortfolioMemory
from errors import CacheUnavailable
from models import Listing
from tests.unit.fakes import listed

RECHECK_AFTER_S = 2.0
DEADLINE_S = 30


def version(etag: str) -> Portfolio:
    return Portfolio("ada", etag, datetime(2026, 1, 1, tzinfo=UTC), ())


class Storage:
    """A manifest that tests publish; counts what is asked of it."""

    def __init__(self) -> None:
        self.etag: str | None = None
        self.is_down = False
        self.vanishes = False
        self.checks = 0
        self.loads = 0
        self.before_check: Callable[[], object] = lambda: None

    def read_etag(self, username: str) -> str | None:
        assert "ada" == username
        self.checks += 1
        self.before_check()
        if self.is_down:
            raise CacheUnavailable("the table storage does not answer")
        return self.etag

    def load(self, username: str) -> Portfolio | None:
        assert "ada" == username
        self.loads += 1
        return version(self.etag) if self.etag and not self.vanishes else None


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def storage() -> Storage:
    return Storage()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def memory(storage, clock) -> PortfolioMemory:
    return PortfolioMemory(
        read_etag=storage.read_etag,
        load=storage.load,
        recheck_after_s=RECHECK_AFTER_S,
        clock=clock,
    )


class TestPortfolioMemory:
    def test_what_was_never_published_is_none_and_checked_every_time(self, memory, storage):
        assert memory.get("ada") is None
        storage.etag = "1"

        assert "1" == memory.get("ada").etag

    def test_a_portfolio_is_loaded_once(self, memory, storage, clock):
        storage.etag = "1"
        first = memory.get("Ada")
        clock.now += RECHECK_AFTER_S - 0.01

        assert first is memory.get("ADA")
        assert (1, 1) == (storage.checks, storage.loads)

    def test_an_unchanged_portfolio_is_checked_but_not_loaded_again(self, memory, storage, clock):
        storage.etag = "1"
        first = memory.get("ada")
        clock.now += RECHECK_AFTER_S

        assert first is memory.get("ada")
        assert (2, 1) == (storage.checks, storage.loads)

    def test_a_new_version_is_seen_at_the_next_check(self, memory, storage, clock):
        storage.etag = "1"
        memory.get("ada")
        storage.etag = "2"

        assert "1" == memory.get("ada").etag
        clock.now += RECHECK_AFTER_S
        assert "2" == memory.get("ada").etag

    def test_an_expired_portfolio_is_checked_at_once(self, memory, storage):
        storage.etag = "1"
        memory.get("ada")
        storage.etag = "2"

        memory.expire("ADA")

        assert "2" == memory.get("ada").etag

    def test_a_portfolio_that_is_not_in_memory_can_expire(self, memory):
        memory.expire("ada")

        assert memory.get("ada") is None

    def test_a_deleted_portfolio_is_forgotten_at_the_next_check(self, memory, storage, clock):
        storage.etag = "1"
        memory.get("ada")
        storage.etag = None
        clock.now += RECHECK_AFTER_S

        assert memory.get("ada") is None

    def test_a_forgotten_portfolio_is_loaded_again(self, memory, storage):
        storage.etag = "1"
        memory.get("ada")

        memory.forget("ADA")

        memory.get("ada")
        assert 2 == storage.loads

    def test_a_manifest_that_vanishes_between_check_and_load_is_none(self, memory, storage):
        storage.etag = "1"
        storage.vanishes = True

        assert memory.get("ada") is None

    def test_without_a_portfolio_in_memory_an_outage_is_an_error(self, memory, storage):
        storage.is_down = True

        with pytest.raises(CacheUnavailable):
            memory.get("ada")

    def test_during_an_outage_the_portfolio_in_memory_is_served(
        self, memory, storage, clock, caplog
    ):
        storage.etag = "1"
        first = memory.get("ada")
        storage.is_down = True
        clock.now += RECHECK_AFTER_S

        assert first is memory.get("ada")
        assert "cache.unavailable" in caplog.text

    def test_an_outage_costs_one_visitor_per_recheck_the_time_of_a_request(
        self, memory, storage, clock
    ):
        storage.etag = "1"
        memory.get("ada")
        storage.is_down = True
        clock.now += RECHECK_AFTER_S

        for _ in range(3):
            memory.get("ada")
        assert 2 == storage.checks

        clock.now += RECHECK_AFTER_S
        memory.get("ada")
        assert 3 == storage.checks


class SlowCheck:
    """Holds a check of the storage until it is let go."""

    def __init__(self, storage: Storage) -> None:
        self.has_begun = Event()
        self.may_end = Event()
        storage.before_check = self._hold

    def _hold(self) -> None:
        self.has_begun.set()
        assert self.may_end.wait(DEADLINE_S)


class TestConcurrentVisitors:
    def test_while_one_visitor_checks_the_others_are_served_from_memory(
        self, memory, storage, clock
    ):
        storage.etag = "1"
        first = memory.get("ada")
        clock.now += RECHECK_AFTER_S
        slow = SlowCheck(storage)
        with ThreadPoolExecutor(1) as visitor:
            checked = visitor.submit(memory.get, "ada")
            assert slow.has_begun.wait(DEADLINE_S)

            assert first is memory.get("ada")  # would not return if it waited

            slow.may_end.set()
            assert first is checked.result(DEADLINE_S)

    @pytest.mark.parametrize("is_published_here", [False, True], ids=["first-load", "published"])
    def test_visitors_wait_for_the_first_load_and_for_what_this_process_published(
        self, memory, storage, is_published_here
    ):
        storage.etag = "1"
        if is_published_here:
            memory.get("ada")
            storage.etag = "2"
            memory.expire("ada")
        loads = storage.loads
        slow = SlowCheck(storage)
        with ThreadPoolExecutor(4) as visitors:
            answers = [visitors.submit(memory.get, "ada") for _ in range(4)]
            assert slow.has_begun.wait(DEADLINE_S)
            slow.may_end.set()

            etags = {answer.result(DEADLINE_S).etag for answer in answers}

        assert {storage.etag} == etags
        assert loads + 1 == storage.loads


class TestListingMemory:
    def listing(self, listing_id: str, *names: str) -> Any:
        return {"listing_id": listing_id, "repositories": [listed(name) for name in names]}

    def memory(self, *listings: Any) -> ListingMemory:
        """A memory that loads these listings one after the other."""
        self.loads: list[str] = []
        remaining = list(listings)

        def load(username: str) -> Listing | None:
            self.loads.append(username)
            answer: Listing | None = remaining.pop(0)
            return answer

        return ListingMemory(load)

    def test_a_listing_is_loaded_once(self):
        memory = self.memory(self.listing("l1", "a", "b"))

        assert {"a": listed("a"), "b": listed("b")} == memory.repositories("Ada", "l1")
        assert {"a", "b"} == set(memory.repositories("ada", "l1"))
        assert ["Ada"] == self.loads

    def test_the_next_listing_replaces_it(self):
        memory = self.memory(self.listing("l1", "a"), self.listing("l2", "b"))
        memory.repositories("ada", "l1")

        assert {"b"} == set(memory.repositories("ada", "l2"))

    @pytest.mark.parametrize("stored", [None, "l2"], ids=["never-listed", "replaced"])
    def test_a_listing_that_is_not_stored_is_empty(self, stored):
        memory = self.memory(self.listing(stored, "b") if stored else None)

        assert {} == memory.repositories("ada", "l1")

    def test_a_batch_that_begins_together_loads_it_once(self):
        memory = self.memory(self.listing("l1", "a"))

        with ThreadPoolExecutor(8) as fetches:
            answers = list(fetches.map(lambda _: memory.repositories("ada", "l1"), range(8)))

        assert [{"a": listed("a")}] * 8 == answers
        assert 1 == len(self.loads)
