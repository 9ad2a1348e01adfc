"""What the host keeps within bounds: origins, sizes, concurrency, time, its files, its end."""

from __future__ import annotations

import json
import socket
import sqlite3
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.localhost.support import APP, NEVER, end, events, run, steer
from tools.host_process import SAMPLES, HostProcess, http, wait_for

pytestmark = pytest.mark.server


def copied(folder: Path, *, host_json: object = None, settings: object = None) -> Path:
    """The app under test with another configuration."""
    folder.mkdir()
    (folder / "function_app.py").write_text((APP / "function_app.py").read_text())
    content = host_json if host_json is not None else {"version": "2.0"}
    (folder / "host.json").write_text(json.dumps(content))
    if settings is not None:
        (folder / "local.settings.json").write_text(json.dumps(settings))
    return folder


class TestHttp:
    def test_a_preflight_is_answered_by_the_host_for_known_origins_only(self, tmp_path):
        settings = {"Host": {"CORS": "http://a.example,http://b.example", "CORSCredentials": True}}
        app = copied(tmp_path / "app", settings=settings)
        asked: Any = {
            "Access_Control_Request_Method": "POST",
            "Access_Control_Request_Headers": "x-a",
        }
        with HostProcess(app, tmp_path / "data", NOTES=str(tmp_path), TICK=NEVER) as host:
            url = f"{host.url}/api/broken"  # a GET route: the function is never asked
            known = http("OPTIONS", url, Origin="http://b.example", **asked)
            other = http("OPTIONS", url, Origin="http://evil.example", **asked)

        assert 200 == known.status
        assert "http://b.example" == known.headers["access-control-allow-origin"]
        assert "true" == known.headers["access-control-allow-credentials"]
        assert "POST" in known.headers["access-control-allow-methods"]
        assert "access-control-allow-origin" not in other.headers

    def test_a_body_that_is_declared_too_large_is_refused_before_it_is_sent(self, host):
        said = b"Content-Length: 104857601\r\n\r\n"

        assert b" 413 " in self.first_line(host, said, b"")

    def test_a_body_that_grows_too_large_is_refused(self, host):
        chunk = b"100000\r\n" + b"x" * 0x100000 + b"\r\n"  # 1 MiB

        assert b" 413 " in self.first_line(host, b"Transfer-Encoding: chunked\r\n\r\n", chunk * 101)
        assert 200 == host.get("/api/echo/1").status

    def first_line(self, host: HostProcess, headers: bytes, body: bytes) -> bytes:
        name, _, port = host.url.removeprefix("http://").partition(":")
        with socket.create_connection((name, int(port)), timeout=30) as connection:
            connection.sendall(b"POST /api/echo/1 HTTP/1.1\r\nHost: x\r\n" + headers)
            with suppress(BrokenPipeError, ConnectionResetError):  # refused before all was said
                connection.sendall(body)
            return connection.recv(1000).split(b"\r\n")[0]

    def test_the_prefix_may_be_empty(self, tmp_path):
        app = copied(
            tmp_path / "app",
            host_json={"version": "2.0", "extensions": {"http": {"routePrefix": ""}}},
        )
        with HostProcess(app, tmp_path / "data", NOTES=str(tmp_path), TICK=NEVER) as host:
            assert (200, 404) == (host.get("/echo/1").status, host.get("/api/echo/1").status)

    def test_the_state_of_a_function(self, host):
        assert {} == host.get("/admin/functions/Tick/status").json
        assert 404 == host.get("/admin/functions/nothing/status").status


@pytest.mark.parametrize(("allowed", "seen"), [(3, 3), (1, 1)])
def test_no_more_activities_run_at_once_than_host_json_allows(tmp_path, allowed, seen):
    durable = {"maxConcurrentActivityFunctions": allowed, "maxConcurrentOrchestratorFunctions": 1}
    app = copied(tmp_path / "app", host_json={"extensions": {"durableTask": durable}})
    env = {"NOTES": str(tmp_path), "TICK": NEVER, "PYTHON_THREADPOOL_THREAD_COUNT": "16"}
    with HostProcess(app, tmp_path / "data", **env) as host:
        assert seen == run(host, "most_together")["output"]


def test_a_timer_does_not_overlap_itself(tmp_path):
    env = {"NOTES": str(tmp_path), "TICK": "*/1 * * * * *", "TICK_TAKES_S": "1.3"}
    with HostProcess(APP, tmp_path / "data", **env):
        wait_for(lambda: (tmp_path / "ticked").exists(), "first tick")
        ticked = tmp_path / "ticked"
        wait_for(lambda: len(ticked.read_text().splitlines()) >= 2, "second tick")
        begun = len((tmp_path / "tick").read_text().splitlines())

    assert begun <= 3


