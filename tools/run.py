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
from settings import Settings
from tools.host_process import ROOT, SAMPLES

DEFAULTS = {"REFRESH_SCHEDULE": "0 0 */6 * * *", "PYTHON_THREADPOOL_THREAD_COUNT": "32"}
LOCAL_STORAGE = "UseDevelopmentStorage=true"  # Azure's own name for the emulator
SAMPLE_QUESTION = "kubernetes"
POLL_S = 0.1


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
    runs. Raises InvalidSettings, before anything slow starts.
    """
    load_local_settings(ROOT)
    for name, value in DEFAULTS.items():
        os.environ.setdefault(name, value)
    if not os.environ.get("GITHUB_USERNAMES"):
        github_standin.start(services, SAMPLES)
    storage = os.environ.get("AzureWebJobsStorage") or LOCAL_STORAGE
    has_identity = bool(os.environ.get("AzureWebJobsStorage__tableServiceUri"))
    Settings.from_env({**os.environ, "AzureWebJobsStorage": storage})
    if storage == LOCAL_STORAGE and not has_identity:
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
    """Watch the refresh, ask a question, and print addresses to go on with."""
    username = Settings.from_env().github_usernames[0]
    console = terminal.console
    terminal.quiet = True  # hide this visitor's own requests
    async with aiohttp.ClientSession(base_url) as session:
        await get_json(session, "/api/health")  # starts the refresh where one is due
        progress = await watch_refresh(session, username, terminal)
        if progress.get("error"):
            message = escape(progress["error"]["message"])
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
    """Show the refresh until it ends: a bar in a terminal, lines in a pipe. Return its last progress."""
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
            state, done, total = progress["state"], progress["done"], progress["total"]
            bar.update(task, total=total or None, completed=done)
            line = f"refresh of {username}: {state}, {done} of {total}"
            if not console.is_terminal and line != last_line:
                console.print(line)
            last_line = line
            if state in ("completed", "failed", "idle"):
                return progress
            await asyncio.sleep(POLL_S)


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


if __name__ == "__main__":
    sys.exit(main())
