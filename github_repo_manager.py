"""A user's repositories on GitHub, and their content as bundles.

This module decides which requests are made; `github_api` sends them one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from bundles import bare_bundle, build_bundle, wanted_blobs
from errors import GitHubError, GitHubUnavailable, RateLimited, RepositoryUnavailable
from github_api.client import GitHubClient, Quota, Response
from github_api.parsing import blob_content, file_tree, json_object, listed_repository
from models import Bundle, ListedRepository, Metadata

Submit = Callable[..., Future[Response]]

PER_PAGE = 100
MAX_PAGES = 100  # ten thousand repositories; a listing that goes on after that is broken
# Languages, tree, context file, README and two package files.
MAX_REQUESTS_PER_REPOSITORY = 6
# Stop fetching when 1/50 of the hourly quota is left, so that webhooks and other users of the token
# can still make requests.
RESERVED_SHARE = 0.02


@dataclass(frozen=True, slots=True)
class RepositoryPage:
    """A complete listing, without the repositories that the settings exclude."""

    repositories: list[ListedRepository]  # by name, ignoring case
    path: str  # API path that was listed; the ETags belong to it
    etags: list[str]  # of each page; empty if a page has none
    excluded: int
    requests: int


@dataclass(frozen=True, slots=True)
class FetchedRepository:
    """A bundle, and the number of requests it took."""

    bundle: Bundle
    requests: int


class GitHubRepoManager:
    """Lists a user's repositories and fetches their bundles.

    Raises RepositoryUnavailable, RateLimited and GitHubUnavailable, nothing else. Never sleeps and
    never retries: waiting is the orchestrator's work. Thread-safe.
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
        """Prepare the manager without opening a connection.

        `concurrency`: maximum number of requests in flight, over all threads; GitHub allows 100.
        """
        self._has_token = bool(token)
        self._include_forks = include_forks
        self._include_archived = include_archived
        self._include_private = include_private
        self._client = GitHubClient(
            token=token, base_url=base_url, timeout_s=timeout_s, concurrency=concurrency, now=now
        )

    def close(self) -> None:
        """Stop the threads and close the connections."""
        self._client.close()

    @property
    def quota(self) -> Quota | None:
        """This hour's quota as GitHub last reported it; None before the first response."""
        return self._client.quota

    def list_repositories(
        self, username: str, *, path: str | None = None, etags: Sequence[str] = ()
    ) -> RepositoryPage | None:
        """List all repositories of a user or an organisation, one request per hundred.

        With the path and the ETags of an earlier listing the requests are conditional: GitHub does
        not count them if nothing changed, and None is returned.
        """
        requests = 0
        if path and etags:
            unchanged = self._count_unchanged(path, etags)
            if unchanged == len(etags):
                return None
            requests = unchanged + 1
        if not path:
            path, requests = self._listing_path(username)
        listed, new_etags = self._read_pages(path, username)
        included = [repository for repository in listed if self.includes(repository["metadata"])]
        included.sort(key=lambda repository: repository["metadata"]["name"].lower())
        return RepositoryPage(
            repositories=included,
            path=path,
            etags=new_etags if all(new_etags) else [],
            excluded=len(listed) - len(included),
            requests=requests + len(new_etags),
        )

    def includes(self, metadata: Metadata) -> bool:
        """Tell whether a repository belongs to the portfolio, by the owner's settings."""
        return (
            (self._include_forks or not metadata["fork"])
            and (self._include_archived or not metadata["archived"])
            and (self._include_private or metadata["visibility"] == "public")
        )

    def get_repository(self, username: str, name: str) -> ListedRepository:
        """Get one repository as the listing would describe it; one request.

        Raises RepositoryUnavailable(`gone`) if it has another name by now.
        """
        path = f"/repos/{quote(username)}/{quote(name)}"
        listed = listed_repository(self._client.get(path).body)
        full_name = f"{username}/{name}"
        if listed["metadata"]["full_name"].lower() != full_name.lower():
            raise RepositoryUnavailable("gone", f"{full_name} has another name by now")
        return listed

    def fetch_bundle(self, username: str, listed: ListedRepository) -> FetchedRepository:
        """Fetch one repository's content: at most six requests, in two round trips.

        Languages and file tree come first, then the blobs worth reading. Blobs are named by their
        hash, so a push in between cannot mix two versions. Raises RepositoryUnavailable(`gone`) if
        the repository was deleted, renamed or made private, and RateLimited, without a request, if
        only the reserve of this hour's quota is left.
        """
        quota = self.quota
        if (
            quota
            and quota.remaining <= quota.limit * RESERVED_SHARE
            and self._client.now() < quota.reset_at
        ):
            error = RateLimited(
                "the rest of GitHub's rate limit is reserved", reset_at=quota.reset_at
            )
            error.requests = 0
            raise error
        return self._fetch(username, listed, self._client.submit)

    def get_all_repos_with_context(self, username: str) -> list[Bundle]:
        """Fetch every bundle, one request after another, by name.

        The plain sequential way, which the refresh must equal. Leaves out repositories that
        disappear after the listing.
        """
        page = self.list_repositories(username)
        bundles = []
        for listed in page.repositories if page else []:
            try:
                bundles.append(self._fetch(username, listed, self._submit_in_turn).bundle)
            except RepositoryUnavailable:
                continue
        return bundles

    def _fetch(self, username: str, listed: ListedRepository, submit: Submit) -> FetchedRepository:
        root = f"/repos/{quote(username)}/{quote(listed['metadata']['name'])}"
        branch = listed["metadata"]["default_branch"] or "HEAD"
        submitted: list[Future[Response]] = []

        def ask(*arguments: Any) -> Future[Response]:
            submitted.append(submit(*arguments))
            return submitted[-1]

        try:
            languages, tree_response = _results(
                ask(f"{root}/languages"),
                ask(f"{root}/git/trees/{quote(branch, safe='')}", {"recursive": "1"}),
            )
            tree = file_tree(tree_response.body, listed["metadata"]["full_name"])
            wanted = wanted_blobs(tree)
            shas = wanted.shas()
            blobs = _results(*(ask(f"{root}/git/blobs/{sha}") for sha in shas))
            bundle = build_bundle(
                listed,
                json_object(languages.body, "languages"),
                tree,
                wanted,
                {sha: blob_content(blob.body) for sha, blob in zip(shas, blobs, strict=True)},
                self._client.now(),
            )
        except GitHubError as error:
            error.requests = len(submitted)
            if not isinstance(error, RepositoryUnavailable) or error.code == "gone":
                raise
            bundle = bare_bundle(listed, error.code, self._client.now())
        return FetchedRepository(bundle, len(submitted))

    def _submit_in_turn(
        self, path: str, parameters: Mapping[str, str] | None = None
    ) -> Future[Response]:
        """Send a request before returning, on the caller's thread."""
        future: Future[Response] = Future()
        try:
            future.set_result(self._client.get(path, parameters))
        except GitHubError as error:
            future.set_exception(error)
        return future

    def _count_unchanged(self, path: str, etags: Sequence[str]) -> int:
        """Count the pages of a listing up to the first one that changed."""
        for page, etag in enumerate(etags, start=1):
            if self._page(path, page, etag).status != 304:
                return page - 1
        return len(etags)

    def _read_pages(self, path: str, username: str) -> tuple[list[ListedRepository], list[str]]:
        """Read all pages of a listing; return the repositories and the ETag of each page."""
        # Repositories created or deleted while we page shift the others, so one may appear twice:
        # key by id.
        items: dict[str, dict[str, Any]] = {}
        etags: list[str] = []
        for page in range(1, MAX_PAGES + 1):
            response = self._page(path, page, None)
            if not isinstance(response.body, list):
                raise GitHubUnavailable(
                    "bad_response", f"GitHub's listing of `{username}` is not a list"
                )
            items |= {
                str(json_object(item, "repository").get("id")): item for item in response.body
            }
            etags.append(response.headers.get("etag", ""))
            if 'rel="next"' not in response.headers.get("link", ""):
                break
        return [listed_repository(item) for item in items.values()], etags

    def _page(self, path: str, page: int, etag: str | None) -> Response:
        parameters = {"per_page": str(PER_PAGE), "page": str(page), "sort": "full_name"}
        match path.split("/")[1]:
            case "user":
                parameters["affiliation"] = "owner"
            case "orgs":
                parameters["type"] = "all"
            case _:
                parameters["type"] = "owner"
        return self._client.get(path, parameters, {"If-None-Match": etag} if etag else None)

    def _listing_path(self, username: str) -> tuple[str, int]:
        """Return the API path of a user's listing, and the requests it took to find out.

        GitHub lists private repositories only to their owner and to members of their organisation,
        at paths of their own.
        """
        public_path = f"/users/{quote(username, safe='')}/repos"
        if not (self._include_private and self._has_token):
            return public_path, 0
        try:
            login = json_object(self._client.get("/user").body, "user").get("login")
        except RepositoryUnavailable:  # a GitHub App's token has no account
            login = None
        if str(login).lower() == username.lower():
            return "/user/repos", 1
        account = json_object(self._client.get(public_path.removesuffix("/repos")).body, "account")
        if account.get("type") == "Organization":
            return f"/orgs/{quote(username, safe='')}/repos", 2
        return public_path, 2


def _results(*futures: Future[Response]) -> list[Response]:
    """Wait for all responses. If several failed, raise the error that affects the most.

    A rate limit affects all requests, an outage most of them, the rest one repository.
    """
    errors = [error for future in futures if (error := future.exception()) is not None]
    if errors:
        order = (RateLimited, GitHubUnavailable, RepositoryUnavailable)
        raise next(
            (error for kind in order for error in errors if isinstance(error, kind)), errors[0]
        )
    return [future.result() for future in futures]
