"""What fails for a while costs time; what fails for good is said and not tried again and again."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from github_standin.portfolio import many_repositories
from github_standin.server import Fault, GitHubServer, StandIn
from localhost.azurite import Azurite
from tests.e2e.gated_github import GatedStandIn
from tools.host_process import HostProcess, ended, refreshed, wait_for

pytestmark = pytest.mark.server
OWNER = "octo"
REPOSITORIES = 20
OUTAGE_S = 3
ENFORCED = "Resource protected by organization SAML enforcement."
SSO = {"X-GitHub-SSO": "required; url=https://github.example/orgs/x/sso"}


def run(start_app: Callable[..., HostProcess], github: GitHubServer, **env: str) -> HostProcess:
    return start_app(
        GITHUB_USERNAMES=OWNER, GITHUB_API_URL=github.url, GITHUB_REQUESTS_PER_MINUTE="0", **env
    )


def portfolio(host: HostProcess) -> dict[str, Any]:
    shown: dict[str, Any] = host.get(f"/api/portfolios/{OWNER}").json
    return shown


def stop(azurite: Azurite) -> None:
    azurite.stop()


def kill(azurite: Azurite) -> None:
    """Leave it no time to write what it holds in memory."""
    azurite._process.kill()
    azurite.stop()  # closes our ends of its pipes


@pytest.mark.parametrize("end", [stop, kill])
def test_storage_that_is_away_for_a_while_costs_no_refresh_and_no_visitor(
    start_app, tmp_path: Path, end
):
    tables = tmp_path / "tables"
    tables.mkdir()
    azurite = Azurite(tables)
    standin = GatedStandIn(many_repositories(OWNER, REPOSITORIES))
    with GitHubServer(standin) as github:
        try:
            host = run(
                start_app,
                github,
                REFRESH_BATCH_SIZE="5",
                AzureWebJobsStorage=azurite.connection_string,
            )
            host.post("/api/refresh", {})
            standin.open(5)
            wait_for(lambda: portfolio(host).get("pending") == REPOSITORIES - 5, "first batch")

            end(azurite)
            standin.open_all()
            seen = []
            until = time.monotonic() + OUTAGE_S
            while time.monotonic() < until:
                seen.append(host.get("/api/query?q=project&answer=false").status)
                time.sleep(0.2)
            azurite = Azurite(tables, azurite.port)
            progress = wait_for(lambda: ended(host, OWNER), "end of the refresh", 120)
            assert {200} == set(seen)
            if end is stop:
                assert ("completed", 0) == (progress["state"], progress["failed"])
            refreshed(host, OWNER)  # brings back what the storage forgot, the table among it
            shown = portfolio(host)
            assert ("complete", REPOSITORIES) == (shown["state"], shown["repos"])
            assert [] == [bundle for bundle in shown["repositories"] if not bundle["files"]]
        finally:
            standin.open_all()
            azurite.stop()


@pytest.fixture
def github() -> Iterator[GitHubServer]:
    with GitHubServer(StandIn(many_repositories(OWNER, 3))) as server:
        yield server


def test_a_refused_token_is_said_and_visitors_do_not_try_it_again(start_app, github):
    standin = github.standin
    standin.faults.append(Fault(path="/users/", status=401, message="Bad credentials"))
    host = run(start_app, github)

    assert 202 == host.get("/api/query?q=flask").status
    wait_for(lambda: host.get("/api/query?q=flask").status == 503, "refusal")
    refused = host.get("/api/query?q=flask")
    asked = len(standin.requests)
    for _ in range(20):
        assert 503 == host.get("/api/query?q=flask").status
    health = host.get("/api/health").json

    assert "bad_credentials" == refused.json["error"]["code"]
    assert "GITHUB_TOKEN" in refused.json["error"]["message"]
    assert 30 < int(refused.headers["retry-after"]) <= 60
    assert 1 == asked == len(standin.requests)
    assert "degraded" == health["status"]
    assert "bad_credentials" == health["portfolios"][0]["error"]["code"]
    assert health["portfolios"][0]["next_try_at"]

    standin.faults.clear()
    refreshed(host, OWNER)  # the operator need not wait
    assert 200 == host.get("/api/query?q=flask").status
    healthy = host.get("/api/health").json
    assert ("ok", None) == (healthy["status"], healthy["portfolios"][0].get("error"))


@pytest.mark.parametrize(
    ("status", "message", "headers"),
    [
        pytest.param(403, ENFORCED, SSO, id="single-sign-on"),
        pytest.param(403, "Resource not accessible by integration", {}, id="integration"),
        pytest.param(
            403, "Resource not accessible by personal access token", {}, id="fine-grained-token"
        ),
    ],
)
def test_what_the_token_may_not_read_is_asked_for_again_at_the_next_refresh(
    start_app, github, status, message, headers
):
    host = run(start_app, github)
    refreshed(host, OWNER)
    standin = github.standin
    path = f"/repos/{OWNER}/project-0001/"
    standin.faults.append(Fault(path=path, status=status, message=message, headers=headers))

    refreshed(host, OWNER, force=True)
    refused = host.get(f"/api/portfolios/{OWNER}/repos/project-0001").json
    standin.faults.clear()
    refreshed(host, OWNER)
    mended = host.get(f"/api/portfolios/{OWNER}/repos/project-0001").json

    assert (True, "token_refused") == (refused["stale"], refused["stale_reason"])
    assert refused["readme"]
    assert (False, []) == (mended["stale"], mended["warnings"])


def test_a_token_that_may_not_list_is_said_with_githubs_own_reason(start_app, github):
    github.standin.faults.append(
        Fault(path=f"/users/{OWNER}/repos", status=403, message=ENFORCED, headers=SSO)
    )
    host = run(start_app, github)

    progress = refreshed(host, OWNER)

    assert ("failed", "token_refused") == (progress["state"], progress["error"]["code"])
    assert "SAML" in progress["error"]["message"]


def test_a_repository_that_github_has_blocked_stays_so_while_it_is(start_app, github):
    fault = Fault(
        path=f"/repos/{OWNER}/project-0001/", status=451, message="Repository access blocked"
    )
    github.standin.faults.append(fault)
    host = run(start_app, github)

    refreshed(host, OWNER)

    shown = host.get(f"/api/portfolios/{OWNER}/repos/project-0001").json
    assert ["blocked"] == shown["warnings"]


def test_the_last_day_of_the_token_is_shown(start_app, github):
    github.standin.token_expires_at = "2030-01-02 03:04:05 UTC"
    host = run(start_app, github)

    refreshed(host, OWNER)

    assert "2030-01-02T03:04:05Z" == host.get("/api/health").json["github"]["token_expires_at"]
