"""When the next batch may start."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from models import no_usage
from orchestrators.pace import Pace
from tests.unit.fakes import NOW


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def end_batch(pace: Pace, seconds: float, requests: int, queries: int = 0, size: int = 10) -> None:
    pace.ended(size, {**no_usage(), "requests": requests, "queries": queries}, at(seconds))


def test_the_first_batch_need_not_wait():
    assert at(0) == Pace(10, expected=5).next_start(100, at(0))


def test_within_the_allowance_batches_follow_each_other():
    pace = Pace(100, expected=5)
    end_batch(pace, 5, requests=50)

    assert at(5) == pace.next_start(10, at(5))


def test_a_batch_waits_until_a_minute_after_the_batch_whose_requests_leave_too_few():
    pace = Pace(100, expected=5)
    end_batch(pace, 5, requests=50)
    end_batch(pace, 20, requests=40)

    assert at(65) == pace.next_start(10, at(21))  # 40 + 40 fit once the first 50 are forgotten
    assert at(80) == pace.next_start(25, at(21))  # 100 fit once all are forgotten


def test_a_repository_is_expected_to_take_what_the_last_batch_took():
    pace = Pace(100, expected=5)
    end_batch(pace, 5, requests=20)

    assert at(6) == pace.next_start(40, at(6))
    assert at(65) == pace.next_start(41, at(6))


def test_a_repository_is_expected_to_take_at_least_one_request():
    pace = Pace(100, expected=5)
    end_batch(pace, 5, requests=1)

    assert at(6) == pace.next_start(99, at(6))
    assert at(65) == pace.next_start(100, at(6))


def test_the_api_that_is_used_more_decides():
    pace = Pace(100, expected=5)
    end_batch(pace, 5, requests=10, queries=90)

    assert at(65) == pace.next_start(10, at(6))


def test_a_batch_larger_than_the_allowance_waits_until_nothing_was_sent_for_a_minute():
    pace = Pace(10, expected=5)
    end_batch(pace, 5, requests=50)

    assert at(65) == pace.next_start(10, at(6))


def test_a_pause_of_a_minute_for_another_reason_counts_too():
    pace = Pace(50, expected=5)
    end_batch(pace, 5, requests=50)

    assert at(65) == pace.next_start(10, at(65))


def test_without_pacing_no_batch_waits():
    pace = Pace(0, expected=5)
    end_batch(pace, 5, requests=10_000)

    assert at(6) == pace.next_start(100, at(6))


@given(
    per_minute=st.integers(20, 200),
    batches=st.lists(st.tuples(st.integers(1, 20), st.integers(0, 30)), min_size=2, max_size=12),
)
def test_in_no_minute_more_requests_are_sent_than_allowed(per_minute, batches):
    """Every repository takes exactly one request, as expected; `batches`: size, duration in s."""
    pace = Pace(per_minute, expected=1)
    now, sent = at(0), []
    for size, duration_s in batches:
        start = pace.next_start(size, now)
        assert now <= start <= now + timedelta(minutes=1)
        now = start + timedelta(seconds=duration_s)
        pace.ended(size, {**no_usage(), "requests": size}, now)
        sent.append((now, size))

    for end, _ in sent:
        minute = [size for moment, size in sent if end <= moment < end + timedelta(minutes=1)]
        assert sum(minute) <= per_minute
