"""The routes, over HTTP, with everything running."""

from __future__ import annotations

import gzip
import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest

from github_standin.server import Fault
from tools.host_process import KEYS, USERNAME, Reply, ended, http, refreshed, wait_for

pytestmark = pytest.mark.server


def test_health_starts_the_refresh_when_nothing_is_cached(start_app):
    host = start_app()

    first = host.get("/api/health").json["portfolios"][0]

    assert ("missing", True) == (first["state"], first["refresh_started"])
    wait_for(lambda: ended(host), "end of the refresh")
    later = host.get("/api/health").json["portfolios"][0]
    assert ("fresh", False, 31) == (
        later["state"],
        later["refresh_started"],
        later["repositories"],
    )


def test_a_first_query_starts_the_refresh_and_says_when_to_ask_again(start_app):
    host = start_app()

    reply = host.get("/api/query?q=kubernetes")

    assert 202 == reply.status
    assert reply.headers["retry-after"].isdecimal()
    wait_for(lambda: ended(host), "end of the refresh")
    assert 200 == host.get("/api/query?q=kubernetes").status


def test_a_query_is_answered_the_same_by_get_and_by_post(start_app):
    host = start_app()
    refreshed(host)

    by_get = host.get("/api/query?q=which%20projects%20use%20terraform%3F&limit=1").json
    by_post = host.post("/api/query", {"q": "which projects use terraform?", "limit": 1}).json

    assert "harbor-lights" == by_get["results"][0]["name"]
    assert 1 == len(by_get["results"])
    assert by_get["results"] == by_post["results"]
    assert by_get["answer"] == by_post["answer"]
    assert "extractive" == by_get["answer"]["source"]
    assert {"harbor-lights"} <= {each["name"] for each in by_get["answer"]["citations"]}
    assert {"repos", "refreshed_at", "age_seconds", "stale"} <= set(by_get["portfolio"])
    assert "answer" not in host.get("/api/query?q=terraform&answer=false").json


def test_a_question_that_nothing_answers_says_so(start_app):
    host = start_app()
    refreshed(host)

    reply = host.get("/api/query?q=blockchain").json

    assert (True, []) == (reply["no_match"], reply["results"])


@pytest.mark.parametrize(
    "path", ["/api/query?q=x&username=mallory", "/api/portfolios/mallory", "/api/refresh/mallory"]
)
def test_an_unknown_username_is_404_and_costs_no_github_call(start_app, github, path):
    host = start_app()

    reply = host.get(path)

    assert (404, "unknown_portfolio") == (reply.status, reply.json["error"]["code"])
    assert "mallory" in reply.json["error"]["message"]
    assert [] == github.standin.requests


def test_bad_input_is_400_and_names_the_problem(start_app):
    host = start_app()

    for reply, field in [
        (host.get("/api/query"), "q"),
        (host.get("/api/query?q=%20"), "q"),
        (host.get("/api/query?q=" + "x" * 501), "q"),
        (host.get("/api/query?q=x&limit=51"), "limit"),
        (host.post("/api/query", {"q": 7}), "q"),
        (host.post("/api/query", raw=b"{"), "body"),
        (host.post("/api/refresh", {"force": "yes"}), "force"),
    ]:
        assert 400 == reply.status
        error = reply.json["error"]
        assert ("invalid_request", [field]) == (error["code"], list(error["details"]))
        assert reply.headers["x-request-id"] == error["request_id"]


def test_a_portfolio_has_an_etag_and_answers_304_to_it(start_app):
    host = start_app()
    refreshed(host)

    reply = host.get(f"/api/portfolios/{USERNAME}")
    again = host.get(f"/api/portfolios/{USERNAME}", If_None_Match=reply.headers["etag"])

    assert (304, b"") == (again.status, again.body)
    assert "stale-while-revalidate" in reply.headers["cache-control"]
    assert 31 == len(reply.json["repositories"])
    assert "Python" in reply.json["facets"]["languages"]
    assert not any("readme" in each for each in reply.json["repositories"])
    warnings = {w for each in reply.json["repositories"] for w in each["warnings"]}
    assert {"empty", "context_malformed", "context_not_object", "readme_missing"} == warnings


def test_a_file_of_another_tool_is_not_shown_to_visitors(start_app):
    host = start_app()
    refreshed(host)

    assert "/Users/ada" not in host.get(f"/api/portfolios/{USERNAME}").body.decode()
    assert {} == host.get(f"/api/portfolios/{USERNAME}/repos/weather-cards").json["repoContext"]


