"""What an app may need beside itself, started for it: storage, and a GitHub to ask."""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path

from localhost.azurite import Azurite
from localhost.errors import CannotStart
from localhost.github.portfolio import load_user
from localhost.github.server import GitHubServer, StandIn


def start_azurite(services: ExitStack, data: Path) -> None:
    """Start Azurite with its tables under `data`; the app's storage is there from then on."""
    tables = data / "azurite"
    tables.mkdir(parents=True, exist_ok=True)
    os.environ["AzureWebJobsStorage"] = services.enter_context(Azurite(tables)).connection_string


def start_github(services: ExitStack, folder: Path) -> None:
    """Serve the portfolio in `folder` as GitHub would; the app's GitHub is there from then on.

    The folder's name is the username, and the app's unless GITHUB_USERNAMES says otherwise.
    """
    if not folder.is_dir() or not any(folder.glob("*.toml")):
        raise CannotStart(
            f"{folder} holds no portfolio; expected a folder with a .toml a repository"
        )
    server = services.enter_context(GitHubServer(StandIn(load_user(folder))))
    os.environ["GITHUB_API_URL"] = server.url
    if not os.environ.get("GITHUB_USERNAMES"):
        os.environ["GITHUB_USERNAMES"] = folder.resolve().name
