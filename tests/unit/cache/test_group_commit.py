"""Rows of several threads share a write."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest

from cache.group_commit import GroupCommit
from errors import CacheUnavailable


class Storage:
    """Stores rows; a write waits until a test lets it go on."""

    def __init__(self) -> None:
        self.writes: list[list[str]] = []
        self.begun = Event()
        self.go_on = Event()
        self.error: Exception | None = None

    def write(self, rows: Sequence[dict[str, Any]]) -> None:
        self.writes.append([row["RowKey"] for row in rows])
        self.begun.set()
        assert self.go_on.wait(30)
        if self.error:
            raise self.error


def row(key: str, username: str = "ada") -> dict[str, Any]:
    return {"PartitionKey": username, "RowKey": key}


@pytest.fixture
def storage() -> Storage:
    return Storage()


@pytest.fixture
def commit(storage) -> GroupCommit:
    return GroupCommit(storage.write)


def save_while_the_first_is_written(
    commit: GroupCommit, storage: Storage, *rows: dict[str, Any]
) -> list[Future[None]]:
    """Save a row `a`, and these once its write has begun; return all results when they are there."""
    with ThreadPoolExecutor(1 + len(rows)) as threads:
        saves = [threads.submit(commit.save, row("a"))]
        assert storage.begun.wait(30)
        saves += [threads.submit(commit.save, each) for each in rows]
        while len(commit._waiting) < len({each["RowKey"] for each in rows}):
            pass
        storage.go_on.set()
    return saves


def test_a_row_alone_is_written_at_once(commit, storage):
    storage.go_on.set()

    commit.save(row("a"))
    commit.save(row("b"))

    assert [["a"], ["b"]] == storage.writes


def test_rows_that_come_during_a_write_share_the_next_one(commit, storage):
    saves = save_while_the_first_is_written(commit, storage, row("b"), row("c"), row("d"))

    assert [None] * 4 == [save.result() for save in saves]
    first, second = storage.writes
    assert (["a"], {"b", "c", "d"}) == (first, set(second))


def test_of_one_row_saved_twice_the_last_is_written(commit, storage):
    saves = save_while_the_first_is_written(commit, storage, row("b"), row("b"))

    assert [None] * 3 == [save.result() for save in saves]
    assert [["a"], ["b"]] == storage.writes


def test_rows_of_two_partitions_are_written_apart(commit, storage):
    save_while_the_first_is_written(commit, storage, row("b"), row("c", "bob"))

    assert [["a"], ["b"], ["c"]] == sorted(storage.writes)


def test_a_write_that_fails_fails_for_everyone_in_it_and_the_next_is_tried(commit, storage):
    storage.error = CacheUnavailable("down")
    saves = save_while_the_first_is_written(commit, storage, row("b"), row("c"))

    assert [CacheUnavailable] * 3 == [type(save.exception()) for save in saves]
    storage.error = None
    commit.save(row("d"))
    assert ["d"] == storage.writes[-1]
