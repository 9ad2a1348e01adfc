"""GitHub's rate limits, met by the running app: it waits, says so, and fetches what is missing."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from github_standin.portfolio import many_repositories
from github_standin.quotas import Quota
from github_standin.server import HOURLY_LIMIT, Fault, GitHubServer, StandIn
from tests.e2e.shared_app import Account, Accounts
from tools.host_process import wait_for

pytestmark = pytest.mark.server
REPOSITORIES = 12
BATCH_SIZE = 3
MAX_IN_FLIGHT = BATCH_SIZE * 2  # a repository's tree and its query are asked for at the same time
RETRY_AFTER_S = 3  # more than the first delay without it
SECONDARY_LIMIT = "You have exceeded a secondary rate limit. Please wait a few minutes."


@pytest.fixture(scope="module")
def accounts(azurite, tmp_path_factory) -> Iterator[Accounts]:
    state = tmp_path_factory.mktemp("state")
    with Accounts(azurite, state, count=15, batch_size=BATCH_SIZE) as accounts:
        yield accounts


@pytest.fixture(autouse=True)
def unlimited_github(accounts) -> Iterator[None]:
    yield
    standin = accounts.github.standin
    standin.faults.clear()
    standin.latency_s = 0.0
    for quota in (standin.quotas.core, standin.quotas.graphql):
        quota.limit = quota.remaining = HOURLY_LIMIT
        quota.resets_at += 1  # another hour for the app, which ignores a rise within an hour


def new_account(accounts: Accounts) -> Account:
    """Create an account of twelve repositories, which make four batches."""
    return accounts.new(*many_repositories("somebody", REPOSITORIES).repositories.values())


def progress_at_limit(account: Account) -> dict[str, Any] | None:
    """Return the progress once the refresh waits for the reset, or has met no limit at all."""
    progress = account.progress()
    return progress if progress["state"] in ("waiting", "completed") else None


def meet_the_limit(accounts: Accounts, quota: Quota) -> tuple[Account, dict[str, Any], float]:
    """Let a refresh use up an hour's quota; return its account, progress and the reset time.

    A slow machine may need longer than the first window to get that far. Then the refresh meets no
    limit, and another account tries a longer window.
    """
    for window_s in (2, 4, 8, 16, 32):
        account = new_account(accounts)
        quota.limit, quota.remaining = 1000, 27
        quota.resets_at = reset_at = time.time() + window_s
        account.start_refresh()
        progress = wait_for(partial(progress_at_limit, account), "wait for the reset")
        if progress["state"] == "waiting":
            return account, progress, reset_at
    raise AssertionError("no refresh met the limit within 32 s")


@pytest.mark.parametrize(
    ("resource", "remaining"), [("core", "requests_remaining"), ("graphql", "points_remaining")]
)
def test_the_last_of_an_hours_quota_is_left_to_others_until_the_reset(
    accounts, resource, remaining
):
    quota = getattr(accounts.github.standin.quotas, resource)
    account, waiting, reset_at = meet_the_limit(accounts, quota)
    seen_at = time.time()
    progress = account.wait_for_end()

    assert "rate_limited" == waiting["error"]["code"]
    assert 0 < waiting["done"] < REPOSITORIES
    until = moment(waiting["waiting_until"]).timestamp()
    # A wait takes at least two seconds, so it may begin late and end after the reset.
    assert reset_at - 1 <= until <= max(reset_at, seen_at) + 2
    assert 0 < waiting[remaining] <= quota.limit // 50
    assert ("completed", REPOSITORIES, 0) == tuple(
        progress[key] for key in ("state", "done", "failed")
    )
    assert "error" not in progress
    # Nothing is requested in vain; of the other quota, what was in flight is asked for again.
    if resource == "core":
        assert 1 + REPOSITORIES == len(account.requests())
    assert sum(account.trees().values()) <= REPOSITORIES + BATCH_SIZE


def test_a_burst_that_is_refused_is_retried_when_github_says(accounts):
    limited = [(403, new_account(accounts)), (429, new_account(accounts))]
    for status, account in limited:
        accounts.github.standin.faults.append(
            Fault(
                path=f"{account.name}/project-0004/git",
                status=status,
                message=SECONDARY_LIMIT,
                headers={"retry-after": str(RETRY_AFTER_S)},
                times=1,
            )
        )
        account.start_refresh()

    for _, account in limited:
        progress = account.wait_for_end()

        duration = moment(progress["finished_at"]) - moment(progress["started_at"])
        assert duration >= timedelta(seconds=RETRY_AFTER_S)
        assert ("completed", REPOSITORIES, 0) == tuple(
            progress[key] for key in ("state", "done", "failed")
        )
        assert {1} == set(account.trees().values())


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_a_limit_without_a_reset_time_waits_a_minute(start_app):
    with GitHubServer(StandIn(many_repositories("octo", REPOSITORIES))) as github:
        github.standin.faults.append(Fault(path="/users/", status=403, message=SECONDARY_LIMIT))
        host = start_app(GITHUB_USERNAMES="octo", GITHUB_API_URL=github.url)

        before = datetime.now(UTC)
        host.post("/api/refresh", {})
        waiting = wait_for(
            lambda: (seen := host.get("/api/refresh/octo").json)["state"] == "waiting" and seen,
            "wait",
        )

    minute = timedelta(minutes=1)
    assert before + minute <= moment(waiting["waiting_until"]) <= datetime.now(UTC) + minute


def test_a_refresh_that_waits_holds_no_thread(start_app):
    """With a single thread the app answers all the same."""
    with GitHubServer(StandIn(many_repositories("octo", REPOSITORIES))) as github:
        github.standin.faults.append(Fault(path="/users/", status=429, message="Too many"))
        host = start_app(
            GITHUB_USERNAMES="octo",
            GITHUB_API_URL=github.url,
            PYTHON_THREADPOOL_THREAD_COUNT="1",
        )

        host.post("/api/refresh", {})
        wait_for(lambda: host.get("/api/refresh/octo").json["state"] == "waiting", "wait")

        assert 200 == host.get("/api/health").status


def test_only_one_batch_of_a_portfolio_is_in_flight(accounts):
    standin = accounts.github.standin
    standin.latency_s, standin.most_in_flight = 0.02, 0

    new_account(accounts).refresh()

    assert BATCH_SIZE < standin.most_in_flight <= MAX_IN_FLIGHT


def test_portfolios_share_the_tokens_budget(accounts):
    """Each has its part of REFRESH_BATCH_SIZE, so together they have no more than one alone."""
    standin = accounts.github.standin
    standin.latency_s, standin.most_in_flight = 0.02, 0
    together = [new_account(accounts), new_account(accounts)]

    for account in together:
        account.start_refresh()
    for account in together:
        account.wait_for_end()

    assert standin.most_in_flight <= len(together) * MAX_IN_FLIGHT


def test_requests_are_counted_in_the_progress(accounts):
    account, standin = new_account(accounts), accounts.github.standin
    before = Counter(request.resource for request in standin.requests)

    progress = account.refresh()

    after = Counter(request.resource for request in standin.requests)
    assert {"core": 1 + REPOSITORIES, "graphql": REPOSITORIES} == after - before
    assert 1 + 2 * REPOSITORIES == progress["requests"]
    assert (standin.quotas.core.remaining, standin.quotas.graphql.remaining) == tuple(
        progress[key] for key in ("requests_remaining", "points_remaining")
    )
