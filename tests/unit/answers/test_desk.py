"""A question is answered by the model, once for all visitors, or without it."""

from __future__ import annotations

import asyncio
import json
import re
import threading
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from functools import cache
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import settings as examples
from jsonschema import validate

from answers import desk as desk_module
from answers.desk import MAX_ANSWERS, Answer, AnswerDesk, Asked, RankedBundles, naming
from answers.model import MAX_FAILURES, PAUSE_S, Breaker, ChatModel
from answers.refusals import Reason
from errors import AnswerFailed
from models import PublishedBundle
from relevance.index import PortfolioIndex
from tests.model_server import API_KEY, Model, ModelOptions, Refusing, format_of, sentence
from tests.unit.answers.test_reply import model_replies
from tests.unit.portfolios import sample_portfolio
from understanding.model import Fact, Told, Understood
from understanding.reading import FIND
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
    return await desk.answer(Asked(question, "ada-nimbus", version, found, lambda: name_all(found)))


class TestAnswer:
    async def test_the_models_answer_is_marked_and_cites_repositories(self):
        assert {
            "text": "skyhook runs on Kubernetes.",
            "sentences": [{"text": "skyhook runs on Kubernetes.", "repositories": ["skyhook"]}],
            "citations": [{"name": "skyhook", "url": "https://github.com/ada-nimbus/skyhook"}],
            "source": "model",
            "model": "test-model",
        } == await ask(AnswerDesk(FakeModel()), "kubernetes")

    async def test_a_repository_is_cited_once(self):
        reply = json.dumps(
            {"sentences": [sentence("skyhook is a Kubernetes operator.", "skyhook")] * 2}
        )

        answer = await ask(AnswerDesk(FakeModel(reply)), "kubernetes")

        assert (" ".join(["skyhook is a Kubernetes operator."] * 2), 1) == (
            answer["text"],
            len(answer["citations"]),
        )

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
        answer = await ask(AnswerDesk(FakeModel(AnswerFailed(Reason.UNAVAILABLE))), "kubernetes")

        assert {"text", "sentences", "citations", "source"} == set(answer)
        assert answer["citations"]
        assert all(citation["name"] in answer["text"] for citation in answer["citations"])

    @given(model_replies)
    @examples(max_examples=150)
    def test_whatever_the_model_replies_the_answer_has_the_shape_of_the_api(self, reply):
        answer = asyncio.run(ask(AnswerDesk(FakeModel(reply)), "kubernetes"))

        # The routes add the evidence of each sentence.
        sentences = [{**sentence, "evidence": []} for sentence in answer["sentences"]]
        validate({**answer, "sentences": sentences}, ANSWER_SCHEMA)
        given_names = {bundle["metadata"]["name"] for bundle, _ in ranked("kubernetes")}
        assert {citation["name"] for citation in answer["citations"]} <= given_names
        assert not re.search(r"[<{}]|://|www\.|```", answer["text"])


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
        assert "slow" in caplog.text
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


class TestRefusals:
    """A refused question says nothing of the model; a refused prompt is shortened."""

    @pytest.fixture
    async def desk(self, model: Model) -> AsyncIterator[AnswerDesk]:
        chat_model = ChatModel(ModelOptions(model.url))
        yield AnswerDesk(chat_model)
        await chat_model.close()

    async def test_filtered_questions_neither_count_nor_are_remembered(self, desk, model):
        filtered = {"message": "The prompt triggered the policy.", "code": "content_filter"}
        model.refusing = [Refusing(400, filtered, says='"question": "terraform"')]

        sources = [
            (await ask(desk, question))["source"]
            for question in [*["terraform"] * (MAX_FAILURES + 1), "kubernetes"]
        ]

        assert [*["extractive"] * (MAX_FAILURES + 1), "model"] == sources
        assert MAX_FAILURES + 2 == len(model.requests)
        assert ["json_schema"] == list(dict.fromkeys(map(format_of, model.requests)))
        assert (0, 1) == (desk.stats()["model_failures"], desk.stats()["cached"])

    async def test_a_filtered_question_does_not_degrade_the_model(self, desk, model):
        model.refusal = "I cannot help with that."

        await ask(desk, "kubernetes")

        assert {"model": "test-model", "state": "ok", "reason": None} == desk.health()

    async def test_a_prompt_that_is_too_long_is_halved_once_and_that_is_remembered(
        self, desk, model
    ):
        model.reply = {"sentences": [sentence("tally counts in Python.", "tally")]}
        await ask(desk, "python")
        whole = len(model.requests.pop()["messages"][-1]["content"])
        too_long = {"message": "too long", "code": "context_length_exceeded"}
        model.refusing = [Refusing(400, too_long, longer_than=whole - 1)]

        await ask(desk, "python", version="v2")
        assert 2 == len(model.requests)
        await ask(desk, "python", version="v3")

        assert 3 == len(model.requests)
        sent = [len(request["messages"][-1]["content"]) for request in model.requests]
        assert whole == sent[0]
        assert max(sent[1:]) < whole
        assert "ok" == desk.health()["state"]

    async def test_a_prompt_that_stays_too_long_fails(self, desk, model):
        model.refusing = [Refusing(400, {"code": "context_length_exceeded"})]

        answer = await ask(desk, "kubernetes")

        assert ("extractive", 2) == (answer["source"], len(model.requests))
        assert "context_length" == desk.health()["reason"]


