"""Quotas: REST and GraphQL with a token, and REST without one, each for itself."""

from __future__ import annotations

import time

import httpx
import pytest

from github_standin.faults import Fault
from tests.standin.asking import TOKEN, ask, post
from tools.host_process import USERNAME

LISTING = f"/users/{USERNAME}/repos"


def rest(github, **headers: str) -> httpx.Response:
    return httpx.get(github.url + LISTING, headers=headers)


def quota_headers(reply: httpx.Response) -> tuple[str, ...]:
    return tuple(
        reply.headers[f"x-ratelimit-{name}"] for name in ("resource", "limit", "remaining", "used")
    )


def test_each_quota_counts_its_own_requests(github):
    with_token = [rest(github, **TOKEN) for _ in range(2)]
    without = rest(github)
    graphql = post(github, "{viewer {login}}")

    assert ("core", "5000", "4998", "2") == quota_headers(with_token[-1])
    assert ("core", "60", "59", "1") == quota_headers(without)
    assert ("graphql", "5000", "4999", "1") == quota_headers(graphql)
    assert (4998, 4998) == (github.standin.remaining, github.standin.quotas.core.remaining)
    assert ["core", "core", "core", "graphql"] == [
        seen.resource for seen in github.standin.requests
    ]


def test_graphql_tells_what_is_left_after_the_query(github):
    ask(github, "{viewer {login}}")

    reply = post(github, "{rateLimit {limit cost remaining used resetAt nodeCount}}")

    reset_at = time.strftime(
        "%Y-%m-%dT%H:%M:%SZ", time.gmtime(int(reply.headers["x-ratelimit-reset"]))
    )
    assert {
        "limit": 5000,
        "cost": 1,
        "remaining": 4998,
        "used": 2,
        "resetAt": reset_at,
        "nodeCount": 0,
    } == reply.json()["data"]["rateLimit"]
    assert "4998" == reply.headers["x-ratelimit-remaining"]


def test_without_points_a_query_is_an_error_inside_200_and_rest_goes_on(github):
    github.standin.quotas.graphql.remaining = 0

    reply = post(github, "{viewer {login}}")

    assert 200 == reply.status_code
    assert {
        "errors": [
            {
                "type": "RATE_LIMIT",
                "code": "graphql_rate_limit",
                "message": "API rate limit already exceeded for user ID 1.",
            }
        ]
    } == reply.json()
    assert ("graphql", "5000", "0", "5000") == quota_headers(reply)
    assert 200 == rest(github, **TOKEN).status_code


def test_an_anonymous_client_is_told_of_tokens_and_holds_nobody_else_up(github):
    github.standin.quotas.anonymous.limit = github.standin.quotas.anonymous.remaining = 2

    replies = [rest(github) for _ in range(4)]

    assert [200, 200, 403, 403] == [reply.status_code for reply in replies]
    assert ("core", "2", "0", "2") == quota_headers(replies[-1])
    assert (
        "API rate limit exceeded for 127.0.0.1. (But here's the good news: Authenticated requests "
        "get a higher rate limit. Check out the documentation for more details.)"
    ) == replies[-1].json()["message"]
    assert 200 == rest(github, **TOKEN).status_code


def test_an_unchanged_response_costs_an_anonymous_client_a_request(github):
    etag = rest(github).headers["etag"]

    again = rest(github, **{"if-none-match": etag})

    assert (304, "58") == (again.status_code, again.headers["x-ratelimit-remaining"])


def test_graphql_without_a_token_is_401_and_has_no_quota(github):
    reply = httpx.post(f"{github.url}/graphql", json={"query": "{viewer {login}}"})

    assert 401 == reply.status_code
    assert "This endpoint requires you to be authenticated." == reply.json()["message"]
    assert ("graphql", "0", "0", "0") == quota_headers(reply)


@pytest.mark.parametrize("resource", ["core", "graphql", "anonymous"])
def test_each_quota_is_renewed_for_itself(github, resource):
    quotas = github.standin.quotas
    for quota in (quotas.core, quotas.graphql, quotas.anonymous):
        quota.remaining = 1
    getattr(quotas, resource).resets_at = time.time() - 1

    left = {
        "core": rest(github, **TOKEN),
        "graphql": post(github, "{viewer {login}}"),
        "anonymous": rest(github),
    }

    limit = getattr(quotas, resource).limit
    for name, reply in left.items():
        expected = limit - 1 if name == resource else 0
        assert str(expected) == reply.headers["x-ratelimit-remaining"]
    assert quotas.core.window_s - 5 < getattr(quotas, resource).resets_at - time.time()


@pytest.mark.parametrize(
    ("fault", "cost"),
    [
        (Fault(status=429, message="Too many"), 0),
        (Fault(status=403, message="You have exceeded a secondary rate limit."), 0),
        (Fault(status=401, message="Bad credentials"), 0),
        (Fault(status=403, message="Repository access blocked"), 1),
        (Fault(status=404, message="Not Found"), 1),
        (Fault(status=502), 1),
        (Fault(drop=True), 0),
    ],
    ids=lambda value: str(getattr(value, "status", value)),
)
def test_a_refused_request_costs_nothing(github, fault, cost):
    github.standin.faults.append(fault)

    try:
        rest(github, **TOKEN)
    except httpx.RemoteProtocolError:
        assert fault.drop

    assert cost == github.standin.limit - github.standin.remaining


def test_a_token_that_expires_says_when(github):
    github.standin.token_expires_at = "2026-12-31 10:00:00 UTC"

    for reply in (rest(github, **TOKEN), post(github, "{viewer {login}}")):
        assert "2026-12-31 10:00:00 UTC" == reply.headers["github-authentication-token-expiration"]
    assert "github-authentication-token-expiration" not in rest(github).headers
