"""Serving a folder of repositories as GitHub's API."""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path

from github_standin.portfolio import load_user
from github_standin.server import GitHubServer, StandIn


class NoPortfolio(ValueError):
    """The folder holds no repositories; the message says what is expected."""


def start(services: ExitStack, folder: Path) -> None:
    """Serve the portfolio in `folder` and set `GITHUB_API_URL` to it. Raises NoPortfolio.

    The folder's name is the account. It becomes `GITHUB_USERNAMES` unless that is set already.
    """
    if not folder.is_dir() or not any(folder.glob("*.toml")):
        raise NoPortfolio(
            f"{folder} holds no portfolio; expected a folder with one .toml file per repository"
        )
    server = services.enter_context(GitHubServer(StandIn(load_user(folder))))
    os.environ["GITHUB_API_URL"] = server.url
    if not os.environ.get("GITHUB_USERNAMES"):
        os.environ["GITHUB_USERNAMES"] = folder.resolve().name
