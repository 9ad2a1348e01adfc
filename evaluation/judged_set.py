"""The judged questions, and the portfolio that they are about."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from pathlib import Path

from evaluation.measures import Question
from github_repo_manager import GitHubRepoManager
from github_standin.portfolio import load_user
from github_standin.server import GitHubServer, StandIn
from models import Bundle

ROOT = Path(__file__).parent.parent
USERNAME = "ada-nimbus"
WHEN = datetime(2026, 1, 1, tzinfo=UTC)


def questions() -> list[Question]:
    """As they stand in `judged/`."""
    path = Path(__file__).parent / "judged" / f"{USERNAME}.toml"
    found = tomllib.loads(path.read_text(encoding="utf-8"))["questions"]
    return [Question(each["text"], each.get("grades", {}), each["kind"]) for each in found]


def sample_bundles() -> list[Bundle]:
    """The sample portfolio, fetched as the refresh would."""
    with GitHubServer(StandIn(load_user(ROOT / "samples" / USERNAME))) as github:
        manager = GitHubRepoManager(
            token=None,
            base_url=github.url,
            include_forks=False,
            include_archived=True,
            include_private=False,
            now=lambda: WHEN,
        )
        bundles = manager.get_all_repos_with_context(USERNAME)
        manager.close()
    return bundles
