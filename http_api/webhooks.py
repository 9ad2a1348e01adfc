"""`POST /webhooks/github`: refresh the repositories that GitHub reports as changed.

https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import re
from datetime import UTC, datetime
from typing import Any

import azure.durable_functions as df
import azure.functions as func

from clients import github_cache
from errors import BadSignature, InvalidRequest, UnknownPortfolio, WebhooksRefused
from http_api.requests import format_value, json_object, served_username
from http_api.responses import answered, create_success_response
from observability import Facts, logger
from refresh_client import schedule_push_refresh
from settings import settings

bp = df.Blueprint()

MAX_PAYLOAD_BYTES = 25 * 1024 * 1024  # GitHub sends no larger payloads
MAX_DELIVERY_ID_CHARS = 100
# The actions of each event that change a repository; None for an event without actions.
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
}
REPOSITORY_NAME = re.compile(r"[A-Za-z0-9._-]{1,100}")


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
    """Record the delivery, schedule its refresh, and return 202 without waiting for it.

    One refresh, a few seconds later, serves all webhooks of a burst. A redelivery is recorded once.
    An event that does not concern us also gets 202: GitHub counts anything else as a failure.

    Raises WebhooksRefused, BadSignature and InvalidRequest.
    """
    check_signature(
        req.get_body(), req.headers.get("X-Hub-Signature-256", ""), settings().github_webhook_secret
    )
    event = req.headers.get("X-GitHub-Event", "")
    delivery = req.headers.get("X-GitHub-Delivery", "")
    if not 1 <= len(delivery) <= MAX_DELIVERY_ID_CHARS:
        raise InvalidRequest(
            {
                "X-GitHub-Delivery": f"`X-GitHub-Delivery` is {len(delivery)} characters long;"
                f" expected the id of the delivery, 1 to {MAX_DELIVERY_ID_CHARS} characters"
            }
        )
    username, names = changed_repositories(event, json_object(req), settings().github_usernames)
    duplicate = False
    if username:
        duplicate = await _record(client, username, delivery, names)
    logger.info(
        "webhook.received %s",
        Facts(
            event=event, delivery=delivery, username=username, repositories=names, known=duplicate
        ),
    )
    return create_success_response({"repositories": names, "duplicate": duplicate}, 202)


async def _record(
    client: df.DurableOrchestrationClient, username: str, delivery: str, names: list[str]
) -> bool:
    """Record a delivery and schedule its refresh; return whether it is a redelivery."""
    is_new = await asyncio.to_thread(
        github_cache().record_delivery, username, delivery, names, datetime.now(UTC)
    )
    # A redelivery is scheduled too: the process that recorded it may have died before scheduling.
    # The window must end after the delivery was recorded, so it is chosen by a new reading of the clock.
    await schedule_push_refresh(client, username, datetime.now(UTC))
    return not is_new


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
    if not hmac.compare_digest(expected.encode(), signature.encode()):
        raise BadSignature("`X-Hub-Signature-256` does not match; check the hook's secret")


def changed_repositories(
    event: str, payload: dict[str, Any], usernames: tuple[str, ...]
) -> tuple[str | None, list[str]]:
    """Return the served username and the repositories that an event changes.

    Returns (None, []) for an event that does not concern us. A rename changes two repositories: the
    new name and the old one. Raises InvalidRequest for a payload that GitHub would not send.
    """
    actions, action = ACTIONS.get(event, ()), payload.get("action")
    if actions is not None and action not in actions:
        return None, []
    owner = _string_at(payload, "repository.owner.login")
    names = [_name_at(payload, "repository.name")]
    if action == "renamed" and "changes" in payload:
        names.append(_name_at(payload, "changes.repository.name.from"))
    try:
        return served_username(owner, usernames), names
    except UnknownPortfolio:
        return None, []


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
    value: Any = payload
    for key in path.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    if not isinstance(value, str):
        raise InvalidRequest({path: f"`{path}` is {format_value(value)}; expected a string"})
    return value
