"""Answer a question in prose.

At most one model call per question and portfolio version, shared by all visitors, with an
extractive fallback.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any, Literal, NotRequired, TypedDict

from answers.model import LATE_FACTOR, Breaker, ChatModel
from answers.prompt import messages
from answers.reply import Sentence, supported_sentences
from errors import AnswerFailed
from models import Bundle, PublishedBundle
from observability import Facts, logger

MAX_ANSWERS = 500  # kept in memory

RankedBundles = Sequence[tuple[PublishedBundle, float]]  # bundles and scores, best first
# Writes an answer that needs no model, and returns it with the bundles that it names.
WithoutModel = Callable[[], tuple[str, list[PublishedBundle]]]
AnswerKey = tuple[str, ...]  # username, portfolio version and question, normalised


class Citation(TypedDict):
    """A repository that an answer cites."""

    name: str
    url: str


class Answer(TypedDict):
    """A written answer."""

    text: str
    citations: list[Citation]
    source: Literal["model", "extractive"]
    model: NotRequired[str]  # its name


class AnswerDesk:
    """Writes answers and remembers them. Not thread-safe: call it on the event loop's thread."""

    def __init__(self, model: ChatModel) -> None:
        """`model` is called only if it is configured."""
        self.breaker = Breaker()
        self._model = model
        self._hits = 0
        self._answers: OrderedDict[AnswerKey, list[Sentence]] = OrderedDict()
        self._calls: dict[AnswerKey, asyncio.Task[list[Sentence]]] = {}

    async def answer(
        self,
        question: str,
        username: str,
        version: str,
        ranked: RankedBundles,
        *,
        without_model: WithoutModel,
    ) -> Answer:
        """Write at most five sentences; those of a model cite repositories.

        They come from the model, or from the repositories themselves if there is no model or it
        does not reply in time. Without a match the model is not called. `version` identifies the
        portfolio that was ranked: the manifest's ETag. `without_model` is called if no model answers.
        """
        if ranked and self._model.is_configured:
            try:
                sentences = await self._sentences(question, username, version, ranked)
                return _model_answer(sentences, ranked, self._model.name)
            except AnswerFailed as error:
                logger.warning("answer.failed %s", Facts(model=self._model.name, error=str(error)))
        return _extractive_answer(without_model)

    def stats(self) -> dict[str, Any]:
        """Report cached answers, model calls and their cost, for the operator."""
        usage = self._model.usage
        return {
            "cached": len(self._answers),
            "hits": self._hits,
            "model_calls": usage.calls,
            "model_failures": usage.failures,
            "model_paused": self.breaker.is_open,
            "prompt_tokens": usage.prompt_tokens,
            "completion_tokens": usage.completion_tokens,
        }

    async def wait_for_calls(self) -> None:
        """Wait for the model calls in flight, including those that visitors no longer wait for."""
        await asyncio.gather(*self._calls.values(), return_exceptions=True)

    async def _sentences(
        self, question: str, username: str, version: str, ranked: RankedBundles
    ) -> list[Sentence]:
        """Return the sentences from memory, from another visitor's call, or from a new call."""
        normalised_question = " ".join(question.casefold().split())
        key = (username.lower(), version, normalised_question)
        # Other visitors are served meanwhile, so what there is of this answer is looked at after it.
        await self._model.load()
        if key in self._answers:
            self._hits += 1
            self._answers.move_to_end(key)
            return self._answers[key]
        if key not in self._calls:
            if self.breaker.is_open:
                raise AnswerFailed("the model failed repeatedly and is not called for a while")
            call = asyncio.create_task(self._call_model(key, question, username, ranked))
            self._calls[key] = call
            call.add_done_callback(lambda _: self._calls.pop(key, None))
        try:
            return await asyncio.wait_for(asyncio.shield(self._calls[key]), self._model.timeout_s)
        except TimeoutError:
            raise AnswerFailed("the model is slow") from None

    async def _call_model(
        self, key: AnswerKey, question: str, username: str, ranked: RankedBundles
    ) -> list[Sentence]:
        """Call the model, validate its reply and remember the sentences."""
        bundles = [bundle for bundle, _ in ranked]
        usage = self._model.usage
        before = (usage.prompt_tokens, usage.completion_tokens)
        try:
            reply = await asyncio.wait_for(
                self._model.complete(messages(question, username, bundles)),
                LATE_FACTOR * self._model.timeout_s,
            )
            names = [bundle["metadata"]["name"] for bundle in bundles]
            sentences = supported_sentences(reply, names)
        except (AnswerFailed, TimeoutError) as error:
            usage.failures += 1
            self.breaker.failed()
            raise AnswerFailed(str(error) or "the model is slow") from error
        self.breaker.succeeded()
        self._answers[key] = sentences
        while len(self._answers) > MAX_ANSWERS:
            self._answers.popitem(last=False)
        logger.info(
            "answer.written %s",
            Facts(
                model=self._model.name,
                sentences=len(sentences),
                prompt_tokens=usage.prompt_tokens - before[0],
                completion_tokens=usage.completion_tokens - before[1],
            ),
        )
        return sentences


def _model_answer(sentences: Sequence[Sentence], ranked: RankedBundles, model: str) -> Answer:
    by_name = {bundle["metadata"]["name"]: bundle for bundle, _ in ranked}
    cited = dict.fromkeys(name for sentence in sentences for name in sentence.repositories)
    return {
        "text": " ".join(sentence.text for sentence in sentences),
        "citations": [_citation(by_name[name]) for name in cited],
        "source": "model",
        "model": model,
    }


def _extractive_answer(without_model: WithoutModel) -> Answer:
    text, named = without_model()
    return {
        "text": text,
        "citations": [_citation(bundle) for bundle in named],
        "source": "extractive",
    }


def told_answer(text: str, named: Sequence[Bundle]) -> Answer:
    """Answer with what the facts say, citing the repositories that they rest on."""
    return {
        "text": text,
        "citations": [_citation(bundle) for bundle in named],
        "source": "extractive",
    }


def _citation(bundle: Bundle) -> Citation:
    return {"name": bundle["metadata"]["name"], "url": bundle["metadata"]["html_url"]}
