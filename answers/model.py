"""A model behind any service that speaks OpenAI's protocol. openai stays in here.

OpenAI, Azure OpenAI (`https://NAME.openai.azure.com/openai/v1`, by key or by the app's identity), Groq,
Ollama and the like.
"""

from __future__ import annotations

import asyncio
import importlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import isfinite
from typing import Any, Protocol
from urllib.parse import urlsplit

from answers.prompt import REPLY_SCHEMA
from errors import AnswerFailed

MOST_ANSWER_TOKENS = 500
AZURE_HOSTS = (".openai.azure.com", ".cognitiveservices.azure.com", ".services.ai.azure.com")
AZURE_SCOPE = "https://cognitiveservices.azure.com/.default"
LONGEST_RETRY_AFTER_S = 1.0
# Models differ in what they understand; the first way that a model accepts is remembered.
SCHEMA = {
    "type": "json_schema",
    "json_schema": {"name": "answer", "strict": True, "schema": REPLY_SCHEMA},
}
WAYS: tuple[dict[str, Any], ...] = (
    {"response_format": SCHEMA, "max_tokens": MOST_ANSWER_TOKENS, "temperature": 0},
    {
        "response_format": {"type": "json_object"},
        "max_tokens": MOST_ANSWER_TOKENS,
        "temperature": 0,
    },
    {"response_format": SCHEMA, "max_completion_tokens": 4 * MOST_ANSWER_TOKENS},
    {"max_tokens": MOST_ANSWER_TOKENS},
)
# A call that is too late for the visitor who asked goes on for the next one: so many times longer.
LATE = 3.0
FAILURES, PAUSE_S = 3, 60.0  # so many in a row, and the model is left alone for so long


class ModelSettings(Protocol):
    """Where the models are."""

    @property
    def openai_api_key(self) -> str | None: ...
    @property
    def openai_base_url(self) -> str: ...
    @property
    def openai_model(self) -> str: ...
    @property
    def openai_embedding_model(self) -> str | None: ...
    @property
    def openai_timeout_seconds(self) -> float: ...


@dataclass(slots=True)
class Usage:
    """What models have cost this process."""

    calls: int = 0
    failures: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0


@dataclass(slots=True)
class Breaker:
    """Leaves a model alone that keeps failing, so that visitors do not wait for it in vain."""

    clock: Callable[[], float] = time.monotonic
    _failures: int = 0
    _until: float = field(default=float("-inf"))

    @property
    def is_open(self) -> bool:
        """Whether the model is left alone now."""
        return self.clock() < self._until

    def failed(self) -> None:
        """One more failure; after the pause a single one opens it again."""
        self._failures += 1
        if self._failures >= FAILURES:
            self._until = self.clock() + PAUSE_S

    def succeeded(self) -> None:
        """All is well."""
        self._failures = 0


def has_model(settings: ModelSettings) -> bool:
    """Whether there is a model to ask: with a key, or at Azure with the app's identity."""
    return bool(settings.openai_api_key) or _is_azure(settings.openai_base_url)


async def load() -> None:
    """Import openai, which takes half a second, away from the event loop."""
    await asyncio.to_thread(importlib.import_module, "openai")


async def complete(
    messages: Sequence[dict[str, str]], settings: ModelSettings, usage: Usage
) -> str:
    """The model's reply. One retry for what may pass. Raises AnswerFailed."""
    import openai

    client = _client(
        settings.openai_api_key, settings.openai_base_url, LATE * settings.openai_timeout_seconds
    )
    where = (settings.openai_base_url, settings.openai_model)
    retried = False
    while True:
        way = _ways.get(where, 0)
        usage.calls += 1
        try:
            completion = await client.chat.completions.create(
                model=settings.openai_model, messages=list(messages), **WAYS[way]
            )
            return _content(completion, usage)
        except openai.BadRequestError as error:
            if way + 1 == len(WAYS):
                raise AnswerFailed(type(error).__name__) from error
            _ways[where] = way + 1
        except (
            openai.RateLimitError,
            openai.InternalServerError,
            openai.APIConnectionError,
        ) as error:
            if retried or isinstance(error, openai.APITimeoutError):
                raise AnswerFailed(type(error).__name__) from error
            retried = True
            await asyncio.sleep(_retry_after(error))
        except (openai.OpenAIError, ValueError, TypeError, AttributeError, LookupError) as error:
            raise AnswerFailed(type(error).__name__) from error


def embed(texts: Sequence[str], settings: ModelSettings, timeout_s: float) -> list[list[float]]:
    """The texts' directions, as the owner's model of embeddings sees them. Raises AnswerFailed."""
    import openai

    client = openai.OpenAI(
        api_key=_credential(settings.openai_api_key, settings.openai_base_url),
        base_url=settings.openai_base_url,
        timeout=timeout_s,
        max_retries=0,
    )
    try:
        with client:
            reply = client.embeddings.create(
                model=str(settings.openai_embedding_model),
                input=list(texts),
                encoding_format="float",
            )
        vectors = [each.embedding for each in sorted(reply.data, key=lambda each: each.index)]
    except (openai.OpenAIError, ValueError, TypeError, AttributeError) as error:
        raise AnswerFailed(type(error).__name__) from error
    if len(vectors) != len(texts) or not all(
        vector and all(isinstance(each, float) and isfinite(each) for each in vector)
        for vector in vectors
    ):
        raise AnswerFailed("the embeddings make no sense")
    return vectors


_ways: dict[tuple[str, str], int] = {}  # address and model -> the way that it understands


def _content(completion: Any, usage: Usage) -> str:
    if completion.usage:
        usage.prompt_tokens += int(completion.usage.prompt_tokens or 0)
        usage.completion_tokens += int(completion.usage.completion_tokens or 0)
    choice = completion.choices[0]
    if getattr(choice.message, "refusal", None):
        raise AnswerFailed("the model refuses")
    if not isinstance(choice.message.content, str):
        raise AnswerFailed("the model says nothing")
    return choice.message.content


def _retry_after(error: Any) -> float:
    response = getattr(error, "response", None)
    text = response.headers.get("retry-after", "") if response is not None else ""
    return min(float(text), LONGEST_RETRY_AFTER_S) if text.isdecimal() else 0.2


@lru_cache(maxsize=4)
def _client(api_key: str | None, base_url: str, timeout_s: float) -> Any:
    """One client, so that its connections are kept."""
    from openai import AsyncOpenAI

    return AsyncOpenAI(
        api_key=_credential(api_key, base_url, is_async=True),
        base_url=base_url,
        timeout=timeout_s,
        max_retries=0,
    )


def _credential(api_key: str | None, base_url: str, *, is_async: bool = False) -> Any:
    if api_key or not _is_azure(base_url):
        return api_key or "none"
    if is_async:
        from azure.identity import aio

        return aio.get_bearer_token_provider(aio.DefaultAzureCredential(), AZURE_SCOPE)
    from azure.identity import DefaultAzureCredential, get_bearer_token_provider

    return get_bearer_token_provider(DefaultAzureCredential(), AZURE_SCOPE)


def _is_azure(base_url: str) -> bool:
    return (urlsplit(base_url).hostname or "").endswith(AZURE_HOSTS)