def test_an_unknown_repository_is_404(start_app):
    host = start_app()
    refreshed(host)

    reply = host.get(f"/api/portfolios/{USERNAME}/repos/nothing")

    assert (404, "unknown_repository") == (reply.status, reply.json["error"]["code"])


def test_an_unchanged_portfolio_costs_one_conditional_request(start_app, github):
    host = start_app()
    refreshed(host)
    asked = len(github.standin.requests)

    progress = refreshed(host)

    assert (31, 31) == (progress["unchanged"], progress["total"])
    assert [(304, True)] == [
        (seen.status, seen.conditional) for seen in github.standin.requests[asked:]
    ]


def test_a_push_is_fetched_and_a_star_is_not(start_app, github):
    host = start_app()
    refreshed(host)
    repositories = github.standin.users[USERNAME].repositories
    repositories["tally"].push({"README.md": "# tally\n\nNow with zebras."}, "2026-11-01T00:00:00Z")
    repositories["skyhook"].stars = 4711
    asked = len(github.standin.requests)

    progress = refreshed(host)

    assert 30 == progress["unchanged"]
    assert len(github.standin.requests) - asked <= 8
    wait_for(
        lambda: "zebras" in host.get(f"/api/portfolios/{USERNAME}/repos/tally").json["readme"],
        "new README",
    )
    skyhook = host.get(f"/api/portfolios/{USERNAME}/repos/skyhook").json
    assert 4711 == skyhook["metadata"]["stargazers_count"]


def test_force_fetches_everything_again(start_app, github):
    host = start_app()
    refreshed(host)

    assert 0 == refreshed(host, force=True)["unchanged"]


def test_a_deleted_repository_disappears(start_app, github):
    host = start_app()
    refreshed(host)
    del github.standin.users[USERNAME].repositories["tally"]

    refreshed(host)

    wait_for(
        lambda: host.get(f"/api/portfolios/{USERNAME}/repos/tally").status == 404, "disappearance"
    )


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(Fault(status=503, message="down"), id="down"),
        pytest.param(Fault(drop=True), id="dropped"),
        pytest.param(Fault(status=200, body=b"<html>hello</html>"), id="rubbish"),
        pytest.param(Fault(status=401, message="Bad credentials"), id="token-refused"),
    ],
)
def test_when_github_fails_the_refresh_says_so_and_queries_go_on(start_app, github, fault):
    host = start_app()
    refreshed(host)
    github.standin.faults.append(fault)

    host.post("/api/refresh", {})
    progress = wait_for(
        lambda: (p := host.get(f"/api/refresh/{USERNAME}").json).get("error") and p, "error"
    )

    assert progress["state"] in ("waiting", "failed")
    assert progress["error"]["code"] in ("unreachable", "bad_response", "bad_credentials")
    assert "skyhook" == host.get("/api/query?q=kubernetes").json["results"][0]["name"]


def test_a_repository_that_fails_for_a_moment_is_asked_again(start_app, github):
    github.standin.faults.append(Fault(path="/tally/languages", status=502, times=1))
    host = start_app()

    progress = refreshed(host)

    assert (31, 0) == (progress["done"], progress["failed"])
    assert 200 == host.get(f"/api/portfolios/{USERNAME}/repos/tally").status


def test_two_starts_are_one_refresh(start_app, github):
    github.standin.latency_s = 0.1
    host = start_app()

    first, second = host.post("/api/refresh", {}), host.post("/api/refresh", {})

    assert (202, False) == (first.status, first.json["joined"])
    assert (202, True) == (second.status, second.json["joined"])
    wait_for(lambda: ended(host), "end of the refresh")
    listings = [seen for seen in github.standin.requests if "/users/" in seen.path]
    assert 1 == len(listings)


def test_a_start_in_the_moment_a_refresh_ends_is_a_start_too(start_app):
    host = start_app()
    refreshed(host)

    with ThreadPoolExecutor(4) as callers:
        replies = list(callers.map(lambda _: host.post("/api/refresh", {}), range(300)))

    assert {202} == {each.status for each in replies}, host.output
    assert {True, False} == {each.json["joined"] for each in replies}


