"""Answer a question that was read, from the facts of a portfolio.

Sentences speak of the repositories and not of the person: repositories show what they hold, and
somebody may know more than they show.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from understanding.facts import PortfolioFacts, RepositoryFacts
from understanding.kinds.beyond import meta
from understanding.kinds.comparisons import compare
from understanding.kinds.counts import count
from understanding.kinds.languages import languages, share
from understanding.kinds.orders import listing, superlative
from understanding.kinds.portfolio import highlights, profile
from understanding.kinds.repository import built_with, describe, similar
from understanding.kinds.timeline import timeline
from understanding.kinds.whether import has, role
from understanding.model import Kind, Place, Told, Understood
from understanding.question import Question

TELLERS: Mapping[Kind, Callable[[Question], Told | None]] = {
    "find": count,
    "list": listing,
    "count": count,
    "superlative": superlative,
    "languages": languages,
    "share": share,
    "compare": compare,
    "has": has,
    "timeline": timeline,
    "describe": describe,
    "built_with": built_with,
    "similar": similar,
    "profile": profile,
    "role": role,
    "highlights": highlights,
    "meta": meta,
}
# These are about one repository, or about none: what else the question says does not narrow them.
NOT_SEARCHING: frozenset[Kind] = frozenset(["describe", "meta"])


def places_of(understood: Understood, told: Told, repository: RepositoryFacts) -> Iterator[Place]:
    """Yield where a repository shows what is told of it: terms, then tests, CI and the licence."""
    yield from filter(None, map(repository.place_of, told.terms))
    flags = (flag for flag, holds in understood.flags if holds)
    yield from filter(None, map(repository.place_of_flag, flags))
    if understood.licence and (place := repository.licence_place):
        yield place


def tell(
    understood: Understood,
    facts: PortfolioFacts,
    now: datetime,
    ranked: Sequence[str] | None = None,
    pending: int = 0,
) -> Told | None:
    """Answer a question from facts; None if they cannot.

    `ranked`: the repositories that the ranking found for the question's subject, best first; the
    answer is about those only. `pending`: how many repositories are listed but not read yet.
    """
    question = Question(understood, facts, now, ranked, pending)
    if understood.kind == "find" and not question.has_filter:
        return None
    if not facts.repositories:
        return question.told(
            0, "repositories", "repositories are counted", [], question.nothing_yet()
        )
    if understood.subject and ranked is None and understood.kind not in NOT_SEARCHING:
        return None
    return TELLERS[understood.kind](question)
