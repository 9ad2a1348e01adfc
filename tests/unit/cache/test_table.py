"""Transactions, and what the storage's errors mean. tests/integration uses a real table."""

from __future__ import annotations

from typing import Any

import pytest
from azure.core.exceptions import ServiceRequestError

from cache.table import (
    MAX_TRANSACTION_BYTES,
    MAX_TRANSACTION_ROWS,
    Table,
    transactions,
    translated,
    value_of,
)
from errors import CacheConflict, CacheUnavailable
from tests.unit.cache.storage import MemoryTable, refusal


def rows(count: int, value_bytes: int = 10) -> list[dict[str, Any]]:
    return [{"RowKey": f"r{number}", "v00": b"x" * value_bytes} for number in range(count)]


class TestTransactions:
    def test_no_rows_are_no_transaction(self):
        assert [] == list(transactions([]))

    @pytest.mark.parametrize(
        ("count", "sizes"), [(1, [1]), (100, [100]), (101, [100, 1]), (250, [100, 100, 50])]
    )
    def test_a_transaction_has_at_most_a_hundred_rows(self, count, sizes):
        assert sizes == [len(transaction) for transaction in transactions(rows(count))]

    def test_a_transaction_is_small_enough_as_base64(self):
        large = rows(10, value_bytes=800_000)

        split = list(transactions(large))

        assert large == [row for transaction in split for row in transaction]
        for transaction in split:
            sent = sum(len(row["v00"]) * 4 // 3 for row in transaction)
            assert sent <= MAX_TRANSACTION_BYTES
        assert len(split) < len(large)

    def test_a_row_larger_than_a_transaction_should_be_goes_alone(self):
        small, large = rows(1), rows(1, value_bytes=MAX_TRANSACTION_BYTES)

        assert [small, large, small] == list(transactions([*small, *large, *small]))

    def test_the_limit_is_the_services(self):
        assert MAX_TRANSACTION_ROWS == 100


class TestErrors:
    @pytest.mark.parametrize("status", [409, 412])
    def test_a_condition_that_does_not_hold_is_a_conflict(self, status):
        with pytest.raises(CacheConflict), translated():
            raise refusal(status)

    @pytest.mark.parametrize("status", [403, 404, 500, 503])
    def test_any_other_refusal_is_unavailable_and_named(self, status):
        with pytest.raises(CacheUnavailable, match=f"answers {status}"), translated():
            raise refusal(status)

    def test_no_answer_is_unavailable(self):
        with pytest.raises(CacheUnavailable, match="does not answer"), translated():
            raise ServiceRequestError("connection refused")

    def test_without_an_error_nothing_happens(self):
        with translated():
            pass


class TestDelete:
    def test_rows_that_another_process_deletes_at_the_same_time_are_no_error(self):
        client = MemoryTable()
        table = Table(client)
        rows: list[dict[str, Any]] = [{"PartitionKey": "ada", "RowKey": key} for key in "abc"]
        for row in rows:
            table.put(row)
        del client.rows["ada", "b"]

        table.delete(rows)

        assert {} == client.rows

    def test_another_refusal_is_an_error(self):
        client = MemoryTable()
        client.is_down = True

        with pytest.raises(CacheUnavailable):
            Table(client).delete([{"PartitionKey": "ada", "RowKey": "a"}])

        def refuse(username: str, operation: str) -> None:
            raise refusal(500)

        client.is_down, client.before = False, refuse
        with pytest.raises(CacheUnavailable, match="answers 500"):
            Table(client).delete([{"PartitionKey": "ada", "RowKey": "a"}])


def test_a_corrupt_value_is_none_and_logged(caplog):
    assert value_of({"RowKey": "repo:a@1", "v00": b"rubbish"}) is None

    (record,) = caplog.records
    assert ("cache.row_corrupt %s", "repo:a@1") == (record.msg, record.args["row"])
