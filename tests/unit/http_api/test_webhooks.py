"""`POST /webhooks/github`: only GitHub's signature is trusted, and only changes matter."""

from __future__ import annotations

import copy
import hashlib
import hmac
import json
from typing import Any
from urllib.parse import quote_plus, urlencode

import azure.functions as func
import pytest
from hypothesis import given
from hypothesis import strategies as st

from errors import BadSignature, InvalidRequest, RefreshUnavailable, WebhooksRefused
from http_api.webhooks import (
    MAX_NAMES,
    MAX_PAYLOAD_BYTES,
    changed_repositories,
    check_signature,
    payload_of,
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


def transferred(name: str, owner: str, former: dict[str, Any]) -> dict[str, Any]:
    """A payload whose `repository.owner` is the new owner, as GitHub sends it."""
    repository = {"name": name, "owner": {"login": owner}}
    changes = {"owner": {"from": former}}
    return {"action": "transferred", "repository": repository, "changes": changes}


def installation(action: str, **facts: Any) -> dict[str, Any]:
    """A payload about a GitHub App that Ada has installed."""
    return {"action": action, "installation": {"account": {"login": "ADA"}}, **facts}


def named(*names: str) -> list[dict[str, Any]]:
    """Repositories as payloads about installations list them, without their owner."""
    return [{"id": 1, "name": name, "full_name": f"ADA/{name}"} for name in names]


VALID = [
    ("push", about("tally")),
    ("repository", renamed("tally", "abacus")),
    ("repository", transferred("tally", "neworg", {"user": {"login": "ada"}})),
    ("repository", transferred("tally", "ada", {"organization": {"login": "neworg"}})),
    ("installation", installation("created", repositories=named("a", "b"))),
    ("installation_repositories", installation("added", repositories_added=named("a"))),
    (
        "organization",
        {
            "action": "renamed",
            "organization": {"login": "lovelace"},
            "changes": {"login": {"from": "ada"}},
        },
    ),
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)
Path = tuple[str | int, ...]


def paths(value: Any, root: Path = ()) -> list[Path]:
    """List the paths to everything inside a payload."""
    inside: Any = enumerate(value) if isinstance(value, list) else ()
    if isinstance(value, dict):
        inside = value.items()
    found = [(path, inner) for key, inner in inside for path in [(*root, key)]]
    return [path for path, _ in found] + [
        deep for path, inner in found for deep in paths(inner, path)
    ]


def replaced(payload: dict[str, Any], path: Path, value: object) -> dict[str, Any]:
    """Copy a payload with another value at a path."""
    copied: dict[str, Any] = copy.deepcopy(payload)
    target: Any = copied
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = value
    return copied


def form(payload: object, **fields: str) -> bytes:
    return urlencode({"payload": json.dumps(payload), **fields}).encode()


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
            pytest.param(BODY, "sha256=\udcff", SECRET, id="not-utf-8"),
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


class TestPayload:
    PAYLOAD = {"head_commit": {"message": "a+b & c = 50 % é"}, **about("tally")}  # noqa: RUF012

    @pytest.mark.parametrize(
        "body",
        [
            pytest.param(json.dumps(PAYLOAD).encode(), id="json"),
            pytest.param(f"\r\n {json.dumps(PAYLOAD, indent=1)}".encode(), id="spaced-json"),
            pytest.param(form(PAYLOAD), id="form"),
            pytest.param(form(PAYLOAD, other="x"), id="form-with-another-field"),
            pytest.param(
                b"payload=" + quote_plus(json.dumps(PAYLOAD, ensure_ascii=False)).encode(),
                id="form-in-utf-8",
            ),
        ],
    )
    def test_both_content_types_of_github_are_read(self, body):
        assert self.PAYLOAD == payload_of(body)

    @given(st.dictionaries(st.text(), st.text() | st.integers() | st.none(), max_size=4))
    def test_a_form_contains_what_json_contains(self, payload):
        assert payload == payload_of(json.dumps(payload).encode()) == payload_of(form(payload))

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"a=b&c=d",
            b"payload=",
            b"payload=%7B",
            b"payload=%FF%7B%7D",
            b"payload=%5B%5D",
            b"payload=%7B%7D&payload=%7B%7D",
            b"{not json",
            b"[]",
            b"7",
            b"\xff",
            b'{"a":' * 100_000,
        ],
    )
    def test_a_body_that_is_neither_is_refused_in_words_about_webhooks(self, body):
        with pytest.raises(InvalidRequest, match=r"field `payload`.*`application/json`") as raised:
            payload_of(body)
        assert ["body"] == list(raised.value.problems)


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
            pytest.param(
                "repository",
                transferred("tally", "neworg", {"user": {"login": "ADA", "id": 3}}),
                ["tally"],
                id="transferred-from-a-user",
            ),
            pytest.param(
                "repository",
                transferred("tally", "x", {"user": None, "organization": {"login": "Ada"}}),
                ["tally"],
                id="transferred-from-an-organisation",
            ),
            pytest.param(
                "repository",
                transferred("tally", "ada", {"user": {"login": "somebody"}}),
                ["tally"],
                id="transferred-to-us",
            ),
            pytest.param(
                "repository", about("tally", action="transferred"), ["tally"],
                id="transferred-without-changes",
            ),
            pytest.param(
                "installation", installation("created", repositories=named("a", "b")), ["a", "b"],
                id="app-installed",
            ),
            pytest.param("installation", installation("unsuspend"), [], id="app-unsuspended"),
            pytest.param(
                "installation",
                installation("deleted", repositories=named(*map(str, range(MAX_NAMES + 1)))),
                [],
                id="too-many-to-look-up",
            ),
            pytest.param(
                "installation_repositories",
                installation(
                    "added", repositories_added=named("a"), repositories_removed=named("b")
                ),
                ["a", "b"],
                id="app-gets-repositories",
            ),
            pytest.param(
                "installation_repositories",
                installation("removed", repositories_added=[], repositories_removed=[]),
                [],
                id="app-loses-all-but-some",
            ),
            pytest.param(
                "organization",
                {"action": "deleted", "organization": {"login": "ada"}},
                [],
                id="organisation-deleted",
            ),
            pytest.param(
                "organization",
                {
                    "action": "renamed",
                    "organization": {"login": "lovelace"},
                    "changes": {"login": {"from": "ada"}},
                },
                [],
                id="organisation-renamed",
            ),
            pytest.param(
                "installation_target",
                {
                    "action": "renamed",
                    "account": {"login": "ada"},
                    "changes": {"login": {"from": "byron"}},
                },
                [],
                id="account-renamed",
            ),
        ],
    )  # fmt: skip
    def test_an_event_names_the_repositories_that_it_changes(self, event, payload, names):
        assert {"Ada": names} == changed_repositories(event, payload, SERVED)

    def test_a_transfer_from_one_served_portfolio_to_another_changes_both(self):
        payload = transferred("tally", "Grace", {"user": {"login": "ada"}})

        assert {"grace": ["tally"], "Ada": ["tally"]} == changed_repositories(
            "repository", payload, SERVED
        )

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
            pytest.param(
                "repository",
                transferred("tally", "neworg", {"user": {"login": "somebody"}}),
                id="transferred-between-others",
            ),
            pytest.param(
                "repository",
                {**transferred("tally", "neworg", {}), "action": "edited"},
                id="edited-by-the-new-owner",
            ),
            pytest.param("installation", installation("suspended"), id="unknown-installation"),
            pytest.param(
                "installation",
                {"action": "created", "installation": {"account": {"slug": "enterprise"}}},
                id="app-of-an-enterprise",
            ),
            pytest.param(
                "organization",
                {"action": "member_added", "organization": {"login": "ada"}},
                id="new-member",
            ),
        ],
    )
    def test_other_events_concern_no_repository(self, event, payload):
        assert {} == changed_repositories(event, payload, SERVED)

    @pytest.mark.parametrize(
        ("event", "payload", "path", "problem"),
        [
            ("push", {}, "repository.owner.login", "null; expected a string"),
            ("push", {"repository": "x"}, "repository.owner.login", "null; expected a string"),
            ("push", about(7), "repository.name", "7; expected a string"),  # type: ignore[arg-type]  # wrong on purpose
            ("push", about("../x"), "repository.name", '"../x"; expected the name'),
            ("push", about("x" * 101), "repository.name", '"xxx'),
            (
                "repository",
                about("x", action="renamed", changes={}),
                "changes.repository.name.from",
                "null; expected a string",
            ),
            (
                "repository",
                transferred("x", "y", {"user": {"login": 7}}),
                "changes.owner.from.user.login",
                "7; expected a string",
            ),
            (
                "installation",
                installation("created", repositories={"a": 1}),
                "repositories",
                '{"a": 1}; expected a list',
            ),
            (
                "installation",
                installation("created", repositories=[*named("a"), {"id": 7}]),
                "repositories.1.name",
                "null; expected a string",
            ),
        ],
    )
    def test_a_malformed_payload_is_refused_with_the_path_of_the_problem(
        self, event, payload, path, problem
    ):
        with pytest.raises(InvalidRequest) as raised:
            changed_repositories(event, payload, SERVED)

        assert [path] == list(raised.value.problems)
        assert raised.value.problems[path].startswith(f"`{path}` is {problem}")

    def test_a_value_that_is_nested_too_deeply_to_be_shown_is_refused_all_the_same(self):
        nested: Any = "x"
        for _ in range(100_000):
            nested = [nested]

        with pytest.raises(InvalidRequest, match="is nested too deeply; expected a string"):
            changed_repositories(
                "push", about("x", repository={"owner": {"login": nested}}), SERVED
            )

    @given(st.data())
    def test_whatever_stands_in_a_payload_it_is_a_change_or_a_problem(self, data):
        event, payload = data.draw(st.sampled_from(VALID))
        broken = replaced(payload, data.draw(st.sampled_from(paths(payload))), data.draw(JSON))
        try:
            changed = changed_repositories(event, broken, SERVED)
        except InvalidRequest:
            return
        assert set(changed) <= set(SERVED)
        assert all(isinstance(name, str) for names in changed.values() for name in names)


