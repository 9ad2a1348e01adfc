"""The embedded host does what the Functions host does, where an app or its users can tell."""

from __future__ import annotations

import json
import random
import shutil
import time

import pytest

from tests.localhost.support import APP, NEVER, delete, end, events, instance, run, steer
from tools.host_process import KEYS, HostProcess, wait_for

pytestmark = pytest.mark.server


class TestDurable:
    def test_a_chain_hands_each_result_on(self, host):
        assert 12 == run(host, "chain", 3)["output"]

    def test_a_fan_out_keeps_its_order_and_runs_every_activity(self, host):
        assert sum(range(0, 400, 2)) == run(host, "fan", 200)["output"]

    @pytest.mark.parametrize(("activities", "episodes"), [(200, 40), (1000, 40)])
    def test_completions_are_gathered_into_few_episodes(self, host, activities, episodes):
        name = run(host, "fan", activities)["instanceId"]

        (told,) = [e for e in events(host, "orchestration.completed") if e["instance_id"] == name]
        assert told["episodes"] <= episodes

    def test_sub_orchestrations_return_their_results(self, host):
        assert [90, 90, 90, 90] == run(host, "chunks")["output"]

    def test_a_failed_activity_can_be_caught_with_the_workers_words(self, host):
        output = run(host, "catches")["output"]

        assert output.startswith("Activity function 'fails' failed: ValueError: not well")

    def test_a_retry_gives_up_after_its_attempts(self, host, notes):
        (notes / "fails").unlink(missing_ok=True)

        status = run(host, "gives_up")

        assert "Failed" == status["runtimeStatus"]
        assert "Orchestrator function 'gives_up' failed: " in status["output"]
        assert 3 == len((notes / "fails").read_text().splitlines())

    def test_a_retry_that_succeeds_beside_another_task_gives_both_results(self, host, notes):
        (notes / "flaky").unlink(missing_ok=True)

        assert ["at last", 8] == run(host, "persists")["output"]

    def test_an_activity_that_takes_too_long_fails(self, host):
        assert "timed out" in run(host, "overruns")["output"]

    def test_an_event_that_comes_in_time_wins_over_the_timer(self, host):
        host.post("/api/start/approval/a1", 30)
        assert 200 == host.post("/api/raise/a1/answer", {"ok": True}).status

        # What the SDK's client raises is encoded twice, as on Azure.
        assert '{"ok": true}' == end(host, "a1")["output"]

    def test_an_event_by_http_is_decoded(self, host):
        host.post("/api/start/approval/a2", 30)
        assert 202 == steer(host, "/instances/a2/raiseEvent/answer", {"ok": True}).status

        assert {"ok": True} == end(host, "a2")["output"]

    def test_a_timer_wins_when_nobody_answers(self, host):
        assert "nobody answered" == run(host, "approval", 0.05)["output"]

    def test_continue_as_new_starts_over_with_a_new_input(self, host):
        status = run(host, "counts_down", 5)

        assert ("lift-off", {"left": 0}) == (status["output"], status["customStatus"])

    def test_a_running_id_cannot_be_started_again_and_an_ended_one_can(self, host):
        assert 202 == host.post("/api/start/approval/twice", 30).status
        assert 409 == host.post("/api/start/approval/twice", 30).status
        assert 202 == steer(host, "/instances/twice/terminate?reason=enough").status
        assert ("Terminated", "enough") == (
            (status := end(host, "twice"))["runtimeStatus"],
            status["output"],
        )
        assert 410 == steer(host, "/instances/twice/terminate").status
        assert 202 == host.post("/api/start/chain/twice", 1).status
        assert 4 == end(host, "twice")["output"]

    def test_a_suspended_instance_waits_until_it_is_resumed(self, host):
        host.post("/api/start/approval/s1", 30)
        wait_for(lambda: instance(host, "s1")["runtimeStatus"] == "Running", "start")
        assert 202 == steer(host, "/instances/s1/suspend").status
        assert 500 == steer(host, "/instances/s1/suspend").status
        steer(host, "/instances/s1/raiseEvent/answer", "late")
        time.sleep(0.2)
        assert "Suspended" == instance(host, "s1")["runtimeStatus"]

        assert 202 == steer(host, "/instances/s1/resume").status

        assert "late" == end(host, "s1")["output"]

    def test_restart_runs_the_same_input_again(self, host):
        first = run(host, "chain", 5)["instanceId"]

        again = steer(host, f"/instances/{first}/restart").json["id"]

        assert first != again
        assert 20 == end(host, again)["output"]

    def test_what_is_not_supported_says_so(self, host):
        status = run(host, "asks_an_entity")

        assert "not supported by this host" in status["output"]
        assert 501 == steer(host, f"/instances/{status['instanceId']}/rewind").status

    def test_instances_can_be_listed_and_purged(self, host):
        run(host, "chain", 1)
        name = run(host, "chain", 1)["instanceId"]
        listed = host.management("/instances/?runtimeStatus=Completed&instanceIdPrefix=chain").json
        assert {name} <= {each["instanceId"] for each in listed}

        assert (200, 404) == tuple(delete(host, f"/instances/{name}").status for _ in range(2))

    @pytest.mark.parametrize(
        ("path", "body", "status"),
        [
            ("/orchestrators/nothing", 1, 400),
            ("/orchestrators/chain/@x", 1, 400),
            ("/instances/nothing/raiseEvent/x", 1, 404),
            ("/instances/nothing/terminate", None, 404),
            ("/instances/nothing/restart", None, 400),
        ],
    )
    def test_what_cannot_be_done_is_refused(self, host, path, body, status):
        assert status == steer(host, path, body).status

    def test_the_management_api_asks_for_its_key_always(self, host):
        assert 401 == host.get("/runtime/webhooks/durabletask/instances").status
        assert 401 == host.get("/runtime/webhooks/durabletask/instances?code=wrong").status
        assert (
            200 == host.get(f"/runtime/webhooks/durabletask/instances?code={KEYS['SYSTEM']}").status
        )


