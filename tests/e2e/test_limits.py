"""GitHub's limits, met by the running app: it waits, says so, and goes on with what is missing."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial

import pytest

from github_standin.portfolio import many_repositories
from github_standin.server import Fault, GitHubServer, StandIn
from tools.host_process import HostProcess, ended, refreshed, wait_for

pytestmark = pytest.mark.server
OWNER = "octo"


@pytest.fixture
def octo() -> Iterator[GitHubServer]:
    """Twelve repositories of five requests each."""
    with GitHubServer(StandIn(many_repositories(OWNER, 12))) as server:
        yield server


@pytest.fixture
def start(start_app, octo) -> Callable[..., HostProcess]:
    def start(**env: str) -> HostProcess:
        host: HostProcess = start_app(
            GITHUB_USERNAMES=OWNER, GITHUB_API_URL=octo.url, REFRESH_BATCH_SIZE="3", **env
        )
        return host

    return start


def trees(server: GitHubServer) -> Counter[str]:
    """How often each repository's tree was read."""
    return Counter(
        seen.path.split("/")[3]
        for seen in server.standin.requests
        if "/git/trees/" in seen.path and seen.status == 200
    )


def test_an_exhausted_hour_is_waited_out_on_a_timer_and_nothing_is_fetched_twice(start, octo):
    octo.standin.limit, octo.standin.remaining = 1000, 40
    reset = octo.standin.resets_at = time.time() + 4
    host = start()

    host.post("/api/refresh", {})
    waiting = wait_for(
        lambda: (p := host.get(f"/api/refresh/{OWNER}").json)["state"] == "waiting" and p, "wait"
    )
    asked = len(octo.standin.requests)
    time.sleep(0.5)
    assert asked == len(octo.standin.requests)  # gentle: not one request while it waits
    progress = wait_for(lambda: ended(host, OWNER), "end of the refresh")

    assert "rate_limited" == waiting["error"]["code"]
    assert 0 < waiting["done"] < 12
    until = datetime.fromisoformat(waiting["waiting_until"]).timestamp()
    assert reset - 1 <= until <= reset + 2
    assert ("completed", 12, 0) == tuple(progress[key] for key in ("state", "done", "failed"))
    assert {1} == set(trees(octo).values())
    assert "error" not in progress


def test_the_last_requests_of_an_hour_are_left_to_others(start, octo):
    octo.standin.limit, octo.standin.remaining = 1000, 50
    octo.standin.resets_at = time.time() + 4
    host = start()

    host.post("/api/refresh", {})
    wait_for(lambda: host.get(f"/api/refresh/{OWNER}").json["state"] == "waiting", "wait")
    left = octo.standin.remaining
    wait_for(lambda: ended(host, OWNER), "end of the refresh")

    assert 0 < left <= 20  # 2 % of the limit
    assert 12 == len(trees(octo))


@pytest.mark.parametrize(
    ("status", "headers"), [(403, {"retry-after": "1"}), (429, {"retry-after": "1"})]
)
def test_a_burst_that_is_refused_is_asked_again_when_github_says(start, octo, status, headers):
    message = "You have exceeded a secondary rate limit. Please wait a few minutes."
    octo.standin.faults.append(
        Fault(path="project-0004/git", status=status, message=message, headers=headers, times=1)
    )
    host = start()

    began = time.monotonic()
    progress = refreshed(host, OWNER)

    assert ("completed", 12, 0) == tuple(progress[key] for key in ("state", "done", "failed"))
    assert time.monotonic() - began >= 1
    assert {1} == set(trees(octo).values())


def test_a_limit_of_unknown_length_waits_a_minute(start, octo):
    message = "You have exceeded a secondary rate limit."
    octo.standin.faults.append(Fault(path="/users/", status=403, message=message))
    host = start()

    host.post("/api/refresh", {})
    waiting = wait_for(
        lambda: (p := host.get(f"/api/refresh/{OWNER}").json)["state"] == "waiting" and p, "wait"
    )

    wait_s = (datetime.fromisoformat(waiting["waiting_until"]) - datetime.now(UTC)).total_seconds()
    assert 50 < wait_s <= 61


def test_no_thread_waits_while_the_refresh_does(start, octo):
    """A waiting refresh leaves the worker free, even with one thread."""
    octo.standin.faults.append(Fault(path="/users/", status=429, message="Too many"))
    host = start(PYTHON_THREADPOOL_THREAD_COUNT="1")

    host.post("/api/refresh", {})
    wait_for(lambda: host.get(f"/api/refresh/{OWNER}").json["state"] == "waiting", "wait")

    assert 200 == host.get("/api/health").status


def test_no_more_than_one_batch_is_in_flight(start, octo):
    octo.standin.latency_s = 0.02
    refreshed(start(), OWNER)

    # Three repositories, of which each asks for at most four things at a time.
    assert octo.standin.most_in_flight <= 3 * 4


def test_two_portfolios_share_the_tokens_budget(start_app, octo):
    octo.standin.users["other"] = many_repositories("other", 12)
    octo.standin.latency_s = 0.02
    host = start_app(
        GITHUB_USERNAMES=f"{OWNER},other", GITHUB_API_URL=octo.url, REFRESH_BATCH_SIZE="4"
    )

    host.post("/api/refresh", {"username": OWNER})
    host.post("/api/refresh", {"username": "other"})
    for username in (OWNER, "other"):
        wait_for(partial(ended, host, username), "end of the refresh")

    # Batches of two for each of the two.
    assert octo.standin.most_in_flight <= 4 * 4


def test_requests_are_counted_in_the_progress(start, octo):
    progress = refreshed(start(), OWNER)

    assert len(octo.standin.requests) == progress["requests"]
    assert octo.standin.remaining == progress["requests_remaining"]
