"""Where questions are answered in words: one call of the model for a question and a version of a
portfolio, whoever asks, and something to read in any case."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypedDict

from answers.extractive import extract
from answers.model import LATE, Breaker, ModelSettings, Usage, complete, has_model, load
from answers.prompt import messages
from answers.reply import Sentence, believed
from errors import AnswerFailed
from observability import Facts, logger

MOST_ANSWERS = 500  # kept in memory

Complete = Callable[[Sequence[dict[str, str]], ModelSettings, Usage], Awaitable[str]]
Ranked = Sequence[tuple[Mapping[str, Any], float]]  # bundles and scores, best first


class Citation(TypedDict):
    """A repository that an answer rests on."""

    name: str
    url: str


class Answer(TypedDict, total=False):
    """An answer in words."""

    text: str
    citations: list[Citation]
    source: str  # `model` or `extractive`
    model: str


class AnswerDesk:
    """The answers of one process. All methods are for the event loop's thread."""

    def __init__(self, complete: Complete = complete) -> None:
        self._complete = complete
        self.usage = Usage()
        self.breaker = Breaker()
        self.hits = 0
        self._answers: OrderedDict[tuple[str, ...], list[Sentence]] = OrderedDict()
        self._asked: dict[tuple[str, ...], asyncio.Task[list[Sentence]]] = {}

    async def answer(
        self, question: str, username: str, version: str, ranked: Ranked, settings: ModelSettings
    ) -> Answer:
        """Two to five sentences that cite repositories: the model's, if there is one and it delivers
        in time, else what the repositories say of themselves.

        `version` names what was ranked: the manifest's ETag. Without a match the model is not asked.
        """
        if ranked and has_model(settings):
            try:
                sentences = await self._sentences(question, username, version, ranked, settings)
                return _written(sentences, ranked, settings.openai_model)
            except AnswerFailed as error:
                model = settings.openai_model
                logger.warning("answer.failed %s", Facts(model=model, error=str(error)))
        text, named = extract(ranked)
        return {
            "text": text,
            "citations": [_citation(bundle) for bundle in named],
            "source": "extractive",
        }

    def stats(self) -> dict[str, Any]:
        """What the operator sees."""
        return {
            "cached": len(self._answers),
            "hits": self.hits,
            "model_calls": self.usage.calls,
            "model_failures": self.usage.failures,
            "model_paused": self.breaker.is_open,
            "prompt_tokens": self.usage.prompt_tokens,
            "completion_tokens": self.usage.completion_tokens,
        }

    async def _sentences(
        self, question: str, username: str, version: str, ranked: Ranked, settings: ModelSettings
    ) -> list[Sentence]:
        """From memory, from the call that somebody else waits for, or from a call of our own."""
        normal = " ".join(question.casefold().split())
        key = (settings.openai_base_url, settings.openai_model, username.lower(), version, normal)
        if key in self._answers:
            self.hits += 1
            self._answers.move_to_end(key)
            return self._answers[key]
        await load()
        if key not in self._asked:
            if self.breaker.is_open:
                raise AnswerFailed("the model has failed repeatedly and is left alone for a while")
            task = asyncio.create_task(self._ask(key, question, username, ranked, settings))
            self._asked[key] = task
            task.add_done_callback(lambda _: self._asked.pop(key, None))
        try:
            return await asyncio.wait_for(
                asyncio.shield(self._asked[key]), settings.openai_timeout_seconds
            )
        except TimeoutError:
            raise AnswerFailed("the model is slow") from None

    async def _ask(
        self,
        key: tuple[str, ...],
        question: str,
        username: str,
        ranked: Ranked,
        settings: ModelSettings,
    ) -> list[Sentence]:
        bundles = [bundle for bundle, _ in ranked]
        before = (self.usage.prompt_tokens, self.usage.completion_tokens)
        try:
            content = await asyncio.wait_for(
                self._complete(messages(question, username, bundles), settings, self.usage),
                LATE * settings.openai_timeout_seconds,
            )
            sentences = believed(content, [bundle["metadata"]["name"] for bundle in bundles])
        except (AnswerFailed, TimeoutError) as error:
            self.usage.failures += 1
            self.breaker.failed()
            raise AnswerFailed(str(error) or "the model is slow") from error
        self.breaker.succeeded()
        self._answers[key] = sentences
        while len(self._answers) > MOST_ANSWERS:
            self._answers.popitem(last=False)
        logger.info(
            "answer.written %s",
            Facts(
                model=settings.openai_model,
                sentences=len(sentences),
                prompt_tokens=self.usage.prompt_tokens - before[0],
                completion_tokens=self.usage.completion_tokens - before[1],
            ),
        )
        return sentences


def _written(sentences: Sequence[Sentence], ranked: Ranked, model: str) -> Answer:
    by_name = {bundle["metadata"]["name"]: bundle for bundle, _ in ranked}
    cited = dict.fromkeys(name for sentence in sentences for name in sentence.repositories)
    return {
        "text": " ".join(sentence.text for sentence in sentences),
        "citations": [_citation(by_name[name]) for name in cited],
        "source": "model",
        "model": model,
    }


def _citation(bundle: Mapping[str, Any]) -> Citation:
    return {"name": bundle["metadata"]["name"], "url": bundle["metadata"]["html_url"]}
