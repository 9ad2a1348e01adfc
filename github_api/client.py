"""One request to GitHub's REST API: a response, or one of our errors. Keeps track of the quota."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from errors import GitHubError, GitHubUnavailable, RateLimited, RepositoryUnavailable
from github_api.transport import Exchange, GitHubConnections

if TYPE_CHECKING:
    from github import Github

# A longer `Retry-After` is taken for a mistake.
MAX_RETRY_AFTER_S = 86_400


@dataclass(frozen=True, slots=True)
class Quota:
    """The primary rate limit of this hour.

    https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
    """

    limit: int
    remaining: int
    reset_at: datetime  # UTC


@dataclass(frozen=True, slots=True)
class Response:
    """A response of status 200 or 304. `body` is parsed JSON; None for 304."""

    status: int
    headers: Mapping[str, str]  # lower-case names
    body: Any


class GitHubClient:
    """Sends GET requests with the owner's token.

    Uses only PyGithub's requester, for the base address, authentication and redirects, because
    PyGithub's objects hide requests, costs and headers.

    Raises RepositoryUnavailable, RateLimited and GitHubUnavailable, nothing else. Never sleeps and
    never retries: waiting is the orchestrator's work. Thread-safe: PyGithub's client is not, so
    each thread has its own.
    """

    def __init__(
        self,
        *,
        token: str | None,
        base_url: str,
        timeout_s: int,
        concurrency: int,
        now: Callable[[], datetime],
    ) -> None:
        """Prepare the client without opening a connection.

        `concurrency`: maximum number of submitted requests in flight; GitHub allows 100.
        """
        self.now = now
        self.quota: Quota | None = None  # as GitHub last reported it
        self._token = token
        self._base_url = base_url
        self._thread = threading.local()
        self._pool = ThreadPoolExecutor(concurrency, thread_name_prefix="github")
        self._connections = GitHubConnections(base_url, size=concurrency, timeout_s=timeout_s)

    def close(self) -> None:
        """Stop the threads and close the connections."""
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._connections.close()

    def submit(self, path: str, parameters: Mapping[str, str] | None = None) -> Future[Response]:
        """Send a request on a thread of the client's pool."""
        return self._pool.submit(self.get, path, parameters)

    def get(
        self,
        path: str,
        parameters: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Send a request on the caller's thread."""
        from urllib3.exceptions import HTTPError

        try:
            status, answered, text = self._pygithub().requester.requestJson(
                "GET",
                path,
                parameters=dict(parameters or {}),
                headers=dict(headers or {}),
                cnx=cast(Any, Exchange(self._connections)),
            )
        except (HTTPError, OSError) as error:
            raise GitHubUnavailable(
                "unreachable", f"GitHub does not answer at {self._base_url}: {type(error).__name__}"
            ) from error
        except (RuntimeError, ValueError) as error:  # redirects that PyGithub refuses to follow
            raise GitHubUnavailable(
                "bad_response", f"GitHub's answer to {path} cannot be used"
            ) from error
        self._update_quota(quota_of(answered))
        if status == 304:
            return Response(status, answered, None)
        try:
            body = json.loads(text)
        except (ValueError, RecursionError):
            if status == 200:
                raise GitHubUnavailable(
                    "bad_response", f"GitHub's answer to {path} is not JSON"
                ) from None
            body = {}
        if status != 200:
            raise refusal(
                path, status, answered, body if isinstance(body, dict) else {}, self.now()
            )
        return Response(status, answered, body)

    def _update_quota(self, quota: Quota | None) -> None:
        """Keep the newest quota. Responses overtake each other: within an hour, lower is newer."""
        known = self.quota
        if quota and not (
            known and known.reset_at == quota.reset_at and known.remaining < quota.remaining
        ):
            self.quota = quota

    def _pygithub(self) -> Github:
        pygithub: Github | None = getattr(self._thread, "pygithub", None)
        if pygithub is None:
            from github import Auth, Github

            pygithub = self._thread.pygithub = Github(
                auth=Auth.Token(self._token) if self._token else None,
                base_url=self._base_url,
                user_agent="portfolio-api",
                seconds_between_requests=None,
                seconds_between_writes=None,
            )
        return pygithub


def quota_of(headers: Mapping[str, str]) -> Quota | None:
    """Read the REST quota from response headers; None if they do not state it."""
    limit, remaining, reset = (
        _whole_number(headers, f"x-ratelimit-{name}") for name in ("limit", "remaining", "reset")
    )
    is_core = headers.get("x-ratelimit-resource", "core") == "core"
    if not is_core or limit is None or remaining is None or reset is None:
        return None
    return Quota(limit, remaining, _reset_moment(reset))


def refusal(
    path: str, status: int, headers: Mapping[str, str], body: Mapping[str, Any], now: datetime
) -> GitHubError:
    """Return the error that a status other than 200 and 304 stands for.

    https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api
    """
    message = str(body.get("message", ""))
    names_a_limit = (
        status == 429
        or "retry-after" in headers
        or (status == 403 and ("rate limit" in message.lower() or "abuse" in message.lower()))
    )
    if status in (403, 429) and (names_a_limit or headers.get("x-ratelimit-remaining") == "0"):
        return RateLimited("GitHub's rate limit is reached", reset_at=retry_moment(headers, now))
    if status == 401:
        return GitHubUnavailable("bad_credentials", "GitHub refuses `GITHUB_TOKEN`; renew it")
    if status == 404 and path.startswith(("/users/", "/orgs/")):
        name = path.split("/")[2]
        return GitHubUnavailable(
            "unknown_account", f"GitHub has no account `{name}`; check `GITHUB_USERNAMES`"
        )
    if status == 409 or (status == 404 and "empty" in message.lower()):
        return RepositoryUnavailable("empty", f"{path}: the repository is empty")
    if status == 404:
        return RepositoryUnavailable("gone", f"{path}: deleted, renamed or private")
    if status in (403, 451):
        return RepositoryUnavailable("blocked", f"{path}: GitHub has blocked it")
    code = "unreachable" if status >= 500 else "bad_response"
    return GitHubUnavailable(code, f"GitHub answered {status} to {path}")


def retry_moment(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """Return the earliest moment for a retry; None if GitHub names none.

    https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api
    """
    if headers.get("retry-after", "").isdecimal():
        return now + timedelta(seconds=min(int(headers["retry-after"]), MAX_RETRY_AFTER_S))
    reset = _whole_number(headers, "x-ratelimit-reset")
    if headers.get("x-ratelimit-remaining") == "0" and reset is not None:
        return _reset_moment(reset)
    return None


def _reset_moment(epoch_s: int) -> datetime:
    return datetime.fromtimestamp(epoch_s + 1, UTC)  # one second more, because clocks differ


def _whole_number(headers: Mapping[str, str], name: str) -> int | None:
    text = headers.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 12 else None
