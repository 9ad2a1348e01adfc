"""Say between which days repositories show something."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from understanding.facts import RepositoryFacts
from understanding.kinds.counts import count
from understanding.kinds.orders import RULES
from understanding.model import Sort, Told
from understanding.question import Question, by_name, day_of
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
        "first_created": first_day.isoformat(),
        "last_pushed": last_day.isoformat(),
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
        which, where, moment = "oldest", started[0], started[0].created_on
    elif sort.field == "created":
        newest = question.sorted_by(sort, by_name(started))[0]
        which, where, moment = "newest", newest, newest.created_on
    else:
        which, where, moment = "", pushed[0], pushed[0].pushed_on
    when, repository = day(day_of(moment)), f"{question.adjective}repository"
    if that := conditions(question.understood, many=False):
        repository += f" that {that}"
    if which:
        rule = RULES["created"]
        text = f"The {which} {repository} was created on {when}: {where.name}."
    else:
        rule = RULES["pushed"]
        text = f"The last push to a {repository} was on {when}: {where.name}."
    others = (each for each in question.chosen() if each is not where)
    results = [(each.name, question.amount(each, sort)) for each in (where, *others)]
    value = day_of(moment).isoformat()
    return question.told(value, "date", rule, results, text, **also, repository=where.name)
