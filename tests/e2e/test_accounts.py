"""Whose repositories: forks, archived and private ones, organisations, several portfolios."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from github_standin.git_objects import FILE
from github_standin.portfolio import Repository, User
from github_standin.server import GitHubServer, StandIn
from tools.host_process import HostProcess, refreshed

pytestmark = pytest.mark.server
TOKEN = "ghp_of-the-test"  # of `ada`


def user(login: str, **facts: Any) -> User:
    account = User(login, **facts)
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


@pytest.fixture
def accounts() -> Iterator[GitHubServer]:
    """Two people and an organisation; the token is of one of them, who is a member."""
    standin = StandIn(
        user("ada"),
        user("bob"),
        user("initech", organisation=True, members=frozenset({"ada"})),
        tokens={TOKEN: "ada"},
    )
    with GitHubServer(standin) as server:
        yield server


@pytest.fixture
def start(start_app, accounts) -> Callable[..., HostProcess]:
    def start(usernames: str, **env: str) -> HostProcess:
        given = {"GITHUB_TOKEN": TOKEN, **env}
        host: HostProcess = start_app(
            GITHUB_USERNAMES=usernames, GITHUB_API_URL=accounts.url, **given
        )
        return host

    return start


def names(host: HostProcess, username: str) -> set[str]:
    listed = host.get(f"/api/portfolios/{username}").json["repositories"]
    return {each["metadata"]["name"] for each in listed}


@pytest.mark.parametrize(
    ("env", "expected"),
    [
        ({}, {"plain", "archived"}),
        ({"INCLUDE_FORKS": "true"}, {"plain", "archived", "forked"}),
        ({"INCLUDE_ARCHIVED": "false"}, {"plain"}),
        ({"INCLUDE_PRIVATE": "true"}, {"plain", "archived", "secret"}),
        ({"INCLUDE_PRIVATE": "true", "GITHUB_TOKEN": ""}, {"plain", "archived"}),
    ],
    ids=["default", "forks", "no-archived", "private", "private-without-token"],
)
def test_the_owner_decides_what_belongs_to_the_portfolio(start, env, expected):
    host = start("ada", **env)

    refreshed(host, "ada")

    assert expected == names(host, "ada")


def test_a_private_repository_is_never_asked_for_nor_stored_by_default(start, accounts):
    host = start("ada")
    refreshed(host, "ada")

    assert not any("secret" in seen.path for seen in accounts.standin.requests)
    assert 404 == host.get("/api/portfolios/ada/repos/secret").status
    assert [] == host.get("/api/query?q=secret").json["results"]


def test_a_token_shows_only_what_it_can_see(start):
    """Somebody else's private repositories are not ours to show, whatever the setting."""
    host = start("bob", INCLUDE_PRIVATE="true")

    refreshed(host, "bob")

    assert {"plain", "archived"} == names(host, "bob")


@pytest.mark.parametrize(
    ("private", "expected"),
    [("false", {"plain", "archived"}), ("true", {"plain", "archived", "secret"})],
)
def test_an_organisation_is_a_portfolio_too(start, accounts, private, expected):
    host = start("initech", INCLUDE_PRIVATE=private)

    refreshed(host, "initech")
    asked = len(accounts.standin.requests)

    assert expected == names(host, "initech")
    assert len(expected) == refreshed(host, "initech")["unchanged"]
    assert [304] == [seen.status for seen in accounts.standin.requests[asked:]]


def test_a_private_one_is_hidden_from_the_moment_the_owner_changes_the_setting(start, accounts):
    with_private = start("ada", INCLUDE_PRIVATE="true")
    refreshed(with_private, "ada")
    with_private.__exit__()
    host = start("ada")
    asked = len(accounts.standin.requests)

    assert {"plain", "archived"} == names(host, "ada")
    assert [] == host.get("/api/query?q=secret").json["results"]
    assert asked == len(accounts.standin.requests)
    refreshed(host, "ada")
    assert {"plain", "archived"} == names(host, "ada")


def test_several_portfolios_live_side_by_side(start):
    host = start("ada,bob")
    for username in ("ada", "bob"):
        refreshed(host, username)

    assert "bob's plain" in host.get("/api/portfolios/bob/repos/plain").json["readme"]
    assert "ada's plain" in host.get("/api/portfolios/ada/repos/plain").json["readme"]
    assert "ada" == host.get("/api/query?q=plain").json["username"]
    assert "bob" == host.get("/api/query?q=plain&username=BOB").json["username"]
