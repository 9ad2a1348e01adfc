"""Every response: its shape, its request id, and what exceptions become."""

from __future__ import annotations

import asyncio
import gzip
import json
from typing import Any

import azure.functions as func
import pytest

from errors import CacheUnavailable, InvalidRequest, RefreshUnavailable, UnknownPortfolio
from http_api.responses import (
    MIN_COMPRESSED_BYTES,
    answered,
    create_error_response,
    create_file_response,
    create_success_response,
    current_request_id,
    not_modified,
)
from tests.unit.http_api.fakes import get, json_of

LARGE = "x" * MIN_COMPRESSED_BYTES
ALLOWED = "https://octocat.dev"


def options(**headers: str) -> func.HttpRequest:
    return func.HttpRequest("OPTIONS", "https://app.example/api/query", headers=headers, body=b"")


async def respond_ok(data: Any = None) -> func.HttpResponse:
    return create_success_response(data)


async def respond_with(error: Exception) -> func.HttpResponse:
    raise error


class TestShapes:
    def test_a_success_is_the_data_itself_as_json(self):
        response = create_success_response({"a": [1, None]}, 202, headers={"Location": "/x"})

        assert (202, "application/json") == (response.status_code, response.mimetype)
        assert b'{"a":[1,null]}' == response.get_body()
        assert ("/x", "nosniff") == (
            response.headers["Location"],
            response.headers["X-Content-Type-Options"],
        )
        assert response.headers["X-Request-Id"]

    def test_an_error_has_code_message_details_and_request_id(self):
        response = create_error_response(
            "no", 404, code="unknown_portfolio", details={"username": "x"}
        )

        assert 404 == response.status_code
        assert {
            "error": {
                "code": "unknown_portfolio",
                "message": "no",
                "request_id": response.headers["X-Request-Id"],
                "details": {"username": "x"},
            }
        } == json_of(response)

    def test_the_code_of_an_error_is_by_default_the_name_of_its_status(self):
        error = json_of(create_error_response("no", 404))["error"]

        assert "not_found" == error["code"]
        assert "details" not in error

    @pytest.mark.parametrize("number", [float("nan"), float("inf")])
    def test_numbers_that_json_lacks_are_refused(self, number):
        with pytest.raises(ValueError, match="not JSON compliant"):
            create_success_response({"score": number})

    def test_a_file_has_its_type_and_headers(self):
        response = create_file_response(get(), "é", headers={"ETag": '"1"'}, mimetype="text/css")

        assert ("text/css", "utf-8", '"1"') == (
            response.mimetype,
            response.charset,
            response.headers["ETag"],
        )
        assert "é".encode() == response.get_body()


class TestNotModified:
    @pytest.mark.parametrize("known", ['"1"', 'W/"1"', '"0", W/"1"', ' "1" '])
    def test_a_caller_that_names_the_version_gets_a_304(self, known):
        response = not_modified(get(headers={"If-None-Match": known}), 'W/"1"', {"X-A": "b"})

        assert response is not None
        assert (304, b"") == (response.status_code, response.get_body())
        assert ('W/"1"', "b") == (response.headers["ETag"], response.headers["X-A"])
        assert response.headers["X-Request-Id"]

    @pytest.mark.parametrize("headers", [{}, {"If-None-Match": ""}, {"If-None-Match": '"2"'}])
    def test_any_other_caller_gets_the_whole_response(self, headers):
        assert not_modified(get(headers=headers), '"1"', {}) is None


class TestRequestId:
    async def test_header_body_and_log_have_the_same_id(self, caplog):
        caplog.set_level("INFO", "portfolio.api")

        response = await answered(get("/query?q=secret"), respond_with, UnknownPortfolio("x"))

        request_id = response.headers["X-Request-Id"]
        assert request_id == json_of(response)["error"]["request_id"]
        event, facts = caplog.messages[-1].split(" ", 1)
        assert "request.answered" == event
        logged = json.loads(facts)
        assert (request_id, "GET", 404) == (
            logged["request_id"],
            logged["method"],
            logged["status"],
        )
        assert logged["duration_ms"] >= 0

    async def test_the_log_omits_the_query_string(self, caplog):
        caplog.set_level("INFO", "portfolio.api")

        await answered(get("/query?q=secret"), respond_ok)

        assert "https://app.example/api/query" in caplog.text
        assert "secret" not in caplog.text

    async def test_every_request_has_an_id_of_its_own_even_beside_others(self):
        at_the_same_time = asyncio.Barrier(2)

        async def respond() -> func.HttpResponse:
            before = current_request_id()
            await at_the_same_time.wait()
            return create_success_response([before, current_request_id()])

        first, second = await asyncio.gather(answered(get(), respond), answered(get(), respond))

        for response in (first, second):
            assert {response.headers["X-Request-Id"]} == set(json_of(response))
        assert first.headers["X-Request-Id"] != second.headers["X-Request-Id"]

    async def test_threads_that_a_request_starts_have_its_id(self):
        async def respond() -> func.HttpResponse:
            return create_success_response(await asyncio.to_thread(current_request_id))

        response = await answered(get(), respond)

        assert response.headers["X-Request-Id"] == json_of(response)

    async def test_after_the_request_its_id_is_gone(self):
        response = await answered(get(), respond_ok)

        assert response.headers["X-Request-Id"] != current_request_id()
        assert current_request_id() != current_request_id()