class TestHealth:
    @pytest.mark.parametrize(
        ("failure", "reason"),
        [
            (Reason.CREDENTIALS, "bad_credentials"),
            (Reason.UNKNOWN_MODEL, "unknown_model"),
            (Reason.UNAVAILABLE, "unavailable"),
        ],
    )
    async def test_a_failure_degrades_the_model_until_it_answers(self, failure, reason):
        model = FakeModel(AnswerFailed(failure))
        desk = AnswerDesk(model)
        assert {"model": "test-model", "state": "ok", "reason": None} == desk.health()
        await ask(desk, "kubernetes")
        assert {"model": "test-model", "state": "degraded", "reason": reason} == desk.health()

        model.reply = GOOD_REPLY
        await ask(desk, "kubernetes")

        assert ("ok", None) == (desk.health()["state"], desk.health()["reason"])

    @pytest.mark.parametrize(
        ("failure", "state"), [(Reason.UNAVAILABLE, "paused"), (Reason.CREDENTIALS, "degraded")]
    )
    async def test_a_model_that_is_not_called_for_a_while_is_paused_unless_waiting_is_no_use(
        self, failure, state
    ):
        desk = AnswerDesk(FakeModel(AnswerFailed(failure)))
        for _ in range(MAX_FAILURES):
            await ask(desk, "kubernetes")

        assert (state, failure) == (desk.health()["state"], desk.health()["reason"])

    @pytest.mark.parametrize(
        ("reply", "reason"),
        [
            ("", "unusable_reply"),
            ("<html><body>skyhook is great.</body></html>", "unusable_reply"),
            (json.dumps({"sentences": [sentence("Look.", "made-up")]}), "unusable_reply"),
            ("skyhook ist das Projekt, das am besten für Kubernetes ist.", "other_language"),
        ],
    )
    async def test_it_says_why_visitors_read_extractive_answers(self, reply, reason):
        desk = AnswerDesk(FakeModel(reply))

        answer = await ask(desk, "kubernetes")

        assert answer["text"].startswith("Found: ['skyhook'")
        assert ("degraded", reason) == (desk.health()["state"], desk.health()["reason"])

    async def test_a_model_that_answers_late_stays_degraded(self, monkeypatch):
        monkeypatch.setattr(desk_module, "LATE_FACTOR", 6_000)
        model = FakeModel(timeout_s=0.01)
        model.released.clear()
        desk = AnswerDesk(model)

        await ask(desk, "kubernetes")
        model.released.set()
        await desk.wait_for_calls()

        assert ("degraded", "slow") == (desk.health()["state"], desk.health()["reason"])

    def test_without_a_model_it_is_off(self):
        desk = AnswerDesk(ChatModel(ModelOptions("http://fake", openai_api_key=None)))

        assert {"model": None, "state": "off", "reason": None} == desk.health()


class TestSupport:
    """Sentences that the repositories do not support are dropped."""

    INVENTED = sentence("skyhook won the Turing Award and trades bitcoins.", "skyhook")

    async def test_the_supported_sentences_of_a_reply_are_the_answer(self):
        good = sentence("skyhook runs on Kubernetes.", "skyhook")
        reply = json.dumps({"sentences": [self.INVENTED, good]})
        desk = AnswerDesk(FakeModel(reply))

        answer = await ask(desk, "kubernetes")

        assert ("model", [good]) == (answer["source"], answer["sentences"])
        assert good["text"] == answer["text"]
        assert "ok" == desk.health()["state"]

    async def test_if_none_is_left_the_answer_is_extractive_and_costs_one_call(self):
        model = FakeModel(json.dumps({"sentences": [self.INVENTED]}))
        desk = AnswerDesk(model)

        answers = [await ask(desk, "kubernetes") for _ in range(MAX_FAILURES + 1)]

        assert {"extractive"} == {answer["source"] for answer in answers}
        assert (1, 0) == (model.usage.calls, desk.stats()["model_failures"])
        assert ("degraded", "unsupported") == (desk.health()["state"], desk.health()["reason"])

    async def test_other_visitors_are_served_while_support_is_judged(self):
        loop = asyncio.get_running_loop()
        judging, served = asyncio.Event(), threading.Event()

        class Judged(dict[str, Any]):
            """A bundle whose commits only the judgement reads: until another visitor is served."""

            waited: bool | None = None

            def __getitem__(self, key: str) -> Any:
                if key == "commits":
                    loop.call_soon_threadsafe(judging.set)
                    self.waited = served.wait(5)
                return super().__getitem__(key)

        [(skyhook, score), *others] = ranked("kubernetes")
        judged = Judged(skyhook)
        found = [(cast(PublishedBundle, judged), score), *others]
        asked = Asked("kubernetes", "ada-nimbus", "v1", found, lambda: name_all(found))
        answering = asyncio.create_task(AnswerDesk(FakeModel()).answer(asked))

        await judging.wait()
        served.set()

        assert "model" == (await answering)["source"]
        assert judged.waited


