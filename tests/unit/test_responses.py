"""The two shapes of every answer."""

from __future__ import annotations

import json

import pytest

from http_api.responses import create_error_response, create_success_response


def test_success_is_the_data_itself_as_json():
    response = create_success_response({"a": [1, None]})

    assert 200 == response.status_code
    assert {"a": [1, None]} == json.loads(response.get_body())
    assert "application/json" == response.mimetype
    assert response.headers["X-Request-Id"]


def test_an_error_has_code_message_details_and_request_id():
    response = create_error_response("no", 404, code="unknown_portfolio", details={"username": "x"})

    assert 404 == response.status_code
    assert {
        "error": {
            "code": "unknown_portfolio",
            "message": "no",
            "request_id": response.headers["X-Request-Id"],
            "details": {"username": "x"},
        }
    } == json.loads(response.get_body())


def test_without_a_code_the_status_gives_it_and_without_an_id_one_is_made():
    response = create_error_response("no", 404)

    error = json.loads(response.get_body())["error"]
    assert "not_found" == error["code"]
    assert response.headers["X-Request-Id"] == error["request_id"]


def test_what_is_not_strict_json_is_refused():
    with pytest.raises(ValueError, match="not JSON compliant"):
        create_success_response({"score": float("nan")})
