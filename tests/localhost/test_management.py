"""The management API, and what the engine does with orchestrations that go astray.

https://learn.microsoft.com/azure/azure-functions/durable/durable-functions-http-api
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from tests.localhost.support import WEBHOOKS, delete, end, instance, run, steer
from tools.host_process import KEYS, wait_for

pytestmark = pytest.mark.server


class TestStart:
    def test_the_answer_says_where_to_watch_and_steer(self, host):
        reply = steer(host, "/orchestrators/chain/where", 1)

        assert (202, "10") == (reply.status, reply.headers["retry-after"])
        assert reply.json["statusQueryGetUri"] == reply.headers["location"]
        assert {
            *("id", "statusQueryGetUri", "sendEventPostUri", "terminatePostUri", "suspendPostUri"),
            *("resumePostUri", "restartPostUri", "purgeHistoryDeleteUri"),
        } == set(reply.json)
        assert "where" == reply.json["id"]

    # Text holding JSON: a bare number is an input that the SDK refuses.
    def test_a_caller_may_wait_for_the_output(self, host):
        path = "/orchestrators/chain?timeout=10&pollingInterval=0.05"
        reply = steer(host, path, "5")

        assert (200, 20) == (reply.status, reply.json)

    def test_a_caller_who_has_waited_in_vain_is_told_where_to_watch(self, host):
        path = "/orchestrators/approval/vain?timeout=0.1&pollingInterval=0.05"
        reply = steer(host, path, "30")

        assert (202, "vain") == (reply.status, reply.json["id"])

    def test_a_caller_who_waits_sees_the_failure(self, host):
        reply = steer(host, "/orchestrators/gives_up?timeout=10&pollingInterval=0.05")

        assert (500, "Failed") == (reply.status, reply.json["runtimeStatus"])

    def test_a_bare_list_is_an_input_that_the_sdk_refuses(self, host):
        assert 202 == steer(host, "/orchestrators/chain/listed", [1, 2]).status

        status = end(host, "listed")
        assert ("Failed", [1, 2]) == (status["runtimeStatus"], status["input"])

    def test_a_body_that_is_not_json_is_refused_and_starts_nothing(self, host):
        reply = host.post(
            f"{WEBHOOKS}/orchestrators/chain/odd", raw=b"{odd", x_functions_key=KEYS["SYSTEM"]
        )

        assert 400 == reply.status
        assert reply.json["Message"]
        assert 404 == host.management("/instances/odd").status


class TestStatus:
    def test_a_running_one_asks_to_come_back(self, host):
        host.post("/api/start/approval/back", 30)

        reply = host.management("/instances/back")
        assert (202, "5") == (reply.status, reply.headers["retry-after"])
        assert reply.headers["location"].endswith("/instances/back")

    def test_a_failure_is_200_unless_asked_for(self, host):
        name = run(host, "gives_up")["instanceId"]

        quiet = host.management(f"/instances/{name}")
        loud = host.management(f"/instances/{name}?returnInternalServerErrorOnFailure=true")
        assert (200, 500) == (quiet.status, loud.status)

    def test_the_input_can_be_left_out(self, host):
        name = run(host, "chain", 7)["instanceId"]

        # The SDK's client encodes the input once more, as on Azure.
        assert "7" == instance(host, name)["input"]
        assert instance(host, name, "?showInput=false")["input"] is None

    def test_times_are_whole_seconds_utc(self, host):
        created = run(host, "chain", 7)["createdTime"]

        assert datetime.strptime(created, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)

    def test_the_history_is_cleaned_up(self, host):
        name = run(host, "chain", 3)["instanceId"]

        assert instance(host, name)["historyEvents"] is None
        history = instance(host, name, "?showHistory=true")["historyEvents"]
        assert [
            ("ExecutionStarted", "chain"),
            ("TaskCompleted", "double"),
            ("TaskCompleted", "double"),
            ("ExecutionCompleted", None),
        ] == [(each["EventType"], each.get("FunctionName")) for each in history]
        hidden = {"EventId", "IsPlayed", "TaskScheduledId", "TimerId", "Result"}
        assert not any(hidden & set(each) for each in history)
        assert history[1]["ScheduledTime"] <= history[1]["Timestamp"]
        assert "Completed" == history[-1]["OrchestrationStatus"]

    def test_the_history_shows_results_and_inputs_when_asked(self, host):
        name = run(host, "chain", 3)["instanceId"]

        shown = instance(host, name, "?showHistory=true&showHistoryOutput=true")["historyEvents"]
        assert [("3", "6"), ("6", "12")] == [(e["Input"], e["Result"]) for e in shown[1:3]]
        bare = instance(host, name, "?showHistory=true&showInput=false")["historyEvents"]
        assert not any("Input" in each for each in bare)

    def test_the_history_shows_what_is_under_way(self, host):
        host.post("/api/start/calls/under-way", "slow")
        host.post("/api/start/approval/awaiting", 30)
        wait_for(lambda: instance(host, "awaiting")["runtimeStatus"] == "Running", "start")

        history = instance(host, "awaiting", "?showHistory=true")["historyEvents"]
        assert ["ExecutionStarted", "TimerCreated"] == [each["EventType"] for each in history]

    def test_the_list_can_be_filtered(self, host):
        before = datetime.now(UTC) - timedelta(seconds=1)
        for name in ("filter-b", "filter-a"):
            host.post(f"/api/start/approval/{name}", 30)
        wait_for(lambda: instance(host, "filter-a")["runtimeStatus"] == "Running", "start")

        def listed(query: str) -> list[str]:
            reply = host.management(f"/instances?instanceIdPrefix=filter-&{query}")
            return [each["instanceId"] for each in reply.json]

        assert ["filter-b", "filter-a"] == listed("")
        assert ["filter-b"] == listed("top=1")
        assert [] == listed("runtimeStatus=Completed,Failed")
        assert ["filter-b", "filter-a"] == listed("runtimeStatus=Running,Completed")
        assert ["filter-b", "filter-a"] == listed(f"createdTimeFrom={before:%Y-%m-%dT%H:%M:%SZ}")
        assert [] == listed(f"createdTimeTo={before:%Y-%m-%dT%H:%M:%SZ}")

    @pytest.mark.parametrize("query", ["top=many", "createdTimeFrom=yesterday", "top=-1"])
    def test_a_filter_that_cannot_be_understood_is_named(self, host, query):
        reply = host.management(f"/instances?{query}")

        assert 400 == reply.status
        assert query.split("=")[0] in reply.json["Message"]


class TestPurge:
    def test_many_by_time_and_state(self, host):
        began = datetime.now(UTC) - timedelta(seconds=1)
        names = [run(host, "chain", 1)["instanceId"] for _ in range(2)]

        window = f"createdTimeFrom={began:%Y-%m-%dT%H:%M:%SZ}&runtimeStatus=Completed"
        reply = delete(host, f"/instances?{window}")

        assert 200 == reply.status
        assert reply.json["instancesDeleted"] >= 2
        assert [404, 404] == [host.management(f"/instances/{name}").status for name in names]

    def test_nothing_to_purge_and_no_time_given(self, host):
        assert 404 == delete(host, "/instances?createdTimeFrom=2999-01-01T00:00:00Z").status
        assert 400 == delete(host, "/instances").status
        assert 404 == delete(host, "/instances/nothing").status

    def test_a_running_one_stays(self, host):
        host.post("/api/start/approval/stays", 30)

        assert 404 == delete(host, "/instances/stays").status
        assert host.management("/instances/stays").status == 202


class TestSteering:
    def test_a_running_one_cannot_be_restarted_under_its_id(self, host):
        host.post("/api/start/approval/busy", 30)

        path = "/instances/busy/restart?restartWithNewInstanceId=false"
        assert 409 == steer(host, path).status

    def test_an_ended_one_can(self, host):
        name = run(host, "chain", 2)["instanceId"]

        path = f"/instances/{name}/restart?restartWithNewInstanceId=false"
        assert name == steer(host, path).json["id"]
        assert 8 == end(host, name)["output"]

    @pytest.mark.parametrize(
        ("body", "content_type"), [(b"{odd", "application/json"), (b"1", "text/plain")]
    )
    def test_an_event_that_is_not_json_is_refused(self, host, body, content_type):
        host.post("/api/start/approval/odd-event", 30)
        reply = host.post(
            f"{WEBHOOKS}/instances/odd-event/raiseEvent/answer",
            raw=body,
            x_functions_key=KEYS["SYSTEM"],
            Content_Type=content_type,
        )

        assert 400 == reply.status

    def test_an_event_may_come_before_it_is_waited_for(self, host):
        host.post("/api/start/waits_late/early")
        steer(host, "/instances/early/raiseEvent/answer", "early")
        time.sleep(0.1)
        steer(host, "/instances/early/raiseEvent/go", True)

        assert "early" == end(host, "early")["output"]

    def test_event_names_are_exact(self, host):
        host.post("/api/start/approval/exact", 0.4)
        steer(host, "/instances/exact/raiseEvent/ANSWER", "loud")

        assert "nobody answered" == end(host, "exact")["output"]

    def test_a_terminated_child_fails_its_parent(self, host):
        host.post("/api/start/calls/parent-1", "approval:child-1")
        wait_for(lambda: host.management("/instances/child-1").status == 202, "child")

        steer(host, "/instances/child-1/terminate?reason=enough")

        assert "enough" in end(host, "parent-1")["output"]

    def test_a_terminated_parent_leaves_its_child_alone(self, host):
        host.post("/api/start/calls/parent-2", "approval:child-2")
        wait_for(lambda: host.management("/instances/child-2").status == 202, "child")

        steer(host, "/instances/parent-2/terminate")

        assert "Running" == instance(host, "child-2")["runtimeStatus"]


class TestAstray:
    @pytest.mark.parametrize(
        ("target", "said"),
        [
            ("nothing", "there is no activity 'nothing'"),
            ("nothing:some-child", "there is no orchestrator 'nothing'"),
            ("unspeakable", "unspeakable"),
        ],
    )
    def test_a_call_that_cannot_be_made_fails_with_its_name(self, host, target, said):
        assert said in run(host, "calls", target)["output"]

    def test_entities_are_refused_in_words(self, host):
        reply = steer(host, "/entities/counter/a?op=add", 1)

        assert (501, "Entities are not supported by this host") == (
            reply.status,
            reply.json["Message"],
        )

    def test_a_child_whose_id_runs_already_is_refused(self, host):
        host.post("/api/start/approval/taken", 30)

        assert "already exists" in run(host, "calls", "approval:taken")["output"]

    def test_who_loses_a_race_still_runs(self, host, notes):
        (notes / "slow").unlink(missing_ok=True)

        assert "first" == run(host, "first_of_two")["output"]
        wait_for(lambda: (notes / "slow").exists(), "end of the slower one")

    def test_an_orchestrator_that_asks_for_something_else_is_not_given_the_recorded_result(
        self, host, notes
    ):
        host.post("/api/start/changes_its_mind/mind")
        wait_for(
            lambda: "TaskCompleted" in str(instance(host, "mind", "?showHistory=true")), "record"
        )
        (notes / "changed").touch()

        steer(host, "/instances/mind/raiseEvent/go", 1)

        status = end(host, "mind")
        assert "Failed" == status["runtimeStatus"]
        assert "'double' when it ran and is 'fails' in the replay" in status["output"]