def test_keys_are_asked_for_where_the_contract_says_so(start_app):
    host = start_app(LOCALHOST_ENFORCE_KEYS="1")

    assert 401 == host.post("/api/refresh", {}).status
    assert 401 == host.post("/api/refresh", {}, x_functions_key="wrong").status
    assert 202 == host.post("/api/refresh", {}, x_functions_key=KEYS["FUNCTION"]).status
    assert 200 == host.get("/api/health").status
    assert 401 == host.get(f"/runtime/webhooks/durabletask/instances/portfolio-{USERNAME}").status


def test_no_secret_is_in_any_answer_or_in_the_log(start_app):
    host = start_app()
    answers = [host.post("/api/refresh", {})]
    wait_for(lambda: ended(host), "end of the refresh")
    answers += [
        host.get(path)
        for path in (
            "/api/health",
            f"/api/refresh/{USERNAME}",
            f"/api/portfolios/{USERNAME}",
            "/api/query?q=kubernetes",
            "/api/query",
            "/api/query?q=x&username=mallory",
        )
    ]

    seen = "".join(json.dumps(each.headers) + each.body.decode() for each in answers) + host.output
    for secret in ("ghp_of-the-test", *KEYS.values(), "AccountKey", "runtime/webhooks"):
        assert secret not in seen


@pytest.mark.parametrize(
    "path", ["/api/health", "/api/query?q=kubernetes", f"/api/portfolios/{USERNAME}", "/api/ui"]
)
def test_head_is_get_without_the_body(start_app, path):
    host = start_app()
    refreshed(host)

    head = http("HEAD", f"{host.url}{path}")

    get = host.get(path)
    assert (200, b"") == (head.status, head.body)
    assert get.headers["content-type"] == head.headers["content-type"]
    assert get.headers.get("etag") == head.headers.get("etag")


def test_pages_of_allowed_origins_may_read_and_others_may_not(start_app):
    host = start_app(ALLOWED_ORIGINS="https://octocat.dev, https://two.example")
    asked = {"Access_Control_Request_Method": "POST"}

    def preflight(origin: str) -> Reply:
        return http("OPTIONS", f"{host.url}/api/query", None, raw=None, Origin=origin, **asked)

    known, other = preflight("https://octocat.dev"), preflight("https://evil.example")

    assert (204, "https://octocat.dev") == (
        known.status,
        known.headers["access-control-allow-origin"],
    )
    assert "POST" in known.headers["access-control-allow-methods"]
    assert "Content-Type" in known.headers["access-control-allow-headers"]
    assert "access-control-allow-origin" not in other.headers
    answer = host.get("/api/query?q=x", Origin="https://two.example")
    assert "https://two.example" == answer.headers["access-control-allow-origin"]
    assert "Origin" in answer.headers["vary"]
    assert "access-control-allow-origin" not in host.get("/api/query?q=x").headers


def test_everybody_may_read_where_the_owner_says_so(start_app):
    host = start_app(ALLOWED_ORIGINS="*")

    reply = host.get("/api/health", Origin="https://any.example")

    assert "*" == reply.headers["access-control-allow-origin"]


def test_large_answers_are_compressed_for_who_understands(start_app):
    host = start_app()
    refreshed(host)

    plain = host.get(f"/api/portfolios/{USERNAME}")
    small = host.get(f"/api/portfolios/{USERNAME}", Accept_Encoding="gzip")

    assert "gzip" == small.headers["content-encoding"]
    assert "Accept-Encoding" in small.headers["vary"]
    assert 4 * len(small.body) < len(plain.body)
    content, expected = json.loads(gzip.decompress(small.body)), plain.json
    assert expected["repositories"] == content["repositories"]
    assert "content-encoding" not in host.get("/api/health", Accept_Encoding="gzip").headers


def test_the_schedule_refreshes_every_portfolio_and_forgets_old_records(
    start_app, tmp_path, github
):
    first = start_app()
    refreshed(first)
    first.__exit__()
    database = sqlite3.connect(tmp_path / "state" / "durable.db")
    with database:
        database.execute("UPDATE instances SET created = '2020-01-01T00:00:00.000000Z'")
    database.close()
    host = start_app()
    asked = len(github.standin.requests)

    assert 202 == host.post("/admin/functions/refresh_on_schedule", {"input": ""}).status

    # The refresh of before and its two batches; the new one stays.
    wait_for(lambda: '"instances\\":' in host.output, "purge")
    purged = next(line for line in host.lines if "records.purged" in line)
    assert '{\\"instances\\":2}' in purged or '{\\"instances\\":3}' in purged
    wait_for(lambda: ended(host), "end of the refresh")
    assert [304] == [seen.status for seen in github.standin.requests[asked:]]
