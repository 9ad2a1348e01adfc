"""Results that activities share: GitHub's errors as values, and the requests that a step made."""

from __future__ import annotations

from errors import GitHubError, RateLimited
from github_repo_manager import GitHubRepoManager
from models import Failure, RequestUsage, iso_utc
from observability import Facts, logger

RETRYABLE = frozenset({"rate_limited", "unreachable", "bad_response"})


def failure(manager: GitHubRepoManager, repo_name: str | None, error: GitHubError) -> Failure:
    """Turn a GitHub error into a value and log it. `repo_name` None: the listing failed."""
    reset_at = error.reset_at if isinstance(error, RateLimited) else None
    logger.warning(
        "github.failed %s", Facts(repository=repo_name, code=error.code, error=str(error))
    )
    return {
        "repo_name": repo_name,
        "error": error.code,
        "message": str(error),
        "retryable": error.code in RETRYABLE,
        "retry_at": iso_utc(reset_at) if reset_at else None,
        "usage": request_usage(manager, error.requests),
    }


def request_usage(manager: GitHubRepoManager, requests: int) -> RequestUsage:
    """Report the requests of a step together with the quota as GitHub last stated it."""
    return {
        "requests": requests,
        "remaining": manager.quota.remaining if manager.quota else None,
    }
