"""Rank languages and technologies, and tell shares of code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from relevance.taxonomy import taxonomy
from understanding.facts import RepositoryFacts, own_work, rank_languages
from understanding.kinds.counts import count
from understanding.kinds.parts import STACK, TOOL_LANGUAGES, forks_aside, parts_of, stack_group
from understanding.model import Term, Told
from understanding.question import EVIDENCE_RULE, MAX_NAMED, MAX_ROWS, Question
from understanding.sentences import conditions, counted, day, listed, percent, size, some_of
from understanding.technologies import is_programming, language_of

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
    narrowed = replace(
        question.understood,
        about=tuple(term for term in question.understood.about if term.kind != "kind"),
    )
    chosen = [
        each
        for each in question.missing_at_most("about")
        if all(question.facts.shows(each, term) for term in narrowed.about)
    ]
    own = own_work(chosen)
    ranks, rule = rank_languages(own), forks_aside(own, chosen, STRENGTH_RULE)
    if not ranks:
        known = "a language that GitHub counts"
        text = f"{question.how_many(0, f'contain {known}', f'contains {known}')}."
        return question.told(0, "languages", rule, [], text, languages=0)
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
    which = f"the strongest of {len(ranks):,} languages" if len(ranks) > 1 else "the only language"
    filters = tuple(term for term in narrowed.about if term.kind != "repository")
    that = conditions(replace(narrowed, about=filters), many=len(own) != 1)
    if len(own) == 1:
        where = f" of {own[0].name}{f', which {that}' if that else ''}"
    else:
        number = f"{question.number_of(len(own))}{f' that {that}' if that else ''}"
        main_in, present_in = f"{strongest.main_in:,}", f"{strongest.present_in:,}"
        where = f": the main one in {main_in} of {number}, present in {present_in}"
    sentences = [f"{strongest.language} is {which}{where}{pushed}."]
    others = [
        rank.language
        if len(own) == 1
        else f"{rank.language} (main in {rank.main_in:,}, present in {rank.present_in:,})"
        for rank in ordered[1 : max(MAX_NAMED, question.understood.limit or 0)]
    ]
    if others:
        sentences.append(f"Then {listed(others)}.")
    return question.told(
        strongest.language if question.understood.limit == 1 else rows,
        "name" if question.understood.limit == 1 else "languages",
        rule,
        results,
        " ".join(sentences),
        strongest=strongest.language,
        languages=len(ranks),
        rows=rows,
    )


def technologies_of(question: Question, kind: Term) -> Told:
    """Rank the technologies of a kind by the repositories that use them."""
    chosen = question.chosen()
    users = {
        taxonomy().entities[id].name: having
        for id in taxonomy().members(kind.id)
        if (having := _users_among(question, chosen, id))
    }
    most = sorted(users, key=lambda name: (-len(users[name]), name))
    if not most:
        return count(question)
    rows = [
        {"technology": name, "repositories": len(users[name]), "names": users[name]}
        for name in most
    ]
    results = [
        (each.name, listed([name for name in most if each.name in users[name]])) for each in chosen
    ]
    parts = [f"{name} ({len(users[name]):,})" for name in most]
    text = f"{question.that_fit(len(chosen))}: {some_of(parts, MAX_ROWS)}."
    return question.told(rows, "technologies", EVIDENCE_RULE, results, text)


def _users_among(question: Question, chosen: Sequence[RepositoryFacts], id: str) -> list[str]:
    """Name the repositories that use a technology, or contain a language."""
    if language := language_of(id):
        return [each.name for each in chosen if each.contains(language)]
    users = {each.name for each in question.facts.users.get(id, ())}
    return [each.name for each in chosen if each.name in users]


def stack(question: Question) -> Told:
    """List the technologies of the portfolio by kind, each with its number of repositories."""
    chosen = question.chosen()
    ranks = [rank for rank in rank_languages(chosen) if is_programming(rank.language)]
    ranks.sort(key=lambda rank: (rank.language in TOOL_LANGUAGES, -rank.present_in))
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
    chosen = question.missing_at_most("about", "only")
    own = own_work(chosen)
    sizes: Counter[str] = Counter()
    for repository in own:
        sizes.update(repository.code if is_programming(language) else repository.languages)
    total = sum(sizes.values())
    what = "code" if is_programming(language) else "bytes that GitHub counts"
    rule = forks_aside(own, chosen, f"bytes of {what}" if is_programming(language) else what)
    having = sorted(
        (each for each in own if each.contains(language)),
        key=lambda each: -each.languages.get(language, 0),
    )
    share = 100 * sizes[language] / total if total else 0.0
    # A share below 1 % keeps two digits that say something.
    value = round(share, 1) if share >= 1 else float(f"{share:.2g}")
    present = f"in {counted(len(having), 'repository')}" if having else ""
    if not having:
        but = " but forks" if any(each.contains(language) for each in chosen) else ""
        none = f"no {question.adjective}repository contains it{but}"
        return question.told(0, "%", rule, [], f"None of the {what} is {language}: {none}.")
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
