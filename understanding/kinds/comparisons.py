"""Compare what shows two things or more, or two repositories."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from understanding.facts import RepositoryFacts
from understanding.kinds.parts import parts_of, row_of, said_by, terms_of
from understanding.model import Term, Told
from understanding.question import MAX_ROWS, PUSHED, STARS, Question, rules_of
from understanding.sentences import counted, day, listed, size, some_of, thing
from understanding.technologies import language_named


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison."""

    name: str
    having: Sequence[RepositoryFacts]  # those that show it
    best: Sequence[RepositoryFacts]
    bytes: int | None  # of a language
    pushed: date | None  # the last push to any of them

    @property
    def row(self) -> dict[str, object]:
        """The side as data."""
        return {
            "name": self.name,
            "repositories": len(self.having),
            "bytes": self.bytes,
            "last_pushed": self.pushed and self.pushed.isoformat(),
            "best": self.best[0].name if self.best else None,
        }

    @property
    def text(self) -> str:
        """The side as a sentence."""
        name = f"{self.name[0].upper()}{self.name[1:]}"
        if not self.having:
            return f"{name}: none."
        parts = [counted(len(self.having), "repository")]
        parts += [size(self.bytes)] if self.bytes is not None else []
        parts += [f"last pushed {day(self.pushed)}"] if self.pushed else []
        parts.append(f"best {listed([each.name for each in self.best])}")
        return f"{name}: {', '.join(parts)}."


def compare(question: Question) -> Told | None:
    """Compare two repositories, or what shows two things or more."""
    terms = question.understood.about
    repositories = question.all_named()
    if len(repositories) > 1:
        return _compare_repositories(question, repositories)
    if len(terms) < 2 or any(term.kind == "repository" for term in terms):
        return None
    sides = [_side(question, term) for term in terms]
    rule = "; ".join(rules_of(terms))
    rows, names = [side.row for side in sides], [side.name for side in sides]
    greatest = max(len(side.having) for side in sides)
    if greatest == 0:
        either = listed(names, "or")
        none = question.how_many(0, f"show {either}", f"shows {either}", f"shows no {either}")
        return question.told(rows, "repositories", rule, [], f"{none}.", most=None, both=0)
    most = [side.name for side in sides if len(side.having) == greatest]
    is_tie = len(most) > 1
    both = sum(all(each in side.having for side in sides) for each in question.all)
    if len(question.all) == 1:
        lead = f"The only {question.adjective}repository shows {listed(most)}."
    elif is_tie:
        lead = f"Equally many {question.adjective}repositories show {listed(most)}."
    else:
        lead = f"More {question.adjective}repositories show {most[0]}."
    sentences = [lead, *(side.text for side in sides)]
    if both:
        verb, together = (
            "shows" if both == 1 else "show",
            "both" if len(terms) == 2 else "all of them",
        )
        sentences.append(f"{counted(both, 'repository')} {verb} {together}.")
    results = [
        (each.name, f"{side.name}: {question.facts.evidence(each, term)}")
        for term, side in zip(terms, sides, strict=True)
        for each in side.best
    ]
    return question.told(
        rows,
        "repositories",
        rule,
        results,
        " ".join(sentences),
        most=None if is_tie else most[0],
        both=both,
    )


def _side(question: Question, term: Term) -> Side:
    """Find what shows one of the things compared."""
    language = language_named(term)
    having = [
        each for each in question.missing_at_most("about") if question.facts.shows(each, term)
    ]
    return Side(
        name=thing(term),
        having=having,
        best=_best_two(question, term, having),
        bytes=sum(each.languages.get(language, 0) for each in having) if language else None,
        pushed=max((each.pushed_on for each in having if each.pushed_on), default=None),
    )


def _best_two(
    question: Question, term: Term, having: Sequence[RepositoryFacts]
) -> list[RepositoryFacts]:
    """Return the repositories that show something best: by bytes, by weight, or else by stars."""
    if language := language_named(term):
        return sorted(having, key=lambda each: -each.languages.get(language, 0))[:2]
    if term.kind == "role":
        weights = question.facts.role_weights(term)
        return sorted(having, key=lambda each: -weights[each.name])[:2]
    return question.sorted_by(STARS, question.sorted_by(PUSHED, having))[:2]


def _compare_repositories(question: Question, repositories: Sequence[RepositoryFacts]) -> Told:
    """Compare repositories: what they are made of, size, dates, stars."""
    rows = [row_of(each) for each in repositories]
    parts = [parts_of(each) for each in repositories]
    common = sorted(set.intersection(*map(set, parts)), key=str.lower)
    together = "Both" if len(repositories) == 2 else "All"
    sentences = [f"{together} use {listed(common)}." if common else "They share no technology."]
    for repository, own in zip(repositories, parts, strict=True):
        different = [name for name in own if name not in common]
        facts = [
            size(repository.code_bytes) + " of code",
            counted(repository.stars, "star"),
            question.amount(repository, PUSHED),
        ]
        made = (
            f" {'also uses' if common else 'uses'} {some_of(different, MAX_ROWS)};"
            if different
            else ""
        )
        sentences.append(f"{repository.name}{made or ':'} {', '.join(facts)}.")
    results = [(each.name, said_by(each) or question.amount(each, PUSHED)) for each in repositories]
    told = question.told(
        rows,
        "repositories",
        "as GitHub lists them, and by their own files",
        results,
        " ".join(sentences),
        common=common,
    )
    terms = dict.fromkeys(term for each in repositories for term in terms_of(each))
    return replace(told, terms=tuple(terms))
