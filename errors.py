"""Everything the app may raise, and the HTTP status each stands for.

PortfolioError
  ├ InvalidRequest(ValueError)      400  the caller's fault; `.problems` lists every field
  ├ BadSignature                    401  a webhook that our secret did not sign
  ├ WebhooksRefused                 403  a webhook, while there is no secret
  ├ UnknownPortfolio(LookupError)   404  a username that this app does not serve
  ├ UnknownRepository(LookupError)  404  a repository that the portfolio does not hold
  ├ UnknownPage(LookupError)        404  a file that the search page is not made of
  ├ CacheConflict                   409  somebody else wrote meanwhile
  ├ CacheUnavailable                503  the table storage does not answer
  ├ GitHubError                     502  GitHub said no, or nothing; `.code` says what
  │   ├ RepositoryUnavailable            gone, empty or blocked: asking again will not help
  │   ├ RateLimited                 503  `.reset_at` says when to ask again, if GitHub does
  │   └ GitHubUnavailable                down, slow or answering rubbish: asking again may help
  ├ AnswerFailed                    502  the model did not deliver an answer
  └ InvalidSettings(ValueError)     500  stops the app at start
"""

from __future__ import annotations

from datetime import datetime


class PortfolioError(Exception):
    """Base of the family. `code` is the machine-readable name, `status` the HTTP status."""

    code = "internal"
    status = 500


class InvalidRequest(PortfolioError, ValueError):
    """The request cannot be understood; `problems` maps each field to what is wrong with it."""

    code = "invalid_request"
    status = 400

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__("; ".join(problems.values()))
        self.problems = problems


class BadSignature(PortfolioError):
    """A webhook that is not signed with our secret."""

    code = "bad_signature"
    status = 401


class WebhooksRefused(PortfolioError):
    """A webhook, and no secret to check its signature with."""

    code = "webhooks_refused"
    status = 403


class UnknownPortfolio(PortfolioError, LookupError):
    """The username is not among those that the app serves."""

    code = "unknown_portfolio"
    status = 404

    def __init__(self, username: str) -> None:
        super().__init__(f"no portfolio of `{username}` is served here")


class UnknownRepository(PortfolioError, LookupError):
    """The portfolio holds no such repository."""

    code = "unknown_repository"
    status = 404

    def __init__(self, username: str, repository: str) -> None:
        super().__init__(f"the portfolio of `{username}` holds no repository `{repository}`")


class UnknownPage(PortfolioError, LookupError):
    """The search page is not made of such a file."""

    code = "unknown_page"
    status = 404

    def __init__(self, name: str) -> None:
        super().__init__(f"there is no `{name}` here")


class CacheConflict(PortfolioError):
    """The row changed since it was read (optimistic concurrency)."""

    code = "cache_conflict"
    status = 409


class CacheUnavailable(PortfolioError):
    """The table storage does not answer, or refuses us."""

    code = "cache_unavailable"
    status = 503


class GitHubError(PortfolioError):
    """GitHub did not give what was asked for. `code` is a short word that travels in results."""

    code = "github_error"
    status = 502
    requests = 1  # how many were made until it was known

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class RepositoryUnavailable(GitHubError):
    """The repository cannot be read, and will not be until it changes.

    `code` is one of `gone` (404: deleted, renamed or made private), `empty` (409), `blocked` (403
    or 451).
    """


class RateLimited(GitHubError):
    """A primary or secondary rate limit; `code` is `rate_limited`.

    https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
    """

    status = 503

    def __init__(self, message: str, *, reset_at: datetime | None) -> None:
        super().__init__("rate_limited", message)
        # UTC, timezone-aware: not before this moment. None: GitHub does not say; a minute at least
        self.reset_at = reset_at


class GitHubUnavailable(GitHubError):
    """GitHub is down, slow, or answers rubbish, or refuses the token.

    `code` is one of `unreachable`, `bad_response`, `bad_credentials`, `unknown_account`.
    """


class AnswerFailed(PortfolioError):
    """The model gave no usable answer; the extractive answer takes its place."""

    code = "answer_failed"
    status = 502


class InvalidSettings(PortfolioError, ValueError):
    """One or more settings are missing or wrong; the message has a line for each."""

    code = "invalid_settings"

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems
