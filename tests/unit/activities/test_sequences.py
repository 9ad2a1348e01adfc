"""Whatever happens in whatever order, a portfolio stays whole and the next refresh completes it.

Two processes refresh one portfolio step by step, die, and run activities twice, while GitHub changes
and the storage forgets.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from activities.fetch import fetch_bundle
from activities.plan import plan_refresh
from activities.publish import run_publish
from errors import GitHubError, GitHubUnavailable, RepositoryUnavailable
from github_repo_manager import FetchedRepository
from models import ListedRepository, Manifest, iso_utc
from settings import Settings
from tests.unit.fakes import NOW, FakeCache, FakeManager, bundle_of, listed

NAMES = ("a", "b", "C", "d")
PROCESSES = st.sampled_from((0, 1))
ERRORS: dict[str, GitHubError] = {
    "gone": RepositoryUnavailable("gone", "deleted"),
    "unreachable": GitHubUnavailable("unreachable", "down"),
    "token_refused": GitHubUnavailable("token_refused", "SAML single sign-on"),
}
OPTIONS = Settings.from_env(
    {"GITHUB_USERNAMES": "ada", "AzureWebJobsStorage": "UseDevelopmentStorage=true"}
)


class ChangingGitHub(FakeManager):
    """GitHub whose bundles carry the time of the fetch; those of blocked repositories are bare."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.blocked: set[str] = set()

    def fetch_bundle(self, username: str, listed: ListedRepository) -> FetchedRepository:
        name = listed["metadata"]["name"]
        self._request(name)
        warnings = ["blocked"] if name in self.blocked else []
        bundle = bundle_of(listed, fetched_at=iso_utc(self.now), warnings=warnings)
        return FetchedRepository(bundle, self.usage(requests=1))


@dataclass
class Refresh:
    """How far a process is with its refresh."""

    plan: Any
    started_at: str
    to_fetch: list[str]
    results: list[Any] = field(default_factory=list)  # not published yet


