"""GitHubRepoManager against the GitHub stand-in: the cost in requests, and GitHub's refusals."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from errors import GitHubUnavailable, RateLimited, RepositoryUnavailable
from github_repo_manager import FetchedRepository, GitHubRepoManager
from github_standin.faults import (
    OUTSIDE_IP_ALLOW_LIST,
    RATE_LIMITED,
    RESOURCE_LIMITS_EXCEEDED,
    TIMED_OUT,
)
from github_standin.git_objects import FILE, LINK, SUBMODULE
from github_standin.portfolio import Repository, many_repositories
from github_standin.server import Fault, GitHubServer, StandIn
from models import Bundle, ListedRepository
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


@pytest.mark.parametrize(
    ("way", "costs"),
    [
        pytest.param({}, ["core", "graphql"], id="graphql"),
        pytest.param({"token": None, "raw_url": "/raw"}, ["core", *["raw"] * 5], id="raw-files"),
        pytest.param({"token": None}, ["core"] * 6, id="rest"),
    ],
)
def test_what_a_repository_costs(connect, github, way, costs):
    manager = connect(github, **at(github, way))
    listed = manager.get_repository(USERNAME, "skyhook")
    github.standin.requests.clear()

    usage = manager.fetch_bundle(USERNAME, listed).usage

    resources = [request.resource for request in github.standin.requests]
    assert costs == sorted(resources)
    assert [costs.count("core"), costs.count("graphql"), costs.count("raw")] == [
        usage["requests"],
        usage["queries"],
        usage["raw_files"],
    ]
    quotas = github.standin.quotas
    assert usage["remaining"] == (quotas.anonymous if "token" in way else quotas.core).remaining
    assert usage["points_remaining"] == (quotas.graphql.remaining if not way else None)


def at(github: GitHubServer, way: dict[str, Any]) -> dict[str, Any]:
    """Complete the address of the raw host."""
    return {**way, "raw_url": github.raw_url} if "raw_url" in way else way


def test_first_sight_of_1000_repositories_is_two_round_trips(connect):
    # Long enough for nine threads to begin on a busy machine before the first response.
    standin = StandIn(many_repositories("octo", 1000), latency_s=1)
    with GitHubServer(standin) as server:
        page = connect(server).list_repositories("octo")

    assert (1000, 10) == (len(page.repositories), page.usage["requests"])
    assert 9 == standin.most_in_flight


def test_47_repositories_fit_into_an_hour_without_a_token(connect):
    standin = StandIn(many_repositories("octo", 47))
    with GitHubServer(standin) as server:
        manager = connect(server, token=None, raw_url=server.raw_url, now=lambda: datetime.now(UTC))
        listed = manager.list_repositories("octo").repositories
        with ThreadPoolExecutor(32) as threads:
            fetched = list(threads.map(lambda each: manager.fetch_bundle("octo", each), listed))

    assert 47 == len({each.bundle["metadata"]["name"] for each in fetched})
    assert 60 - 48 == standin.quotas.anonymous.remaining


def test_once_the_quota_is_used_up_no_further_request_is_started(connect):
    standin = StandIn(many_repositories("octo", 47))
    standin.quotas.anonymous.remaining = 21
    with GitHubServer(standin) as server:
        manager = connect(server, token=None, raw_url=server.raw_url, now=lambda: datetime.now(UTC))
        listed = manager.list_repositories("octo").repositories

        def fetch(repository: ListedRepository) -> int:
            try:
                fetched: FetchedRepository = manager.fetch_bundle("octo", repository)
                return fetched.usage["requests"]
            except RateLimited as error:
                return error.usage["requests"]

        with ThreadPoolExecutor(32) as threads:
            requests = list(threads.map(fetch, listed))

    assert [0] * 28 + [1] * 19 == sorted(requests)
    assert [] == [request for request in standin.requests if request.status == 403]


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
    assert (0, resets_at) == (raised.value.usage["requests"], raised.value.reset_at)
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


@pytest.mark.parametrize("way", [{}, {"token": None, "raw_url": "/raw"}, {"token": None}])
def test_a_repository_deleted_or_renamed_since_the_listing_is_gone(connect, github, way):
    manager = connect(github, **at(github, way))
    listed = {name: manager.get_repository(USERNAME, name) for name in ("tally", "skyhook")}
    repositories = github.standin.users[USERNAME].repositories
    del repositories["tally"]
    repositories["skyhook"].name = "cloudhook"
    github.standin.renamed[f"{USERNAME}/skyhook"] = f"{USERNAME}/cloudhook"

    for repository in listed.values():
        with pytest.raises(RepositoryUnavailable) as raised:
            manager.fetch_bundle(USERNAME, repository)
        assert "gone" == raised.value.code


@pytest.mark.parametrize("way", [{}, {"token": None, "raw_url": "/raw"}, {"token": None}])
@pytest.mark.parametrize(("name", "code"), [("tally", "blocked"), ("scratch-ideas", "empty")])
def test_every_way_says_why_a_repository_shows_nothing(connect, github, way, name, code):
    manager = connect(github, **at(github, way))
    listed = manager.get_repository(USERNAME, name)
    github.standin.users[USERNAME].repositories[name].blocked = code == "blocked"

    bundle = manager.fetch_bundle(USERNAME, listed).bundle

    assert ([code], "", listed["metadata"]) == (
        bundle["warnings"],
        bundle["readme"],
        bundle["metadata"],
    )


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


def test_a_truncated_tree_gives_the_listed_files_and_a_warning(connect, github):
    github.standin.users[USERNAME].repositories["tally"].truncated = True
    manager = connect(github)

    bundle = manager.fetch_bundle(USERNAME, manager.get_repository(USERNAME, "tally")).bundle

    assert ["tree_truncated"] == bundle["warnings"]
    assert 3 == bundle["file_types"][".py"]


@pytest.mark.parametrize(
    "way",
    [{"token": None}, {"token": None, "raw_url": "/raw"}],
    ids=["rest", "raw-files"],
)
def test_a_push_during_the_fetch_does_not_mix_two_versions(connect, github, way):
    """Files are named by hash or commit, and GitHub keeps those that a push has replaced."""
    manager = connect(github, **at(github, way))
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


class TestToken:
    @pytest.mark.parametrize("way", [{}, {"token": None, "raw_url": "/raw"}, {"token": None}])
    def test_a_refusal_that_is_about_the_token_has_githubs_reason(self, connect, github, way):
        github.standin.faults.append(
            Fault(status=403, message="Octo has an IP allow list enabled", path="/git/trees/")
        )
        manager = connect(github, **at(github, way))
        listed = manager.get_repository(USERNAME, "tally")

        with pytest.raises(GitHubUnavailable, match="Octo has an IP allow list") as raised:
            manager.fetch_bundle(USERNAME, listed)

        assert "token_refused" == raised.value.code

    def test_single_sign_on_is_named(self, connect, github):
        manager = connect(github)
        listed = manager.get_repository(USERNAME, "tally")
        github.standin.users[USERNAME].repositories["tally"].needs_sso = True

        with pytest.raises(GitHubUnavailable, match="SAML") as raised:
            manager.fetch_bundle(USERNAME, listed)

        assert "token_refused" == raised.value.code
        assert "https://" not in str(raised.value)

    def test_a_listing_can_be_refused_too(self, connect, github):
        github.standin.faults.append(Fault(status=403, message="Token lifetime exceeded"))

        with pytest.raises(GitHubUnavailable, match="lifetime") as raised:
            connect(github).list_repositories(USERNAME)

        assert "token_refused" == raised.value.code

    def test_its_last_day_is_known_after_the_first_request(self, connect, github):
        github.standin.token_expires_at = "2026-12-31 23:59:59 UTC"
        manager = connect(github)

        manager.list_repositories(USERNAME)

        assert datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC) == manager.token_expires_at


class TestFaultsOfGraphQL:
    """What GraphQL does differently: https://docs.github.com/graphql/overview/rate-limits"""

    def fetch(self, connect: Any, github: GitHubServer, *faults: Fault) -> FetchedRepository:
        self.manager = connect(github)
        self.listed = self.manager.get_repository(USERNAME, "skyhook")
        github.standin.requests.clear()
        github.standin.faults += faults
        fetched: FetchedRepository = self.manager.fetch_bundle(USERNAME, self.listed)
        return fetched

    @pytest.mark.parametrize(
        ("fault", "requests", "commits"),
        [
            pytest.param(Fault("/graphql", 502, times=1), (1, 3), 1, id="too-slow-once"),
            pytest.param(
                Fault("/graphql", 200, errors=[TIMED_OUT], times=1), (1, 3), 1, id="timed-out-once"
            ),
            pytest.param(Fault("/graphql", 504), (6, 2), None, id="too-slow"),
            pytest.param(
                Fault("/graphql", 200, errors=[RESOURCE_LIMITS_EXCEEDED]), (6, 2), None, id="limits"
            ),
            pytest.param(
                Fault(
                    "/graphql",
                    200,
                    errors=[{**RESOURCE_LIMITS_EXCEEDED, "path": ["repository", "f1"]}],
                    times=1,
                ),
                (1, 2),
                1,
                id="part-of-the-files",
            ),
            pytest.param(
                Fault(
                    "/graphql",
                    200,
                    errors=[{**TIMED_OUT, "path": ["repository", "languages"]}],
                    times=1,
                ),
                (2, 1),
                1,
                id="no-languages",
            ),
            pytest.param(Fault("/graphql", 500), (6, 1), None, id="500"),
            pytest.param(Fault("/graphql", drop=True), (6, 1), None, id="dropped"),
            pytest.param(Fault("/graphql", 200, body=b"<p>"), (6, 1), None, id="html"),
            pytest.param(Fault("/graphql", 200, body=b"{}"), (6, 1), None, id="an-empty-object"),
            pytest.param(Fault("/graphql", 404), (6, 1), None, id="old-server"),
        ],
    )
    def test_the_bundle_is_the_same(self, connect, github, fault, requests, commits):
        reads_less = commits is None  # by REST, each file is a request
        other = connect(github, token=None if reads_less else "ghp_of-the-test")
        expected = other.fetch_bundle(USERNAME, other.get_repository(USERNAME, "skyhook"))

        fetched = self.fetch(connect, github, fault)

        assert {**expected.bundle, "commits": commits} == fetched.bundle
        assert requests == (fetched.usage["requests"], fetched.usage["queries"])

    @pytest.mark.parametrize(
        "fault",
        [
            Fault("/graphql", 200, errors=[RATE_LIMITED]),
            Fault("/graphql", 200, errors=[{"type": "RATE_LIMIT", "code": "graphql_rate_limit"}]),
            Fault("/graphql", 403, "You have exceeded a secondary rate limit."),
            Fault("/graphql", 429, "slow down"),
        ],
        ids=["RATE_LIMITED", "RATE_LIMIT", "403", "429"],
    )
    def test_after_a_limit_nothing_is_started(self, connect, github, fault):
        with pytest.raises(RateLimited) as raised:
            self.fetch(connect, github, fault)
        assert 1 == raised.value.usage["queries"]
        github.standin.requests.clear()

        with pytest.raises(RateLimited) as raised:
            self.manager.fetch_bundle(USERNAME, self.listed)

        assert (0, 0) == (raised.value.usage["requests"], raised.value.usage["queries"])
        assert [] == github.standin.requests

    def test_used_up_points_are_a_limit(self, connect, github):
        github.standin.quotas.graphql.remaining = 0

        with pytest.raises(RateLimited) as raised:
            self.fetch(connect, github)

        resets_at = datetime.fromtimestamp(int(github.standin.quotas.graphql.resets_at) + 1, UTC)
        assert (resets_at, 0) == (raised.value.reset_at, raised.value.usage["points_remaining"])

    def test_a_refusal_that_is_about_the_token_has_githubs_reason(self, connect, github):
        error = {**OUTSIDE_IP_ALLOW_LIST, "path": ["repository"]}

        with pytest.raises(GitHubUnavailable, match="`initech` organization has an IP") as raised:
            self.fetch(connect, github, Fault("/graphql", 200, errors=[error]))

        assert "token_refused" == raised.value.code

    def test_after_three_failures_in_a_row_it_is_left_alone(self, connect, github):
        self.fetch(connect, github, Fault("/graphql", 500))
        for _ in range(2):
            self.manager.fetch_bundle(USERNAME, self.listed)

        usage = self.manager.fetch_bundle(USERNAME, self.listed).usage

        assert (6, 0) == (usage["requests"], usage["queries"])

    @pytest.mark.parametrize("name", ["tally", "skyhook"])
    def test_a_push_between_query_and_tree_does_not_mix_two_versions(self, connect, github, name):
        repository = github.standin.users[USERNAME].repositories[name]

        def push_after_the_first(path: str) -> None:
            if "/git/trees/" in path or path == "/graphql":
                github.standin.after_response = lambda path: None
                repository.push({"README.md": f"# the new {name}"}, "2026-11-01T00:00:00Z")

        manager = connect(github)
        listed = manager.get_repository(USERNAME, name)
        github.standin.after_response = push_after_the_first

        bundle = manager.fetch_bundle(USERNAME, listed).bundle

        versions = {tree: "the new" in readme for tree, readme in self.versions(repository)}
        assert versions[bundle["revision"]["tree"]] == ("the new" in bundle["readme"])

    def versions(self, repository: Repository) -> Iterator[tuple[str, str]]:
        for sha, entries in [repository.tree, *repository.past_trees.values()]:
            (readme,) = (entry["sha"] for entry in entries if entry["path"] == "README.md")
            yield sha, (repository.content(readme) or b"").decode()


