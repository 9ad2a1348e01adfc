"""The models are called by OpenAI's protocol, whatever the service supports."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from types import SimpleNamespace
from typing import Any

import openai  # noqa: F401 - its import takes seconds and must not count against a timeout
import pytest

from answers.forms import FORM_LIFETIME_S, GUESSES, MAX_ANSWER_TOKENS, REFUSED_LIFETIME_S
from answers.model import (
    DEFAULT_RETRY_DELAY_S,
    MAX_FAILURES,
    MAX_RETRY_DELAY_S,
    PAUSE_S,
    Breaker,
    ChatModel,
    EmbeddingModel,
    _retry_delay_s,
    has_model,
)
from errors import AnswerFailed
from tests.model_server import API_KEY, Embedder, Model, ModelOptions, Refusing, embed, format_of

MESSAGES = [{"role": "user", "content": "kubernetes"}]


@pytest.fixture
async def chat_model(model: Model) -> AsyncIterator[ChatModel]:
    """The client of `model`."""
    client = ChatModel(ModelOptions(model.url))
    yield client
    await client.close()


@pytest.fixture
def embedder() -> Iterator[Embedder]:
    """An embedding model that replies."""
    server = Embedder()
    yield server
    server.close()


@pytest.fixture
def embedding_model(embedder: Embedder) -> Iterator[EmbeddingModel]:
    """The client of `embedder`."""
    client = EmbeddingModel(ModelOptions(embedder.url, openai_embedding_model="directions"))
    yield client
    client.close()


class TestHasModel:
    @pytest.mark.parametrize(
        ("url", "key", "expected"),
        [
            ("https://api.openai.com/v1", API_KEY, True),
            ("https://api.openai.com/v1", None, False),
            ("https://x.openai.azure.com/openai/v1", None, True),
            ("https://evil-openai.azure.com.x/v1", None, False),
            ("not a url", None, False),
        ],
    )
    def test_a_model_needs_a_key_except_on_azure(self, url, key, expected):
        options = ModelOptions(url, openai_api_key=key)

        assert expected == has_model(options)
        assert expected == ChatModel(options).is_configured

    def test_an_embedding_model_needs_a_name(self):
        assert not EmbeddingModel(ModelOptions("http://x")).is_configured
        assert EmbeddingModel(ModelOptions("http://x", openai_embedding_model="e")).is_configured
        assert not EmbeddingModel(
            ModelOptions("http://x", openai_api_key=None, openai_embedding_model="e")
        ).is_configured


class TestBreaker:
    def test_it_opens_after_consecutive_failures_and_closes_after_a_pause(self):
        now = [0.0]
        breaker = Breaker(clock=lambda: now[0])
        states = []
        for _ in range(MAX_FAILURES):
            breaker.failed()
            states.append(breaker.is_open)
        for now[0] in (PAUSE_S - 1, PAUSE_S):
            states.append(breaker.is_open)

        assert [False] * (MAX_FAILURES - 1) + [True, True, False] == states

    def test_after_a_pause_a_single_failure_opens_it_again(self):
        now = [0.0]
        breaker = Breaker(clock=lambda: now[0])
        for _ in range(MAX_FAILURES):
            breaker.failed()
        now[0] = PAUSE_S

        breaker.failed()

        assert breaker.is_open

    def test_a_success_resets_the_count(self):
        breaker = Breaker(clock=lambda: 0.0)
        for _ in range(MAX_FAILURES - 1):
            breaker.failed()

        breaker.succeeded()
        breaker.failed()

        assert not breaker.is_open


class TestChatModel:
    async def test_the_reply_is_returned_and_its_tokens_are_counted(self, model, chat_model):
        model.reply = "Yes."

        assert "Yes." == await chat_model.complete(MESSAGES)
        assert (1, 70, 7) == (
            chat_model.usage.calls,
            chat_model.usage.prompt_tokens,
            chat_model.usage.completion_tokens,
        )
        assert MESSAGES == model.requests[0]["messages"]
        assert "test-model" == model.requests[0]["model"]
        assert API_KEY not in json.dumps(model.requests)

    async def test_load_imports_openai_ahead_of_the_first_call(self, chat_model):
        await chat_model.load()

    @pytest.mark.parametrize("supported", [{"json_object", "text"}, {"text"}])
    async def test_a_model_without_structured_output_is_asked_in_another_form(
        self, model, chat_model, supported
    ):
        model.supported_formats = supported

        await chat_model.complete(MESSAGES)
        tried = len(model.requests)
        await chat_model.complete(MESSAGES)

        assert model.requests[-1].get("response_format", {}).get("type", "text") in supported
        assert tried + 1 == len(model.requests)  # the form is remembered

    async def test_a_model_that_supports_no_form_fails(self, model, chat_model):
        model.supported_formats = set()

        with pytest.raises(AnswerFailed, match="parameters_refused"):
            await chat_model.complete(MESSAGES)
        assert len(GUESSES) == len(model.requests)

    @pytest.mark.parametrize("status", [429, 500, 503])
    async def test_a_transient_failure_is_retried_once(self, model, chat_model, status):
        model.statuses = [status]

        await chat_model.complete(MESSAGES)

        assert 2 == len(model.requests)
        assert 2 == chat_model.usage.calls

    async def test_a_second_failure_is_not_retried(self, model, chat_model):
        model.statuses = [429, 429, 429]

        with pytest.raises(AnswerFailed, match="rate_limited"):
            await chat_model.complete(MESSAGES)
        assert 2 == len(model.requests)

    async def test_a_wrong_key_is_not_retried(self, model, chat_model):
        model.statuses = [401]

        with pytest.raises(AnswerFailed, match="bad_credentials") as caught:
            await chat_model.complete(MESSAGES)
        assert 1 == len(model.requests)
        assert API_KEY not in str(caught.value)

    async def test_a_timeout_is_not_retried(self, model):
        model.hold()
        client = ChatModel(ModelOptions(model.url, openai_timeout_seconds=0.01))

        with pytest.raises(AnswerFailed, match="slow"):
            await client.complete(MESSAGES)

        model.release()
        await client.close()
        assert 1 == client.usage.calls

    async def test_a_server_that_is_down_fails(self, no_server):
        client = ChatModel(ModelOptions(no_server))

        with pytest.raises(AnswerFailed, match="unavailable"):
            await client.complete(MESSAGES)
        await client.close()

    @pytest.mark.parametrize(
        "raw",
        [
            b"",
            b"<html>",
            b"null",
            b"[]",
            b"{}",
            b'{"choices": []}',
            b'{"choices": [{"message": {"content": null}}]}',
            b'{"choices": [{"message": {"content": 7}}]}',
            b'{"choices": [{}]}',
        ],
    )
    async def test_a_malformed_completion_fails(self, model, chat_model, raw):
        model.raw = raw

        with pytest.raises(AnswerFailed):
            await chat_model.complete(MESSAGES)

    async def test_a_completion_without_usage_is_accepted(self, model, chat_model):
        model.raw = b'{"choices": [{"message": {"role": "assistant", "content": "Yes."}}]}'

        assert "Yes." == await chat_model.complete(MESSAGES)
        assert 0 == chat_model.usage.prompt_tokens

    async def test_a_refusal_fails(self, model, chat_model):
        model.refusal = "I cannot help with that."

        with pytest.raises(AnswerFailed, match="refusal"):
            await chat_model.complete(MESSAGES)

    async def test_after_close_the_next_call_connects_again(self, model, chat_model):
        await chat_model.complete(MESSAGES)
        await chat_model.close()
        await chat_model.close()

        await chat_model.complete(MESSAGES)

        assert 2 == len(model.requests)


NO_SCHEMA = Refusing(422, {"message": "Extra inputs are not permitted"}, format="json_schema")
TEMPERATURE = Refusing(
    400,
    {
        "message": "Unsupported value: 'temperature' does not support 0 with this model.",
        "param": "temperature",
        "code": "unsupported_value",
    },
    parameter="temperature",
)
MAX_TOKENS = Refusing(
    400,
    {
        "message": "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.",
        "param": "max_tokens",
        "code": "unsupported_parameter",
    },
    parameter="max_tokens",
)
NO_COMPLETION_TOKENS = Refusing(
    422,
    {"message": "max_completion_tokens: Extra inputs are not permitted"},
    parameter="max_completion_tokens",
)
FILTERED = Refusing(
    400, {"message": "The response was filtered.", "code": "content_filter"}, says="kill"
)


class TestForms:
    """What a server refuses is learned from visitors' requests, at a cost of one each."""

    @pytest.mark.parametrize(
        ("refusing", "calls", "expected"),
        [
            pytest.param([NO_SCHEMA], 2, {"response_format": "json_object"}, id="schema"),
            pytest.param([TEMPERATURE], 2, {"temperature": None}, id="temperature"),
            pytest.param(
                [MAX_TOKENS, TEMPERATURE],
                2,
                {
                    "max_tokens": None,
                    "max_completion_tokens": 4 * MAX_ANSWER_TOKENS,
                    "temperature": None,
                    "response_format": "json_schema",
                },
                id="reasoning",
            ),
            pytest.param(
                [MAX_TOKENS, NO_COMPLETION_TOKENS],
                3,
                {"max_tokens": None, "max_completion_tokens": None},
                id="no-limit-at-all",
            ),
            pytest.param(
                [
                    Refusing(
                        422,
                        {"detail": [{"loc": ["body", "response_format"], "input": "temperature"}]},
                        parameter="response_format",
                        is_bare=True,
                    )
                ],
                3,
                {"response_format": None, "max_tokens": MAX_ANSWER_TOKENS, "temperature": 0},
                id="no-format-at-all",
            ),
            pytest.param(
                [Refusing(400, {}, parameter="max_tokens")],
                3,
                {"max_completion_tokens": 4 * MAX_ANSWER_TOKENS},
                id="not-named",
            ),
        ],
    )
    async def test_only_what_is_refused_is_left_out_and_that_is_remembered(
        self, model, chat_model, refusing, calls, expected
    ):
        model.refusing = refusing

        await chat_model.complete(MESSAGES)
        assert calls == len(model.requests)
        await chat_model.complete(MESSAGES)

        assert calls + 1 == len(model.requests)
        sent = {**model.requests[-1]}
        sent["response_format"] = sent.get("response_format", {}).get("type")
        assert expected == {name: sent.get(name) for name in expected}

    async def test_after_an_hour_one_request_tries_the_best_form_again(self, model):
        now = [0.0]
        client = ChatModel(ModelOptions(model.url), clock=lambda: now[0])
        model.supported_formats = {"text"}
        await client.complete(MESSAGES)
        now[0] = FORM_LIFETIME_S + 1
        model.requests.clear()

        await client.complete(MESSAGES)
        await client.complete(MESSAGES)
        now[0] *= 3
        model.supported_formats = None
        await client.complete(MESSAGES)

        await client.close()
        assert ["json_schema", "text", "text", "json_schema"] == [
            format_of(request) for request in model.requests
        ]

    async def test_a_form_that_has_worked_is_kept_when_all_are_refused(self, model, chat_model):
        await chat_model.complete(MESSAGES)
        model.supported_formats = set()
        calls = []
        for _ in range(3):
            model.requests.clear()
            with pytest.raises(AnswerFailed, match="parameters_refused"):
                await chat_model.complete(MESSAGES)
            calls.append(len(model.requests))
        model.supported_formats = None

        await chat_model.complete(MESSAGES)

        assert [len(GUESSES), 1, 1] == calls  # each other form was tried once
        assert "json_schema" == format_of(model.requests[-1])

    async def test_a_server_that_refused_all_forms_is_tried_again_after_a_minute(self, model):
        now = [0.0]
        client = ChatModel(ModelOptions(model.url), clock=lambda: now[0])
        model.supported_formats = set()
        for _ in range(2):
            with pytest.raises(AnswerFailed):
                await client.complete(MESSAGES)
        assert len(GUESSES) + 1 == len(model.requests)
        model.supported_formats = {"json_object"}
        now[0] = REFUSED_LIFETIME_S + 1

        await client.complete(MESSAGES)

        await client.close()
        assert len(GUESSES) + 3 == len(model.requests)

    async def test_a_filtered_question_costs_one_call_and_changes_nothing(self, model, chat_model):
        model.refusing = [FILTERED]

        with pytest.raises(AnswerFailed, match="content_filter"):
            await chat_model.complete([{"role": "user", "content": "kill"}])
        await chat_model.complete(MESSAGES)

        assert ["json_schema"] * 2 == [format_of(request) for request in model.requests]

    async def test_a_filtered_reply_is_told_by_its_end(self, model, chat_model):
        model.finish_reason = "content_filter"

        with pytest.raises(AnswerFailed, match="content_filter"):
            await chat_model.complete(MESSAGES)

    async def test_a_reply_that_the_server_could_not_make_json_of_is_asked_for_once_in_prose(
        self, model, chat_model
    ):
        failed = {"message": "Failed to generate JSON.", "code": "json_validate_failed"}
        model.refusing = [Refusing(400, failed, format="json_schema")]

        await chat_model.complete(MESSAGES)
        model.refusing = []
        await chat_model.complete(MESSAGES)

        assert ["json_schema", "text", "json_schema"] == [
            format_of(request) for request in model.requests
        ]

    async def test_a_model_that_thinks_until_its_tokens_are_used_up_gets_more(
        self, model, chat_model
    ):
        model.finish_reason = "length"

        await chat_model.complete(MESSAGES)
        await chat_model.complete(MESSAGES)

        assert [MAX_ANSWER_TOKENS, 4 * MAX_ANSWER_TOKENS] == [
            request["max_tokens"] for request in model.requests
        ]

    @pytest.mark.parametrize(
        ("status", "error", "reason"),
        [
            (401, {}, "bad_credentials"),
            (403, {}, "bad_credentials"),
            (404, {"code": "model_not_found"}, "unknown_model"),
            (400, {"message": "Model Not Exist"}, "unknown_model"),
            (429, {"code": "insufficient_quota"}, "insufficient_quota"),
            (402, {"message": "Insufficient Balance"}, "insufficient_quota"),
            (403, {"message": "Input was flagged", "metadata": {}}, "content_filter"),
            (400, {"innererror": {"code": "ResponsibleAIPolicyViolation"}}, "content_filter"),
            (400, {"code": "context_length_exceeded"}, "context_length"),
            (400, {"message": "This model's maximum context length is 4096"}, "context_length"),
            (500, {"type": "exceed_context_size_error"}, "context_length"),
            (413, {}, "context_length"),
            (
                400,
                {"message": "'max_tokens' is too large: maximum context length is 9"},
                "context_length",
            ),
        ],
    )
    async def test_what_no_retry_mends_costs_one_call(
        self, model, chat_model, status, error, reason
    ):
        model.refusing = [Refusing(status, error)]

        with pytest.raises(AnswerFailed, match=reason):
            await chat_model.complete(MESSAGES)

        assert 1 == len(model.requests)


