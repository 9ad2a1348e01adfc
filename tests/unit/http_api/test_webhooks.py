"""`POST /webhooks/github`: only GitHub's signature is trusted, and only changes matter."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import azure.functions as func
import pytest

from errors import BadSignature, InvalidRequest, WebhooksRefused
from http_api.webhooks import (
    MAX_DELIVERY_ID_CHARS,
    MAX_PAYLOAD_BYTES,
    changed_repositories,
    check_signature,
    respond_webhook,
)
from models import PUSH_ORCHESTRATOR
from tests.unit.http_api.fakes import json_of, post

SECRET = "It's a Secret to Everybody"
SERVED = ("Ada", "grace")


def about(name: str, **facts: Any) -> dict[str, Any]:
    """A payload about one of Ada's repositories."""
    return {"repository": {"name": name, "owner": {"login": "ADA"}}, **facts}


def renamed(old: str, new: str) -> dict[str, Any]:
    return about(new, action="renamed", changes={"repository": {"name": {"from": old}}})


def webhook(
    payload: object, event: str = "push", delivery: str = "d-1", secret: str = SECRET
) -> func.HttpRequest:
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return post(
        body,
        "/webhooks/github",
        headers={
            "X-GitHub-Event": event,
            "X-GitHub-Delivery": delivery,
            "X-Hub-Signature-256": f"sha256={signature}",
        },
    )


class TestSignature:
    # https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries#testing-the-webhook-payload-validation
    BODY = b"Hello, World!"
    SIGNATURE = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"

    def test_the_example_of_githubs_documentation_is_accepted(self):
        check_signature(self.BODY, self.SIGNATURE, SECRET)

    @pytest.mark.parametrize(
        ("body", "signature", "secret"),
        [
            pytest.param(b"Hello, world!", SIGNATURE, SECRET, id="other-body"),
            pytest.param(BODY, SIGNATURE, "guessed", id="other-secret"),
            pytest.param(BODY, SIGNATURE.removeprefix("sha256="), SECRET, id="no-algorithm"),
            pytest.param(BODY, SIGNATURE.upper(), SECRET, id="upper-case"),
            pytest.param(BODY, "", SECRET, id="unsigned"),
            pytest.param(BODY, "sha256=é", SECRET, id="not-ascii"),
        ],
    )
    def test_anything_else_is_refused(self, body, signature, secret):
        with pytest.raises(BadSignature, match="`X-Hub-Signature-256`"):
            check_signature(body, signature, secret)

    def test_without_a_secret_webhooks_are_off(self):
        with pytest.raises(WebhooksRefused, match="set `GITHUB_WEBHOOK_SECRET`"):
            check_signature(self.BODY, self.SIGNATURE, None)

    def test_a_body_larger_than_github_sends_is_refused(self):
        with pytest.raises(InvalidRequest, match="26214401 bytes; expected at most 26214400"):
            check_signature(b"x" * (MAX_PAYLOAD_BYTES + 1), self.SIGNATURE, SECRET)