class TestFaultsOfTheRawHost:
    @pytest.mark.parametrize(
        "fault",
        [
            Fault("/raw/", 500),
            Fault("/raw/", 404),
            Fault("/raw/", 429, headers={"retry-after": "30"}),
            Fault("/raw/", drop=True),
            Fault("/raw/", 200, body=b"<html>captive portal</html>"),
            Fault("/raw/", 200, body=b"x" * 10_000_000),
        ],
        ids=["500", "404", "429", "dropped", "garbage", "endless"],
    )
    def test_the_bundle_is_the_same(self, connect, github, fault):
        manager = connect(github, token=None, raw_url=github.raw_url)
        listed = manager.get_repository(USERNAME, "skyhook")
        expected = manager.fetch_bundle(USERNAME, listed)
        github.standin.faults.append(fault)

        fetched = manager.fetch_bundle(USERNAME, listed)

        assert expected.bundle == fetched.bundle
        assert 6 == fetched.usage["requests"]


def test_all_ways_give_the_same_bundles_of_the_sample_portfolio(connect, github):
    """GitHub's count of languages looks into files; the count by names does not.

    REST alone reads fewer package files of some.
    """
    github.standin.quotas.anonymous.limit = github.standin.quotas.anonymous.remaining = 1000
    manager = connect(github)
    one_by_one = manager.get_all_repos_with_context(USERNAME)

    for way in ({}, {"token": None, "raw_url": "/raw"}):
        manager = connect(github, **at(github, way))
        together = [
            manager.fetch_bundle(USERNAME, listed).bundle
            for listed in manager.list_repositories(USERNAME).repositories
        ]

        assert without_count(one_by_one, "raw_url" in way) == without_count(
            together, "raw_url" in way
        )


