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
from http_api.requests import json_object, served_username
from http_api.responses import answered, create_success_response
from observability import Facts, logger
from refresh_client import schedule_push_refresh
from settings import settings

bp = df.Blueprint()

MAX_PAYLOAD_BYTES = 25 * 1024 * 1024  # GitHub caps payloads at this size
MAX_DELIVERY_ID_CHARS = 100
# https://docs.github.com/webhooks/webhook-events-and-payloads
# event -> its actions that change a repository; None: the event has no actions
ACTIONS = {
    "push": None,
    "public": None,
    "repository": {
        *("created", "edited", "renamed", "deleted", "archived", "unarchived", "publicized"),
        *("privatized", "transferred"),
    },
}
REPOSITORY_NAME = re.compile(r"[A-Za-z0-9._-]{1,100}")


# Anonymous to the host: GitHub has no function key; it signs its requests.
@bp.route(route="webhooks/github", methods=["POST"], auth_level=func.AuthLevel.ANONYMOUS)
@bp.durable_client_input(client_name="client")
async def github_webhook(
    req: func.HttpRequest, client: df.DurableOrchestrationClient
) -> func.HttpResponse:
    """Record a webhook and schedule the refresh that answers it."""
    return await answered(req, respond_webhook, req, client)


async def respond_webhook(
    req: func.HttpRequest, client: df.DurableOrchestrationClient
) -> func.HttpResponse:
    """Answer 202 at once; the refresh starts a few seconds later, one for a burst of webhooks.

    A redelivery is not refreshed twice. An event that does not concern us also gets 202: GitHub
    counts anything else as a failed delivery.
    """
    check_signature(
        req.get_body(), req.headers.get("X-Hub-Signature-256", ""), settings().github_webhook_secret
    )
    event = req.headers.get("X-GitHub-Event", "")
    delivery = req.headers.get("X-GitHub-Delivery", "")
    if not delivery or len(delivery) > MAX_DELIVERY_ID_CHARS:
        raise InvalidRequest(
            {
                "X-GitHub-Delivery": "`X-GitHub-Delivery` is missing or too long; expected the id of"
                " the delivery"
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
    """Record a delivery and schedule its refresh; tell whether it was known already."""
    is_new = await asyncio.to_thread(
        github_cache().record_delivery, username, delivery, names, datetime.now(UTC)
    )
    # Also for a known delivery: the process that recorded it may have died before scheduling. The
    # clock is read after recording, so that the chosen window ends after the record exists.
    await schedule_push_refresh(client, username, datetime.now(UTC))
    return not is_new


def check_signature(body: bytes, signature: str, secret: str | None) -> None:
    """Check a webhook's HMAC in constant time.

    Raises WebhooksRefused without a secret, InvalidRequest for too large a body, BadSignature.
    """
    if secret is None:
        raise WebhooksRefused("webhooks are off; set `GITHUB_WEBHOOK_SECRET` to the hook's secret")
    if len(body) > MAX_PAYLOAD_BYTES:
        raise InvalidRequest({"body": f"the body is {len(body)} bytes; expected at most 25 MB"})
    expected = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected.encode(), signature.encode()):
        raise BadSignature("`X-Hub-Signature-256` does not match; check the hook's secret")


def changed_repositories(
    event: str, payload: dict[str, Any], usernames: tuple[str, ...]
) -> tuple[str | None, list[str]]:
    """Return the portfolio and the repositories that an event concerns; (None, []) if not ours.

    A rename concerns two: the name that is gone, and the new one.
    """
    if event not in ACTIONS:
        return None, []
    actions = ACTIONS[event]
    if actions is not None and payload.get("action") not in actions:
        return None, []
    repository = _object(payload, "repository")
    names = [repository.get("name")]
    owner = _object(repository, "owner").get("login")
    changes = payload.get("changes")
    if payload.get("action") == "renamed" and isinstance(changes, dict):
        names.append(_object(_object(changes, "repository"), "name").get("from"))
    if not isinstance(owner, str) or not all(
        isinstance(name, str) and REPOSITORY_NAME.fullmatch(name) for name in names
    ):
        raise InvalidRequest(
            {"repository": "`repository` is not a repository; expected `name` and `owner.login`"}
        )
    try:
        return served_username(owner, usernames), [str(name) for name in names]
    except UnknownPortfolio:
        return None, []


def _object(container: dict[str, Any], name: str) -> dict[str, Any]:
    value = container.get(name)
    if not isinstance(value, dict):
        raise InvalidRequest({name: f"`{name}` is missing; expected an object"})
    return value
