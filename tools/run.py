"""`make run`: the app, its storage and, without an account, a stand-in for GitHub, on this machine.

The app does not know it runs here. It gets settings as an operator would set them, and requests as
a visitor would send them.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from errors import InvalidSettings
from github_standin import serve as github_standin
from localhost.__main__ import data_dir, port_from_environment, stop_signal
from localhost.azurite import start_azurite
from localhost.config import load_local_settings
from localhost.errors import CannotStart
from localhost.host import Host
from localhost.terminal import Terminal
from settings import STORAGE_URIS, Settings
from tools.host_process import ROOT, SAMPLES

DEFAULTS = {"REFRESH_SCHEDULE": "0 0 */6 * * *", "PYTHON_THREADPOOL_THREAD_COUNT": "32"}
LOCAL_STORAGE = "UseDevelopmentStorage=true"  # Azure's own name for the emulator
STORAGE_BY_IDENTITY = ("AzureWebJobsStorage__accountName", *STORAGE_URIS)
SAMPLE_QUESTION = "kubernetes"
POLL_S = 0.1
# Pauses after an outage are shorter; a rate limit may take an hour, and nobody should watch that.
MAX_WATCHED_WAIT = timedelta(seconds=45)
UNAUTHENTICATED_HINT = (
    "GITHUB_TOKEN is not set, so GitHub allows 60 requests an hour: about 55 repositories. A token"
    " allows 5,000, and adds commit counts and, with INCLUDE_PRIVATE, private repositories. Create"
    " one without any permissions at https://github.com/settings/personal-access-tokens/new, then"
    " run: GITHUB_TOKEN=… make run"
)


def main() -> int:
    """Start everything, answer one question, serve until SIGTERM or Ctrl-C. Return the exit status."""
    terminal = Terminal(quiet=False, json_logs=False)
    terminal.setLevel(
        logging.WARNING
    )  # it prints requests and orchestrations; the log repeats them
    try:
        with ExitStack() as services:
            port = port_from_environment()
            state = data_dir(None, ROOT, port)
            prepare(services, state, terminal)
            asyncio.run(serve(port, state, terminal))
    except InvalidSettings as error:
        for problem in error.problems:
            print(f"error: {problem}", file=sys.stderr)
        return 2
    except (CannotStart, github_standin.NoPortfolio) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def prepare(services: ExitStack, state: Path, terminal: Terminal) -> None:
    """Complete the settings, and start the services that they do not name.

    Without usernames, a stand-in for GitHub serves the sample portfolio. Without storage, Azurite
    runs. Without a token, one line says what it would bring. Raises InvalidSettings, before
    anything slow starts.
    """
    load_local_settings(ROOT)
    for name, value in DEFAULTS.items():
        os.environ.setdefault(name, value)
    has_account = bool(os.environ.get("GITHUB_USERNAMES"))
    if not has_account:
        github_standin.start(services, SAMPLES)
    has_identity = any(os.environ.get(name) for name in STORAGE_BY_IDENTITY)
    storage = os.environ.get("AzureWebJobsStorage") or ("" if has_identity else LOCAL_STORAGE)
    Settings.from_env({**os.environ, "AzureWebJobsStorage": storage})
    if has_account and not os.environ.get("GITHUB_TOKEN"):
        terminal.console.print(UNAUTHENTICATED_HINT, markup=False)
    if storage == LOCAL_STORAGE:
        terminal.console.print("Starting Azurite, the Azure Storage emulator …")
        start_azurite(services, state)


async def serve(port: int | None, state: Path, terminal: Terminal) -> None:
    """Run the host. Send it a first visitor, and stop early if that visit fails."""
    terminal.console.print("Starting the app …")
    async with Host(ROOT, port=port, data_dir=state, terminal=terminal) as host:
        visit = asyncio.create_task(make_first_visit(host.base_url, terminal))
        stopped = asyncio.create_task(stop_signal())
        await asyncio.wait({visit, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if visit.done():
            visit.result()
        await stopped
        visit.cancel()


async def make_first_visit(base_url: str, terminal: Terminal) -> None:
    """Watch the refresh, ask a question, and print addresses to go on with.

    A refresh that waits for long is left alone: what has been read is served meanwhile.
    """
    username = Settings.from_env().github_usernames[0]
    console = terminal.console
    terminal.quiet = True  # hide this visitor's own requests
    async with aiohttp.ClientSession(base_url) as session:
        # It starts the refresh where one is due, unless earlier failures postpone that. Who starts
        # the app again has probably mended their reason.
        health = await get_json(session, "/api/health")
        for portfolio in health.get("portfolios", ()):
            if portfolio.get("next_try_at"):
                await session.post("/api/refresh", json={"username": portfolio["username"]})
        progress = await watch_refresh(session, username, terminal)
        if error := progress.get("error"):
            message, until = escape(error["message"]), progress.get("waiting_until")
            if until:
                goes_on = f"{datetime.fromisoformat(until).astimezone():%H:%M}"
                console.print(
                    f"[yellow]The refresh of {username} waits until {goes_on}: {message}[/yellow]"
                )
            else:
                console.print(f"[red]The refresh of {username} failed: {message}[/red]")
        show_answer(await get_json(session, f"/api/query?q={SAMPLE_QUESTION}"), terminal)
    console.print("\nAsk more, in a second terminal or in a browser:")
    console.print(f"  {base_url}/api/ui")
    console.print(f"  {base_url}/api/query?q={SAMPLE_QUESTION}")
    console.print(f"  {base_url}/api/portfolios/{username}")
    console.print(f"  {base_url}/api/health")
    console.print("Ctrl-C stops.\n")
    terminal.quiet = False


async def watch_refresh(
    session: aiohttp.ClientSession, username: str, terminal: Terminal
) -> dict[str, Any]:
    """Show the refresh until it ends or waits for long: a bar in a terminal, lines in a pipe.

    Returns its last progress, or the body of the error for which there is none.
    """
    console = terminal.console
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    last_line = ""
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task(f"Refreshing {username}", total=None)
        while True:
            progress = await get_json(session, f"/api/refresh/{username}")
            if "state" not in progress:
                return progress
            state, done, total = progress["state"], progress["done"], progress["total"]
            bar.update(task, total=total or None, completed=done)
            line = f"refresh of {username}: {state}, {done} of {total}"
            if not console.is_terminal and line != last_line:
                console.print(line)
            last_line = line
            if state in ("completed", "failed", "idle") or waits_for_long(progress):
                return progress
            await asyncio.sleep(POLL_S)


def waits_for_long(progress: dict[str, Any]) -> bool:
    """Tell whether a refresh waits for more than MAX_WATCHED_WAIT from now."""
    if "waiting_until" not in progress:
        return False
    wait = datetime.fromisoformat(progress["waiting_until"]) - datetime.now(UTC)
    return wait > MAX_WATCHED_WAIT


async def get_json(session: aiohttp.ClientSession, address: str) -> dict[str, Any]:
    async with session.get(address) as response:
        body: dict[str, Any] = await response.json()
        return body


def show_answer(body: dict[str, Any], terminal: Terminal) -> None:
    """Print an answered question with scores and reasons, or why it was not answered."""
    console = terminal.console
    if "results" not in body:
        message = body["error"]["message"] if "error" in body else body["message"]
        console.print(f"“{SAMPLE_QUESTION}” has no answer yet: {escape(message)}")
        return
    console.print(f"\n[bold]{escape(body['query'])}[/bold] ({body['took_ms']} ms)")
    for result in body["results"]:
        score, name = f"{result['score']:.2f}", escape(result["name"])
        reasons = escape("; ".join(result["reasons"]))
        console.print(f"  [green]{score}[/green] [bold]{name}[/bold]  {reasons}")
    console.print(f"  {escape(body['answer']['text'])}")
    portfolio = body["portfolio"]
    if portfolio["state"] == "partial":
        read = portfolio["repos"] - portfolio["pending"]
        console.print(
            f"  {read} of {portfolio['repos']} repositories have been read so far; the others answer"
            " with what GitHub's list says of them."
        )


if __name__ == "__main__":
    sys.exit(main())
