"""What the routes use, in memory: a Durable client and a cache, and requests and portfolios."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, NamedTuple

import azure.durable_functions as df
import azure.functions as func

from errors import CacheUnavailable
from models import CONTENT_PENDING, RefreshHealth, iso_utc
from relevance.index import PortfolioIndex
from tests.unit.portfolios import bundle_with, make_metadata

ROOT_URL = "https://app.example/api"


class Started(NamedTuple):
    """An orchestration that was started."""

    orchestrator: str
    instance_id: str
    request: Any


class FakeDurableClient:
    """Starts orchestrations that never end. Refuses a second running one of the same id.

    While `answers` is cleared, its back-end does not answer; with `error`, it fails. `ended_as` is
    the status of an orchestration that is not running.
    """

    def __init__(self) -> None:
        self.started: list[Started] = []
        self.attempts = 0
        self.custom_status: Any = None
        self.answers = asyncio.Event()
        self.answers.set()
        self.error: Exception | None = None
        self.ended_as: str | None = None

    async def start_new(self, orchestrator: str, instance_id: str, request: Any) -> str:
        self.attempts += 1
        await self._answer()
        if instance_id in self._running():
            # The SDK raises a bare Exception, too.
            raise Exception(f"an orchestration {instance_id} is running")
        self.started.append(Started(orchestrator, instance_id, dict(request)))
        return instance_id

    async def get_status(self, instance_id: str, *, show_input: bool) -> Any:
        assert not show_input, "inputs may be large"
        await self._answer()
        status = "Running" if instance_id in self._running() else self.ended_as
        return SimpleNamespace(
            runtime_status=df.OrchestrationRuntimeStatus[status] if status else None,
            custom_status=self.custom_status,
            created_time=datetime(2026, 1, 1, tzinfo=UTC),
            last_updated_time=datetime(2026, 1, 1, tzinfo=UTC),
        )

    async def _answer(self) -> None:
        await self.answers.wait()
        if self.error:
            raise self.error

    def _running(self) -> set[str]:
        return {orchestration.instance_id for orchestration in self.started}


@dataclass(eq=False)
class FakePortfolio:
    """A published portfolio, whose facts a test chooses."""

    username: str
    refreshed_at: datetime
    bundles: tuple[Any, ...]
    etag: str = "W/\"datetime'2026-01-01T00%3A00%3A00Z'\""
    finished: bool = True
    lost: int = 0
    _memo: dict[Callable[..., Any], Any] = field(default_factory=dict)

    @property
    def pending(self) -> int:
        return sum(CONTENT_PENDING in bundle["warnings"] for bundle in self.bundles)

    @property
    def state(self) -> str:
        return "partial" if self.pending else "complete"

    @property
    def index(self) -> PortfolioIndex:
        return self.memo(PortfolioIndex)  # type: ignore[no-any-return]  # of any function's result

    def by_name(self) -> dict[str, Any]:
        return {bundle["metadata"]["name"]: bundle for bundle in self.bundles}

    def memo(self, compute: Callable[..., Any], *more: Any) -> Any:
        if compute not in self._memo:
            self._memo[compute] = compute(self.bundles, *more)
        return self._memo[compute]


class FakeCache:
    """Portfolios, webhook deliveries and the health of refreshes in memory.

    A portfolio is read from the "storage" once, on a thread, and is in memory from then on.
    """

    def __init__(self) -> None:
        self.deliveries: dict[str, list[str]] = {}
        self.recorded_for: list[str] = []
        self.is_down = False
        self.loads: list[str] = []
        self._portfolios: dict[str, FakePortfolio] = {}
        self._in_memory: dict[str, FakePortfolio] = {}
        self._health: dict[str, RefreshHealth] = {}

    def publish(self, portfolio: FakePortfolio) -> FakePortfolio:
        self._portfolios[portfolio.username.lower()] = portfolio
        self._in_memory.pop(portfolio.username.lower(), None)
        return portfolio

    def portfolio_in_memory(self, username: str) -> FakePortfolio | None:
        return self._in_memory.get(username.lower())

    def portfolio(self, username: str) -> FakePortfolio | None:
        self._ask_the_storage()
        self.loads.append(username)
        portfolio = self._portfolios.get(username.lower())
        if portfolio:
            self._in_memory[username.lower()] = portfolio
        return portfolio

    def load_refresh_health(self, username: str) -> RefreshHealth | None:
        self._ask_the_storage()
        return self._health.get(username.lower())

    def save_refresh_health(self, username: str, health: RefreshHealth) -> None:
        self._health[username.lower()] = health

    def _ask_the_storage(self) -> None:
        assert threading.current_thread() is not threading.main_thread(), "this blocks the loop"
        if self.is_down:
            raise CacheUnavailable("the table storage does not answer")

    def delete(self, username: str) -> int:
        self._in_memory.pop(username.lower(), None)
        deleted = self._portfolios.pop(username.lower(), None)
        return 1 + len(deleted.bundles) if deleted else 0

    def record_delivery(
        self, username: str, delivery: str, names: Sequence[str], now: datetime
    ) -> bool:
        assert now.tzinfo, "the cache needs a timezone-aware moment"
        is_new = delivery not in self.deliveries
        self.deliveries.setdefault(delivery, list(names))
        self.recorded_for.append(username)
        return is_new


def failed_health(
    *, next_try_in: timedelta | None = timedelta(minutes=5), **changes: Any
) -> RefreshHealth:
    """Make the record of refreshes that failed because of the token."""
    health: dict[str, Any] = {
        "error": {"code": "bad_credentials", "message": "GitHub refuses `GITHUB_TOKEN`; renew it"},
        "failures": 2,
        "next_try_at": iso_utc(datetime.now(UTC) + next_try_in) if next_try_in else None,
        "token_expires_at": None,
        **changes,
    }
    return health  # type: ignore[return-value]  # the changes are a test's own


async def behind_the_answers() -> None:
    """Wait for what was started behind answers."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    await asyncio.wait(others, timeout=10) if others else None


