"""From start to stop: output, state on disk, SIGTERM, `kill -9`."""

from __future__ import annotations

import random
import re
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.localhost.support import (
    APP,
    NEVER,
    begin_stop,
    configured,
    events,
    lines,
    run,
    wait_for_event,
)
from tools.host_process import ROOT, SAMPLES, HostProcess, http, refreshed, wait_for

pytestmark = pytest.mark.server


def environment(notes: Path, **env: str) -> dict[str, str]:
    return {"NOTES": str(notes), "TICK": NEVER, **env}


class TestStart:
    @pytest.mark.parametrize(
        ("option", "message"),
        [
            (["--app", "nowhere"], "host.json is missing in "),
            (["--port", "70000"], "`--port` is '70000'; expected a whole number from 0 to 65535"),
        ],
    )
    def test_a_failed_start_ends_with_one_line_and_status_1(self, tmp_path, option, message):
        command = [sys.executable, "-m", "localhost", "--data", str(tmp_path), *option]
        ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

        assert 1 == ended.returncode
        assert ended.stderr.startswith("error: ")
        assert message in ended.stderr
        assert [] == ended.stderr.splitlines()[1:]

    def test_a_host_json_with_comments_is_read_from_the_app_folder(self, tmp_path, monkeypatch):
        app = configured(tmp_path / "app")
        (app / "host.json").write_text('{"version": "2.0", /* of the schema */ }')
        monkeypatch.chdir(app)  # the SDK would read host.json from here

        with HostProcess(app, tmp_path / "data", **environment(tmp_path)) as host:
            assert 4 == run(host, "chain", 1)["output"]

        assert "host.json has comments or trailing commas" in host.output

    def test_switches_start_storage_and_github(self, tmp_path):
        host = HostProcess(ROOT, tmp_path / "data", REFRESH_SCHEDULE=NEVER, AzureWebJobsStorage="")
        host.command += ["--azurite", "--github", str(SAMPLES)]
        with host:
            progress = refreshed(host)

        assert ("completed", 31) == (progress["state"], progress["done"])
        assert (tmp_path / "data" / "azurite").is_dir()


class TestOutput:
    def test_json_logs_are_one_object_a_line(self, host):
        instance_id = run(host, "chain", 1)["instanceId"]

        completed = wait_for_event(host, "orchestration.completed", instance_id=instance_id)
        assert ("chain", 3) == (completed["name"], completed["episodes"])
        assert [] == [line for line in host.lines if not line.startswith(("{", "Listening on "))]

    def test_the_log_of_the_app_is_printed_and_that_of_noisy_libraries_is_not(self, host):
        host.get("/api/log")
        wait_for_event(host, "request", path="/api/log")

        messages = [event["message"] for event in events(host, "log")]
        assert ["written to some.app"] == [text for text in messages if "written to" in text]
        assert 1 == len([text for text in messages if "UserWarning: take care" in text])
        assert "Started server process" not in host.output

    def test_quiet_prints_the_address_alone(self, tmp_path):
        host = HostProcess(APP, tmp_path / "data", **environment(tmp_path))
        host.command[host.command.index("--json-logs")] = "--quiet"
        with host:
            run(host, "chain", 1)

        assert ["Listening on"] == [line.rsplit(maxsplit=1)[0] for line in host.lines]

    def test_without_switches_functions_and_events_are_printed_for_people(self, tmp_path):
        host = HostProcess(APP, tmp_path / "data", **environment(tmp_path))
        host.command.remove("--json-logs")
        with host:
            host.get("/api/echo/1")

        assert re.search(r"^  ruled: \[GET\] http://localhost:\d+/api/ruled$", host.output, re.M)
        assert "  tick: timerTrigger\n" in host.output
        assert re.search(r"^\d\d:\d\d:\d\d GET /api/echo/1 200 in ", host.output, re.M)


class TestTimers:
    def test_a_timer_fires_at_the_start_and_then_by_its_schedule(self, tmp_path):
        env = environment(tmp_path, TICK="*/1 * * * * *")
        with HostProcess(APP, tmp_path / "data", **env):
            wait_for(lambda: len(lines(tmp_path / "tick")) >= 2, "two ticks")

        assert {"False"} == set(lines(tmp_path / "tick"))

    def test_its_status_is_kept_in_the_data_folder(self, host):
        assert ["tick.json"] == [file.name for file in (host.data / "timers").iterdir()]


class TestLimits:
    def test_no_more_activities_run_at_once_than_host_json_allows(self, tmp_path):
        durable = {"maxConcurrentActivityFunctions": 3, "maxConcurrentOrchestratorFunctions": 1}
        app = configured(tmp_path / "app", host_json={"extensions": {"durableTask": durable}})
        env = environment(tmp_path, PYTHON_THREADPOOL_THREAD_COUNT="16")
        with HostProcess(app, tmp_path / "data", **env) as host:
            assert run(host, "most_together")["output"] <= 3


