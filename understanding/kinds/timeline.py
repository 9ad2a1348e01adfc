"""Say between which days repositories show something."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from understanding.facts import RepositoryFacts
from understanding.kinds.counts import count
from understanding.model import Sort, Told
from understanding.question import Question, day_of
from understanding.sentences import DAYS_IN_YEAR, conditions, day, span

RULE = "from the creation of the first repository to the last push to any"
NO_JOB = "Years in a job they cannot show."


def timeline(question: Question) -> Told:
    """Say between which days repositories show something, with their names."""
    chosen = question.chosen()
    started, pushed = question.oldest_first(chosen), question.by_last_push(chosen)
    if not started or not pushed:
        nothing = count(question)
        return (
            nothing
            if question.understood.sort
            else replace(nothing, text=f"{nothing.text} {NO_JOB}")
        )
    first, last = started[0], pushed[0]
    first_day, last_day = day_of(first.created_on), day_of(last.pushed_on)
    also: dict[str, object] = {
        "first": first.name,
        "last": last.name,
        "repositories": len(chosen),
        "years": round(max(0, (last_day - first_day).days) / DAYS_IN_YEAR, 1),
    }
    if sort := question.understood.sort:
        return _one_date(question, sort, started, pushed, also)
    verb = conditions(question.understood, many=len(chosen) != 1)
    verb = verb or ("was worked on" if len(chosen) == 1 else "were worked on")
    text = (
        f"Between {day(first_day)} ({first.name} created) and {day(last_day)} ({last.name} last"
        f" pushed), {question.number_of(len(chosen))} {verb}: {span(first_day, last_day)}."
        f" {NO_JOB}"
    )
    results = [
        *dict.fromkeys(
            [(first.name, f"created {day(first_day)}"), (last.name, f"last pushed {day(last_day)}")]
        ),
        *((each.name, question.why(each)) for each in pushed if each not in (first, last)),
    ]
    if first is last:
        results[:2] = [(first.name, f"created {day(first_day)}, last pushed {day(last_day)}")]
    dates = [first_day.isoformat(), last_day.isoformat()]
    return question.told(dates, "dates", RULE, results, text, **also)


def _one_date(
    question: Question,
    sort: Sort,
    started: Sequence[RepositoryFacts],
    pushed: Sequence[RepositoryFacts],
    also: dict[str, object],
) -> Told:
    """Say when one of them was created or pushed to: the first, or the last one."""
    if not sort.descending:
        what, where, moment = "creation of", started[0], started[0].created_on
    elif sort.field == "created":
        what, where, moment = "latest creation of", started[-1], started[-1].created_on
    else:
        what, where, moment = "last push to", pushed[0], pushed[0].pushed_on
    that = conditions(question.understood, many=False)
    which = f" that {that}" if that else ""
    text = (
        f"The {what} a {question.adjective}repository{which} was on {day(day_of(moment))}:"
        f" {where.name}."
    )
    results = [(each.name, question.amount(each, sort)) for each in question.chosen()]
    value = day_of(moment).isoformat()
    return question.told(value, "date", RULE, results, text, **also, repository=where.name)
