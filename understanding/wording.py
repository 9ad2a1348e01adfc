"""Say how a question is read, in plain words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from understanding.model import Flag, Sort, Topic, Understood

ORDERS_IN_WORDS: Final = {
    Sort("pushed", True): "most recently pushed",
    Sort("pushed", False): "least recently pushed",
    Sort("created", True): "newest",
    Sort("created", False): "oldest",
    Sort("stars", True): "most starred",
    Sort("stars", False): "least starred",
    Sort("code", True): "biggest",
    Sort("code", False): "smallest",
    Sort("commits", True): "most active",
    Sort("commits", False): "least active",
}
FLAGS_IN_WORDS: Final[dict[tuple[Flag, bool], str]] = {
    ("tests", True): "have tests",
    ("tests", False): "have no tests",
    ("ci", True): "have CI",
    ("ci", False): "have no CI",
    ("homepage", True): "have a website",
    ("homepage", False): "have no website",
    ("archived", True): "are archived",
    ("archived", False): "are not archived",
    ("fork", True): "are forks",
    ("fork", False): "are no forks",
}


META_IN_WORDS: Final[dict[Topic, str]] = {
    "contact": "how to contact the developer",
    "availability": "whether the developer is available for hire",
    "salary": "the salary or rate of the developer",
    "teamwork": "how the developer works in a team",
    "seniority": "the seniority, education or employment of the developer",
    "help": "what can be asked here",
}


def in_words(understood: Understood) -> str:
    """Say a reading in plain words: "the newest repository that uses Docker and not Flask"."""
    named = _listed([term.name for term in understood.about])
    rest = replace(understood, about=(), limit=None)
    match understood.kind:
        case "count":
            return f"the number of {_repositories(understood, is_one=False)}"
        case "superlative" | "list" | "highlights":
            is_one = understood.limit == 1
            return (
                ("the " if understood.sort or is_one else "")
                + ("the highlights among " if understood.kind == "highlights" else "")
                + _repositories(understood, is_one=is_one)
            )
        case "languages":
            number = f"{understood.limit} " if understood.limit else ""
            said = (
                f"the {number}languages used most"
                if understood.limit != 1
                else "the language used most"
            )
        case "share":
            said = f"the share of {named} in the code"
        case "compare":
            said = f"{named}, compared"
        case "has":
            rest = replace(rest, either=())
            shown = named or _listed([term.name for term in understood.either], "or")
            said = f"whether any repository shows {shown}"
        case "timeline":
            rest = replace(rest, sort=None)
            end = ""
            if understood.sort:
                end = "last " if understood.sort.descending else "first "
            said = f"when {named or 'the code'} was {end}worked on"
        case "describe":
            said = f"what {named} is"
        case "built_with":
            said = _built_with(understood)
        case "similar":
            said = f"what is similar to {named}"
        case "role":
            said = f"what speaks for a {named}"
        case "meta":
            return META_IN_WORDS[understood.topic or "help"]
        case _:
            said = "a summary of this portfolio"
    filters = _repositories(rest, is_one=False)
    return said if filters == "repositories" else f"{said}, in {filters}"


def _built_with(understood: Understood) -> str:
    match understood.about:
        case ():
            return "the technologies used"
        case (term,) if term.kind == "kind":
            return f"the {term.name} used"
    return f"what {_listed([term.name for term in understood.about])} is built with"


def _repositories(understood: Understood, *, is_one: bool) -> str:
    """Say which repositories a reading is about."""
    order = ORDERS_IN_WORDS[understood.sort] if understood.sort else ""
    number = str(understood.limit) if understood.limit and not is_one else ""
    noun = "repository" if is_one else "repositories"
    said = " ".join(filter(None, [number, order, noun]))
    if understood.subject:
        said += f" about {understood.subject}"
    used = _listed([term.name for term in understood.about])
    unused = _listed([term.name for term in understood.not_], "or")
    clauses = []
    if understood.only:
        clauses.append(f"{'is' if is_one else 'are'} only {understood.only.name}")
    if used:
        clauses.append(
            f"{'uses' if is_one else 'use'} {used}" + (f" and not {unused}" if unused else "")
        )
    elif unused:
        clauses.append(f"{'does' if is_one else 'do'} not use {unused}")
    if understood.either:
        alternatives = _listed([term.name for term in understood.either], "or")
        clauses.append(f"{'uses' if is_one else 'use'} {alternatives}")
    for flag in understood.flags:
        clause = FLAGS_IN_WORDS[flag]
        if is_one:
            clause = re.sub(r"^have", "has", re.sub(r"^are forks", "is a fork", clause))
            clause = re.sub(r"^are no forks", "is no fork", clause)
            clause = re.sub(r"^are", "is", clause)
        clauses.append(clause)
    if understood.licence is not None:
        have = "has" if is_one else "have"
        clauses.append(
            f"{have} the licence {understood.licence}"
            if understood.licence
            else f"{have} no licence"
        )
    if period := understood.period:
        verb = {"created": "created", "pushed": "pushed to", "any": "worked on"}[period.field]
        clauses.append(f"{'was' if is_one else 'were'} {verb} {period.name}")
    return f"{said} that {_listed(clauses)}" if clauses else said


def _listed(items: Sequence[str], conjunction: str = "and") -> str:
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {conjunction} {items[-1]}"
