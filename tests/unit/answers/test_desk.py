"""A question is answered by the model, once for all visitors, or without it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as examples
from jsonschema import validate

from answers import desk as desk_module
from answers.desk import MAX_ANSWERS, Answer, AnswerDesk, RankedBundles
from answers.model import MAX_FAILURES, PAUSE_S, Breaker, ChatModel
from errors import AnswerFailed
from models import PublishedBundle
from relevance.index import PortfolioIndex
from tests.model_server import API_KEY, Model, ModelOptions, sentence
from tests.unit.answers.test_reply import model_replies
from tests.unit.portfolios import sample_portfolio
from web.api_page import openapi_document

ANSWER_SCHEMA = openapi_document()["components"]["schemas"]["Answer"]
GOOD_REPLY = json.dumps({"sentences": [sentence("skyhook runs on Kubernetes.", "skyhook")]})


@cache
def ranked(question: str) -> RankedBundles:
    by_name = {bundle["metadata"]["name"]: bundle for bundle in sample_portfolio()}
    matches = PortfolioIndex(sample_portfolio()).rank(question).matches
    return [(by_name[match.name], match.score) for match in matches]


def name_all(found: RankedBundles) -> tuple[str, list[PublishedBundle]]:
    bundles = [bundle for bundle, _ in found]
    return f"Found: {[bundle['metadata']['name'] for bundle in bundles]}", bundles


class FakeModel(ChatModel):
    """A chat model without a server. It replies as soon as it is released."""

    def __init__(self, reply: str | AnswerFailed = GOOD_REPLY, timeout_s: float = 60.0) -> None:
        super().__init__(ModelOptions("http://fake", openai_timeout_seconds=timeout_s))
        self.reply = reply
        self.called = asyncio.Event()
        self.released = asyncio.Event()
        self.released.set()
        self.imported = asyncio.Event()
        self.imported.set()

    async def load(self) -> None:
        await self.imported.wait()

    async def complete(self, messages: Sequence[dict[str, str]]) -> str:
        self.usage.calls += 1
        self.called.set()
        await self.released.wait()
        if isinstance(self.reply, AnswerFailed):
            raise self.reply
        return self.reply


async def ask(desk: AnswerDesk, question: str, version: str = "v1") -> Answer:
    found = ranked(question.strip().lower())
    return await desk.answer(
        question, "ada-nimbus", version, found, without_model=lambda: name_all(found)
    )


class TestAnswer:
    async def test_the_models_answer_is_marked_and_cites_repositories(self):
        assert {
            "text": "skyhook runs on Kubernetes.",
            "citations": [{"name": "skyhook", "url": "https://github.com/ada-nimbus/skyhook"}],
            "source": "model",
            "model": "test-model",
        } == await ask(AnswerDesk(FakeModel()), "kubernetes")

    async def test_a_repository_is_cited_once(self):
        reply = json.dumps({"sentences": [sentence("Yes.", "skyhook"), sentence("Oh.", "skyhook")]})

        answer = await ask(AnswerDesk(FakeModel(reply)), "kubernetes")

        assert ("Yes. Oh.", 1) == (answer["text"], len(answer["citations"]))

    async def test_without_a_match_the_model_is_not_called(self):
        model = FakeModel()

        answer = await ask(AnswerDesk(model), "blockchain")

        assert ("extractive", []) == (answer["source"], answer["citations"])
        assert 0 == model.usage.calls

    async def test_without_a_key_there_is_no_model_to_call(self, model: Model):
        chat_model = ChatModel(ModelOptions(model.url, openai_api_key=None))

        answer = await ask(AnswerDesk(chat_model), "kubernetes")

        assert "extractive" == answer["source"]
        assert [] == model.requests

    async def test_the_extractive_answer_cites_what_it_names(self):
        answer = await ask(AnswerDesk(FakeModel(AnswerFailed("down"))), "kubernetes")

        assert {"text", "citations", "source"} == set(answer)
        assert answer["citations"]
        assert all(citation["name"] in answer["text"] for citation in answer["citations"])

    @given(model_replies)
    @examples(max_examples=150)
    def test_whatever_the_model_replies_the_answer_has_the_shape_of_the_api(self, reply):
        answer = asyncio.run(ask(AnswerDesk(FakeModel(reply)), "kubernetes"))

        validate(answer, ANSWER_SCHEMA)
        given_names = {bundle["metadata"]["name"] for bundle, _ in ranked("kubernetes")}
        assert {citation["name"] for citation in answer["citations"]} <= given_names


class TestFailures:
    @pytest.mark.parametrize("failure", ["status", "garbage", "empty", "down", "refusal"])
    async def test_a_failing_model_is_replaced_by_the_extractive_answer(
        self, model: Model, no_server: str, failure, caplog
    ):
        url = model.url
        match failure:
            case "status":
                model.statuses = [429] * 9
            case "garbage":
                model.raw = b"<html>"
            case "empty":
                model.raw = b""
            case "down":
                url = no_server
            case "refusal":
                model.refusal = "I cannot help with that."
        chat_model = ChatModel(ModelOptions(url))

        answer = await ask(AnswerDesk(chat_model), "kubernetes")

        await chat_model.close()
        assert "extractive" == answer["source"]
        assert "answer.failed" in caplog.text
        assert API_KEY not in caplog.text

    async def test_a_slow_model_is_replaced_by_the_extractive_answer(self, caplog):
        model = FakeModel(timeout_s=0.01)
        model.released.clear()
        desk = AnswerDesk(model)

        answer = await ask(desk, "kubernetes")

        assert "extractive" == answer["source"]
        assert "the model is slow" in caplog.text
        await desk.wait_for_calls()

    async def test_a_call_that_never_ends_is_given_up_and_counts_as_a_failure(self):
        model = FakeModel(timeout_s=0.01)
        model.released.clear()
        desk = AnswerDesk(model)
        await ask(desk, "kubernetes")

        await desk.wait_for_calls()

        assert (1, 0) == (desk.stats()["model_failures"], desk.stats()["cached"])

    async def test_a_failure_is_not_remembered(self):
        model = FakeModel("rubbish")
        desk = AnswerDesk(model)
        assert "extractive" == (await ask(desk, "kubernetes"))["source"]

        model.reply = GOOD_REPLY

        assert "model" == (await ask(desk, "kubernetes"))["source"]

    async def test_a_model_that_keeps_failing_is_not_called_for_a_while(self):
        now = [0.0]
        model = FakeModel("rubbish")
        desk = AnswerDesk(model)
        desk.breaker = Breaker(clock=lambda: now[0])
        for question in ("terraform", "django", "react"):
            await ask(desk, question)
        assert MAX_FAILURES == model.usage.calls

        model.reply = GOOD_REPLY
        assert "extractive" == (await ask(desk, "kubernetes"))["source"]
        assert MAX_FAILURES == model.usage.calls
        assert desk.stats()["model_paused"]

        now[0] = PAUSE_S + 1
        assert "model" == (await ask(desk, "kubernetes"))["source"]
        assert not desk.stats()["model_paused"]


class TestMemory:
    async def test_a_question_costs_one_call_per_version_of_the_portfolio(self, model: Model):
        chat_model = ChatModel(ModelOptions(model.url))
        desk = AnswerDesk(chat_model)

        for question in ("Kubernetes", "  kubernetes ", "KUBERNETES"):
            assert "model" == (await ask(desk, question))["source"]
        assert 1 == len(model.requests)
        await ask(desk, "kubernetes", version="v2")

        await chat_model.close()
        assert 2 == len(model.requests)
        assert {
            "cached": 2,
            "hits": 2,
            "model_calls": 2,
            "model_failures": 0,
            "model_paused": False,
            "prompt_tokens": 140,
            "completion_tokens": 14,
        } == desk.stats()

    async def test_portfolios_do_not_share_answers(self):
        model = FakeModel()
        desk = AnswerDesk(model)

        for username in ("ada-nimbus", "ADA-nimbus", "grace"):
            await desk.answer(
                "kubernetes", username, "v1", ranked("kubernetes"), without_model=lambda: ("", [])
            )

        assert 2 == model.usage.calls

    async def test_visitors_who_ask_the_same_at_once_share_one_call(self):
        model = FakeModel()
        model.released.clear()
        desk = AnswerDesk(model)
        visitors = [asyncio.create_task(ask(desk, "kubernetes")) for _ in range(8)]
        await model.called.wait()

        model.released.set()
        answers = await asyncio.gather(*visitors)

        assert ["model"] * 8 == [answer["source"] for answer in answers]
        assert 1 == model.usage.calls

    async def test_an_answer_that_comes_while_a_visitor_waits_is_not_asked_for_again(self):
        model = FakeModel()
        desk = AnswerDesk(model)
        first = asyncio.create_task(ask(desk, "kubernetes"))
        await model.called.wait()
        model.imported.clear()
        second = asyncio.create_task(ask(desk, "kubernetes"))

        await first
        model.imported.set()
        await second

        assert 1 == model.usage.calls

    async def test_an_answer_that_comes_too_late_is_ready_for_the_next_visitor(self, monkeypatch):
        monkeypatch.setattr(desk_module, "LATE_FACTOR", 6_000)  # of the timeout: one minute
        model = FakeModel(timeout_s=0.01)
        model.released.clear()
        desk = AnswerDesk(model)

        first = await ask(desk, "kubernetes")
        model.released.set()
        await desk.wait_for_calls()
        second = await ask(desk, "kubernetes")

        assert ("extractive", "model") == (first["source"], second["source"])
        assert 1 == model.usage.calls

    async def test_the_least_recent_answers_are_forgotten(self):
        desk = AnswerDesk(FakeModel())
        await ask(desk, "kubernetes")
        for number in range(MAX_ANSWERS - 1):
            desk._answers["", "", str(number)] = []
        await ask(desk, "kubernetes")

        await ask(desk, "kubernetes", version="v2")

        assert MAX_ANSWERS == desk.stats()["cached"]
        assert ("ada-nimbus", "v1", "kubernetes") in desk._answers
        assert ("", "", "0") not in desk._answers


async def test_what_an_answer_costs_is_logged_without_its_text(model: Model, caplog):
    caplog.set_level("INFO")
    chat_model = ChatModel(ModelOptions(model.url))
    await ask(AnswerDesk(chat_model), "kubernetes")
    await chat_model.close()

    (record,) = [record for record in caplog.records if "answer.written" in record.msg]
    expected: Any = {
        "model": "test-model",
        "sentences": 1,
        "prompt_tokens": 70,
        "completion_tokens": 7,
    }
    assert expected == record.args
