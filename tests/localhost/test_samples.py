"""The patterns in the documentation of Durable Functions, each as a small app.

https://learn.microsoft.com/azure/azure-functions/durable/durable-functions-overview
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any, ClassVar

import pytest

from tests.localhost.support import lines
from tools.host_process import HostProcess, http, wait_for

SAMPLES = Path(__file__).parent / "samples"
pytestmark = pytest.mark.server
Sample = Callable[[str], HostProcess]


@pytest.fixture(scope="module")
def notes(tmp_path_factory) -> Path:
    """Return the folder in which the samples write down what they do."""
    folder: Path = tmp_path_factory.mktemp("notes")
    return folder


@pytest.fixture(scope="module")
def sample(tmp_path_factory, notes) -> Iterator[Sample]:
    """Return the host of a sample, and start it if this is its first use."""
    data = tmp_path_factory.mktemp("data")
    running: dict[str, HostProcess] = {}
    with ExitStack() as hosts:

        def host(name: str) -> HostProcess:
            if name not in running:
                process = HostProcess(SAMPLES / name, data / name, NOTES=str(notes))
                running[name] = hosts.enter_context(process)
            return running[name]

        yield host
        for process in running.values():  # all at once, which is faster
            process.process.terminate()


def start(host: HostProcess, orchestrator: str, given: object = None) -> str:
    """Start an orchestration by the sample's own route; return its id."""
    reply = host.post(f"/api/start/{orchestrator}", given)
    assert (202, "10") == (reply.status, reply.headers["retry-after"])
    instance_id: str = reply.json["id"]
    return instance_id


def output(host: HostProcess, orchestrator: str, given: object = None) -> Any:
    """Run an orchestration; return its output."""
    return host.wait_for_end(start(host, orchestrator, given))["output"]


def wait_until(host: HostProcess, instance_id: str, field: str, value: str) -> None:
    """Wait until a field of the status has a value."""
    wait_for(lambda: host.instance(instance_id)[field] == value, f"{field} {value}")


def test_chaining_passes_each_result_on(sample):
    host = sample("chaining")

    assert "tables: written, edited, signed" == output(host, "publish_article", "tables")


def test_hello_cities_answers_at_the_url_that_its_start_returned(sample):
    host = sample("hello_cities")
    url = host.post("/api/start/HelloCities").json["statusQueryGetUri"]

    wait_for(lambda: http("GET", url).status == 200, "end")

    status = http("GET", url).json
    assert ("HelloCities", "Completed") == (status["name"], status["runtimeStatus"])
    assert ["Hello Tokyo!", "Hello Seattle!", "Hello London!"] == status["output"]


def test_fan_in_keeps_the_order_of_the_fan_out(sample):
    host = sample("fan_out_fan_in")

    expected = {"folders": 30, "bytes": 43_500, "largest": "folder-29"}
    assert expected == output(host, "back_up", 30)


class TestHumanInteraction:
    PHONE: ClassVar = {"phone": "0155-1234", "patience_s": 600}

    def enter(self, host: HostProcess, instance_id: str, *codes: int) -> None:
        """Enter codes, each when the orchestration waits for it."""
        for attempt, code in enumerate(codes, start=1):
            wait_until(host, instance_id, "customStatus", f"try {attempt}")
            host.steer(f"/instances/{instance_id}/raiseEvent/code", code)

    def test_the_right_code_is_accepted_at_the_second_attempt(self, sample):
        host = sample("human_interaction")
        instance_id = start(host, "verify_phone", self.PHONE)

        self.enter(host, instance_id, 1111, 1234)

        assert "verified at try 2" == host.wait_for_end(instance_id)["output"]

    def test_three_wrong_codes_are_refused(self, sample):
        host = sample("human_interaction")
        instance_id = start(host, "verify_phone", self.PHONE)

        self.enter(host, instance_id, 0, 0, 0)

        assert "refused" == host.wait_for_end(instance_id)["output"]

    def test_the_request_expires_if_nobody_answers(self, sample):
        host = sample("human_interaction")

        given = {"phone": "0155-1234", "patience_s": 0.1}
        assert "expired" == output(host, "verify_phone", given)


class TestMonitor:
    def test_it_alerts_once_when_the_weather_clears(self, sample, notes):
        host = sample("monitor")
        instance_id = start(host, "watch_weather", {"place": "ny", "expires_s": 600})
        wait_for(
            lambda: (host.instance(instance_id)["customStatus"] or {}).get("looks", 0) >= 3,
            "three looks",
        )
        (notes / "ny-is-clear").touch()

        assert host.wait_for_end(instance_id)["output"].startswith("clear after ")
        assert ["clear"] == lines(notes / "ny-alerts")

    def test_it_gives_up_when_its_time_is_over(self, sample, notes):
        host = sample("monitor")

        assert "expired" == output(host, "watch_weather", {"place": "la", "expires_s": 0.2})
        assert not (notes / "la-alerts").exists()


