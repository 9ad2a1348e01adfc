"""What the timer does."""

from __future__ import annotations

from datetime import UTC, datetime

import azure.durable_functions as df
import pytest

from schedule import RECORD_RETENTION, purge_records, refresh_all, trigger_schedule
from tests.unit.fakes import NOW, FakeDurableClient


async def test_every_portfolio_is_refreshed_unless_it_is_already(caplog):
    caplog.set_level("INFO")
    client = FakeDurableClient()
    client.has_instance("portfolio-bob", "Running")

    await refresh_all(client, ["Ada", "bob", "eve"], past_due=True)

    assert ["portfolio-ada", "portfolio-eve"] == [instance for _, instance, _ in client.started]
    events = [record.args for record in caplog.records if record.msg == "refresh.scheduled %s"]
    assert [
        {"username": "Ada", "result": "started", "past_due": True},
        {"username": "bob", "result": "joined", "past_due": True},
        {"username": "eve", "result": "started", "past_due": True},
    ] == events


async def test_a_portfolio_whose_refresh_cannot_be_started_does_not_stop_the_others(
    caplog, monkeypatch
):
    caplog.set_level("INFO")
    client = FakeDurableClient()
    start_new = client.start_new

    async def refuse_ada(orchestrator, instance, request):
        if instance == "portfolio-ada":
            raise OSError("connection refused")
        return await start_new(orchestrator, instance, request)

    monkeypatch.setattr(client, "start_new", refuse_ada)

    await refresh_all(client, ["Ada", "bob"], past_due=False)

    assert ["portfolio-bob"] == [instance for _, instance, _ in client.started]
    events = [record.args for record in caplog.records if record.msg == "refresh.scheduled %s"]
    assert ["unavailable", "started"] == [event["result"] for event in events]


async def test_only_finished_records_that_are_old_enough_are_deleted(caplog):
    caplog.set_level("INFO")
    client = FakeDurableClient()

    await purge_records(client, NOW)

    status = df.OrchestrationRuntimeStatus
    assert {
        "created_time_from": datetime(2000, 1, 1, tzinfo=UTC),
        "created_time_to": NOW - RECORD_RETENTION,
        "runtime_status": [status.Completed, status.Failed, status.Terminated],
    } == client.purged
    assert ("records.purged %s", {"instances": 3}) == (
        caplog.records[-1].msg,
        caplog.records[-1].args,
    )


@pytest.mark.parametrize(
    ("env", "expected"),
    [
        pytest.param({}, "0 0 */6 * * *", id="not-set"),
        pytest.param({"REFRESH_SCHEDULE": " "}, "0 0 */6 * * *", id="empty"),
        pytest.param({"REFRESH_SCHEDULE": "0 0 4 * * *"}, "%REFRESH_SCHEDULE%", id="set"),
    ],
)
def test_the_timer_fires_without_the_setting_too(env, expected):
    assert expected == trigger_schedule(env)
