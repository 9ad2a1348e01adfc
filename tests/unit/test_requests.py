"""What callers send, and what they are told when it is wrong."""

from __future__ import annotations

import json

import azure.functions as func
import pytest

from errors import InvalidRequest, UnknownPortfolio
from http_api.requests import Query, RefreshRequest, parse_query, parse_refresh

SERVED = ("Ada", "grace")


def get(**params: str) -> func.HttpRequest:
    return func.HttpRequest(method="GET", url="/api/query", params=params, body=b"")


def post(body: object) -> func.HttpRequest:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return func.HttpRequest(method="POST", url="/api/query", body=raw)


def problems(request: func.HttpRequest) -> dict[str, str]:
    with pytest.raises(InvalidRequest) as raised:
        parse_query(request, SERVED)
    return raised.value.problems


def test_a_question_by_get_has_the_documented_defaults():
    assert Query("kubernetes", "Ada", 10, True) == parse_query(get(q=" kubernetes "), SERVED)


def test_every_field_can_be_given_by_get_and_by_post():
    expected = Query("k8s", "grace", 3, False)

    assert expected == parse_query(
        get(q="k8s", username="GRACE", limit="3", answer="false"), SERVED
    )
    assert expected == parse_query(
        post({"q": "k8s", "username": "Grace", "limit": 3, "answer": False}), SERVED
    )


@pytest.mark.parametrize(
    ("request_", "problem"),
    [
        pytest.param(get(), "`q` is missing", id="missing"),
        pytest.param(post({}), "`q` is missing", id="missing-in-body"),
        pytest.param(post({"q": None}), "`q` is missing", id="null"),
        pytest.param(get(q="  "), "`q` is empty", id="blank"),
        pytest.param(post({"q": ""}), "`q` is empty", id="empty"),
        pytest.param(post({"q": 7}), "`q` is 7; expected a string", id="number"),
        pytest.param(post({"q": ["a"]}), '`q` is ["a"]; expected a string', id="list"),
        pytest.param(
            get(q="x" * 501), "`q` is 501 characters long; expected at most 500", id="long"
        ),
    ],
)
def test_a_query_that_cannot_be_asked_is_named(request_, problem):
    assert problems(request_)["q"].startswith(problem)


def test_a_query_of_500_characters_is_asked():
    assert 500 == len(parse_query(get(q="x" * 500), SERVED).text)


@pytest.mark.parametrize("limit", ["0", "51", "-1", "ten", "1.5", "", "99999999999999999999"])
def test_a_limit_outside_1_to_50_is_named(limit):
    assert problems(get(q="x", limit=limit))["limit"].startswith("`limit` is ")


@pytest.mark.parametrize("limit", ["10", True, 2.5, None])
def test_a_limit_in_a_body_is_a_whole_number(limit):
    assert "limit" in problems(post({"q": "x", "limit": limit}))


def test_answer_is_true_or_false():
    assert "answer" in problems(get(q="x", answer="perhaps"))
    assert "answer" in problems(post({"q": "x", "answer": "false"}))


def test_all_problems_are_told_at_once():
    assert {"q", "limit", "answer", "username"} == set(
        problems(post({"limit": 0, "answer": 1, "username": 2}))
    )


@pytest.mark.parametrize(
    "body",
    [b"", b"q=kubernetes", b"{", b"\xff\xfe", b"[" * 100_000],
    ids=["empty", "form", "cut", "binary", "deep"],
)
def test_a_body_that_is_not_json_is_named(body):
    assert "not JSON" in problems(post(body))["body"]


@pytest.mark.parametrize(
    ("body", "kind"),
    [([], "list"), ("x", "string"), (1, "number"), (None, "null"), (True, "boolean")],
)
def test_a_body_that_is_not_an_object_is_named(body, kind):
    assert f"a JSON {kind}" in problems(post(body))["body"]


def test_a_username_that_is_not_served_is_unknown():
    with pytest.raises(UnknownPortfolio, match="`mallory`"):
        parse_query(get(q="x", username="mallory"), SERVED)


def test_a_refresh_may_have_no_body():
    assert RefreshRequest("Ada", force=False) == parse_refresh(post(b""), SERVED)


def test_a_refresh_takes_a_username_and_force():
    assert RefreshRequest("grace", force=True) == parse_refresh(
        post({"username": "grace", "force": True}), SERVED
    )


def test_force_is_true_or_false():
    with pytest.raises(InvalidRequest, match="`force` is 1; expected true or false"):
        parse_refresh(post({"force": 1}), SERVED)
