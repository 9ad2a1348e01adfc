"""Calls on threads of their own."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from threading import Semaphore

import pytest

from cache.threads import SharedCalls, call_each, start
from tests.unit.cache.storage import DEADLINE_S, Gate, WatchedFuture


class TestStart:
    def test_a_call_runs_on_a_thread_that_does_not_keep_the_process_alive(self):
        thread = start(threading.current_thread).result(DEADLINE_S)

        assert thread is not threading.current_thread()
        assert thread.daemon

    def test_an_error_reaches_whoever_waits(self):
        with pytest.raises(ZeroDivisionError):
            start(lambda: 1 / 0).result(DEADLINE_S)


class TestCallEach:
    @pytest.mark.parametrize("threads", [1, 2, 3, 8])
    @pytest.mark.parametrize("count", [0, 1, 7, 8])
    def test_results_have_the_order_of_the_items(self, threads, count):
        assert [10 * item for item in range(count)] == call_each(
            lambda item: 10 * item, range(count), threads=threads
        )

    def test_calls_run_side_by_side(self):
        together = threading.Barrier(3)

        call_each(lambda item: together.wait(DEADLINE_S), range(3), threads=3)

    def test_an_error_is_raised(self):
        with pytest.raises(ZeroDivisionError):
            call_each(lambda item: 1 / item, [1, 0], threads=2)


class TestSharedCalls:
    def test_who_comes_during_a_call_shares_it(self, monkeypatch):
        monkeypatch.setattr("cache.threads.Future", WatchedFuture)
        monkeypatch.setattr(WatchedFuture, "waiters", Semaphore(0))
        calls: SharedCalls[str] = SharedCalls()
        gate = Gate()

        def call() -> str:
            gate.hold()
            return "shared"

        with ThreadPoolExecutor(3) as callers:
            answers = [callers.submit(calls.run, "a", call)]
            gate.wait_for_the_first()
            answers += [callers.submit(calls.run, "a", lambda: "another") for _ in range(2)]
            WatchedFuture.wait_for_waiters(2)
            assert "of b" == calls.run("b", lambda: "of b")  # would not return if it waited
            gate.open()

            assert ["shared"] * 3 == [answer.result(DEADLINE_S) for answer in answers]
        assert "later" == calls.run("a", lambda: "later")

    def test_an_error_is_shared_and_forgotten(self):
        calls: SharedCalls[int] = SharedCalls()

        with pytest.raises(ZeroDivisionError):
            calls.run("a", lambda: 1 // 0)
        assert 1 == calls.run("a", lambda: 1)
