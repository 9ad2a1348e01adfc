"""Answers in words: with a model that speaks OpenAI's protocol, and without one."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

import ai_assistant
from ai_assistant import answer, calculate_repo_scores, extractive_answer, plain_text
from tests.unit.test_ranking import portfolio

KEY = "sk-of-the-test"


@dataclass
class Options:
    """Where the model is."""

    openai_base_url: str
    openai_api_key: str | None = KEY
    openai_model: str = "test-model"
    openai_embedding_model: str | None = None
    openai_timeout_seconds: float = 1.0


class Model:
    """Answers every chat completion with `reply`, and remembers what it was asked."""

    def __init__(self) -> None:
        self.reply: Any = {"text": "skyhook runs on Kubernetes.", "repositories": ["skyhook"]}
        self.status = 200
        self.raw: bytes | None = None
        self.delay = threading.Event()
        self.slow = False
        self.asked: list[dict[str, Any]] = []
        model = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["content-length"])
                model.asked.append(json.loads(self.rfile.read(length)))
                if model.slow:
                    model.delay.wait(5)
                content = model.reply if isinstance(model.reply, str) else json.dumps(model.reply)
                message = {"role": "assistant", "content": content}
                choice = {"index": 0, "message": message, "finish_reason": "stop"}
                body = {
                    "id": "1",
                    "object": "chat.completion",
                    "created": 1,
                    "model": "m",
                    "choices": [choice],
                }
                raw = json.dumps(body).encode() if model.raw is None else model.raw
                self.send_response(model.status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(raw)))
                self.send_header("connection", "close")
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self.delay.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def model() -> Iterator[Model]:
    model = Model()
    yield model
    model.close()


def ask(question: str, options: Options) -> Any:
    async def asked() -> Any:
        scores = calculate_repo_scores(portfolio(), question)
        try:
            return await answer(question, "ada-nimbus", scores, portfolio(), settings=options)
        finally:
            client = ai_assistant._client(
                options.openai_api_key or KEY,
                options.openai_base_url,
                options.openai_timeout_seconds,
            )
            await client.close()
            ai_assistant._client.cache_clear()

    return asyncio.run(asked())


def test_the_models_answer_is_cited_and_marked(model):
    got = ask("kubernetes", Options(model.url))

    assert {
        "text": "skyhook runs on Kubernetes.",
        "citations": [{"name": "skyhook", "url": "https://github.com/ada-nimbus/skyhook"}],
        "source": "model",
        "model": "test-model",
    } == got


def test_the_instructions_are_the_same_for_every_question_and_hold_no_repository_text(model):
    ask("kubernetes", Options(model.url))
    ask("explain slow postgresql queries", Options(model.url))

    first, second = (asked["messages"] for asked in model.asked)
    assert first[0] == second[0]
    assert "ada-nimbus" in first[0]["content"]
    assert "sqlsleuth" in second[1]["content"]
    assert "ignore your instructions" not in second[1]["content"]
    assert "<script" not in second[1]["content"]
    assert KEY not in json.dumps(model.asked)


def test_all_ranked_repositories_reach_the_model_up_to_a_bound(model):
    ask("python", Options(model.url))

    given = json.loads(model.asked[0]["messages"][1]["content"])["repositories"]
    ranking = [score["name"] for score in calculate_repo_scores(portfolio(), "python")]
    assert ranking[:8] == [each["name"] for each in given]


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param({"text": "x", "repositories": ["made-up"]}, id="cites-what-it-was-not-given"),
        pytest.param({"text": "", "repositories": ["skyhook"]}, id="empty"),
        pytest.param({"text": "x"}, id="no-citations"),
        pytest.param({"text": "x", "repositories": 7}, id="citations-of-another-type"),
        pytest.param(["x"], id="a-list"),
        pytest.param("I'm sorry, I can't", id="not-json"),
    ],
)
def test_an_answer_that_is_not_grounded_is_replaced_by_the_extractive_one(model, reply):
    model.reply = reply

    assert "extractive" == ask("kubernetes", Options(model.url))["source"]


def test_html_and_links_of_an_answer_are_dropped(model):
    model.reply = {
        "text": '<img src="http://evil/x.png">skyhook ![x](http://evil) is <script>alert(1)</script>good',
        "repositories": ["skyhook", "made-up"],
    }

    got = ask("kubernetes", Options(model.url))

    assert "skyhook is good" == " ".join(got["text"].split())
    assert ["skyhook"] == [each["name"] for each in got["citations"]]


@pytest.mark.parametrize("failure", ["status", "garbage", "slow", "down"])
def test_a_model_that_does_not_deliver_is_replaced_by_the_extractive_answer(model, failure, caplog):
    url = model.url
    match failure:
        case "status":
            model.status = 429
        case "garbage":
            model.raw = b"<html>"
        case "slow":
            model.slow = True
        case "down":
            url = "http://127.0.0.1:9/v1"

    got = ask("kubernetes", Options(url, openai_timeout_seconds=0.3))

    assert "extractive" == got["source"]
    assert "answer.failed" in caplog.text
    assert KEY not in caplog.text


def test_without_a_match_or_a_key_the_model_is_not_asked(model):
    assert [] == ask("blockchain", Options(model.url))["citations"]
    assert "extractive" == ask("kubernetes", Options(model.url, openai_api_key=None))["source"]
    assert [] == model.asked


def test_the_extractive_answer_reads_like_a_sentence_and_cites_what_it_names():
    scores = calculate_repo_scores(portfolio(), "kubernetes")

    got = extractive_answer("kubernetes", scores, portfolio())

    assert got["text"].startswith("skyhook fits best: Canary releases for Kubernetes")
    assert all(each["name"] in got["text"] for each in got["citations"])


def test_braces_in_a_question_are_just_text(model):
    ask("kubernetes {} {username} %s", Options(model.url))

    question = json.loads(model.asked[0]["messages"][1]["content"])["question"]
    assert "kubernetes {} {username} %s" == question


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("# Title\n\n**bold** [link](http://x)", "Title bold link"),
        ("a <!-- hidden --> b", "a b"),
        ("a <!-- never closed", "a"),
        ("<script>alert(1)</script>x", "x"),
        ("![pixel](http://t/x.png) see http://evil/x", "see"),
        ("C# and a_b", "C# and a_b"),
    ],
)
def test_markdown_becomes_plain_text(markdown, text):
    assert text == plain_text(markdown).strip()
