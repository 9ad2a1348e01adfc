"""The connections to GitHub: one pool for all threads, in the form that PyGithub's requester uses.

PyGithub would open a session of `requests` for each client, which takes more of the processor than
all else that a request needs (docs/decisions/0011-pygithub-asks-urllib3-carries.md).
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
    """Up to `size` kept connections to one GitHub; threads may share them.

    Proxies are those of the environment (`HTTPS_PROXY`, `NO_PROXY`), authorities those of certifi
    or of `REQUESTS_CA_BUNDLE`, as everywhere in Python.
    """

    def __init__(self, base_url: str, *, size: int, timeout_s: int) -> None:
        """Open nothing yet."""
        import certifi
        from urllib3 import PoolManager, ProxyManager, make_headers

        address = urlsplit(base_url)
        self.origin = f"{address.scheme}://{address.netloc}"
        self.compressed = make_headers(accept_encoding=True)
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
        """Let go of the connections."""
        self.pool.clear()


class Exchange:
    """One request and its response: what PyGithub takes as `cnx`.

    The methods are those of `github.Requester.HTTPSRequestsConnectionClass`. Raises urllib3's
    HTTPError.
    """

    def __init__(self, connections: GitHubConnections) -> None:
        self._connections = connections

    def request(
        self, verb: str, url: str, input: None, headers: dict[str, str], stream: bool = False
    ) -> None:
        self._asked = (verb, url, headers)

    def getresponse(self) -> Response:
        verb, url, headers = self._asked
        connections = self._connections
        return Response(
            connections.pool.request(
                verb,
                connections.origin + url,
                headers=connections.compressed | headers,
                redirect=False,
            )
        )


class Response:
    """What PyGithub reads of a response."""

    def __init__(self, response: BaseHTTPResponse) -> None:
        self._response = response
        self.status = response.status

    def getheaders(self) -> Iterable[tuple[str, str]]:
        return self._response.headers.items()

    def read(self) -> str:
        return self._response.data.decode("utf-8", errors="replace")
