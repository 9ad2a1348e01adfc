"""The stand-in as a service beside an app, which finds it by its settings."""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path

from github_standin.portfolio import NoPortfolio, load_user
from github_standin.server import GitHubServer, StandIn

__all__ = ["NoPortfolio", "start"]


def start(services: ExitStack, folder: Path) -> None:
    """Serve the portfolio in `folder`; set `GITHUB_API_URL` and `GITHUB_RAW_URL`. Raises NoPortfolio.

    The folder's name is the account. It becomes `GITHUB_USERNAMES` unless that is set.
    """
    user = load_user(folder)
    server = services.enter_context(GitHubServer(StandIn(user)))
    os.environ["GITHUB_API_URL"] = server.url
    os.environ["GITHUB_RAW_URL"] = server.raw_url
    if not os.environ.get("GITHUB_USERNAMES"):
        os.environ["GITHUB_USERNAMES"] = user.login