def without_count(bundles: list[Bundle], without_languages: bool) -> list[dict[str, Any]]:
    left_out = {"commits", *(["languages"] if without_languages else [])}
    return [
        {key: value for key, value in bundle.items() if key not in left_out} for bundle in bundles
    ]


paths = st.sampled_from(
    [
        *(".repo-context.json", "README.md", "readme.rst", "README", "docs/readme.md"),
        *(
            ".github/README.md",
            "package.json",
            "android/build.gradle",
            "a/b/go.mod",
            "ä #%?/go.mod",
        ),
        *("requirements-dev.in", "App.csproj", "main.py", "vendor/package.json"),
        *("part/.repo-context.json", "part/README.md", ".github/workflows/ci.yml"),
    ]
)
contents = st.one_of(
    st.sampled_from(
        [
            *(
                b"",
                b"# A\r\n",
                b"\xef\xbb\xbf# with a BOM",
                "Ä\u2028 ü".encode(),
                b"caf\xe9",
                b"\0\1\2",
            ),
            *(
                b'{"dependencies": {"react": "1"}}',
                b'{"name": 1e999}',
                b'{"contextName": "Part"}',
                *(b"README.md", b"../README.md", b"part/README.md", b"docs"),  # where links lead
                b"# long\n" + b"x" * 600_000,
            ),
        ]
    ),
    st.binary(max_size=30),
)
files = st.dictionaries(
    paths,
    st.tuples(st.sampled_from([FILE, FILE, FILE, LINK, "100755"]), contents)
    | st.just((SUBMODULE, b"a" * 40)),
    max_size=4,  # what REST reads: of more, the other ways read more
)


