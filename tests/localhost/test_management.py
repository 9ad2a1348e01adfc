"""The HTTP management API of the Durable extension.

https://learn.microsoft.com/azure/azure-functions/durable/durable-functions-http-api
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.localhost.support import LONG_S, run
from tools.host_process import KEYS, WEBHOOKS, HostProcess, http, wait_for

pytestmark = pytest.mark.server

WAIT = "timeout=60&pollingInterval=0.05"


def start_approval(host: HostProcess, instance_id: str) -> None:
    """Start an orchestration that waits for the event `answer`."""
    assert 202 == host.post(f"/api/start/approval/{instance_id}", LONG_S).status


def history(host: HostProcess, instance_id: str, query: str = "") -> list[dict[str, Any]]:
    """Return the history events in the status of an instance."""
    status = host.instance(instance_id, f"?showHistory=true{query}")
    entries: list[dict[str, Any]] = status["historyEvents"]
    return entries


@pytest.fixture(scope="module")
def started(host) -> datetime:
    """Start two instances; return a time before that."""
    before = datetime.now(UTC) - timedelta(seconds=1)
    for instance_id in ("filter-b", "filter-a"):
        start_approval(host, instance_id)
    wait_for(lambda: host.instance("filter-a")["runtimeStatus"] == "Running", "start")
    return before


class TestStart:
    def test_the_response_has_the_urls_to_watch_and_control_the_instance(self, host):
        reply = host.steer("/orchestrators/chain/where", 1)

        assert (202, "10") == (reply.status, reply.headers["retry-after"])
        assert reply.json["statusQueryGetUri"] == reply.headers["location"]
        assert {
            *("id", "statusQueryGetUri", "sendEventPostUri", "terminatePostUri", "suspendPostUri"),
            *("resumePostUri", "restartPostUri", "purgeHistoryDeleteUri"),
        } == set(reply.json)
        assert "where" == reply.json["id"]

    def test_a_caller_may_wait_for_the_output(self, host):
        # JSON inside a JSON string: the SDK refuses an input that is a bare number.
        reply = host.steer(f"/orchestrators/chain?{WAIT}", "5")

        assert (200, 20) == (reply.status, reply.json)

    def test_a_caller_who_waits_for_a_failure_gets_500_and_the_status(self, host):
        reply = host.steer(f"/orchestrators/gives_up?{WAIT}")

        assert (500, "Failed") == (reply.status, reply.json["runtimeStatus"])

    def test_a_caller_whose_wait_times_out_gets_the_urls(self, host):
        path = "/orchestrators/approval/vain?timeout=0.1&pollingInterval=0.05"
        reply = host.steer(path, str(LONG_S))

        assert (202, "vain") == (reply.status, reply.json["id"])

    def test_a_wrong_timeout_is_named_and_nothing_is_started(self, host):
        reply = host.steer("/orchestrators/chain/untimed?timeout=soon", "5")

        assert (400, "`timeout` is 'soon'; expected a number, 0 or more") == (
            reply.status,
            reply.json["Message"],
        )
        assert 404 == host.management("/instances/untimed").status

    def test_the_sdk_refuses_a_bare_list_as_input(self, host):
        assert 202 == host.steer("/orchestrators/chain/listed", [1, 2]).status

        status = host.wait_for_end("listed")
        assert ("Failed", [1, 2]) == (status["runtimeStatus"], status["input"])

    @pytest.mark.parametrize("body", [b"{odd", b"\xff"])
    def test_a_body_that_is_not_json_is_refused_and_nothing_is_started(self, host, body):
        reply = host.post(
            f"{WEBHOOKS}/orchestrators/chain/odd", raw=body, x_functions_key=KEYS["SYSTEM"]
        )

        assert 400 == reply.status
        assert reply.json["Message"]
        assert 404 == host.management("/instances/odd").status

    def test_the_id_of_a_running_instance_is_refused_and_that_of_an_ended_one_is_not(self, host):
        start_approval(host, "twice")
        refused = host.steer("/orchestrators/chain/twice", "1")
        host.steer("/instances/twice/terminate")

        accepted = host.steer("/orchestrators/chain/twice", "1")

        assert (409, 202) == (refused.status, accepted.status)
        assert "already exists" in refused.json["Message"]
        assert refused.json["Message"] == refused.json["ExceptionMessage"]
        assert 4 == host.wait_for_end("twice")["output"]

    def test_the_sdks_client_reports_the_conflict(self, host):
        start_approval(host, "conflict")

        reply = host.post("/api/start/approval/conflict", LONG_S)

        assert 409 == reply.status
        assert b"already exists" in reply.body


class TestStatus:
    def test_a_running_instance_is_202_and_asks_to_poll_again(self, host):
        start_approval(host, "back")

        reply = host.management("/instances/back")

        assert (202, "5") == (reply.status, reply.headers["retry-after"])
        assert reply.headers["location"].endswith("/instances/back")

    def test_a_failure_is_500_only_if_asked_for(self, host):
        instance_id = run(host, "gives_up")["instanceId"]

        plain = host.management(f"/instances/{instance_id}")
        strict = host.management(
            f"/instances/{instance_id}?returnInternalServerErrorOnFailure=true"
        )

        assert (200, 500) == (plain.status, strict.status)

    def test_the_input_can_be_left_out(self, host):
        instance_id = run(host, "chain", 7)["instanceId"]

        # The SDK's client encodes the input twice, here as on Azure.
        assert "7" == host.instance(instance_id)["input"]
        assert host.instance(instance_id, "?showInput=false")["input"] is None

    def test_times_are_whole_seconds_in_utc(self, host):
        created = run(host, "chain", 7)["createdTime"]

        assert datetime.strptime(created, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


class TestHistory:
    def test_it_is_shown_only_if_asked_for(self, host):
        instance_id = run(host, "chain", 3)["instanceId"]

        assert host.instance(instance_id)["historyEvents"] is None
        assert history(host, instance_id)

    def test_completions_are_merged_with_what_they_complete(self, host):
        instance_id = run(host, "chain", 3)["instanceId"]

        entries = history(host, instance_id)

        assert [
            ("ExecutionStarted", "chain"),
            ("TaskCompleted", "double"),
            ("TaskCompleted", "double"),
            ("ExecutionCompleted", None),
        ] == [(entry["EventType"], entry.get("FunctionName")) for entry in entries]
        assert entries[1]["ScheduledTime"] <= entries[1]["Timestamp"]
        assert "Completed" == entries[-1]["OrchestrationStatus"]

    def test_bookkeeping_is_hidden(self, host):
        instance_id = run(host, "chain", 3)["instanceId"]

        names = {name for entry in history(host, instance_id) for name in entry}

        assert set() == names & {"EventId", "IsPlayed", "TaskScheduledId", "TimerId", "Result"}

    def test_results_are_shown_if_asked_for_and_inputs_can_be_left_out(self, host):
        instance_id = run(host, "chain", 3)["instanceId"]

        full = history(host, instance_id, "&showHistoryOutput=true")
        bare = history(host, instance_id, "&showInput=false")

        assert [("3", "6"), ("6", "12")] == [
            (entry["Input"], entry["Result"]) for entry in full[1:3]
        ]
        assert not any("Input" in entry for entry in bare)

    def test_a_pending_timer_is_shown(self, host):
        start_approval(host, "pending-timer")
        wait_for(lambda: host.instance("pending-timer")["runtimeStatus"] == "Running", "start")

        types = [entry["EventType"] for entry in history(host, "pending-timer")]

        assert ["ExecutionStarted", "TimerCreated"] == types

    def test_a_pending_activity_is_shown(self, host, notes):
        host.post("/api/start/calls/pending-activity", "held")
        wait_for(lambda: host.instance("pending-activity")["runtimeStatus"] == "Running", "start")

        types = [entry["EventType"] for entry in history(host, "pending-activity")]
        (notes / "release-x").touch()

        assert ["ExecutionStarted", "TaskScheduled"] == types


class TestList:
    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("", ["filter-b", "filter-a"]),
            ("top=1", ["filter-b"]),
            ("runtimeStatus=Completed,Failed", []),
            ("runtimeStatus=Running,Completed", ["filter-b", "filter-a"]),
            ("createdTimeFrom={before:%Y-%m-%dT%H:%M:%SZ}", ["filter-b", "filter-a"]),
            ("createdTimeTo={before:%Y-%m-%dT%H:%M:%SZ}", []),
        ],
    )
    def test_the_list_can_be_filtered(self, host, started, query, expected):
        filters = f"instanceIdPrefix=filter-&{query.format(before=started)}"
        reply = host.management(f"/instances/?{filters}")

        assert expected == [instance["instanceId"] for instance in reply.json]

    @pytest.mark.parametrize("query", ["top=many", "createdTimeFrom=yesterday", "top=-1"])
    def test_a_wrong_filter_is_named(self, host, query):
        reply = host.management(f"/instances?{query}")

        assert 400 == reply.status
        assert query.split("=")[0] in reply.json["Message"]


class TestPurge:
    def test_one_instance_can_be_purged(self, host):
        instance_id = run(host, "chain", 1)["instanceId"]

        replies = [host.delete(f"/instances/{instance_id}") for _ in range(2)]

        assert [200, 404] == [reply.status for reply in replies]
        assert {"instancesDeleted": 1} == replies[0].json

    def test_many_can_be_purged_by_time_and_state(self, host):
        began = datetime.now(UTC) - timedelta(seconds=1)
        ids = [run(host, "chain", 1)["instanceId"] for _ in range(2)]

        window = f"createdTimeFrom={began:%Y-%m-%dT%H:%M:%SZ}&runtimeStatus=Completed"
        reply = host.delete(f"/instances?{window}")

        assert 200 == reply.status
        assert reply.json["instancesDeleted"] >= 2
        assert [404, 404] == [host.management(f"/instances/{name}").status for name in ids]

    def test_nothing_to_purge_is_404_and_no_time_is_400(self, host):
        assert 404 == host.delete("/instances?createdTimeFrom=2999-01-01T00:00:00Z").status
        assert 404 == host.delete("/instances/nothing").status
        assert 400 == host.delete("/instances").status

    def test_a_running_instance_stays(self, host):
        start_approval(host, "stays")

        assert 404 == host.delete("/instances/stays").status
        assert 202 == host.management("/instances/stays").status


class TestEvents:
    @pytest.mark.parametrize(
        ("body", "content_type"),
        [(b"{odd", "application/json"), (b"", "application/json"), (b"1", "text/plain")],
    )
    def test_an_event_that_is_not_json_is_refused(self, host, body, content_type):
        start_approval(host, f"odd-event-{len(body)}")

        reply = host.post(
            f"{WEBHOOKS}/instances/odd-event-{len(body)}/raiseEvent/answer",
            raw=body,
            x_functions_key=KEYS["SYSTEM"],
            Content_Type=content_type,
        )

        assert 400 == reply.status


class TestTerminate:
    def test_the_reason_becomes_the_output(self, host):
        start_approval(host, "ended")

        assert 202 == host.steer("/instances/ended/terminate?reason=enough").status

        status = host.wait_for_end("ended")
        assert ("Terminated", "enough") == (status["runtimeStatus"], status["output"])
        assert 410 == host.steer("/instances/ended/terminate").status

    def test_a_terminated_child_fails_its_parent(self, host):
        host.post("/api/start/calls/parent-1", "approval:child-1")
        wait_for(lambda: host.management("/instances/child-1").status == 202, "child")

        host.steer("/instances/child-1/terminate?reason=enough")

        assert "enough" in host.wait_for_end("parent-1")["output"]

    def test_a_terminated_parent_leaves_its_child_alone(self, host):
        host.post("/api/start/calls/parent-2", "approval:child-2")
        wait_for(lambda: host.management("/instances/child-2").status == 202, "child")

        host.steer("/instances/parent-2/terminate")

        assert 202 == host.management("/instances/child-2").status


class TestSuspend:
    def test_events_wait_until_the_instance_is_resumed(self, host):
        start_approval(host, "paused")
        wait_for(lambda: host.instance("paused")["runtimeStatus"] == "Running", "start")
        assert 202 == host.steer("/instances/paused/suspend").status
        host.steer("/instances/paused/raiseEvent/answer", "late")
        run(host, "chain", 1)  # by its end, the event would have been delivered
        assert "Suspended" == host.instance("paused")["runtimeStatus"]

        assert 202 == host.steer("/instances/paused/resume").status

        assert "late" == host.wait_for_end("paused")["output"]

    def test_the_reasons_are_kept(self, host):
        start_approval(host, "reasons")
        wait_for(lambda: host.instance("reasons")["runtimeStatus"] == "Running", "start")

        outputs = []
        for path in ("suspend?reason=lunch", "resume?reason=coffee", "suspend", "resume"):
            host.steer(f"/instances/reasons/{path}")
            outputs.append(host.instance("reasons")["output"])

        assert ["lunch", "coffee", None, None] == outputs
        assert [
            ("ExecutionSuspended", "lunch"),
            ("ExecutionResumed", "coffee"),
            ("ExecutionSuspended", None),
            ("ExecutionResumed", None),
        ] == [
            (entry["EventType"], entry["Reason"])
            for entry in history(host, "reasons")
            if "Reason" in entry
        ]

    def test_what_is_already_so_is_refused(self, host):
        start_approval(host, "again")
        statuses = [
            host.steer(f"/instances/again/{verb}").status
            for verb in ("resume", "suspend", "suspend")
        ]

        assert [500, 202, 500] == statuses


class TestRestart:
    def test_it_starts_a_new_instance_with_the_same_input(self, host):
        first = run(host, "chain", 5)["instanceId"]

        second = host.steer(f"/instances/{first}/restart").json["id"]

        assert first != second
        assert 20 == host.wait_for_end(second)["output"]

    def test_it_may_keep_the_id(self, host):
        instance_id = run(host, "chain", 2)["instanceId"]

        path = f"/instances/{instance_id}/restart?restartWithNewInstanceId=false"
        assert instance_id == host.steer(path).json["id"]

        assert 8 == host.wait_for_end(instance_id)["output"]

    def test_the_id_of_a_running_instance_is_refused(self, host):
        start_approval(host, "busy")

        path = "/instances/busy/restart?restartWithNewInstanceId=false"
        assert 409 == host.steer(path).status


class TestRefusals:
    @pytest.mark.parametrize(
        ("path", "body", "status"),
        [
            ("/orchestrators/nothing", 1, 400),
            ("/orchestrators/chain/@x", 1, 400),
            ("/instances/nothing/raiseEvent/x", 1, 404),
            ("/instances/nothing/terminate", None, 404),
            ("/instances/nothing/suspend", None, 404),
            ("/instances/nothing/resume", None, 404),
            ("/instances/nothing/restart", None, 400),
            ("/instances/nothing/unknown", None, 404),
            ("/nothing", None, 404),
        ],
    )
    def test_a_call_without_an_object_is_refused(self, host, path, body, status):
        assert status == host.steer(path, body).status

    def test_a_wrong_method_is_404(self, host):
        url = f"{host.url}{WEBHOOKS}/instances/nothing?code={KEYS['SYSTEM']}"

        assert 404 == http("PUT", url).status

    @pytest.mark.parametrize(
        ("path", "message"),
        [
            ("/entities/counter/a?op=add", "Entities are not supported by this host"),
            ("/instances/any/rewind", "Rewind is not supported by this host"),
        ],
    )
    def test_a_call_that_is_not_supported_is_501(self, host, path, message):
        reply = host.steer(path, 1)

        assert (501, message) == (reply.status, reply.json["Message"])

    @pytest.mark.parametrize("path", ["/instances", "/instances?code=wrong", "/nothing"])
    def test_every_path_needs_the_system_key(self, host, path):
        assert 401 == host.get(WEBHOOKS + path).status

    def test_the_key_may_stand_in_the_query(self, host):
        assert 200 == host.get(f"{WEBHOOKS}/instances?code={KEYS['SYSTEM']}").status
