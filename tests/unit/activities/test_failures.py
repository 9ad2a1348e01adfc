"""GitHub's errors as values."""

from __future__ import annotations

from datetime import timedelta

import pytest

from activities.failures import failure, request_usage
from errors import GitHubUnavailable, RateLimited, RepositoryUnavailable
from tests.unit.fakes import NOW, FakeManager


@pytest.mark.parametrize(
    ("error", "retryable"),
    [
        (RateLimited("limit", reset_at=None), True),
        (GitHubUnavailable("unreachable", "down"), True),
        (GitHubUnavailable("bad_response", "rubbish"), True),
        (GitHubUnavailable("bad_credentials", "refused"), False),
        (GitHubUnavailable("unknown_account", "nobody"), False),
        (RepositoryUnavailable("gone", "deleted"), False),
        (RepositoryUnavailable("blocked", "blocked"), False),
        (RepositoryUnavailable("empty", "empty"), False),
    ],
    ids=lambda value: getattr(value, "code", None),
)
def test_only_a_transient_error_is_retryable(error, retryable):
    assert retryable == failure(FakeManager(), "a", error)["retryable"]


def test_a_failure_tells_what_failed_why_and_what_it_cost():
    error = RateLimited("GitHub's rate limit is reached", reset_at=NOW + timedelta(hours=1))
    error.requests = 3

    assert {
        "repo_name": "a",
        "error": "rate_limited",
        "message": "GitHub's rate limit is reached",
        "retryable": True,
        "retry_at": "2026-01-02T04:04:05Z",
        "usage": {"requests": 3, "remaining": 4000},
    } == failure(FakeManager(), "a", error)


@pytest.mark.parametrize(
    "error", [RateLimited("limit", reset_at=None), GitHubUnavailable("unreachable", "down")]
)
def test_without_a_reset_time_there_is_no_moment_for_the_retry(error):
    assert failure(FakeManager(), None, error)["retry_at"] is None


def test_a_failure_is_logged_with_its_facts(caplog):
    failure(FakeManager(), "a", GitHubUnavailable("unreachable", "down"))

    (record,) = caplog.records
    assert "github.failed %s" == record.msg
    assert {"repository": "a", "code": "unreachable", "error": "down"} == record.args


def test_before_the_first_response_the_remaining_quota_is_unknown():
    manager = FakeManager()
    manager.remaining = None

    assert {"requests": 2, "remaining": None} == request_usage(manager, 2)
