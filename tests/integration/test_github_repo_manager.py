"""GitHubRepoManager against the GitHub stand-in: the cost in requests, and GitHub's refusals."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from errors import GitHubUnavailable, RateLimited, RepositoryUnavailable
from github_repo_manager import GitHubRepoManager
from github_standin.portfolio import many_repositories
from github_standin.server import Fault, GitHubServer, StandIn
from tools.host_process import USERNAME

NOW = datetime(2026, 1, 1, tzinfo=UTC)
pytestmark = pytest.mark.server


@pytest.fixture
def connect() -> Iterator[Callable[..., GitHubRepoManager]]:
    opened: list[GitHubRepoManager] = []

    def connect(server: GitHubServer | str, **options: Any) -> GitHubRepoManager:
        manager = GitHubRepoManager(
            **{
                "token": "ghp_of-the-test",
                "base_url": server if isinstance(server, str) else server.url,
                "include_forks": False,
                "include_archived": True,
                "include_private": False,
                "now": lambda: NOW,
                **options,
            }
        )
        opened.append(manager)
        return manager

    yield connect
    for manager in opened:
        manager.close()


def test_a_listing_of_250_is_three_requests_and_again_three_conditional_ones(connect):
    with GitHubServer(StandIn(many_repositories("octo", 250))) as server:
        manager = connect(server)

        page = manager.list_repositories("OCTO")
        again = manager.list_repositories("octo", path=page.path, etags=page.etags)
        requests = server.standin.requests

    assert (250, 3) == (len(page.repositories), len(page.etags))
    assert again is None
    assert [(200, False)] * 3 + [(304, True)] * 3 == [
        (request.status, request.conditional) for request in requests
    ]


def test_a_change_on_any_page_gives_the_whole_listing_again(connect):
    user = many_repositories("octo", 150)
    with GitHubServer(StandIn(user)) as server:
        manager = connect(server)
        before = manager.list_repositories("octo")
        user.repositories["project-0149"].stars = 5

        page = manager.list_repositories("octo", path=before.path, etags=before.etags)

    assert 150 == len(page.repositories)
    assert 5 == page.repositories[-1]["metadata"]["stargazers_count"]


def test_forks_and_archived_repositories_are_left_out_as_the_settings_say(connect, github):
    page = connect(github, include_forks=True, include_archived=False).list_repositories(USERNAME)
    names = {repository["metadata"]["name"] for repository in page.repositories}

    assert "linux" in names
    assert "shopfront" not in names
    assert 1 == page.excluded


def test_a_repository_costs_at_most_six_requests(connect, github):
    manager = connect(github)
    manager.fetch_bundle(USERNAME, manager.get_repository(USERNAME, "skyhook"))

    requests = github.standin.requests[1:]
    paths = [request.path.split("?")[0].split("/", 4)[4] for request in requests]
    assert ["git/blobs", "git/blobs", "git/blobs", "git/trees/main", "languages"] == sorted(
        "git/blobs" if path.startswith("git/blobs") else path for path in paths
    )


@pytest.mark.parametrize(
    ("fault", "error", "code"),
    [
        pytest.param(Fault(status=500), GitHubUnavailable, "unreachable", id="500"),
        pytest.param(Fault(drop=True), GitHubUnavailable, "unreachable", id="dropped"),
        pytest.param(Fault(status=200, body=b"<p>"), GitHubUnavailable, "bad_response", id="html"),
        pytest.param(Fault(status=200, body=b""), GitHubUnavailable, "bad_response", id="nothing"),
        pytest.param(Fault(status=200, body=b"{}"), GitHubUnavailable, "bad_response", id="object"),
        pytest.param(
            Fault(status=200, body=b"[7]"), GitHubUnavailable, "bad_response", id="numbers"
        ),
        pytest.param(
            Fault(status=200, body=b'[{"name": "a"}]'), GitHubUnavailable, "bad_response", id="half"
        ),
        pytest.param(
            Fault(status=401, message="Bad credentials"),
            GitHubUnavailable,
            "bad_credentials",
            id="401",
        ),
        pytest.param(
            Fault(status=404, message="Not Found"), GitHubUnavailable, "unknown_account", id="404"
        ),
        pytest.param(Fault(status=429, message="slow down"), RateLimited, "rate_limited", id="429"),
    ],
)
def test_a_listing_that_fails_is_one_of_our_errors_after_one_request(
    connect, github, fault, error, code
):
    github.standin.faults.append(fault)

    with pytest.raises(error) as raised:
        connect(github).list_repositories(USERNAME)

    assert code == raised.value.code
    assert len(github.standin.requests) <= 1
    assert "ghp_" not in str(raised.value)


def test_an_answer_that_takes_longer_than_the_timeout_is_unreachable(connect, github):
    github.standin.faults.append(Fault(delay_s=60, status=200))

    with pytest.raises(GitHubUnavailable, match="does not answer"):
        connect(github, timeout_s=1).list_repositories(USERNAME)


def test_nobody_at_the_address_is_unreachable(connect, no_server):
    with pytest.raises(GitHubUnavailable, match="does not answer"):
        connect(no_server).list_repositories(USERNAME)


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        pytest.param({"retry-after": "30"}, timedelta(seconds=30), id="retry-after"),
        pytest.param(
            {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(NOW.timestamp()) + 600)},
            timedelta(seconds=601),
            id="reset",
        ),
        pytest.param({}, None, id="neither"),
    ],
)
def test_a_rate_limit_names_the_moment_for_the_retry(connect, github, headers, wait):
    message = (
        "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
    )
    github.standin.faults.append(Fault(status=403, message=message, headers=headers))

    with pytest.raises(RateLimited) as raised:
        connect(github).list_repositories(USERNAME)

    assert (NOW + wait if wait else None) == raised.value.reset_at


def test_an_exhausted_quota_is_a_rate_limit(connect, github):
    github.standin.remaining = 0

    with pytest.raises(RateLimited):
        connect(github).list_repositories(USERNAME)


def test_the_last_requests_of_an_hour_are_reserved(connect, github):
    manager = connect(github, now=lambda: datetime.now(UTC))
    github.standin.remaining = github.standin.limit // 50 + 1
    listed = manager.get_repository(USERNAME, "tally")

    with pytest.raises(RateLimited, match="reserved") as raised:
        manager.fetch_bundle(USERNAME, listed)

    resets_at = datetime.fromtimestamp(int(github.standin.resets_at) + 1, UTC)
    assert (0, resets_at) == (raised.value.requests, raised.value.reset_at)
    assert "tally" == manager.get_repository(USERNAME, "tally")["metadata"]["name"]
    github.standin.resets_at, github.standin.window_s = 0, 7200  # a new hour
    manager.get_repository(USERNAME, "tally")
    assert manager.fetch_bundle(USERNAME, listed).bundle["readme"]


def test_a_repository_that_answers_under_another_name_is_gone(connect, github):
    repositories = github.standin.users[USERNAME].repositories
    repositories["skyhook"].name = "cloudhook"
    github.standin.renamed[f"{USERNAME}/skyhook"] = f"{USERNAME}/cloudhook"

    with pytest.raises(RepositoryUnavailable) as raised:
        connect(github).get_repository(USERNAME, "skyhook")

    assert "gone" == raised.value.code


def test_a_repository_deleted_or_renamed_since_the_listing_is_gone(connect, github):
    manager = connect(github)
    listed = {name: manager.get_repository(USERNAME, name) for name in ("tally", "skyhook")}
    repositories = github.standin.users[USERNAME].repositories
    del repositories["tally"]
    repositories["skyhook"].name = "cloudhook"
    github.standin.renamed[f"{USERNAME}/skyhook"] = f"{USERNAME}/cloudhook"

    for repository in listed.values():
        with pytest.raises(RepositoryUnavailable) as raised:
            manager.fetch_bundle(USERNAME, repository)
        assert "gone" == raised.value.code


@pytest.mark.parametrize("status", [403, 451])
def test_a_blocked_repository_shows_its_metadata(connect, github, status):
    manager = connect(github)
    listed = manager.get_repository(USERNAME, "tally")
    github.standin.faults.append(
        Fault(path="/tally/", status=status, message="Repository access blocked")
    )

    bundle = manager.fetch_bundle(USERNAME, listed).bundle

    assert (["blocked"], "", listed["metadata"]) == (
        bundle["warnings"],
        bundle["readme"],
        bundle["metadata"],
    )


def test_an_empty_repository_shows_its_metadata(connect, github):
    manager = connect(github)

    bundle = manager.fetch_bundle(
        USERNAME, manager.get_repository(USERNAME, "scratch-ideas")
    ).bundle

    assert ["empty"] == bundle["warnings"]


def test_a_truncated_tree_gives_the_listed_files_and_a_warning(connect, github):
    github.standin.users[USERNAME].repositories["tally"].truncated = True
    manager = connect(github)

    bundle = manager.fetch_bundle(USERNAME, manager.get_repository(USERNAME, "tally")).bundle

    assert ["tree_truncated"] == bundle["warnings"]
    assert 3 == bundle["file_types"][".py"]


def test_a_push_during_the_fetch_does_not_mix_two_versions(connect, github):
    """The tree names its files by hash, and GitHub keeps files that a push has replaced."""
    manager = connect(github)
    listed = manager.get_repository(USERNAME, "tally")
    tally = github.standin.users[USERNAME].repositories["tally"]
    before = tally.tree[0]

    def push_after_the_tree(path: str) -> None:
        if "/git/trees/" in path:
            tally.push({"README.md": "# the new one"}, "2026-11-01T00:00:00Z")

    github.standin.after_response = push_after_the_tree

    bundle = manager.fetch_bundle(USERNAME, listed).bundle

    assert before != tally.tree[0]
    assert before == bundle["revision"]["tree"]
    assert "the new one" not in bundle["readme"]
    assert bundle["readme"].startswith("# tally")


def test_the_parallel_way_gives_the_same_bundles_as_the_sequential_one(connect, github):
    manager = connect(github)

    one_by_one = manager.get_all_repos_with_context(USERNAME)
    together = [
        manager.fetch_bundle(USERNAME, listed).bundle
        for listed in manager.list_repositories(USERNAME).repositories
    ]

    assert one_by_one == together
