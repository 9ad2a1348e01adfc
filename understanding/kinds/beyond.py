"""Say what repositories cannot show, what comes nearest to it, and what can be asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from understanding.kinds.timeline import timeline
from understanding.model import Told, Topic
from understanding.question import MAX_NAMED, PUSHED, Question, day_of
from understanding.sentences import day, some_of, span

HELP = (
    "Ask for repositories by a technology, a kind or a subject, such as “which projects use Docker?”,"
    " or for facts: “most recent project”, “how many Python projects?”, “strongest language”,"
    " “projects without JavaScript”, “compare Azure and AWS”."
)
RULE = "repositories cannot show it; the nearest that they show is told"


def meta(question: Question) -> Told | None:
    """Say what repositories cannot show, and the nearest that they show."""
    topic = question.understood.topic
    return TOPICS[topic](question) if topic else _general(question)


def _help(question: Question) -> Told:
    return question.told(None, "", "what can be asked", [], HELP, topic="help")


def _contact(question: Question) -> Told:
    profile = _profile_of(question)
    pages = {each.name: each.homepage for each in question.all if each.homepage}
    text = f"Repositories hold no contact details; the GitHub profile is {profile}."
    if pages:
        shown = some_of([f"{url} ({name})" for name, url in pages.items()], MAX_NAMED)
        text += f" Homepages named here: {shown}."
    results = list(pages.items())
    return question.told(profile, "url", RULE, results, text, topic="contact", homepages=pages)


def _availability(question: Question) -> Told:
    results = _by_last_push(question)
    last = question.by_last_push(question.all)[0] if results else None
    pushed = day_of(last.pushed_on) if last else None
    sentences = ["Repositories cannot show whether somebody is available."]
    if last and pushed:
        sentences.append(f"The last push was on {day(pushed)} ({last.name}).")
    sentences.append(f"To ask: {_profile_of(question)}")
    value = pushed.isoformat() if pushed else None
    text = " ".join(sentences)
    return question.told(
        value, "date", RULE, results, text, topic="availability", last=last and last.name
    )


def _salary(question: Question) -> Told:
    text = f"Repositories say nothing of salaries or rates. To ask: {_profile_of(question)}"
    return question.told(None, "", RULE, [], text, topic="salary")


def _teamwork(question: Question) -> Told:
    tested = [(each.name, each.ci) for each in question.all if each.ci]
    nearest = question.how_many(len(tested), "have CI", "has CI", "has no CI")
    text = f"Repositories cannot show how somebody works with others. The nearest: {nearest}."
    return question.told(len(tested), "repositories", RULE, tested, text, topic="teamwork")


def _seniority(question: Question) -> Told | None:
    """Tell how long what the question names is shown; of nothing, how long there are repositories."""
    if question.shown:
        return timeline(question)
    return _span(question, "Seniority and years in a job are things that", "seniority")


def _general(question: Question) -> Told:
    return _span(question, "That is something that", "general")


def _span(question: Question, subject: str, topic: str) -> Told:
    """Say that repositories cannot show something, but how long there have been some."""
    text = f"{subject} repositories cannot show."
    started, pushed = question.oldest_first(question.all), question.by_last_push(question.all)
    dates: list[str] = []
    if started and pushed:
        first, last = day_of(started[0].created_on), day_of(pushed[0].pushed_on)
        verb = "spans" if len(question.all) == 1 else "span"
        number = question.number_of(len(question.all))
        text += f" {number} {verb} {span(first, last)}, from {day(first)} to {day(last)}."
        dates = [first.isoformat(), last.isoformat()]
    return question.told(dates, "dates", RULE, _by_last_push(question), text, topic=topic)


def _by_last_push(question: Question) -> list[tuple[str, str]]:
    pushed = question.by_last_push(question.all)
    return [(each.name, question.amount(each, PUSHED)) for each in pushed]


def _profile_of(question: Question) -> str:
    owner = question.all[0].bundle["metadata"]["full_name"].partition("/")[0]
    return f"https://github.com/{owner}"


TOPICS: Mapping[Topic, Callable[[Question], Told | None]] = {
    "help": _help,
    "contact": _contact,
    "availability": _availability,
    "salary": _salary,
    "teamwork": _teamwork,
    "seniority": _seniority,
}
