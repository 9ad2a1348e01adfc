"""Results that activities share: expected errors as values, and the requests that a step made."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from errors import CacheUnavailable, GitHubError, RateLimited
from models import Failure, RequestUsage, iso_utc, no_usage, total_usage
from observability import Facts, logger

T = TypeVar("T")

RETRYABLE = frozenset({"rate_limited", "unreachable", "bad_response", CacheUnavailable.code})
MAX_MESSAGE_CHARS = 200  # a hundred failures of a batch must fit into one payload of Durable


def failure(
    error: GitHubError | CacheUnavailable,
    repo_name: str | None = None,
    usage: RequestUsage | None = None,
) -> Failure:
    """Turn an error into a value and log it. `repo_name` None: it concerns the whole portfolio.

    `usage`: the requests that the step made before the call that failed.
    """
    reset_at = error.reset_at if isinstance(error, RateLimited) else None
    made = usage or no_usage()
    if isinstance(error, GitHubError):
        made = total_usage(made, error.usage)
    # Of a limit that is known already, nobody needs a warning for each repository.
    was_sent = made["requests"] or made["queries"] or made["raw_files"]
    if was_sent or not isinstance(error, RateLimited):
        logger.warning(
            "refresh.step_failed %s", Facts(repository=repo_name, code=error.code, error=str(error))
        )
    else:
        logger.info("refresh.step_postponed %s", Facts(repository=repo_name))
    return {
        "repo_name": repo_name,
        "error": error.code,
        "message": _short_ascii(str(error)),
        "retryable": error.code in RETRYABLE,
        "retry_at": iso_utc(reset_at) if reset_at else None,
        "usage": made,
    }


def attempt(step: Callable[[], T], repo_name: str | None = None) -> T | Failure:
    """Run a step; if the storage cannot be reached even to begin it, that is a value, too."""
    try:
        return step()
    except CacheUnavailable as error:
        return failure(error, repo_name)


def _short_ascii(text: str) -> str:
    """Cut a text. In JSON, a character that is not printable ASCII would take up to 12 bytes."""
    short = text[:MAX_MESSAGE_CHARS]
    return "".join(char if char.isascii() and char.isprintable() else "?" for char in short)