class TestHttp:
    def test_a_request_reaches_the_function_as_the_worker_would_hand_it(self, host):
        reply = host.post("/api/ECHO/42/more?a=1&a=2&empty=", raw=b"body", X_Test="yes")

        assert {
            "method": "POST",
            "params": {"a": "1,2"},
            "route": {"number": "42", "rest": "more"},
            "header": "yes",
            "body": "body",
            "setting": None,
        } == reply.json
        assert "1" == reply.headers["x-of-app"]
        assert reply.headers["content-type"].startswith("application/json")

    def test_an_optional_parameter_may_be_absent(self, host):
        assert {"number": "42"} == host.get("/api/echo/42").json["route"]

    @pytest.mark.parametrize(
        "path", ["/api/echo/word", "/api/nothing", "/echo/1", "/api/echo", "/api/a%0Ab"]
    )
    def test_what_no_route_matches_is_404(self, host, path):
        assert 404 == host.get(path).status

    def test_a_wrong_method_is_404(self, host):
        assert 404 == host.post("/api/broken").status

    def test_a_literal_outranks_a_parameter_and_a_catch_all_takes_the_rest(self, host):
        assert b"special" == host.get("/api/echo/special").body
        assert b"a/b%20c".replace(b"%20", b" ") == host.get("/api/files/a/b%20c").body
        assert b"" == host.get("/api/files").body

    def test_a_text_is_plain_and_an_error_is_500_without_a_word(self, host):
        assert host.get("/api/echo/special").headers["content-type"].startswith("text/plain")
        assert (500, b"") == ((reply := host.get("/api/broken")).status, reply.body)

    def test_without_the_switch_no_key_is_asked_for(self, host):
        assert 200 == host.get("/api/guarded").status

    def test_with_the_switch_keys_are_asked_for(self, tmp_path, notes):
        env = {"NOTES": str(notes), "TICK": NEVER, "LOCALHOST_ENFORCE_KEYS": "1"}
        with HostProcess(APP, tmp_path, **env) as host:
            asked = {
                (path, key): host.get(f"/api/{path}?code={KEYS.get(key, key)}").status
                for path in ("guarded", "ruled", "echo/special")
                for key in ("none", "FUNCTION", "MASTER")
            }
            assert 401 == host.get("/admin/host/status").status

        assert {
            ("guarded", "none"): 401,
            ("guarded", "FUNCTION"): 200,
            ("guarded", "MASTER"): 200,
            ("ruled", "none"): 401,
            ("ruled", "FUNCTION"): 401,
            ("ruled", "MASTER"): 200,
            ("echo/special", "none"): 200,
            ("echo/special", "FUNCTION"): 200,
            ("echo/special", "MASTER"): 200,
        } == asked

    def test_the_admin_endpoints_tell_the_state_and_run_a_function(self, host, notes):
        assert "Running" == host.get("/admin/host/status").json["state"]
        before = (notes / "tick").read_text().count("\n")

        assert 202 == host.post("/admin/functions/tick", {"input": ""}).status
        assert 404 == host.post("/admin/functions/nothing", {"input": ""}).status
        assert 400 == host.post("/admin/functions/tick", []).status
        wait_for(lambda: (notes / "tick").read_text().count("\n") > before, "tick")


class TestTimers:
    def test_a_timer_ticks_on_start_and_then_by_its_schedule(self, tmp_path):
        with HostProcess(APP, tmp_path, NOTES=str(tmp_path), TICK="*/1 * * * * *"):
            wait_for(lambda: (tmp_path / "tick").exists(), "first tick")
            wait_for(lambda: len((tmp_path / "tick").read_text().splitlines()) >= 3, "three ticks")

        assert {"False"} == set((tmp_path / "tick").read_text().split())

    def test_a_tick_that_was_missed_is_made_up_for(self, tmp_path):
        state = tmp_path / "state" / "timers"
        state.mkdir(parents=True)
        past = "2020-01-01T00:00:00+00:00"
        (state / "tick.json").write_text(
            json.dumps({"Last": past, "Next": past, "LastUpdated": past})
        )

        with HostProcess(APP, tmp_path / "state", NOTES=str(tmp_path), TICK=NEVER):
            wait_for(lambda: (tmp_path / "tick").exists(), "tick")

        assert ["True"] == (tmp_path / "tick").read_text().split()


