"""`make run`: the app, its storage and, without an account, a GitHub to ask, all on this machine.

The app knows nothing of this: it gets settings, as an operator would set them, and requests, as a
visitor would send them.
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

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "samples" / "ada-nimbus"
SAMPLE_QUESTION = "kubernetes"
DEFAULTS = {"REFRESH_SCHEDULE": "0 0 */6 * * *", "PYTHON_THREADPOOL_THREAD_COUNT": "32"}
POLL_S = 0.1


def main() -> int:
    """Start everything, show it at work, serve until SIGTERM or Ctrl-C; the exit status."""
    terminal = Terminal(quiet=False, json_logs=False)
    terminal.setLevel(logging.WARNING)  # requests and orchestrations say enough
    try:
        with ExitStack() as servers:
            port = port_from_environment()
            state = data_dir(None, ROOT, port)
            prepare(servers, state)
            Settings.from_env()
            asyncio.run(serve(port, state, terminal))
    except InvalidSettings as error:
        for problem in error.problems:
            print(f"error: {problem}", file=sys.stderr)
        return 2
    except CannotStart as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def prepare(servers: ExitStack, state: Path) -> None:
    """Set what is not set: storage by Azurite and, without usernames, the sample portfolio's GitHub."""
    load_local_settings(ROOT)
    for name, value in DEFAULTS.items():
        os.environ.setdefault(name, value)
    if not os.environ.get("GITHUB_USERNAMES"):
        github_standin.start(servers, SAMPLES)
    own_storage = os.environ.get("AzureWebJobsStorage", "UseDevelopmentStorage=true")
    identity = os.environ.get("AzureWebJobsStorage__tableServiceUri")
    if not identity and own_storage in ("", "UseDevelopmentStorage=true"):
        # Wrong settings are told before anything slow starts.
        Settings.from_env({**os.environ, "AzureWebJobsStorage": "to be started"})
        start_azurite(servers, state)


async def serve(port: int | None, state: Path, terminal: Terminal) -> None:
    """The host, and a first visitor."""
    async with Host(ROOT, port=port, data_dir=state, terminal=terminal) as host:
        visitor = asyncio.create_task(visit(host.base_url, terminal))
        stopped = asyncio.create_task(stop_signal())
        await asyncio.wait({visitor, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if visitor.done():
            visitor.result()
        await stopped
        visitor.cancel()


async def visit(base_url: str, terminal: Terminal) -> None:
    """Watch the refresh, ask a question, say where to go on."""
    username = Settings.from_env().github_usernames[0]
    terminal.quiet = True  # our own requests are no news
    async with aiohttp.ClientSession(base_url) as session:
        await session.get("/api/health")
        progress = await watch_refresh(session, username, terminal)
        if progress.get("error"):
            terminal.console.print(
                f"[red]The refresh failed: {escape(progress['error']['message'])}[/red]"
            )
        async with session.get("/api/query", params={"q": SAMPLE_QUESTION}) as response:
            show_answer(await response.json(), terminal)
    console = terminal.console
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
    """Show the refresh until it ends: a bar in a terminal, lines in a pipe. Returns the last progress."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    last = ""
    with Progress(
        *columns, console=terminal.console, disable=not terminal.console.is_terminal
    ) as bar:
        task = bar.add_task(f"Refreshing {username}", total=None)
        while True:
            async with session.get(f"/api/refresh/{username}") as response:
                progress: dict[str, Any] = await response.json()
            bar.update(task, total=progress["total"] or None, completed=progress["done"])
            line = f"refresh of {username}: {progress['state']}, {progress['done']} of {progress['total']}"
            if not terminal.console.is_terminal and line != last:
                terminal.console.print(line)
            last = line
            if progress["state"] in ("completed", "failed", "idle"):
                return progress
            await asyncio.sleep(POLL_S)


def show_answer(body: dict[str, Any], terminal: Terminal) -> None:
    """One answered question, with scores and reasons."""
    console = terminal.console
    if "results" not in body:
        console.print(escape(str(body.get("message") or body["error"]["message"])))
        return
    console.print(f"\n[bold]{escape(body['query'])}[/bold] ({body['took_ms']} ms)")
    for result in body["results"]:
        reasons = "; ".join(result["reasons"])
        console.print(
            f"  [green]{result['score']:.2f}[/green] [bold]{escape(result['name'])}[/bold]  {escape(reasons)}"
        )
    console.print(f"  {escape(body['answer']['text'])}")


if __name__ == "__main__":
    sys.exit(main())
