"""Rank languages and technologies, and tell shares of code."""

from __future__ import annotations

from collections import Counter

from relevance.taxonomy import taxonomy
from understanding.facts import rank_languages
from understanding.kinds.counts import count
from understanding.kinds.parts import STACK, parts_of, stack_group
from understanding.model import Term, Told
from understanding.question import EVIDENCE_RULE, MAX_NAMED, MAX_ROWS, Question
from understanding.sentences import counted, day, listed, percent, size, some_of
from understanding.technologies import is_programming

STRENGTH_RULE = "the sum over repositories of share × log10(1 + bytes)"


def languages(question: Question) -> Told:
    """Rank the languages, or the technologies of a kind."""
    kinds = [
        term
        for term in question.understood.about
        if term.kind == "kind" and not term.id.startswith("language")
    ]
    if kinds:
        return technologies_of(question, kinds[0])
    chosen = [
        each
        for each in question.all
        if not (question.misses(each) - {"about"})
        and all(
            question.facts.shows(each, term)
            for term in question.understood.about
            if term.kind != "kind"
        )
    ]
    ranks = rank_languages(chosen)
    if not ranks:
        known = "a language that GitHub counts"
        text = f"{question.how_many(0, f'contain {known}', f'contains {known}')}."
        return question.told(0, "languages", STRENGTH_RULE, [], text)
    rows = [
        {
            "language": rank.language,
            "score": round(rank.score, 1),
            "main_in": rank.main_in,
            "present_in": rank.present_in,
            "bytes": rank.bytes,
            "last_pushed": rank.last_pushed and rank.last_pushed.isoformat(),
        }
        for rank in ranks
    ]
    # A language is a programming language first, if there is one.
    strongest = next((rank for rank in ranks if is_programming(rank.language)), ranks[0])
    ordered = [strongest, *(rank for rank in ranks if rank is not strongest)]
    results = [
        (rank.best, f"most {rank.language}, {size(rank.best_bytes)}") for rank in ordered[:MAX_ROWS]
    ]
    pushed = f", last pushed {day(strongest.last_pushed)}" if strongest.last_pushed else ""
    number = question.number_of(len(chosen))
    counts = (
        f": the main one in {strongest.main_in:,} of {number}, present in {strongest.present_in:,}"
    )
    if len(chosen) == 1:
        counts = f" of {chosen[0].name}"
    sentences = [f"{strongest.language} is the strongest language{counts}{pushed}."]
    others = [
        rank.language
        if len(chosen) == 1
        else f"{rank.language} (main in {rank.main_in:,}, present in {rank.present_in:,})"
        for rank in ordered[1 : max(MAX_NAMED, question.understood.limit or 0)]
    ]
    if others:
        sentences.append(f"Then {listed(others)}.")
    return question.told(
        strongest.language if question.understood.limit == 1 else rows,
        "name" if question.understood.limit == 1 else "languages",
        STRENGTH_RULE,
        results,
        " ".join(sentences),
        strongest=strongest.language,
        rows=rows[:MAX_ROWS],
    )


def technologies_of(question: Question, kind: Term) -> Told:
    """Rank the technologies of a kind by the repositories that use them."""
    chosen = {each.name for each in question.chosen()}
    users = {
        taxonomy().entities[id].name: fitting
        for id in taxonomy().members(kind.id)
        if (fitting := [each for each in question.facts.users.get(id, ()) if each.name in chosen])
    }
    most = sorted(users, key=lambda name: (-len(users[name]), name))
    if not most:
        return count(question)
    rows = [{"technology": name, "repositories": len(users[name])} for name in most]
    results = [(users[name][0].name, name) for name in most]
    parts = [f"{name} ({counted(len(users[name]), 'repository')})" for name in most]
    text = f"The {question.adjective}repositories show {some_of(parts, MAX_ROWS)}."
    return question.told(rows, "technologies", EVIDENCE_RULE, results, text)


def stack(question: Question) -> Told:
    """List the technologies of the portfolio by kind, each with its number of repositories."""
    chosen = question.chosen()
    ranks = [rank for rank in rank_languages(chosen) if is_programming(rank.language)]
    groups: dict[str, list[tuple[str, int]]] = {
        "languages": [(rank.language, rank.present_in) for rank in ranks]
    }
    numbers = Counter(id for each in chosen for id in each.technologies)
    for id, number in sorted(numbers.items(), key=lambda item: (-item[1], item[0])):
        entity = taxonomy().entities[id]
        group = stack_group(entity.kinds)
        if group:
            groups.setdefault(group, []).append((entity.name, number))
    rows = [
        {"kind": kind, "technology": name, "repositories": number}
        for kind in ("languages", *STACK)
        for name, number in groups.get(kind, [])
    ]
    if not rows:
        return count(question)
    parts = [
        f"{kind[0].upper()}{kind[1:]}: "
        + listed([f"{name} ({number})" for name, number in groups[kind][:MAX_NAMED]])
        for kind in ("languages", *STACK)
        if groups.get(kind)
    ]
    text = (
        f"In {question.number_of(len(chosen))}, by the number that shows each. {'. '.join(parts)}."
    )
    results = [(each.name, some_of(parts_of(each), MAX_NAMED)) for each in chosen if parts_of(each)]
    return question.told(rows, "technologies", EVIDENCE_RULE, results, text)


def share(question: Question) -> Told | None:
    """Say how much of the code is in a language, or how many repositories show something."""
    language = question.language()
    if not language:
        return count(question) if question.has_filter else languages(question)
    chosen = [each for each in question.all if question.misses(each) <= {"about", "only"}]
    sizes: Counter[str] = Counter()
    for repository in chosen:
        sizes.update(repository.code if is_programming(language) else repository.languages)
    total = sum(sizes.values())
    what = "code" if is_programming(language) else "bytes that GitHub counts"
    rule = f"bytes of {what}" if is_programming(language) else what
    having = sorted(
        (each for each in chosen if each.contains(language)),
        key=lambda each: -each.languages.get(language, 0),
    )
    share = 100 * sizes[language] / total if total else 0.0
    # A share below 1 % keeps two digits that say something.
    value = round(share, 1) if share >= 1 else float(f"{share:.2g}")
    present = f"in {counted(len(having), 'repository')}" if having else ""
    if not having:
        return question.told(
            0,
            "%",
            rule,
            [],
            f"None of the {what} is {language}: no {question.adjective}repository contains it.",
        )
    sentences = [
        f"{value:g} % of the {what} is {language}: {size(sizes[language])} of {size(total)}, {present}."
    ]
    top = sizes.most_common(1)[0][0] if sizes else language
    if top != language:
        sentences.append(f"{top} dominates with {percent(sizes[top] / total)}.")
    results = [
        (
            each.name,
            f"{size(each.languages.get(language, 0))}, {percent(each.share_of(language))} of it",
        )
        for each in having
    ]
    return question.told(value, "%", rule, results, " ".join(sentences),
        bytes=sizes[language], of_bytes=total, repositories=len(having), most=top,
    )  # fmt: skip
