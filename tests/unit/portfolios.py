"""Portfolios for tests: the sample portfolio, and repositories that consist of a few facts."""

from __future__ import annotations

from functools import cache
from typing import Any, cast

from bundles import no_content
from bundles.readmes import read_readme
from evaluation.judged_set import sample_bundles
from models import Bundle, Metadata, PublishedBundle, Section, no_locations


@cache
def sample_portfolio() -> list[PublishedBundle]:
    """Return the published bundles of the sample portfolio."""
    return [
        cast(PublishedBundle, {**bundle, "stale": False, "stale_reason": None})
        for bundle in sample_bundles()
    ]


def make_metadata(name: str, owner: str = "ada", **changes: Any) -> Metadata:
    """Make the metadata of a public repository of which little is known."""
    metadata = {
        "name": name,
        "full_name": f"{owner}/{name}",
        "html_url": f"https://github.com/{owner}/{name}",
        "description": None,
        "homepage": None,
        "topics": [],
        "language": None,
        "license": None,
        "default_branch": "main",
        "stargazers_count": 0,
        "forks_count": 0,
        "open_issues_count": 0,
        "size": 1,
        "fork": False,
        "archived": False,
        "is_template": False,
        "visibility": "public",
        "created_at": "2025-01-01T00:00:00Z",
        "updated_at": "2025-01-01T00:00:00Z",
        "pushed_at": "2025-01-01T00:00:00Z",
        **changes,
    }
    return cast(Metadata, metadata)


def sections_of(markdown: str) -> list[Section]:
    """Return the sections of a README, as a bundle has them."""
    return [
        {
            "title": section.title,
            "line": section.line,
            "lines": [passage.line for passage in section.passages],
            "passages": [passage.text for passage in section.passages],
        }
        for section in read_readme("README.md", markdown)
    ]


def bundle_with(metadata: Metadata, **content: Any) -> Bundle:
    """Make a bundle of which nothing is known but its metadata and `content`.

    The `readme`, if there is one, is Markdown.
    """
    bundle = {
        "metadata": metadata,
        **no_content(),
        "sections": sections_of(content.get("readme", "")),
        "locations": {**no_locations(), "readme": "README.md" if "readme" in content else None},
        "fingerprint": "f",
        "fetched_at": "2026-01-01T00:00:00Z",
        "warnings": [],
        **content,
    }
    return cast(Bundle, bundle)


def make_bundle(name: str, description: str | None = None, **content: Any) -> PublishedBundle:
    """Make a published bundle of which nothing is known but its name and what is given.

    `description` and `topics` belong to the metadata; other keywords are keys of the bundle.
    """
    metadata = make_metadata(name, description=description, topics=content.pop("topics", []))
    bundle = bundle_with(metadata, **{"stale": False, "stale_reason": None, **content})
    return cast(PublishedBundle, bundle)
