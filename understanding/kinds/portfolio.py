"""Sum a portfolio up, and choose where to start."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from relevance.taxonomy import taxonomy
from understanding.facts import RepositoryFacts, own_work, rank_languages, years_until
from understanding.kinds.counts import count
from understanding.kinds.parts import forks_aside, said_by, stack_group
from understanding.model import Told
from understanding.question import MAX_NAMED, MAX_ROWS, PUSHED, STARS, Question, day_of
from understanding.sentences import conditions, counted, day, listed, size
from understanding.technologies import is_programming

MAX_HIGHLIGHTS, RECENT_YEARS = 3, 2
COUNTED = "every repository that GitHub lists is counted"
SUBSTANTIAL_SHARE = 0.25  # of the repositories have less code than a substantial one

# What makes a repository the first of an order, the order, and how much of it one has.
Respect = tuple[str, Sequence[RepositoryFacts], Callable[[RepositoryFacts], str]]


def profile(question: Question) -> Told:
    """Sum a portfolio up: how much and since when, mainly what, lately what."""
    chosen = question.chosen()
    if not chosen:
        return count(question)
    started, pushed = question.oldest_first(chosen), question.by_last_push(chosen)
    sentences = [f"{_size(question, chosen, started)}."]
    own = own_work(chosen)
    ranks = [rank for rank in rank_languages(own) if is_programming(rank.language)]
    technologies = _most_used(own)
    if ranks:
        parts = [f"{rank.language} ({rank.present_in:,})" for rank in ranks[:MAX_NAMED]]
        tools = f"; with {listed(technologies[:MAX_NAMED])}" if technologies else ""
        sentences.append(f"Mainly {listed(parts)}{tools}.")
    if pushed:
        names = listed([each.name for each in pushed[:MAX_NAMED]])
        sentences.append(f"Lately: {names}, last pushed {day(day_of(pushed[0].pushed_on))}.")
    first, last = years_until(RECENT_YEARS, question.today)
    return question.told(
        len(chosen),
        "repositories",
        forks_aside(own, chosen, f"{COUNTED}; the main languages by their strength"),
        [(each.name, said_by(each) or question.amount(each, PUSHED)) for each in chosen],
        " ".join(sentences),
        since=day_of(started[0].created_on).isoformat() if started else None,
        last_pushed=day_of(pushed[0].pushed_on).isoformat() if pushed else None,
        lately=[each.name for each in pushed[:MAX_NAMED]],
        languages=[rank.language for rank in ranks[:MAX_ROWS]],
        technologies=technologies[:MAX_ROWS],
        pushed_in_last_two_years=sum(first <= day_of(each.pushed_on) <= last for each in pushed),
        stars=sum(each.stars for each in chosen),
    )


def _size(
    question: Question, chosen: Sequence[RepositoryFacts], started: Sequence[RepositoryFacts]
) -> str:
    """Say how many repositories there are, and since when."""
    number, that = len(chosen), conditions(question.understood, many=len(chosen) != 1)
    said = question.number_of(number)
    if not started:
        return f"{said} that {that}" if that else said
    first = day(day_of(started[0].created_on))
    if not that:
        return f"{said} since {first}"
    return f"{said} that {that}, {'' if number == 1 else 'the oldest '}created {first}"


def _most_used(repositories: Sequence[RepositoryFacts]) -> list[str]:
    """Name the technologies that most repositories use; tools say little of what somebody does."""
    known = taxonomy().entities
    numbers = Counter(
        known[id].name
        for repository in repositories
        for id in repository.technologies
        if stack_group(known[id].kinds) not in (None, "tools")
    )
    return sorted(numbers, key=lambda name: (-numbers[name], name))


def highlights(question: Question) -> Told:
    """Choose three to start with: recent and substantial, most starred, the fullest README."""
    chosen = question.chosen()
    if not chosen:
        return count(question)
    own = [each for each in chosen if not each.is_fork] or chosen
    found: dict[str, str] = {}
    for first_of, order, amount in _respects(question, own):
        if not order:
            continue
        best = order[0]
        reason = f"{first_of}: {amount(best)}"
        if best.name not in found:
            found[best.name] = reason
            continue
        # It is the first in two respects, which leaves room for another one.
        found[best.name] += f"; {reason}"
        if other := next((each for each in order if each.name not in found), None):
            found[other.name] = amount(other)
    for other in question.sorted_by(PUSHED, own):
        if len(found) < MAX_HIGHLIGHTS:
            found.setdefault(other.name, question.amount(other, PUSHED))
    verb = "Start with" if len(found) > 1 else "There is one to start with:"
    text = f"{verb} {listed([f'{name} ({why})' for name, why in found.items()])}."
    rule = "a recent and substantial one, the most starred, the fullest README"
    return question.told(list(found), "names", rule, list(found.items()), text)


def _respects(question: Question, own: Sequence[RepositoryFacts]) -> Iterator[Respect]:
    sizes = sorted(each.code_bytes for each in own)
    substantial = max(1, sizes[int(SUBSTANTIAL_SHARE * (len(sizes) - 1))])
    recent = [each for each in own if each.code_bytes >= substantial and not each.is_archived]
    yield (
        "recent",
        question.sorted_by(PUSHED, recent or own),
        lambda each: f"{question.amount(each, PUSHED)}, {size(each.code_bytes)} of code",
    )
    yield (
        "most starred",
        question.sorted_by(STARS, [each for each in own if each.stars]),
        lambda each: counted(each.stars, "star"),
    )
    yield (
        "the fullest README",
        sorted((each for each in own if each.readme_chars), key=lambda each: -each.readme_chars),
        lambda each: f"a README of {each.readme_chars:,} characters",
    )
