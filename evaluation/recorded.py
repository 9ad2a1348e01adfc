"""Portfolios recorded from GitHub, in a folder that the variable PORTFOLIOS names.

`NAME.json.gz` holds `{user, repos}`. Each repository has what GitHub's listing tells, `paths`
(path, mode, sha of the blob, bytes), `trees` (folder -> sha) and `texts` (path -> text, of the
files that were recorded). `queries.json` holds `{queries}`: the user, the query, the relevance by
repository, and optionally tags and the fact that a perfect answer states (`expect`).
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bundles import Selection, Tree, build_bundle
from evaluation.measures import Question
from evaluation.portfolio import JudgedPortfolio
from github_api.parsing import listed_repository
from models import Bundle, iso_utc

QUERIES = "queries.json"
SUBMODULE = "160000"
MAX_ROUNDS = 8  # a link leads to a file, a context to others; the product stops sooner
FETCHED_AT = datetime(2026, 1, 1, tzinfo=UTC)  # fixed, so that every run measures the same bundles


def recorded_portfolios(folder: Path) -> list[JudgedPortfolio]:
    """Load every portfolio of a folder, by name. Raises FileNotFoundError without `queries.json`."""
    queries = json.loads((folder / QUERIES).read_text(encoding="utf-8"))["queries"]
    return [_portfolio(path, queries) for path in sorted(folder.glob("*.json.gz"))]


def recorded_bundle(repository: Mapping[str, Any]) -> Bundle:
    """Build a bundle as a refresh does. A wanted file whose text was not recorded is empty."""
    tree = _tree(repository)
    text_of = {
        sha: repository["texts"][path].encode()
        for path, _, sha, _ in repository["paths"]
        if path in repository["texts"]
    }
    selection, blobs = Selection(tree), dict[str, bytes]()
    for _ in range(MAX_ROUNDS):
        wanted = selection.wanted(blobs)
        missing = [sha for sha in wanted.files if sha not in blobs]
        if not missing:
            break
        blobs |= {sha: text_of.get(sha, b"") for sha in missing}
    return build_bundle(
        listed_repository(_listed(repository)),
        repository["languages"],
        tree,
        wanted,
        blobs,
        FETCHED_AT,
        commits=repository.get("commits"),
    )


def _portfolio(path: Path, queries: Sequence[Mapping[str, Any]]) -> JudgedPortfolio:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        content = json.load(file)
    user, repositories = content["user"], content["repos"]
    return JudgedPortfolio(
        name=user,
        bundles=tuple(recorded_bundle(repository) for repository in repositories),
        questions=tuple(_question(query) for query in queries if query["user"] == user),
        texts={
            repository["name"]: tuple(repository["texts"].values()) for repository in repositories
        },
        paths={
            repository["name"]: tuple(path for path, *_ in repository["paths"])
            for repository in repositories
        },
    )


def _question(query: Mapping[str, Any]) -> Question:
    return Question(
        query["query"],
        {} if query["no_answer"] else query["relevance"],
        _kind(query),
        asks_fact="expect" in query,
    )


def _kind(query: Mapping[str, Any]) -> str:
    """Choose one of a query's tags: a typo makes every kind of question hard."""
    tags = query.get("tags", [])
    if query["no_answer"]:
        return "none"
    return "typo" if "typo" in tags else next(iter(tags), "untagged")


def _listed(repository: Mapping[str, Any]) -> dict[str, Any]:
    """Return a repository as GitHub's listing would."""
    full_name = f"{repository['owner']}/{repository['name']}"
    languages = repository["languages"]
    pushed_at = _utc(repository["pushed_at"])
    return {
        **repository,
        "full_name": full_name,
        "html_url": f"https://github.com/{full_name}",
        "language": max(languages, key=lambda name: languages[name], default=None),
        "stargazers_count": repository["stars"],
        "forks_count": repository["forks"],
        "open_issues_count": repository["open_issues"],
        "size": repository["size_kb"],
        "created_at": _utc(repository["created_at"]),
        "updated_at": pushed_at,
        "pushed_at": pushed_at,
    }


def _utc(moment: str) -> str:
    return iso_utc(datetime.fromisoformat(moment))


def _tree(repository: Mapping[str, Any]) -> Tree:
    folders = [
        {"path": path, "mode": "040000", "type": "tree", "sha": sha}
        for path, sha in repository["trees"].items()
    ]
    files = [
        {"path": path, "mode": mode, "type": _entry_type(mode), "sha": sha, "size": size}
        for path, mode, sha, size in repository["paths"]
    ]
    entries = sorted([*folders, *files], key=lambda entry: str(entry["path"]))
    return Tree(repository["tree_sha"], entries, bool(repository["truncated"]))


def _entry_type(mode: str) -> str:
    return "commit" if mode == SUBMODULE else "blob"
