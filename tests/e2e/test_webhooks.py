"""Pushes, reported by GitHub's webhooks."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
import uuid
from collections import Counter
from typing import Any

import pytest

from http_api.webhooks import check_signature
from tools.host_process import USERNAME, HostProcess, Reply, ended, http, refreshed, wait_for

pytestmark = pytest.mark.server
SECRET = "It's a Secret to Everybody"


def test_githubs_own_test_vector():
    """https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries"""
    signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"

    check_signature(b"Hello, World!", signature, SECRET)


@pytest.fixture
def host(start_app) -> HostProcess:
    running: HostProcess = start_app(GITHUB_WEBHOOK_SECRET=SECRET)
    return running


def deliver(
    host: HostProcess,
    event: str,
    payload: object,
    *,
    delivery: str | None = None,
    secret: str = SECRET,
) -> Reply:
    """Send a webhook as GitHub does."""
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    headers: Any = {
        "X_GitHub_Event": event,
        "X_GitHub_Delivery": delivery or str(uuid.uuid4()),
        "X_Hub_Signature_256": f"sha256={signature}",
        "Content_Type": "application/json",
    }
    return http("POST", f"{host.url}/api/webhooks/github", raw=body, **headers)


def about(name: str, action: str | None = None, **facts: Any) -> dict[str, Any]:
    """A payload about one of our repositories."""
    repository = {"name": name, "full_name": f"{USERNAME}/{name}", "owner": {"login": USERNAME}}
    return {"repository": repository, **({"action": action} if action else {}), **facts}


def readme(host: HostProcess, name: str) -> str:
    reply = host.get(f"/api/portfolios/{USERNAME}/repos/{name}")
    return str(reply.json["readme"]) if reply.status == 200 else ""


def trees(github: Any, since: int) -> Counter[str]:
    return Counter(
        seen.path.split("/")[3]
        for seen in github.standin.requests[since:]
        if "/git/trees/" in seen.path
    )


def settled(host: HostProcess) -> None:
    """Wait until every refresh that webhooks asked for has ended."""

    def idle() -> bool:
        statuses = "Pending,Running,ContinuedAsNew"
        running: list[Any] = host.management(f"/instances?runtimeStatus={statuses}").json
        return not running

    wait_for(idle, "end of what webhooks started")


def test_a_push_shows_and_costs_that_repository_alone(host, github):
    refreshed(host)
    tally = github.standin.users[USERNAME].repositories["tally"]
    tally.push({"README.md": "# tally\n\nNow with zebras."}, "2026-11-01T00:00:00Z")
    asked = len(github.standin.requests)

    began = time.monotonic()
    reply = deliver(host, "push", about("tally", ref="refs/heads/main"))

    assert (202, ["tally"]) == (reply.status, reply.json["repositories"])
    assert time.monotonic() - began < 5  # answered at once, whatever it starts
    wait_for(lambda: "zebras" in readme(host, "tally"), "the new README")
    settled(host)
    assert {"tally": 1} == trees(github, asked)
    assert len(github.standin.requests) - asked <= 7
    assert not any("/users/" in seen.path for seen in github.standin.requests[asked:])


def test_a_burst_of_pushes_is_one_refresh(host, github):
    refreshed(host)
    asked = len(github.standin.requests)
    repositories = github.standin.users[USERNAME].repositories
    for number in range(12):
        name = ("tally", "skyhook")[number % 2]
        repositories[name].push({"n.txt": str(number)}, f"2026-11-01T00:00:{number:02}Z")
        assert 202 == deliver(host, "push", about(name)).status

    wait_for(lambda: {"tally": 1, "skyhook": 1} == trees(github, asked), "one fetch each")
    settled(host)

    assert max(trees(github, asked).values()) == 1
    started = [line for line in host.lines if "refresh.started" in line]
    assert len(started) <= 3  # the first, and a burst that crosses a border between two spans


def test_a_redelivery_changes_nothing(host, github):
    refreshed(host)
    tally = github.standin.users[USERNAME].repositories["tally"]
    tally.push({"README.md": "# once"}, "2026-11-01T00:00:00Z")
    assert not deliver(host, "push", about("tally"), delivery="d-1").json["duplicate"]
    wait_for(lambda: "once" in readme(host, "tally"), "the new README")
    settled(host)
    asked = len(github.standin.requests)

    assert deliver(host, "push", about("tally"), delivery="d-1").json["duplicate"]

    settled(host)
    assert asked == len(github.standin.requests)


def test_a_push_during_a_refresh_is_not_lost(host, github):
    refreshed(host)
    github.standin.latency_s = 0.15
    host.post("/api/refresh", {"force": True})
    wait_for(lambda: host.get(f"/api/refresh/{USERNAME}").json["done"] > 0, "first batch")
    tally = github.standin.users[USERNAME].repositories["tally"]
    tally.push({"README.md": "# meanwhile"}, "2026-11-01T00:00:00Z")

    deliver(host, "push", about("tally"))

    wait_for(lambda: "meanwhile" in readme(host, "tally"), "the new README")


@pytest.mark.parametrize("action", ["deleted", "privatized", "transferred"])
def test_what_leaves_the_portfolio_disappears(host, github, action):
    refreshed(host)
    repositories = github.standin.users[USERNAME].repositories
    if action == "privatized":
        repositories["tally"].private = True
    elif action == "transferred":
        github.standin.renamed[f"{USERNAME}/tally"] = "other/tally"
    else:
        del repositories["tally"]

    deliver(host, "repository", about("tally", action))

    wait_for(
        lambda: host.get(f"/api/portfolios/{USERNAME}/repos/tally").status == 404, "disappearance"
    )
    assert 30 == len(host.get(f"/api/portfolios/{USERNAME}").json["repositories"])


def test_a_renamed_one_moves_and_a_created_one_appears(host, github):
    refreshed(host)
    user = github.standin.users[USERNAME]
    user.repositories["tally"].name = "abacus"
    github.standin.renamed[f"{USERNAME}/tally"] = f"{USERNAME}/abacus"
    changes = {"repository": {"name": {"from": "tally"}}}

    deliver(host, "repository", about("abacus", "renamed", changes=changes))

    wait_for(lambda: "tally" in readme(host, "abacus"), "the new name")
    assert 404 == host.get(f"/api/portfolios/{USERNAME}/repos/tally").status


@pytest.mark.parametrize(
    ("event", "action"),
    [("repository", "edited"), ("repository", "archived"), ("public", None)],
)
def test_a_change_of_metadata_costs_one_request(host, github, event, action):
    refreshed(host)
    tally = github.standin.users[USERNAME].repositories["tally"]
    tally.description, tally.archived = "Counts zebras", action == "archived"
    asked = len(github.standin.requests)

    deliver(host, event, about("tally", action))

    def description() -> str:
        reply = host.get(f"/api/portfolios/{USERNAME}/repos/tally")
        return str(reply.json["metadata"]["description"])

    wait_for(lambda: description() == "Counts zebras", "the new description")
    assert [f"/repos/{USERNAME}/tally"] == [s.path for s in github.standin.requests[asked:]]


def test_a_portfolio_that_was_never_fetched_is_fetched(host, github):
    deliver(host, "push", about("tally"))

    wait_for(lambda: ended(host), "end of the refresh")
    assert 31 == len(host.get(f"/api/portfolios/{USERNAME}").json["repositories"])


@pytest.mark.parametrize(
    ("event", "payload"),
    [
        ("ping", {"zen": "Design for failure."}),
        ("push", {"repository": {"name": "x", "owner": {"login": "somebody-else"}}}),
        ("star", {"action": "created", "repository": {"name": "tally"}}),
        ("repository", {"action": "frobnicated"}),
    ],
)
def test_what_is_none_of_ours_is_answered_and_starts_nothing(host, github, event, payload):
    reply = deliver(host, event, payload)

    assert (202, []) == (reply.status, reply.json["repositories"])
    assert [] == host.management("/instances").json
    assert [] == github.standin.requests


@pytest.mark.parametrize(
    ("event", "payload", "status"),
    [
        ("push", b"{not json", 400),
        ("push", b"[]", 400),
        ("push", b"\xff", 400),
        ("push", {}, 400),
        ("push", {"repository": "x"}, 400),
        ("push", {"repository": {"name": "../../x", "owner": {"login": USERNAME}}}, 400),
        ("push", {"repository": {"name": 7, "owner": {"login": USERNAME}}}, 400),
        ("push", {"repository": {"name": "x", "owner": {}}}, 400),
        ("repository", about("x", "renamed", changes={}), 400),
    ],
)
def test_rubbish_is_refused_and_starts_nothing(host, event, payload, status):
    reply = deliver(host, event, payload)

    assert (status, "invalid_request") == (reply.status, reply.json["error"]["code"])
    assert [] == host.management("/instances").json


def test_what_our_secret_did_not_sign_is_refused(host, github):
    assert 401 == deliver(host, "push", about("tally"), secret="guessed").status
    unsigned = host.post("/api/webhooks/github", about("tally"), X_GitHub_Event="push")
    assert (401, "bad_signature") == (unsigned.status, unsigned.json["error"]["code"])
    assert SECRET not in host.output
    assert [] == github.standin.requests


def test_without_a_secret_webhooks_are_refused(start_app):
    reply = deliver(start_app(), "push", about("tally"))

    assert (403, "webhooks_refused") == (reply.status, reply.json["error"]["code"])
    assert "GITHUB_WEBHOOK_SECRET" in reply.json["error"]["message"]
