"""How many batches may start in a minute."""

from __future__ import annotations

from datetime import timedelta

from orchestrators.pace import Pace
from tests.unit.fakes import NOW


def at(seconds: float):
    return NOW + timedelta(seconds=seconds)


def run_batch(pace: Pace, start: float, end: float) -> None:
    pace.started(at(start))
    pace.ended(at(end))


def test_the_first_batch_need_not_wait():
    assert at(0) == Pace(1).next_start(at(0))


def test_within_the_allowance_batches_follow_each_other():
    pace = Pace(2)
    run_batch(pace, 0, 5)

    assert at(5) == pace.next_start(at(5))


def test_the_next_batch_waits_a_minute_from_the_end_of_the_one_that_used_up_the_allowance():
    pace = Pace(2)
    run_batch(pace, 0, 5)
    run_batch(pace, 5, 20)

    assert at(80) == pace.next_start(at(21))


def test_after_the_minute_the_allowance_is_whole_again():
    pace = Pace(2)
    run_batch(pace, 0, 5)
    run_batch(pace, 5, 20)
    run_batch(pace, 80, 85)

    assert at(85) == pace.next_start(at(85))
    run_batch(pace, 85, 90)
    assert at(150) == pace.next_start(at(90))


def test_a_pause_of_a_minute_for_another_reason_counts_too():
    pace = Pace(2)
    run_batch(pace, 0, 5)
    run_batch(pace, 65, 70)

    assert at(70) == pace.next_start(at(70))


def test_a_pause_of_less_than_a_minute_does_not():
    pace = Pace(2)
    run_batch(pace, 0, 5)
    run_batch(pace, 64, 70)

    assert at(130) == pace.next_start(at(70))


def test_without_pacing_no_batch_waits():
    pace = Pace(0)
    for second in range(100):
        assert at(second) == pace.next_start(at(second))
        run_batch(pace, second, second + 1)
