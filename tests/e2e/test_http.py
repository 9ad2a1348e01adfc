"""The routes over HTTP, with the embedded host, Azurite and a stand-in for GitHub running.

Tests that leave GitHub and the settings as they are share one app with a served portfolio. Tests
that change GitHub share another app, where each has an account of its own.
"""

from __future__ import annotations

import gzip
import json
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from github_standin.faults import Fault
from github_standin.git_objects import FILE
from github_standin.portfolio import Repository, load_user
from github_standin.server import GitHubServer, StandIn
from localhost.azurite import Azurite
from tests.e2e.gated_github import gated_github
from tests.e2e.shared_app import Account, Accounts, running_app, served_portfolio
from tools.host_process import (
    KEYS,
    SAMPLES,
    USERNAME,
    HostProcess,
    Reply,
    ended,
    http,
    refreshed,
    wait_for,
)

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def shared_github() -> Iterator[GitHubServer]:
    """GitHub with the sample portfolio, for `shared_app`. No test may change it."""
    with GitHubServer(StandIn(load_user(SAMPLES))) as server:
        yield server


@pytest.fixture(scope="module")
def shared_app(
    azurite: Azurite, shared_github: GitHubServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[HostProcess]:
    """The app with a served portfolio."""
    with served_portfolio(
        azurite,
        shared_github,
        tmp_path_factory.mktemp("state"),
        ALLOWED_ORIGINS="https://octocat.dev, https://two.example",
    ) as host:
        yield host


@pytest.fixture(scope="module")
def app_with_keys_and_any_origin(
    azurite: Azurite, shared_github: GitHubServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[HostProcess]:
    """An app that enforces function keys, and whose responses every site may read."""
    with running_app(
        azurite,
        shared_github,
        tmp_path_factory.mktemp("state"),
        LOCALHOST_ENFORCE_KEYS="1",
        ALLOWED_ORIGINS="*",
    ) as host:
        yield host


@pytest.fixture(scope="module")
def accounts(azurite: Azurite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Accounts]:
    with Accounts(azurite, tmp_path_factory.mktemp("state"), count=8, batch_size=2) as running:
        yield running


@pytest.fixture
def account(accounts: Accounts) -> Account:
    """An account whose portfolio was never fetched."""
    readme = {"README.md": (FILE, b"# A title\n\nA text.")}
    return accounts.new(
        Repository("skyhook", description="Canary releases for Kubernetes", files=readme),
        Repository("tally", files=readme),
    )


class TestFirstRefresh:
    def test_health_starts_the_refresh_of_a_missing_portfolio(self, start_app):
        host = start_app()

        first = host.get("/api/health").json["portfolios"][0]

        assert ("missing", True) == (first["state"], first["refresh_started"])
        wait_for(lambda: ended(host), "end of the refresh")
        later = host.get("/api/health").json["portfolios"][0]
        assert ("fresh", False, 31) == (
            later["state"],
            later["refresh_started"],
            later["repositories"],
        )

    def test_a_query_starts_the_refresh_and_says_when_to_ask_again(self, account):
        question = f"/api/query?q=kubernetes&username={account.name}"

        reply = account.host.get(question)

        assert 202 == reply.status
        assert reply.headers["retry-after"].isdecimal()
        account.wait_for_end()
        assert 200 == account.host.get(question).status


class TestQuery:
    def test_get_and_post_give_the_same_answer(self, shared_app):
        question = "which projects use terraform?"

        by_get = shared_app.get(f"/api/query?q={question.replace(' ', '%20')}&limit=1").json
        by_post = shared_app.post("/api/query", {"q": question, "limit": 1}).json

        assert "harbor-lights" == by_get["results"][0]["name"]
        assert 1 == len(by_get["results"])
        assert by_get["results"] == by_post["results"]
        assert by_get["answer"] == by_post["answer"]
        assert "extractive" == by_get["answer"]["source"]
        cited = {citation["name"] for citation in by_get["answer"]["citations"]}
        assert "harbor-lights" in cited
        assert {"repos", "refreshed_at", "age_seconds", "stale"} <= set(by_get["portfolio"])
        assert "answer" not in shared_app.get("/api/query?q=terraform&answer=false").json

    def test_a_question_that_no_repository_answers_has_no_match(self, shared_app):
        reply = shared_app.get("/api/query?q=blockchain").json

        assert (True, []) == (reply["no_match"], reply["results"])

    def test_a_wrong_request_gets_a_400_that_names_the_field(self, shared_app):
        for reply, field in [
            (shared_app.get("/api/query"), "q"),
            (shared_app.get("/api/query?q=%20"), "q"),
            (shared_app.get("/api/query?q=" + "x" * 501), "q"),
            (shared_app.get("/api/query?q=x&limit=51"), "limit"),
            (shared_app.post("/api/query", {"q": 7}), "q"),
            (shared_app.post("/api/query", raw=b"{"), "body"),
            (shared_app.post("/api/refresh", {"force": "yes"}), "force"),
        ]:
            assert 400 == reply.status
            error = reply.json["error"]
            assert ("invalid_request", [field]) == (error["code"], list(error["details"]))
            assert reply.headers["x-request-id"] == error["request_id"]

    @pytest.mark.parametrize(
        "path",
        ["/api/query?q=x&username=mallory", "/api/portfolios/mallory", "/api/refresh/mallory"],
    )
    def test_an_unknown_username_gets_a_404_without_a_request_to_github(
        self, shared_app, shared_github, path
    ):
        before = len(shared_github.standin.requests)

        reply = shared_app.get(path)

        assert (404, "unknown_portfolio") == (reply.status, reply.json["error"]["code"])
        assert "mallory" in reply.json["error"]["message"]
        assert before == len(shared_github.standin.requests)


class TestPortfolio:
    def test_it_has_an_etag_and_a_304_for_callers_that_have_this_version(self, shared_app):
        reply = shared_app.get(f"/api/portfolios/{USERNAME}")
        again = shared_app.get(f"/api/portfolios/{USERNAME}", If_None_Match=reply.headers["etag"])

        assert (304, b"") == (again.status, again.body)
        assert "stale-while-revalidate" in reply.headers["cache-control"]
        repositories = reply.json["repositories"]
        assert 31 == len(repositories)
        assert "Python" in reply.json["facets"]["languages"]
        assert not any("readme" in repository for repository in repositories)
        warnings = {code for repository in repositories for code in repository["warnings"]}
        assert {
            *("empty", "context_malformed", "context_not_object", "readme_missing"),
            *("package_file_unreadable", "package_file_unreadable:ansible/pyproject.toml"),
        } == warnings

    def test_a_context_file_of_another_tool_is_hidden(self, shared_app):
        listing = shared_app.get(f"/api/portfolios/{USERNAME}")
        repository = shared_app.get(f"/api/portfolios/{USERNAME}/repos/weather-cards")

        assert "/Users/ada" not in listing.body.decode()
        assert {} == repository.json["repoContext"]

    def test_an_unknown_repository_gets_a_404(self, shared_app):
        reply = shared_app.get(f"/api/portfolios/{USERNAME}/repos/nothing")

        assert (404, "unknown_repository") == (reply.status, reply.json["error"]["code"])


class TestRefresh:
    def test_an_unchanged_portfolio_costs_one_conditional_request(self, shared_app, shared_github):
        before = len(shared_github.standin.requests)

        progress = refreshed(shared_app)

        assert (31, 31) == (progress["unchanged"], progress["total"])
        assert [(304, True)] == [
            (request.status, request.conditional)
            for request in shared_github.standin.requests[before:]
        ]

    def test_a_push_is_fetched_and_a_star_is_not(self, account):
        account.refresh()
        account.repositories["tally"].push(
            {"README.md": "# tally\n\nNow with zebras."}, "2026-11-01T00:00:00Z"
        )
        account.repositories["skyhook"].stars = 4711
        before = len(account.requests())

        progress = account.refresh()

        assert (1, 2) == (progress["unchanged"], progress["total"])
        assert {"tally": 1} == account.trees(since=before)
        assert len(account.requests()) - before <= 8
        wait_for(lambda: "zebras" in account.readme("tally"), "new README")
        assert 4711 == account.bundle("skyhook").json["metadata"]["stargazers_count"]

    def test_force_fetches_unchanged_repositories_too(self, shared_app):
        assert 0 == refreshed(shared_app, force=True)["unchanged"]

    def test_a_deleted_repository_disappears(self, account):
        account.refresh()
        del account.repositories["tally"]

        account.refresh()

        wait_for(lambda: account.bundle("tally").status == 404, "disappearance")

    @pytest.mark.parametrize(
        ("fault", "code"),
        [
            pytest.param(Fault(status=503, message="down"), "unreachable", id="down"),
            pytest.param(Fault(drop=True), "unreachable", id="dropped-connections"),
            pytest.param(Fault(status=200, body=b"<html>hello</html>"), "bad_response", id="html"),
            pytest.param(
                Fault(status=401, message="Bad credentials"), "bad_credentials", id="token-refused"
            ),
        ],
    )
    def test_when_github_fails_the_progress_says_so_and_queries_are_answered(
        self, account, fault, code
    ):
        account.refresh()
        account.standin.faults.append(replace(fault, path=f"/{account.name}/"))

        account.start_refresh()
        progress = wait_for(
            lambda: (progress := account.progress()).get("error") and progress, "error"
        )

        assert progress["state"] in ("waiting", "failed")
        assert code == progress["error"]["code"]
        question = f"/api/query?q=kubernetes&username={account.name}"
        assert "skyhook" == account.host.get(question).json["results"][0]["name"]

    def test_a_repository_that_fails_once_is_fetched_again(self, account):
        path = f"/{account.name}/tally/git/trees"
        account.standin.faults.append(Fault(path=path, status=502, times=1))

        progress = account.refresh()

        assert (2, 0) == (progress["done"], progress["failed"])
        assert 200 == account.bundle("tally").status

    def test_a_second_start_joins_the_running_refresh(self, start_app):
        with gated_github() as (github, standin):
            host = start_app(GITHUB_API_URL=github.url)

            first, second = host.post("/api/refresh", {}), host.post("/api/refresh", {})
            standin.open_all()

            assert (202, False) == (first.status, first.json["joined"])
            assert (202, True) == (second.status, second.json["joined"])
            wait_for(lambda: ended(host), "end of the refresh")
            listings = [seen for seen in github.standin.requests if "/users/" in seen.path]
            assert 1 == len(listings)

    def test_a_start_at_the_moment_a_refresh_ends_starts_or_joins(self, shared_app):
        with ThreadPoolExecutor(4) as callers:
            replies = list(callers.map(lambda _: shared_app.post("/api/refresh", {}), range(300)))

        assert {202} == {reply.status for reply in replies}, shared_app.output
        assert {True, False} == {reply.json["joined"] for reply in replies}
        wait_for(lambda: ended(shared_app), "end of the refresh")


def test_the_schedule_refreshes_every_portfolio_and_purges_old_records(start_app, tmp_path, github):
    first = start_app(REFRESH_BATCH_SIZE="16")
    refreshed(first)
    first.__exit__()
    database = sqlite3.connect(tmp_path / "state" / "durable.db")
    with database:
        database.execute("UPDATE instances SET created = '2020-01-01T00:00:00.000000Z'")
    database.close()
    host = start_app()
    before = len(github.standin.requests)

    assert 202 == host.post("/admin/functions/refresh_on_schedule", {"input": ""}).status

    # Purged are the first refresh and its two batches. The new refresh stays.
    wait_for(lambda: '"instances\\":' in host.output, "purge")
    purged = next(line for line in host.lines if "records.purged" in line)
    assert '{\\"instances\\":2}' in purged or '{\\"instances\\":3}' in purged
    wait_for(lambda: ended(host), "end of the refresh")
    assert [304] == [seen.status for seen in github.standin.requests[before:]]


class TestSecurity:
    def test_routes_of_the_operator_need_a_key(self, app_with_keys_and_any_origin):
        host = app_with_keys_and_any_origin

        assert 401 == host.post("/api/refresh", {}).status
        assert 401 == host.post("/api/refresh", {}, x_functions_key="wrong").status
        assert 202 == host.post("/api/refresh", {}, x_functions_key=KEYS["FUNCTION"]).status
        assert 200 == host.get("/api/health").status
        status = host.get(f"/runtime/webhooks/durabletask/instances/portfolio-{USERNAME}").status
        assert 401 == status

    def test_no_secret_is_in_a_response_or_in_the_log(self, shared_app):
        replies = [shared_app.post("/api/refresh", {})]
        wait_for(lambda: ended(shared_app), "end of the refresh")
        replies += [
            shared_app.get(path)
            for path in (
                "/api/health",
                f"/api/refresh/{USERNAME}",
                f"/api/portfolios/{USERNAME}",
                "/api/query?q=kubernetes",
                "/api/query",
                "/api/query?q=x&username=mallory",
            )
        ]

        shown = "".join(json.dumps(reply.headers) + reply.body.decode() for reply in replies)
        for secret in ("ghp_of-the-test", *KEYS.values(), "AccountKey", "runtime/webhooks"):
            assert secret not in shown + shared_app.output


class TestHttp:
    @pytest.mark.parametrize(
        "path", ["/api/health", "/api/query?q=kubernetes", f"/api/portfolios/{USERNAME}", "/api/ui"]
    )
    def test_head_is_get_without_the_body(self, shared_app, path):
        head = http("HEAD", f"{shared_app.url}{path}")

        get = shared_app.get(path)
        assert (200, b"") == (head.status, head.body)
        assert get.headers["content-type"] == head.headers["content-type"]
        assert get.headers.get("etag") == head.headers.get("etag")

    def test_only_pages_of_allowed_origins_may_read_responses(self, shared_app):
        def preflight(origin: str) -> Reply:
            return http(
                "OPTIONS",
                f"{shared_app.url}/api/query",
                Origin=origin,
                Access_Control_Request_Method="POST",
            )

        allowed, other = preflight("https://octocat.dev"), preflight("https://evil.example")

        assert (204, "https://octocat.dev") == (
            allowed.status,
            allowed.headers["access-control-allow-origin"],
        )
        assert "POST" in allowed.headers["access-control-allow-methods"]
        assert "Content-Type" in allowed.headers["access-control-allow-headers"]
        assert "access-control-allow-origin" not in other.headers
        answer = shared_app.get("/api/query?q=x", Origin="https://two.example")
        assert "https://two.example" == answer.headers["access-control-allow-origin"]
        assert "Origin" in answer.headers["vary"]
        assert "access-control-allow-origin" not in shared_app.get("/api/query?q=x").headers

    def test_pages_of_every_origin_may_read_responses_if_the_owner_allows_all(
        self, app_with_keys_and_any_origin
    ):
        reply = app_with_keys_and_any_origin.get("/api/health", Origin="https://any.example")

        assert "*" == reply.headers["access-control-allow-origin"]

    def test_large_responses_are_compressed_for_callers_that_accept_gzip(self, shared_app):
        plain = shared_app.get(f"/api/portfolios/{USERNAME}")
        compressed = shared_app.get(f"/api/portfolios/{USERNAME}", Accept_Encoding="gzip")

        assert "gzip" == compressed.headers["content-encoding"]
        assert "Accept-Encoding" in compressed.headers["vary"]
        assert 4 * len(compressed.body) < len(plain.body)
        content = json.loads(gzip.decompress(compressed.body))
        assert plain.json["repositories"] == content["repositories"]
        small = shared_app.get("/api/health", Accept_Encoding="gzip")
        assert "content-encoding" not in small.headers
