"""Say whether repositories show something, or the work of a role."""

from __future__ import annotations

from dataclasses import replace

from relevance.mentions import tokens
from relevance.subjects import subjects
from understanding.facts import COMMON_ROLES
from understanding.kinds.comparisons import compare
from understanding.kinds.counts import count
from understanding.kinds.portfolio import profile
from understanding.model import Term, Told
from understanding.question import Question
from understanding.sentences import listed, work_of

ROLE_RULE = "a repository counts if its own technologies or topics speak for the role"


def has(question: Question) -> Told | None:
    """Say whether repositories show something, which ones, and what comes nearest."""
    terms = question.understood.about
    if any(term.kind == "role" for term in terms):
        return role(question)
    told = count(question)
    if len(terms) < 2:
        return told
    apart = {term.name: question.number_with(term, "about") for term in terms}
    numbers = listed([f"{name} in {number:,}" for name, number in apart.items()])
    fact = replace(told.fact, also={**told.fact.also, "apart": apart})
    return replace(told, fact=fact, text=f"{told.text} Apart: {numbers}.")


def role(question: Question) -> Told | None:
    """Say how many repositories show the work of a role, beside another role."""
    roles = [term for term in question.understood.about if term.kind in ("role", "kind")]
    if not roles:
        return profile(question)
    if len(roles) > 1:
        return compare(question)
    asked = roles[0]
    weights = question.facts.role_weights(asked) if asked.kind == "role" else {}
    chosen = sorted(question.chosen(), key=lambda each: -weights.get(each.name, 0.0))
    results = question.with_reasons(chosen)
    others = {
        name: question.number_with(Term("role", name, name), "about")
        for name in COMMON_ROLES
        if not _is_same_role(name, asked)
    }
    most = max(others, key=lambda name: others[name])
    is_main = bool(chosen) and len(chosen) > others[most]
    text = question.that_fit(len(chosen))
    if is_main:
        begins_with_word = text.startswith(("All", "The"))
        text = f"Mostly: {text[0].lower() if begins_with_word else text[0]}{text[1:]}"
    text += f": {question.examples(results)}." if results else "."
    if others[most]:
        who = "It" if len(question.all) == 1 else f"{others[most]:,}"
        text += f" {who} {'shows' if others[most] == 1 else 'show'} {work_of(most)}."
    text += " That goes by the repositories alone."
    return question.told(
        len(chosen), "repositories", ROLE_RULE, results, text, others=others, is_main=is_main
    )


def _is_same_role(name: str, role: Term) -> bool:
    """Tell whether a common role is one of the names of the role asked for."""
    named = subjects().find(tokens(role.name))
    return name in {role.id, role.name} or any(name in each.subject.names for each in named)
