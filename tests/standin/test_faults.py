"""Failures that tests order of GraphQL. Those of REST are proven by the tests that use them."""

from __future__ import annotations

import json

import httpx
import pytest

from github_standin.faults import (
    NOT_ACCESSIBLE,
    OUTSIDE_IP_ALLOW_LIST,
    RATE_LIMITED,
    RESOURCE_LIMITS_EXCEEDED,
    TIMED_OUT,
    Fault,
)
from tests.standin.asking import TOKEN, ask, post
from tools.host_process import USERNAME

NAME = """query Name($name: String!) {
  repository(owner: "ada-nimbus", name: $name) {name isFork defaultBranchRef {name}}
}"""


@pytest.mark.parametrize(
    ("status", "error"), [(200, RATE_LIMITED), (200, TIMED_OUT), (502, TIMED_OUT)]
)
def test_an_error_without_a_path_leaves_no_data(github, status, error):
    github.standin.faults.append(Fault(path="/graphql", status=status, errors=[error], times=1))

    reply = post(github, NAME, name="skyhook")

    assert (status, {"data": None, "errors": [error]}) == (reply.status_code, reply.json())
    assert "skyhook" == ask(github, NAME, name="skyhook")["repository"]["name"]


def test_an_error_with_a_path_leaves_the_rest_of_the_data(github):
    error = {**RESOURCE_LIMITS_EXCEEDED, "path": ["repository", "defaultBranchRef"]}
    github.standin.faults.append(Fault(path="/graphql", errors=[error]))

    reply = post(github, NAME, name="skyhook")

    assert 200 == reply.status_code
    assert {
        "data": {"repository": {"name": "skyhook", "isFork": False, "defaultBranchRef": None}},
        "errors": [{**error, "locations": [{"line": 2, "column": 61}]}],
    } == reply.json()


@pytest.mark.parametrize("error", [NOT_ACCESSIBLE, OUTSIDE_IP_ALLOW_LIST])
def test_an_error_where_null_is_not_allowed_takes_the_parent_along(github, error):
    located = {**error, "path": ["repository", "isFork"]}
    github.standin.faults.append(
        Fault(path="/graphql", errors=[located], headers={"x-ratelimit-remaining": "7"})
    )

    reply = post(github, NAME, name="skyhook")

    assert {
        "data": {"repository": None},
        "errors": [{**located, "locations": [{"line": 2, "column": 54}]}],
    } == reply.json()
    assert "7" == reply.headers["x-ratelimit-remaining"]


def test_one_of_several_nodes_may_fail(github):
    repositories = github.standin.users[USERNAME].repositories
    ids = [
        ask(github, f'{{repository(owner: "{USERNAME}", name: "{name}") {{id}}}}')["repository"][
            "id"
        ]
        for name in list(repositories)[:3]
    ]
    github.standin.faults.append(
        Fault(path="/graphql", errors=[{**RESOURCE_LIMITS_EXCEEDED, "path": ["nodes", 1]}])
    )

    reply = post(github, "query ($ids: [ID!]!) {nodes(ids: $ids) {id}}", ids=ids).json()

    assert [{"id": ids[0]}, None, {"id": ids[2]}] == reply["data"]["nodes"]
    assert [["nodes", 1]] == [error["path"] for error in reply["errors"]]


def test_a_fault_may_meet_only_what_contains_a_text(github):
    github.standin.faults.append(Fault(path="/graphql", text='"tally"', status=502))

    assert 200 == post(github, NAME, name="skyhook").status_code
    assert 502 == post(github, NAME, name="tally").status_code


def test_a_fault_of_any_path_meets_graphql_too(github):
    github.standin.faults.append(Fault(status=200, body=b"<html>"))

    assert "<html>" == post(github, NAME, name="skyhook").text


def test_requests_are_recorded_with_the_name_of_their_operation(github):
    body = {"query": NAME, "variables": {"name": "tally"}, "operationName": "Name"}

    reply = httpx.post(f"{github.url}/graphql", content=json.dumps(body), headers=TOKEN)
    ask(github, "{viewer {login}}")

    assert "tally" == reply.json()["data"]["repository"]["name"]
    assert [("graphql", "Name"), ("graphql", "")] == [
        (seen.resource, seen.operation) for seen in github.standin.requests
    ]
