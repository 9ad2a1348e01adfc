"""Define every exception that the app raises, and the HTTP status that each one becomes.

PortfolioError
  ├ InvalidRequest(ValueError)      400  missing or wrong fields; `.problems` has each one
  ├ BadSignature                    401  a webhook that is not signed with our secret
  ├ WebhooksRefused                 403  a webhook, but no secret is set
  ├ UnknownPortfolio(LookupError)   404  a username that this app does not serve
  ├ UnknownRepository(LookupError)  404  a repository that the portfolio does not contain
  ├ UnknownPage(LookupError)        404  a file that is not part of a page
  ├ CacheConflict                   409  another process changed the row first
  ├ CacheUnavailable                503  the table storage does not answer
  ├ GitHubError                     502  GitHub refused or did not answer; `.code` says why
  │   ├ RepositoryUnavailable            gone, empty or blocked; not retryable
  │   ├ RateLimited                 503  `.reset_at` says when to retry, if GitHub says so
  │   └ GitHubUnavailable                down, slow, refusing the token, or unusable
  ├ AnswerFailed                    502  the model gave no usable answer
  ├ InvalidSettings(ValueError)     500  missing or wrong settings
  └ RefreshUnavailable              503  no refresh can be started or asked about; `.retry_after_s`
"""

from __future__ import annotations

from datetime import datetime

from models import RequestUsage, no_usage


class PortfolioError(Exception):
    """Base class. `code` is the machine-readable name of the error, `status` its HTTP status."""

    code = "internal"
    status = 500


class InvalidRequest(PortfolioError, ValueError):
    """A request has missing or wrong fields; `problems` maps each field to what is wrong with it."""

    code = "invalid_request"
    status = 400

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__("; ".join(problems.values()))
        self.problems = problems


class BadSignature(PortfolioError):
    """A webhook is not signed with our secret."""

    code = "bad_signature"
    status = 401


class WebhooksRefused(PortfolioError):
    """A webhook cannot be checked, because no secret is set."""

    code = "webhooks_refused"
    status = 403


class UnknownPortfolio(PortfolioError, LookupError):
    """A username is not in `GITHUB_USERNAMES`."""

    code = "unknown_portfolio"
    status = 404

    def __init__(self, username: str) -> None:
        super().__init__(
            f"no portfolio of `{username}` is served here; `/health` lists those that are"
        )


class UnknownRepository(PortfolioError, LookupError):
    """A portfolio does not contain a repository."""

    code = "unknown_repository"
    status = 404

    def __init__(self, username: str, repository: str) -> None:
        super().__init__(
            f"the portfolio of `{username}` contains no repository `{repository}`;"
            f" `/portfolios/{username}` lists those that it contains"
        )


class UnknownPage(PortfolioError, LookupError):
    """A requested file is not part of the page."""

    code = "unknown_page"
    status = 404

    def __init__(self, name: str) -> None:
        super().__init__(f"the page has no file `{name}`")


class CacheConflict(PortfolioError):
    """A row changed between reading and writing it (optimistic concurrency)."""

    code = "cache_conflict"
    status = 409


class CacheUnavailable(PortfolioError):
    """The table storage does not answer or refuses the request."""

    code = "cache_unavailable"
    status = 503


class GitHubError(PortfolioError):
    """GitHub refused a request or did not answer it.

    `code` says why, in one word. Orchestrations and the cache keep it, where exceptions cannot go.
    """

    code = "github_error"
    status = 502

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        # Requests made before the error occurred; GitHubRepoManager counts those of its whole step.
        self.usage: RequestUsage = {**no_usage(), "requests": 1}


class RepositoryUnavailable(GitHubError):
    """A repository cannot be read until it changes, so the request is not retryable.

    `code` is `gone` (404: deleted, renamed or made private), `empty` (409) or `blocked` (451, or a
    403 that says so).
    """


class RateLimited(GitHubError):
    """GitHub's primary or secondary rate limit is exceeded; `code` is `rate_limited`.

    https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
    """

    status = 503

    def __init__(self, message: str, *, reset_at: datetime | None) -> None:
        super().__init__("rate_limited", message)
        # The earliest moment for a retry, in UTC. None if GitHub names none: wait a minute or more.
        self.reset_at = reset_at


class GitHubUnavailable(GitHubError):
    """GitHub is down or slow, sends an unusable response, or refuses the token.

    `code` is `unreachable`, `bad_response`, `bad_credentials`, `token_refused` or
    `unknown_account`. The first two are retryable. `token_refused` is a 403 about the token (single
    sign-on, missing access, its lifetime, an IP allow list); the message has GitHub's own reason.
    Inside `github_api` there are also `unsupported` and `overloaded`, after which REST is asked.
    """


class AnswerFailed(PortfolioError):
    """The model gave no usable answer. Visitors get the extractive answer instead."""

    code = "answer_failed"
    status = 502


class InvalidSettings(PortfolioError, ValueError):
    """Settings are missing or wrong; the message has a line for each."""

    code = "invalid_settings"

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class RefreshUnavailable(PortfolioError):
    """Refreshes cannot be started or asked about now, and nothing else can answer the request.

    `code` is `refresh_unavailable`, or that of the lasting failure for which the portfolio's first
    refresh is not tried again yet. `retry_after_s` is when asking again makes sense.
    """

    code = "refresh_unavailable"
    status = 503

    def __init__(self, message: str, *, retry_after_s: int, code: str | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s
        self.code = code or type(self).code
