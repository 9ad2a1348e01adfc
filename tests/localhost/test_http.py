"""HTTP functions and the admin API, as the Functions host serves them."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from tests.localhost.support import APP, NEVER, configured, lines, wait_for_event
from tools.host_process import KEYS, HostProcess, http, wait_for

pytestmark = pytest.mark.server

MIB = 0x100000


class TestRequests:
    def test_a_function_gets_the_request_as_the_language_worker_passes_it(self, host):
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

    def test_text_is_answered_as_text_plain(self, host):
        assert host.get("/api/echo/special").headers["content-type"].startswith("text/plain")

    def test_an_exception_is_answered_with_500_and_not_described(self, host):
        reply = host.get("/api/broken")

        assert (500, b"") == (reply.status, reply.body)
        wait_for(lambda: "RuntimeError: secret reason" in host.output, "exception in the log")

    def test_an_optional_parameter_may_be_left_out(self, host):
        assert {"number": "42"} == host.get("/api/echo/42").json["route"]

    @pytest.mark.parametrize(
        "path", ["/api/echo/word", "/api/nothing", "/echo/1", "/api/echo", "/api/a%0Ab"]
    )
    def test_a_path_without_a_route_is_404(self, host, path):
        assert 404 == host.get(path).status

    def test_a_wrong_method_is_404(self, host):
        assert 404 == host.post("/api/broken").status

    def test_a_literal_outranks_a_parameter(self, host):
        assert b"special" == host.get("/api/echo/special").body

    def test_a_catch_all_takes_the_rest_of_the_path(self, host):
        assert b"a/b c" == host.get("/api/files/a/b%20c").body
        assert b"" == host.get("/api/files").body


class TestLargeBodies:
    def test_a_declared_body_that_is_too_large_is_refused_before_it_is_sent(self, host):
        declared = b"Content-Length: %d\r\n\r\n" % (100 * MIB + 1)

        assert b" 413 " in self.status_line(host, declared, b"")

    def test_a_streamed_body_is_refused_when_it_becomes_too_large(self, host):
        chunk = b"%X\r\n" % MIB + b"x" * MIB + b"\r\n"

        status_line = self.status_line(host, b"Transfer-Encoding: chunked\r\n\r\n", chunk * 101)

        assert b" 413 " in status_line
        assert 200 == host.get("/api/echo/1").status

    def status_line(self, host: HostProcess, headers: bytes, body: bytes) -> bytes:
        name, _, port = host.url.removeprefix("http://").partition(":")
        with socket.create_connection((name, int(port)), timeout=60) as connection:
            connection.sendall(b"POST /api/echo/1 HTTP/1.1\r\nHost: x\r\n" + headers)
            with suppress(BrokenPipeError, ConnectionResetError):  # refused before the end
                connection.sendall(body)
            return connection.recv(1000).split(b"\r\n")[0]


@pytest.fixture(scope="module")
def configured_host(tmp_path_factory) -> Iterator[HostProcess]:
    """Run an app with an empty route prefix and with local settings."""
    folder = tmp_path_factory.mktemp("configured")
    cors = {"CORS": "http://a.example,http://b.example", "CORSCredentials": True}
    values = {"OF_THE_TEST": "yes", "TICK": NEVER, "NOTES": str(folder)}
    host_json = {"version": "2.0", "extensions": {"http": {"routePrefix": ""}}}
    settings = {"Values": values, "Host": cors}
    app = configured(folder / "app", host_json=host_json, settings=settings)
    with HostProcess(app, folder / "data") as running:
        yield running


class TestConfiguration:
    def test_the_route_prefix_may_be_empty(self, configured_host):
        statuses = [configured_host.get(path).status for path in ("/echo/1", "/api/echo/1")]

        assert [200, 404] == statuses

    def test_local_settings_become_environment_variables(self, configured_host):
        assert "yes" == configured_host.get("/echo/1").json["setting"]

    def test_cors_headers_are_sent_to_allowed_origins_only(self, configured_host):
        allowed = configured_host.get("/echo/1", Origin="http://b.example")
        other = configured_host.get("/echo/1", Origin="http://evil.example")

        assert "http://b.example" == allowed.headers["access-control-allow-origin"]
        assert "access-control-allow-origin" not in other.headers

    def test_a_preflight_is_answered_by_the_host(self, configured_host):
        url = f"{configured_host.url}/broken"  # has only GET: the function is not called
        asked: Any = {
            "Access_Control_Request_Method": "POST",
            "Access_Control_Request_Headers": "x-a",
        }
        allowed = http("OPTIONS", url, Origin="http://b.example", **asked)
        other = http("OPTIONS", url, Origin="http://evil.example", **asked)

        assert 200 == allowed.status
        assert "http://b.example" == allowed.headers["access-control-allow-origin"]
        assert "true" == allowed.headers["access-control-allow-credentials"]
        assert "POST" in allowed.headers["access-control-allow-methods"]
        assert "access-control-allow-origin" not in other.headers


class TestKeys:
    def test_without_the_switch_no_key_is_needed(self, host):
        assert 200 == host.get("/api/guarded").status

    def test_with_the_switch_each_auth_level_needs_its_key(self, tmp_path):
        env = {"NOTES": str(tmp_path), "TICK": NEVER, "LOCALHOST_ENFORCE_KEYS": "1"}
        with HostProcess(APP, tmp_path / "data", **env) as host:
            statuses = {
                (path, key): host.get(f"/api/{path}?code={KEYS.get(key, key)}").status
                for path in ("guarded", "ruled", "echo/special")
                for key in ("none", "FUNCTION", "MASTER")
            }
            admin = host.get("/admin/host/status").status

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
        } == statuses
        assert 401 == admin


class TestAdmin:
    def test_the_state_of_the_host(self, host):
        assert "Running" == host.get("/admin/host/status").json["state"]

    def test_the_state_of_a_function(self, host):
        assert {} == host.get("/admin/functions/Tick/status").json
        assert 404 == host.get("/admin/functions/nothing/status").status

    def test_a_function_can_be_run_by_hand(self, host, notes):
        before = len(lines(notes / "tick"))

        assert 202 == host.post("/admin/functions/tick", {"input": ""}).status

        wait_for(lambda: len(lines(notes / "tick")) > before, "tick")

    def test_a_run_without_a_function_or_without_an_input_is_refused(self, host):
        assert 404 == host.post("/admin/functions/nothing", {"input": ""}).status
        assert 400 == host.post("/admin/functions/tick", []).status


def test_requests_are_printed_without_their_query(host):
    host.get("/api/echo/77?secret=1")

    request = wait_for_event(host, "request", path="/api/echo/77")
    assert ("GET", 200) == (request["method"], request["status"])