class TestChangedRepositories:
    @pytest.mark.parametrize(
        ("event", "payload", "names"),
        [
            pytest.param("push", about("tally"), ["tally"], id="push"),
            pytest.param("public", about("tally"), ["tally"], id="made-public"),
            pytest.param(
                "repository", about("tally", action="edited"), ["tally"], id="edited"
            ),
            pytest.param(
                "repository", renamed("tally", "abacus"), ["abacus", "tally"], id="renamed"
            ),
            pytest.param(
                "repository", about("x", action="renamed"), ["x"], id="renamed-without-changes"
            ),
        ],
    )  # fmt: skip
    def test_an_event_names_the_repositories_that_it_changes(self, event, payload, names):
        assert ("Ada", names) == changed_repositories(event, payload, SERVED)

    @pytest.mark.parametrize(
        ("event", "payload"),
        [
            pytest.param("ping", {"zen": "Design for failure."}, id="ping"),
            pytest.param("star", about("tally", action="created"), id="star"),
            pytest.param("repository", about("x", action="pinned"), id="unknown-action"),
            pytest.param("repository", about("x", action=["edited"]), id="list-as-action"),
            pytest.param("repository", about("x"), id="no-action"),
            pytest.param(
                "push", {"repository": {"name": "x", "owner": {"login": "other"}}}, id="not-served"
            ),
        ],
    )
    def test_other_events_concern_no_repository(self, event, payload):
        assert (None, []) == changed_repositories(event, payload, SERVED)

    @pytest.mark.parametrize(
        ("payload", "path", "problem"),
        [
            ({}, "repository.owner.login", "null; expected a string"),
            ({"repository": "x"}, "repository.owner.login", "null; expected a string"),
            (about(7), "repository.name", "7; expected a string"),  # type: ignore[arg-type]  # wrong on purpose
            (about("../x"), "repository.name", '"../x"; expected the name of a repository'),
            (about("x" * 101), "repository.name", '"xxx'),
            (
                about("x", action="renamed", changes={}),
                "changes.repository.name.from",
                "null; expected a string",
            ),
        ],
    )
    def test_a_malformed_payload_is_refused_with_the_path_of_the_problem(
        self, payload, path, problem
    ):
        with pytest.raises(InvalidRequest) as raised:
            changed_repositories(
                "push" if "action" not in payload else "repository", payload, SERVED
            )

        assert [path] == list(raised.value.problems)
        assert raised.value.problems[path].startswith(f"`{path}` is {problem}")


class TestRoute:
    @pytest.fixture(autouse=True)
    def webhooks_are_on(self, configure):
        configure(GITHUB_WEBHOOK_SECRET=SECRET)

    async def test_a_delivery_is_recorded_and_its_refresh_scheduled(self, client, cache):
        response = await respond_webhook(webhook(about("tally")), client)

        assert 202 == response.status_code
        assert {"repositories": ["tally"], "duplicate": False} == json_of(response)
        assert {"d-1": ["tally"]} == cache.deliveries
        (scheduled,) = client.started
        assert PUSH_ORCHESTRATOR == scheduled.orchestrator
        assert "Ada" == scheduled.request["username"]

    async def test_a_redelivery_is_scheduled_but_not_recorded_again(self, client, cache):
        await respond_webhook(webhook(about("tally")), client)
        client.started.clear()

        response = await respond_webhook(webhook(about("tally")), client)

        assert json_of(response)["duplicate"]
        assert {"d-1": ["tally"]} == cache.deliveries
        assert 1 == len(client.started)

    async def test_an_event_that_does_not_concern_us_starts_nothing(self, client, cache):
        response = await respond_webhook(webhook({"zen": "x"}, "ping"), client)

        assert {"repositories": [], "duplicate": False} == json_of(response)
        assert ({}, []) == (cache.deliveries, client.started)

    @pytest.mark.parametrize("delivery", ["", "x" * (MAX_DELIVERY_ID_CHARS + 1)])
    async def test_a_delivery_without_a_usable_id_is_refused(self, client, cache, delivery):
        with pytest.raises(InvalidRequest, match=f"is {len(delivery)} characters long"):
            await respond_webhook(webhook(about("tally"), delivery=delivery), client)
        assert ({}, []) == (cache.deliveries, client.started)

    async def test_an_unsigned_body_is_not_even_parsed(self, client):
        with pytest.raises(BadSignature):
            await respond_webhook(post(b"{", "/webhooks/github"), client)

    async def test_the_log_names_event_delivery_and_repositories_and_no_secret(
        self, client, caplog
    ):
        caplog.set_level("INFO", "portfolio.api")

        await respond_webhook(webhook(about("tally")), client)

        (received,) = [message for message in caplog.messages if "webhook.received" in message]
        assert {
            "event": "push",
            "delivery": "d-1",
            "username": "Ada",
            "repositories": ["tally"],
            "known": False,
        } == json.loads(received.split(" ", 1)[1])
        assert SECRET not in caplog.text
