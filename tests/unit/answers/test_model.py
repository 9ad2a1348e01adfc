"""The models are called by OpenAI's protocol, whatever the service supports."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from types import SimpleNamespace
from typing import Any

import openai  # noqa: F401 - its import takes seconds and must not count against a timeout
import pytest

from answers.model import (
    DEFAULT_RETRY_DELAY_S,
    MAX_FAILURES,
    MAX_RETRY_DELAY_S,
    PAUSE_S,
    REQUEST_FORMS,
    Breaker,
    ChatModel,
    EmbeddingModel,
    _retry_delay_s,
    has_model,
)
from errors import AnswerFailed
from tests.model_server import API_KEY, Embedder, Model, ModelOptions, embed

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

        with pytest.raises(AnswerFailed, match="BadRequestError"):
            await chat_model.complete(MESSAGES)
        assert len(REQUEST_FORMS) == len(model.requests)

    @pytest.mark.parametrize("status", [429, 500, 503])
    async def test_a_transient_failure_is_retried_once(self, model, chat_model, status):
        model.statuses = [status]

        await chat_model.complete(MESSAGES)

        assert 2 == len(model.requests)
        assert 2 == chat_model.usage.calls

    async def test_a_second_failure_is_not_retried(self, model, chat_model):
        model.statuses = [429, 429, 429]

        with pytest.raises(AnswerFailed, match="RateLimitError"):
            await chat_model.complete(MESSAGES)
        assert 2 == len(model.requests)

    async def test_a_wrong_key_is_not_retried(self, model, chat_model):
        model.statuses = [401]

        with pytest.raises(AnswerFailed, match="AuthenticationError") as caught:
            await chat_model.complete(MESSAGES)
        assert 1 == len(model.requests)
        assert API_KEY not in str(caught.value)

    async def test_a_timeout_is_not_retried(self, model):
        model.hold()
        client = ChatModel(ModelOptions(model.url, openai_timeout_seconds=0.01))

        with pytest.raises(AnswerFailed, match="APITimeoutError"):
            await client.complete(MESSAGES)

        model.release()
        await client.close()
        assert 1 == client.usage.calls

    async def test_a_server_that_is_down_fails(self, no_server):
        client = ChatModel(ModelOptions(no_server))

        with pytest.raises(AnswerFailed, match="APIConnectionError"):
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

        with pytest.raises(AnswerFailed, match="refuses"):
            await chat_model.complete(MESSAGES)

    async def test_after_close_the_next_call_connects_again(self, model, chat_model):
        await chat_model.complete(MESSAGES)
        await chat_model.close()
        await chat_model.close()

        await chat_model.complete(MESSAGES)

        assert 2 == len(model.requests)


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
        import azure.identity.aio

        requested: list[str] = []
        for module in (azure.identity, azure.identity.aio):

            def provider(_credential: Any, scope: str) -> Any:
                requested.append(scope)
                return lambda: "token"

            monkeypatch.setattr(module, "DefaultAzureCredential", object)
            monkeypatch.setattr(module, "get_bearer_token_provider", provider)
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
