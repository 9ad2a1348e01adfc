"""Orchestrations on the host, started and watched over HTTP."""

from __future__ import annotations

import pytest

from tests.localhost.support import LONG_S, lines, run, wait_for_event
from tools.host_process import wait_for

pytestmark = pytest.mark.server


class TestPatterns:
    def test_a_chain_passes_each_result_to_the_next_activity(self, host):
        assert 12 == run(host, "chain", 3)["output"]

    def test_a_fan_out_runs_every_activity(self, host):
        assert sum(range(0, 400, 2)) == run(host, "fan", 200)["output"]

    @pytest.mark.parametrize("activities", [200, 1000])
    def test_completions_are_gathered_into_fewer_episodes(self, host, activities):
        instance_id = run(host, "fan", activities)["instanceId"]

        completed = wait_for_event(host, "orchestration.completed", instance_id=instance_id)
        assert completed["episodes"] <= 40

    def test_sub_orchestrations_return_their_results(self, host):
        assert [90, 90, 90, 90] == run(host, "chunks")["output"]

    def test_continue_as_new_starts_over_with_a_new_input(self, host):
        status = run(host, "counts_down", 5)

        assert ("lift-off", {"left": 0}) == (status["output"], status["customStatus"])

    def test_the_loser_of_a_race_still_runs(self, host, notes):
        assert "first" == run(host, "first_of_two")["output"]

        (notes / "release-race").touch()

        wait_for(lambda: "race" in lines(notes / "held-ended"), "end of the slower activity")


class TestFailures:
    def test_an_orchestrator_can_catch_the_exception_of_an_activity(self, host):
        output = run(host, "catches")["output"]

        assert output.startswith("Activity function 'fails' failed: ValueError: not well")

    def test_a_retry_gives_up_after_its_last_attempt(self, host, notes):
        before = len(lines(notes / "fails"))

        status = run(host, "gives_up")

        assert "Failed" == status["runtimeStatus"]
        assert "Orchestrator function 'gives_up' failed: " in status["output"]
        assert 3 == len(lines(notes / "fails")) - before

    def test_a_retry_that_succeeds_beside_another_task_gives_both_results(self, host):
        assert ["at last", 8] == run(host, "persists")["output"]

    @pytest.mark.parametrize(
        ("target", "message"),
        [
            ("nothing", "there is no activity 'nothing'"),
            ("nothing:some-child", "there is no orchestrator 'nothing'"),
            ("unspeakable", "unspeakable"),
        ],
    )
    def test_a_call_that_cannot_be_made_fails_with_its_name(self, host, target, message):
        assert message in run(host, "calls", target)["output"]

    def test_a_sub_orchestration_is_refused_if_its_id_is_in_use(self, host):
        host.post("/api/start/approval/taken", LONG_S)

        assert "already exists" in run(host, "calls", "approval:taken")["output"]

    def test_an_orchestration_that_calls_an_entity_fails(self, host):
        assert "Entities are not supported by this host" in run(host, "asks_an_entity")["output"]

    def test_a_changed_orchestrator_does_not_get_the_result_of_another_call(self, host, notes):
        host.post("/api/start/changes_its_mind/mind")
        wait_for(
            lambda: "TaskCompleted" in str(host.instance("mind", "?showHistory=true")),
            "completed activity in the history",
        )
        (notes / "changed").touch()

        host.steer("/instances/mind/raiseEvent/go", 1)

        status = host.wait_for_end("mind")
        assert "Failed" == status["runtimeStatus"]
        assert "'double' when it ran and is 'fails' in the replay" in status["output"]


class TestExternalEvents:
    def test_an_event_wins_over_a_timer(self, host):
        host.post("/api/start/approval/a1", LONG_S)

        assert 200 == host.post("/api/raise/a1/answer", {"ok": True}).status

        # The SDK's client encodes the event twice, here as on Azure.
        assert '{"ok": true}' == host.wait_for_end("a1")["output"]

    def test_an_event_sent_over_http_is_decoded(self, host):
        host.post("/api/start/approval/a2", LONG_S)

        assert 202 == host.steer("/instances/a2/raiseEvent/answer", {"ok": True}).status

        assert {"ok": True} == host.wait_for_end("a2")["output"]

    def test_a_timer_wins_if_no_event_comes(self, host):
        assert "nobody answered" == run(host, "approval", 0.05)["output"]

    def test_an_event_is_kept_until_the_orchestration_waits_for_it(self, host):
        host.post("/api/start/waits_late/early")
        host.steer("/instances/early/raiseEvent/answer", "early")
        wait_for(
            lambda: "EventRaised" in str(host.instance("early", "?showHistory=true")),
            "event in the history",
        )

        host.steer("/instances/early/raiseEvent/go", True)

        assert "early" == host.wait_for_end("early")["output"]

    def test_event_names_are_case_sensitive(self, host):
        host.post("/api/start/approval/exact", LONG_S)

        for name in ("ANSWER", "answer"):
            assert 202 == host.steer(f"/instances/exact/raiseEvent/{name}", name).status

        assert "answer" == host.wait_for_end("exact")["output"]
