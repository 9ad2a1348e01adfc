"""Apps that several tests share, because each test leaves alone what the others rely on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from github_standin.portfolio import Repository, User
from github_standin.server import GitHubServer, RecordedRequest, StandIn
from localhost.azurite import Azurite
from tools.host_process import ROOT, USERNAME, HostProcess, Reply, ended, refreshed, wait_for


def running_app(azurite: Azurite, github: GitHubServer, state: Path, **env: str) -> HostProcess:
    """Describe the app with a table of its own; `with` runs it."""
    return HostProcess(
        ROOT,
        state,
        **{
            "GITHUB_USERNAMES": USERNAME,
            "GITHUB_API_URL": github.url,
            "GITHUB_TOKEN": "ghp_of-the-test",
            "AzureWebJobsStorage": azurite.connection_string,
            "CACHE_TABLE": f"t{uuid4().hex[:12]}",
            "REFRESH_SCHEDULE": "0 0 0 1 1 *",
            "PYTHON_THREADPOOL_THREAD_COUNT": "32",
            **env,
        },
    )


@contextmanager
def served_portfolio(
    azurite: Azurite, github: GitHubServer, state: Path, **env: str
) -> Iterator[HostProcess]:
    """Run the app, once its first refresh has ended."""
    with running_app(azurite, github, state, **env) as host:
        refreshed(host)
        yield host


class Account:
    """A GitHub account with its portfolio. Only one test uses it."""

    def __init__(self, host: HostProcess, standin: StandIn, user: User) -> None:
        self.host = host
        self.standin = standin
        self.user = user
        self.name = user.login
        standin.users[self.name] = user

    @property
    def repositories(self) -> dict[str, Repository]:
        """Return the repositories on GitHub, to change them."""
        return self.user.repositories

    def rename(self, name: str, new_full_name: str) -> None:
        """Redirect a repository's name, as GitHub does after a rename or a transfer."""
        self.standin.renamed[f"{self.name}/{name}"] = new_full_name

    def requests(self) -> list[RecordedRequest]:
        """Return the requests to GitHub about this account."""
        roots = (f"/users/{self.name}", f"/repos/{self.name}/")
        return [request for request in self.standin.requests if request.path.startswith(roots)]

    def trees(self, since: int = 0) -> Counter[str]:
        """Count the fetches of each repository, from request number `since` on."""
        return Counter(
            request.path.split("/")[3]
            for request in self.requests()[since:]
            if "/git/trees/" in request.path and request.status == 200
        )

    def start_refresh(self, **body: Any) -> None:
        started = self.host.post("/api/refresh", {"username": self.name, **body})
        assert 202 == started.status, started.body

    def refresh(self, **body: Any) -> dict[str, Any]:
        """Refresh the portfolio; return the progress at the end."""
        return refreshed(self.host, self.name, **body)

    def wait_for_end(self) -> dict[str, Any]:
        """Wait until the refresh has ended; return the progress."""
        progress: dict[str, Any] = wait_for(
            lambda: ended(self.host, self.name), "end of the refresh"
        )
        return progress

    def wait_for_state(self, state: str) -> dict[str, Any]:
        """Wait for a state of the refresh; return the progress."""
        progress: dict[str, Any] = wait_for(
            lambda: (progress := self.progress())["state"] == state and progress, f"state `{state}`"
        )
        return progress

    def progress(self) -> dict[str, Any]:
        progress: dict[str, Any] = self.host.get(f"/api/refresh/{self.name}").json
        return progress

    def portfolio(self) -> dict[str, Any]:
        portfolio: dict[str, Any] = self.host.get(f"/api/portfolios/{self.name}").json
        return portfolio

    def bundles(self) -> dict[str, dict[str, Any]]:
        """Return the published bundles, by name, as the portfolio's route shows them."""
        return {bundle["metadata"]["name"]: bundle for bundle in self.portfolio()["repositories"]}

    def bundle(self, name: str) -> Reply:
        return self.host.get(f"/api/portfolios/{self.name}/repos/{name}")

    def readme(self, name: str) -> str:
        """Return the published README of a repository; empty if it is not published."""
        reply = self.bundle(name)
        return str(reply.json["readme"]) if reply.status == 200 else ""


class Accounts:
    """One app and one GitHub, with an account for each test.

    The accounts share the token's budget, so each is refreshed in batches of `batch_size`.
    """

    def __init__(self, azurite: Azurite, state: Path, count: int, batch_size: int, **env: str):
        self.github = GitHubServer(StandIn())
        self._names = iter(names := [f"account-{number:02}" for number in range(count)])
        self.host = running_app(
            azurite,
            self.github,
            state,
            GITHUB_USERNAMES=",".join(names),
            REFRESH_BATCH_SIZE=str(count * batch_size),
            GITHUB_REQUESTS_PER_MINUTE="0",
            **env,
        )

    def __enter__(self) -> Accounts:
        self.github.__enter__()
        self.host.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.host.__exit__()
        self.github.__exit__(None, None, None)

    def new(self, *repositories: Repository) -> Account:
        """Create an account of these repositories."""
        user = User(next(self._names))
        for repository in repositories:
            user.add(repository)
        return Account(self.host, self.github.standin, user)
