"""The patterns that the documentation of Durable Functions teaches, each as a small app.

https://learn.microsoft.com/azure/azure-functions/durable/durable-functions-overview
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.localhost.support import delete, end, instance, steer
from tools.host_process import HostProcess, http, wait_for

SAMPLES = Path(__file__).parent / "samples"
pytestmark = pytest.mark.server
Sample = Callable[[str], HostProcess]


@pytest.fixture
def sample(tmp_path) -> Iterator[Sample]:
    """Host a sample; its notes are under `tmp_path`."""
    with ExitStack() as hosts:

        def host(name: str) -> HostProcess:
            data = tmp_path / "data" / name
            return hosts.enter_context(HostProcess(SAMPLES / name, data, NOTES=str(tmp_path)))

        yield host


def start(host: HostProcess, orchestrator: str, given: object = None) -> str:
    """Start by the sample's own route; the instance id."""
    reply = host.post(f"/api/start/{orchestrator}", given)
    assert (202, "10") == (reply.status, reply.headers["retry-after"])
    name: str = reply.json["id"]
    return name


def output(host: HostProcess, orchestrator: str, given: object = None) -> Any:
    return end(host, start(host, orchestrator, given))["output"]


def test_chaining_hands_each_result_on(sample):
    host = sample("chaining")

    assert "tables: written, edited, signed" == output(host, "publish_article", "tables")


def test_hello_cities_answers_at_the_address_of_the_start(sample):
    host = sample("hello_cities")
    urls = host.post("/api/start/HelloCities").json

    def done() -> Any:
        reply = http("GET", urls["statusQueryGetUri"])
        return reply.json if reply.status == 200 else None

    status = wait_for(done, "end")

    assert ("HelloCities", "Completed") == (status["name"], status["runtimeStatus"])
    assert ["Hello Tokyo!", "Hello Seattle!", "Hello London!"] == status["output"]


def test_fan_in_keeps_the_order_of_the_fan_out(sample):
    host = sample("fan_out_fan_in")

    expected = {"folders": 30, "bytes": 43_500, "largest": "folder-29"}
    assert expected == output(host, "back_up", 30)


class TestHumanInteraction:
    def test_the_right_code_at_the_second_try(self, sample):
        host = sample("human_interaction")
        name = start(host, "verify_phone", {"phone": "0155-1234", "patience_s": 60})
        for tries, code in enumerate((1111, 1234), start=1):
            wait_for(lambda n=tries: instance(host, name)["customStatus"] == f"try {n}", "try")
            steer(host, f"/instances/{name}/raiseEvent/code", code)

        assert "verified at try 2" == end(host, name)["output"]

    def test_three_wrong_codes(self, sample):
        host = sample("human_interaction")
        name = start(host, "verify_phone", {"phone": "0155-1234", "patience_s": 60})
        for tries in (1, 2, 3):
            wait_for(lambda n=tries: instance(host, name)["customStatus"] == f"try {n}", "try")
            steer(host, f"/instances/{name}/raiseEvent/code", 0)

        assert "refused" == end(host, name)["output"]

    def test_nobody_answers(self, sample):
        host = sample("human_interaction")

        given = {"phone": "0155-1234", "patience_s": 0.1}
        assert "expired" == output(host, "verify_phone", given)


class TestMonitor:
    def test_it_alerts_once_when_the_weather_clears(self, sample, tmp_path):
        host = sample("monitor")
        name = start(host, "watch_weather", {"place": "ny", "expires_s": 60})
        wait_for(lambda: (instance(host, name)["customStatus"] or {}).get("looks", 0) >= 3, "looks")
        (tmp_path / "ny-is-clear").touch()

        assert end(host, name)["output"].startswith("clear after ")
        assert "clear\n" == (tmp_path / "ny-alerts").read_text()

    def test_it_gives_up_when_time_is_up(self, sample, tmp_path):
        host = sample("monitor")

        assert "expired" == output(host, "watch_weather", {"place": "la", "expires_s": 0.2})
        assert not (tmp_path / "la-alerts").exists()


