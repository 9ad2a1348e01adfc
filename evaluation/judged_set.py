"""The judged questions and the portfolio that they are about."""

from __future__ import annotations

import tomllib
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from evaluation.measures import Question
from github_repo_manager import GitHubRepoManager
from github_standin.portfolio import load_user
from github_standin.server import GitHubServer, StandIn
from models import Bundle
from tools.host_process import SAMPLES, USERNAME

JUDGED = Path(__file__).parent / "judged" / f"{USERNAME}.toml"
FETCHED_AT = datetime(2026, 1, 1, tzinfo=UTC)  # fixed, so that every run measures the same bundles


def questions() -> list[Question]:
    """Read the judged questions."""
    entries = tomllib.loads(JUDGED.read_text(encoding="utf-8"))["questions"]
    return [Question(entry["text"], entry.get("grades", {}), entry["kind"]) for entry in entries]


def sample_bundles() -> list[Bundle]:
    """Fetch the sample portfolio's bundles, as a refresh does."""
    with GitHubServer(StandIn(load_user(SAMPLES))) as github:
        manager = GitHubRepoManager(
            token="any",  # noqa: S106 - without one, GitHub allows too few requests
            base_url=github.url,
            include_forks=False,
            include_archived=True,
            include_private=False,
            now=lambda: FETCHED_AT,
        )
        with closing(manager):
            return manager.get_all_repos_with_context(USERNAME)
