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
from localhost.config import ConfigError
from localhost.errors import CannotStart
from localhost.host import Host
from localhost.terminal import Terminal


def main() -> int:
    """Parse the command line, serve until SIGTERM or Ctrl-C; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m localhost", description=__doc__)
    parser.add_argument(
        "--app", type=Path, default=Path(), help="folder of function_app.py (default: this one)"
    )
    parser.add_argument(
        "--port",
        type=int,
        help="default: PORT, else local.settings.json, else 7071; 0: any free one",
    )
    parser.add_argument(
        "--data", "--state", type=Path, dest="data",
        help="where state is kept (default: LOCALHOST_DATA_DIR, else .localhost/PORT in the app's folder)",
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
        port = port_from_environment() if options.port is None else options.port
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
    """Serve the portfolio in `folder` as GitHub's API, and point the app to it. Raises CannotStart."""
    from github_standin import serve  # beside the host; only this switch needs it

    try:
        serve.start(services, folder)
    except serve.NoPortfolio as error:
        raise CannotStart(str(error)) from error


def port_from_environment() -> int | None:
    """PORT; None if it is not set. Raises ConfigError."""
    text = os.environ.get("PORT", "")
    if text and not (text.isascii() and text.isdecimal() and int(text) < 65_536):
        raise ConfigError(f"`PORT` is {text!r}; expected a whole number from 0 to 65535")
    return int(text) if text else None


def data_dir(given: Path | None, app_dir: Path, port: int | None) -> Path:
    """Where state is kept: one folder per port, so that two hosts of one app do not meet."""
    if given or os.environ.get("LOCALHOST_DATA_DIR"):
        return Path(given or os.environ["LOCALHOST_DATA_DIR"])
    return app_dir / ".localhost" / str(port if port is not None else 7071)


async def _serve(options: argparse.Namespace, port: int | None, data: Path) -> None:
    terminal = Terminal(quiet=options.quiet, json_logs=options.json_logs)
    async with Host(options.app, port=port, data_dir=data, terminal=terminal) as host:
        print(f"Listening on {host.base_url}", flush=True)
        await stop_signal()


async def stop_signal() -> None:
    """Wait for SIGTERM or Ctrl-C."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()


if __name__ == "__main__":
    sys.exit(main())
