"""One request to GitHub: a response or one of our errors, and the quota."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from io import BytesIO
from threading import Event, Lock
from typing import Any

import pytest
import urllib3

from errors import GitHubError, GitHubUnavailable, RateLimited
from github_api.client import GitHubClient, expiration_moment
from github_api.limits import Calls, Quota
from tests.unit.fakes import NOW

RESET = int(NOW.timestamp()) + 600
RESET_AT = NOW + timedelta(seconds=601)
EXPIRATION = "github-authentication-token-expiration"


def quota_headers(remaining: int) -> dict[str, str]:
    return {
        "x-ratelimit-limit": "5000",
        "x-ratelimit-remaining": str(remaining),
        "x-ratelimit-reset": str(RESET),
    }


class Pool:
    """A pool of connections that answers without a network."""

    def __init__(self) -> None:
        self.answers: list[Any] = []
        self.requests: list[tuple[str, str, dict[str, str]]] = []
        self.bodies: list[bytes | None] = []
        self.is_closed = False

    def request(
        self,
        verb: str,
        url: str,
        *,
        body: bytes | None,
        headers: dict[str, str],
        redirect: bool,
        preload_content: bool,
    ) -> Any:
        assert not redirect  # PyGithub follows renames
        assert not preload_content
        self.requests.append((verb, url, headers))
        self.bodies.append(body)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        status, body, response_headers = answer
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return urllib3.HTTPResponse(
            BytesIO(content), response_headers, status, preload_content=False
        )

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

        response = client.get("/users/ada/repos", Calls(), {"page": "2"}, {"If-None-Match": '"e"'})

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

        connect(token=None).get("/users/ada/repos", Calls())

        assert "Authorization" not in pool.requests[0][2]

    def test_a_github_of_ones_own_has_a_path_before_its_api(self, connect, pool):
        pool.answers.append((200, [], {}))

        connect(base_url="https://github.test/api/v3").get("/users/ada/repos", Calls())

        assert "https://github.test/api/v3/users/ada/repos" == pool.requests[0][1]

    def test_304_has_no_body(self, client, pool):
        pool.answers.append((304, b"", {}))

        response = client.get("/users/ada/repos", Calls())

        assert (304, None) == (response.status, response.body)

    def test_a_renamed_repository_is_followed(self, client, pool):
        pool.answers += [
            (301, {"message": "Moved"}, {"Location": "http://github.test/repositories/7"}),
            (200, {"id": 7}, {}),
        ]

        assert {"id": 7} == client.get("/repos/ada/a", Calls()).body

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
            pytest.param((202, b"", {}), "unreachable", id="202"),
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
            client.get("/repos/ada/a", Calls())

        assert code == raised.value.code
        assert 1 == len(pool.requests)
        assert "ghp_t" not in str(raised.value)

    def test_a_closed_client_has_closed_its_connections(self, client, pool):
        client.close()

        assert pool.is_closed
        with pytest.raises(RuntimeError):
            client.executor.submit(print)


def core(client: GitHubClient) -> Any:
    return client.limits.quota("core")


class TestLimits:
    def test_a_response_states_the_quota(self, client, pool):
        assert core(client) is None
        pool.answers.append((200, {}, quota_headers(41)))

        client.get("/a", Calls())

        assert Quota(5000, 41, RESET_AT) == core(client)

    def test_a_refusal_states_it_too_and_ends_all_requests_before_the_reset(self, client, pool):
        pool.answers.append((403, {}, quota_headers(0)))
        calls = Calls()

        for _ in range(3):
            with pytest.raises(RateLimited) as raised:
                client.get("/a", calls)
            assert RESET_AT == raised.value.reset_at

        assert (0, 1) == (core(client).remaining, calls.count("core"))

    def test_a_secondary_limit_ends_them_too_but_not_those_of_graphql(self, client, pool):
        pool.answers += [(403, {"message": "secondary rate limit"}, {"Retry-After": "30"})]
        for _ in range(2):
            with pytest.raises(RateLimited):
                client.get("/a", Calls())

        pool.answers.append((200, {"data": {}}, {}))
        assert {"data": {}} == client.query("{a}", {}, Calls())

    @pytest.mark.parametrize(("token", "left"), [("ghp_t", 41), (None, 40)])
    def test_304_costs_nothing_with_a_token(self, connect, pool, token, left):
        client = connect(token=token)
        pool.answers += [(200, {}, quota_headers(41)), (304, b"", {})]

        client.get("/a", Calls())
        client.get("/a", Calls())

        assert left == core(client).remaining


class SlowPool(Pool):
    """Answers each request after a moment, with what is left of the quota."""

    def __init__(self, *remaining: int) -> None:
        super().__init__()
        self.remaining = list(remaining)
        self.in_flight = self.most_in_flight = 0
        self.lock = Lock()

    def request(self, *arguments: Any, **options: Any) -> Any:
        with self.lock:
            self.in_flight += 1
            self.most_in_flight = max(self.in_flight, self.most_in_flight)
        Event().wait(0.05)
        with self.lock:
            self.in_flight -= 1
            self.answers.append((200, {"data": {}}, quota_headers(self.remaining.pop(0))))
            return super().request(*arguments, **options)


class TestInFlight:
    @pytest.fixture
    def pool(self) -> SlowPool:
        return SlowPool(*range(90, 82, -1))

    def test_requests_in_flight_are_bounded_over_all_threads(self, client, pool):
        calls = Calls()

        with ThreadPoolExecutor(8) as threads:
            asked = [
                threads.submit(client.get, "/a", calls)
                if number % 2
                else threads.submit(client.query, "{a}", {}, calls)
                for number in range(8)
            ]
        for future in asked:
            future.result()

        assert (2, 4, 4) == (pool.most_in_flight, calls.count("core"), calls.count("graphql"))

    def test_one_that_waited_while_another_met_a_limit_is_not_sent(self, client, pool):
        pool.remaining = [0, 0]
        calls = Calls()

        with ThreadPoolExecutor(8) as threads:
            asked = [threads.submit(client.get, "/a", calls) for _ in range(8)]
        errors = [future.exception() for future in asked]

        assert 2 == len(pool.requests)
        assert 6 == sum(isinstance(error, RateLimited) for error in errors)


class TestTokenExpiration:
    @pytest.mark.parametrize(
        ("text", "moment"),
        [
            ("2026-12-31 23:59:59 UTC", datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)),
            ("2026-12-31 23:59:59 +0200", datetime(2026, 12, 31, 21, 59, 59, tzinfo=UTC)),
            ("2026-12-31 23:59:59 -05:00", datetime(2027, 1, 1, 4, 59, 59, tzinfo=UTC)),
            ("soon", None),
            ("0001-01-01 00:00:00 +0900", None),
        ],
    )
    def test_githubs_header_is_read(self, text, moment):
        assert moment == expiration_moment(text)

    def test_any_response_may_state_it(self, client, pool):
        assert client.token_expires_at is None
        pool.answers += [
            (404, {}, {EXPIRATION: "2026-12-31 23:59:59 UTC"}),
            (200, {}, {}),
            (200, {"data": {}}, {EXPIRATION: "2027-12-31 23:59:59 UTC"}),
        ]

        with pytest.raises(GitHubError):
            client.get("/repos/ada/a", Calls())
        client.get("/repos/ada/a", Calls())
        assert client.token_expires_at == datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)
        client.query("{a}", {}, Calls())
        assert client.token_expires_at == datetime(2027, 12, 31, 23, 59, 59, tzinfo=UTC)


class TestQuery:
    def test_it_is_posted_with_the_token_and_the_variables(self, client, pool):
        pool.answers.append((200, {"data": {"a": 1}}, {}))
        calls = Calls()

        answer = client.query("query($a:String!){a}", {"a": "ada"}, calls)

        ((verb, url, headers),) = pool.requests
        assert ("POST", "http://github.test/graphql") == (verb, url)
        assert ("Bearer ghp_t", "portfolio-api") == (
            headers["Authorization"],
            headers["User-Agent"],
        )
        assert {"query": "query($a:String!){a}", "variables": {"a": "ada"}} == json.loads(
            pool.bodies[0]
        )
        assert ({"data": {"a": 1}}, 1, 0) == (answer, calls.count("graphql"), calls.count("core"))

    @pytest.mark.parametrize(
        ("base_url", "graphql_url"),
        [
            ("https://api.github.com", "https://api.github.com/graphql"),
            ("https://git.example/api/v3", "https://git.example/api/graphql"),
            ("https://git.example:8443/v3", "https://git.example:8443/v3/graphql"),
        ],
    )
    def test_its_address_follows_from_that_of_the_rest_api(
        self, connect, pool, base_url, graphql_url
    ):
        pool.answers.append((200, {"data": {}}, {}))

        connect(base_url=base_url).query("{a}", {}, Calls())

        assert graphql_url == pool.requests[0][1]

    @pytest.mark.parametrize(
        ("answer", "code"),
        [
            pytest.param(urllib3.exceptions.ProtocolError("reset"), "unreachable", id="reset"),
            pytest.param((500, b"", {}), "unreachable", id="500"),
            pytest.param((502, b"<html>", {}), "overloaded", id="502"),
            pytest.param((504, b"<html>", {}), "overloaded", id="504"),
            pytest.param((404, {"message": "Not Found"}, {}), "unsupported", id="404"),
            pytest.param((200, b"<html>", {}), "bad_response", id="html"),
            pytest.param((200, b"", {}), "bad_response", id="nothing"),
            pytest.param((200, [1], {}), "bad_response", id="a-list"),
            pytest.param((401, {}, {}), "bad_credentials", id="401"),
            pytest.param((403, {"message": "SAML"}, {}), "token_refused", id="403"),
            pytest.param((403, {}, {"Retry-After": "3"}), "rate_limited", id="secondary"),
            pytest.param((429, {}, {}), "rate_limited", id="429"),
        ],
    )
    def test_a_failure_is_one_of_our_errors_after_one_attempt(self, client, pool, answer, code):
        pool.answers.append(answer)

        with pytest.raises(GitHubError) as raised:
            client.query("{a}", {}, Calls())

        assert (code, 1) == (raised.value.code, len(pool.requests))
        assert "ghp_t" not in str(raised.value)

    @pytest.mark.parametrize(
        ("error", "headers", "reset_at"),
        [
            pytest.param(
                {"type": "RATE_LIMIT", "code": "graphql_rate_limit"},
                quota_headers(0),
                RESET_AT,
                id="now",
            ),
            pytest.param({"type": "RATE_LIMITED"}, quota_headers(3), RESET_AT, id="before-2026"),
            pytest.param({"code": "graphql_rate_limit"}, {}, None, id="code-alone"),
            pytest.param(
                {"type": "RATE_LIMITED", "message": "a secondary rate limit"},
                quota_headers(3),
                None,
                id="secondary",
            ),
        ],
    )
    def test_an_answer_that_names_a_limit_ends_further_queries(
        self, client, pool, error, headers, reset_at
    ):
        pool.answers.append((200, {"data": None, "errors": ["x", error]}, headers))
        calls = Calls()

        for _ in range(2):
            with pytest.raises(RateLimited) as raised:
                client.query("{a}", {}, calls)
            assert reset_at == raised.value.reset_at

        assert 1 == calls.count("graphql")

    def test_its_quota_is_one_of_its_own(self, client, pool):
        pool.answers.append(
            (200, {"data": {}}, quota_headers(7) | {"x-ratelimit-resource": "graphql"})
        )

        client.query("{a}", {}, Calls())

        assert (None, Quota(5000, 7, RESET_AT)) == (core(client), client.limits.quota("graphql"))


class TestRawFile:
    @pytest.fixture
    def client(self, connect) -> GitHubClient:
        return connect(token=None, raw_url="http://raw.test")  # type: ignore[no-any-return]

    def test_it_is_asked_for_by_its_path_without_a_token(self, connect, pool):
        pool.answers.append((200, b"# a", {}))
        calls = Calls()

        content = connect(raw_url="http://raw.test").raw_file("ada/a/c0/d e/ä?#%.md", 3, calls)

        ((verb, url, headers),) = pool.requests
        assert ("GET", "http://raw.test/ada/a/c0/d%20e/%C3%A4%3F%23%25.md") == (verb, url)
        assert "Authorization" not in headers
        assert (b"# a", 1, 0) == (content, calls.count("raw"), calls.count("core"))

    @pytest.mark.parametrize(
        "answer",
        [(404, b"404: Not Found", {}), (500, b"", {}), (301, b"", {}), (200, b"too long", {})],
        ids=["404", "500", "301", "too-long"],
    )
    def test_any_other_answer_is_a_failure(self, client, pool, answer):
        pool.answers.append(answer)

        with pytest.raises(GitHubUnavailable) as raised:
            client.raw_file("ada/a/c0/README.md", 3, Calls())

        assert "unreachable" == raised.value.code

    def test_its_limit_is_its_own(self, client, pool):
        pool.answers.append((429, b"", {"Retry-After": "30"}))
        calls = Calls()

        for _ in range(2):
            with pytest.raises(RateLimited) as raised:
                client.raw_file("ada/a/c0/README.md", 3, calls)
            assert NOW + timedelta(seconds=30) == raised.value.reset_at

        assert 1 == calls.count("raw")
        pool.answers.append((200, {}, {}))
        client.get("/repos/ada/a", calls)
