"""Tell about one repository: what it is, what it is built with, what is like it."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace

from relevance.taxonomy import taxonomy
from understanding.kinds.languages import stack, technologies_of
from understanding.kinds.parts import parts_of, row_of, said_by, telling_first, terms_of
from understanding.model import Told
from understanding.question import CREATED, EVIDENCE_RULE, MAX_NAMED, MAX_ROWS, PUSHED, Question
from understanding.sentences import counted, size, some_of

MAX_SIMILAR = 5


def describe(question: Question) -> Told | None:
    """Describe a repository: what it is, what it is made of, dates, link."""
    repository = question.named()
    if repository is None:
        return None
    said = said_by(repository) or "it does not say what it is."
    sentences = [f"{repository.name}: {said}"]
    if parts := parts_of(repository):
        sentences.append(f"Made with {some_of(parts, MAX_ROWS)}.")
    dates = [question.amount(repository, sort) for sort in (CREATED, PUSHED)]
    facts = [*dates, counted(repository.stars, "star")]
    facts += [f"licence {repository.licence}"] if repository.licence else []
    facts += [
        word
        for word, holds in (
            ("a fork", repository.is_fork),
            ("archived", repository.is_archived),
        )
        if holds
    ]
    first, *others = facts
    sentences.append(f"{first[0].upper()}{first[1:]}, {', '.join(others)}.")
    url = repository.bundle["metadata"]["html_url"]
    components = [part["name"] or part["path"] for part in repository.bundle["components"]]
    told = question.told(
        repository.name,
        "name",
        "as GitHub lists it, and by its own files",
        [(repository.name, said)],
        " ".join(sentences),
        **{**row_of(repository), "url": url, "parts": components},
    )
    return replace(told, terms=terms_of(repository))


def built_with(question: Question) -> Told | None:
    """List what a repository, or the whole portfolio, is built with."""
    repository = question.named()
    if repository is None:
        kinds = {term.kind: term for term in question.understood.about}
        if "kind" in kinds:
            return technologies_of(question, kinds["kind"])
        return None if "repository" in kinds else stack(question)
    rows: list[dict[str, object]] = [
        {"technology": language, "kind": "language", "evidence": size(count)}
        for language, count in repository.languages.items()
    ]
    rows += [
        {
            "technology": taxonomy().entities[id].name,
            "kind": taxonomy().entities[id].kinds[0],
            "evidence": repository.evidence_of(id),
        }
        for id in telling_first(repository)
    ]
    if not rows:
        text = f"{repository.name} holds nothing that shows what it is built with."
        return question.told(0, "technologies", EVIDENCE_RULE, [(repository.name, "")], text)
    shown = some_of([f"{row['technology']} ({row['evidence']})" for row in rows], MAX_ROWS)
    names = some_of([str(row["technology"]) for row in rows], MAX_ROWS)
    told = question.told(
        rows,
        "technologies",
        EVIDENCE_RULE,
        [(repository.name, names)],
        f"{repository.name} is built with {shown}.",
    )
    return replace(told, terms=terms_of(repository))


def similar(question: Question) -> Told | None:
    """Find the repositories that share most with one, rare technologies before common ones."""
    repository = question.named()
    if repository is None:
        return None
    parts = {each.name: set(parts_of(each, tools=False)) for each in question.all}
    numbers = Counter(part for own in parts.values() for part in own)
    shared = {
        each.name: sorted(
            parts[repository.name] & parts[each.name],
            key=lambda part: (numbers[part], part.lower()),
        )
        for each in question.all
        if each is not repository and not (question.misses(each) - {"about"})
    }
    weights = {
        name: sum(math.log(1 + len(question.all) / numbers[part]) for part in common)
        for name, common in shared.items()
        if common
    }
    ordered = sorted(weights, key=lambda name: (-weights[name], name.lower()))
    rule = "by shared languages and technologies, rare ones first"
    if not ordered:
        text = f"No other {question.adjective}repository shares a language or technology with it."
        return question.told(0, "repositories", rule, [], text)
    results = [(name, f"shares {some_of(shared[name], MAX_NAMED)}") for name in ordered]
    top = results[: question.understood.limit or MAX_SIMILAR]
    share = "shares" if len(ordered) == 1 else "share"
    nearest = "" if len(ordered) == 1 else "; most like it"
    text = (
        f"{question.number_of(len(ordered))} {share} something with {repository.name}{nearest}:"
        f" {question.examples(top[:MAX_NAMED])}."
    )
    told = question.told(
        len(ordered),
        "repositories",
        rule,
        top,
        text,
        like=repository.name,
        shared={name: shared[name] for name, _ in top},
    )
    rare_first = sorted(terms_of(repository), key=lambda term: numbers[term.name])
    return replace(told, terms=tuple(term for term in rare_first if term.name in numbers))