class TestStop:
    def test_a_request_in_progress_gets_its_response(self, tmp_path):
        replies = []
        with HostProcess(APP, tmp_path / "data", **environment(tmp_path)) as host:
            visitor = threading.Thread(target=lambda: replies.append(host.get("/api/held")))
            visitor.start()
            wait_for(lambda: lines(tmp_path / "request-began"), "request in progress")
            begin_stop(host)
            (tmp_path / "release-request").touch()
            visitor.join()

        assert [(200, b"answered")] == [(reply.status, reply.body) for reply in replies]
        assert 0 == host.process.returncode

    def test_an_activity_in_progress_finishes_and_is_not_run_again(self, tmp_path):
        env = environment(tmp_path)
        with HostProcess(APP, tmp_path / "data", **env) as host:
            host.post("/api/start/first_of_two/race")
            wait_for(lambda: lines(tmp_path / "held-began"), "activity in progress")
            begin_stop(host)
            (tmp_path / "release-race").touch()
        assert ["race"] == lines(tmp_path / "held-ended")
        with HostProcess(APP, tmp_path / "data", **env) as again:
            assert "first" == again.wait_for_end("race")["output"]
            assert 4 == run(again, "chain", 1)["output"]

        assert ["race"] == lines(tmp_path / "held-began")

    def test_a_timeout_that_passes_during_the_stop_fails_the_activity(self, tmp_path):
        app = configured(tmp_path / "app", host_json={"functionTimeout": "00:00:01"})
        env = environment(tmp_path)
        with HostProcess(app, tmp_path / "data", **env) as host:
            host.steer("/orchestrators/overruns/overrun")
            wait_for(lambda: lines(tmp_path / "held-began"), "activity in progress")
            begin_stop(host)
            wait_for(lambda: events(host, "activity.failed"), "timeout")
            (tmp_path / "release-overrun").touch()
        with HostProcess(app, tmp_path / "data", **env) as again:
            assert "timed out after 1 s" in again.wait_for_end("overrun")["output"]

    def test_a_timer_function_in_progress_finishes(self, tmp_path):
        env = environment(tmp_path, HOLD_TICK="1")
        with HostProcess(APP, tmp_path / "data", **env) as host:
            wait_for(lambda: lines(tmp_path / "tick"), "tick in progress")
            begin_stop(host)
            (tmp_path / "release-tick").touch()

        assert 1 == len(lines(tmp_path / "ticked"))


class TestState:
    def test_a_second_host_on_the_same_data_folder_is_refused(self, host, notes):
        second = HostProcess(APP, host.data, **environment(notes))
        with pytest.raises(AssertionError) as refused, second:
            pass

        assert "durable.db is in use by another host" in str(refused.value)
        assert "Traceback" not in str(refused.value)
        assert 4 == run(host, "chain", 1)["output"]

    def test_the_database_can_be_read_while_the_host_runs(self, host):
        instance_id = run(host, "chain", 1)["instanceId"]

        with closing(sqlite3.connect(host.data / "durable.db")) as reader:
            query = "SELECT name, status FROM instances WHERE id = ?"
            rows = reader.execute(query, (instance_id,)).fetchall()

        assert [("chain", "Completed")] == rows

    def test_a_url_with_a_generated_key_is_valid_after_a_crash(self, tmp_path):
        generated = {f"LOCALHOST_{name}_KEY": "" for name in ("FUNCTION", "MASTER", "SYSTEM")}
        env = environment(tmp_path, **generated)
        with HostProcess(APP, tmp_path / "data", **env) as first:
            urls = first.post("/api/start/chain/kept", 1).json
            port = first.url.rpartition(":")[2]
            first.kill()

        with HostProcess(APP, tmp_path / "data", PORT=port, **env):
            url = urls["statusQueryGetUri"]
            wait_for(lambda: http("GET", url).status == 200, "end of the orchestration")
            status = http("GET", url).json
            without_key = http("GET", re.sub("code=.*", "", url))

        assert ("Completed", 4) == (status["runtimeStatus"], status["output"])
        assert 401 == without_key.status


@pytest.mark.timeout(600)  # 21 starts of a host
def test_killed_twenty_times_at_random_points_the_host_loses_and_doubles_nothing(tmp_path):
    """Three orchestrations with 460 activities each, a timer and an event.

    The host is killed when a random number of activities has run since its start.
    """
    dice = random.Random(7)
    ran = tmp_path / "double"

    def host() -> HostProcess:
        return HostProcess(APP, tmp_path / "data", **environment(tmp_path))

    def kill_after(running: HostProcess, activities: int) -> None:
        goal = min(len(lines(ran)) + activities, 3 * 460)
        wait_for(lambda: len(lines(ran)) >= goal, "activities")
        time.sleep(dice.uniform(0, 0.02))
        running.kill()

    with host() as first:
        for number in range(3):
            assert 202 == first.post(f"/api/start/everything/e{number}").status
        kill_after(first, dice.randrange(60))
    for _ in range(19):
        with host() as running:
            kill_after(running, dice.randrange(60))
    with host() as last:
        for number in range(3):
            assert 202 == last.steer(f"/instances/e{number}/raiseEvent/go", "now").status
        outputs = [last.wait_for_end(f"e{number}")["output"] for number in range(3)]

    assert [[sum(range(0, 800, 2)), [sum(range(0, 40, 2))] * 3, "now"]] * 3 == outputs
