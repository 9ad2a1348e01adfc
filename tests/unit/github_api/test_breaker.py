"""What keeps failing is left alone for a while."""

from __future__ import annotations

from datetime import timedelta

import pytest

from github_api.breaker import MAX_FAILURES, PAUSE, Breaker


@pytest.fixture
def breaker(clock) -> Breaker:
    return Breaker(clock)


def break_it(breaker: Breaker) -> None:
    for _ in range(MAX_FAILURES):
        breaker.failed()


def test_the_third_failure_in_a_row_begins_a_pause(breaker):
    for _ in range(MAX_FAILURES - 1):
        breaker.failed()
    assert breaker.allows()

    breaker.failed()

    assert not breaker.allows()


def test_a_success_between_failures_starts_the_count_again(breaker):
    for _ in range(MAX_FAILURES):
        breaker.failed()
        breaker.succeeded()

    assert breaker.allows()


def test_after_the_pause_one_caller_finds_out_for_all(breaker, clock):
    break_it(breaker)
    clock.now += PAUSE

    assert [True, False, False] == [breaker.allows() for _ in range(3)]

    breaker.succeeded()
    assert breaker.allows()


def test_a_failure_of_that_caller_begins_another_pause(breaker, clock):
    break_it(breaker)
    clock.now += PAUSE
    assert breaker.allows()
    clock.now += timedelta(minutes=1)
    breaker.failed()

    clock.now += PAUSE - timedelta(seconds=1)
    assert not breaker.allows()
    clock.now += timedelta(seconds=1)
    assert breaker.allows()


def test_if_that_caller_reports_nothing_another_one_tries_later(breaker, clock):
    break_it(breaker)
    clock.now += PAUSE
    assert breaker.allows()

    clock.now += PAUSE

    assert breaker.allows()


def test_a_pause_can_begin_at_once_and_last_longer(breaker, clock):
    breaker.pause(timedelta(hours=1))

    clock.now += timedelta(minutes=59)
    assert not breaker.allows()
    clock.now += timedelta(minutes=1)
    assert breaker.allows()
