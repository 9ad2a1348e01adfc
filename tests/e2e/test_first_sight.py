"""A portfolio that was never fetched: what its first visitors see, and when."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from github_standin.portfolio import many_repositories
from github_standin.server import GitHubServer, StandIn
from tests.e2e.gated_github import GatedStandIn
from tools.host_process import HostProcess, ended, refreshed, wait_for

pytestmark = pytest.mark.server
OWNER = "octo"
REPOSITORIES, BATCH_SIZE = 20, 5


@pytest.fixture
def gated(start_app) -> Iterator[tuple[HostProcess, GatedStandIn]]:
    """An app whose GitHub lists repositories at once and shows their files when a test says so."""
    standin = GatedStandIn(many_repositories(OWNER, REPOSITORIES))
    with GitHubServer(standin) as github:
        try:
            yield run(start_app, github, REFRESH_BATCH_SIZE=str(BATCH_SIZE)), standin
        finally:
            standin.open_all()


def run(start_app: Callable[..., HostProcess], github: GitHubServer, **env: str) -> HostProcess:
    return start_app(
        GITHUB_USERNAMES=OWNER,
        GITHUB_API_URL=github.url,
        GITHUB_RAW_URL=f"{github.url}/raw",
        GITHUB_REQUESTS_PER_MINUTE="0",
        **env,
    )


def facts(host: HostProcess) -> dict[str, Any]:
    reply = host.get("/api/query?q=number&answer=false")
    return dict(reply.json["portfolio"]) if reply.status == 200 else {}


def pending(host: HostProcess) -> int | None:
    return facts(host).get("pending")


def is_pending(host: HostProcess, count: int) -> bool:
    return pending(host) == count


def test_the_listing_alone_answers_questions(gated):
    host, standin = gated
    standin.users[OWNER].repositories["project-0007"].description = "Keeps bees"

    assert 202 == host.get("/api/query?q=project+7").status
    seen = wait_for(lambda: facts(host), "first sight")

    assert ("partial", REPOSITORIES, REPOSITORIES) == (
        seen["state"],
        seen["pending"],
        seen["repos"],
    )
    answer = host.get("/api/query?q=bees&answer=false").json
    assert "project-0007" == answer["results"][0]["name"]
    shown = host.get(f"/api/portfolios/{OWNER}").json
    assert "partial" == shown["state"]
    assert {("content_pending",)} == {tuple(bundle["warnings"]) for bundle in shown["repositories"]}


def test_the_portfolio_fills_batch_after_batch_and_is_complete_at_the_end(gated):
    host, standin = gated
    host.post("/api/refresh", {})
    seen = [wait_for(lambda: pending(host), "first sight")]

    for batch in range(1, REPOSITORIES // BATCH_SIZE + 1):
        standin.open(batch * BATCH_SIZE)
        # A batch is published when the next one begins or the refresh ends.
        if batch < REPOSITORIES // BATCH_SIZE:
            expected = REPOSITORIES - batch * BATCH_SIZE
            wait_for(partial(is_pending, host, expected), f"{expected} pending")
            seen.append(expected)
    wait_for(lambda: ended(host, OWNER), "end of the refresh")

    assert sorted(seen, reverse=True) == seen
    assert ("complete", 0) == tuple(facts(host)[key] for key in ("state", "pending"))


def test_a_portfolio_that_was_complete_never_becomes_partial(gated):
    host, standin = gated
    standin.open_all()
    refreshed(host, OWNER)
    for repository in standin.users[OWNER].repositories.values():
        repository.push({"README.md": f"# Anew {repository.name}"}, "2026-11-01T00:00:00Z")
    standin.users[OWNER].add(
        many_repositories(OWNER, REPOSITORIES + 1).repositories[f"project-{REPOSITORIES:04}"]
    )
    standin.close()
    host.post("/api/refresh", {})
    wait_for(lambda: host.get(f"/api/refresh/{OWNER}").json["total"], "plan")

    before = host.get(f"/api/portfolios/{OWNER}").json
    standin.open(BATCH_SIZE)
    wait_for(
        lambda: "# Anew" in host.get(f"/api/portfolios/{OWNER}/repos/project-0000").json["readme"],
        "first batch",
    )
    amid = host.get(f"/api/portfolios/{OWNER}").json
    last = host.get(f"/api/portfolios/{OWNER}/repos/project-0019").json
    standin.open_all()
    wait_for(lambda: ended(host, OWNER), "end of the refresh")
    after = host.get(f"/api/portfolios/{OWNER}").json

    assert ["complete"] * 3 == [shown["state"] for shown in (before, amid, after)]
    assert [REPOSITORIES, REPOSITORIES, REPOSITORIES + 1] == [
        shown["repos"] for shown in (before, amid, after)
    ]
    assert "# Anew" not in last["readme"]


@pytest.mark.parametrize(
    ("repositories", "complete"), [(47, True), (80, False)], ids=["fits-an-hour", "does-not"]
)
def test_without_a_token_a_repository_costs_one_request_of_the_hours_sixty(
    start_app, repositories, complete
):
    standin = StandIn(many_repositories(OWNER, repositories))
    with GitHubServer(standin) as github:
        host = run(start_app, github, GITHUB_TOKEN="")
        host.post("/api/refresh", {})

        progress = wait_for(
            lambda: (
                (seen := host.get(f"/api/refresh/{OWNER}").json)["state"]
                in ("waiting", "completed")
                and seen
            ),
            "end of the refresh, or of the quota",
        )

        api = [request for request in standin.requests if request.resource == "core"]
        assert ("completed" if complete else "waiting") == progress["state"]
        if complete:
            assert 1 + repositories == len(api)
        else:
            assert 50 <= len(api) <= 60
            assert [] == [request for request in api if request.status == 403]
        seen = wait_for(lambda: facts(host), "portfolio")
        assert repositories == seen["repos"]
        # What was read is published before the wait.
        expected = 0 if complete else repositories - (len(api) - 1)
        assert (
            expected
            == wait_for(
                lambda: ((now := facts(host))["pending"] == expected and now) or None, "pending"
            )["pending"]
        )


def test_without_a_token_the_bundles_are_those_that_a_token_gives(start_app):
    with GitHubServer(StandIn(many_repositories(OWNER, 6))) as github:
        shown = []
        for token in ("", "ghp_of-the-test"):
            host = run(start_app, github, GITHUB_TOKEN=token)
            refreshed(host, OWNER, force=True)
            shown.append(
                [
                    {
                        key: value
                        for key, value in host.get(
                            f"/api/portfolios/{OWNER}/repos/project-{number:04}"
                        ).json.items()
                        if key not in ("fetched_at", "commits")
                    }
                    for number in range(6)
                ]
            )
            host.__exit__()

    assert shown[0] == shown[1]
