"""Single requests to GitHub: REST, GraphQL, raw files. Each gives a response or one of our errors."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote

from errors import GitHubUnavailable, RateLimited
from github_api.limits import Calls, Limits, Resource, retry_moment
from github_api.refusals import refusal
from github_api.transport import Answer, Exchange, GitHubConnections

if TYPE_CHECKING:
    from github import Github

USER_AGENT = "portfolio-api"
# GitHub Enterprise Server has its REST API here, and GraphQL beside it:
# https://docs.github.com/enterprise-server/graphql/guides/forming-calls-with-graphql
ENTERPRISE_PATH = "/api/v3"
OVER_LIMIT = (
    "RATE_LIMIT",
    "RATE_LIMITED",
)  # types of GraphQL errors; the second until January 2026


@dataclass(frozen=True, slots=True)
class Response:
    """A response of status 200 or 304. `body` is parsed JSON; None for 304."""

    status: int
    headers: Mapping[str, str]  # lower-case names
    body: Any


class GitHubClient:
    """Sends requests with the owner's token, and none while a limit is exceeded.

    Uses only PyGithub's requester, for the base address, authentication and redirects of the REST
    API, because PyGithub's objects hide requests, costs and headers.

    Raises RepositoryUnavailable, RateLimited and GitHubUnavailable, nothing else. Never sleeps and
    never retries: waiting is the orchestrator's work. Thread-safe: PyGithub's client is not, so
    each thread has its own.
    """

    def __init__(
        self,
        *,
        token: str | None,
        base_url: str,
        raw_url: str | None = None,
        timeout_s: int,
        concurrency: int,
        now: Callable[[], datetime],
    ) -> None:
        """Prepare the client without opening a connection.

        `concurrency`: maximum number of requests in flight, over all threads; GitHub allows 100.
        """
        self.now = now
        self.limits = Limits(now)
        self.token_expires_at: datetime | None = None
        self.has_token = bool(token)
        self.has_raw_files = bool(raw_url)
        self._token = token
        self._base_url = base_url
        is_enterprise = base_url.endswith(ENTERPRISE_PATH)
        self._graphql_url = (
            base_url.removesuffix("/v3") if is_enterprise else base_url
        ) + "/graphql"
        self._raw_url = raw_url
        self._expiration_text = ""  # the header that `token_expires_at` was read from
        self._thread = threading.local()
        # Whatever thread sends them. Held until a response's limits are known, so that a request
        # that waited while another one met a limit is not sent.
        self._in_flight = threading.BoundedSemaphore(concurrency)
        # For requests at the same time. Tasks that wait for others must not run here.
        self.executor: Executor = ThreadPoolExecutor(concurrency, thread_name_prefix="github")
        self._connections = GitHubConnections(base_url, size=concurrency, timeout_s=timeout_s)

    def close(self) -> None:
        """Stop the threads and close the connections."""
        self.executor.shutdown(wait=True, cancel_futures=True)
        self._connections.close()

    def get(
        self,
        path: str,
        calls: Calls,
        parameters: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Send a request to the REST API."""
        from urllib3.exceptions import HTTPError

        with self._in_flight:
            self.limits.start("core", calls)
            try:
                status, answered, text = self._pygithub().requester.requestJson(
                    "GET",
                    path,
                    parameters=dict(parameters or {}),
                    headers=dict(headers or {}),
                    cnx=cast(Any, Exchange(self._connections)),
                )
            except (HTTPError, OSError) as error:
                raise _unreachable(self._base_url, error) from error
            except (RuntimeError, ValueError) as error:  # redirects that PyGithub refuses to follow
                raise GitHubUnavailable(
                    "bad_response", f"GitHub's answer to {path} cannot be used"
                ) from error
            if status == 304 and self.has_token:
                self.limits.not_counted("core")
            self._notice("core", answered)
            if status == 304:
                return Response(status, answered, None)
            return Response(status, answered, self._body("core", path, status, answered, text))

    def query(self, text: str, variables: Mapping[str, str], calls: Calls) -> dict[str, Any]:
        """Send a GraphQL query; return the whole answer, with `data`, `errors` or both.

        Raises RateLimited also for an answer of status 200 that says so. Codes of GitHubUnavailable
        that only this method has: `unsupported` (there is no GraphQL), `overloaded` (time-out).
        """
        body = json.dumps({"query": text, "variables": variables}).encode()
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        with self._in_flight:
            answer = self._send("graphql", "POST", self._graphql_url, headers, calls, body=body)
            self._notice("graphql", answer.headers)
            if answer.status in (404, 405):
                raise GitHubUnavailable(
                    "unsupported", f"there is no GraphQL at {self._graphql_url}"
                )
            if answer.status in (502, 504):
                raise GitHubUnavailable("overloaded", "GitHub could not answer the GraphQL query")
            content = answer.content.decode(errors="replace")
            parsed = self._body("graphql", "/graphql", answer.status, answer.headers, content)
            if not isinstance(parsed, dict):
                raise GitHubUnavailable("bad_response", "GitHub's GraphQL answer is not an object")
            for error in graphql_errors(parsed):
                if error.get("type") in OVER_LIMIT or error.get("code") == "graphql_rate_limit":
                    is_primary = "secondary" not in str(error.get("message")).lower()
                    raise self._limited(
                        "graphql",
                        retry_moment(answer.headers, self.now(), is_primary=is_primary),
                    )
            return parsed

    def raw_file(self, path: str, size: int, calls: Calls) -> bytes:
        """Get a file of at most `size` bytes from the raw host, which needs no token.

        `path`: owner, repository, commit and the path inside the repository.
        """
        url = f"{self._raw_url}/{quote(path, errors='surrogatepass')}"
        with self._in_flight:
            answer = self._send("raw", "GET", url, {}, calls, max_bytes=size)
            if answer.status == 429:
                raise self._limited("raw", retry_moment(answer.headers, self.now()))
            if answer.status != 200:
                raise GitHubUnavailable("unreachable", f"{self._raw_url} answered {answer.status}")
            return answer.content

    def _send(
        self,
        resource: Resource,
        verb: str,
        url: str,
        headers: Mapping[str, str],
        calls: Calls,
        **options: Any,
    ) -> Answer:
        from urllib3.exceptions import HTTPError

        all_headers = {"User-Agent": USER_AGENT, **headers}
        self.limits.start(resource, calls)
        try:
            return self._connections.send(verb, url, all_headers, **options)
        except (HTTPError, OSError) as error:
            raise _unreachable(url.rpartition("/")[0], error) from error

    def _notice(self, resource: Resource, headers: Mapping[str, str]) -> None:
        """Keep what every response states: the rest of the quota, and the token's last day."""
        self.limits.update(resource, headers)
        text = headers.get("github-authentication-token-expiration", "")
        if text and text != self._expiration_text:
            self._expiration_text = text
            self.token_expires_at = expiration_moment(text)

    def _body(
        self, resource: Resource, path: str, status: int, headers: Mapping[str, str], text: str
    ) -> Any:
        """Parse a response's JSON; raise the error that a status other than 200 stands for."""
        try:
            body = json.loads(text)
        except (ValueError, RecursionError):
            if status == 200:
                raise GitHubUnavailable(
                    "bad_response", f"GitHub's answer to {path} is not JSON"
                ) from None
            body = {}
        if status == 200:
            return body
        message = str(body.get("message", "")) if isinstance(body, dict) else ""
        error = refusal(path, status, headers, message, self.now())
        if isinstance(error, RateLimited):
            self.limits.pause(resource, error)
        raise error

    def _limited(self, resource: Resource, reset_at: datetime | None) -> RateLimited:
        error = RateLimited("GitHub's rate limit is reached", reset_at=reset_at)
        self.limits.pause(resource, error)
        return error

    def _pygithub(self) -> Github:
        pygithub: Github | None = getattr(self._thread, "pygithub", None)
        if pygithub is None:
            from github import Auth, Github

            pygithub = self._thread.pygithub = Github(
                auth=Auth.Token(self._token) if self._token else None,
                base_url=self._base_url,
                user_agent=USER_AGENT,
                seconds_between_requests=None,
                seconds_between_writes=None,
            )
        return pygithub


def graphql_errors(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the errors of a GraphQL answer."""
    errors = answer.get("errors")
    return (
        [error for error in errors if isinstance(error, dict)] if isinstance(errors, list) else []
    )


def expiration_moment(text: str) -> datetime | None:
    """Parse the moment at which a token expires, e.g. `2026-12-31 23:59:59 UTC` or `… +0200`."""
    try:
        return datetime.strptime(text.replace("UTC", "+0000"), "%Y-%m-%d %H:%M:%S %z").astimezone(
            UTC
        )
    except (ValueError, OverflowError):
        return None


def _unreachable(address: str, error: Exception) -> GitHubUnavailable:
    return GitHubUnavailable(
        "unreachable", f"GitHub does not answer at {address}: {type(error).__name__}"
    )