class TestStop:
    def test_a_request_in_flight_gets_its_answer(self, tmp_path):
        replies = []
        with HostProcess(APP, tmp_path / "data", NOTES=str(tmp_path), TICK=NEVER) as host:
            visitor = threading.Thread(target=lambda: replies.append(host.get("/api/slow")))
            visitor.start()
            wait_for((tmp_path / "slow_answer").exists, "request in flight")
        visitor.join()

        assert [(200, b"answered")] == [(reply.status, reply.body) for reply in replies]
        assert 0 == host.process.returncode

    def test_an_activity_in_flight_is_finished_and_not_run_again(self, tmp_path):
        env = {"NOTES": str(tmp_path), "TICK": NEVER}
        with HostProcess(APP, tmp_path / "data", **env) as host:
            host.post("/api/start/first_of_two/race")
            host.post("/api/start/calls/slow-1", "unspeakable")
            steer(host, "/orchestrators/overruns/slow-2")
            time.sleep(0.1)
        with HostProcess(APP, tmp_path / "data", **env) as again:
            assert "first" == end(again, "race")["output"]
            assert "timed out" in end(again, "slow-2")["output"]

        assert 1 == (tmp_path / "slow").read_text().splitlines().count("0.3")

    def test_a_tick_in_flight_is_finished(self, tmp_path):
        env = {"NOTES": str(tmp_path), "TICK": NEVER, "TICK_TAKES_S": "0.6"}
        with HostProcess(APP, tmp_path / "data", **env):
            wait_for((tmp_path / "tick").exists, "tick")

        assert (tmp_path / "ticked").exists()


class TestState:
    def test_a_second_host_on_the_same_state_is_refused(self, tmp_path):
        env = {"NOTES": str(tmp_path), "TICK": NEVER}
        with HostProcess(APP, tmp_path / "data", **env) as first:
            with (
                pytest.raises(AssertionError) as refused,
                HostProcess(APP, tmp_path / "data", **env),
            ):
                pass
            assert 4 == run(first, "chain", 1)["output"]

        assert "in use by another host" in str(refused.value)
        assert "Traceback" not in str(refused.value)

    def test_a_database_that_is_none_is_named_and_left_alone(self, tmp_path):
        database = tmp_path / "data" / "durable.db"
        database.parent.mkdir()
        database.write_bytes(b"my diary, not a database" * 100)

        host = HostProcess(APP, tmp_path / "data", NOTES=str(tmp_path), TICK=NEVER)
        with pytest.raises(AssertionError) as refused, host:
            pass

        assert "durable.db cannot be used" in str(refused.value)
        assert "Traceback" not in str(refused.value)
        assert database.read_bytes().startswith(b"my diary")

    def test_the_database_can_be_read_beside_the_host(self, tmp_path):
        with HostProcess(APP, tmp_path / "data", NOTES=str(tmp_path), TICK=NEVER) as host:
            run(host, "chain", 1)
            reader = sqlite3.connect(tmp_path / "data" / "durable.db")
            found = reader.execute("SELECT name, status FROM instances").fetchall()
            reader.close()

        assert [("chain", "Completed")] == found

    def test_a_port_in_use_is_named(self, tmp_path):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            settings = {"Host": {"LocalHttpPort": port}}
            app = copied(tmp_path / "app", settings=settings)
            second = HostProcess(app, tmp_path / "data", NOTES=str(tmp_path), TICK=NEVER)
            second.command.remove("--port")
            second.command.remove("0")
            with pytest.raises(AssertionError, match=f"port {port} is taken"), second:
                pass

    @pytest.mark.parametrize(
        ("name", "content", "said"),
        [
            ("host.json", "{", "host.json is not JSON"),
            ("host.json", '{"functionTimeout": "soon"}', "`functionTimeout` is 'soon'"),
            (
                "host.json",
                '{"extensions": {"durableTask": {"hubName": "my hub"}}}',
                "`hubName` is 'my hub'",
            ),
            ("local.settings.json", '{"Values": {"A": [1]}}', "`A` is [1]; expected text"),
        ],
    )
    def test_a_wrong_configuration_is_named(self, tmp_path, name, content, said):
        app = copied(tmp_path / "app")
        (app / name).write_text(content)

        with pytest.raises(AssertionError) as refused, HostProcess(app, tmp_path / "data"):
            pass

        assert said in str(refused.value)
        assert "Traceback" not in str(refused.value)


class TestOutput:
    def test_json_logs_are_one_object_a_line(self, tmp_path):
        with HostProcess(APP, tmp_path / "data", NOTES=str(tmp_path), TICK=NEVER) as host:
            run(host, "chain", 1)
            host.get("/api/echo/1")

        (ended,) = events(host, "orchestration.completed")
        assert ("chain", 3) == (ended["name"], ended["episodes"])
        assert "/api/echo/1" in [each["path"] for each in events(host, "request")]
        assert all(line.startswith(("{", "Listening on ")) for line in host.lines)

    def test_quiet_prints_the_address_alone(self, tmp_path):
        host = HostProcess(APP, tmp_path / "data", NOTES=str(tmp_path), TICK=NEVER)
        host.command[host.command.index("--json-logs")] = "--quiet"
        with host:
            run(host, "chain", 1)

        assert ["Listening on"] == [line.rsplit(maxsplit=1)[0] for line in host.lines]


def test_storage_and_github_are_started_by_switches(tmp_path):
    from tools.host_process import ROOT, refreshed

    host = HostProcess(ROOT, tmp_path / "data", REFRESH_SCHEDULE=NEVER, AzureWebJobsStorage="")
    host.command += ["--azurite", "--github", str(SAMPLES)]
    with host:
        progress = refreshed(host)

    assert ("completed", 31) == (progress["state"], progress["done"])
    assert (tmp_path / "data" / "azurite").is_dir()
