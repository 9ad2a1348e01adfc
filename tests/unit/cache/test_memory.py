"""What a process keeps in memory, and who waits for what."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Semaphore
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from cache import Portfolio
from cache.memory import FAILURE_MEMORY_S, ListingMemory, PortfolioMemory
from errors import CacheUnavailable
from models import Listing
from relevance.index import PortfolioIndex
from tests.unit.cache.storage import DEADLINE_S, RECHECK_AFTER_S, Clock, Gate, WatchedFuture, settle
from tests.unit.fakes import listed

DOWN = CacheUnavailable("the table storage does not answer")


def version(etag: str, username: str = "ada") -> Portfolio:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    return Portfolio(username, etag, moment, finished=True, bundles=(), index=PortfolioIndex([]))


class Storage:
    """Manifests that tests publish; counts what is asked of it, and holds it at a gate."""

    def __init__(self) -> None:
        self.etags: dict[str, str] = {}
        self.error: Exception | None = None
        self.loads: list[str] = []
        self.checks: list[str] = []
        self.gates: dict[str, Gate] = {}

    def check(self, username: str, held: Portfolio | None) -> Portfolio | None:
        self.checks.append(username)
        return self._answer(username, held)

    def load(self, username: str, held: Portfolio | None) -> Portfolio | None:
        self.loads.append(username)
        return self._answer(username, held)

    def _answer(self, username: str, held: Portfolio | None) -> Portfolio | None:
        etag, error = self.etags.get(username), self.error  # what it is when it is asked
        if username in self.gates:
            self.gates[username].hold()
        if error:
            raise error
        return held if held and held.etag == etag else (etag and version(etag, username)) or None


@pytest.fixture
def storage() -> Storage:
    return Storage()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def memory(storage, clock, monkeypatch) -> PortfolioMemory:
    monkeypatch.setattr("cache.memory.Future", WatchedFuture)
    monkeypatch.setattr(WatchedFuture, "waiters", Semaphore(0))
    return PortfolioMemory(
        check=storage.check, load=storage.load, recheck_after_s=RECHECK_AFTER_S, clock=clock
    )


class TestOneVisitor:
    def test_what_was_never_published_is_none_and_asked_for_every_time(self, memory, storage):
        assert memory.get("ada") is None
        storage.etags["ada"] = "1"

        assert "1" == memory.get("ada").etag

    def test_a_portfolio_is_loaded_once(self, memory, storage, clock):
        storage.etags["ada"] = "1"
        first = memory.get("Ada")
        clock.now += RECHECK_AFTER_S - 0.01

        assert first is memory.get("ADA")
        assert first is memory.peek("ada")
        assert (["ada"], []) == (storage.loads, storage.checks)

    @pytest.mark.parametrize("verb", ["get", "peek"])
    def test_a_new_version_is_seen_after_the_check_that_is_due(self, memory, storage, clock, verb):
        storage.etags["ada"] = "1"
        first = memory.get("ada")
        storage.etags["ada"] = "2"
        clock.now += RECHECK_AFTER_S

        assert first is getattr(memory, verb)("ada")
        settle()

        assert "2" == getattr(memory, verb)("ada").etag
        assert (["ada"], ["ada"]) == (storage.loads, storage.checks)

    def test_a_portfolio_that_was_deleted_elsewhere_is_gone_after_the_next_check(
        self, memory, storage, clock
    ):
        storage.etags["ada"] = "1"
        memory.get("ada")
        del storage.etags["ada"]
        clock.now += RECHECK_AFTER_S
        memory.peek("ada")
        settle()

        assert memory.peek("ada") is None
        assert memory.get("ada") is None

    def test_a_forgotten_portfolio_is_loaded_again(self, memory, storage):
        storage.etags["ada"] = "1"
        memory.get("ada")

        memory.forget("ADA")

        assert memory.peek("ada") is None
        assert "1" == memory.get("ada").etag

    def test_a_peek_loads_in_the_background_and_not_more_often_than_it_checks(
        self, memory, storage, clock
    ):
        for _ in range(3):
            assert memory.peek("ada") is None
            settle()
        assert ["ada"] == storage.loads

        storage.etags["ada"] = "1"
        clock.now += RECHECK_AFTER_S
        memory.peek("ada")
        settle()
        assert "1" == memory.peek("ada").etag


class TestOutage:
    def test_the_portfolio_in_memory_is_served_and_checked_again_when_that_is_due(
        self, memory, storage, clock, caplog
    ):
        storage.etags["ada"] = "1"
        first = memory.get("ada")
        storage.error = DOWN
        for checks in (1, 2):
            clock.now += RECHECK_AFTER_S
            for _ in range(3):
                assert first is memory.get("ada")
                settle()
            assert checks == len(storage.checks)

        assert "cache.unavailable" in caplog.text

    def test_a_failed_first_load_is_remembered_for_a_moment(self, memory, storage, clock):
        storage.error = DOWN
        for _ in range(10):
            with pytest.raises(CacheUnavailable):
                memory.get("ada")
        assert ["ada"] == storage.loads

        storage.etags["ada"], storage.error = "1", None
        clock.now += FAILURE_MEMORY_S
        assert "1" == memory.get("ada").etag

    def test_ten_visitors_share_a_failing_first_load(self, memory, storage):
        storage.error = DOWN
        storage.gates["ada"] = Gate()
        with ThreadPoolExecutor(10) as visitors:
            answers = [visitors.submit(memory.get, "ada") for _ in range(10)]
            WatchedFuture.wait_for_waiters(10)
            storage.gates["ada"].open()

            assert all(answer.exception(DEADLINE_S) is DOWN for answer in answers)
        assert ["ada"] == storage.loads

    def test_an_error_that_nobody_expected_does_not_block_the_portfolio(
        self, memory, storage, clock, caplog
    ):
        storage.error = ZeroDivisionError()
        with pytest.raises(ZeroDivisionError):
            memory.get("ada")
        assert "cache.load_failed" in caplog.text

        storage.etags["ada"], storage.error = "1", None
        clock.now += RECHECK_AFTER_S
        assert "1" == memory.get("ada").etag

    def test_without_threads_what_is_in_memory_is_served(self, memory, storage, clock, monkeypatch):
        storage.etags["ada"] = "1"
        first = memory.get("ada")

        def refuse(call: Callable[[], Any]) -> Any:
            raise RuntimeError("can't start new thread")

        with monkeypatch.context() as patch:
            patch.setattr("cache.memory.start", refuse)
            clock.now += RECHECK_AFTER_S
            assert first is memory.get("ada")
            with pytest.raises(CacheUnavailable, match="cannot start a thread"):
                memory.get("grace")
        storage.etags["ada"] = "2"
        clock.now += RECHECK_AFTER_S
        memory.peek("ada")
        settle()
        assert "2" == memory.peek("ada").etag


class TestManyVisitors:
    def test_they_share_one_first_load(self, memory, storage):
        storage.etags["ada"] = "1"
        storage.gates["ada"] = Gate()
        with ThreadPoolExecutor(8) as visitors:
            answers = [visitors.submit(memory.get, "ada") for _ in range(8)]
            WatchedFuture.wait_for_waiters(8)
            assert memory.peek("ada") is None  # would not return if it waited
            storage.gates["ada"].open()

            first, *others = [answer.result(DEADLINE_S) for answer in answers]

        assert "1" == first.etag
        assert all(other is first for other in others)
        assert ["ada"] == storage.loads

    def test_a_load_that_ends_between_two_looks_is_not_repeated(self, memory, storage, monkeypatch):
        storage.etags["ada"] = "1"
        peek = memory.peek

        def peek_and_wait(username: str) -> Portfolio | None:
            seen: Portfolio | None = peek(username)
            settle()
            return seen

        monkeypatch.setattr(memory, "peek", peek_and_wait)

        assert "1" == memory.get("ada").etag
        assert (["ada"], []) == (storage.loads, storage.checks)

    def test_nobody_waits_for_the_first_load_of_another_portfolio(self, memory, storage):
        storage.etags |= {"ada": "1", "grace": "1"}
        memory.get("grace")
        storage.gates["ada"] = Gate()
        with ThreadPoolExecutor(1) as visitor:
            waiting = visitor.submit(memory.get, "ada")
            storage.gates["ada"].wait_for_the_first()

            # None of these would return if it waited.
            assert "1" == memory.get("grace").etag
            assert memory.get("linus") is None
            memory.forget("grace")
            assert "1" == memory.renew("grace").etag

            storage.gates["ada"].open()
            assert "1" == waiting.result(DEADLINE_S).etag

    def test_nobody_waits_for_a_check_and_one_runs_at_a_time(self, memory, storage, clock):
        storage.etags["ada"] = "1"
        first = memory.get("ada")
        storage.etags["ada"] = "2"
        storage.gates["ada"] = Gate()
        for _ in range(3):
            clock.now += RECHECK_AFTER_S
            assert first is memory.get("ada")  # would not return if it waited
            assert first is memory.peek("ada")
        storage.gates["ada"].wait_for_the_first()
        assert ["ada"] == storage.checks

        storage.gates["ada"].open()
        settle()
        assert "2" == memory.peek("ada").etag

    def test_a_hundred_checks_leave_no_thread(self, memory, storage, clock):
        storage.etags["ada"] = "1"
        memory.get("ada")
        settle()
        before = threading.active_count()
        for _ in range(100):
            clock.now += RECHECK_AFTER_S
            memory.peek("ada")
            settle()

        assert before >= threading.active_count()
        assert 100 == len(storage.checks)


class TestRenew:
    def test_it_loads_at_once_however_short_ago_the_last_check_was(self, memory, storage):
        storage.etags["ada"] = "1"
        memory.get("ada")
        storage.etags["ada"] = "2"

        assert "2" == memory.renew("Ada").etag
        assert "2" == memory.peek("ada").etag

    def test_visitors_get_the_old_portfolio_until_the_new_one_is_there(self, memory, storage):
        storage.etags["ada"] = "1"
        first = memory.get("ada")
        storage.etags["ada"] = "2"
        storage.gates["ada"] = Gate()
        with ThreadPoolExecutor(1) as publisher:
            renewed = publisher.submit(memory.renew, "ada")
            storage.gates["ada"].wait_for_the_first()
            assert first is memory.get("ada")  # would not return if it waited
            storage.gates["ada"].open()

            assert renewed.result(DEADLINE_S) is memory.get("ada")
        assert "2" == memory.get("ada").etag

    def test_it_does_not_trust_a_load_that_began_before(self, memory, storage):
        storage.etags["ada"] = "1"
        storage.gates["ada"] = Gate()
        memory.peek("ada")
        storage.gates["ada"].wait_for_the_first()  # it has seen version 1
        storage.etags["ada"] = "2"
        with ThreadPoolExecutor(1) as publisher:
            renewed = publisher.submit(memory.renew, "ada")
            WatchedFuture.wait_for_waiters(1)
            storage.gates["ada"].open()

            assert "2" == renewed.result(DEADLINE_S).etag
        assert "2" == memory.peek("ada").etag

    def test_the_first_visitor_shares_it(self, memory, storage):
        storage.etags["ada"] = "1"
        storage.gates["ada"] = Gate()
        with ThreadPoolExecutor(2) as threads:
            renewed = threads.submit(memory.renew, "ada")
            storage.gates["ada"].wait_for_the_first()
            visitor = threads.submit(memory.get, "ada")
            WatchedFuture.wait_for_waiters(1)
            storage.gates["ada"].open()

            assert renewed.result(DEADLINE_S) is visitor.result(DEADLINE_S)
        assert ["ada"] == storage.loads

    def test_when_it_fails_the_portfolio_in_memory_stays(self, memory, storage):
        storage.etags["ada"] = "1"
        first = memory.get("ada")
        storage.error = DOWN

        with pytest.raises(CacheUnavailable):
            memory.renew("ada")

        assert first is memory.get("ada")


class TestForget:
    def test_a_running_load_does_not_bring_the_portfolio_back(self, memory, storage, clock):
        storage.etags["ada"] = "1"
        memory.get("ada")
        clock.now += RECHECK_AFTER_S
        storage.gates["ada"] = gate = Gate()
        memory.peek("ada")
        gate.wait_for_the_first()  # it has seen the portfolio

        del storage.etags["ada"], storage.gates["ada"]
        memory.forget("ada")
        assert memory.get("ada") is None  # does not share the load that began before
        gate.open()
        settle()

        assert memory.peek("ada") is None

    def test_what_is_not_in_memory_can_be_forgotten(self, memory):
        memory.forget("ada")

        assert memory.get("ada") is None


class Interleavings(RuleBasedStateMachine):
    """Loads that end at any moment, between publishing, deletions, outages and visits.

    A load that the memory starts sees the storage as it is then, and its result comes later.
    """

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.published: str | None = None
        self.versions = 0  # ever published
        self.is_down = False
        self.lives = 0  # how often the portfolio was deleted
        self.last_seen = 0  # the newest version that a visitor has seen in this life
        # Of each running load: its life, what it has seen, and the call that ends it.
        self.running: list[tuple[int, str | None, bool, Callable[[], object]]] = []
        self.seen: tuple[str | None, bool] | None = None
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr("cache.memory.start", self.start)
        self.memory = PortfolioMemory(
            check=self.load, load=self.load, recheck_after_s=RECHECK_AFTER_S, clock=self.clock
        )

    def start(self, call: Callable[[], object]) -> None:
        self.running.append((self.lives, self.published, self.is_down, call))

    def load(self, username: str, held: Portfolio | None) -> Portfolio | None:
        etag, is_down = self.seen or (self.published, self.is_down)
        if is_down:
            raise DOWN
        return held if held and held.etag == etag else (etag and version(etag)) or None

    def is_loading(self) -> bool:
        return any(life == self.lives for life, *_ in self.running)

    @rule()
    def publish(self) -> None:
        self.versions += 1
        self.published = str(self.versions)

    @rule()
    def delete(self) -> None:
        self.published = None
        self.memory.forget("ada")
        self.lives += 1
        self.last_seen = self.versions + 1  # nothing of the life before may be seen

    @rule()
    def storage_comes_or_goes(self) -> None:
        self.is_down = not self.is_down

    @rule()
    def time_passes(self) -> None:
        self.clock.now += RECHECK_AFTER_S

    @rule()
    def visit(self) -> None:
        portfolio = self.memory.peek("ada")
        if portfolio:
            assert self.last_seen <= int(portfolio.etag) <= self.versions
            self.last_seen = int(portfolio.etag)

    @precondition(lambda self: not self.is_loading())
    @rule()
    def renew(self) -> None:
        if self.is_down:
            with pytest.raises(CacheUnavailable):
                self.memory.renew("ada")
            return
        portfolio = self.memory.renew("ada")
        assert (portfolio and portfolio.etag) == self.published
        assert self.memory.peek("ada") is portfolio

    @precondition(lambda self: self.running)
    @rule(number=st.integers(0, 10))
    def a_load_ends(self, number: int) -> None:
        _, etag, is_down, call = self.running.pop(number % len(self.running))
        self.seen = (etag, is_down)
        call()
        self.seen = None

    @invariant()
    def one_load_runs_at_a_time(self) -> None:
        assert sum(life == self.lives for life, *_ in self.running) <= 1

    def teardown(self) -> None:
        """Once the storage answers, the memory shows what is published."""
        self.is_down = False
        for _ in range(2):
            while self.running:
                self.a_load_ends(0)
            self.time_passes()
            self.visit()
        while self.running:
            self.a_load_ends(0)
        portfolio = self.memory.peek("ada")
        self.patch.undo()
        assert (portfolio and portfolio.etag) == self.published


TestInterleavings = Interleavings.TestCase
TestInterleavings.settings = settings(max_examples=100, stateful_step_count=30, deadline=None)


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
        assert ["ada"] == self.loads

    def test_the_next_listing_replaces_it(self):
        memory = self.memory(self.listing("l1", "a"), self.listing("l2", "b"))
        memory.repositories("ada", "l1")

        assert {"b"} == set(memory.repositories("ada", "l2"))

    @pytest.mark.parametrize("stored", [None, "l2"], ids=["never-listed", "replaced"])
    def test_a_listing_that_is_not_stored_is_empty(self, stored):
        memory = self.memory(self.listing(stored, "b") if stored else None)

        assert {} == memory.repositories("ada", "l1")

    def test_a_batch_that_begins_together_loads_it_once(self, monkeypatch):
        monkeypatch.setattr("cache.threads.Future", WatchedFuture)
        monkeypatch.setattr(WatchedFuture, "waiters", Semaphore(0))
        gate = Gate()
        loads = []

        def load(username: str) -> Any:
            loads.append(username)
            gate.hold()
            return self.listing("l1", "a")

        memory = ListingMemory(load)
        with ThreadPoolExecutor(8) as fetches:
            answers = [fetches.submit(memory.repositories, "ada", "l1") for _ in range(8)]
            WatchedFuture.wait_for_waiters(7)
            gate.open()

            assert [{"a": listed("a")}] * 8 == [answer.result(DEADLINE_S) for answer in answers]
        assert ["ada"] == loads
