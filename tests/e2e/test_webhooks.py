"""Pushes and other changes that GitHub's webhooks report."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pytest

from github_standin.git_objects import FILE
from github_standin.portfolio import Repository
from http_api.webhooks import check_signature
from models import PUSH_ORCHESTRATOR
from refresh_client import DEBOUNCE_WINDOW
from tests.e2e.shared_app import Account, Accounts
from tools.host_process import HostProcess, Reply, http, wait_for

pytestmark = pytest.mark.server
SECRET = "It's a Secret to Everybody"
OWNER = "account-00"  # served by the app of this module
NAMES = ("skyhook", "spare", "tally")
PUSHED_AT = "2026-11-01T00:00:00Z"
GITHUB_TIMEOUT_S = (
    10  # https://docs.github.com/webhooks/using-webhooks/best-practices-for-using-webhooks
)


def test_githubs_own_test_vector():
    """https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries"""
    signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"

    check_signature(b"Hello, World!", signature, SECRET)


@pytest.fixture(scope="module")
def accounts(azurite, tmp_path_factory) -> Iterator[Accounts]:
    state = tmp_path_factory.mktemp("state")
    secret = {"GITHUB_WEBHOOK_SECRET": SECRET}
    with Accounts(azurite, state, count=30, batch_size=3, **secret) as accounts:
        yield accounts


@pytest.fixture(autouse=True)
def quiet_github(accounts) -> Iterator[None]:
    yield
    accounts.github.standin.after_response = lambda path: None


def new_account(accounts: Accounts) -> Account:
    """Create an account of three repositories."""
    return accounts.new(
        *(Repository(name, files={"README.md": (FILE, f"# {name}".encode())}) for name in NAMES)
    )


@pytest.fixture
def account(accounts) -> Account:
    """A published portfolio of three repositories."""
    account = new_account(accounts)
    account.refresh()
    return account


def deliver(
    host: HostProcess,
    event: str,
    payload: object,
    *,
    delivery: str | None = None,
    secret: str = SECRET,
    form: bool = False,
) -> Reply:
    """Send a webhook as GitHub does: as JSON, or as the form that its settings preselect."""
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    if form:
        body = urlencode({"payload": body}).encode()
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    headers: Any = {
        "X_GitHub_Event": event,
        "X_GitHub_Delivery": delivery or str(uuid.uuid4()),
        "X_Hub_Signature_256": f"sha256={signature}",
        "Content_Type": "application/x-www-form-urlencoded" if form else "application/json",
    }
    return http("POST", f"{host.url}/api/webhooks/github", raw=body, **headers)


def about(owner: str, name: str, action: str | None = None, **facts: Any) -> dict[str, Any]:
    """Make a payload about a repository."""
    repository = {"name": name, "full_name": f"{owner}/{name}", "owner": {"login": owner}}
    return {"repository": repository, **({"action": action} if action else {}), **facts}


def transferred(owner: str, former: str, name: str) -> dict[str, Any]:
    """Make the payload of a transfer: `repository.owner` is the new owner already."""
    changes = {"owner": {"from": {"user": {"login": former, "id": 3}}}}
    return about(owner, name, "transferred", changes=changes)


def push(account: Account, name: str, text: str) -> None:
    account.repositories[name].push({"README.md": text}, PUSHED_AT)


def instances(host: HostProcess, name: str = "", query: str = "") -> list[Any]:
    """Return the orchestrations of a portfolio, or all of them."""
    listed = host.management(f"/instances{query}").json
    return [instance for instance in listed if name in instance["instanceId"]]


def wait_until_settled(account: Account) -> None:
    """Wait until every orchestration that webhooks started has ended."""
    unfinished = "?runtimeStatus=Pending,Running,ContinuedAsNew"
    wait_for(
        lambda: not instances(account.host, account.name, unfinished), "end of the orchestrations"
    )


@pytest.fixture(scope="module")
def pushed(accounts) -> tuple[Account, int]:
    """A portfolio that shows a push, and the number of its requests before.

    The delivery of the webhook is `d-1`.
    """
    account = new_account(accounts)
    account.refresh()
    requests = len(account.requests())
    push(account, "tally", "# Now with zebras")

    began = time.monotonic()
    payload = about(account.name, "tally", ref="refs/heads/main")
    reply = deliver(account.host, "push", payload, delivery="d-1")

    assert time.monotonic() - began < GITHUB_TIMEOUT_S
    assert (202, ["tally"]) == (reply.status, reply.json["repositories"])
    assert not reply.json["duplicate"]
    wait_for(lambda: "zebras" in account.readme("tally"), "the new README")
    wait_until_settled(account)
    return account, requests


def test_a_push_costs_that_repository_alone(pushed):
    account, requests = pushed

    assert {"tally": 1} == account.trees(requests)
    # The repository, then its tree. The GraphQL query beside it has a path that all accounts share.
    assert 2 == len(account.requests()) - requests


def test_a_redelivery_changes_nothing(pushed):
    account, _ = pushed
    requests = len(account.requests())

    reply = deliver(account.host, "push", about(account.name, "tally"), delivery="d-1")

    assert (202, True) == (reply.status, reply.json["duplicate"])
    wait_until_settled(account)
    assert requests == len(account.requests())


def test_a_burst_of_pushes_is_one_refresh(account):
    requests = len(account.requests())
    for name in ("tally", "skyhook"):
        push(account, name, "# Pushed")

    began = time.monotonic()
    for number in range(12):
        name = ("tally", "skyhook")[number % 2]
        assert 202 == deliver(account.host, "push", about(account.name, name)).status
    windows = 2 + int((time.monotonic() - began) / DEBOUNCE_WINDOW.total_seconds())

    wait_for(lambda: set(account.trees(requests)) == {"tally", "skyhook"}, "both fetches")
    wait_until_settled(account)
    assert {"tally": 1, "skyhook": 1} == account.trees(requests)
    debounced = [
        instance
        for instance in instances(account.host, account.name)
        if instance["name"] == PUSH_ORCHESTRATOR
    ]
    assert 1 <= len(debounced) <= windows  # usually 1; 2 if the burst crosses two windows


def test_a_push_during_a_refresh_is_not_lost(account):
    """The refresh reads the old tree; then GitHub gets a push and reports it."""
    replies: list[Reply] = []

    def push_once_after_the_tree(path: str) -> None:
        if path.startswith(f"/repos/{account.name}/tally/git/trees/") and not replies:
            push(account, "tally", "# Pushed meanwhile")
            replies.append(deliver(account.host, "push", about(account.name, "tally")))

    account.standin.after_response = push_once_after_the_tree

    account.refresh(force=True)
    assert [202] == [reply.status for reply in replies]

    wait_for(lambda: "meanwhile" in account.readme("tally"), "the new README")


def delete(account: Account) -> None:
    del account.repositories["tally"]


def privatize(account: Account) -> None:
    account.repositories["tally"].private = True


def transfer(account: Account) -> None:
    account.rename("tally", "other/tally")


def rename(account: Account) -> None:
    account.repositories["tally"].name = "abacus"
    account.rename("tally", f"{account.name}/abacus")


def create(account: Account) -> None:
    account.user.add(Repository("newcomer", files={"README.md": (FILE, b"# Hello")}))


def describe(account: Account) -> None:
    account.repositories["tally"].description = "Counts zebras"


def archive(account: Account) -> None:
    describe(account)
    account.repositories["tally"].archived = True


@dataclass(frozen=True)
class Change:
    """A change of an account, and how GitHub reports it."""

    make: Callable[[Account], None]
    event: str
    action: str | None
    name: str = "tally"
    published: frozenset[str] = frozenset(NAMES)  # names of repositories, afterwards


OTHERS = frozenset(NAMES) - {"tally"}
CHANGES = {
    "deleted": Change(delete, "repository", "deleted", published=OTHERS),
    "privatized": Change(privatize, "repository", "privatized", published=OTHERS),
    "transferred": Change(transfer, "repository", "transferred", published=OTHERS),
    "renamed": Change(rename, "repository", "renamed", "abacus", OTHERS | {"abacus"}),
    "created": Change(create, "repository", "created", "newcomer", OTHERS | {"newcomer", "tally"}),
    "edited": Change(describe, "repository", "edited"),
    "archived": Change(archive, "repository", "archived"),
    "public": Change(describe, "public", None),
}


@pytest.fixture(scope="module")
def changed(accounts) -> dict[str, tuple[Account, int]]:
    """Report every change at once, because each takes seconds to show.

    Returns the account of each change, and the number of its requests before.
    """
    changed = {}
    for title, change in CHANGES.items():
        account = new_account(accounts)
        account.refresh()
        change.make(account)
        changed[title] = (account, len(account.requests()))
        former = {"repository": {"name": {"from": "tally"}}}
        payload = about(account.name, change.name, change.action, changes=former)
        if change.action == "transferred":
            payload = transferred("other", account.name, change.name)
        assert 202 == deliver(account.host, change.event, payload).status
    return changed


@pytest.mark.parametrize("title", ["deleted", "privatized", "transferred", "renamed", "created"])
def test_repositories_leave_move_and_appear(changed, title):
    account, _ = changed[title]

    wait_for(lambda: CHANGES[title].published == set(account.bundles()), f"{title} repository")


@pytest.mark.parametrize("title", ["edited", "archived", "public"])
def test_a_change_of_metadata_costs_one_request(changed, title):
    account, requests = changed[title]

    wait_for(
        lambda: account.bundles()["tally"]["metadata"]["description"] == "Counts zebras",
        "the new description",
    )
    assert [f"/repos/{account.name}/tally"] == [
        request.path for request in account.requests()[requests:]
    ]


def test_a_push_that_arrives_as_a_form_is_a_push(account):
    push(account, "tally", "# Now with zebras")

    payload = about(account.name, "tally", head_commit={"message": "a+b & c = 50 % é"})
    reply = deliver(account.host, "push", payload, form=True)

    assert (202, ["tally"]) == (reply.status, reply.json["repositories"])
    wait_for(lambda: "zebras" in account.readme("tally"), "the new README")


def test_a_transfer_between_two_served_accounts_changes_both(accounts, account):
    other = new_account(accounts)
    delete(other)
    other.refresh()
    other.user.add(account.repositories.pop("tally"))
    account.rename("tally", f"{other.name}/tally")

    reply = deliver(account.host, "repository", transferred(other.name, account.name, "tally"))

    assert {other.name, account.name} == set(reply.json["portfolios"])
    wait_for(lambda: "tally" in other.bundles(), "the repository at its new owner")
    wait_for(lambda: "tally" not in account.bundles(), "its end at the old owner")


@pytest.mark.parametrize(
    ("event", "action"), [("organization", "renamed"), ("installation", "unsuspend")]
)
def test_an_event_that_names_no_repository_lists_all_of_them(account, event, action):
    create(account)
    about_account = {"login": account.name}
    payload = {"organization": about_account, "installation": {"account": about_account}}

    reply = deliver(account.host, event, {"action": action, **payload})

    assert ([account.name], []) == (reply.json["portfolios"], reply.json["repositories"])
    wait_for(lambda: "newcomer" in account.bundles(), "the new repository")


def test_an_app_that_may_see_a_repository_reports_it(account):
    create(account)
    added = [{"id": 1, "name": "newcomer", "full_name": f"{account.name}/newcomer"}]
    payload = {
        "action": "added",
        "installation": {"account": {"login": account.name}},
        "repositories_added": added,
        "repositories_removed": [],
    }

    reply = deliver(account.host, "installation_repositories", payload)

    assert ["newcomer"] == reply.json["repositories"]
    wait_for(lambda: "newcomer" in account.bundles(), "the new repository")


def test_a_portfolio_that_was_never_fetched_is_fetched(accounts):
    account = new_account(accounts)

    deliver(account.host, "push", about(account.name, "tally"))

    account.wait_for_end()
    assert set(NAMES) == set(account.bundles())


class TestWithoutEffect:
    """Webhooks that start nothing."""

    @pytest.fixture(autouse=True)
    def nothing_starts(self, accounts) -> Iterator[None]:
        """Compare orchestrations and requests to GitHub before and after the test."""
        host, standin = accounts.host, accounts.github.standin
        unfinished = "?runtimeStatus=Pending,Running,ContinuedAsNew"
        wait_for(lambda: not instances(host, query=unfinished), "end of the orchestrations")
        before = (len(instances(host)), len(standin.requests))
        yield
        assert before == (len(instances(host)), len(standin.requests))

    @pytest.mark.parametrize(
        ("event", "payload"),
        [
            ("ping", {"zen": "Design for failure."}),
            ("push", {"repository": {"name": "x", "owner": {"login": "somebody-else"}}}),
            ("star", {"action": "created", "repository": {"name": "tally"}}),
            ("repository", {"action": "frobnicated"}),
            ("repository", transferred("neworg", "somebody", "tally")),
            ("organization", {"action": "member_added", "organization": {"login": OWNER}}),
        ],
    )
    def test_an_event_that_does_not_concern_us_is_accepted(self, accounts, event, payload):
        reply = deliver(accounts.host, event, payload)

        assert (202, []) == (reply.status, reply.json["repositories"])

    @pytest.mark.parametrize(
        ("event", "payload"),
        [
            ("push", b"{not json"),
            ("push", b"[]"),
            ("push", b"\xff"),
            ("push", b"a=b&c=d"),
            ("push", b"payload=%7Bnot+json"),
            ("push", {}),
            ("push", {"repository": "x"}),
            ("push", {"repository": {"name": "../../x", "owner": {"login": OWNER}}}),
            ("push", {"repository": {"name": 7, "owner": {"login": OWNER}}}),
            ("push", {"repository": {"name": "x", "owner": {}}}),
            ("repository", about(OWNER, "x", "renamed", changes={})),
            ("repository", transferred("x", {"not": "a login"}, "y")),  # type: ignore[arg-type]  # wrong on purpose
            ("installation", {"action": "created", "installation": {"account": {"login": 7}}}),
        ],
    )
    def test_rubbish_is_refused(self, accounts, event, payload):
        reply = deliver(accounts.host, event, payload)

        assert (400, "invalid_request") == (reply.status, reply.json["error"]["code"])

    def test_a_body_that_cannot_be_read_is_told_in_words_about_webhooks(self, accounts):
        reply = deliver(accounts.host, "push", b"a=b&c=d")

        for word in ("`payload`", "content type", "`application/json`"):
            assert word in reply.json["error"]["message"]

    def test_a_form_that_our_secret_did_not_sign_is_refused(self, accounts):
        reply = deliver(accounts.host, "push", about(OWNER, "tally"), secret="guessed", form=True)

        assert (401, "bad_signature") == (reply.status, reply.json["error"]["code"])

    def test_a_payload_that_our_secret_did_not_sign_is_refused(self, accounts):
        payload = about(OWNER, "tally")

        wrongly_signed = deliver(accounts.host, "push", payload, secret="guessed")
        unsigned = accounts.host.post("/api/webhooks/github", payload, X_GitHub_Event="push")

        for reply in (wrongly_signed, unsigned):
            assert (401, "bad_signature") == (reply.status, reply.json["error"]["code"])
        assert SECRET not in accounts.host.output


def test_without_a_secret_webhooks_are_refused(start_app):
    reply = deliver(start_app(), "push", about("ada-nimbus", "tally"))

    assert (403, "webhooks_refused") == (reply.status, reply.json["error"]["code"])
    assert "GITHUB_WEBHOOK_SECRET" in reply.json["error"]["message"]