class TestExceptions:
    async def test_an_unavailable_refresh_says_when_to_ask_again(self):
        error = RefreshUnavailable(
            "the token is refused", retry_after_s=299, code="bad_credentials"
        )

        response = await answered(get(), respond_with, error)

        assert (503, "bad_credentials", "the token is refused") == (
            response.status_code,
            json_of(response)["error"]["code"],
            json_of(response)["error"]["message"],
        )
        assert ("299", "no-store") == (
            response.headers["Retry-After"],
            response.headers["Cache-Control"],
        )

    async def test_an_error_of_the_app_becomes_its_status_code_and_message(self):
        response = await answered(get(), respond_with, CacheUnavailable("the storage is away"))

        error = json_of(response)["error"]
        assert (503, "cache_unavailable", "the storage is away") == (
            response.status_code,
            error["code"],
            error["message"],
        )

    async def test_an_invalid_request_lists_its_problems_by_field(self):
        problems = {"q": "`q` is missing", "limit": "`limit` is 0"}

        response = await answered(get(), respond_with, InvalidRequest(problems))

        error = json_of(response)["error"]
        assert (400, problems) == (response.status_code, error["details"])
        assert "`q` is missing; `limit` is 0" == error["message"]

    async def test_any_other_exception_is_logged_and_not_shown(self, caplog):
        response = await answered(get(), respond_with, RuntimeError("AccountKey=secret"))

        error = json_of(response)["error"]
        assert (500, "internal") == (response.status_code, error["code"])
        assert b"secret" not in response.get_body()
        (failed,) = [record for record in caplog.records if "request.failed" in record.message]
        assert error["request_id"] in failed.message
        assert failed.exc_info
        assert "AccountKey=secret" in str(failed.exc_info[1])

    async def test_wrong_settings_are_named_and_no_site_may_read_them(self, configure):
        async def respond() -> func.HttpResponse:
            from settings import settings

            return create_success_response(settings().github_usernames)

        configure(ALLOWED_ORIGINS="*", REFRESH_BATCH_SIZE="ten")

        response = await answered(get(headers={"Origin": ALLOWED}), respond)

        error = json_of(response)["error"]
        assert (500, "invalid_settings") == (response.status_code, error["code"])
        assert "`REFRESH_BATCH_SIZE` is 'ten'" in error["message"]
        assert "Access-Control-Allow-Origin" not in response.headers


class TestOtherOrigins:
    async def test_a_preflight_of_an_allowed_origin_names_methods_and_headers(self, configure):
        configure(ALLOWED_ORIGINS=f"{ALLOWED}, https://two.example")

        response = await answered(options(Origin=ALLOWED), respond_ok)

        assert (204, b"") == (response.status_code, response.get_body())
        assert ALLOWED == response.headers["Access-Control-Allow-Origin"]
        assert "GET, HEAD, POST" == response.headers["Access-Control-Allow-Methods"]
        assert "Content-Type" in response.headers["Access-Control-Allow-Headers"]
        assert response.headers["X-Request-Id"]

    async def test_an_allowed_origin_may_read_the_response_and_our_headers(self, configure):
        configure(ALLOWED_ORIGINS=ALLOWED)

        response = await answered(get(headers={"Origin": ALLOWED}), respond_ok)

        assert ALLOWED == response.headers["Access-Control-Allow-Origin"]
        assert "X-Request-Id" in response.headers["Access-Control-Expose-Headers"]
        assert "Origin" == response.headers["Vary"]
        assert "Access-Control-Allow-Methods" not in response.headers

    async def test_any_other_origin_may_not_but_caches_keep_them_apart(self, configure):
        configure(ALLOWED_ORIGINS=ALLOWED)

        for request in (options(Origin="https://evil.example"), get()):
            response = await answered(request, respond_ok)

            assert "Access-Control-Allow-Origin" not in response.headers
            assert "Origin" == response.headers["Vary"]

    async def test_every_origin_may_read_where_the_owner_allows_all(self, configure):
        configure(ALLOWED_ORIGINS="*")

        response = await answered(get(headers={"Origin": "https://any.example"}), respond_ok)

        assert "*" == response.headers["Access-Control-Allow-Origin"]
        assert "Vary" not in response.headers

    async def test_no_origin_may_read_where_none_is_set(self):
        response = await answered(get(headers={"Origin": ALLOWED}), respond_ok)

        assert not {"Access-Control-Allow-Origin", "Vary"} & set(response.headers.keys())


class TestCompression:
    async def test_a_large_response_is_compressed_for_callers_that_accept_gzip(self, configure):
        configure(ALLOWED_ORIGINS=ALLOWED)

        response = await answered(get(headers={"Accept-Encoding": "br, gzip"}), respond_ok, LARGE)

        assert LARGE == json.loads(gzip.decompress(response.get_body()))
        assert ("gzip", "application/json") == (
            response.headers["Content-Encoding"],
            response.mimetype,
        )
        assert "Accept-Encoding, Origin" == response.headers["Vary"]
        assert response.headers["X-Request-Id"]

    @pytest.mark.parametrize(("accepted", "data"), [("br", LARGE), ("", LARGE), ("gzip", "small")])
    async def test_other_responses_are_sent_as_they_are(self, accepted, data):
        response = await answered(get(headers={"Accept-Encoding": accepted}), respond_ok, data)

        assert data == json_of(response)
        assert "Content-Encoding" not in response.headers

    async def test_a_compressed_error_keeps_its_status(self):
        problems = {"q": LARGE}

        response = await answered(
            get(headers={"Accept-Encoding": "gzip"}), respond_with, InvalidRequest(problems)
        )

        assert (400, "gzip") == (response.status_code, response.headers["Content-Encoding"])
