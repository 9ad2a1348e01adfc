"""Requests at the same time, and the error of several that counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import get_ident
from typing import Any

import pytest

from errors import GitHubUnavailable, RateLimited, RepositoryUnavailable
from github_api.parallel import run_all

LIMITED = RateLimited("limit", reset_at=None)
DOWN = GitHubUnavailable("unreachable", "down")
GONE = RepositoryUnavailable("gone", "deleted")


@pytest.fixture
def executor() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as executor:
        yield executor


def raising(error: Exception) -> Callable[[], Any]:
    def task() -> Any:
        raise error

    return task


def test_results_keep_their_order_and_the_last_task_runs_here(executor):
    first, second, own = run_all(executor, lambda: 1, lambda: 2, get_ident)

    assert (1, 2, get_ident()) == (first, second, own)


def test_no_task_has_no_result(executor):
    assert [] == run_all(executor)


@pytest.mark.parametrize(
    ("errors", "raised_error"),
    [
        ([GONE, DOWN, LIMITED], LIMITED),
        ([LIMITED, GONE, DOWN], LIMITED),
        ([GONE, DOWN], DOWN),
        ([DOWN, GONE], DOWN),
        ([GONE, ZeroDivisionError()], ZeroDivisionError),
    ],
)
def test_the_error_that_affects_the_most_is_raised(executor, errors, raised_error):
    kind = raised_error if isinstance(raised_error, type) else type(raised_error)

    with pytest.raises(kind) as raised:
        run_all(executor, *map(raising, errors))

    assert raised_error in (raised.value, kind)


def test_all_others_are_waited_for_when_one_fails(executor):
    finished = []

    with pytest.raises(GitHubUnavailable):
        run_all(executor, lambda: finished.append(1), lambda: finished.append(2), raising(DOWN))

    assert [1, 2] == sorted(finished)


def test_what_nobody_expected_is_not_hidden(executor):
    with pytest.raises(ZeroDivisionError):
        run_all(executor, raising(ZeroDivisionError()), lambda: 1)
