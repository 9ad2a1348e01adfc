"""Call the owner's models, through any service that speaks OpenAI's protocol.

Works with OpenAI, Azure OpenAI (`https://NAME.openai.azure.com/openai/v1`, by key or with the app's
identity), Groq, Ollama and the like. The only module that uses openai.
"""

from __future__ import annotations

import asyncio
import importlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from math import isfinite
from threading import Lock
from typing import Any, Protocol
from urllib.parse import urlsplit

from answers.forms import Form, KnownForms
from answers.refusals import Reason, Refusal, refusal_of
from credentials import Identity
from errors import AnswerFailed

AZURE_HOSTS = (".openai.azure.com", ".cognitiveservices.azure.com", ".services.ai.azure.com")
AZURE_SCOPE = "https://cognitiveservices.azure.com/.default"
DEFAULT_RETRY_DELAY_S, MAX_RETRY_DELAY_S = 0.2, 1.0
# A call that outlasts the visitor's timeout may run this many times longer, so that the next visitor
# finds its answer cached.
LATE_FACTOR = 3.0
# After this many consecutive failures, stop calling the model for this many seconds.
MAX_FAILURES, PAUSE_S = 3, 60.0


class ModelSettings(Protocol):
    """The settings that say where the models are."""

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
    @property
    def model_identity(self) -> Identity: ...


@dataclass(slots=True)
class ModelUsage:
    """What the chat model has cost this process."""

    calls: int = 0
    failures: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0


@dataclass(slots=True)
class Breaker:
    """A circuit breaker: stops calls to a model that keeps failing, so that visitors need not wait."""

    clock: Callable[[], float] = time.monotonic
    _failures: int = 0
    _open_until: float = field(default=float("-inf"))

    @property
    def is_open(self) -> bool:
        """Whether calls are stopped now."""
        return self.clock() < self._open_until

    def failed(self) -> None:
        """Count a failure. After a pause, a single one opens the breaker again."""
        self._failures += 1
        if self._failures >= MAX_FAILURES:
            self._open_until = self.clock() + PAUSE_S

    def succeeded(self) -> None:
        """Reset the count."""
        self._failures = 0


def has_model(settings: ModelSettings) -> bool:
    """Tell whether a model can be called: with a key, or on Azure with the app's identity."""
    return bool(settings.openai_api_key) or _is_azure(settings.openai_base_url)


