"""Name the first of an order: the most recent, the most starred, the biggest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from understanding.facts import RepositoryFacts
from understanding.kinds.counts import count
from understanding.kinds.parts import said_by
from understanding.model import Sort, Told
from understanding.question import CREATED, MAX_NAMED, PUSHED, Question, day_of
from understanding.sentences import conditions, day, listed, some_of

NEWEST = Sort("created", True)
SUPERLATIVES = {
    ("pushed", True): "most recently pushed",
    ("pushed", False): "least recently pushed",
    ("created", True): "newest",
    ("created", False): "oldest",
    ("stars", True): "most starred",
    ("stars", False): "least starred",
    ("code", True): "biggest",
    ("code", False): "smallest",
    ("commits", True): "most committed",
    ("commits", False): "least committed",
}
RULES = {
    "pushed": "by the last push",
    "created": "by the date of creation, without forks",
    "stars": "by stars",
    "code": "by bytes of code, without forks",
    "commits": "by commits on the default branch",
}
# What is said if there is nothing to order: of several, and of one.
NOTHING = {
    "pushed": ("were ever pushed to", "was ever pushed to"),
    "created": ("are more than forks", "is more than a fork"),
    "stars": ("have a star yet", "has a star yet"),
    "code": ("hold program code of their own", "holds program code of its own"),
}


def listing(question: Question) -> Told | None:
    """List repositories; with an order and a number, those that come first in it."""
    understood = question.understood
    is_top = understood.sort and understood.limit
    return (superlative(question) if is_top else None) or count(question)


def superlative(question: Question) -> Told | None:
    """Name the first of an order, those that tie with it, and the next."""
    sort = question.understood.sort or PUSHED
    chosen = question.chosen()
    if not chosen:
        return count(question)
    ordered = _comparable(question, sort, chosen)
    if sort.field == "commits" and not ordered:
        have = "has" if len(chosen) == 1 else "have"
        text = f"It is not known how many commits {question.number_of(len(chosen))} {have}."
        return question.told(None, "name", RULES["commits"], [], text)
    if not ordered or (sort.field == "stars" and sort.descending and not ordered[0].stars):
        text = f"{question.how_many(0, *NOTHING[sort.field])}."
        return question.told(0, "repositories", RULES[sort.field], [], text)
    return _first(question, sort, ordered)


def _comparable(
    question: Question, sort: Sort, chosen: Sequence[RepositoryFacts]
) -> list[RepositoryFacts]:
    """Order the repositories that an order is about: those of which it is known, and no forks."""
    known = [each for each in chosen if question.value(each, sort) is not None]
    wants_forks = ("fork", True) in question.understood.flags
    if sort.field in ("created", "code") and not wants_forks:
        known = [each for each in known if not each.is_fork]
    if sort.field == "code":
        known = [each for each in known if question.value(each, sort)]
    return question.sorted_by(sort, known)


def _first(question: Question, sort: Sort, ordered: Sequence[RepositoryFacts]) -> Told:
    """Name the first of repositories in order, or as many as are asked for."""
    limit = question.understood.limit or 1
    best, last = ordered[0], ordered[:limit][-1]
    ties = _equal(question, sort, best, ordered)
    rest = ordered[max(limit, len(ties)) :]
    nexts = _equal(question, sort, rest[0], rest) if rest else []
    also: dict[str, object] = {
        "amount": _plain(question.value(best, sort)),
        "ties": [each.name for each in ties],
        "next": rest[0].name if rest else None,
        "next_amount": _plain(question.value(rest[0], sort)) if rest else None,
    }
    lead = _lead(question, sort, ordered[:limit] if limit > 1 else ties)
    sentences = [f"{lead}, as far as GitHub shows." if sort == CREATED else f"{lead}."]
    if limit > 1:
        if more := [each for each in nexts if each in _equal(question, sort, last, ordered)]:
            also["as_many"] = [each.name for each in more]
            names = some_of([each.name for each in more], MAX_NAMED)
            sentences.append(
                f"{names} {'ties' if len(more) == 1 else 'tie'} with the last of them."
            )
    else:
        if sort.field == "pushed" and len(ties) == 1 and (said := said_by(best)):
            sentences.append(said)
        if nexts:
            sentences.append(f"Next: {_with_amount(question, sort, nexts)}.")
    if sort == PUSHED and not conditions(question.understood, many=False):
        newest = question.sorted_by(NEWEST, question.oldest_first(question.all))
        if newest and newest[0] is not best:
            also["newest_created"] = newest[0].name
            created = day(day_of(newest[0].created_on))
            sentences.append(f"The newest by creation is {newest[0].name} ({created}).")
    results = [
        (each.name, question.why(each) if question.understood.sort else question.amount(each, sort))
        for each in ordered
    ]
    text = " ".join(sentences)
    return question.told(best.name, "name", RULES[sort.field], results, text, **also)


def _lead(question: Question, sort: Sort, first: Sequence[RepositoryFacts]) -> str:
    """Name the first ones, without a full stop."""
    if len(question.all) == 1:
        amount = question.amount(first[0], sort)
        return f"The only {question.adjective}repository is {first[0].name}, {amount}"
    is_one, is_asked_for = len(first) == 1, (question.understood.limit or 1) > 1
    number = f"{len(first)} " if is_asked_for and not is_one else ""
    noun = "repository" if is_one else "repositories"
    that = conditions(question.understood, many=not is_one)
    subject = f"The {number}{SUPERLATIVES[sort.field, sort.descending]} {question.adjective}{noun}"
    subject += f" that {that}" if that else ""
    verb = "is" if is_one else "are"
    if is_asked_for:
        amounts = [f"{each.name} ({question.amount(each, sort)})" for each in first]
        return f"{subject} {verb} {listed(amounts)}"
    return f"{subject} {verb} {_with_amount(question, sort, first)}"


def _with_amount(question: Question, sort: Sort, equal: Sequence[RepositoryFacts]) -> str:
    """Name equal ones with what they have: `a, with 3 stars`, `a and b, each created 2 May 2020`."""
    names = some_of([each.name for each in equal], MAX_NAMED)
    amount = question.amount(equal[0], sort)
    if sort.field in ("pushed", "created"):
        return f"{names}, {amount}" if len(equal) == 1 else f"{names}, each {amount}"
    return f"{names}, with {amount}" if len(equal) == 1 else f"{names}, with {amount} each"


def _equal(
    question: Question, sort: Sort, one: RepositoryFacts, others: Sequence[RepositoryFacts]
) -> list[RepositoryFacts]:
    """Return those that have as much as one of them."""
    return [each for each in others if question.value(each, sort) == question.value(one, sort)]


def _plain(value: object) -> object:
    return value.date().isoformat() if isinstance(value, datetime) else value
