"""What a refresh sends through Durable: nothing above 64 KB, however large the portfolio is.

Durable keeps larger payloads in blobs and reads them again at every replay.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from activities.failures import failure
from activities.fetch import fetch_bundle
from activities.plan import plan_refresh
from activities.publish import run_publish
from errors import CacheUnavailable, GitHubError, GitHubUnavailable
from github_repo_manager import FetchedRepository
from models import (
    BATCH_ORCHESTRATOR,
    FETCH_BUNDLE,
    GET_REPO_NAMES,
    PUBLISH_PORTFOLIO,
    ListedRepository,
)
from orchestrators.batch import repo_batch_orchestrator
from orchestrators.refresh import repo_context_orchestrator
from settings import Settings
from tests.replay.history import Replay
from tests.unit.fakes import NOW, FakeCache, FakeManager, bundle_of, listed

MAX_PAYLOAD_BYTES = 64 * 1024
REPOSITORIES, NAME_CHARS, BATCH_SIZE, DELIVERIES = 1_000, 60, 100, 200
EMOJI = "\U0001f600"  # 12 bytes of JSON
LONG = EMOJI * 400


class TalkativeManager(FakeManager):
    """GitHub with repositories whose owners write as much as they may."""

    def fetch_bundle(self, username: str, listed: ListedRepository) -> FetchedRepository:
        self._request(listed["metadata"]["name"])
        bundle = bundle_of(
            listed,
            repoContext={"summary": "x" * 990},
            file_types={f".suffix{number}": 1 for number in range(100)},
            languages={f"Language {number}": 1 for number in range(25)},
            warnings=["tree_truncated", "readme_cut", "context_malformed", "blob_truncated"],
        )
        return FetchedRepository(bundle, self.usage(requests=1, queries=1))


class Refresh:
    """A refresh whose orchestrators the SDK replays, with the app's own activities."""

    def __init__(self, manager: FakeManager, cache: FakeCache) -> None:
        self.cache = cache
        self.largest: dict[str, int] = {}  # bytes of the largest payload of every kind
        self.refuses: Callable[[Any], bool] = lambda _: False  # a publishing, for now
        self._manager = manager
        self._options = Settings.from_env(
            {
                "GITHUB_USERNAMES": "ada",
                "AzureWebJobsStorage": "UseDevelopmentStorage=true",
                "REFRESH_BATCH_SIZE": str(BATCH_SIZE),
            }
        )

    def run(self, minute: int = 0) -> Any:
        """Run a refresh to its end; return its output."""
        start = NOW + timedelta(minutes=minute)
        return self._run(Replay(repo_context_orchestrator, {"username": "ada"}, start))

    def _run(self, replay: Replay) -> Any:
        while not replay.state["isDone"]:
            self._measure("custom status", replay.state.get("customStatus"))
            replay.complete(
                *(
                    (task, self._result(action.get("functionName"), action.get("input")))
                    for task, action in replay.open().items()
                )
            )
        self._measure("custom status", replay.state.get("customStatus"))
        return replay.output

    def _result(self, name: str | None, text: str | None) -> Any:
        if name is None:
            return None  # a timer
        assert text is not None
        self.largest[f"to {name}"] = max(self.largest.get(f"to {name}", 0), len(text))
        result = self._call(name, json.loads(text))
        self._measure(f"from {name}", result)
        return result

    def _call(self, name: str, request: Any) -> Any:
        match name:
            case "GetRepoNamesActivity":
                return plan_refresh(self._manager, self.cache, self._options, request, NOW)
            case "FetchRepoContextBundleActivity":
                return fetch_bundle(self._manager, self.cache, request)
            case "PublishPortfolioActivity":
                if self.refuses(request):
                    return failure(CacheUnavailable("the table storage does not answer"))
                return run_publish(self.cache, request, NOW)
            case _:
                return self._run(Replay(repo_batch_orchestrator, request))

    def _measure(self, kind: str, payload: Any) -> None:
        self.largest[kind] = max(self.largest.get(kind, 0), len(json.dumps(payload)))


@pytest.fixture
def manager() -> FakeManager:
    names = [f"{'n' * (NAME_CHARS - 5)}-{number:04}" for number in range(REPOSITORIES)]
    return TalkativeManager(
        *(listed(name, description=LONG, topics=["t" * 50] * 20) for name in names)
    )


@pytest.fixture
def refresh(manager) -> Refresh:
    cache = FakeCache()
    for number in range(DELIVERIES):
        cache.record_delivery("ada", f"72d3162e-cc78-11e3-81ab-4c9367dc{number:04}", ["r"], NOW)
    return Refresh(manager, cache)


def assert_small(refresh: Refresh) -> None:
    kinds = (GET_REPO_NAMES, FETCH_BUNDLE, BATCH_ORCHESTRATOR, PUBLISH_PORTFOLIO)
    assert {
        *(f"{direction} {kind}" for kind in kinds for direction in ("to", "from")),
        "custom status",
    } == set(refresh.largest)
    assert max(refresh.largest.values()) <= MAX_PAYLOAD_BYTES, refresh.largest


def test_of_a_thousand_repositories_no_payload_is_above_64_kb(refresh):
    output = refresh.run()

    assert_small(refresh)
    assert len(json.dumps(output)) <= MAX_PAYLOAD_BYTES
    # What does not fit into one plan is fetched by the next refresh.
    refresh.run(minute=1)
    portfolio = refresh.cache.portfolio("ada")
    assert (REPOSITORIES, 0, True) == (
        *(len(portfolio.bundles), portfolio.pending),
        portfolio.finished,
    )


@pytest.mark.parametrize(
    "error",
    [GitHubUnavailable("unreachable", LONG), GitHubUnavailable("token_refused", "\0" * 9_000)],
    ids=lambda error: error.code,
)
def test_when_every_repository_fails_neither(manager, refresh, error: GitHubError):
    for repository in manager.repositories:
        manager.errors[repository["metadata"]["name"]] = error

    refresh.run()

    assert_small(refresh)
    stale = {entry["stale"] for entry in refresh.cache.manifests["ada"][0]["entries"]}
    assert {error.code, None} == stale  # None: those that did not fit into the plan


def test_when_no_batch_can_be_published_while_others_are_fetched_neither(refresh):
    batches = REPOSITORIES // BATCH_SIZE - 5
    refused: list[int] = []

    def refuse(request: Any) -> bool:
        refused.append(len(request["saved"]))
        return len(refused) <= batches

    refresh.refuses = refuse

    refresh.run()

    assert_small(refresh)
    entries = refresh.cache.manifests["ada"][0]["entries"]
    assert len(refresh.cache.bundles["ada"]) == sum(bool(entry["row_key"]) for entry in entries)
