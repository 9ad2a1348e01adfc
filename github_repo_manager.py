"""A user's repositories on GitHub, and their content as bundles.

`github_api` sends the requests, and decides which ones a listing or a repository takes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

from bundles import bare_bundle, build_bundle
from errors import GitHubError, RepositoryUnavailable
from github_api.client import GitHubClient
from github_api.content import Content, ContentReader, Target
from github_api.limits import Calls, Quota
from github_api.listing import Pages, listing_path
from github_api.parsing import listed_repository
from models import Bundle, ListedRepository, Metadata, RequestUsage


@dataclass(frozen=True, slots=True)
class RepositoryPage:
    """A complete listing, without the repositories that the settings exclude."""

    repositories: list[ListedRepository]  # by name, ignoring case
    path: str  # API path that was listed; the ETags belong to it
    etags: list[str]  # of each page; empty if a page has none
    excluded: int
    usage: RequestUsage


@dataclass(frozen=True, slots=True)
class FetchedRepository:
    """A bundle, and the requests it took."""

    bundle: Bundle
    usage: RequestUsage


class GitHubRepoManager:
    """Lists a user's repositories and fetches their bundles.

    Raises RepositoryUnavailable, RateLimited and GitHubUnavailable, nothing else; `usage` of these
    errors has the requests made before. Never sleeps and never retries: waiting is the
    orchestrator's work. Once a limit is exceeded, further calls raise RateLimited without a request
    until it is over. Thread-safe.
    """

    def __init__(
        self,
        *,
        token: str | None,
        base_url: str,
        raw_url: str | None = None,
        include_forks: bool,
        include_archived: bool,
        include_private: bool,
        timeout_s: int = 10,
        concurrency: int = 96,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Prepare the manager without opening a connection.

        `raw_url`: where files come from if there is no token; None: from the REST API.
        `concurrency`: maximum number of requests in flight, over all threads; GitHub allows 100.
        """
        self._include_forks = include_forks
        self._include_archived = include_archived
        self._include_private = include_private
        self._client = GitHubClient(
            token=token,
            base_url=base_url,
            raw_url=raw_url,
            timeout_s=timeout_s,
            concurrency=concurrency,
            now=now,
        )
        self._contents = ContentReader(self._client)

    def close(self) -> None:
        """Stop the threads and close the connections."""
        self._client.close()

    @property
    def quota(self) -> Quota | None:
        """This hour's quota of REST requests; None before GitHub stated one."""
        return self._client.limits.quota("core")

    @property
    def points(self) -> Quota | None:
        """This hour's quota of GraphQL points; None before GitHub stated one."""
        return self._client.limits.quota("graphql")

    @property
    def token_expires_at(self) -> datetime | None:
        """The moment at which the token expires, in UTC; None if GitHub has named none so far."""
        return self._client.token_expires_at

    def usage(self, *, requests: int = 0, queries: int = 0, raw_files: int = 0) -> RequestUsage:
        """Report requests together with what is left of the quotas."""
        quota, points = self.quota, self.points
        return {
            "requests": requests,
            "queries": queries,
            "raw_files": raw_files,
            "remaining": quota.remaining if quota else None,
            "points_remaining": points.remaining if points else None,
        }

    def list_repositories(
        self,
        username: str,
        *,
        path: str | None = None,
        etags: Sequence[str] = (),
        known: Collection[str] = (),
    ) -> RepositoryPage | None:
        """List all repositories of a user or an organisation, one request per hundred.

        With the path and the ETags of an earlier listing the requests are conditional: GitHub does
        not count them if nothing changed, and None is returned. `known`: names of an earlier
        listing; if some of them are missing, the pages are checked for having shifted meanwhile.
        """
        with self._counted() as calls:
            is_repeated = bool(path and etags)
            path = path or listing_path(
                self._client, username, calls, include_private=self._include_private
            )
            pages = Pages(self._client, path, calls)
            if is_repeated and not pages.have_changed(etags):
                return None
            pages.read(len(etags) if is_repeated else 1, known)
            listed = [listed_repository(item) for item in pages.items]
            included = [
                repository for repository in listed if self.includes(repository["metadata"])
            ]
            included.sort(key=lambda repository: repository["metadata"]["name"].lower())
            return RepositoryPage(
                repositories=included,
                path=path,
                etags=pages.etags,
                excluded=len(listed) - len(included),
                usage=self._usage_of(calls),
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
        with self._counted() as calls:
            path = f"/repos/{quote(username)}/{quote(name)}"
            listed = listed_repository(self._client.get(path, calls).body)
            full_name = f"{username}/{name}"
            if listed["metadata"]["full_name"].lower() != full_name.lower():
                raise RepositoryUnavailable("gone", f"{full_name} has another name by now")
            return listed

    def fetch_bundle(self, username: str, listed: ListedRepository) -> FetchedRepository:
        """Fetch one repository's content, mostly in two requests at the same time.

        Raises RepositoryUnavailable(`gone`) if the repository was deleted, renamed or made private,
        and RateLimited, without a request, if only the reserve of this hour's quota is left.
        """
        with self._counted(keep_reserve=True) as calls:
            bundle = self._bundle(username, listed, calls, self._contents.read)
            return FetchedRepository(bundle, self._usage_of(calls))

    def get_all_repos_with_context(self, username: str) -> list[Bundle]:
        """Fetch every bundle by REST, one request after another, by name.

        The plain sequential way, which the refresh must equal. Leaves out repositories that
        disappear after the listing.
        """
        page = self.list_repositories(username)
        bundles = []
        for listed in page.repositories if page else []:
            try:
                bundles.append(self._bundle(username, listed, Calls(), self._contents.read_in_turn))
            except RepositoryUnavailable:
                continue
        return bundles

    def _bundle(
        self,
        username: str,
        listed: ListedRepository,
        calls: Calls,
        read: Callable[[Target], Content],
    ) -> Bundle:
        metadata = listed["metadata"]
        target = Target(
            owner=username,
            name=metadata["name"],
            full_name=metadata["full_name"],
            branch=metadata["default_branch"] or "HEAD",
            calls=calls,
        )
        try:
            content = read(target)
        except RepositoryUnavailable as error:
            if error.code == "gone":
                raise
            return bare_bundle(listed, error.code, self._client.now())
        return build_bundle(
            listed,
            content.languages,
            content.tree,
            content.wanted,
            content.blobs,
            self._client.now(),
            commits=content.commits,
        )

    @contextmanager
    def _counted(self, *, keep_reserve: bool = False) -> Iterator[Calls]:
        """Count the requests of a step, also if it fails."""
        calls = Calls(keep_reserve=keep_reserve)
        try:
            yield calls
        except GitHubError as error:
            error.usage = self._usage_of(calls)
            raise

    def _usage_of(self, calls: Calls) -> RequestUsage:
        return self.usage(
            requests=calls.count("core"),
            queries=calls.count("graphql"),
            raw_files=calls.count("raw"),
        )
