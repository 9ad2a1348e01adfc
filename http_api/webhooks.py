"""`POST /webhooks/github`: refresh the repositories that GitHub reports as changed.

https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

import azure.durable_functions as df
import azure.functions as func

from errors import BadSignature, InvalidRequest, UnknownPortfolio, WebhooksRefused
from http_api.requests import format_value, served_username
from http_api.responses import answered, create_success_response
from http_api.serving import connected_cache
from observability import Facts, logger
from refresh_client import schedule_push_refresh
from settings import settings

bp = df.Blueprint()

MAX_PAYLOAD_BYTES = 25 * 1024 * 1024  # GitHub sends no larger payloads
# GitHub's ids are 36 characters long.
DELIVERY_ID = re.compile(r"[!-~]{1,100}")
# The actions of each event that change repositories; None for an event without actions.
# https://docs.github.com/webhooks/webhook-events-and-payloads
ACTIONS: dict[str, tuple[str, ...] | None] = {
    "push": None,
    "public": None,
    "repository": (
        "created",
        "edited",
        "renamed",
        "deleted",
        "archived",
        "unarchived",
        "publicized",
        "privatized",
        "transferred",
    ),
    "installation": ("created", "deleted", "suspend", "unsuspend", "new_permissions_accepted"),
    "installation_repositories": ("added", "removed"),
    "installation_target": ("renamed",),
    "organization": ("renamed", "deleted"),
}
REPOSITORY_NAME = re.compile(r"[A-Za-z0-9._-]{1,100}")
# One listing costs less than looking up more repositories than this, so their names are not kept.
MAX_NAMES = 100


# Anonymous to the host: GitHub has no function key. It signs its requests instead.
@bp.route(route="webhooks/github", methods=["POST"], auth_level=func.AuthLevel.ANONYMOUS)
@bp.durable_client_input(client_name="client")
async def github_webhook(
    req: func.HttpRequest, client: df.DurableOrchestrationClient
) -> func.HttpResponse:
    """Record a webhook and schedule the refresh of the repositories that it names."""
    return await answered(req, respond_webhook, req, client)


async def respond_webhook(
    req: func.HttpRequest, client: df.DurableOrchestrationClient
) -> func.HttpResponse:
    """Record the delivery, schedule its refreshes, and return 202 without waiting for them.

    One refresh, a few seconds later, serves all webhooks of a burst. A redelivery is recorded once.
    An event that does not concern us also gets 202: GitHub counts anything else as a failure.

    Raises WebhooksRefused, BadSignature, InvalidRequest, CacheUnavailable and RefreshUnavailable.
    """
    check_signature(
        req.get_body(), req.headers.get("X-Hub-Signature-256", ""), settings().github_webhook_secret
    )
    event = req.headers.get("X-GitHub-Event", "")
    delivery = req.headers.get("X-GitHub-Delivery", "")
    if not DELIVERY_ID.fullmatch(delivery):
        raise InvalidRequest(
            {
                "X-GitHub-Delivery": f"`X-GitHub-Delivery` is {format_value(delivery)};"
                " expected the id of the delivery, 1 to 100 visible ASCII characters"
            }
        )
    changed = changed_repositories(event, payload_of(req.get_body()), settings().github_usernames)
    duplicate = await _record(client, delivery, changed)
    names = list(dict.fromkeys(name for names in changed.values() for name in names))
    logger.info(
        "webhook.received %s",
        Facts(
            event=event,
            delivery=delivery,
            usernames=list(changed),
            repositories=names,
            known=duplicate,
        ),
    )
    return create_success_response(
        {"portfolios": list(changed), "repositories": names, "duplicate": duplicate}, 202
    )


async def _record(
    client: df.DurableOrchestrationClient, delivery: str, changed: Mapping[str, Sequence[str]]
) -> bool:
    """Record a delivery for each portfolio, and schedule them; return whether it is a redelivery."""
    if not changed:
        return False
    record = (await connected_cache()).record_delivery
    are_new = [
        await asyncio.to_thread(record, username, delivery, names, datetime.now(UTC))
        for username, names in changed.items()
    ]
    # A redelivery is scheduled too: the process that recorded it may have died before scheduling.
    # The window must end after the delivery was recorded, so it is chosen by a new reading of the clock.
    for username in changed:
        await schedule_push_refresh(client, username, datetime.now(UTC))
    return not any(are_new)


def check_signature(body: bytes, signature: str, secret: str | None) -> None:
    """Check a webhook's HMAC in constant time.

    Raises WebhooksRefused if no secret is set, InvalidRequest if the body is too large, and
    BadSignature.
    """
    if secret is None:
        raise WebhooksRefused("webhooks are off; set `GITHUB_WEBHOOK_SECRET` to the hook's secret")
    if len(body) > MAX_PAYLOAD_BYTES:
        raise InvalidRequest(
            {"body": f"the body is {len(body)} bytes; expected at most {MAX_PAYLOAD_BYTES}"}
        )
    expected = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    # A header may hold bytes that are no UTF-8, which the server passes on as lone surrogates.
    if not hmac.compare_digest(expected.encode(), signature.encode(errors="replace")):
        raise BadSignature("`X-Hub-Signature-256` does not match; check the hook's secret")


def payload_of(body: bytes) -> dict[str, Any]:
    """Parse the body of a webhook: JSON, or a form whose field `payload` contains the JSON.

    The form is what GitHub's settings preselect. The two cannot be mistaken for each other, so the
    content type is not needed. Raises InvalidRequest.
    """
    try:
        text = body.decode("utf-8")
        if not text.lstrip().startswith(("{", "[")):
            (text,) = parse_qs(text, strict_parsing=True, errors="strict")["payload"]
        payload = json.loads(text)
    except (ValueError, KeyError, RecursionError):
        payload = None
    if not isinstance(payload, dict):
        raise InvalidRequest(
            {
                "body": "the body is neither a JSON object nor a form whose field `payload` contains"
                " one; set the webhook's content type to `application/json`"
            }
        )
    return payload


def changed_repositories(
    event: str, payload: dict[str, Any], usernames: tuple[str, ...]
) -> dict[str, list[str]]:
    """Return the repositories that an event changes, by the served username.

    An empty list stands for all repositories. An event that does not concern us changes nothing. A
    rename changes two repositories: the new name and the old one. A transfer, or the rename of an
    organisation, may change two portfolios. Raises InvalidRequest for a payload that GitHub would
    not send.
    """
    actions, action = ACTIONS.get(event, ()), payload.get("action")
    if actions is not None and action not in actions:
        return {}
    match event:
        case "installation" | "installation_repositories":
            owners = _owners(payload, "installation.account.login")
            names = _installed(payload)
        case "installation_target":
            owners = _owners(payload, "account.login", "changes.login.from")
            names = []
        case "organization":
            owners = _owners(payload, "organization.login", "changes.login.from")
            names = []
        case _:
            owners = [_string_at(payload, "repository.owner.login")]
            names = [_name_at(payload, "repository.name")]
            if action == "renamed" and "changes" in payload:
                names.append(_name_at(payload, "changes.repository.name.from"))
            if action == "transferred":  # `repository.owner` is the new owner already
                former = "changes.owner.from"
                owners += _owners(payload, f"{former}.user.login", f"{former}.organization.login")
    return {served: names for owner in owners if (served := _served(owner, usernames))}


def _installed(payload: dict[str, Any]) -> list[str]:
    """Name the repositories of an installation that changed; none if they are too many.

    GitHub names none either when access to all repositories was given or taken.
    """
    names: list[str] = []
    for key in ("repositories", "repositories_added", "repositories_removed"):
        listed = payload.get(key) or []
        if not isinstance(listed, list):
            raise InvalidRequest({key: f"`{key}` is {format_value(listed)}; expected a list"})
        names += [_name_at(payload, f"{key}.{number}.name") for number in range(len(listed))]
    return names if len(names) <= MAX_NAMES else []


def _owners(payload: dict[str, Any], *paths: str) -> list[str]:
    """Return the logins at those paths that the payload contains."""
    return [_string_at(payload, path) for path in paths if _value_at(payload, path) is not None]


def _served(owner: str, usernames: tuple[str, ...]) -> str | None:
    try:
        return served_username(owner, usernames)
    except UnknownPortfolio:
        return None


def _name_at(payload: dict[str, Any], path: str) -> str:
    """Return the repository name at a dotted path of the payload. Raises InvalidRequest."""
    name = _string_at(payload, path)
    if not REPOSITORY_NAME.fullmatch(name):
        raise InvalidRequest(
            {path: f"`{path}` is {format_value(name)}; expected the name of a repository"}
        )
    return name


def _string_at(payload: dict[str, Any], path: str) -> str:
    """Return the string at a dotted path of the payload. Raises InvalidRequest."""
    value = _value_at(payload, path)
    if not isinstance(value, str):
        raise InvalidRequest({path: f"`{path}` is {format_value(value)}; expected a string"})
    return value


def _value_at(payload: dict[str, Any], path: str) -> Any:
    """Return what a dotted path leads to, through objects and lists; None if it leads nowhere."""
    value: Any = payload
    for key in path.split("."):
        if isinstance(value, list):
            value = value[int(key)] if key.isdecimal() and int(key) < len(value) else None
        else:
            value = value.get(key) if isinstance(value, dict) else None
    return value
