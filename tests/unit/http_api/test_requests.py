"""What callers may send, and what they are told about mistakes."""

from __future__ import annotations

import azure.functions as func
import pytest

from errors import InvalidRequest, UnknownPortfolio
from http_api.requests import (
    MAX_RESULTS,
    Query,
    RefreshRequest,
    parse_ai,
    parse_query,
    parse_refresh,
    served_username,
)
from tests.unit.http_api.fakes import get, post

SERVED = ("Ada", "grace")


def problems(request: func.HttpRequest, parse=parse_query) -> dict[str, str]:
    with pytest.raises(InvalidRequest) as raised:
        parse(request, SERVED)
    return raised.value.problems


class TestQuery:
    def test_a_question_has_the_documented_defaults(self):
        assert Query("kubernetes", "Ada", 10, True) == parse_query(get(q=" kubernetes "), SERVED)
        assert Query("kubernetes", "Ada", 10, True) == parse_query(
            post({"q": "kubernetes"}), SERVED
        )

    def test_every_field_can_be_sent_by_get_and_by_post(self):
        expected = Query("k8s", "grace", 3, False)

        assert expected == parse_query(
            get(q="k8s", username="GRACE", limit="3", answer="FALSE"), SERVED
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
    def test_a_wrong_question_is_reported(self, request_, problem):
        assert problems(request_)["q"].startswith(problem)

    def test_a_question_may_have_500_characters(self):
        assert 500 == len(parse_query(get(q="x" * 500), SERVED).text)

    @pytest.mark.parametrize("limit", ["0", "51", "-1", "ten", "1.5", "", "9" * 20, "9" * 5_000])
    def test_a_limit_outside_1_to_50_is_reported(self, limit):
        assert problems(get(q="x", limit=limit))["limit"].startswith("`limit` is ")

    @pytest.mark.parametrize("limit", ["1", str(MAX_RESULTS)])
    def test_a_limit_may_be_1_to_50(self, limit):
        assert int(limit) == parse_query(get(q="x", limit=limit), SERVED).limit

    @pytest.mark.parametrize("limit", ["10", True, 2.5, None])
    def test_a_limit_in_a_body_must_be_a_whole_number(self, limit):
        assert "limit" in problems(post({"q": "x", "limit": limit}))

    def test_answer_must_be_true_or_false(self):
        assert "answer" in problems(get(q="x", answer="perhaps"))
        assert "answer" in problems(post({"q": "x", "answer": "false"}))

    def test_all_problems_are_reported_at_once(self):
        assert {"q", "limit", "answer", "username"} == set(
            problems(post({"limit": 0, "answer": 1, "username": 2}))
        )

    def test_a_large_wrong_value_is_cut_in_the_message(self):
        assert len(problems(post({"q": ["x" * 5_000]}))["q"]) < 150

    @pytest.mark.parametrize(
        "body",
        [b"", b"q=kubernetes", b"{", b"\xff\xfe", b"[" * 100_000],
        ids=["empty", "form", "cut-off", "binary", "deeply-nested"],
    )
    def test_a_body_that_is_not_json_is_reported(self, body):
        assert "not JSON" in problems(post(body))["body"]

    @pytest.mark.parametrize(
        ("body", "kind"),
        [([], "list"), ("x", "string"), (1, "number"), (None, "null"), (True, "boolean")],
    )
    def test_a_body_that_is_not_an_object_is_reported(self, body, kind):
        assert f"a JSON {kind}" in problems(post(body))["body"]

    def test_a_username_that_is_not_served_is_unknown(self):
        with pytest.raises(UnknownPortfolio, match="`mallory`"):
            parse_query(get(q="x", username="mallory"), SERVED)


class TestAi:
    def test_a_question_and_a_username_are_enough(self):
        assert Query("k8s", "grace", MAX_RESULTS, True) == parse_ai(
            post({"query": " k8s ", "username": "GRACE"}), SERVED
        )

    def test_all_problems_are_reported_at_once(self):
        assert {"query", "username"} == set(problems(post({"q": "k8s", "username": 1}), parse_ai))


class TestRefresh:
    def test_a_body_is_optional(self):
        assert RefreshRequest("Ada", force=False) == parse_refresh(post(b""), SERVED)

    def test_a_body_may_have_a_username_and_force(self):
        assert RefreshRequest("grace", force=True) == parse_refresh(
            post({"username": "grace", "force": True}), SERVED
        )

    def test_all_problems_are_reported_at_once(self):
        assert {
            "force": "`force` is 1; expected true or false",
            "username": "`username` is []; expected a string",
        } == problems(post({"force": 1, "username": []}), parse_refresh)


class TestUsername:
    def test_the_first_served_username_is_the_default(self):
        assert "Ada" == served_username(None, SERVED)

    def test_case_is_ignored_and_the_settings_spelling_returned(self):
        assert ("Ada", "grace") == (
            served_username("ADA", SERVED),
            served_username("GRACE", SERVED),
        )

    @pytest.mark.parametrize("username", ["", "mallory", "ad", "x" * 5_000])
    def test_any_other_username_is_unknown_and_cut_in_the_message(self, username):
        with pytest.raises(UnknownPortfolio) as raised:
            served_username(username, SERVED)
        assert len(str(raised.value)) < 200
