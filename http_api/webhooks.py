"""GitHub's webhooks: what was pushed or changed is refreshed at once.

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
from connections import github_cache
from http_input import json_object, served
from refresh import answer_webhooks
from responses import answered, create_success_response

from errors import BadSignature, InvalidRequest, UnknownPortfolio, WebhooksRefused
from observability import Facts, logger
from settings import settings

bp = df.Blueprint()

LARGEST_PAYLOAD = 25 * 1024 * 1024  # GitHub sends none that is larger
# https://docs.github.com/webhooks/webhook-events-and-payloads
ACTIONS = {
    "push": None,  # has no actions
    "public": None,
    "repository": {
        *("created", "edited", "renamed", "deleted", "archived", "unarchived", "publicized"),
        *("privatized", "transferred"),
    },
}
REPOSITORY_NAME = re.compile(r"[A-Za-z0-9._-]{1,100}")


# Anonymous to the host: GitHub has no key of ours, it signs.
@bp.route(route="webhooks/github", methods=["POST"], auth_level=func.AuthLevel.ANONYMOUS)
@bp.durable_client_input(client_name="client")
async def github_webhook(
    req: func.HttpRequest, client: df.DurableOrchestrationClient
) -> func.HttpResponse:
    """Refresh what GitHub says has changed."""
    return await answered(req, lambda request_id: respond_webhook(req, client, request_id))


async def respond_webhook(
    req: func.HttpRequest, client: df.DurableOrchestrationClient, request_id: str
) -> func.HttpResponse:
    """202 at once; the refresh starts a few seconds later, one for all that come meanwhile.

    A delivery that is known is not refreshed again. What is none of ours is answered with 202, too:
    GitHub takes anything else for an error of ours.
    """
    check_signature(
        req.get_body(), req.headers.get("X-Hub-Signature-256", ""), settings().github_webhook_secret
    )
    event, delivery = (
        req.headers.get("X-GitHub-Event", ""),
        req.headers.get("X-GitHub-Delivery", ""),
    )
    if not delivery or len(delivery) > 100:
        raise InvalidRequest(
            {"X-GitHub-Delivery": "`X-GitHub-Delivery` is missing; expected the id of the delivery"}
        )
    payload = json_object(req)
    username, names = changed_repositories(event, payload, settings().github_usernames)
    known = False
    if username:
        known = not await asyncio.to_thread(
            github_cache().record_delivery, username, delivery, names, datetime.now(UTC)
        )
        # Also for a known one: its first sender may have died before it came to this.
        await answer_webhooks(client, username)
    logger.info(
        "webhook.received %s",
        Facts(event=event, delivery=delivery, username=username, repositories=names, known=known),
    )
    return create_success_response(
        {"repositories": names, "duplicate": known}, 202, request_id=request_id
    )


def check_signature(body: bytes, signature: str, secret: str | None) -> None:
    """Raises BadSignature, WebhooksRefused without a secret, InvalidRequest for too large a body."""
    if secret is None:
        raise WebhooksRefused("webhooks are off; set `GITHUB_WEBHOOK_SECRET` to the hook's secret")
    if len(body) > LARGEST_PAYLOAD:
        raise InvalidRequest({"body": f"the body is {len(body)} bytes; expected at most 25 MB"})
    expected = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected.encode(), signature.encode()):
        raise BadSignature("`X-Hub-Signature-256` does not match; check the hook's secret")


def changed_repositories(
    event: str, payload: dict[str, Any], usernames: tuple[str, ...]
) -> tuple[str | None, list[str]]:
    """Whose portfolio an event concerns, and which of its repositories; (None, []) if none of ours.

    A renamed repository is two: the one that is gone, and the one that is new.
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
            {"repository": "`repository` is no repository; expected `name` and `owner.login`"}
        )
    try:
        return served(owner, usernames), [str(name) for name in names]
    except UnknownPortfolio:
        return None, []


def _object(container: dict[str, Any], name: str) -> dict[str, Any]:
    value = container.get(name)
    if not isinstance(value, dict):
        raise InvalidRequest({name: f"`{name}` is missing; expected an object"})
    return value