class TestStart:
    @pytest.mark.parametrize(
        ("source", "said"),
        [
            ("import nothing_of_this_name", "nothing_of_this_name"),
            ("x = 1", "no FunctionApp"),
            (
                "import azure.functions as func\napp = func.FunctionApp()\n"
                "@app.route('a')\ndef a(req: 'Missing') -> str: return ''\n",
                "function `a`: its annotations cannot be resolved",
            ),
            (
                "import azure.functions as func\napp = func.FunctionApp()\n"
                "@app.route('a')\ndef a(req: func.HttpRequest | None) -> str: return ''\n",
                "function `a`: `req` is annotated",
            ),
            (
                "import azure.functions as func\napp = func.FunctionApp()\n"
                "@app.queue_trigger(arg_name='m', queue_name='q', connection='c')\ndef a(m): pass\n",
                "does not know the binding `queueTrigger`",
            ),
            (
                "import azure.functions as func\napp = func.FunctionApp()\n"
                "@app.timer_trigger(arg_name='t', schedule='%NOT_SET%')\ndef a(t): pass\n",
                "`NOT_SET` is not set",
            ),
            (
                "import azure.functions as func\napp = func.FunctionApp()\n"
                "@app.timer_trigger(arg_name='t', schedule='every now and then')\ndef a(t): pass\n",
                "function `a`: `every now and then`",
            ),
            (
                "import azure.functions as func\napp = func.FunctionApp()\nfor _ in range(2):\n"
                "    @app.route('a')\n    def a(req: func.HttpRequest) -> str: return ''\n",
                "Function a does not have a unique function name",
            ),
            (
                "import azure.functions as func\napp = func.FunctionApp()\nfor name in 'aA':\n"
                "    @app.function_name(name)\n    @app.route(name + name)\n"
                "    def f(req: func.HttpRequest) -> str: return ''\n",
                "function `A`: there are two of this name",
            ),
            (
                "import azure.functions as func\napp = func.FunctionApp()\n"
                "@app.route('a/{b:colour}')\ndef a(req: func.HttpRequest) -> str: return ''\n",
                "function `a`",
            ),
            (
                "import azure.functions as func\napp = func.FunctionApp()\n"
                "@app.route('admin/a')\ndef a(req: func.HttpRequest) -> str: return ''\n",
                "function `a`: its route `admin/a` is reserved",
            ),
        ],
        ids=[
            *("import", "no-app", "annotation", "union", "binding", "setting", "cron"),
            *("duplicate", "case", "template", "reserved"),
        ],
    )
    def test_an_app_that_the_real_worker_would_refuse_is_named(self, tmp_path, source, said):
        (tmp_path / "function_app.py").write_text(source)
        (tmp_path / "host.json").write_text('{"version": "2.0"}')

        with pytest.raises(AssertionError) as raised, HostProcess(tmp_path, tmp_path / "data"):
            pass

        assert said in str(raised.value)
        assert "Traceback" not in str(raised.value)

    def test_local_settings_become_environment_variables(self, tmp_path):
        shutil.copytree(APP, tmp_path / "app", ignore=shutil.ignore_patterns("__pycache__"))
        values = {"OF_THE_TEST": "yes", "TICK": NEVER, "NOTES": str(tmp_path)}
        settings = {"Values": values, "Host": {"CORS": "http://site.example"}}
        (tmp_path / "app" / "local.settings.json").write_text(json.dumps(settings))

        with HostProcess(tmp_path / "app", tmp_path / "data") as host:
            reply = host.get("/api/echo/1", Origin="http://site.example")
            other = host.get("/api/echo/1", Origin="http://other.example")

        assert "yes" == reply.json["setting"]
        assert "http://site.example" == reply.headers["access-control-allow-origin"]
        assert "access-control-allow-origin" not in other.headers


def test_killed_at_twenty_random_moments_it_loses_and_doubles_nothing(tmp_path):
    dice = random.Random(7)
    env = {"NOTES": str(tmp_path), "TICK": NEVER}

    def host() -> HostProcess:
        return HostProcess(APP, tmp_path / "data", **env)

    with host() as first:
        for number in range(3):
            assert 202 == first.post(f"/api/start/everything/e{number}").status
        time.sleep(dice.uniform(0.0, 0.3))
        first.kill()
    for _ in range(19):
        with host() as running:
            time.sleep(dice.uniform(0.0, 0.4))
            running.kill()
    with host() as last:
        for number in range(3):
            assert 202 == steer(last, f"/instances/e{number}/raiseEvent/go", "now").status
        outputs = [end(last, f"e{number}")["output"] for number in range(3)]

    assert [[sum(range(0, 800, 2)), [sum(range(0, 40, 2))] * 3, "now"]] * 3 == outputs
