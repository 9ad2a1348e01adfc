"""Answer a question in prose.

At most one model call per question and portfolio version, shared by all visitors, with an
extractive fallback. A shorter prompt or another request form may cost one more, once per process.
"""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Literal, NotRequired, TypedDict

from answers.model import LATE_FACTOR, Breaker, ChatModel
from answers.prompt import BUDGET_TOKENS, MIN_BUDGET_TOKENS, estimate_tokens, messages
from answers.refusals import Reason
from answers.reply import Sentence, supported_sentences
from answers.stated import states
from answers.support import is_supported
from errors import AnswerFailed
from models import Bundle, PublishedBundle
from observability import Facts, logger
from understanding.model import Told, Understood
from understanding.reading import FIND

MAX_ANSWERS = 500  # kept in memory
SENTENCE_END = re.compile(r"(?<=[.!?…。！？]) (?=[^a-z(])")

RankedBundles = Sequence[tuple[PublishedBundle, float]]  # bundles and scores, best first
# Writes an answer that needs no model, and returns it with the bundles that it names.
WithoutModel = Callable[[], tuple[str, list[PublishedBundle]]]
# Username, portfolio version, question, and how it was read and answered by facts.
AnswerKey = tuple[str, ...]

# About one question: they say nothing of the model.
OF_A_QUESTION = {Reason.CONTENT_FILTER, Reason.REFUSAL}
# The owner has to act; waiting does not help.
OF_THE_SETTINGS = {Reason.CREDENTIALS, Reason.UNKNOWN_MODEL, Reason.QUOTA, Reason.PARAMETERS}


class Citation(TypedDict):
    """A repository that an answer cites."""

    name: str
    url: str


class AnswerSentence(TypedDict):
    """A sentence of an answer, and the repositories that it rests on."""

    text: str
    repositories: list[str]


class Answer(TypedDict):
    """A written answer."""

    text: str
    sentences: list[AnswerSentence]  # of the text, in its order
    citations: list[Citation]
    source: Literal["model", "extractive"]
    model: NotRequired[str]  # its name


class ModelHealth(TypedDict):
    """How the model does, as its last calls showed."""

    model: str | None
    state: Literal["off", "ok", "degraded", "paused"]
    reason: str | None  # a Reason: why visitors lately read extractive answers


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and what its answer rests on.

    `version` identifies the portfolio that was ranked: the manifest's ETag. `without_model` is
    called if no model answers. `told` is what the facts answer; then `ranked` holds what the fact rests on.
    """

    question: str
    username: str
    version: str
    ranked: RankedBundles
    without_model: WithoutModel
    understood: Understood = FIND
    told: Told | None = None

    @property
    def key(self) -> AnswerKey:
        """Identify the answer."""
        normalised_question = " ".join(self.question.casefold().split())
        fact = sha256(repr(self.told).encode()).hexdigest() if self.told else ""
        reading = (self.understood.kind, self.understood.read_as)
        return (self.username.lower(), self.version, normalised_question, *reading, fact)

    @property
    def is_for_a_model(self) -> bool:
        """Tell whether a model could say more: not without a match, nor of what cannot be shown."""
        return bool(self.ranked) and self.understood.kind != "meta"


def naming(names: Iterable[str]) -> re.Pattern[str]:
    """Match the names of repositories where they stand by themselves, not in a path or another name."""
    longest_first = sorted(map(re.escape, names), key=len, reverse=True)
    return re.compile(rf"(?<![\w/.-])(?:{'|'.join(longest_first) or '(?!)'})(?![\w-]|[./]\w)")


class AnswerDesk:
    """Writes answers and remembers them. Not thread-safe: call it on the event loop's thread."""

    def __init__(self, model: ChatModel) -> None:
        """`model` is called only if it is configured."""
        self.breaker = Breaker()
        self._model = model
        self._hits = 0
        self._reason: Reason | None = None  # why the last visitor of the model got no answer of it
        self._budget_tokens = BUDGET_TOKENS  # what fits into the model's context
        # No sentences: the model's answer does not state the fact.
        self._answers: OrderedDict[AnswerKey, list[Sentence]] = OrderedDict()
        self._calls: dict[AnswerKey, asyncio.Task[list[Sentence]]] = {}

    async def answer(self, asked: Asked) -> Answer:
        """Write at most five sentences; those of a model cite repositories.

        They come from the model, or from facts and repositories if there is no model, it does not
        reply in time, or its reply does not state the fact.
        """
        if asked.is_for_a_model and self._model.is_configured:
            try:
                if sentences := await self._sentences(asked):
                    return _model_answer(sentences, asked.ranked, self._model.name)
            except AnswerFailed as error:
                logger.warning("answer.failed %s", Facts(model=self._model.name, error=str(error)))
        return _extractive_answer(asked)

    def health(self) -> ModelHealth:
        """Report how the model does, for monitors."""
        if not self._model.is_configured:
            return {"model": None, "state": "off", "reason": None}
        state: Literal["ok", "degraded", "paused"] = "degraded" if self._reason else "ok"
        if self.breaker.is_open and self._reason not in OF_THE_SETTINGS:
            state = "paused"
        return {"model": self._model.name, "state": state, "reason": self._reason}

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

    async def _sentences(self, asked: Asked) -> list[Sentence]:
        """Return the sentences from memory, from another visitor's call, or from a new call."""
        key = asked.key
        # Other visitors are served meanwhile, so what there is of this answer is looked at after it.
        await self._model.load()
        if key in self._answers:
            self._hits += 1
            self._answers.move_to_end(key)
            return self._answers[key]
        if key not in self._calls:
            if self.breaker.is_open:
                raise AnswerFailed("the model failed repeatedly and is not called for a while")
            call = asyncio.create_task(self._call_model(asked))
            self._calls[key] = call
            call.add_done_callback(lambda _: self._calls.pop(key, None))
        try:
            sentences = await asyncio.wait_for(
                asyncio.shield(self._calls[key]), self._model.timeout_s
            )
        except TimeoutError:
            self._reason = Reason.SLOW
            raise AnswerFailed(Reason.SLOW) from None
        nothing_left = Reason.UNSTATED_FACT if asked.told else Reason.UNSUPPORTED
        self._reason = None if sentences else nothing_left
        return sentences

    async def _call_model(self, asked: Asked) -> list[Sentence]:
        """Call the model, validate its reply and remember the sentences."""
        usage = self._model.usage
        before = (usage.prompt_tokens, usage.completion_tokens)
        try:
            reply = await asyncio.wait_for(
                self._complete(asked), LATE_FACTOR * self._model.timeout_s
            )
            bundles = [bundle for bundle, _ in asked.ranked]
            sentences = supported_sentences(reply, bundles, asked.question)
        except (AnswerFailed, TimeoutError) as error:
            reason = Reason(str(error) or Reason.SLOW)
            if reason not in OF_A_QUESTION:
                usage.failures += 1
                self._reason = reason
                self.breaker.failed()
            raise AnswerFailed(reason) from error
        self.breaker.succeeded()
        if asked.told is None:
            sentences = await asyncio.to_thread(_supported, sentences, asked)
        elif not states(asked.told, " ".join(each.text for each in sentences)):
            sentences = []
        self._answers[asked.key] = sentences
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

    async def _complete(self, asked: Asked) -> str:
        """Call the model; if the prompt is too long for it, once more with half of it.

        What fits is remembered.
        """
        prompt = _prompt(asked, self._budget_tokens)
        try:
            return await self._model.complete(prompt)
        except AnswerFailed as error:
            budget_tokens = estimate_tokens(prompt[-1]["content"]) // 2
            if str(error) != Reason.CONTEXT_LENGTH or budget_tokens < MIN_BUDGET_TOKENS:
                raise
        reply = await self._model.complete(_prompt(asked, budget_tokens))
        self._budget_tokens = min(self._budget_tokens, budget_tokens)
        return reply