@pytest.fixture(scope="module")
def octo() -> Iterator[GitHubServer]:
    """GitHub with one repository, `octo/a`, that every example replaces."""
    with GitHubServer(StandIn(many_repositories("octo", 1))) as server:
        server.standin.quotas.anonymous.limit = server.standin.quotas.anonymous.remaining = 9999
        yield server


@pytest.fixture(scope="module")
def managers(octo) -> Iterator[list[GitHubRepoManager]]:
    ways: list[dict[str, Any]] = [
        {},
        {"token": None, "raw_url": octo.raw_url},
        {"token": None},
    ]
    managers = [
        GitHubRepoManager(
            **{
                "token": "ghp_t",
                "base_url": octo.url,
                "include_forks": False,
                "include_archived": True,
                "include_private": False,
                "now": lambda: NOW,
                **way,
            }
        )
        for way in ways
    ]
    yield managers
    for manager in managers:
        manager.close()


@settings(max_examples=40, deadline=None)
@given(files=files)
def test_all_ways_give_the_same_bundle_of_any_repository(octo, managers, files):
    user = octo.standin.users["octo"]
    user.repositories = {}
    user.add(Repository(name="a", files=files, commits=3))
    by_query, by_raw_files, by_rest = (
        manager.fetch_bundle("octo", manager.get_repository("octo", "a")).bundle
        for manager in managers
    )

    assert by_query["commits"] == (3 if files else None)
    assert {**by_query, "commits": None} == by_rest
    assert {**by_raw_files, "languages": by_rest["languages"]} == by_rest
    (in_turn,) = managers[0].get_all_repos_with_context("octo")
    assert in_turn == by_rest