class TestCompensation:
    def test_a_step_that_fails_for_good_is_undone(self, sample, tmp_path):
        host = sample("compensation")

        result = output(host, "transfer", {"from": "a", "to": "closed", "amount": 5})

        assert not result["moved"]
        assert "LookupError: the account is closed" in result["why"]
        bookings = (tmp_path / "bookings").read_text().splitlines()
        assert ["a -5", "closed 5", "closed 5", "closed 5", "a 5"] == bookings

    def test_without_a_failure_nothing_is_undone(self, sample, tmp_path):
        host = sample("compensation")

        assert {"moved": True} == output(host, "transfer", {"from": "a", "to": "b", "amount": 5})
        assert ["a -5", "b 5"] == (tmp_path / "bookings").read_text().splitlines()


def test_a_suspended_line_stands_still_and_goes_on(sample, tmp_path):
    host = sample("suspend_resume")
    name = start(host, "assembly_line", 8)
    log = tmp_path / "assembled"
    wait_for(lambda: log.exists() and len(log.read_text().splitlines()) >= 2, "two pieces")
    assert 202 == steer(host, f"/instances/{name}/suspend?reason=look").status
    time.sleep(0.1)
    built = log.read_text()
    time.sleep(0.2)
    assert ("Suspended", built) == (instance(host, name)["runtimeStatus"], log.read_text())

    assert 202 == steer(host, f"/instances/{name}/resume?reason=go").status

    assert list(range(8)) == end(host, name)["output"]
    assert list(range(8)) == [int(line) for line in log.read_text().splitlines()]


class TestExternalEvents:
    def test_three_stamps_in_another_order_one_of_them_early(self, sample):
        host = sample("external_events")
        name = start(host, "building_permit", "Main Street 1")
        for office in ("city", "fire", "water"):
            assert 202 == steer(host, f"/instances/{name}/raiseEvent/{office}", office[0]).status

        assert {"fire": "f", "water": "w", "city": "c"} == end(host, name)["output"]

    def test_the_first_of_two_wins(self, sample):
        host = sample("external_events")
        name = start(host, "budget")
        assert 200 == host.post(f"/api/raise/{name}/refuse", "too dear").status

        assert "refused" == end(host, name)["output"]

    def test_an_eternal_orchestration_counts_events(self, sample):
        host = sample("external_events")
        name = start(host, "counter", 1)
        for step, total in ((5, 6), (4, 10)):
            steer(host, f"/instances/{name}/raiseEvent/step", step)
            wait_for(lambda n=total: instance(host, name)["input"] == str(n), "step")
        steer(host, f"/instances/{name}/raiseEvent/step", "end")

        assert 10 == end(host, name)["output"]


class TestSubOrchestrations:
    def test_each_device_has_its_own(self, sample):
        host = sample("sub_orchestrations")
        name = start(host, "set_up_all", ["tv", "lamp"])

        assert ["tv", "lamp"] == [each["device"] for each in end(host, name)["output"]]
        child = instance(host, f"{name}-lamp")
        assert ("set_up_one", True) == (child["name"], child["output"]["parent"])
        assert 200 == delete(host, f"/instances/{name}-lamp").status

    def test_one_that_fails_twice_is_tried_again(self, sample, tmp_path):
        host = sample("sub_orchestrations")

        assert "package-for-stubborn" == output(host, "set_up_stubborn", "stubborn")["package"]
        assert 3 == len((tmp_path / "installs-stubborn").read_text().splitlines())

    def test_one_that_always_fails_fails_its_parent(self, sample, tmp_path):
        host = sample("sub_orchestrations")

        status = end(host, start(host, "set_up_stubborn", "dead"))

        assert "Failed" == status["runtimeStatus"]
        assert "dead does not answer" in status["output"]
        assert 3 == len((tmp_path / "installs-dead").read_text().splitlines())
