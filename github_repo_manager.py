"""GitHub as the app needs it. PyGithub stays in here: the rest sees bundles and our own errors.

PyGithub's objects hide requests, costs and headers, so only its requester is used: base address,
authentication, redirects. What is asked for, and what an answer means, is written out below.
"""

from __future__ import annotations

import base64
import binascii
import json
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar, cast
from urllib.parse import quote

from github_connections import Exchange, GitHubConnections

from bundles import Tree, bare_bundle, build_bundle, fingerprint, wanted_blobs
from errors import GitHubError, GitHubUnavailable, RateLimited, RepositoryUnavailable
from models import Bundle, Listed, Metadata

if TYPE_CHECKING:
    from github import Github

T = TypeVar("T")

PER_PAGE = 100
MOST_PAGES = 100  # ten thousand repositories: a listing that goes on is not one
RESERVED = 50  # one in so many requests of an hour is left to others, and to webhooks


@dataclass(frozen=True, slots=True)
class RepositoryPage:
    """A whole listing, after the settings' exclusions."""

    repositories: list[Listed]  # by name, case folded
    path: str  # what was asked; the ETags are for it
    etags: list[str]  # of each page
    excluded: int
    requests: int


@dataclass(frozen=True, slots=True)
class Fetched:
    """A bundle, and how many requests it took."""

    bundle: Bundle
    requests: int


@dataclass(frozen=True, slots=True)
class Quota:
    """What GitHub allows a token in an hour.
    https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api"""

    limit: int
    remaining: int
    reset_at: datetime  # UTC


@dataclass(frozen=True, slots=True)
class Answer:
    """One response: `body` is parsed JSON; None for 304."""

    status: int
    headers: Mapping[str, str]
    body: Any


