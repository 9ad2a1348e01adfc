"""Connections to GitHub: one urllib3 pool for all threads, behind PyGithub's connection interface.

PyGithub would open a session of `requests` for each client, which costs more CPU time than the rest
of a request (docs/decisions/0011-send-pygithub-requests-through-urllib3.md).
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse


class GitHubConnections:
    """A pool of up to `size` kept-alive connections to one GitHub. Thread-safe.

    Proxies come from the environment (`HTTPS_PROXY`, `NO_PROXY`), certificate authorities from
    certifi or `REQUESTS_CA_BUNDLE`, as in every Python program.
    """

    def __init__(self, base_url: str, *, size: int, timeout_s: int) -> None:
        """Prepare the pool; connections open on first use."""
        import certifi
        from urllib3 import PoolManager, ProxyManager, make_headers

        address = urlsplit(base_url)
        self.origin = f"{address.scheme}://{address.netloc}"
        self.accept_encoding = make_headers(accept_encoding=True)
        options: dict[str, Any] = {
            "maxsize": size,
            "timeout": timeout_s,
            "retries": False,
            "ca_certs": os.environ.get("REQUESTS_CA_BUNDLE") or certifi.where(),
        }
        proxy = getproxies().get(address.scheme)
        bypassed = not proxy or proxy_bypass(address.hostname or "")
        self.pool = PoolManager(**options) if bypassed else ProxyManager(str(proxy), **options)

    def close(self) -> None:
        """Close the connections."""
        self.pool.clear()


class Exchange:
    """One request and its response, as PyGithub's `cnx` argument.

    Implements the methods of `github.Requester.HTTPSRequestsConnectionClass`. Raises urllib3's
    HTTPError.
    """

    def __init__(self, connections: GitHubConnections) -> None:
        self._connections = connections

    def request(
        self, verb: str, url: str, input: None, headers: dict[str, str], stream: bool = False
    ) -> None:
        self._request = (verb, url, headers)

    def getresponse(self) -> Response:
        verb, url, headers = self._request
        connections = self._connections
        return Response(
            connections.pool.request(
                verb,
                connections.origin + url,
                headers=connections.accept_encoding | headers,
                redirect=False,
            )
        )


class Response:
    """The part of a response that PyGithub reads."""

    def __init__(self, response: BaseHTTPResponse) -> None:
        self._response = response
        self.status = response.status

    def getheaders(self) -> Iterable[tuple[str, str]]:
        return self._response.headers.items()

    def read(self) -> str:
        return self._response.data.decode("utf-8", errors="replace")
