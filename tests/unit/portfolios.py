"""Portfolios for tests: the sample portfolio, and repositories that consist of a few facts."""

from __future__ import annotations

from functools import cache
from typing import Any, cast

from evaluation.judged_set import sample_bundles
from models import PublishedBundle


@cache
def sample_portfolio() -> list[PublishedBundle]:
    """Return the published bundles of the sample portfolio."""
    return [
        cast(PublishedBundle, {**bundle, "stale": False, "stale_reason": None})
        for bundle in sample_bundles()
    ]


def make_bundle(name: str, description: str | None = None, **content: Any) -> PublishedBundle:
    """Make a bundle of which nothing is known but its name, `description` and `content`.

    `topics` belong to the metadata; other keywords are keys of the bundle.
    """
    bundle: dict[str, Any] = {
        "metadata": {
            "name": name,
            "full_name": f"ada/{name}",
            "html_url": f"https://github.com/ada/{name}",
            "description": description,
            "homepage": None,
            "topics": content.pop("topics", []),
            "language": None,
            "license": None,
            "default_branch": "main",
            "stargazers_count": 0,
            "forks_count": 0,
            "open_issues_count": 0,
            "size": 0,
            "fork": False,
            "archived": False,
            "is_template": False,
            "visibility": "public",
            "created_at": "2026-01-01T00:00:00Z",
            "updated_at": "2026-01-01T00:00:00Z",
            "pushed_at": None,
        },
        "languages": {},
        "repoContext": {},
        "file_types": {},
        "files": [],
        "path_terms": {},
        "dependencies": [],
        "readme": "",
        "revision": {"commit": None, "tree": None},
        "fingerprint": "f",
        "fetched_at": "2026-01-01T00:00:00Z",
        "warnings": [],
        "stale": False,
        "stale_reason": None,
    }
    return cast(PublishedBundle, {**bundle, **content})
