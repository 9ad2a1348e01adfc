"""One question, the repositories that fit its filters, their order and the reasons."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any

from understanding.facts import PortfolioFacts, RepositoryFacts
from understanding.model import Fact, Sort, Term, Told, Understood
from understanding.sentences import conditions, counted, day, opposite, percent, size, some_of
from understanding.technologies import language_named

MAX_NAMED, MAX_ROWS = (
    3,
    5,
)  # repositories, and rows, that a sentence names before it counts the others
PUSHED, CREATED, STARS = Sort("pushed", True), Sort("created", False), Sort("stars", True)
# What these tell is in the files: GitHub's listing does not answer them.
CONTENT_KINDS = frozenset(
    "languages share compare has built_with similar profile role highlights".split()
)
EVIDENCE_RULE = "a repository counts if its own files, packages, topics or description show it"
LANGUAGE_RULE = "a language counts where GitHub counts bytes of it"


class Question:
    """One question, and the repositories that fit its filters."""

    def __init__(
        self,
        understood: Understood,
        facts: PortfolioFacts,
        now: datetime,
        ranked: Sequence[str] | None,
        pending: int,
    ) -> None:
        self.understood = understood
        self.facts = facts
        self.today = now.date()
        self.all = facts.repositories
        self.adjective = "public " if facts.are_public else ""
        self.ranks = (
            {name.lower(): position for position, name in enumerate(ranked)}
            if understood.subject and ranked is not None
            else None
        )
        self._missed: dict[str, frozenset[str]] = {}
        # Repositories whose content is not known yet, if the answer rests on content.
        self.unread = pending if self._rests_on_content() else 0

    # What fits.

    @property
    def has_filter(self) -> bool:
        """Tell whether the question asks for some of the repositories."""
        understood = self.understood
        return bool(
            understood.about
            or understood.either
            or understood.not_
            or understood.only
            or understood.flags
            or understood.licence is not None
            or understood.period
            or (understood.kind != "find" and understood.subject)
        )

    @property
    def shown(self) -> tuple[Term, ...]:
        """What must be there, in the order of the question; repositories themselves left out."""
        understood = self.understood
        only = (understood.only,) if understood.only else ()
        terms = dict.fromkeys((*understood.about, *understood.either, *only))
        return tuple(term for term in terms if term.kind != "repository")

    def misses(self, repository: RepositoryFacts) -> frozenset[str]:
        """Name the filters that a repository does not pass."""
        if repository.name not in self._missed:
            self._missed[repository.name] = frozenset(self._find_misses(repository))
        return self._missed[repository.name]

    def _find_misses(self, repository: RepositoryFacts) -> Iterator[str]:
        understood, shows = self.understood, partial(self.facts.shows, repository)
        if not all(map(shows, understood.about)):
            yield "about"
        if understood.either and not any(map(shows, understood.either)):
            yield "either"
        if any(map(shows, understood.not_)):
            yield "not"
        if understood.only and not self.is_only(repository, understood.only):
            yield "only"
        if understood.licence is not None and not repository.has_licence(understood.licence):
            yield "licence"
        if understood.period and not repository.is_in(understood.period):
            yield "period"
        if self.ranks is not None and repository.name.lower() not in self.ranks:
            yield "subject"
        for flag, holds in understood.flags:
            if _has_flag(repository, flag) is not holds:
                yield flag

    def is_only(self, repository: RepositoryFacts, term: Term) -> bool:
        """Tell whether a repository is in one language only; of anything else, whether it shows it."""
        language = language_named(term)
        return repository.is_only(language) if language else self.facts.shows(repository, term)

    def chosen(self) -> list[RepositoryFacts]:
        """Return the repositories that pass all filters, in the order asked for."""
        chosen = [repository for repository in self.all if not self.misses(repository)]
        return self.ordered(chosen)

    def missing_only(self, name: str) -> list[RepositoryFacts]:
        """Return the repositories that pass all filters but one."""
        return [repository for repository in self.all if self.misses(repository) == {name}]

    def missing_at_most(self, *names: str) -> list[RepositoryFacts]:
        """Return the repositories that pass all filters, those named aside."""
        return [repository for repository in self.all if self.misses(repository) <= {*names}]

    def number_with(self, term: Term, in_place_of: str) -> int:
        """Count what shows something and passes all filters but one."""
        return sum(self.facts.shows(each, term) for each in self.missing_at_most(in_place_of))

    def ordered(self, repositories: Sequence[RepositoryFacts]) -> list[RepositoryFacts]:
        """Order by what was asked for; or by relevance, by share of a language, by the last push."""
        understood = self.understood
        if understood.sort:
            return self.sorted_by(understood.sort, repositories)
        if self.ranks is not None:
            ranks = self.ranks
            return sorted(repositories, key=lambda each: ranks[each.name.lower()])
        if understood.period and understood.period.field == "created":
            return self.sorted_by(Sort("created", True), repositories)
        if language := self.language():
            return sorted(
                repositories,
                key=lambda each: (-each.share_of(language), -each.languages.get(language, 0)),
            )
        return self.sorted_by(PUSHED, repositories)

    def sorted_by(
        self, sort: Sort, repositories: Sequence[RepositoryFacts]
    ) -> list[RepositoryFacts]:
        """Sort; equal ones keep their order, and those of which it is not known come last."""
        known = [each for each in repositories if self.value(each, sort) is not None]
        ordered = sorted(known, key=lambda each: self.value(each, sort), reverse=sort.descending)
        return [*ordered, *(each for each in repositories if self.value(each, sort) is None)]

    def oldest_first(self, repositories: Sequence[RepositoryFacts]) -> list[RepositoryFacts]:
        """Order them by their creation, as far as it is known; forks count if there is nothing else."""
        known = [each for each in by_name(repositories) if each.created_on]
        return self.sorted_by(CREATED, [each for each in known if not each.is_fork] or known)

    def by_last_push(self, repositories: Sequence[RepositoryFacts]) -> list[RepositoryFacts]:
        """Order those that were ever pushed to, the last one first."""
        return self.sorted_by(PUSHED, [each for each in by_name(repositories) if each.pushed_on])

    def value(self, repository: RepositoryFacts, sort: Sort) -> Any:
        """Return what a repository is sorted by; None if it is not known."""
        match sort.field:
            case "pushed":
                return repository.pushed_at
            case "created":
                return repository.created_at
            case "stars":
                return repository.stars
            case "commits":
                return repository.commits
        language = self.language()
        return repository.languages.get(language, 0) if language else repository.code_bytes

    def named(self) -> RepositoryFacts | None:
        """Return the first repository that the question names and that is there."""
        return next(iter(self.all_named()), None)

    def all_named(self) -> list[RepositoryFacts]:
        """Return the repositories that the question names and that are there."""
        ids = [term.id.lower() for term in self.understood.about if term.kind == "repository"]
        return [self.facts.by_name[id] for id in ids if id in self.facts.by_name]

    def language(self) -> str | None:
        """Return the first language that the question names."""
        terms = [*self.understood.about, *([self.understood.only] if self.understood.only else [])]
        return next(filter(None, map(language_named, terms)), None)

    def told(
        self,
        value: object,
        unit: str,
        rule: str,
        results: Sequence[tuple[str, str]],
        text: str,
        **also: object,
    ) -> Told:
        """Put an answer together; the limit cuts the results alone."""
        understood = self.understood
        reasons: dict[str, list[str]] = {}
        for name, reason in results:
            reasons.setdefault(name, []).append(reason)
        shown = [(name, "; ".join(filter(None, parts))) for name, parts in reasons.items()]
        if understood.either:
            also["either"] = {
                term.name: self.number_with(term, "either") for term in understood.either
            }
        if self.unread:
            also["read"] = len(self.all) - self.unread
            text = f"{self._caution()} {text}"
        fact = Fact(value, unit, len(self.all), rule, also)
        return Told(fact, shown[: understood.limit], text, self.shown)

    def _caution(self) -> str:
        """Say how much of the portfolio is read."""
        total, read = len(self.all), len(self.all) - self.unread
        if total == 1:
            return f"The only {self.adjective}repository is not read yet."
        verb = "is" if read < 2 else "are"
        return f"So far {f'{read:,}' if read else 'none'} of the {total:,} {self.adjective}repositories {verb} read."

    def _rests_on_content(self) -> bool:
        """Tell whether GitHub's listing alone does not answer the question."""
        understood = self.understood
        if understood.kind in ("describe", "built_with", "compare") and (named := self.all_named()):
            return not all(repository.is_read for repository in named)
        sort = understood.sort
        return bool(
            understood.kind in CONTENT_KINDS
            or self.shown
            or any(term.kind != "repository" for term in understood.not_)
            or any(flag in ("tests", "ci") for flag, _ in understood.flags)
            or understood.subject
            or (sort and sort.field in ("code", "commits"))
            or understood.topic == "teamwork"
        )

    def nothing_yet(self) -> str:
        """Say that the portfolio is empty."""
        return f"There are no {self.adjective}repositories yet."

    def number_of(self, number: int) -> str:
        """Count repositories: `31 public repositories`."""
        return counted(number, "repository").replace(" ", f" {self.adjective}", 1)

    def how_many(self, number: int, many: str, one: str, none: str | None = None) -> str:
        """Say how many repositories do something, without a full stop.

        `many`, `one`: the verb and its object. `none`: of a single repository that does not.
        """
        total = len(self.all)
        if self.unread and number == 0:
            return f"None is known that {one}"
        if total == 1:
            only = f"The only {self.adjective}repository"
            return f"{only} {one}" if number else f"{only} {none or f'is not one that {one}'}"
        of_all = f"of the {total:,} {self.adjective}repositories"
        if number == 0:
            return f"None {of_all} {one}"
        if number == total:
            return f"All {total:,} {self.adjective}repositories {many}"
        return f"{number:,} {of_all} {one if number == 1 else many}"

    def that_fit(self, number: int) -> str:
        """Say how many repositories pass the filters."""
        understood = self.understood
        return self.how_many(
            number,
            conditions(understood, many=True),
            conditions(understood, many=False),
            opposite(understood),
        )

    def why(self, repository: RepositoryFacts) -> str:
        """Say what decided about a repository, in a few words."""
        understood, parts = self.understood, []
        if understood.sort:
            parts.append(self.amount(repository, understood.sort))
        for term in understood.about:
            evidence = self.facts.evidence(repository, term)
            if evidence and term.kind != "repository":
                parts.append(evidence)
        parts += [self._evidence_named(repository, term) for term in understood.either]
        if understood.only and (language := language_named(understood.only)):
            parts.append(f"{percent(repository.code_share_of(language))} of its code is {language}")
        if understood.period and not (
            understood.sort and understood.sort.field in ("pushed", "created")
        ):
            is_new = understood.period.field != "pushed" and repository.is_in(
                understood.period, "created"
            )
            parts.append(self.amount(repository, CREATED if is_new else PUSHED))
        for flag, holds in understood.flags:
            parts += _flag_reason(repository, flag) if holds else []
        if understood.licence:
            parts.append(f"{repository.licence} licence")
        return "; ".join(filter(None, dict.fromkeys(parts))) or self.amount(repository, PUSHED)

    def _evidence_named(self, repository: RepositoryFacts, term: Term) -> str:
        """Say what shows one of several alternatives, and which one; "" if nothing does."""
        evidence = self.facts.evidence(repository, term) or ""
        place = repository.place_of(term)
        if place is None or place.term != term.name or language_named(term):
            return evidence  # it names what it shows: `60 % Python`, `PostgreSQL: psycopg`
        return f"{term.name}: {evidence}"

    def amount(self, repository: RepositoryFacts, sort: Sort) -> str:
        """Say what a repository is sorted by: `created 2 May 2020`, `12 stars`."""
        match sort.field:
            case "pushed":
                pushed = repository.pushed_on
                return f"last pushed {day(pushed)}" if pushed else "never pushed"
            case "created":
                created = repository.created_on
                return f"created {day(created)}" if created else "date of creation unknown"
            case "stars":
                return counted(repository.stars, "star")
            case "commits":
                commits = repository.commits
                return "commits unknown" if commits is None else counted(commits, "commit")
        language, total = self.language(), self.value(repository, sort)
        if language or not repository.code:
            return f"{size(total)} of {language or 'code'}"
        most = max(repository.code, key=lambda name: repository.code[name])
        return f"{size(total)} of code{', mostly' if len(repository.code) > 1 else ' in'} {most}"

    def with_reasons(self, repositories: Sequence[RepositoryFacts]) -> list[tuple[str, str]]:
        """Return names, each with its deciding fact."""
        return [(each.name, self.why(each)) for each in repositories]

    def examples(self, results: Sequence[tuple[str, str]]) -> str:
        """Name the first results with their reasons."""
        return some_of([f"{name} ({why})" if why else name for name, why in results], MAX_NAMED)


