"""What GitHub's refusals mean: a status and a message become one of our errors."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from errors import GitHubError, GitHubUnavailable, RateLimited, RepositoryUnavailable
from github_api.limits import retry_moment

MAX_REASON_LENGTH = 200
# Addresses for single sign-on carry a token of their own.
URL = re.compile(r"\S*https?://\S*", re.IGNORECASE)


def refusal(
    path: str, status: int, headers: Mapping[str, str], message: str, now: datetime
) -> GitHubError:
    """Return the error that a status other than 200 and 304 stands for.

    https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api
    """
    said = message.lower()
    if status == 451 or (status == 403 and "access blocked" in said):
        return RepositoryUnavailable("blocked", f"{path}: GitHub has blocked it")
    if status == 403 and "x-github-sso" in headers:
        return token_refused(message)
    names_a_limit = (
        status == 429
        or "retry-after" in headers
        or (status == 403 and ("rate limit" in said or "abuse" in said))
    )
    if status in (403, 429) and (names_a_limit or headers.get("x-ratelimit-remaining") == "0"):
        return RateLimited("GitHub's rate limit is reached", reset_at=retry_moment(headers, now))
    if status == 403:
        return token_refused(message)
    if status == 401:
        return GitHubUnavailable("bad_credentials", "GitHub refuses `GITHUB_TOKEN`; renew it")
    if status == 404 and path.startswith(("/users/", "/orgs/")):
        name = path.split("/")[2]
        return GitHubUnavailable(
            "unknown_account", f"GitHub has no account `{name}`; check `GITHUB_USERNAMES`"
        )
    if status == 409 or (status == 404 and "empty" in said):
        return RepositoryUnavailable("empty", f"{path}: the repository is empty")
    if status == 404:
        return RepositoryUnavailable("gone", f"{path}: deleted, renamed or private")
    code = "unreachable" if status >= 500 else "bad_response"
    return GitHubUnavailable(code, f"GitHub answered {status} to {path}")


def token_refused(message: str) -> GitHubUnavailable:
    """Return the error for a refusal that is about the token, with GitHub's own reason."""
    one_line = " ".join(URL.sub("", message).split())
    reason = "".join(filter(str.isprintable, one_line))[:MAX_REASON_LENGTH].strip(" :")
    return GitHubUnavailable(
        "token_refused", f"GitHub refuses the request: {reason or 'it gives no reason'}"
    )