class TestEmbeddingModel:
    def test_every_text_has_a_vector(self, embedder, embedding_model):
        texts = ["beehive", "tally"]

        assert [embed(text) for text in texts] == embedding_model.embed(texts, timeout_s=60)
        assert "directions" == embedder.requests[0]["model"]

    def test_vectors_are_ordered_by_the_index_that_the_model_gives_them(
        self, embedder, embedding_model, monkeypatch
    ):
        data = [{"index": 1, "embedding": [0.5]}, {"index": 0, "embedding": [0.25]}]
        body = json.dumps({"data": data}).encode()
        monkeypatch.setattr(embedder, "reply_to", lambda *_: (200, body))

        assert [[0.25], [0.5]] == embedding_model.embed(["a", "b"], timeout_s=60)

    @pytest.mark.parametrize(
        "body",
        [
            "[]",
            "{}",
            '{"data": null}',
            '{"data": []}',
            '{"data": [{"index": 0, "embedding": []}]}',
            '{"data": [{"index": 0, "embedding": null}]}',
            '{"data": [{"index": 0, "embedding": ["x"]}]}',
            '{"data": [{"index": 0, "embedding": [NaN]}]}',
            '{"data": [{"index": 0, "embedding": [0.5]}, {"index": 1, "embedding": [0.5]}]}',
        ],
    )
    def test_malformed_embeddings_fail(self, embedder, embedding_model, monkeypatch, body):
        monkeypatch.setattr(embedder, "reply_to", lambda *_: (200, body.encode()))

        with pytest.raises(AnswerFailed):
            embedding_model.embed(["a"], timeout_s=60)

    def test_a_failure_is_not_retried(self, embedder, embedding_model):
        embedder.status = 500

        with pytest.raises(AnswerFailed, match="InternalServerError"):
            embedding_model.embed(["a"], timeout_s=60)
        assert 1 == len(embedder.requests)

    def test_a_slow_model_fails(self, embedder, embedding_model):
        embedder.hold()

        with pytest.raises(AnswerFailed, match="APITimeoutError"):
            embedding_model.embed(["a"], timeout_s=0.05)
        embedder.release()

    def test_after_close_the_next_call_connects_again(self, embedder, embedding_model):
        embedding_model.embed(["a"], timeout_s=60)
        embedding_model.close()
        embedding_model.close()

        embedding_model.embed(["a"], timeout_s=60)

        assert 2 == len(embedder.requests)


