"""Whose repositories are shown: forks, archived and private ones, organisations, several portfolios."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from uuid import uuid4

import pytest

from github_standin.git_objects import FILE
from github_standin.portfolio import Repository, User
from github_standin.server import GitHubServer, RecordedRequest, StandIn
from tests.e2e.shared_app import running_app
from tools.host_process import HostProcess, refreshed

pytestmark = pytest.mark.server
TOKEN = "ghp_of-the-test"  # of `ada`


def user(login: str, *, organisation: bool = False, members: frozenset[str] = frozenset()) -> User:
    """Make an account with one repository of each kind."""
    account = User(login, organisation=organisation, members=members)
    for name in ("plain", "forked", "archived", "secret"):
        account.add(
            Repository(
                name,
                files={"README.md": (FILE, f"# {login}'s {name}".encode())},
                fork=name == "forked",
                archived=name == "archived",
                private=name == "secret",
            )
        )
    return account


@dataclass
class App:
    """An app with its own table and its own GitHub."""

    host: HostProcess
    github: GitHubServer

    @property
    def requests(self) -> list[RecordedRequest]:
        return self.github.standin.requests

    def names(self, username: str) -> set[str]:
        """Return the names of the published repositories."""
        published = self.host.get(f"/api/portfolios/{username}").json["repositories"]
        return {bundle["metadata"]["name"] for bundle in published}

    def refreshed_names(self, username: str) -> set[str]:
        refreshed(self.host, username)
        return self.names(username)


StartApp = Callable[..., App]


@pytest.fixture(scope="module")
def start(azurite, tmp_path_factory) -> Iterator[StartApp]:
    """Start an app for two people and an organisation.

    The token belongs to `ada`, who is a member of the organisation.
    """
    with ExitStack() as running:

        def start(**env: str) -> App:
            standin = StandIn(
                user("ada"),
                user("bob"),
                user("initech", organisation=True, members=frozenset({"ada"})),
                tokens={TOKEN: "ada"},
            )
            github = running.enter_context(GitHubServer(standin))
            defaults = {"GITHUB_USERNAMES": "ada,bob,initech", "GITHUB_TOKEN": TOKEN}
            state = tmp_path_factory.mktemp("state")
            app = running_app(azurite, github, state, **{**defaults, **env})
            return App(running.enter_context(app), github)

        yield start


@pytest.fixture(scope="module")
def app(start) -> App:
    """An app with the default settings."""
    app: App = start()
    return app


@pytest.fixture(scope="module")
def private_app(start) -> tuple[App, str]:
    """An app that shows private repositories, and the name of its table."""
    table = f"t{uuid4().hex[:12]}"
    return start(INCLUDE_PRIVATE="true", CACHE_TABLE=table), table


def test_by_default_forks_and_private_repositories_are_left_out(app):
    assert {"plain", "archived"} == app.refreshed_names("ada")


@pytest.mark.parametrize(
    ("env", "expected"),
    [
        ({"INCLUDE_FORKS": "true"}, {"plain", "archived", "forked"}),
        ({"INCLUDE_ARCHIVED": "false"}, {"plain"}),
        ({"INCLUDE_PRIVATE": "true", "GITHUB_TOKEN": ""}, {"plain", "archived"}),
    ],
    ids=["forks", "no-archived", "private-without-token"],
)
def test_the_owner_decides_what_belongs_to_the_portfolio(start, env, expected):
    assert expected == start(**env).refreshed_names("ada")


def test_the_tokens_owner_may_show_private_repositories(private_app):
    app, _ = private_app

    assert {"plain", "archived", "secret"} == app.refreshed_names("ada")


def test_a_private_repository_is_by_default_neither_requested_nor_stored(app):
    refreshed(app.host, "ada")

    assert not any("secret" in request.path for request in app.requests)
    assert 404 == app.host.get("/api/portfolios/ada/repos/secret").status
    assert [] == app.host.get("/api/query?q=secret").json["results"]


def test_a_token_shows_only_what_it_can_see(private_app):
    """Another user's private repositories are not shown, whatever the setting."""
    app, _ = private_app

    assert {"plain", "archived"} == app.refreshed_names("bob")


@pytest.mark.parametrize("shows_private", [False, True])
def test_an_organisation_is_a_portfolio_too(app, private_app, shows_private):
    app = private_app[0] if shows_private else app
    expected = {"plain", "archived"} | ({"secret"} if shows_private else set())

    assert expected == app.refreshed_names("initech")
    requests = len(app.requests)
    assert len(expected) == refreshed(app.host, "initech")["unchanged"]
    assert [304] == [request.status for request in app.requests[requests:]]


def test_a_private_repository_is_hidden_as_soon_as_the_owner_changes_the_setting(
    start, private_app
):
    with_private, table = private_app
    assert "secret" in with_private.refreshed_names("ada")

    app = start(CACHE_TABLE=table)

    assert {"plain", "archived"} == app.names("ada")
    assert [] == app.host.get("/api/query?q=secret").json["results"]
    assert [] == app.requests
    assert {"plain", "archived"} == app.refreshed_names("ada")


def test_several_portfolios_live_side_by_side(app):
    for username in ("ada", "bob"):
        refreshed(app.host, username)

    for username in ("ada", "bob"):
        bundle = app.host.get(f"/api/portfolios/{username}/repos/plain").json
        assert f"{username}'s plain" in bundle["readme"]
    assert "ada" == app.host.get("/api/query?q=plain").json["username"]
    assert "bob" == app.host.get("/api/query?q=plain&username=BOB").json["username"]
