"""Connections to GitHub, as the environment wants them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import certifi
import pytest
from urllib3 import HTTPResponse, ProxyManager

from github_api.transport import Answer, Exchange, GitHubConnections, Response, ResponseTooLarge

PROXY_VARIABLES = (
    *("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY"),
    *("all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY", "REQUESTS_CA_BUNDLE"),
)


@pytest.fixture
def connect(monkeypatch) -> Iterator[Callable[..., GitHubConnections]]:
    """Connect in an environment that says nothing but what the test does."""
    opened = []
    for name in PROXY_VARIABLES:
        monkeypatch.delenv(name, raising=False)

    def connect(base_url: str = "https://api.github.test/v3", **env: str) -> GitHubConnections:
        for name, value in env.items():
            monkeypatch.setenv(name, value)
        opened.append(GitHubConnections(base_url, size=2, timeout_s=1))
        return opened[-1]

    yield connect
    for connections in opened:
        connections.close()


def proxy_of(connections: GitHubConnections) -> str | None:
    pool = connections.pool
    return str(pool.proxy) if isinstance(pool, ProxyManager) else None


def test_without_a_proxy_connections_are_direct(connect):
    assert proxy_of(connect()) is None


@pytest.mark.parametrize(
    ("base_url", "env", "proxy"),
    [
        pytest.param(
            "https://api.github.test", {"https_proxy": "http://p:1"}, "http://p:1", id="https"
        ),
        pytest.param(
            "http://api.github.test", {"http_proxy": "http://p:1"}, "http://p:1", id="http"
        ),
        pytest.param("https://api.github.test", {"http_proxy": "http://p:1"}, None, id="other"),
        pytest.param(
            "https://api.github.test",
            {"https_proxy": "http://p:1", "no_proxy": "github.test"},
            None,
            id="excluded",
        ),
        pytest.param(
            "https://api.github.test",
            {"https_proxy": "http://p:1", "no_proxy": "elsewhere.test"},
            "http://p:1",
            id="another-one-excluded",
        ),
    ],
)
def test_the_environment_chooses_the_proxy(connect, base_url, env, proxy):
    assert proxy == proxy_of(connect(base_url, **env))


def test_the_environments_authorities_take_the_place_of_certifis(connect, tmp_path):
    assert certifi.where() == connect().pool.connection_pool_kw["ca_certs"]

    bundle = str(tmp_path / "company.pem")

    assert bundle == connect(REQUESTS_CA_BUNDLE=bundle).pool.connection_pool_kw["ca_certs"]


def test_urllib3_neither_retries_nor_waits_longer_than_it_should(connect):
    options = connect().pool.connection_pool_kw

    assert (2, 1, False) == (options["maxsize"], options["timeout"], options["retries"].total)


class Pool:
    """A pool of connections that answers each request with the same content."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.asked: list[tuple[Any, ...]] = []

    def request(self, *arguments: Any, **options: Any) -> HTTPResponse:
        self.asked.append((*arguments, options))
        return HTTPResponse(BytesIO(self.content), {"ETag": "e"}, 200, preload_content=False)

    def clear(self) -> None:
        """Close no connection."""


def test_an_exchange_sends_the_request_to_the_origin_and_accepts_compression(connect):
    connections = connect()
    pool: Any = Pool('{"a": "ä"}'.encode())
    connections.pool = pool
    exchange = Exchange(connections)

    exchange.request("GET", "/v3/users/ada", None, {"Accept": "json"})
    response = exchange.getresponse()

    ((verb, url, options),) = pool.asked
    assert ("GET", "https://api.github.test/v3/users/ada") == (verb, url)
    assert "gzip" in options["headers"]["accept-encoding"]
    assert "json" == options["headers"]["Accept"]
    assert not options["redirect"]
    assert (200, [("etag", "e")], '{"a": "ä"}') == (
        response.status,
        list(response.getheaders()),
        response.read(),
    )


def test_what_is_not_utf_8_is_replaced():
    assert "\ufffd" == Response(Answer(200, {}, b"\xff")).read()


def test_a_response_is_read_up_to_a_limit(connect):
    connections = connect()
    pool: Any = Pool(b"12345")
    connections.pool = pool

    assert b"12345" == connections.send("GET", "http://a.test/", {}, max_bytes=5).content
    with pytest.raises(ResponseTooLarge):
        connections.send("GET", "http://a.test/", {}, max_bytes=4)