class TestRoute:
    @pytest.fixture(autouse=True)
    def webhooks_are_on(self, configure):
        configure(GITHUB_WEBHOOK_SECRET=SECRET)

    async def test_a_delivery_is_recorded_and_its_refresh_scheduled(self, client, cache):
        response = await respond_webhook(webhook(about("tally")), client)

        assert 202 == response.status_code
        assert {
            "portfolios": ["Ada"],
            "repositories": ["tally"],
            "duplicate": False,
        } == json_of(response)
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

        assert {"portfolios": [], "repositories": [], "duplicate": False} == json_of(response)
        assert ({}, []) == (cache.deliveries, client.started)

    async def test_a_form_is_signed_over_its_bytes(self, client, cache):
        response = await respond_webhook(webhook(form(about("tally"))), client)

        assert (202, ["tally"]) == (response.status_code, json_of(response)["repositories"])
        assert {"d-1": ["tally"]} == cache.deliveries

    async def test_a_form_that_is_badly_signed_is_refused(self, client, cache):
        with pytest.raises(BadSignature):
            await respond_webhook(webhook(form(about("tally")), secret="guessed"), client)
        assert ({}, []) == (cache.deliveries, client.started)

    async def test_a_change_of_two_portfolios_is_recorded_for_both(self, client, cache):
        payload = transferred("tally", "grace", {"user": {"login": "ada"}})

        response = await respond_webhook(webhook(payload, "repository"), client)

        assert (["grace", "Ada"], ["tally"]) == (
            json_of(response)["portfolios"],
            json_of(response)["repositories"],
        )
        assert ["grace", "Ada"] == cache.recorded_for
        assert {"grace", "Ada"} == {started.request["username"] for started in client.started}

    async def test_a_change_of_everything_is_recorded_without_names(self, client, cache):
        payload = {"action": "renamed", "organization": {"login": "Ada"}}

        response = await respond_webhook(webhook(payload, "organization"), client)

        assert (["Ada"], []) == (
            json_of(response)["portfolios"],
            json_of(response)["repositories"],
        )
        assert {"d-1": []} == cache.deliveries
        assert 1 == len(client.started)

    async def test_while_durable_does_not_answer_the_delivery_is_recorded_nevertheless(
        self, client, cache
    ):
        """The next refresh, whoever starts it, answers it; GitHub shows that this one failed."""
        client.error = OSError("connection refused")

        with pytest.raises(RefreshUnavailable):
            await respond_webhook(webhook(about("tally")), client)
        assert {"d-1": ["tally"]} == cache.deliveries

    @pytest.mark.parametrize("delivery", ["", "x" * 101, "two words", "\udcff", "é"])
    async def test_a_delivery_without_a_usable_id_is_refused(self, client, cache, delivery):
        with pytest.raises(InvalidRequest, match="1 to 100 visible ASCII characters"):
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
            "usernames": ["Ada"],
            "repositories": ["tally"],
            "known": False,
        } == json.loads(received.split(" ", 1)[1])
        assert SECRET not in caplog.text