def get(
    path: str = "/query",
    route: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    **params: str,
) -> func.HttpRequest:
    return func.HttpRequest(
        method="GET",
        url=f"{ROOT_URL}{path}",
        params=params,
        route_params=route,
        headers=headers,
        body=b"",
    )


def post(
    body: object, path: str = "/query", headers: Mapping[str, str] | None = None
) -> func.HttpRequest:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return func.HttpRequest(method="POST", url=f"{ROOT_URL}{path}", headers=headers, body=raw)


def json_of(response: func.HttpResponse) -> Any:
    return json.loads(response.get_body())


def bundle(
    name: str,
    *,
    description: str | None = None,
    topics: Sequence[str] = (),
    languages: Mapping[str, int] | None = None,
    context: Any = None,
    **fields: Any,
) -> Any:
    """Make a published bundle of Ada's."""
    metadata = make_metadata(
        name,
        "Ada",
        description=description,
        topics=list(topics),
        language=next(iter(languages or {}), None),
        license="MIT",
    )
    content = {
        "languages": dict(languages or {}),
        "repoContext": context or {},
        "readme": f"# {name}",
        "commits": 7,
        "stale": False,
        "stale_reason": None,
        **fields,
    }
    return bundle_with(metadata, **content)


def pending_bundle(name: str, **facts: Any) -> Any:
    """Make a repository of Ada's whose content has not been read yet."""
    unread = {"readme": "", "fetched_at": "", "fingerprint": "", "warnings": [CONTENT_PENDING]}
    made = bundle(name, languages={"Go": 1}, **{**unread, **facts})
    return {**made, "languages": {}}


def portfolio(
    *bundles: Any, age: timedelta = timedelta(0), username: str = "Ada", **facts: Any
) -> Any:
    """A published portfolio of three repositories, or of `bundles`."""
    return FakePortfolio(
        username=username,
        refreshed_at=datetime.now(UTC) - age,
        bundles=bundles
        or (
            bundle(
                "skyhook",
                description="Canary releases for Kubernetes",
                topics=["kubernetes"],
                languages={"Go": 5_000},
                context={"skills": ["Kubernetes operators"]},
            ),
            bundle(
                "orchard",
                description="Manages orchards",
                topics=["django"],
                languages={"Python": 9_000, "HTML": 100},
            ),
            bundle("notes", context={"settings": "/Users/ada/notes"}),
        ),
        **facts,
    )
