"""Count and list repositories, and name what comes nearest if there is none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from relevance.mentions import siblings_of
from relevance.taxonomy import taxonomy
from understanding.facts import RepositoryFacts
from understanding.model import Term, Told, Understood
from understanding.question import PUSHED, Question, day_of, rules_of
from understanding.sentences import conditions, counted, day, listed
from understanding.technologies import language_named, languages_near

MAX_NEAREST = 3

# A sentence, "" if there is nothing to say, and what it says as data.
Said = tuple[str, dict[str, object]]


def count(question: Question) -> Told:
    """Count what passes the filters, and list it."""
    if not question.has_filter:
        return _whole(question)
    chosen = question.chosen()
    results = question.with_reasons(chosen)
    shown = results[: question.understood.limit]
    text = question.that_fit(len(chosen))
    if shown:
        is_alone = len(question.all) == 1
        text += f" ({shown[0][1]})" if is_alone else f": {question.examples(shown)}"
    sentences, also = [f"{text}."], dict[str, object]()
    for beside in BESIDE:
        sentence, facts = beside(question, chosen)
        sentences.append(sentence)
        also |= facts
    said = " ".join(filter(None, sentences))
    return question.told(len(chosen), "repositories", _rule(question), results, said, **also)


def _whole(question: Question) -> Told:
    """Count the portfolio."""
    chosen = question.chosen()
    forks = sum(each.is_fork for each in chosen)
    archived = sum(each.is_archived for each in chosen)
    parts = [counted(forks, "fork")] if forks else []
    parts += [f"{archived:,} archived"] if archived else []
    among = f", {listed(parts)} among them" if parts and len(chosen) > 1 else ""
    verb = "is" if len(chosen) == 1 else "are"
    text = f"There {verb} {question.number_of(len(chosen))}{among}."
    last = next((each for each in question.sorted_by(PUSHED, chosen) if each.pushed_on), None)
    if last:
        text += f" The last push was to {last.name} on {day(day_of(last.pushed_on))}."
    return question.told(
        len(chosen),
        "repositories",
        "every repository of the portfolio is counted",
        question.with_reasons(chosen),
        text,
        forks=forks,
        archived=archived,
        last=last and last.name,
        last_pushed=last and day_of(last.pushed_on).isoformat(),
    )


def _rule(question: Question) -> str:
    """Say how the filters decide."""
    understood = question.understood
    rules = rules_of([*understood.about, *understood.either, *understood.not_])
    if understood.only:
        rules.append("only one language: at least 90 % of the bytes of code")
    if any(flag in ("tests", "ci") for flag, _ in understood.flags):
        rules.append("tests and CI are shown by files and packages")
    if understood.subject:
        rules.append(f"the ranking decides what matches “{understood.subject}”")
    if understood.period:
        rules.append("dates of creation and of the last push, in UTC")
    return "; ".join(rules) or "as GitHub lists it"


def _main_language(question: Question, chosen: Sequence[RepositoryFacts]) -> Said:
    """Count the repositories that are mainly in the language asked for."""
    language = question.language()
    if not language or not chosen or question.understood.only or len(question.all) == 1:
        return "", {}
    main = sum(each.main_language == language for each in chosen)
    if len(chosen) == 1:
        return "", {"main_in": main}
    where = "all of them" if main == len(chosen) else f"{main:,}" if main else "none of them"
    return f"{language} is the main language in {where}.", {"main_in": main}


def _dropped(question: Question, _: Sequence[RepositoryFacts]) -> Said:
    """Count what was left out because it shows what must not be there."""
    dropped = len(question.missing_only("not"))
    if not dropped:
        return "", {}
    that = conditions(Understood(either=question.understood.not_), many=dropped != 1)
    return f"{dropped:,} left out that {that}.", {"dropped": dropped}


def _beside_others(question: Question, chosen: Sequence[RepositoryFacts]) -> Said:
    """Count what contains the one language beside others."""
    only = question.understood.only
    language = language_named(only) if only else None
    if not language:
        return "", {}
    more = sum(each.contains(language) for each in question.missing_only("only"))
    number = f"{more:,} more" if chosen else f"{more:,}"
    text = f"{number} {'contains' if more == 1 else 'contain'} {language}." if more else ""
    return text, {"contain": len(chosen) + more}


def _new_and_older(question: Question, chosen: Sequence[RepositoryFacts]) -> Said:
    """Tell what was created in a time from what was pushed to in it."""
    period = question.understood.period
    if not period or period.field == "pushed":
        return "", {}
    new = sum(each.is_in(period, "created") for each in chosen)
    older = sum(
        each.is_in(period, "pushed") and not each.is_in(period, "created")
        for each in question.missing_at_most("period")
    )
    text = ""
    if period.field == "any" and chosen:
        text = f"{new:,} new, {older:,} older."
    elif older:
        text = f"{older:,} older {'was' if older == 1 else 'were'} last pushed to in that time."
    return text, {"created": new, "older_pushed": older}


def _one_of_two(question: Question, chosen: Sequence[RepositoryFacts]) -> Said:
    """Count what has tests or CI where both are asked for."""
    if not {("tests", True), ("ci", True)} <= {*question.understood.flags}:
        return "", {}
    one = len(question.missing_only("tests")) + len(question.missing_only("ci"))
    number = f"{one:,} more" if chosen else f"{one:,}"
    text = f"{number} {'has' if one == 1 else 'have'} one of the two." if one else ""
    return text, {"one_of_the_two": one}


def _without_licence(question: Question, _: Sequence[RepositoryFacts]) -> Said:
    """Count what has no licence where one is asked for."""
    if not question.understood.licence:
        return "", {}
    without = sum(each.licence is None for each in question.all)
    is_worth_it = without and len(question.all) > 1
    text = f"{without:,} {'has' if without == 1 else 'have'} no licence." if is_worth_it else ""
    return text, {"without_licence": without}


def _nearest(question: Question, chosen: Sequence[RepositoryFacts]) -> Said:
    """Name what comes nearest to something that no repository shows."""
    if chosen:
        return "", {}
    near: dict[str, list[str]] = {}
    mentions: dict[str, list[str]] = {}
    for term in (*question.understood.about, *question.understood.either):
        if term.kind not in ("technology", "language"):
            continue
        if any(question.facts.shows(each, term) for each in question.all):
            continue
        entity = taxonomy().entity(term.name)
        id = entity.id if term.kind == "language" and entity else term.id
        near |= _most_shown(_siblings(question, term))
        if named := [each.name for each in question.all if id in each.mentioned]:
            mentions[term.name] = named
    sentences = []
    if near:
        parts = [f"{name} in {counted(len(names), 'repository')}" for name, names in near.items()]
        sentences.append(f"Nearest: {listed(parts)}.")
    for name, named in mentions.items():
        readmes = f"The README of {named[0]}" if len(named) == 1 else f"{len(named)} READMEs"
        verb = "mentions" if len(named) == 1 else "mention"
        sentences.append(f"{readmes} {verb} {name} without more to show for it.")
    also: dict[str, object] = {"nearest": near} if near else {}
    return " ".join(sentences), also | ({"mentions": mentions} if mentions else {})


def _siblings(question: Question, term: Term) -> dict[str, list[str]]:
    """Return the languages or technologies of the same kind, each with the repositories that show it."""
    if language := language_named(term):
        return {
            name: [each.name for each in question.all if each.contains(name)]
            for name in languages_near(language)
        }
    return {
        name: [each.name for each in question.facts.users.get(sibling[1:], ())]
        for sibling, name in siblings_of(term.id)
    }


def _most_shown(shown: Mapping[str, list[str]]) -> dict[str, list[str]]:
    most = sorted(filter(shown.get, shown), key=lambda name: (-len(shown[name]), name))
    return {name: shown[name] for name in most[:MAX_NEAREST]}


# What is said beside a count, in this order.
BESIDE: tuple[Callable[[Question, Sequence[RepositoryFacts]], Said], ...] = (
    _main_language, _dropped, _beside_others, _new_and_older, _one_of_two, _without_licence, _nearest,
)  # fmt: skip
