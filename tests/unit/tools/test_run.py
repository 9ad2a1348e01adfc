"""What `make run` prints: a hint about the token, the refresh, an answer."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from rich.console import Console

from github_standin import serve as github_standin
from localhost.terminal import Terminal
from models import iso_utc, new_progress
from tools import run

LIMIT = {"code": "rate_limited", "message": "60 requests an hour are used up"}
TOKEN_PAGE = "https://github.com/settings/personal-access-tokens/new"


@pytest.fixture
def terminal() -> Terminal:
    terminal = Terminal(quiet=False, json_logs=False)
    terminal.console = Console(file=io.StringIO(), soft_wrap=True, highlight=False)
    return terminal


def printed(terminal: Terminal) -> str:
    output: Any = terminal.console.file
    return str(output.getvalue())


class TestPrepare:
    @pytest.fixture(autouse=True)
    def nothing_starts(self, monkeypatch):
        monkeypatch.setattr(os, "environ", {})
        monkeypatch.setattr(run, "load_local_settings", lambda root: None)
        monkeypatch.setattr(run, "start_azurite", lambda services, state: None)

        def start_standin(services, samples):
            os.environ["GITHUB_USERNAMES"] = "ada-nimbus"

        monkeypatch.setattr(github_standin, "start", start_standin)

    @pytest.fixture
    def prepare(self, terminal, tmp_path) -> Callable[[], str]:
        def prepare() -> str:
            with ExitStack() as services:
                run.prepare(services, tmp_path, terminal)
            return printed(terminal)

        return prepare

    def test_an_account_without_a_token_gets_one_line_about_it(self, prepare):
        os.environ["GITHUB_USERNAMES"] = "octocat"

        (line,) = [line for line in prepare().splitlines() if "GITHUB_TOKEN" in line]

        for fact in ("60 requests an hour", "5,000", "private", "commit counts", TOKEN_PAGE):
            assert fact in line
        assert line.endswith("GITHUB_TOKEN=… make run")

    def test_with_a_token_nothing_is_said(self, prepare):
        os.environ |= {"GITHUB_USERNAMES": "octocat", "GITHUB_TOKEN": "ghp_x"}

        assert "GITHUB_TOKEN" not in prepare()

    def test_the_sample_portfolio_needs_no_token(self, prepare):
        assert "GITHUB_TOKEN" not in prepare()


class App:
    """The routes that a first visit asks, with answers that a test sets."""

    def __init__(self) -> None:
        self.health: dict[str, Any] = {"portfolios": [{"username": "octocat"}]}
        self.progress: list[dict[str, Any]] = []  # the last one is repeated
        self.query: dict[str, Any] = {"state": "refreshing", "message": "ask again soon"}
        self.started: list[Any] = []

    def routes(self) -> web.Application:
        application = web.Application()
        application.router.add_get("/api/health", self._reply(lambda: self.health))
        application.router.add_get("/api/refresh/octocat", self._reply(self._next_progress))
        application.router.add_get("/api/query", self._reply(lambda: self.query))
        application.router.add_post("/api/refresh", self._start)
        return application

    def _next_progress(self) -> dict[str, Any]:
        return self.progress.pop(0) if len(self.progress) > 1 else self.progress[0]

    def _reply(self, body: Callable[[], dict[str, Any]]) -> Any:
        async def reply(request: web.Request) -> web.Response:
            return web.json_response(body())

        return reply

    async def _start(self, request: web.Request) -> web.Response:
        self.started.append(await request.json())
        return web.json_response({}, status=202)


@pytest.fixture
def app(monkeypatch) -> App:
    monkeypatch.setenv("GITHUB_USERNAMES", "octocat")
    monkeypatch.setenv("AzureWebJobsStorage", "UseDevelopmentStorage=true")
    return App()


async def visit(app: App, terminal: Terminal) -> str:
    async with TestServer(app.routes()) as server:
        await run.make_first_visit(str(server.make_url("")), terminal)
    return printed(terminal)


def progress(state: str, done: int, **facts: Any) -> dict[str, Any]:
    return {**new_progress(), "state": state, "done": done, "total": 47, **facts}


def answer(pending: int) -> dict[str, Any]:
    return {
        "query": "kubernetes",
        "took_ms": 1.5,
        "results": [{"name": "skyhook", "score": 0.97, "reasons": ["kubernetes in its topics"]}],
        "answer": {"text": "skyhook fits best."},
        "portfolio": {
            "repos": 47,
            "pending": pending,
            "state": "partial" if pending else "complete",
        },
    }


class TestFirstVisit:
    async def test_the_refresh_is_watched_to_its_end_and_a_question_answered(self, app, terminal):
        soon = iso_utc(datetime.now(UTC) + timedelta(seconds=8))
        app.progress = [
            progress("running", 3),
            progress("waiting", 3, error=LIMIT, waiting_until=soon),
            progress("completed", 47),
        ]
        app.query = answer(pending=0)

        output = await visit(app, terminal)

        assert "refresh of octocat: running, 3 of 47" in output
        assert "refresh of octocat: waiting, 3 of 47" in output
        assert "refresh of octocat: completed, 47 of 47" in output
        assert "0.97 skyhook  kubernetes in its topics" in output
        assert "have been read so far" not in output
        assert "waits until" not in output
        assert output.rstrip().endswith("Ctrl-C stops.")

    async def test_a_rate_limit_is_told_and_not_watched_for_an_hour(self, app, terminal):
        until = datetime.now(UTC) + timedelta(minutes=50)
        app.progress = [progress("waiting", 7, error=LIMIT, waiting_until=iso_utc(until))]
        app.query = answer(pending=40)

        output = await visit(app, terminal)

        assert (
            f"The refresh of octocat waits until {until.astimezone():%H:%M}:"
            " 60 requests an hour are used up"
        ) in output
        assert "0.97 skyhook" in output
        assert "7 of 47 repositories have been read so far" in output
        assert output.rstrip().endswith("Ctrl-C stops.")

    async def test_a_refresh_that_failed_is_told(self, app, terminal):
        app.progress = [progress("failed", 0, error={"message": "GitHub refuses the token"})]

        output = await visit(app, terminal)

        assert "The refresh of octocat failed: GitHub refuses the token" in output
        assert "has no answer yet: ask again soon" in output

    async def test_a_back_end_that_does_not_answer_is_told(self, app, terminal):
        app.progress = [{"error": {"message": "Durable Functions does not answer"}}]

        assert "failed: Durable Functions does not answer" in await visit(app, terminal)

    @pytest.mark.parametrize(
        ("next_try_at", "started"),
        [(None, []), ("2026-01-01T00:00:00Z", [{"username": "octocat"}])],
    )
    async def test_a_postponed_refresh_is_started_by_who_starts_the_app(
        self, app, terminal, next_try_at, started
    ):
        app.health = {"portfolios": [{"username": "octocat", "next_try_at": next_try_at}]}
        app.progress = [progress("completed", 47)]

        await visit(app, terminal)

        assert started == app.started
