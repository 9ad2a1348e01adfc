"""GitHub's errors as values."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from activities.failures import MAX_MESSAGE_CHARS, failure
from errors import CacheUnavailable, GitHubUnavailable, RateLimited, RepositoryUnavailable
from models import no_usage
from tests.unit.fakes import NOW


@pytest.mark.parametrize(
    ("error", "retryable"),
    [
        (RateLimited("limit", reset_at=None), True),
        (GitHubUnavailable("unreachable", "down"), True),
        (GitHubUnavailable("bad_response", "rubbish"), True),
        (CacheUnavailable("the table storage does not answer"), True),
        (GitHubUnavailable("bad_credentials", "refused"), False),
        (GitHubUnavailable("token_refused", "SAML single sign-on"), False),
        (GitHubUnavailable("unknown_account", "nobody"), False),
        (RepositoryUnavailable("gone", "deleted"), False),
        (RepositoryUnavailable("blocked", "blocked"), False),
        (RepositoryUnavailable("empty", "empty"), False),
    ],
    ids=lambda value: getattr(value, "code", None),
)
def test_only_a_transient_error_is_retryable(error, retryable):
    assert retryable == failure(error, "a")["retryable"]


def test_a_failure_tells_what_failed_why_and_what_it_cost():
    error = RateLimited("GitHub's rate limit is reached", reset_at=NOW + timedelta(hours=1))
    error.usage = {**no_usage(), "requests": 2, "queries": 1, "remaining": 4000}

    assert {
        "repo_name": "a",
        "error": "rate_limited",
        "message": "GitHub's rate limit is reached",
        "retryable": True,
        "retry_at": "2026-01-02T04:04:05Z",
        "usage": {**no_usage(), "requests": 2, "queries": 1, "remaining": 4000},
    } == failure(error, "a")


@pytest.mark.parametrize(
    ("error", "requests"),
    [
        (CacheUnavailable("the table storage does not answer"), 3),
        (GitHubUnavailable("unreachable", "down"), 4),
    ],
    ids=["of-the-step", "and-of-the-call-that-failed"],
)
def test_a_failure_tells_all_requests_that_were_made(error, requests):
    before: Any = {**no_usage(), "requests": 3, "remaining": 4000}

    usage = failure(error, "a", before)["usage"]

    assert {**before, "requests": requests} == usage


@pytest.mark.parametrize(
    "error", [RateLimited("limit", reset_at=None), GitHubUnavailable("unreachable", "down")]
)
def test_without_a_reset_time_there_is_no_moment_for_the_retry(error):
    assert failure(error)["retry_at"] is None


def test_a_failure_is_logged_with_its_facts(caplog):
    failure(GitHubUnavailable("unreachable", "down"), "a")

    (record,) = caplog.records
    assert "refresh.step_failed %s" == record.msg
    assert {"repository": "a", "code": "unreachable", "error": "down"} == record.args


@pytest.mark.parametrize("char", ["x", "\0", "\n", "é", "\U0001f600"])
def test_a_message_is_short_also_as_json(char):
    message = failure(GitHubUnavailable("bad_response", char * 10_000))["message"]

    assert MAX_MESSAGE_CHARS + len('""') == len(json.dumps(message))


@pytest.mark.parametrize(("requests", "level"), [(1, "WARNING"), (0, "INFO")])
def test_a_limit_that_was_known_before_is_no_warning(caplog, requests, level):
    caplog.set_level("INFO", "portfolio.api")
    error = RateLimited("the rest of GitHub's rate limit is reserved", reset_at=None)
    error.usage = {**no_usage(), "requests": requests}

    failure(error, "a")

    assert [level] == [record.levelname for record in caplog.records]
