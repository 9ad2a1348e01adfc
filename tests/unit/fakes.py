"""The outside systems in memory. Subclasses of the real classes, so that mypy compares signatures."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import azure.durable_functions as df
from azure.durable_functions.models.DurableOrchestrationStatus import DurableOrchestrationStatus
from azure.durable_functions.models.PurgeHistoryResult import PurgeHistoryResult

from bundles import fingerprint
from cache import GitHubCache, Portfolio, StoredRow
from cache.portfolio import Content
from cache.rows import bundle_row
from cache.webhook_inbox import MAX_PENDING
from errors import CacheConflict, GitHubError, GitHubUnavailable, RepositoryUnavailable
from github_api.client import GitHubClient, Response
from github_api.limits import Calls, Limits, Quota
from github_repo_manager import FetchedRepository, GitHubRepoManager, RepositoryPage
from models import (
    Bundle,
    ListedRepository,
    Listing,
    Manifest,
    Metadata,
    RefreshHealth,
    SavedBundle,
    iso_utc,
)
from tests.unit.portfolios import bundle_with, make_metadata

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def listed(name: str, owner: str = "ada", **changes: Any) -> ListedRepository:
    """Make a repository as a listing describes it."""
    metadata = make_metadata(name, owner, **changes)
    return {"metadata": metadata, "fingerprint": fingerprint(metadata)}


def bundle_of(repository: ListedRepository, **changes: Any) -> Bundle:
    """Make the bundle of a listed repository, fetched at NOW."""
    facts = {"fingerprint": repository["fingerprint"], "fetched_at": iso_utc(NOW), **changes}
    return bundle_with(repository["metadata"], **facts)


class FakeCache(GitHubCache):
    """GitHubCache in dictionaries, for one portfolio or several. ETags are numbers."""

    def __init__(self) -> None:
        self.listings: dict[str, Listing] = {}
        self.bundles: dict[str, dict[str, Bundle]] = {}
        self.manifests: dict[str, tuple[Manifest, str]] = {}
        self.deliveries: dict[str, dict[str, list[str]]] = {}  # pending ones
        self.answered: list[str] = []
        self.deleted_before: datetime | None = None
        self.saved_listings = 0
        self.row_etags: dict[tuple[str, str], str] = {}  # by username and row key
        self.unreadable: set[str] = set()  # row keys
        self.writes = 0  # of bundles
        self.health: dict[str, RefreshHealth] = {}
        self.snapshots: dict[str, str] = {}  # the ETag of the portfolio that was saved last

    def save_listing(self, username: str, listing: Listing) -> None:
        self.listings[username.lower()] = listing
        self.saved_listings += 1

    def load_listing(self, username: str) -> Listing | None:
        return self.listings.get(username.lower())

    def listed_repositories(self, username: str, listing_id: str) -> dict[str, ListedRepository]:
        listing = self.listings.get(username.lower())
        if listing is None or listing["listing_id"] != listing_id:
            return {}
        return {
            repository["metadata"]["name"]: repository for repository in listing["repositories"]
        }

    def save_bundle(self, username: str, bundle: Bundle) -> SavedBundle:
        _, saved = bundle_row(username, bundle)
        row_key = saved["row_key"]
        self.bundles.setdefault(username.lower(), {})[row_key] = bundle
        self.writes += 1
        self.row_etags[username.lower(), row_key] = str(self.writes)
        return saved

    def saved_rows(
        self, username: str, row_keys: Collection[str] | None = None
    ) -> dict[str, StoredRow]:
        return {
            row_key: StoredRow(
                bundle_row(username, bundle)[1], self.row_etags[username.lower(), row_key]
            )
            for row_key, bundle in self.bundles.get(username.lower(), {}).items()
            if row_keys is None or row_key in row_keys
        }

    def load_bundles(self, username: str, row_keys: Collection[str]) -> dict[str, Bundle]:
        rows = self.bundles.get(username.lower(), {})
        readable = rows.keys() - self.unreadable
        return {row_key: rows[row_key] for row_key in row_keys if row_key in readable}

    def load_manifest(self, username: str) -> tuple[Manifest, str] | None:
        return self.manifests.get(username.lower())

    def publish(self, username: str, manifest: Manifest, *, if_etag: str | None) -> str:
        _, etag = self.manifests.get(username.lower(), (None, None))
        if etag != if_etag:
            raise CacheConflict("the row changed since it was read")
        new_etag = str(int(etag or 0) + 1)
        self.manifests[username.lower()] = (manifest, new_etag)
        return new_etag

    def prune(self, username: str, keep: Collection[str], saved_before: str) -> int:
        rows = self.bundles.get(username.lower(), {})
        moment = datetime.fromisoformat(saved_before)
        unused = [
            row_key
            for row_key, bundle in rows.items()
            if row_key not in keep and datetime.fromisoformat(bundle["fetched_at"]) < moment
        ]
        for row_key in unused:
            del rows[row_key]
        return len(unused)

    def save_refresh_health(self, username: str, health: RefreshHealth) -> None:
        self.health[username.lower()] = health

    def load_refresh_health(self, username: str) -> RefreshHealth | None:
        return self.health.get(username.lower())

    def record_delivery(
        self, username: str, delivery: str, names: Sequence[str], now: datetime
    ) -> bool:
        row_key = f"delivery:{delivery}"
        deliveries = self.deliveries.setdefault(username.lower(), {})
        is_new = row_key not in deliveries and row_key not in self.answered
        if is_new:
            deliveries[row_key] = list(names)
        return is_new

    def pending_deliveries(self, username: str) -> dict[str, list[str]]:
        return dict(islice(self.deliveries.get(username.lower(), {}).items(), MAX_PENDING))

    def mark_deliveries_answered(
        self, username: str, row_keys: Collection[str], *, delete_before: datetime
    ) -> None:
        for row_key in row_keys:
            self.deliveries.get(username.lower(), {}).pop(row_key, None)
            self.answered.append(row_key)
        self.deleted_before = delete_before

    def portfolio(self, username: str) -> Portfolio | None:
        published = self.load_manifest(username)
        if published is None:
            return None
        rows = self.bundles.get(username.lower(), {})
        return Portfolio.of(
            *published, {row_key: Content.of(bundle) for row_key, bundle in rows.items()}
        )

    def portfolio_in_memory(self, username: str) -> Portfolio | None:
        return self.portfolio(username)

    def renew_portfolio(self, username: str) -> Portfolio | None:
        return self.portfolio(username)

    def save_snapshot(self, portfolio: Portfolio) -> None:
        self.snapshots[portfolio.username.lower()] = portfolio.etag

    def delete(self, username: str) -> int:
        rows = self.bundles.pop(username.lower(), {})
        return len(rows) + (self.manifests.pop(username.lower(), None) is not None)


class FakeManager(GitHubRepoManager):
    """GitHubRepoManager over a list of repositories, which a test changes as GitHub would.

    `errors` maps a repository's name to the error that reading it raises; None stands for the
    listing. The ETag of the listing is the number `version`.
    """

    def __init__(self, *repositories: ListedRepository) -> None:
        self.repositories = list(repositories)
        self.errors: dict[str | None, GitHubError] = {}
        self.version = 1
        self.excluded_names: set[str] = set()
        self.remaining: int | None = 4000
        self.points_remaining: int | None = 4500
        self.expires_at: datetime | None = None
        self.requested: list[str] = []  # `listing`, or the name of a repository
        self.known: list[str] = []  # names that the last listing was checked against

    @property
    def quota(self) -> Quota | None:
        return None if self.remaining is None else Quota(5000, self.remaining, NOW)

    @property
    def points(self) -> Quota | None:
        return None if self.points_remaining is None else Quota(5000, self.points_remaining, NOW)

    @property
    def token_expires_at(self) -> datetime | None:
        return self.expires_at

    def list_repositories(
        self,
        username: str,
        *,
        path: str | None = None,
        etags: Sequence[str] = (),
        known: Collection[str] = (),
    ) -> RepositoryPage | None:
        self.known = list(known)
        self._request(None)
        if path and list(etags) == [str(self.version)]:
            return None
        included = [
            repository for repository in self.repositories if self.includes(repository["metadata"])
        ]
        return RepositoryPage(
            repositories=included,
            path=f"/users/{username}/repos",
            etags=[str(self.version)],
            excluded=len(self.repositories) - len(included),
            usage=self.usage(requests=1),
        )

    def includes(self, metadata: Metadata) -> bool:
        return metadata["name"] not in self.excluded_names

    def get_repository(self, username: str, name: str) -> ListedRepository:
        self._request(name)
        for repository in self.repositories:
            if repository["metadata"]["name"].lower() == name.lower():
                return repository
        raise RepositoryUnavailable("gone", f"{username}/{name}: deleted, renamed or private")

    def fetch_bundle(self, username: str, listed: ListedRepository) -> FetchedRepository:
        self._request(listed["metadata"]["name"])
        return FetchedRepository(bundle_of(listed), self.usage(requests=1, queries=1))

    def _request(self, name: str | None) -> None:
        self.requested.append(name or "listing")
        if name in self.errors:
            raise self.errors[name]


class InTurn(Executor):
    """Runs every task before `submit` returns."""

    def submit(self, fn: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*arguments, **named))
        except GitHubError as error:
            future.set_exception(error)
        return future


class FakeGitHubClient(GitHubClient):
    """Answers by path: with a response, its body, an error, or an iterator of these.

    GraphQL's path is `/graphql`, that of a raw file begins with `raw:`. What is not in `answers` is
    `gone`; a raw file is `unreachable`. Without an answer to `/graphql` there is no token.
    """

    def __init__(
        self, answers: Mapping[str, Any], now: Callable[[], datetime] = lambda: NOW
    ) -> None:
        self.now = now
        self.limits = Limits(now)
        self.token_expires_at = None
        self.has_token = "/graphql" in answers
        self.has_raw_files = any(path.startswith("raw:") for path in answers)
        self.executor = InTurn()
        self.answers = dict(answers)
        self.requested: list[str] = []
        self.parameters: list[dict[str, str]] = []
        self.headers: list[dict[str, str]] = []
        self.queries: list[tuple[str, dict[str, str]]] = []

    def get(
        self,
        path: str,
        calls: Calls,
        parameters: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        self.limits.start("core", calls)
        self.parameters.append(dict(parameters or {}))
        self.headers.append(dict(headers or {}))
        answer = self._answer(path, RepositoryUnavailable("gone", f"{path}: deleted"))
        return answer if isinstance(answer, Response) else Response(200, {}, answer)

    def query(self, text: str, variables: Mapping[str, str], calls: Calls) -> dict[str, Any]:
        self.limits.start("graphql", calls)
        self.queries.append((text, dict(variables)))
        answer: dict[str, Any] = self._answer("/graphql", None)
        return answer

    def raw_file(self, path: str, size: int, calls: Calls) -> bytes:
        self.limits.start("raw", calls)
        content: bytes = self._answer(f"raw:{path}", GitHubUnavailable("unreachable", "404"))
        return content

    def _answer(self, path: str, default: Any) -> Any:
        self.requested.append(path)
        answer = self.answers.get(path, default)
        if isinstance(answer, Iterator):
            answer = next(answer)
        if isinstance(answer, GitHubError):
            raise answer
        return answer

    def close(self) -> None:
        pass


class FakeDurableClient(df.DurableOrchestrationClient):  # type: ignore[misc]  # the SDK is untyped
    """The Durable client over a dictionary of instances; refuses a second running one, as the host.

    `on_conflict` runs between a refused start and the next look at the instance.
    """

    def __init__(self) -> None:
        self.instances: dict[str, dict[str, Any]] = {}
        self.started: list[tuple[str, str, Any]] = []  # (orchestrator, instance id, input)
        self.attempts = 0
        self.refusal: Exception | None = None
        self.on_conflict: Callable[[], None] = lambda: None
        self.purged: dict[str, Any] = {}

    def has_instance(self, instance_id: str, runtime_status: str, **facts: Any) -> None:
        """Let an instance exist; `facts` are fields of the host's answer."""
        self.instances[instance_id] = {
            "instanceId": instance_id,
            "runtimeStatus": runtime_status,
            "createdTime": "2026-01-02T03:00:00Z",
            "lastUpdatedTime": "2026-01-02T03:01:00Z",
            **facts,
        }

    async def start_new(
        self,
        orchestration_function_name: str,
        instance_id: str | None = None,
        client_input: Any | None = None,
        version: str | None = None,
    ) -> str:
        assert instance_id is not None
        self.attempts += 1
        if self.refusal:
            raise self.refusal
        running = self.instances.get(instance_id)
        if running and running["runtimeStatus"] in {"Pending", "Running", "Suspended"}:
            self.on_conflict()
            raise Exception("An Orchestration instance with this id already exists.")
        self.has_instance(instance_id, "Pending")
        self.started.append((orchestration_function_name, instance_id, client_input))
        return instance_id

    async def get_status(
        self,
        instance_id: str,
        show_history: bool = False,
        show_history_output: bool = False,
        show_input: bool = False,
    ) -> DurableOrchestrationStatus:
        return DurableOrchestrationStatus.from_json(self.instances.get(instance_id, {}))

    async def purge_instance_history_by(
        self,
        created_time_from: datetime | None = None,
        created_time_to: datetime | None = None,
        runtime_status: Iterable[Any] | None = None,
    ) -> Any:
        self.purged = {
            "created_time_from": created_time_from,
            "created_time_to": created_time_to,
            "runtime_status": runtime_status,
        }
        return PurgeHistoryResult(instancesDeleted=3)
