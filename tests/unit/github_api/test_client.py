"""One request to GitHub: a response or one of our errors, and the quota."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
import urllib3

from errors import GitHubError, GitHubUnavailable, RateLimited, RepositoryUnavailable
from github_api.client import (
    MAX_RETRY_AFTER_S,
    GitHubClient,
    Quota,
    quota_of,
    refusal,
    retry_moment,
)
from tests.unit.fakes import NOW

RESET = int(NOW.timestamp()) + 600
SECONDARY = "You have exceeded a secondary rate limit. Please wait a few minutes."


def quota_headers(remaining: int, reset: int = RESET, **changes: str) -> dict[str, str]:
    return {
        "x-ratelimit-limit": "5000",
        "x-ratelimit-remaining": str(remaining),
        "x-ratelimit-reset": str(reset),
        **changes,
    }


def refused(path: str, status: int, message: str = "", **headers: str) -> GitHubError:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return refusal(path, status, named, {"message": message}, NOW)


class TestRefusal:
    @pytest.mark.parametrize(
        ("path", "status", "message", "kind", "code"),
        [
            ("/users/ada/repos", 401, "", GitHubUnavailable, "bad_credentials"),
            ("/users/ada/repos", 404, "Not Found", GitHubUnavailable, "unknown_account"),
            ("/orgs/ada/repos", 404, "Not Found", GitHubUnavailable, "unknown_account"),
            ("/repos/ada/a", 404, "Not Found", RepositoryUnavailable, "gone"),
            ("/repos/ada/a/git/trees/x", 409, "", RepositoryUnavailable, "empty"),
            (
                "/repos/ada/a/git/trees/x",
                404,
                "Git Repository is empty.",
                RepositoryUnavailable,
                "empty",
            ),
            ("/repos/ada/a", 403, "Repository access blocked", RepositoryUnavailable, "blocked"),
            ("/repos/ada/a", 451, "", RepositoryUnavailable, "blocked"),
            ("/repos/ada/a", 500, "", GitHubUnavailable, "unreachable"),
            ("/repos/ada/a", 503, "", GitHubUnavailable, "unreachable"),
            ("/repos/ada/a", 301, "", GitHubUnavailable, "bad_response"),
            ("/repos/ada/a", 422, "", GitHubUnavailable, "bad_response"),
            ("/repos/ada/a", 429, "", RateLimited, "rate_limited"),
            ("/repos/ada/a", 403, SECONDARY, RateLimited, "rate_limited"),
            (
                "/repos/ada/a",
                403,
                "You have triggered an abuse detection mechanism.",
                RateLimited,
                "rate_limited",
            ),
        ],
    )
    def test_a_status_is_an_error_of_ours(self, path, status, message, kind, code):
        error = refused(path, status, message)

        assert (kind, code) == (type(error), error.code)

    def test_an_exhausted_quota_is_a_rate_limit_until_the_reset(self):
        error = refusal("/repos/ada/a", 403, quota_headers(0), {}, NOW)

        assert isinstance(error, RateLimited)
        assert NOW + timedelta(seconds=601) == error.reset_at

    def test_a_403_that_names_a_moment_for_the_retry_is_a_rate_limit(self):
        error = refused("/repos/ada/a", 403, retry_after="30")

        assert isinstance(error, RateLimited)
        assert NOW + timedelta(seconds=30) == error.reset_at

    def test_a_server_error_that_names_a_moment_for_the_retry_is_an_outage(self):
        assert "unreachable" == refused("/repos/ada/a", 503, retry_after="30").code

    def test_an_unknown_account_is_named_with_the_way_out(self):
        message = str(refused("/users/ada/repos", 404))

        assert "GitHub has no account `ada`; check `GITHUB_USERNAMES`" == message


class TestRetryMoment:
    @pytest.mark.parametrize(
        ("headers", "wait_s"),
        [
            pytest.param({"retry-after": "30"}, 30, id="retry-after"),
            pytest.param({"retry-after": "0"}, 0, id="at-once"),
            pytest.param({"retry-after": "9" * 9}, MAX_RETRY_AFTER_S, id="too-long"),
            pytest.param({"retry-after": "30", **quota_headers(0)}, 30, id="retry-after-wins"),
            pytest.param(quota_headers(0), 601, id="reset"),
        ],
    )
    def test_github_names_it(self, headers, wait_s):
        assert NOW + timedelta(seconds=wait_s) == retry_moment(headers, NOW)

    @pytest.mark.parametrize(
        "headers",
        [
            pytest.param({}, id="nothing"),
            pytest.param({"retry-after": "Fri, 02 Jan 2026 03:05:00 GMT"}, id="a-date"),
            pytest.param({"retry-after": "-1"}, id="negative"),
            pytest.param(quota_headers(7), id="quota-left"),
            pytest.param({"x-ratelimit-remaining": "0"}, id="no-reset"),
            pytest.param(quota_headers(0) | {"x-ratelimit-reset": "soon"}, id="no-number"),
        ],
    )
    def test_github_names_none(self, headers):
        assert retry_moment(headers, NOW) is None


class TestQuotaOf:
    def test_the_headers_state_it(self):
        reset_at = datetime.fromtimestamp(RESET + 1, UTC)

        assert Quota(5000, 42, reset_at) == quota_of(quota_headers(42))

    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"x-ratelimit-limit": "5000", "x-ratelimit-remaining": "1"},
            quota_headers(1) | {"x-ratelimit-limit": "many"},
            quota_headers(1) | {"x-ratelimit-remaining": "\u0663"},
            quota_headers(1) | {"x-ratelimit-reset": "9" * 12},
            quota_headers(1) | {"x-ratelimit-resource": "search"},
        ],
        ids=["none", "no-reset", "no-number", "not-ascii", "too-long", "another-quota"],
    )
    def test_headers_that_do_not_state_it_are_ignored(self, headers):
        assert quota_of(headers) is None


class Pool:
    """A pool of connections that answers without a network."""

    def __init__(self) -> None:
        self.answers: list[Any] = []
        self.requests: list[tuple[str, str, dict[str, str]]] = []
        self.is_closed = False

    def request(self, verb: str, url: str, *, headers: dict[str, str], redirect: bool) -> Any:
        assert not redirect  # PyGithub follows renames
        self.requests.append((verb, url, headers))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        status, body, response_headers = answer
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return urllib3.HTTPResponse(BytesIO(content), response_headers, status)

    def clear(self) -> None:
        self.is_closed = True


@pytest.fixture
def pool() -> Pool:
    return Pool()


@pytest.fixture
def connect(pool) -> Iterator[Callable[..., GitHubClient]]:
    clients = []

    def connect(**options: Any) -> GitHubClient:
        client = GitHubClient(
            **{
                "token": "ghp_t",
                "base_url": "http://github.test",
                "timeout_s": 1,
                "concurrency": 2,
                "now": lambda: NOW,
                **options,
            }
        )
        client._connections.pool = pool
        clients.append(client)
        return client

    yield connect
    for client in clients:
        client.close()


@pytest.fixture
def client(connect) -> GitHubClient:
    return connect()  # type: ignore[no-any-return]


class TestGet:
    def test_a_request_carries_token_parameters_and_headers(self, client, pool):
        pool.answers.append((200, {"a": 1}, {"ETag": '"e"'}))

        response = client.get("/users/ada/repos", {"page": "2"}, {"If-None-Match": '"e"'})

        ((verb, url, headers),) = pool.requests
        assert ("GET", "http://github.test/users/ada/repos?page=2") == (verb, url)
        assert ("token ghp_t", '"e"') == (headers["Authorization"], headers["If-None-Match"])
        assert (200, '"e"', {"a": 1}) == (
            response.status,
            response.headers["etag"],
            response.body,
        )

    def test_without_a_token_requests_are_anonymous(self, connect, pool):
        pool.answers.append((200, [], {}))

        connect(token=None).get("/users/ada/repos")

        assert "Authorization" not in pool.requests[0][2]

    def test_a_github_of_ones_own_has_a_path_before_its_api(self, connect, pool):
        pool.answers.append((200, [], {}))

        connect(base_url="https://github.test/api/v3").get("/users/ada/repos")

        assert "https://github.test/api/v3/users/ada/repos" == pool.requests[0][1]

    def test_304_has_no_body(self, client, pool):
        pool.answers.append((304, b"", {}))

        response = client.get("/users/ada/repos")

        assert (304, None) == (response.status, response.body)

    def test_a_renamed_repository_is_followed(self, client, pool):
        pool.answers += [
            (301, {"message": "Moved"}, {"Location": "http://github.test/repositories/7"}),
            (200, {"id": 7}, {}),
        ]

        assert {"id": 7} == client.get("/repos/ada/a").body

    @pytest.mark.parametrize(
        ("answer", "code"),
        [
            pytest.param(urllib3.exceptions.ProtocolError("reset"), "unreachable", id="reset"),
            pytest.param(urllib3.exceptions.TimeoutError("slow"), "unreachable", id="slow"),
            pytest.param(OSError("no route"), "unreachable", id="no-route"),
            pytest.param((200, b"<html>", {}), "bad_response", id="html"),
            pytest.param((200, b"[" * 100_000, {}), "bad_response", id="too-deep"),
            pytest.param((200, b"\xff", {}), "bad_response", id="not-utf-8"),
            pytest.param((502, b"<html>", {}), "unreachable", id="502"),
            pytest.param((500, [1], {}), "unreachable", id="500-with-a-list"),
            pytest.param((404, b"", {}), "gone", id="404-without-a-body"),
            pytest.param(
                (301, b"", {"Location": "https://elsewhere.test/"}), "bad_response", id="elsewhere"
            ),
        ],
    )
    def test_a_failure_is_one_of_our_errors_after_one_attempt(self, client, pool, answer, code):
        pool.answers.append(answer)

        with pytest.raises(GitHubError) as raised:
            client.get("/repos/ada/a")

        assert code == raised.value.code
        assert 1 == len(pool.requests)
        assert "ghp_t" not in str(raised.value)

    def test_submitted_requests_run_on_threads_of_the_client(self, client, pool):
        pool.answers += [(200, 1, {}), (200, 1, {})]

        futures = [client.submit("/a"), client.submit("/b", {"recursive": "1"})]

        assert [1, 1] == [future.result(10).body for future in futures]
        assert {"http://github.test/a", "http://github.test/b?recursive=1"} == {
            url for _, url, _ in pool.requests
        }

    def test_a_closed_client_has_closed_its_connections(self, client, pool):
        client.close()

        assert pool.is_closed
        with pytest.raises(RuntimeError):
            client.submit("/a")


class TestQuota:
    def get(self, client: GitHubClient, pool: Pool, *answers: dict[str, str]) -> Quota | None:
        for headers in answers:
            pool.answers.append((200, {}, headers))
            client.get("/a")
        return client.quota

    def test_before_the_first_response_it_is_unknown(self, client):
        assert client.quota is None

    def test_a_response_that_was_overtaken_does_not_raise_it(self, client, pool):
        quota = self.get(client, pool, quota_headers(41), quota_headers(42))

        assert quota is not None
        assert 41 == quota.remaining

    def test_a_new_hour_raises_it(self, client, pool):
        quota = self.get(client, pool, quota_headers(41), quota_headers(4999, RESET + 3600))

        assert quota is not None
        assert 4999 == quota.remaining

    def test_a_response_that_does_not_state_it_keeps_it(self, client, pool):
        quota = self.get(client, pool, quota_headers(41), {})

        assert quota is not None
        assert 41 == quota.remaining

    def test_a_refusal_states_it_too(self, client, pool):
        pool.answers.append((403, {}, quota_headers(0)))

        with pytest.raises(RateLimited):
            client.get("/a")

        assert 0 == client.quota.remaining
