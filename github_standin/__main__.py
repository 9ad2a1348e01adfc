"""`python -m github_standin DIR`: serve a folder of repositories as GitHub does."""

from __future__ import annotations

import argparse
import threading
from contextlib import suppress
from pathlib import Path

from github_standin.portfolio import NoPortfolio, load_user
from github_standin.server import GitHubServer, StandIn


def main() -> None:
    """Parse the command line and serve until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m github_standin", description=__doc__)
    parser.add_argument(
        "folder", type=Path, metavar="DIR",
        help="one .toml file per repository; DIR's name is the account. The table [files] holds the content of each "
        'file by its path: text, {base64 = "…"}, {link = "target"} or {submodule = "commit"}',
    )  # fmt: skip
    parser.add_argument("--port", type=int, default=0, metavar="N", help="default: any free port")
    options = parser.parse_args()
    try:
        user = load_user(options.folder)
    except NoPortfolio as error:
        parser.error(str(error))
    try:
        server = GitHubServer(StandIn(user), options.port)
    except (OSError, OverflowError) as error:
        parser.error(f"cannot listen on port {options.port}: {error}; try another --port")
    with server, suppress(KeyboardInterrupt):
        print(f"Serving {user.login} at {server.url}. Ctrl-C stops.", flush=True)  # noqa: T201
        threading.Event().wait()


if __name__ == "__main__":
    main()
