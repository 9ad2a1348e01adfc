"""What GitHub's refusals mean."""

from __future__ import annotations

from datetime import timedelta

import pytest

from errors import GitHubError, GitHubUnavailable, RateLimited, RepositoryUnavailable
from github_api.refusals import MAX_REASON_LENGTH, refusal, token_refused
from tests.unit.fakes import NOW

SECONDARY = "You have exceeded a secondary rate limit. Please wait a few minutes."
SAML = "Resource protected by organization SAML enforcement. You must grant your token access."

RESET = int(NOW.timestamp()) + 600
EXHAUSTED = {"x_ratelimit_remaining": "0", "x_ratelimit_reset": str(RESET)}


def refused(path: str, status: int, message: str = "", **headers: str) -> GitHubError:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return refusal(path, status, named, message, NOW)


class TestRefusal:
    @pytest.mark.parametrize(
        ("path", "status", "message", "kind", "code"),
        [
            ("/users/ada/repos", 401, "", GitHubUnavailable, "bad_credentials"),
            ("/users/ada/repos", 404, "Not Found", GitHubUnavailable, "unknown_account"),
            ("/orgs/ada/repos", 404, "Not Found", GitHubUnavailable, "unknown_account"),
            ("/repos/ada/a", 404, "Not Found", RepositoryUnavailable, "gone"),
            ("/repos/ada/a/git/trees/x", 409, "", RepositoryUnavailable, "empty"),
            (
                "/repos/ada/a/git/trees/x",
                404,
                "Git Repository is empty.",
                RepositoryUnavailable,
                "empty",
            ),
            ("/repos/ada/a", 403, "Repository access blocked", RepositoryUnavailable, "blocked"),
            ("/repos/ada/a", 451, "", RepositoryUnavailable, "blocked"),
            ("/repos/ada/a", 500, "", GitHubUnavailable, "unreachable"),
            ("/repos/ada/a", 503, "", GitHubUnavailable, "unreachable"),
            ("/repos/ada/a", 301, "", GitHubUnavailable, "bad_response"),
            ("/repos/ada/a", 422, "", GitHubUnavailable, "bad_response"),
            ("/repos/ada/a", 429, "", RateLimited, "rate_limited"),
            ("/repos/ada/a", 403, SECONDARY, RateLimited, "rate_limited"),
            (
                "/repos/ada/a",
                403,
                "You have triggered an abuse detection mechanism.",
                RateLimited,
                "rate_limited",
            ),
        ],
    )
    def test_a_status_is_an_error_of_ours(self, path, status, message, kind, code):
        error = refused(path, status, message)

        assert (kind, code) == (type(error), error.code)

    def test_an_exhausted_quota_is_a_rate_limit_until_the_reset(self):
        error = refused("/repos/ada/a", 403, **EXHAUSTED)

        assert isinstance(error, RateLimited)
        assert NOW + timedelta(seconds=601) == error.reset_at

    def test_a_403_that_names_a_moment_for_the_retry_is_a_rate_limit(self):
        error = refused("/repos/ada/a", 403, retry_after="30")

        assert isinstance(error, RateLimited)
        assert NOW + timedelta(seconds=30) == error.reset_at

    def test_a_server_error_that_names_a_moment_for_the_retry_is_an_outage(self):
        assert "unreachable" == refused("/repos/ada/a", 503, retry_after="30").code

    def test_an_unknown_account_is_named_with_the_way_out(self):
        message = str(refused("/users/ada/repos", 404))

        assert "GitHub has no account `ada`; check `GITHUB_USERNAMES`" == message

    @pytest.mark.parametrize(
        ("message", "headers"),
        [
            pytest.param(SAML, {"x_github_sso": "required; url=https://github.com/sso"}, id="saml"),
            pytest.param(
                SAML, {"x_github_sso": "required", "x_ratelimit_remaining": "0"}, id="saml-at-0"
            ),
            pytest.param("Resource not accessible by personal access token", {}, id="fine-grained"),
            pytest.param("Resource not accessible by integration", {}, id="app"),
            pytest.param("The 'Octo' organization forbids access: lifetime", {}, id="lifetime"),
            pytest.param("Octo has an IP allow list enabled", {}, id="ip-allow-list"),
        ],
    )
    @pytest.mark.parametrize("path", ["/repos/ada/a", "/users/ada/repos"])
    def test_a_403_about_the_token_has_githubs_own_reason(self, path, message, headers):
        error = refused(path, 403, message, **headers)

        assert (GitHubUnavailable, "token_refused") == (type(error), error.code)
        assert f"GitHub refuses the request: {message}" == str(error)

    def test_a_blocked_repository_stays_blocked_without_quota(self):
        error = refused("/repos/ada/a", 403, "Repository access blocked", x_ratelimit_remaining="0")

        assert "blocked" == error.code


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ("a\r\n b\tc", "a b c"),
        ("Visit https://github.com/sso?authorization_request=SECRET now", "Visit now"),
        ("Visit (HTTPS://github.com/sso?authorization_request=SECRET)", "Visit"),
        ("\x1b[31mred\ud800", "[31mred"),
        ("", "it gives no reason"),
        ("x" * 999, "x" * MAX_REASON_LENGTH),
    ],
    ids=["lines", "address", "address-in-brackets", "control", "nothing", "long"],
)
def test_a_reason_is_one_short_line_without_addresses(message, reason):
    assert f"GitHub refuses the request: {reason}" == str(token_refused(message))