class TestCompensation:
    def test_a_step_that_fails_for_good_is_undone(self, sample, notes):
        host = sample("compensation")
        before = len(lines(notes / "bookings"))

        result = output(host, "transfer", {"from": "a", "to": "closed", "amount": 5})

        assert not result["moved"]
        assert "LookupError: the account is closed" in result["why"]
        bookings = lines(notes / "bookings")[before:]
        assert ["a -5", "closed 5", "closed 5", "closed 5", "a 5"] == bookings

    def test_without_a_failure_nothing_is_undone(self, sample, notes):
        host = sample("compensation")
        before = len(lines(notes / "bookings"))

        assert {"moved": True} == output(host, "transfer", {"from": "a", "to": "b", "amount": 5})
        assert ["a -5", "b 5"] == lines(notes / "bookings")[before:]


def test_a_suspended_line_stands_still_until_it_is_resumed(sample, notes):
    host = sample("suspend_resume")
    log = notes / "assembled"
    instance_id = start(host, "assembly_line", 8)
    wait_for(lambda: len(lines(log)) >= 2, "two pieces")
    assert 202 == host.steer(f"/instances/{instance_id}/suspend?reason=look").status

    wait_for(lambda: stands_still(host, log), "stop of the line")
    assert "Suspended" == host.instance(instance_id)["runtimeStatus"]
    assert len(lines(log)) < 8

    assert 202 == host.steer(f"/instances/{instance_id}/resume?reason=go").status
    assert list(range(8)) == host.wait_for_end(instance_id)["output"]
    assert [str(number) for number in range(8)] == lines(log)


def stands_still(host: HostProcess, log: Path) -> bool:
    """Whether a message waits, no activity or timer is in progress, and nothing gets assembled.

    An episode that was in progress at the time of the suspension may still schedule one more.
    """

    def state() -> tuple[int, ...]:
        with closing(sqlite3.connect(host.data / "durable.db")) as reader:
            counts: tuple[int, ...] = reader.execute(
                "SELECT (SELECT COUNT(*) FROM inbox), (SELECT COUNT(*) FROM activities),"
                " (SELECT COUNT(*) FROM timers)"
            ).fetchone()
        return (*counts, len(lines(log)))

    before = state()
    time.sleep(0.1)
    return before == state() and before[:3] == (1, 0, 0)


class TestExternalEvents:
    def test_three_stamps_may_arrive_in_any_order(self, sample):
        host = sample("external_events")
        instance_id = start(host, "building_permit", "Main Street 1")
        for office in ("city", "fire", "water"):
            path = f"/instances/{instance_id}/raiseEvent/{office}"
            assert 202 == host.steer(path, office[0]).status

        assert {"fire": "f", "water": "w", "city": "c"} == host.wait_for_end(instance_id)["output"]

    def test_the_first_of_two_events_decides(self, sample):
        host = sample("external_events")
        instance_id = start(host, "budget")

        assert 200 == host.post(f"/api/raise/{instance_id}/refuse", "too dear").status

        assert "refused" == host.wait_for_end(instance_id)["output"]

    def test_an_eternal_orchestration_counts_events(self, sample):
        host = sample("external_events")
        instance_id = start(host, "counter", 1)
        for step, total in ((5, "6"), (4, "10")):
            host.steer(f"/instances/{instance_id}/raiseEvent/step", step)
            wait_until(host, instance_id, "input", total)
        host.steer(f"/instances/{instance_id}/raiseEvent/step", "end")

        assert 10 == host.wait_for_end(instance_id)["output"]


class TestSubOrchestrations:
    def test_each_device_has_an_orchestration_of_its_own(self, sample):
        host = sample("sub_orchestrations")
        instance_id = start(host, "set_up_all", ["tv", "lamp"])

        results = host.wait_for_end(instance_id)["output"]

        assert ["tv", "lamp"] == [result["device"] for result in results]
        child = host.instance(f"{instance_id}-lamp")
        assert ("set_up_one", True) == (child["name"], child["output"]["parent"])
        assert 200 == host.delete(f"/instances/{instance_id}-lamp").status

    def test_one_that_fails_twice_is_retried(self, sample, notes):
        host = sample("sub_orchestrations")

        assert "package-for-stubborn" == output(host, "set_up_stubborn", "stubborn")["package"]
        assert 3 == len(lines(notes / "installs-stubborn"))

    def test_one_that_always_fails_fails_its_parent(self, sample, notes):
        host = sample("sub_orchestrations")

        status = host.wait_for_end(start(host, "set_up_stubborn", "dead"))

        assert "Failed" == status["runtimeStatus"]
        assert "dead does not answer" in status["output"]
        assert 3 == len(lines(notes / "installs-dead"))