def _prompt(asked: Asked, budget_tokens: int) -> list[dict[str, str]]:
    bundles = [bundle for bundle, _ in asked.ranked]
    read_as = asked.understood.read_as
    return messages(asked.question, asked.username, bundles, asked.told, read_as, budget_tokens)


def _supported(sentences: Sequence[Sentence], asked: Asked) -> list[Sentence]:
    """Keep the sentences whose words the cited repositories support. Takes milliseconds for each."""
    by_name = {bundle["metadata"]["name"]: bundle for bundle, _ in asked.ranked}
    return [
        sentence
        for sentence in sentences
        if is_supported(
            sentence.text,
            [by_name[name] for name in sentence.repositories],
            question=asked.question,
        )
    ]


def _model_answer(sentences: Sequence[Sentence], ranked: RankedBundles, model: str) -> Answer:
    by_name = {bundle["metadata"]["name"]: bundle for bundle, _ in ranked}
    cited = dict.fromkeys(name for sentence in sentences for name in sentence.repositories)
    return {
        "text": " ".join(sentence.text for sentence in sentences),
        "sentences": [
            {"text": sentence.text, "repositories": list(sentence.repositories)}
            for sentence in sentences
        ],
        "citations": [_citation(by_name[name]) for name in cited],
        "source": "model",
        "model": model,
    }


def _extractive_answer(asked: Asked) -> Answer:
    text, named = asked.without_model()
    return {
        "text": text,
        "sentences": _by_sentence(text, [bundle["metadata"]["name"] for bundle in named]),
        "citations": [_citation(bundle) for bundle in named],
        "source": "extractive",
    }


def _by_sentence(text: str, names: Sequence[str]) -> list[AnswerSentence]:
    """Split a text of ours; a sentence without a name goes on about those before it."""
    named = naming(names)
    sentences: list[AnswerSentence] = []
    for sentence in SENTENCE_END.split(text):
        found = list(dict.fromkeys(named.findall(sentence)))
        before = sentences[-1]["repositories"] if sentences else []
        sentences.append({"text": sentence, "repositories": found or before})
    return sentences


def _citation(bundle: Bundle) -> Citation:
    return {"name": bundle["metadata"]["name"], "url": bundle["metadata"]["html_url"]}
