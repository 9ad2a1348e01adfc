"""Connections to GitHub: one urllib3 pool for all threads, behind PyGithub's connection interface.

PyGithub would open a session of `requests` for each client, which costs more CPU time than the rest
of a request (docs/decisions/0011-send-pygithub-requests-through-urllib3.md).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

MAX_RESPONSE_BYTES = 64_000_000  # far above GitHub's largest, a tree of 100,000 entries


class ResponseTooLarge(OSError):
    """A response is longer than the caller accepts."""


class GitHubConnections:
    """A pool of up to `size` kept-alive connections to each of GitHub's hosts. Thread-safe.

    Proxies come from the environment (`HTTPS_PROXY`, `NO_PROXY`), certificate authorities from
    certifi or `REQUESTS_CA_BUNDLE`, as in every Python program.
    """

    def __init__(self, base_url: str, *, size: int, timeout_s: int) -> None:
        """Prepare the pool; connections open on first use. The proxy is that of `base_url`."""
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

    def send(
        self,
        verb: str,
        url: str,
        headers: Mapping[str, str],
        *,
        body: bytes | None = None,
        max_bytes: int = MAX_RESPONSE_BYTES,
    ) -> Answer:
        """Send a request and read its response. Raises urllib3's HTTPError and OSError.

        Does not follow redirects.
        """
        response = self.pool.request(
            verb,
            url,
            body=body,
            headers={**self.accept_encoding, **headers},
            redirect=False,
            preload_content=False,
        )
        try:
            content = response.read(max_bytes + 1, decode_content=True)
            if len(content) > max_bytes:
                response.close()  # the rest stays unread, so the connection is lost
                raise ResponseTooLarge(f"more than {max_bytes} bytes")
        finally:
            response.release_conn()
        lower = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status, lower, content)

    def close(self) -> None:
        """Close the connections."""
        self.pool.clear()


@dataclass(frozen=True, slots=True)
class Answer:
    """A response as it came."""

    status: int
    headers: Mapping[str, str]  # lower-case names
    content: bytes


class Exchange:
    """One request and its response, as PyGithub's `cnx` argument.

    Implements the methods of `github.Requester.HTTPSRequestsConnectionClass`. Raises urllib3's
    HTTPError and OSError.
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
        return Response(connections.send(verb, connections.origin + url, headers))


class Response:
    """The part of a response that PyGithub reads."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        # PyGithub would sleep after a 202 and ask again. GitHub does not send one to our requests.
        self.status = 502 if answer.status == 202 else answer.status

    def getheaders(self) -> Iterable[tuple[str, str]]:
        return self._answer.headers.items()

    def read(self) -> str:
        return self._answer.content.decode("utf-8", errors="replace")