class Refreshes(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.github = ChangingGitHub()
        self.cache = FakeCache()
        self.running: dict[int, Refresh] = {}
        self.last_publish: Any = None
        self.pushes = 0
        self.damaged: set[str] = set()  # row keys; a later write has another key
        self.has_lost_rows = False
        self.was_complete = False

    # GitHub changes.

    @rule(name=st.sampled_from(NAMES))
    def push(self, name: str) -> None:
        self.delete(name)
        self.pushes += 1
        pushed_at = iso_utc(NOW + timedelta(seconds=self.pushes))
        self.github.repositories.append(listed(name, pushed_at=pushed_at))
        self.github.repositories.sort(key=lambda listed: listed["metadata"]["name"].lower())

    @rule(name=st.sampled_from(NAMES))
    def delete(self, name: str) -> None:
        self.github.repositories = [
            repository
            for repository in self.github.repositories
            if repository["metadata"]["name"] != name
        ]
        self.github.version += 1

    @rule(name=st.sampled_from(NAMES), error=st.sampled_from(sorted(ERRORS)))
    def fail(self, name: str, error: str) -> None:
        self.github.errors[name] = ERRORS[error]

    @rule(name=st.sampled_from(NAMES))
    def block_or_unblock(self, name: str) -> None:
        self.github.blocked ^= {name}

    # Two processes go on, or die.

    @rule(process=PROCESSES, force=st.booleans())
    def plan(self, process: int, force: bool) -> None:
        self.running[process] = self._plan(force=force)

    @precondition(lambda self: self.running)
    @rule(process=PROCESSES)
    def fetch(self, process: int) -> None:
        refresh = self.running.get(process)
        if refresh and refresh.to_fetch:
            self._fetch(refresh)

    @precondition(lambda self: self.running)
    @rule(process=PROCESSES)
    def publish_batch(self, process: int) -> None:
        if process in self.running:
            self._publish(self.running[process])

    @precondition(lambda self: self.running)
    @rule(process=PROCESSES)
    def end(self, process: int) -> None:
        """What was not fetched by now has failed for good."""
        if process in self.running:
            refresh = self.running.pop(process)
            for name in refresh.to_fetch:
                refresh.results.append({"repo_name": name, "error": "unreachable"})
            self._publish(refresh, ended=True)

    @precondition(lambda self: self.last_publish)
    @rule()
    def publish_twice(self) -> None:
        """Durable runs an activity again whose process died before it had reported the end."""
        before = self.cache.load_manifest("ada")
        self._tick()
        run_publish(self.cache, self.last_publish, self.github.now)
        assert before == self.cache.load_manifest("ada")

    @rule(process=PROCESSES)
    def die(self, process: int) -> None:
        self.running.pop(process, None)

    # The storage forgets.

    @precondition(lambda self: self.cache.bundles.get("ada"))
    @rule(data=st.data())
    def lose_a_row(self, data: Any) -> None:
        del self.cache.bundles["ada"][data.draw(st.sampled_from(sorted(self.cache.bundles["ada"])))]
        self._forget()

    @precondition(lambda self: self._named_rows())
    @rule(data=st.data())
    def damage_a_published_row(self, data: Any) -> None:
        row_key = data.draw(st.sampled_from(sorted(self._named_rows(), key=str)))
        self.damaged.add(row_key)
        self.cache.row_etags["ada", row_key] = "damaged"
        self.cache.unreadable.add(row_key)
        self._forget()

    @rule()
    def lose_the_manifest(self) -> None:
        self.cache.manifests.pop("ada", None)
        self._forget()

    @precondition(lambda self: not self.running)
    @rule()
    def lose_the_listing(self) -> None:
        self.cache.listings.pop("ada", None)
        self.last_publish = None

    def _forget(self) -> None:
        self.has_lost_rows, self.was_complete, self.last_publish = True, False, None

    # What must hold.

    @rule(force=st.booleans())
    def an_undisturbed_refresh_makes_the_portfolio_whole(self, force: bool) -> None:
        self.github.errors.clear()
        refresh = self._plan(force=force)
        while refresh.to_fetch:
            self._fetch(refresh)
            self._publish(refresh)
        self._publish(refresh, ended=True)

        manifest = self._manifest()
        assert manifest is not None
        rows = self.cache.saved_rows("ada")
        assert {
            repository["metadata"]["name"]: repository["fingerprint"]
            for repository in self.github.repositories
        } == {
            **{entry["name"]: entry["fingerprint"] for entry in manifest["entries"]},
            **manifest["gone"],
        }
        for entry in manifest["entries"]:
            assert rows[entry["row_key"] or ""].etag == entry["row_etag"]
            assert entry["row_key"] not in self.damaged
            assert entry["stale"] in (None, "blocked")
        assert manifest["finished"]
        self.has_lost_rows = False

    @invariant()
    def every_named_row_is_there_unless_the_storage_lost_it(self) -> None:
        manifest = self._manifest()
        if manifest and not self.has_lost_rows:
            rows = self.cache.saved_rows("ada")
            for entry in manifest["entries"]:
                assert entry["row_key"] is None or (
                    rows[entry["row_key"]].etag == entry["row_etag"]
                )

    @invariant()
    def a_complete_portfolio_stays_complete_unless_the_storage_lost_rows(self) -> None:
        portfolio = self.cache.portfolio("ada")
        is_complete = bool(portfolio and portfolio.finished and portfolio.state == "complete")
        assert is_complete or not self.was_complete or self.has_lost_rows
        self.was_complete = is_complete

    def _manifest(self) -> Manifest | None:
        published = self.cache.load_manifest("ada")
        return published[0] if published else None

    def _named_rows(self) -> set[str | None]:
        manifest = self._manifest()
        rows = self.cache.bundles.get("ada", {})
        entries = manifest["entries"] if manifest else []
        return {entry["row_key"] for entry in entries if entry["row_key"] in rows}

    def _tick(self) -> None:
        self.github.now += timedelta(seconds=1)

    def _plan(self, *, force: bool) -> Refresh:
        self._tick()
        started_at = iso_utc(self.github.now)
        self._tick()
        plan: Any = plan_refresh(
            self.github,
            self.cache,
            OPTIONS,
            {"username": "ada", "force": force},
            self.github.now,
        )
        return Refresh(plan, started_at, list(plan["names"]))

    def _fetch(self, refresh: Refresh) -> None:
        self._tick()
        name = refresh.to_fetch.pop(0)
        refresh.results.append(
            fetch_bundle(
                self.github,
                self.cache,
                {
                    "username": "ada",
                    "repo_name": name,
                    "listing_id": refresh.plan["listing_id"],
                },
            )
        )

    def _publish(self, refresh: Refresh, *, ended: bool = False) -> None:
        self._tick()
        failed: dict[str, list[str]] = {}
        for result in refresh.results:
            if "error" in result:
                failed.setdefault(result["error"], []).append(result["repo_name"])
        self.last_publish = {
            "username": "ada",
            "listing_id": refresh.plan["listing_id"],
            "started_at": refresh.started_at,
            "saved": [result["saved"] for result in refresh.results if "saved" in result],
            "failed": failed,
            "deliveries": [],
            "ended": ended,
        }
        published = run_publish(self.cache, self.last_publish, self.github.now)
        assert isinstance(published, list)
        refresh.results = []


Refreshes.TestCase.settings = hypothesis_settings(max_examples=100, stateful_step_count=40)
TestRefreshes = Refreshes.TestCase
