"""The ids that tasks get, and how retries are scheduled."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from localhost.durable import events
from localhost.durable.events import Event
from localhost.durable.ledger import CannotSchedule, TaskLedger
from localhost.durable.sdk import ActionType, HistoryEventType

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
A_SECOND_LATER = "2026-01-31T12:00:01.000000Z"
EVENT = {"actionType": ActionType.WAIT_FOR_EXTERNAL_EVENT}


def call(name: str) -> dict[str, Any]:
    return {"actionType": ActionType.CALL_ACTIVITY, "functionName": name, "input": "1"}


def retried(name: str, attempts: int) -> dict[str, Any]:
    return {
        **call(name),
        "actionType": ActionType.CALL_ACTIVITY_WITH_RETRY,
        "retryOptions": {
            "firstRetryIntervalInMilliseconds": 1000,
            "maxNumberOfAttempts": attempts,
        },
    }


def child(name: str, child_id: str | None) -> dict[str, Any]:
    action = {**call(name), "actionType": ActionType.CALL_SUB_ORCHESTRATOR}
    return {**action, "instanceId": child_id}


def timer(*, canceled: bool = False) -> dict[str, Any]:
    return {
        "actionType": ActionType.CREATE_TIMER,
        "fireAt": A_SECOND_LATER,
        "isCanceled": canceled,
    }


def schedule(
    ledger: TaskLedger, *actions: dict[str, Any], history: tuple[Event, ...] = ()
) -> list[tuple[str, int]]:
    """Schedule what is new among the actions; return the name and the id of each."""
    return named(ledger.schedule_new(actions, NOW, lambda: history))


def retry(ledger: TaskLedger, event: Event, *actions: dict[str, Any]) -> list[tuple[str, int]]:
    return named(ledger.schedule_retries([event], actions, NOW))


def named(scheduled: list[Event]) -> list[tuple[str, int]]:
    return [(event.get("Name", "a timer"), event["EventId"]) for event in scheduled]


class TestIds:
    def test_tasks_are_numbered_in_the_order_of_their_actions(self):
        ledger = TaskLedger()

        assert [("a", 0), ("a timer", 1), ("b", 2)] == schedule(
            ledger, call("a"), timer(), child("b", None)
        )

    def test_only_new_actions_are_scheduled(self):
        ledger = TaskLedger()
        schedule(ledger, call("a"))

        assert [("b", 1)] == schedule(ledger, call("a"), call("b"))
        assert [] == schedule(ledger, call("a"), call("b"))

    def test_an_external_event_takes_no_id(self):
        assert [("a", 0), ("b", 1)] == schedule(TaskLedger(), call("a"), EVENT, call("b"))

    def test_the_events_carry_what_the_actions_ask_for(self):
        ledger = TaskLedger()

        activity, waiting, sub = ledger.schedule_new(
            [call("a"), timer(), child("b", "its-id")], NOW, list
        )

        assert (HistoryEventType.TASK_SCHEDULED, "1") == (activity["EventType"], activity["Input"])
        assert A_SECOND_LATER == waiting["FireAt"]
        assert "its-id" == sub["InstanceId"]

    def test_a_stored_ledger_continues_with_the_same_ids(self):
        ledger = TaskLedger()
        actions = [retried("a", 3), timer(canceled=True), EVENT]
        schedule(ledger, *actions)

        loaded = TaskLedger.from_json(ledger.to_json())

        failed = events.task_failed(0, "no", NOW)
        assert retry(ledger, failed, *actions) == retry(loaded, failed, *actions)
        assert schedule(ledger, *actions, call("b")) == schedule(loaded, *actions, call("b"))
        assert [1] == loaded.canceled_timers(actions)

    def test_an_empty_object_is_the_ledger_of_a_new_execution(self):
        assert TaskLedger() == TaskLedger.from_json("{}")


class TestRetries:
    def test_attempts_and_timers_alternate_and_a_timer_follows_the_last_attempt(self):
        ledger, action = TaskLedger(), retried("a", 2)
        assert [("a", 0)] == schedule(ledger, action)

        assert [("a timer", 1)] == retry(ledger, events.task_failed(0, "no", NOW), action)
        assert [("a", 2)] == retry(ledger, events.timer_fired(1, A_SECOND_LATER, NOW), action)
        assert [("a timer", 3)] == retry(ledger, events.task_failed(2, "no", NOW), action)
        assert [] == retry(ledger, events.timer_fired(3, A_SECOND_LATER, NOW), action)

    def test_the_timer_fires_after_the_retry_interval(self):
        ledger, action = TaskLedger(), retried("a", 2)
        schedule(ledger, action)

        (created,) = ledger.schedule_retries([events.task_failed(0, "no", NOW)], [action], NOW)

        assert A_SECOND_LATER == created["FireAt"]

    def test_a_success_ends_the_retries(self):
        ledger, action = TaskLedger(), retried("a", 2)
        schedule(ledger, action)

        assert [] == retry(ledger, events.task_completed(0, "1", NOW), action)

    def test_a_failure_without_retry_options_schedules_nothing(self):
        ledger = TaskLedger()
        schedule(ledger, call("a"))

        assert [] == retry(ledger, events.task_failed(0, "no", NOW), call("a"))

    def test_steps_of_retries_are_sorted_before_events_that_resume_user_code(self):
        ledger = TaskLedger()
        schedule(ledger, call("plain"), retried("a", 2))
        completed = events.task_completed(0, "1", NOW)
        raised = events.event_raised("x", "1", NOW)
        failed = events.task_failed(1, "no", NOW)

        assert [failed, completed, raised] == ledger.retry_steps_first([completed, raised, failed])


class TestRefusals:
    @pytest.mark.parametrize(
        ("kind", "message"),
        [
            (ActionType.CALL_ENTITY, "Entities are not supported by this host"),
            (ActionType.SIGNAL_ENTITY, "Entities are not supported by this host"),
            (ActionType.CALL_HTTP, "call_http is not supported by this host"),
            (99, "Actions of type 99 are not supported by this host"),
        ],
    )
    def test_an_unsupported_action_is_named(self, kind, message):
        with pytest.raises(CannotSchedule, match=message):
            schedule(TaskLedger(), {"actionType": kind})

    @pytest.mark.parametrize(
        ("replayed", "message"),
        [
            ([call("b")], "task 0 was 'a' when it ran and is 'b' in the replay"),
            ([timer()], "task 0 was 'a' when it ran and is 'a timer' in the replay"),
            ([EVENT], "task 0 was 'a' when it ran and is 'an event' in the replay"),
            ([], "task 0 was 'a' when it ran and is 'nothing' in the replay"),
            ([retried("a", 2)], "the kinds of its tasks have changed since they ran"),
        ],
    )
    def test_an_orchestrator_that_changed_its_mind_is_told_what_changed(self, replayed, message):
        ledger = TaskLedger()
        recorded = ledger.schedule_new([call("a")], NOW, list)

        with pytest.raises(CannotSchedule, match=f"Non-Deterministic workflow detected: {message}"):
            schedule(ledger, *replayed, history=tuple(recorded))


class TestCancellation:
    def test_cancelled_timers_are_known_by_their_ids(self):
        ledger = TaskLedger()
        schedule(ledger, call("a"), timer(), timer())

        assert [] == ledger.canceled_timers([call("a"), timer(), timer()])
        assert [2] == ledger.canceled_timers([call("a"), timer(), timer(canceled=True)])
