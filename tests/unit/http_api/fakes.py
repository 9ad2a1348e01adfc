"""What the routes use, in memory: a Durable client and a cache, and requests and portfolios."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, NamedTuple

import azure.durable_functions as df
import azure.functions as func

from cache import Portfolio
from errors import CacheUnavailable
from tests.unit.portfolios import bundle_with, make_metadata

ROOT_URL = "https://app.example/api"


class Started(NamedTuple):
    """An orchestration that was started."""

    orchestrator: str
    instance_id: str
    request: Any


class FakeDurableClient:
    """Starts orchestrations that never end. Refuses a second running one of the same id."""

    def __init__(self) -> None:
        self.started: list[Started] = []
        self.custom_status: Any = None

    async def start_new(self, orchestrator: str, instance_id: str, request: Any) -> str:
        if instance_id in self._running():
            # The SDK raises a bare Exception, too.
            raise Exception(f"an orchestration {instance_id} is running")
        self.started.append(Started(orchestrator, instance_id, dict(request)))
        return instance_id

    async def get_status(self, instance_id: str, *, show_input: bool) -> Any:
        assert not show_input, "inputs may be large"
        is_running = instance_id in self._running()
        return SimpleNamespace(
            runtime_status=df.OrchestrationRuntimeStatus.Running if is_running else None,
            custom_status=self.custom_status,
            created_time=datetime(2026, 1, 1, tzinfo=UTC),
            last_updated_time=datetime(2026, 1, 1, tzinfo=UTC),
        )

    def _running(self) -> set[str]:
        return {orchestration.instance_id for orchestration in self.started}


class FakeCache:
    """Portfolios and webhook deliveries in memory."""

    def __init__(self) -> None:
        self.deliveries: dict[str, list[str]] = {}
        self.is_down = False
        self._portfolios: dict[str, Portfolio] = {}

    def publish(self, portfolio: Portfolio) -> Portfolio:
        self._portfolios[portfolio.username.lower()] = portfolio
        return portfolio

    def portfolio(self, username: str) -> Portfolio | None:
        if self.is_down:
            raise CacheUnavailable("the table storage does not answer")
        return self._portfolios.get(username.lower())

    def delete(self, username: str) -> int:
        deleted = self._portfolios.pop(username.lower(), None)
        return 1 + len(deleted.bundles) if deleted else 0

    def record_delivery(
        self, username: str, delivery: str, names: Sequence[str], now: datetime
    ) -> bool:
        assert now.tzinfo, "the cache needs a timezone-aware moment"
        is_new = delivery not in self.deliveries
        self.deliveries.setdefault(delivery, list(names))
        return is_new


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
        "stale": False,
        "stale_reason": None,
        **fields,
    }
    return bundle_with(metadata, **content)


def portfolio(*bundles: Any, age: timedelta = timedelta(0), username: str = "Ada") -> Portfolio:
    """A published portfolio of three repositories, or of `bundles`."""
    return Portfolio(
        username=username,
        etag="W/\"datetime'2026-01-01T00%3A00%3A00Z'\"",
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
    )