class TestRetryDelay:
    @pytest.mark.parametrize(
        ("headers", "delay_s"),
        [
            ({"retry-after": "0"}, 0.0),
            ({"retry-after": "3600"}, MAX_RETRY_DELAY_S),
            ({"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"}, DEFAULT_RETRY_DELAY_S),
            ({}, DEFAULT_RETRY_DELAY_S),
        ],
    )
    def test_it_is_what_the_server_asks_for_within_bounds(self, headers, delay_s):
        error = SimpleNamespace(response=SimpleNamespace(headers=headers))

        assert delay_s == _retry_delay_s(error)

    def test_without_a_response_it_is_the_default(self):
        assert DEFAULT_RETRY_DELAY_S == _retry_delay_s(ValueError())


class TestIdentity:
    """On Azure, the app's identity replaces the key."""

    OPTIONS = ModelOptions(
        "https://x.openai.azure.com/openai/v1", openai_api_key=None, openai_embedding_model="e"
    )

    @pytest.fixture
    def scopes(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        """The scopes that tokens are requested for."""
        import azure.identity

        requested: list[str] = []

        def provider(_credential: Any, scope: str) -> Any:
            requested.append(scope)
            return lambda: "token"

        monkeypatch.setattr(azure.identity, "DefaultAzureCredential", object)
        monkeypatch.setattr(azure.identity, "get_bearer_token_provider", provider)
        return requested

    def test_both_models_use_tokens_of_the_identity(self, scopes):
        chat_model, embedding_model = ChatModel(self.OPTIONS), EmbeddingModel(self.OPTIONS)
        chat_model._connected_client()
        embedding_model._connected_client()

        asyncio.run(chat_model.close())
        embedding_model.close()
        assert ["https://cognitiveservices.azure.com/.default"] * 2 == scopes

    def test_a_key_is_preferred(self, scopes):
        client = EmbeddingModel(ModelOptions(self.OPTIONS.openai_base_url))
        client._connected_client()

        client.close()
        assert [] == scopes
