"""Shape cached bundles for visitors: the parts of a portfolio that the routes return."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

from ai_assistant import RepoScore
from answers.desk import Answer, naming
from answers.evidence import PortfolioQuotes, Quotes, evidence_for_sentence, links
from cache import Portfolio
from models import CONTENT_PENDING, PublishedBundle, iso_utc
from relevance.context import normalise_context
from relevance.difficulty import difficulty
from understanding.model import Fact, Understood

MAX_SKILL_FACETS = 100
INTERNAL_KEYS = {"embedding", "terms"}  # of a bundle; they mean something to the ranking alone
UNLISTED_KEYS = {"readme", "sections", "locations"}  # long; the route of one repository shows them


def refreshed_at(portfolio: Portfolio) -> str:
    """Format the time of the last refresh, to the second."""
    return iso_utc(portfolio.refreshed_at.replace(microsecond=0))


def age_seconds(portfolio: Portfolio, now: datetime) -> int:
    """Count the whole seconds since the last refresh; never negative, even if clocks differ."""
    return max(0, int((now - portfolio.refreshed_at).total_seconds()))


def is_stale(portfolio: Portfolio, now: datetime, max_age_s: int) -> bool:
    """Tell whether the portfolio is older than `max_age_s`, so that it needs a refresh."""
    return age_seconds(portfolio, now) > max_age_s


def portfolio_facts(portfolio: Portfolio, now: datetime, *, stale: bool) -> dict[str, Any]:
    """Describe the size, the completeness and the age of the portfolio."""
    return {
        "username": portfolio.username,
        "repos": len(portfolio.bundles),
        "state": portfolio.state,
        "pending": portfolio.pending,
        "refreshed_at": refreshed_at(portfolio),
        "age_seconds": age_seconds(portfolio, now),
        "stale": stale,
        "stale_repos": sum(bundle["stale"] for bundle in portfolio.bundles),
    }


def listing(portfolio: Portfolio) -> dict[str, Any]:
    """List the repositories without their long parts, and count languages, topics and skills."""
    return portfolio.memo(_listing)


def public_bundle(bundle: PublishedBundle) -> dict[str, Any]:
    """Return the public view of a bundle, with its difficulty.

    Omits what only the ranking uses, and context files written by other tools, whose contents are
    unknown. A repository whose content has not been read yet has no `fetched_at`.
    """
    public: dict[str, Any] = {
        key: value for key, value in bundle.items() if key not in INTERNAL_KEYS
    }
    public["fetched_at"] = bundle["fetched_at"] or None
    context = bundle["repoContext"]
    if context and normalise_context(context).foreign:
        public["repoContext"] = {}
    return {**public, "difficulty": difficulty(bundle)}


def results(portfolio: Portfolio, scores: Sequence[RepoScore]) -> list[dict[str, Any]]:
    """Describe the ranked repositories, in the order of `scores`."""
    by_name, quotes = portfolio.by_name(), portfolio.memo(PortfolioQuotes)
    return [_result(by_name[score["name"]], quotes.of(score["name"]), score) for score in scores]


def answer(portfolio: Portfolio, scores: Sequence[RepoScore], written: Answer) -> dict[str, Any]:
    """Show an answer; each sentence with the evidence of the repositories that it cites."""
    cited = {citation["name"] for citation in written["citations"]}
    shown = results(portfolio, [score for score in scores if score["name"] in cited])
    evidence = {result["name"]: result["evidence"] for result in shown}
    return {
        **written,
        "sentences": [
            {
                **sentence,
                "evidence": evidence_for_sentence(
                    sentence["text"], sentence["repositories"], evidence
                ),
            }
            for sentence in written["sentences"]
        ],
    }


def linked(written: Answer) -> str:
    """Return the text of an answer as Markdown, where each repository that it cites is a link."""
    urls = {citation["name"]: citation["url"] for citation in written["citations"]}
    return naming(urls).sub(lambda name: f"[{name[0]}]({urls[name[0]]})", written["text"])


def understood(reading: Understood) -> dict[str, Any]:
    """Say how a question was read. `read_as` is empty where its words are searched for."""
    sort = reading.sort
    return {
        "kind": reading.kind,
        "about": [term.name for term in reading.about],
        "not": [term.name for term in reading.not_],
        "only": reading.only.name if reading.only else None,
        "period": reading.period.name if reading.period else None,
        "sort": f"{'-' if sort.descending else ''}{sort.field}" if sort else None,
        "read_as": reading.read_as,
    }


def fact(told: Fact) -> dict[str, Any]:
    """Show a fact: its value, of how many repositories, by which rule, and what belongs to it."""
    return {
        "value": told.value,
        "unit": told.unit,
        "of": told.of,
        "rule": told.rule,
        "also": told.also,
    }


def nearest(portfolio: Portfolio, names: Sequence[str]) -> list[dict[str, Any]]:
    """Describe the repositories that come closest to a question that no repository answers."""
    by_name = portfolio.by_name()
    return [
        {
            "name": name,
            "url": by_name[name]["metadata"]["html_url"],
            "description": by_name[name]["metadata"]["description"],
        }
        for name in names
    ]


def _result(bundle: PublishedBundle, quotes: Quotes, score: RepoScore) -> dict[str, Any]:
    words = score["matched_terms"]
    parts = quotes.parts(words)
    return {
        "name": score["name"],
        "url": bundle["metadata"]["html_url"],
        "description": bundle["metadata"]["description"],
        "score": score["score"],
        "signals": score["signals"],
        "matched_terms": words,
        "reasons": score["reasons"],
        "evidence": (
            links(bundle, score["places"])
            if "places" in score
            else quotes.evidence(words, score["signals"])
        ),
        **({"parts": parts} if parts else {}),
        "languages": bundle["languages"],
    }


def _listing(bundles: Sequence[PublishedBundle]) -> dict[str, Any]:
    languages: Counter[str] = Counter()
    topics: Counter[str] = Counter()
    skills: Counter[str] = Counter()
    for bundle in bundles:
        languages.update(_languages(bundle))
        topics.update(set(bundle["metadata"]["topics"]))
        skills.update(set(_skills(bundle)))
    return {
        "facets": {
            "languages": dict(languages.most_common()),
            "topics": dict(topics.most_common()),
            "skills": dict(skills.most_common(MAX_SKILL_FACETS)),
        },
        "repositories": [
            {key: value for key, value in public_bundle(bundle).items() if key not in UNLISTED_KEYS}
            for bundle in bundles
        ],
    }


def _skills(bundle: PublishedBundle) -> Iterator[str]:
    """Name the skills of a repository and of its parts."""
    yield from normalise_context(bundle["repoContext"]).skills
    for component in bundle["components"]:
        yield from component["skills"]


def _languages(bundle: PublishedBundle) -> Collection[str]:
    """Name a repository's languages; while its content is pending, the one that GitHub lists."""
    main = bundle["metadata"]["language"]
    if CONTENT_PENDING in bundle["warnings"] and not bundle["languages"] and main:
        return [main]
    return bundle["languages"].keys()