class TestNaming:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("Both hook and sky-hook fit.", ["hook", "sky-hook"]),
            ("The best is hook.", ["hook"]),
            ("hook (hook's own words)", ["hook", "hook"]),
            ("hooks, sky-hooks, hook-up and my-hook", []),
            ("hook.js, src/hook, hook/main.go and .hook", []),
        ],
    )
    def test_names_stand_by_themselves(self, text, expected):
        assert expected == naming(["hook", "sky-hook"]).findall(text)

    def test_without_names_nothing_is_named(self):
        assert [] == naming([]).findall("hook.")


class TestFacts:
    """The model may tell a fact in its words, but not another one."""

    FACT = Fact(1, "repositories", 31, "its files show it", {})
    TOLD = Told(FACT, [("skyhook", "go.mod:6")], "1 of the 31 repositories shows Kubernetes.")
    GOOD = json.dumps(
        {"sentences": [sentence("Only one repository shows Kubernetes: skyhook.", "skyhook")]}
    )
    BAD = json.dumps({"sentences": [sentence("Two repositories: skyhook and more.", "skyhook")]})

    def asked(self, **changes: Any) -> Asked:
        count = Understood("count", read_as="the number of repositories that show Kubernetes")
        found = ranked("kubernetes")
        asked = Asked(
            "how many use kubernetes?",
            "ada-nimbus",
            "v1",
            found,
            lambda: (self.TOLD.text, [bundle for bundle, _ in found]),
            count,
            self.TOLD,
        )
        return replace(asked, **changes)

    async def test_a_reply_that_states_the_fact_is_the_answer(self):
        answer = await AnswerDesk(FakeModel(self.GOOD)).answer(self.asked())

        assert ("model", "Only one repository shows Kubernetes: skyhook.") == (
            answer["source"],
            answer["text"],
        )

    async def test_another_value_is_not_shown_and_costs_one_call(self):
        model = FakeModel(self.BAD)
        desk = AnswerDesk(model)

        answers = [await desk.answer(self.asked()) for _ in range(MAX_FAILURES + 1)]

        assert {("extractive", self.TOLD.text)} == {
            (answer["source"], answer["text"]) for answer in answers
        }
        assert ["skyhook"] == [citation["name"] for citation in answers[-1]["citations"]][:1]
        assert (1, 0) == (model.usage.calls, desk.stats()["model_failures"])
        assert "unstated_fact" == desk.health()["reason"]

    async def test_the_prompt_has_the_reading_the_fact_and_cards(self, model: Model):
        chat_model = ChatModel(ModelOptions(model.url))

        await AnswerDesk(chat_model).answer(self.asked())

        await chat_model.close()
        content = json.loads(model.requests[0]["messages"][-1]["content"])
        assert "the number of repositories that show Kubernetes" == content["read_as"]
        assert {
            "value": 1,
            "unit": "repositories",
            "of": 31,
            "rule": "its files show it",
            "also": {},
        } == content["fact"]
        assert (self.TOLD.text, {"skyhook": "go.mod:6"}) == (content["answer"], content["reasons"])
        assert "skyhook" == content["repositories"][0]["name"]

    async def test_what_repositories_cannot_show_is_not_asked_of_a_model(self):
        model = FakeModel()

        answer = await AnswerDesk(model).answer(self.asked(understood=Understood("meta")))

        assert ("extractive", 0) == (answer["source"], model.usage.calls)

    async def test_zero_is_told_without_a_model(self):
        told = Told(Fact(0, "repositories", 31, "", {}), [], "None of 31 shows Haskell.")
        model = FakeModel()

        answer = await AnswerDesk(model).answer(
            self.asked(told=told, ranked=[], without_model=lambda: (told.text, []))
        )

        assert ("None of 31 shows Haskell.", [], 0) == (
            answer["text"],
            answer["citations"],
            model.usage.calls,
        )

    @pytest.mark.parametrize(
        "changes",
        [
            pytest.param({"understood": FIND, "told": None}, id="read-false"),
            pytest.param({"told": replace(TOLD, fact=replace(FACT, of=32))}, id="fact"),
            pytest.param({"understood": Understood("has", read_as="x")}, id="kind"),
            pytest.param({"understood": Understood("count", read_as="x")}, id="reading"),
        ],
    )
    async def test_another_reading_is_another_answer(self, changes):
        model = FakeModel(self.GOOD)
        desk = AnswerDesk(model)

        for _ in range(2):
            await desk.answer(self.asked())
            await desk.answer(self.asked(**changes))

        assert 2 == model.usage.calls


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
                Asked("kubernetes", username, "v1", ranked("kubernetes"), lambda: ("", []))
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
            desk._answers[str(number),] = []
        await ask(desk, "kubernetes")

        await ask(desk, "kubernetes", version="v2")

        assert MAX_ANSWERS == desk.stats()["cached"]
        assert ("ada-nimbus", "v1", "kubernetes", "find", "", "") in desk._answers
        assert ("0",) not in desk._answers


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
