"""`python -m localhost`: host any function app of the Python v2 model."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
from contextlib import ExitStack
from pathlib import Path

from localhost.azurite import start_azurite
from localhost.config import DEFAULT_PORT, parse_port
from localhost.errors import CannotStart
from localhost.host import Host
from localhost.terminal import Terminal


def main() -> int:
    """Serve until SIGTERM or Ctrl-C; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m localhost", description=__doc__)
    parser.add_argument(
        "--app", type=Path, default=Path(),
        help="folder of function_app.py (default: the current one)",
    )  # fmt: skip
    parser.add_argument(
        "--port", help="default: PORT, else local.settings.json, else 7071; 0 takes any free one"
    )
    parser.add_argument(
        "--data", "--state", type=Path, dest="data",
        help="folder for state (default: LOCALHOST_DATA_DIR, else .localhost/PORT in the app's folder)",
    )  # fmt: skip
    parser.add_argument("--quiet", action="store_true", help="print warnings and errors only")
    parser.add_argument("--json-logs", action="store_true", help="print one JSON object a line")
    parser.add_argument(
        "--azurite", action="store_true", help="start Azurite and set AzureWebJobsStorage to it"
    )
    parser.add_argument(
        "--github", type=Path, metavar="DIR",
        help="serve the portfolio in DIR as GitHub's API and set GITHUB_API_URL to it",
    )  # fmt: skip
    options = parser.parse_args()
    try:
        port = (
            port_from_environment() if options.port is None else parse_port("--port", options.port)
        )
        data = data_dir(options.data, options.app, port)
        with ExitStack() as services:
            if options.azurite:
                start_azurite(services, data)
            if options.github:
                start_github(services, options.github)
            asyncio.run(_serve(options, port, data))
    except CannotStart as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def start_github(services: ExitStack, folder: Path) -> None:
    """Serve the portfolio in `folder` as GitHub's API, and point the app to it.

    Raises CannotStart.
    """
    # Imported here, because the host by itself knows nothing of GitHub.
    from github_standin import serve

    try:
        serve.start(services, folder)
    except serve.NoPortfolio as error:
        raise CannotStart(str(error)) from error


def port_from_environment() -> int | None:
    """Read PORT; None if it is not set. Raises ConfigError."""
    text = os.environ.get("PORT")
    return parse_port("PORT", text) if text else None


def data_dir(given: Path | None, app_dir: Path, port: int | None) -> Path:
    """Return the folder for state: one per port, so that two hosts of one app do not collide."""
    if given or os.environ.get("LOCALHOST_DATA_DIR"):
        return Path(given or os.environ["LOCALHOST_DATA_DIR"])
    return app_dir / ".localhost" / str(DEFAULT_PORT if port is None else port)


async def _serve(options: argparse.Namespace, port: int | None, data: Path) -> None:
    terminal = Terminal(quiet=options.quiet, json_logs=options.json_logs)
    # Before the host starts, so that a signal during the start ends it properly, too.
    stopped = asyncio.create_task(stop_signal())
    async with Host(options.app, port=port, data_dir=data, terminal=terminal) as host:
        print(f"Listening on {host.base_url}", flush=True)
        await stopped


async def stop_signal() -> None:
    """Wait for SIGTERM or Ctrl-C."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()


if __name__ == "__main__":
    sys.exit(main())
