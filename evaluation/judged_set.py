"""The judged portfolios that the project brings: invented developers, each in a folder of `samples`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from bundles.text import read_text
from evaluation.measures import Question
from evaluation.portfolio import JudgedPortfolio
from github_repo_manager import GitHubRepoManager
from github_standin.git_objects import LINK, SUBMODULE
from github_standin.portfolio import Repository, User, load_user
from github_standin.server import GitHubServer, StandIn
from models import Bundle
from tools.host_process import SAMPLES, USERNAME

JUDGED = Path(__file__).parent / "judged"
PORTFOLIOS = (USERNAME, "lucia-brandt", "tobi-hartwell")
FETCHED_AT = datetime(2026, 1, 1, tzinfo=UTC)  # fixed, so that every run measures the same bundles


def questions(username: str = USERNAME) -> list[Question]:
    """Read the judged questions about one of PORTFOLIOS."""
    content = (JUDGED / f"{username}.toml").read_text(encoding="utf-8")
    entries = tomllib.loads(content)["questions"]
    return [Question(entry["text"], entry.get("grades", {}), entry["kind"]) for entry in entries]


def sample_bundles() -> list[Bundle]:
    """Fetch the sample portfolio's bundles, as a refresh does."""
    return _fetch(load_user(SAMPLES))


def own_portfolios() -> list[JudgedPortfolio]:
    """Load every portfolio of PORTFOLIOS."""
    return [
        load_portfolio(SAMPLES.parent / username, questions(username)) for username in PORTFOLIOS
    ]


def load_portfolio(folder: Path, judged: Iterable[Question]) -> JudgedPortfolio:
    """Load a portfolio from a folder of `github_standin`'s format. Raises NoPortfolio."""
    user = load_user(folder)
    repositories = user.repositories
    return JudgedPortfolio(
        name=user.login,
        bundles=tuple(_fetch(user)),
        questions=tuple(judged),
        texts={name: _texts(repository) for name, repository in repositories.items()},
        paths={name: tuple(repository.files) for name, repository in repositories.items()},
    )


def _fetch(user: User) -> list[Bundle]:
    with GitHubServer(StandIn(user)) as github:
        manager = GitHubRepoManager(
            token="any",  # noqa: S106 - without one, GitHub allows too few requests
            base_url=github.url,
            include_forks=False,
            include_archived=True,
            include_private=False,
            now=lambda: FETCHED_AT,
        )
        with closing(manager):
            return manager.get_all_repos_with_context(user.login)


def _texts(repository: Repository) -> tuple[str, ...]:
    contents = [
        read_text(content)
        for mode, content in repository.files.values()
        if mode not in (LINK, SUBMODULE)
    ]
    return tuple(text.content for text in contents if text.is_readable)