class GitHubRepoManager:
    """A user's repositories, and what is in them.

    Raises RepositoryUnavailable, RateLimited and GitHubUnavailable, nothing else. Never sleeps and
    never asks twice: waiting is the orchestrator's. Threads may share it; PyGithub's client is not
    safe to share, so each thread has its own.
    """

    def __init__(
        self,
        *,
        token: str | None,
        base_url: str,
        include_forks: bool,
        include_archived: bool,
        include_private: bool,
        timeout_s: int = 10,
        concurrency: int = 96,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Open nothing yet. `concurrency`: requests in flight at a time, whoever asks; GitHub
        allows 100."""
        self._token = token
        self._base_url = base_url
        self._include_forks = include_forks
        self._include_archived = include_archived
        self._include_private = include_private
        self._now = now
        self._local = threading.local()
        self._pool = ThreadPoolExecutor(concurrency, thread_name_prefix="github")
        self._connections = GitHubConnections(base_url, size=concurrency, timeout_s=timeout_s)
        self.quota: Quota | None = None  # as the last answer said

    def close(self) -> None:
        """Let go of the threads and their connections."""
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._connections.close()

    def list_repositories(
        self, username: str, *, path: str | None = None, etags: Sequence[str] = ()
    ) -> RepositoryPage | None:
        """All repositories of a user or an organisation; one request per hundred.

        With the path and the ETags of an earlier listing the requests are conditional, which GitHub
        does not count when nothing changed; None means that nothing did.
        """
        requests = 0
        if path and etags:
            for page, etag in enumerate(etags, start=1):
                requests += 1
                if self._page(path, page, etag).status != 304:
                    break
            else:
                return None
        if not path:
            path, asked = self._listing_path(username)
            requests += asked
        items: dict[str, dict[str, Any]] = {}
        seen: list[str] = []
        for page in range(1, MOST_PAGES + 1):
            answer = self._page(path, page, None)
            if not isinstance(answer.body, list):
                raise GitHubUnavailable(
                    "bad_response", f"GitHub's listing of `{username}` is not a list"
                )
            # One that is created or deleted meanwhile moves others to a page that is read again.
            items |= {str(_object(item, "repository").get("id")): item for item in answer.body}
            seen.append(answer.headers.get("etag", ""))
            if 'rel="next"' not in answer.headers.get("link", ""):
                break
        listed = [_listed(item) for item in items.values()]
        kept = [each for each in listed if self.includes(each["metadata"])]
        kept.sort(key=lambda each: each["metadata"]["name"].lower())
        return RepositoryPage(
            repositories=kept,
            path=path,
            etags=seen if all(seen) else [],
            excluded=len(listed) - len(kept),
            requests=requests + len(seen),
        )

    def includes(self, metadata: Metadata) -> bool:
        """Whether a repository belongs to the portfolio, by the owner's settings."""
        return (
            (self._include_forks or not metadata["fork"])
            and (self._include_archived or not metadata["archived"])
            and (self._include_private or metadata["visibility"] == "public")
        )

    def get_repository(self, username: str, name: str) -> Listed:
        """One repository as the listing would give it; one request.

        Raises RepositoryUnavailable(`gone`) for one that answers under another name by now.
        """
        found = _listed(self._ask(f"/repos/{quote(username)}/{quote(name)}").body)
        full_name = f"{username}/{name}"
        if found["metadata"]["full_name"].lower() != full_name.lower():
            raise RepositoryUnavailable("gone", f"{full_name} answers under another name by now")
        return found

    def fetch_bundle(self, username: str, listed: Listed) -> Fetched:
        """One repository's content: at most six requests, in two round trips.

        Languages and file tree first, then the blobs that the tree shows worth reading. Blobs are
        named by their hash, so a push in between cannot mix two versions. Raises
        RepositoryUnavailable(`gone`) when it is deleted, renamed or private by now, and RateLimited
        before the hour's requests are all spent: some are left to others.
        """
        quota = self.quota
        if quota and quota.remaining <= quota.limit // RESERVED and self._now() < quota.reset_at:
            raise _unasked(quota)
        return self._fetch(username, listed, self._pool)

    def get_all_repos_with_context(self, username: str) -> list[Bundle]:
        """Every bundle, one request after the other, by name: the plain way, which the refresh must
        equal.

        A repository that is gone since the listing is left out.
        """
        page = self.list_repositories(username)
        bundles = []
        for listed in page.repositories if page else []:
            try:
                bundles.append(self._fetch(username, listed, _InTurn()).bundle)
            except RepositoryUnavailable:
                continue
        return bundles

    def _fetch(self, username: str, listed: Listed, executor: Executor) -> Fetched:
        root = f"/repos/{quote(username)}/{quote(listed['metadata']['name'])}"
        branch = listed["metadata"]["default_branch"] or "HEAD"
        asked: list[Future[Answer]] = []

        def ask(*arguments: Any) -> Future[Answer]:
            asked.append(executor.submit(self._ask, *arguments))
            return asked[-1]

        try:
            languages = ask(f"{root}/languages")
            tree = ask(f"{root}/git/trees/{quote(branch, safe='')}", {"recursive": "1"})
            found = _tree(_results(languages, tree)[1].body, listed["metadata"]["full_name"])
            wanted = wanted_blobs(found)
            shas = wanted.shas()
            blobs = _results(*(ask(f"{root}/git/blobs/{sha}") for sha in shas))
            bundle = build_bundle(
                listed,
                _object(languages.result().body, "languages"),
                found,
                wanted,
                {sha: _content(blob.body) for sha, blob in zip(shas, blobs, strict=True)},
                self._now(),
            )
        except GitHubError as error:
            error.requests = len(asked)
            if not isinstance(error, RepositoryUnavailable) or error.code == "gone":
                raise
            bundle = bare_bundle(listed, error.code, self._now())
        return Fetched(bundle, len(asked))

    def _page(self, path: str, page: int, etag: str | None) -> Answer:
        parameters = {"per_page": str(PER_PAGE), "page": str(page), "sort": "full_name"}
        match path.split("/")[1]:
            case "user":
                parameters["affiliation"] = "owner"
            case "orgs":
                parameters["type"] = "all"
            case _:
                parameters["type"] = "owner"
        return self._ask(path, parameters, {"If-None-Match": etag} if etag else None)

    def _listing_path(self, username: str) -> tuple[str, int]:
        """Where a listing is asked for, and how many requests it took to know.

        Private repositories are listed to their owner and to members of their organisation only, at
        addresses of their own.
        """
        public = f"/users/{quote(username, safe='')}/repos"
        if not (self._include_private and self._token):
            return public, 0
        try:
            login = _object(self._ask("/user").body, "user").get("login")
        except RepositoryUnavailable:  # the token is an app's: it has no account
            login = None
        if str(login).lower() == username.lower():
            return "/user/repos", 1
        account = _object(self._ask(public.removesuffix("/repos")).body, "account")
        if account.get("type") == "Organization":
            return f"/orgs/{quote(username, safe='')}/repos", 2
        return public, 2

    def _ask(
        self,
        path: str,
        parameters: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One GET. What is not an answer becomes one of our errors."""
        from urllib3.exceptions import HTTPError

        try:
            status, answered, text = self._client().requester.requestJson(
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
        except (RuntimeError, ValueError) as error:  # redirects that PyGithub refuses
            raise GitHubUnavailable(
                "bad_response", f"GitHub's answer to {path} makes no sense"
            ) from error
        self._learn(_quota(answered))
        if status == 304:
            return Answer(status, answered, None)
        try:
            body = json.loads(text)
        except (ValueError, RecursionError):
            if status == 200:
                raise GitHubUnavailable(
                    "bad_response", f"GitHub's answer to {path} is not JSON"
                ) from None
            body = {}
        if status != 200:
            raise self._refusal(path, status, answered, body if isinstance(body, dict) else {})
        return Answer(status, answered, body)

    def _learn(self, quota: Quota | None) -> None:
        """Answers overtake one another: within an hour, less is newer."""
        known = self.quota
        if quota and not (
            known and known.reset_at == quota.reset_at and known.remaining < quota.remaining
        ):
            self.quota = quota

    def _refusal(
        self, path: str, status: int, headers: Mapping[str, str], body: Mapping[str, Any]
    ) -> GitHubError:
        """What a status other than 200 means.

        https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api
        """
        message = str(body.get("message", ""))
        limited = (
            status == 429
            or "retry-after" in headers
            or (status == 403 and ("rate limit" in message.lower() or "abuse" in message.lower()))
        )
        if status in (403, 429) and (limited or headers.get("x-ratelimit-remaining") == "0"):
            return RateLimited("GitHub's rate limit is reached", reset_at=self._reset_at(headers))
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

    def _reset_at(self, headers: Mapping[str, str]) -> datetime | None:
        """When to ask again, if GitHub says so.
        https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api"""
        if headers.get("retry-after", "").isdecimal():
            return self._now() + timedelta(seconds=min(int(headers["retry-after"]), 86_400))
        reset = _number(headers, "x-ratelimit-reset")
        if headers.get("x-ratelimit-remaining") == "0" and reset is not None:
            return _reset(reset)
        return None

    def _client(self) -> Github:
        client: Github | None = getattr(self._local, "client", None)
        if client is None:
            from github import Auth, Github

            client = self._local.client = Github(
                auth=Auth.Token(self._token) if self._token else None,
                base_url=self._base_url,
                user_agent="portfolio-api",
                seconds_between_requests=None,
                seconds_between_writes=None,
            )
        return client


class _InTurn(Executor):
    """Runs what is submitted at once, in the caller's thread."""

    def submit(self, call: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        future: Future[T] = Future()
        try:
            future.set_result(call(*args, **kwargs))
        except Exception as error:  # noqa: BLE001  # as every executor does
            future.set_exception(error)
        return future


def _quota(headers: Mapping[str, str]) -> Quota | None:
    """The hour's budget, where the headers tell of it."""
    limit, remaining, reset = (
        _number(headers, f"x-ratelimit-{name}") for name in ("limit", "remaining", "reset")
    )
    core = headers.get("x-ratelimit-resource", "core") == "core"
    if not core or limit is None or remaining is None or reset is None:
        return None
    return Quota(limit, remaining, _reset(reset))


def _reset(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds + 1, UTC)  # one more, for clocks that differ


def _number(headers: Mapping[str, str], name: str) -> int | None:
    text = headers.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 12 else None


def _unasked(quota: Quota) -> RateLimited:
    error = RateLimited("what is left of GitHub's rate limit is reserved", reset_at=quota.reset_at)
    error.requests = 0
    return error


def _results(*futures: Future[Answer]) -> list[Answer]:
    """All results; if several failed, what says most: a rate limit, then an outage, then the
    repository."""
    errors = [error for future in futures if (error := future.exception()) is not None]
    if errors:
        order = (RateLimited, GitHubUnavailable, RepositoryUnavailable)
        raise next((e for kind in order for e in errors if isinstance(e, kind)), errors[0])
    return [future.result() for future in futures]


def _tree(body: Any, full_name: str) -> Tree:
    """The file tree. A renamed repository answers by redirection, which loses `recursive=1`: it is
    gone."""
    answer = _object(body, "tree")
    entries = answer.get("tree")
    if not isinstance(entries, list) or not isinstance(answer.get("sha"), str):
        raise GitHubUnavailable("bad_response", f"GitHub's file tree of {full_name} makes no sense")
    if f"/repos/{full_name}/git/".lower() not in str(answer.get("url", "")).lower():
        raise RepositoryUnavailable("gone", f"{full_name} answers under another name by now")
    valid = [
        entry
        for entry in entries
        if isinstance(entry, dict)
        and all(isinstance(entry.get(key), str) for key in ("path", "type", "mode", "sha"))
    ]
    return Tree(answer["sha"], valid, bool(answer.get("truncated")))


def _content(body: Any) -> bytes:
    try:
        return base64.b64decode(_object(body, "blob")["content"])
    except (KeyError, TypeError, binascii.Error, ValueError) as error:
        raise GitHubUnavailable("bad_response", "a file that GitHub sent is not base64") from error


def _object(body: Any, what: str) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise GitHubUnavailable("bad_response", f"GitHub's {what} is not an object")
    return body


def _listed(item: Any) -> Listed:
    """A listing's item; only what we know of it is kept."""
    item = _object(item, "repository")
    try:
        license_ = item.get("license") or {}
        metadata: Metadata = {
            "name": str(item["name"]),
            "full_name": str(item["full_name"]),
            "html_url": str(item["html_url"]),
            "description": item.get("description"),
            "homepage": item.get("homepage") or None,
            "topics": [str(topic) for topic in item.get("topics") or []],
            "language": item.get("language"),
            "license": license_.get("spdx_id"),
            "default_branch": item.get("default_branch"),
            "stargazers_count": int(item.get("stargazers_count") or 0),
            "forks_count": int(item.get("forks_count") or 0),
            "open_issues_count": int(item.get("open_issues_count") or 0),
            "size": int(item.get("size") or 0),
            "fork": bool(item.get("fork")),
            "archived": bool(item.get("archived")),
            "is_template": bool(item.get("is_template")),
            "visibility": str(
                item.get("visibility") or ("private" if item.get("private") else "public")
            ),
            "created_at": str(item["created_at"]),
            "updated_at": str(item["updated_at"]),
            "pushed_at": item.get("pushed_at"),
        }
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise GitHubUnavailable(
            "bad_response", "GitHub's listing lacks what every repository has"
        ) from error
    return {"metadata": metadata, "fingerprint": fingerprint(metadata)}
