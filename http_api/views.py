"""What visitors see of a portfolio: the cached bundles in the shapes that the routes answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from cache import Portfolio
from relevance.context import normalise_context
from relevance.difficulty import difficulty
from settings import Settings


def iso(moment: datetime) -> str:
    """ISO-8601 UTC with a `Z`."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def age_seconds(portfolio: Portfolio, now: datetime) -> int:
    """Whole seconds since the portfolio was refreshed; never negative."""
    return max(0, int((now - portfolio.refreshed_at).total_seconds()))


def is_stale(portfolio: Portfolio, options: Settings, now: datetime | None = None) -> bool:
    """Whether it is served while a refresh runs behind it."""
    return age_seconds(portfolio, now or datetime.now(UTC)) > options.cache_max_age_seconds


def portfolio_facts(portfolio: Portfolio, now: datetime, *, stale: bool) -> dict[str, Any]:
    """How large and how old the portfolio is."""
    return {
        "username": portfolio.username,
        "repos": len(portfolio.bundles),
        "refreshed_at": iso(portfolio.refreshed_at),
        "age_seconds": age_seconds(portfolio, now),
        "stale": stale,
        "stale_repos": sum(bundle["stale"] for bundle in portfolio.bundles),
    }


def listing(portfolio: Portfolio) -> dict[str, Any]:
    """Repositories without their readme, and how often each language, topic and skill occurs; made
    once."""
    return portfolio.memo("listing", _listing)


def visible(bundle: Mapping[str, Any]) -> dict[str, Any]:
    """A bundle as anybody may see it, with its difficulty: a context file that another tool wrote,
    with who knows what, is left out, and so are the model's numbers."""
    seen = {key: value for key, value in bundle.items() if key != "embedding"}
    context = bundle["repoContext"]
    if context and normalise_context(context).foreign:
        seen["repoContext"] = {}
    return {**seen, "difficulty": difficulty(bundle)}


def results(portfolio: Portfolio, scores: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The ranked repositories, best first."""
    by_name = portfolio.by_name()
    return [
        {
            "name": score["name"],
            "url": by_name[score["name"]]["metadata"]["html_url"],
            "description": by_name[score["name"]]["metadata"]["description"],
            "score": score["score"],
            "signals": score["signals"],
            "matched_terms": score["matched_terms"],
            "reasons": score["reasons"],
            "languages": by_name[score["name"]]["languages"],
        }
        for score in scores
    ]


def nearest(portfolio: Portfolio, names: Sequence[str]) -> list[dict[str, Any]]:
    """What comes nearest to a question that nothing answers."""
    by_name = portfolio.by_name()
    metadata = [by_name[name]["metadata"] for name in names]
    return [
        {"name": each["name"], "url": each["html_url"], "description": each["description"]}
        for each in metadata
    ]


def _listing(bundles: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    languages: Counter[str] = Counter()
    topics: Counter[str] = Counter()
    skills: Counter[str] = Counter()
    for bundle in bundles:
        languages.update(bundle["languages"].keys())
        topics.update(set(bundle["metadata"]["topics"]))
        skills.update(set(normalise_context(bundle["repoContext"]).skills))
    return {
        "facets": {
            "languages": dict(languages.most_common()),
            "topics": dict(topics.most_common()),
            "skills": dict(skills.most_common(100)),
        },
        "repositories": [
            {key: value for key, value in visible(bundle).items() if key != "readme"}
            for bundle in bundles
        ],
    }