def rules_of(terms: Iterable[Term]) -> list[str]:
    """Say how it is decided whether a repository shows terms."""
    deciding = [term for term in terms if term.kind != "repository"]
    rules = [LANGUAGE_RULE] if any(map(language_named, deciding)) else []
    return [*rules, EVIDENCE_RULE] if not all(map(language_named, deciding)) else rules


def by_name(repositories: Iterable[RepositoryFacts]) -> list[RepositoryFacts]:
    """Order by name, as equal ones of every order are."""
    return sorted(repositories, key=lambda each: each.name.lower())


def _has_flag(repository: RepositoryFacts, flag: str) -> bool:
    return {
        "archived": lambda: repository.is_archived,
        "fork": lambda: repository.is_fork,
        "tests": lambda: repository.tests is not None,
        "ci": lambda: repository.ci is not None,
        "homepage": lambda: bool(repository.homepage),
    }[flag]()


def _flag_reason(repository: RepositoryFacts, flag: str) -> list[str]:
    shown = {"tests": repository.tests, "ci": repository.ci, "homepage": repository.homepage}
    return [found] if (found := shown.get(flag)) else []


def day_of(moment: date | None) -> date:
    """Return a day that the caller knows to be there."""
    if moment is None:
        raise ValueError("the day is not known")
    return moment