class ChatModel:
    """The owner's chat model. Remembers the request form that it accepts, and what it has cost.

    Not thread-safe: call it on the event loop's thread.
    """

    def __init__(
        self, settings: ModelSettings, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Prepare the model; openai is imported and connected on first use."""
        self.name = settings.openai_model
        self.timeout_s = settings.openai_timeout_seconds
        self.is_configured = has_model(settings)
        self.usage = ModelUsage()
        self._settings = settings
        self._clock = clock
        self._forms = KnownForms()
        self._reasons = False  # it has used up its tokens before the end of a reply
        self._client: Any = None

    async def load(self) -> None:
        """Import openai on a thread: it takes half a second."""
        await asyncio.to_thread(importlib.import_module, "openai")

    async def complete(self, messages: Sequence[dict[str, str]]) -> str:
        """Return the model's reply. Retry a transient failure once.

        Raises AnswerFailed with a Reason.
        """
        form: Form | None = self._forms.first(self._clock())
        tried: list[Form] = []
        retried = False
        is_learning = True
        while form:
            outcome = await self._request(form, messages, is_learning=is_learning)
            if isinstance(outcome, str):
                return outcome
            match outcome.refusal.about:
                case "server":
                    tried.append(form)
                    form = self._forms.next(tried, outcome.refusal.parameter)
                    continue
                case "reply" if not retried and form.format != "text":
                    # The server could not make JSON of it. Validation here asks for less.
                    form, is_learning = replace(form, format="text"), False
                case "moment" if not retried and outcome.retry_delay_s is not None:
                    await asyncio.sleep(outcome.retry_delay_s)
                case _:
                    raise AnswerFailed(outcome.refusal.reason)
            retried = True
        raise AnswerFailed(Reason.PARAMETERS)

    async def _request(
        self, form: Form, messages: Sequence[dict[str, str]], *, is_learning: bool
    ) -> str | _Refused:
        """Send one request; return the reply, or why there is none."""
        import openai

        self.usage.calls += 1
        try:
            completion = await self._connected_client().chat.completions.create(
                model=self.name, messages=list(messages), **form.parameters(reasons=self._reasons)
            )
            if is_learning:
                self._forms.succeeded(form, self._clock())
            return self._content(completion)
        except openai.APIStatusError as error:
            return _Refused(refusal_of(error), _retry_delay_s(error))
        except openai.APITimeoutError:
            return _Refused(Refusal("moment", Reason.SLOW), None)
        except openai.APIConnectionError:
            return _Refused(Refusal("moment", Reason.UNAVAILABLE), DEFAULT_RETRY_DELAY_S)
        except (openai.OpenAIError, ValueError, TypeError, AttributeError, LookupError) as error:
            raise AnswerFailed(Reason.UNUSABLE_REPLY) from error

    async def close(self) -> None:
        """Close the connections; the next call opens new ones."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    def _connected_client(self) -> Any:
        """Return the client; one client is kept, so that its connections are reused."""
        if self._client is None:
            from openai import AsyncOpenAI

            self._client = AsyncOpenAI(
                api_key=_credential(self._settings, is_async=True),
                base_url=self._settings.openai_base_url,
                timeout=LATE_FACTOR * self.timeout_s,
                max_retries=0,
            )
        return self._client

    def _content(self, completion: Any) -> str:
        """Count the tokens of a completion and return its text."""
        if completion.usage:
            self.usage.prompt_tokens += int(completion.usage.prompt_tokens or 0)
            self.usage.completion_tokens += int(completion.usage.completion_tokens or 0)
        choice = completion.choices[0]
        ended_by = getattr(choice, "finish_reason", None)
        if ended_by == "length":
            self._reasons = True
        if ended_by == "content_filter":
            raise AnswerFailed(Reason.CONTENT_FILTER)
        if getattr(choice.message, "refusal", None):
            raise AnswerFailed(Reason.REFUSAL)
        if not isinstance(choice.message.content, str):
            raise AnswerFailed(Reason.UNUSABLE_REPLY)
        return choice.message.content


@dataclass(frozen=True, slots=True)
class _Refused:
    refusal: Refusal
    retry_delay_s: float | None  # None: a retry would take too long


class EmbeddingModel:
    """The owner's embedding model. Thread-safe."""

    def __init__(self, settings: ModelSettings) -> None:
        """Prepare the model; openai is imported and connected on first use."""
        self.name = settings.openai_embedding_model
        self.is_configured = has_model(settings) and bool(self.name)
        self._settings = settings
        self._client: Any = None
        self._connecting = Lock()

    def embed(self, texts: Sequence[str], timeout_s: float) -> list[list[float]]:
        """Return one vector per text. Raises AnswerFailed."""
        import openai

        try:
            reply = (
                self._connected_client()
                .with_options(timeout=timeout_s)
                .embeddings.create(model=str(self.name), input=list(texts), encoding_format="float")
            )
            data = sorted(reply.data, key=lambda item: item.index)
            vectors = [item.embedding for item in data]
        except (openai.OpenAIError, ValueError, TypeError, AttributeError) as error:
            raise AnswerFailed(type(error).__name__) from error
        if len(vectors) != len(texts) or not all(_is_vector(vector) for vector in vectors):
            raise AnswerFailed("the embeddings cannot be used")
        return vectors

    def close(self) -> None:
        """Close the connections; the next call opens new ones."""
        client, self._client = self._client, None
        if client is not None:
            client.close()

    def _connected_client(self) -> Any:
        """Return the client; one client is kept, so that its connections are reused."""
        with self._connecting:
            if self._client is None:
                from openai import OpenAI

                self._client = OpenAI(
                    api_key=_credential(self._settings),
                    base_url=self._settings.openai_base_url,
                    max_retries=0,
                )
            return self._client


def _is_vector(values: Any) -> bool:
    return bool(values) and all(isinstance(value, float) and isfinite(value) for value in values)


def _retry_delay_s(error: Any) -> float:
    response = getattr(error, "response", None)
    text = response.headers.get("retry-after", "") if response is not None else ""
    return min(float(text), MAX_RETRY_DELAY_S) if text.isdecimal() else DEFAULT_RETRY_DELAY_S


def _credential(settings: ModelSettings, *, is_async: bool = False) -> Any:
    """Return the key, or a token provider of the app's identity on Azure without a key."""
    if settings.openai_api_key or not _is_azure(settings.openai_base_url):
        return settings.openai_api_key or "none"
    provide_token = settings.model_identity.token_provider(AZURE_SCOPE)
    return partial(asyncio.to_thread, provide_token) if is_async else provide_token


def _is_azure(base_url: str) -> bool:
    return (urlsplit(base_url).hostname or "").endswith(AZURE_HOSTS)
