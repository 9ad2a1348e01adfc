"""Starting refreshes, and reading how far they are."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from errors import RefreshUnavailable
from models import (
    PUSH_ORCHESTRATOR,
    REFRESH_ORCHESTRATOR,
    RefreshHealth,
    iso_utc,
    new_progress,
)
from refresh_client import (
    CLOCK_SKEW,
    DEBOUNCE_WINDOW,
    MAX_START_ATTEMPTS,
    RETRY_PAUSES,
    next_try_at,
    postponed_until,
    read_progress,
    schedule_push_refresh,
    start_refresh,
)
from tests.unit.fakes import FakeDurableClient

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
INSTANCE = "portfolio-ada"


@pytest.fixture
def client() -> FakeDurableClient:
    return FakeDurableClient()


class TestStartRefresh:
    async def test_a_refresh_starts_under_the_portfolios_own_id(self, client):
        assert "started" == await start_refresh(client, "Ada")

        request = {"username": "Ada", "force": False, "changed": False}
        assert [(REFRESH_ORCHESTRATOR, INSTANCE, request)] == client.started

    async def test_the_options_travel_in_the_input(self, client):
        await start_refresh(client, "ada", force=True, changed=True)

        (_, _, request) = client.started[0]
        assert (True, True) == (request["force"], request["changed"])

    @pytest.mark.parametrize("status", ["Pending", "Running", "Suspended"])
    async def test_a_running_refresh_is_joined(self, client, status):
        client.has_instance(INSTANCE, status)

        assert "joined" == await start_refresh(client, "ada")
        assert [] == client.started

    @pytest.mark.parametrize("status", ["Completed", "Failed", "Terminated"])
    async def test_a_finished_refresh_is_followed_by_a_new_one(self, client, status):
        client.has_instance(INSTANCE, status)

        assert "started" == await start_refresh(client, "ada")

    async def test_a_refresh_that_ends_before_its_status_is_read_is_followed_by_a_new_one(
        self, client
    ):
        client.has_instance(INSTANCE, "Running")
        client.on_conflict = lambda: client.has_instance(INSTANCE, "Completed")

        assert "started" == await start_refresh(client, "ada")
        assert 2 == client.attempts

    async def test_a_host_that_refuses_every_start_is_unavailable(self, client, caplog):
        client.refusal = RuntimeError("http://localhost/orchestrators?code=system-key")

        with pytest.raises(RefreshUnavailable, match=r"`ada`.*try again in 10 seconds") as raised:
            await start_refresh(client, "ada")

        assert MAX_START_ATTEMPTS == client.attempts
        assert ("refresh_unavailable", 503, 10) == (
            raised.value.code,
            raised.value.status,
            raised.value.retry_after_s,
        )
        assert ['durable.unavailable {"username":"ada","error":"RuntimeError"}'] == caplog.messages

    async def test_only_a_start_is_logged(self, client, caplog):
        caplog.set_level("INFO")
        await start_refresh(client, "ada", force=True)
        await start_refresh(client, "ada")

        (record,) = caplog.records
        assert {"username": "ada", "force": True, "only_changed": False} == record.args


class TestSchedulePushRefresh:
    async def test_webhooks_of_one_window_share_an_orchestration(self, client):
        window_start = NOON - CLOCK_SKEW
        last_moment = window_start + DEBOUNCE_WINDOW - timedelta(milliseconds=1)
        # The window's end belongs to it, its start to the one before.
        for moment in (window_start + timedelta(milliseconds=1), NOON, last_moment):
            await schedule_push_refresh(client, "Ada", moment)

        ((orchestrator, instance, request),) = client.started
        assert (PUSH_ORCHESTRATOR, "Ada") == (orchestrator, request["username"])
        assert instance.startswith("webhooks-ada-")

    async def test_a_webhook_of_the_next_window_starts_another_one(self, client):
        await schedule_push_refresh(client, "ada", NOON)
        await schedule_push_refresh(client, "ada", NOON + DEBOUNCE_WINDOW)

        assert 2 == len({instance for _, instance, _ in client.started})

    async def test_portfolios_do_not_share_windows(self, client):
        await schedule_push_refresh(client, "ada", NOON)
        await schedule_push_refresh(client, "bob", NOON)

        assert 2 == len(client.started)

    @pytest.mark.parametrize("ms", range(0, 4_000, 250))
    async def test_the_refresh_starts_after_the_webhook_whose_clock_is_a_second_ahead(
        self, client, ms
    ):
        recorded_at = NOON + timedelta(milliseconds=ms)

        await schedule_push_refresh(client, "ada", recorded_at)

        (_, _, request) = client.started[0]
        collected_until = datetime.fromisoformat(request["collect_until"])
        wait = collected_until - recorded_at
        assert 2 * CLOCK_SKEW <= wait <= DEBOUNCE_WINDOW + 2 * CLOCK_SKEW

    async def test_a_host_that_refuses_the_start_is_unavailable(self, client):
        client.refusal = RuntimeError("the host is shutting down")

        with pytest.raises(RefreshUnavailable):
            await schedule_push_refresh(client, "ada", NOON)


@pytest.mark.parametrize(
    "ask",
    [
        lambda client: start_refresh(client, "ada"),
        lambda client: schedule_push_refresh(client, "ada", NOON),
        lambda client: read_progress(client, "ada"),
    ],
    ids=["start", "schedule", "progress"],
)
async def test_a_back_end_that_does_not_answer_is_not_waited_for(client, monkeypatch, ask):
    """The SDK itself would wait for 4 minutes."""

    async def hang(*_, **__):
        await asyncio.Event().wait()

    monkeypatch.setattr("refresh_client.DURABLE_TIMEOUT_S", 0.01)
    monkeypatch.setattr(client, "start_new", hang)
    monkeypatch.setattr(client, "get_status", hang)

    async with asyncio.timeout(5):
        with pytest.raises(RefreshUnavailable, match="Durable Functions does not answer"):
            await ask(client)


class TestPostponing:
    @pytest.mark.parametrize(
        ("failures", "minutes"), [(1, 1), (2, 5), (3, 15), (4, 60), (5, 60), (1_000_000, 60)]
    )
    def test_the_pauses_grow_up_to_an_hour(self, failures, minutes):
        assert NOON + timedelta(minutes=minutes) == next_try_at(failures, NOON)

    @pytest.mark.parametrize("next_try", [None, NOON, NOON - max(RETRY_PAUSES)])
    def test_once_the_pause_is_over_nothing_is_postponed(self, next_try):
        health = RefreshHealth(
            error=None,
            failures=1,
            next_try_at=iso_utc(next_try) if next_try else None,
            token_expires_at=None,
        )

        assert postponed_until(health, NOON) is None

    def test_without_a_record_nothing_is_postponed(self):
        assert postponed_until(None, NOON) is None


class TestReadProgress:
    async def test_before_the_first_refresh_it_is_idle(self, client):
        assert new_progress() == await read_progress(client, "ada")

    @pytest.mark.parametrize("status", ["Pending", "Running", "Suspended"])
    async def test_a_refresh_that_has_reported_nothing_yet_is_queued(self, client, status):
        client.has_instance(INSTANCE, status)

        assert {
            **new_progress(),
            "state": "queued",
            "started_at": "2026-01-02T03:00:00Z",
        } == await read_progress(client, "ADA")

    @pytest.mark.parametrize("state", ["running", "waiting"])
    async def test_a_running_refresh_shows_what_it_reports(self, client, state):
        reported = {
            "state": state,
            "total": 9,
            "done": 3,
            "started_at": "2026-01-02T03:00:01Z",
            "finished_at": None,
            "waiting_until": "2026-01-02T03:05:00Z",
        }
        client.has_instance(INSTANCE, "Running", customStatus=reported)

        assert {**new_progress(), **reported} == await read_progress(client, "ada")

    async def test_what_is_no_part_of_the_progress_is_not_shown(self, client):
        client.has_instance(INSTANCE, "Running", customStatus={"secret": "s"})

        assert "secret" not in await read_progress(client, "ada")

    @pytest.mark.parametrize("custom_status", [None, "text", 7, []])
    async def test_a_status_that_is_not_ours_is_ignored(self, client, custom_status):
        client.has_instance(INSTANCE, "Running", customStatus=custom_status)

        assert "queued" == (await read_progress(client, "ada"))["state"]

    async def test_a_completed_refresh_is_completed_whatever_it_reported_last(self, client):
        reported = {"state": "running", "done": 9, "finished_at": "2026-01-02T03:01:00Z"}
        client.has_instance(INSTANCE, "Completed", customStatus=reported)

        progress = await read_progress(client, "ada")

        assert ("completed", 9, "2026-01-02T03:01:00Z") == (
            progress["state"],
            progress["done"],
            progress["finished_at"],
        )
        assert "error" not in progress

    @pytest.mark.parametrize("status", ["Failed", "Terminated"])
    async def test_a_refresh_that_could_not_report_its_end_has_failed(self, client, status):
        client.has_instance(INSTANCE, status, customStatus={"state": "running", "done": 3})

        progress = await read_progress(client, "ada")

        assert ("failed", 3, "refresh_failed") == (
            progress["state"],
            progress["done"],
            progress["error"]["code"],
        )
        assert ("2026-01-02T03:00:00Z", "2026-01-02T03:01:00Z") == (
            progress["started_at"],
            progress["finished_at"],
        )

    async def test_a_failed_refresh_shows_the_reason_that_it_reported(self, client):
        error = {"code": "bad_credentials", "message": "GitHub refuses `GITHUB_TOKEN`; renew it"}
        reported = {"state": "failed", "error": error, "finished_at": "2026-01-02T03:00:59Z"}
        client.has_instance(INSTANCE, "Failed", customStatus=reported)

        progress = await read_progress(client, "ada")

        assert (error, "2026-01-02T03:00:59Z") == (progress["error"], progress["finished_at"])

    async def test_without_times_from_the_host_there_are_none(self, client):
        client.has_instance(INSTANCE, "Failed", createdTime=None, lastUpdatedTime=None)

        progress = await read_progress(client, "ada")

        assert (None, None) == (progress["started_at"], progress["finished_at"])

    async def test_times_are_in_utc(self, client):
        client.has_instance(INSTANCE, "Running", createdTime="2026-01-02T05:00:00+02:00")

        assert "2026-01-02T03:00:00Z" == (await read_progress(client, "ada"))["started_at"]


def test_a_moment_is_written_in_utc():
    assert "2026-01-02T12:00:00Z" == iso_utc(NOON)
