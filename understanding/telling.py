"""Answer a question that was read, from the facts of a portfolio.

Sentences speak of the repositories and not of the person: repositories show what they hold, and
somebody may know more than they show.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from relevance.mentions import siblings_of
from relevance.taxonomy import taxonomy
from understanding.facts import (
    PortfolioFacts,
    RepositoryFacts,
    is_programming,
    language_named,
    language_of,
    rank_languages,
    years_until,
)
from understanding.model import WHAT_CAN_BE_ASKED, Fact, Kind, Sort, Term, Told, Understood
from understanding.sentences import (
    conditions,
    counted,
    day,
    ended,
    listed,
    opposite,
    percent,
    size,
    some_of,
    span,
    thing,
    work_of,
)

MAX_NAMED = 3  # repositories that a sentence names before it counts the others
MAX_ROWS, MAX_NEAREST, MAX_SIMILAR, MAX_HIGHLIGHTS = 5, 3, 5, 3
MAX_SAID_CHARS = 200
RECENT_YEARS = 2
SUBSTANTIAL_SHARE = 0.25  # of the repositories have less code than a substantial one

# Kinds of technologies by what people call the parts of a stack; the first that fits counts.
STACK = {
    "frameworks": ("framework", "ui", "styling", "state"),
    "data": ("database", "cache", "search", "orm", "messaging", "data", "scientific", "visualization", "format"),
    "machine learning": ("ml", "notebook"),
    "cloud and operations": ("cloud", "serverless", "container", "iac", "ci", "monitoring", "workflow", "server"),
    "tests": ("testing",),
    "tools": ("build", "packaging", "linter", "cli", "docs", "ssg", "runtime", "vcs"),
}  # fmt: skip
OTHER_ROLES = (
    "backend developer",
    "frontend developer",
    "mobile developer",
    "data scientist",
    "devops engineer",
)
TOOL_LANGUAGES = frozenset(["Dockerfile", "Makefile", "CMake", "Batchfile"])
PUSHED, CREATED = Sort("pushed", True), Sort("created", False)
SUPERLATIVES = {
    ("pushed", True): "most recently pushed",
    ("pushed", False): "least recently pushed",
    ("created", True): "newest",
    ("created", False): "oldest",
    ("stars", True): "most starred",
    ("stars", False): "least starred",
    ("code", True): "biggest",
    ("code", False): "smallest",
    ("commits", True): "most committed",
    ("commits", False): "least committed",
}
RULES = {
    "pushed": "by the last push",
    "created": "by the date of creation, without forks",
    "stars": "by stars",
    "code": "by bytes of code, without forks",
    "commits": "by commits on the default branch",
}
HELP = (
    "Ask for repositories by a technology, a kind or a subject, such as “which projects use Docker?”,"
    " or for facts: “most recent project”, “how many Python projects?”, “strongest language”,"
    " “projects without JavaScript”, “compare Azure and AWS”."
)
EVIDENCE_RULE = "a repository counts if its own files, packages, topics or description show it"
STRENGTH_RULE = "the sum over repositories of share × log10(1 + bytes)"

# What is asked beside the repositories, by words of the question; the first that fits counts.
META = (
    ("contact", re.compile(r"\b(?:contact|e-?mail|reach|linkedin|message|touch)", re.I)),
    ("availability", re.compile(r"\b(?:availab|hir|open to|freelanc|remote|relocat|looking for)", re.I)),
    ("salary", re.compile(r"\b(?:salar|rates?\b|cost|pay|charge|price)", re.I)),
    ("teamwork", re.compile(r"\b(?:team|collab|lead|communicat|mentor|work with)", re.I)),
    ("seniority", re.compile(r"\b(?:senior|junior|level|experienc|years|employ|job|degree|stud)", re.I)),
)  # fmt: skip


def tell(
    understood: Understood,
    facts: PortfolioFacts,
    now: datetime,
    ranked: Sequence[str] | None = None,
) -> Told | None:
    """Answer a question from facts; None if they cannot.

    `ranked` are the repositories that the ranking found for the question's subject, best first: the
    answer then is about those only.
    """
    if understood.kind == "find" and not _has_filter(understood):
        return None
    teller = _Teller(understood, facts, now, ranked)
    if not facts.repositories:
        return teller.told(0, "repositories", "repositories are counted", [], teller.nothing_yet())
    if understood.subject and ranked is None and understood.kind in SEARCHING:
        return None
    return TELLERS[understood.kind](teller)


class _Teller:
    """One question, and the repositories that fit its filters."""

    def __init__(
        self,
        understood: Understood,
        facts: PortfolioFacts,
        now: datetime,
        ranked: Sequence[str] | None,
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

    # What fits.

    def misses(self, repository: RepositoryFacts) -> set[str]:
        """Name the filters that a repository does not pass."""
        understood, facts = self.understood, self.facts
        missed = {
            "about": not all(facts.shows(repository, term) for term in understood.about),
            "not": any(facts.shows(repository, term) for term in understood.not_),
            "only": understood.only is not None and not self.is_only(repository, understood.only),
            "licence": understood.licence is not None
            and not repository.has_licence(understood.licence),
            "period": understood.period is not None and not repository.is_in(understood.period),
            "subject": self.ranks is not None and repository.name.lower() not in self.ranks,
        }
        missed |= {
            flag: _has_flag(repository, flag) is not holds for flag, holds in understood.flags
        }
        return {name for name, is_missed in missed.items() if is_missed}

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
        """Sort; equal ones stay by name, and those of which it is not known come last."""
        known = [each for each in repositories if self.value(each, sort) is not None]
        ordered = sorted(known, key=lambda each: self.value(each, sort), reverse=sort.descending)
        return [*ordered, *(each for each in repositories if self.value(each, sort) is None)]

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

    def language(self) -> str | None:
        """Return the first language that the question names."""
        terms = [*self.understood.about, *([self.understood.only] if self.understood.only else [])]
        return next(filter(None, map(language_named, terms)), None)

    # How it is said.

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
        reasons: dict[str, list[str]] = {}
        for name, reason in results:
            reasons.setdefault(name, []).append(reason)
        shown = [(name, "; ".join(filter(None, parts))) for name, parts in reasons.items()]
        return Told(
            Fact(value, unit, len(self.all), rule, also), shown[: self.understood.limit], text
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
        return "; ".join(dict.fromkeys(parts)) or self.amount(repository, PUSHED)

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

    # Kinds of questions.

    def count(self) -> Told:
        """Count what passes the filters, and list it."""
        understood = self.understood
        if understood.kind == "list" and understood.sort and understood.limit:
            return self.superlative() or self.whole(self.chosen())
        chosen = self.chosen()
        results = self.with_reasons(chosen)
        if not _has_filter(understood):
            return self.whole(chosen)
        text = self.that_fit(len(chosen))
        shown = results[: understood.limit] if understood.limit else results
        is_alone = len(self.all) == 1
        if is_alone:
            text += f" ({shown[0][1]})." if shown else "."
        elif shown:
            text += f": {self.examples(shown)}."
        else:
            text += "."
        more, also = self.beside(chosen)
        nearest = self.nearest() if not chosen else ("", {})
        text = " ".join(filter(None, [text, *more, nearest[0]]))
        return self.told(
            len(chosen), "repositories", self.rule(), results, text, **also, **nearest[1]
        )

    def whole(self, chosen: Sequence[RepositoryFacts]) -> Told:
        """Count the portfolio."""
        results = self.with_reasons(chosen)
        forks = sum(each.is_fork for each in chosen)
        archived = sum(each.is_archived for each in chosen)
        parts = [counted(forks, "fork")] if forks else []
        parts += [f"{archived:,} archived"] if archived else []
        last = next((each for each in self.sorted_by(PUSHED, chosen) if each.pushed_on), None)
        among = f", {listed(parts)} among them" if parts and len(chosen) > 1 else ""
        verb = "is" if len(chosen) == 1 else "are"
        text = f"There {verb} {self.number_of(len(chosen))}{among}."
        if last:
            text += f" The last push was to {last.name} on {day(_known(last.pushed_on))}."
        return self.told(
            len(chosen),
            "repositories",
            "every repository of the portfolio is counted",
            results,
            text,
            forks=forks,
            archived=archived,
        )

    def rule(self) -> str:
        """Say how the filters decide."""
        understood = self.understood
        terms = [*understood.about, *understood.not_]
        rules = []
        if any(language_named(term) for term in terms):
            rules.append("a language counts where GitHub counts bytes of it")
        if any(term.kind != "repository" and not language_named(term) for term in terms):
            rules.append(EVIDENCE_RULE)
        if understood.only:
            rules.append("only one language: at least 90 % of the bytes of code")
        if understood.period:
            rules.append("dates of creation and of the last push, in UTC")
        return "; ".join(rules) or "as GitHub lists it"

    def beside(self, chosen: Sequence[RepositoryFacts]) -> tuple[list[str], dict[str, object]]:
        """Say what belongs to a count beside it: main languages, what was dropped, near misses."""
        understood = self.understood
        sentences: list[str] = []
        also: dict[str, object] = {}
        language = self.language()
        if language and chosen and not understood.only and len(self.all) > 1:
            main = also["main_in"] = sum(each.main_language == language for each in chosen)
            if len(chosen) > 1:
                sentences.append(
                    f"{language} is the main language in {_of_them(main, len(chosen))}."
                )
        if understood.not_ and (dropped := len(self.missing_only("not"))):
            also["dropped"] = dropped
            only_dropped = replace(Understood(), about=understood.not_)
            verb = conditions(only_dropped, many=dropped != 1)
            sentences.append(f"{dropped:,} left out that {verb}.")
        if understood.only and (language := language_named(understood.only)):
            more = sum(each.contains(language) for each in self.missing_only("only"))
            also["contain"] = len(chosen) + more
            if more:
                sentences.append(f"{more:,} more {'contains' if more == 1 else 'contain'} it.")
        if understood.period and understood.period.field in ("created", "any"):
            new = [each for each in chosen if each.is_in(understood.period, "created")]
            older = [
                each
                for each in self.all
                if each.is_in(understood.period, "pushed")
                and not each.is_in(understood.period, "created")
                and self.misses(each) <= {"period"}
            ]
            also |= {"created": len(new), "older_pushed": len(older)}
            if understood.period.field == "any" and chosen:
                sentences.append(f"{len(new):,} new, {len(older):,} older.")
            elif older:
                verb = "was" if len(older) == 1 else "were"
                sentences.append(f"{len(older):,} older {verb} last pushed to in that time.")
        wanted = [flag for flag, holds in understood.flags if holds]
        if {"tests", "ci"} <= set(wanted):
            one = len(self.missing_only("tests")) + len(self.missing_only("ci"))
            also["one_of_the_two"] = one
            if one:
                sentences.append(f"{one:,} more {'has' if one == 1 else 'have'} one of the two.")
        if understood.licence:
            without = also["without_licence"] = sum(each.licence is None for each in self.all)
            if without and len(self.all) > 1:
                sentences.append(f"{without:,} {'has' if without == 1 else 'have'} no licence.")
        return sentences, also

    def nearest(self) -> tuple[str, dict[str, object]]:
        """Name what comes nearest to something that no repository shows."""
        near: dict[str, list[str]] = {}
        mentions: dict[str, list[str]] = {}
        for term in self.understood.about:
            if term.kind not in ("technology", "language"):
                continue
            if any(self.facts.shows(each, term) for each in self.all):
                continue
            entity = taxonomy().entity(term.name)
            id = entity.id if term.kind == "language" and entity else term.id
            users = {
                name: [each.name for each in self.facts.users.get(sibling[1:], ())]
                for sibling, name in siblings_of(id)
            }
            most = sorted(filter(users.get, users), key=lambda name: (-len(users[name]), name))
            near |= {name: users[name] for name in most[:MAX_NEAREST]}
            if named := [each.name for each in self.all if id in each.mentioned]:
                mentions[term.name] = named
        sentences = []
        if near:
            parts = [
                f"{name} in {counted(len(names), 'repository')}" for name, names in near.items()
            ]
            sentences.append(f"Nearest: {listed(parts)}.")
        for name, named in mentions.items():
            verb = "mentions" if len(named) == 1 else "mention"
            readmes = f"The README of {named[0]}" if len(named) == 1 else f"{len(named)} READMEs"
            sentences.append(f"{readmes} {verb} {name} without more to show for it.")
        also: dict[str, object] = {}
        if near:
            also["nearest"] = near
        if mentions:
            also["mentions"] = mentions
        return " ".join(sentences), also

    def superlative(self) -> Told | None:
        """Name the first of an order, those that tie with it, and the next."""
        sort = self.understood.sort or PUSHED
        chosen = self.chosen()
        if not chosen:
            return self.count()
        known = [each for each in chosen if self.value(each, sort) is not None]
        if sort.field in ("created", "code"):
            own = [each for each in known if not each.is_fork]
            known = known if ("fork", True) in self.understood.flags else own
        if sort.field == "code":
            known = [each for each in known if self.value(each, sort)]
        if sort.field == "commits" and not known:
            return None
        ordered = self.sorted_by(sort, known)
        if not ordered or (sort.field == "stars" and sort.descending and not ordered[0].stars):
            return self.no_first(sort)
        return self.first(sort, ordered)

    def no_first(self, sort: Sort) -> Told:
        """Say that there is nothing to order."""
        what = {
            "stars": ("have a star yet", "has a star yet"),
            "code": ("hold program code of their own", "holds program code of its own"),
            "created": ("are more than forks", "is more than a fork"),
            "pushed": ("were ever pushed to", "was ever pushed to"),
        }[sort.field]
        text = f"{self.how_many(0, *what)}."
        return self.told(0, "repositories", RULES[sort.field], [], text)

    def first(self, sort: Sort, ordered: Sequence[RepositoryFacts]) -> Told:
        """Name the first of repositories in order."""
        best = self.value(ordered[0], sort)
        ties = [each for each in ordered if self.value(each, sort) == best]
        rest = ordered[len(ties) :]
        limit = self.understood.limit or 1
        adjective = SUPERLATIVES[sort.field, sort.descending]
        that = conditions(self.understood, many=False)
        which = f" that {that}" if that else ""
        plural_that = conditions(self.understood, many=True)
        which_many = f" that {plural_that}" if plural_that else ""
        amount = self.amount(ordered[0], sort)
        if len(self.all) == 1:
            text = f"The only {self.adjective}repository is {ordered[0].name}, {amount}."
        elif limit > 1:
            shown = [f"{each.name} ({self.amount(each, sort)})" for each in ordered[:limit]]
            if len(shown) == 1:
                text = f"The {adjective} {self.adjective}repository{which} is {shown[0]}."
            else:
                text = (
                    f"The {len(shown)} {adjective} {self.adjective}repositories{which_many}"
                    f" are {listed(shown)}."
                )
        elif len(ties) > 1:
            names = some_of([each.name for each in ties], MAX_NAMED)
            text = (
                f"The {adjective} {self.adjective}repositories{which_many} are {names}, each {amount}."
                if sort.field in ("pushed", "created")
                else f"The {adjective} {self.adjective}repositories{which_many} are {names}, with {amount} each."
            )
        else:
            text = f"The {adjective} {self.adjective}repository{which} is {ordered[0].name}, {_with(sort, amount)}."
        sentences = [text]
        said = _said(ordered[0])
        if sort.field == "pushed" and limit == 1 and len(ties) == 1 and said:
            sentences.append(said)
        if rest and limit == 1:
            sentences.append(f"Next: {rest[0].name}, {_with(sort, self.amount(rest[0], sort))}.")
        also: dict[str, object] = {
            "amount": _plain(best),
            "ties": [each.name for each in ties],
            "next": rest[0].name if rest else None,
        }
        if sort == PUSHED and not that:
            newest = [
                each
                for each in self.sorted_by(Sort("created", True), self.all)
                if each.created_on and not each.is_fork
            ]
            if newest and newest[0] is not ordered[0]:
                also["newest_created"] = newest[0].name
                sentences.append(
                    f"The newest by creation is {newest[0].name} ({day(_known(newest[0].created_on))})."
                )
        if sort == CREATED:
            sentences[0] = f"{sentences[0].rstrip('.')}, as far as GitHub shows."
        results = self.with_reasons(ordered)
        if not self.understood.sort:
            results = [(each.name, self.amount(each, sort)) for each in ordered]
        return self.told(
            ordered[0].name, "name", RULES[sort.field], results, " ".join(sentences), **also
        )

    def languages(self) -> Told:
        """Rank the languages, or the technologies of a kind."""
        kinds = [
            term
            for term in self.understood.about
            if term.kind == "kind" and not term.id.startswith("language")
        ]
        if kinds:
            return self.technologies_of(kinds[0])
        chosen = [
            each
            for each in self.all
            if not (self.misses(each) - {"about"})
            and all(
                self.facts.shows(each, term)
                for term in self.understood.about
                if term.kind != "kind"
            )
        ]
        ranks = rank_languages(chosen)
        if not ranks:
            known = "a language that GitHub counts"
            text = f"{self.how_many(0, f'contain {known}', f'contains {known}')}."
            return self.told(0, "languages", STRENGTH_RULE, [], text)
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
            (rank.best, f"most {rank.language}, {size(rank.best_bytes)}")
            for rank in ordered[:MAX_ROWS]
        ]
        pushed = f", last pushed {day(strongest.last_pushed)}" if strongest.last_pushed else ""
        number = self.number_of(len(chosen))
        counts = f": the main one in {strongest.main_in:,} of {number}, present in {strongest.present_in:,}"
        if len(chosen) == 1:
            counts = f" of {chosen[0].name}"
        sentences = [f"{strongest.language} is the strongest language{counts}{pushed}."]
        others = [
            rank.language
            if len(chosen) == 1
            else f"{rank.language} (main in {rank.main_in:,}, present in {rank.present_in:,})"
            for rank in ordered[1 : max(MAX_NAMED, self.understood.limit or 0)]
        ]
        if others:
            sentences.append(f"Then {listed(others)}.")
        return self.told(
            strongest.language if self.understood.limit == 1 else rows,
            "name" if self.understood.limit == 1 else "languages",
            STRENGTH_RULE,
            results,
            " ".join(sentences),
            strongest=strongest.language,
            rows=rows[:MAX_ROWS],
        )

    def technologies_of(self, kind: Term) -> Told:
        """Rank the technologies of a kind by the repositories that use them."""
        users = {
            taxonomy().entities[id].name: self.facts.users[id]
            for id in taxonomy().members(kind.id)
            if id in self.facts.users
        }
        most = sorted(users, key=lambda name: (-len(users[name]), name))
        if not most:
            return self.count()
        rows = [{"technology": name, "repositories": len(users[name])} for name in most]
        results = [(users[name][0].name, name) for name in most]
        parts = [f"{name} ({counted(len(users[name]), 'repository')})" for name in most]
        text = f"The {self.adjective}repositories show {some_of(parts, MAX_ROWS)}."
        return self.told(rows, "technologies", EVIDENCE_RULE, results, text)

    def share(self) -> Told | None:
        """Say how much of the code is in a language, or how many repositories show something."""
        language = self.language()
        if not language:
            return self.count() if _has_filter(self.understood) else self.languages()
        chosen = [each for each in self.all if self.misses(each) <= {"about", "only"}]
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
            return self.told(
                0,
                "%",
                rule,
                [],
                f"None of the {what} is {language}: no {self.adjective}repository contains it.",
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
        return self.told(
            value, "%", rule, results, " ".join(sentences),
            bytes=sizes[language], of_bytes=total, repositories=len(having), most=top,
        )  # fmt: skip

    def has(self) -> Told | None:
        """Say whether repositories show something, which ones, and what comes nearest."""
        if any(term.kind == "role" for term in self.understood.about):
            return self.role()
        told = self.count()
        terms = self.understood.about
        if len(terms) < 2:
            return told
        counts = {
            term.name: sum(self.facts.shows(each, term) for each in self.all) for term in terms
        }
        apart = listed([f"{name} in {number:,}" for name, number in counts.items()])
        return Told(told.fact, told.results, f"{told.text} Apart: {apart}.")

    def timeline(self) -> Told:
        """Say between which days repositories show something, with their names."""
        chosen = self.chosen()
        own = [each for each in chosen if not each.is_fork] or chosen
        started = self.sorted_by(CREATED, [each for each in own if each.created_on])
        pushed = self.sorted_by(PUSHED, [each for each in chosen if each.pushed_on])
        if not started or not pushed:
            return self.count()
        first, last = started[0], pushed[0]
        first_day, last_day = _known(first.created_on), _known(last.pushed_on)
        that = conditions(self.understood, many=False)
        which = f" that {that}" if that else ""
        rule = "from the creation of the first repository to the last push to any"
        sort = self.understood.sort
        also: dict[str, object] = {
            "first": first.name,
            "last": last.name,
            "repositories": len(chosen),
            "years": round(max(0, (last_day - first_day).days) / 365.2425, 1),
        }
        if sort:
            moment, where, what = (
                (last_day, last, "last push to")
                if sort.descending
                else (first_day, first, "creation of")
            )
            if sort.field == "created" and sort.descending:
                moment, where, what = (
                    _known(started[-1].created_on),
                    started[-1],
                    "latest creation of",
                )
            results = [
                (each.name, self.amount(each, sort)) for each in self.sorted_by(sort, chosen)
            ]
            text = f"The {what} a {self.adjective}repository{which} was on {day(moment)}: {where.name}."
            return self.told(moment.isoformat(), "date", rule, results, text, **also)
        results = list(
            dict.fromkeys(
                [
                    (first.name, f"created {day(first_day)}"),
                    (last.name, f"last pushed {day(last_day)}"),
                    *(
                        (each.name, self.why(each))
                        for each in pushed
                        if each is not first and each is not last
                    ),
                ]
            )
        )
        if first is last:
            results = results[1:]
            results[0] = (first.name, f"created {day(first_day)}, last pushed {day(last_day)}")
        many = conditions(self.understood, many=len(chosen) != 1)
        verb = many or ("was worked on" if len(chosen) == 1 else "were worked on")
        text = (
            f"Between {day(first_day)} ({first.name} created) and {day(last_day)} ({last.name} last"
            f" pushed), {self.number_of(len(chosen))} {verb}: {span(first_day, last_day)}."
            " Years in a job they cannot show."
        )
        return self.told(
            [first_day.isoformat(), last_day.isoformat()], "dates", rule, results, text, **also
        )

    def compare(self) -> Told | None:
        """Compare two repositories, or what shows two things or more."""
        terms = self.understood.about
        repositories = [
            found
            for term in terms
            if term.kind == "repository" and (found := self.facts.by_name.get(term.id.lower()))
        ]
        if len(repositories) > 1:
            return self.compare_repositories(repositories)
        if len(terms) < 2 or any(term.kind == "repository" for term in terms):
            return None
        chosen = [each for each in self.all if self.misses(each) <= {"about"}]
        rows: list[dict[str, object]] = []
        holders: list[list[RepositoryFacts]] = []
        results: dict[str, str] = {}
        sentences: list[str] = []
        for term in terms:
            language = language_named(term)
            having = [each for each in chosen if self.facts.shows(each, term)]
            best = self.best_two(term, having)
            pushed = max((each.pushed_on for each in having if each.pushed_on), default=None)
            total = sum(each.languages.get(language, 0) for each in having) if language else None
            rows.append(
                {
                    "name": thing(term),
                    "repositories": len(having),
                    "bytes": total,
                    "last_pushed": pushed and pushed.isoformat(),
                    "best": best[0].name if best else None,
                }
            )
            holders.append(having)
            for each in best:
                reason = f"{thing(term)}: {self.facts.evidence(each, term)}"
                results[each.name] = (
                    f"{results[each.name]}; {reason}" if each.name in results else reason
                )
            sentences.append(_side(thing(term), having, best, total if language else None, pushed))
        both = [each for each in holders[0] if all(each in other for other in holders[1:])]
        if both:
            together = "both" if len(terms) == 2 else "all of them"
            sentences.append(
                f"{counted(len(both), 'repository')} {'shows' if len(both) == 1 else 'show'} {together}."
            )
        counts = [len(having) for having in holders]
        most = [
            thing(term) for term, number in zip(terms, counts, strict=True) if number == max(counts)
        ]
        if max(counts) == 0:
            names = listed([thing(term) for term in terms], "or")
            none = f"shows no {names}"
            text = f"{self.how_many(0, f'show {names}', f'shows {names}', none)}."
            return self.told(rows, "repositories", EVIDENCE_RULE, [], text, most=None, both=0)
        lead = (
            f"More {self.adjective}repositories show {most[0]}."
            if len(most) == 1
            else f"Equally many {self.adjective}repositories show {listed(most)}."
        )
        return self.told(
            rows,
            "repositories",
            EVIDENCE_RULE,
            list(results.items()),
            " ".join([lead, *sentences]),
            most=most[0] if len(most) == 1 else None,
            both=len(both),
        )

    def best_two(self, term: Term, having: Sequence[RepositoryFacts]) -> list[RepositoryFacts]:
        """Return the repositories that show something best: by bytes, by weight, or else by stars."""
        if language := language_named(term):
            return sorted(having, key=lambda each: -each.languages.get(language, 0))[:2]
        if term.kind == "role":
            weights = self.facts.role_weights(term)
            return sorted(having, key=lambda each: -weights[each.name])[:2]
        return self.sorted_by(Sort("stars", True), self.sorted_by(PUSHED, having))[:2]

    def compare_repositories(self, repositories: Sequence[RepositoryFacts]) -> Told:
        """Compare repositories: what they are made of, size, dates, stars."""
        rows = [_row(each) for each in repositories]
        parts = [_parts_of(each) for each in repositories]
        common = sorted(set.intersection(*map(set, parts)), key=str.lower)
        sentences = (
            [
                f"Both use {listed(common)}."
                if len(repositories) == 2
                else f"All use {listed(common)}."
            ]
            if common
            else ["They share no technology."]
        )
        for repository, own in zip(repositories, parts, strict=True):
            different = [name for name in own if name not in common]
            facts = [
                size(repository.code_bytes) + " of code",
                counted(repository.stars, "star"),
                self.amount(repository, PUSHED),
            ]
            made = (
                f" {'also uses' if common else 'uses'} {some_of(different, MAX_ROWS)};"
                if different
                else ""
            )
            sentences.append(f"{repository.name}{made or ':'} {', '.join(facts)}.")
        results = [(each.name, _said(each) or self.amount(each, PUSHED)) for each in repositories]
        return self.told(
            rows,
            "repositories",
            "as GitHub lists them, and by their own files",
            results,
            " ".join(sentences),
            common=common,
        )

    def named(self) -> RepositoryFacts | None:
        """Return the repository that the question names."""
        return next(
            (
                found
                for term in self.understood.about
                if term.kind == "repository" and (found := self.facts.by_name.get(term.id.lower()))
            ),
            None,
        )

    def describe(self) -> Told | None:
        """Describe a repository: what it is, what it is made of, dates, link."""
        repository = self.named()
        if repository is None:
            return None
        said = _said(repository) or "it does not say what it is."
        sentences = [f"{repository.name}: {said}"]
        if parts := _parts_of(repository):
            sentences.append(f"Made with {some_of(parts, MAX_ROWS)}.")
        dates = [self.amount(repository, sort) for sort in (CREATED, PUSHED)]
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
        return self.told(
            repository.name, "name", "as GitHub lists it, and by its own files",
            [(repository.name, said)], " ".join(sentences), **{**_row(repository), "url": url, "parts": components},
        )  # fmt: skip

    def built_with(self) -> Told | None:
        """List what a repository, or the whole portfolio, is built with."""
        repository = self.named()
        if repository is None:
            kinds = {term.kind: term for term in self.understood.about}
            if "kind" in kinds:
                return self.technologies_of(kinds["kind"])
            return None if "repository" in kinds else self.stack()
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
            for id in _telling_first(repository)
        ]
        if not rows:
            text = f"{repository.name} holds nothing that shows what it is built with."
            return self.told(0, "technologies", EVIDENCE_RULE, [(repository.name, "")], text)
        shown = some_of([f"{row['technology']} ({row['evidence']})" for row in rows], MAX_ROWS)
        names = some_of([str(row["technology"]) for row in rows], MAX_ROWS)
        return self.told(
            rows,
            "technologies",
            EVIDENCE_RULE,
            [(repository.name, names)],
            f"{repository.name} is built with {shown}.",
        )

    def stack(self) -> Told:
        """List the technologies of the portfolio by kind, each with its number of repositories."""
        chosen = self.chosen()
        ranks = [rank for rank in rank_languages(chosen) if is_programming(rank.language)]
        groups: dict[str, list[tuple[str, int]]] = {
            "languages": [(rank.language, rank.present_in) for rank in ranks]
        }
        numbers = Counter(id for each in chosen for id in each.technologies)
        for id, number in sorted(numbers.items(), key=lambda item: (-item[1], item[0])):
            entity = taxonomy().entities[id]
            group = _stack_group(entity.kinds)
            if group:
                groups.setdefault(group, []).append((entity.name, number))
        rows = [
            {"kind": kind, "technology": name, "repositories": number}
            for kind in ("languages", *STACK)
            for name, number in groups.get(kind, [])
        ]
        if not rows:
            return self.count()
        parts = [
            f"{kind[0].upper()}{kind[1:]}: "
            + listed([f"{name} ({number})" for name, number in groups[kind][:MAX_NAMED]])
            for kind in ("languages", *STACK)
            if groups.get(kind)
        ]
        text = (
            f"In {self.number_of(len(chosen))}, by the number that shows each. {'. '.join(parts)}."
        )
        results = [
            (each.name, some_of(_parts_of(each), MAX_NAMED)) for each in chosen if _parts_of(each)
        ]
        return self.told(rows, "technologies", EVIDENCE_RULE, results, text)

    def similar(self) -> Told | None:
        """Find the repositories that share most with one, rare technologies before common ones."""
        repository = self.named()
        if repository is None:
            return None
        parts = {each.name: set(_parts_of(each, tools=False)) for each in self.all}
        numbers = Counter(part for own in parts.values() for part in own)
        shared = {
            each.name: sorted(
                parts[repository.name] & parts[each.name],
                key=lambda part: (numbers[part], part.lower()),
            )
            for each in self.all
            if each is not repository and not (self.misses(each) - {"about"})
        }
        weights = {
            name: sum(math.log(1 + len(self.all) / numbers[part]) for part in common)
            for name, common in shared.items()
            if common
        }
        ordered = sorted(weights, key=lambda name: (-weights[name], name.lower()))
        rule = "by shared languages and technologies, rare ones first"
        if not ordered:
            text = f"No other {self.adjective}repository shares a language or technology with it."
            return self.told(0, "repositories", rule, [], text)
        results = [(name, f"shares {some_of(shared[name], MAX_NAMED)}") for name in ordered]
        top = results[: self.understood.limit or MAX_SIMILAR]
        text = f"Most like {repository.name}: {self.examples(top[:MAX_NAMED])}."
        return self.told(len(ordered), "repositories", rule, top, text, like=repository.name)

    def profile(self) -> Told:
        """Sum a portfolio up: how much and since when, mainly what, lately what."""
        chosen = self.chosen()
        if not chosen:
            return self.count()
        started = self.sorted_by(
            CREATED, [each for each in chosen if each.created_on and not each.is_fork]
        )
        pushed = self.sorted_by(PUSHED, [each for each in chosen if each.pushed_on])
        that = conditions(self.understood, many=len(chosen) != 1)
        head = f"{self.number_of(len(chosen))}{f' that {that}' if that else ''}"
        head += f" since {day(_known(started[0].created_on))}" if started else ""
        sentences = [f"{head}."]
        ranks = [rank for rank in rank_languages(chosen) if is_programming(rank.language)]
        if ranks:
            parts = [f"{rank.language} ({rank.present_in:,})" for rank in ranks[:MAX_NAMED]]
            numbers = Counter(
                taxonomy().entities[id].name
                for each in chosen
                for id in each.technologies
                if _stack_group(taxonomy().entities[id].kinds) not in (None, "tools")
            )
            most = [
                name for name, _ in sorted(numbers.items(), key=lambda item: (-item[1], item[0]))
            ]
            tools = f"; with {listed(most[:MAX_NAMED])}" if most else ""
            sentences.append(f"Mainly {listed(parts)}{tools}.")
        first, last = years_until(RECENT_YEARS, self.today)
        lately = [each for each in pushed if first <= _known(each.pushed_on) <= last]
        if pushed:
            names = listed([each.name for each in pushed[:MAX_NAMED]])
            sentences.append(f"Lately: {names}, last pushed {day(_known(pushed[0].pushed_on))}.")
        stars = sum(each.stars for each in chosen)
        results = [
            (each.name, _said(each) or self.amount(each, PUSHED)) for each in self.ordered(chosen)
        ]
        return self.told(
            len(chosen), "repositories", "every repository that GitHub lists is counted", results, " ".join(sentences),
            since=started[0].created_at.date().isoformat() if started and started[0].created_at else None,
            last_pushed=pushed[0].pushed_at.date().isoformat() if pushed and pushed[0].pushed_at else None,
            languages=[rank.language for rank in ranks[:MAX_ROWS]],
            pushed_in_last_two_years=len(lately),
            stars=stars,
        )  # fmt: skip

    def role(self) -> Told | None:
        """Say how many repositories show the work of a role, beside another role."""
        roles = [term for term in self.understood.about if term.kind in ("role", "kind")]
        if not roles:
            return self.profile()
        if len(roles) > 1:
            return self.compare()
        role = roles[0]
        chosen = self.chosen()
        weights = self.facts.role_weights(role) if role.kind == "role" else {}
        best = sorted(chosen, key=lambda each: -weights.get(each.name, 0.0))
        results = self.with_reasons(best)
        text = f"{self.that_fit(len(chosen))}{f': {self.examples(results)}' if results else ''}."
        others = {
            name: sum(self.facts.shows(each, Term("role", name, name)) for each in self.all)
            for name in OTHER_ROLES
            if not _same_role(name, role)
        }
        most = max(others, key=lambda name: others[name])
        if others[most]:
            who = "It" if len(self.all) == 1 else f"{others[most]:,}"
            text += f" {who} {'shows' if others[most] == 1 else 'show'} {work_of(most)}."
        text += " That goes by the repositories alone."
        if chosen and len(chosen) > others[most]:
            text = f"Mostly: {text[0].lower() if text.startswith(('All', 'The')) else text[0]}{text[1:]}"
        rule = "a repository counts if its own technologies or topics speak for the role"
        return self.told(len(chosen), "repositories", rule, results, text, others=others)

    def highlights(self) -> Told:
        """Choose three to start with: recent and substantial, most starred, the fullest README."""
        chosen = self.chosen()
        if not chosen:
            return self.count()
        own = [each for each in chosen if not each.is_fork] or chosen
        sizes = sorted(each.code_bytes for each in own)
        substantial = sizes[int(SUBSTANTIAL_SHARE * (len(sizes) - 1))]
        recent = [
            each for each in own if each.code_bytes >= max(1, substantial) and not each.is_archived
        ]
        starred = self.sorted_by(Sort("stars", True), [each for each in own if each.stars])
        explained = sorted(
            (each for each in own if each.readme_chars), key=lambda each: -each.readme_chars
        )
        amounts: list[tuple[str, Sequence[RepositoryFacts], Callable[[RepositoryFacts], str]]] = [
            (
                "recent",
                self.sorted_by(PUSHED, recent or own),
                lambda each: f"{self.amount(each, PUSHED)}, {size(each.code_bytes)} of code",
            ),
            ("most starred", starred, lambda each: counted(each.stars, "star")),
            (
                "the fullest README",
                explained,
                lambda each: f"a README of {each.readme_chars:,} characters",
            ),
        ]
        found: dict[str, str] = {}
        for first_of, order, amount in amounts:
            if not order:
                continue
            best = order[0].name
            reason = f"{first_of}: {amount(order[0])}"
            if best not in found:
                found[best] = reason
                continue
            # It is the first in two respects, which leaves room for another one.
            found[best] += f"; {reason}"
            if other := next((each for each in order if each.name not in found), None):
                found[other.name] = amount(other)
        for other in self.sorted_by(PUSHED, own):
            if len(found) < MAX_HIGHLIGHTS:
                found.setdefault(other.name, self.amount(other, PUSHED))
        results = list(found.items())
        names = [name for name, _ in results]
        verb = "Start with" if len(results) > 1 else "There is one to start with:"
        text = f"{verb} {listed([f'{name} ({why})' for name, why in results])}."
        return self.told(
            names,
            "names",
            "a recent and substantial one, the most starred, the fullest README",
            results,
            text,
        )

    def meta(self) -> Told:
        """Say what repositories cannot show, and the nearest that they show."""
        asked = f"{self.understood.subject} {self.understood.read_as}"
        if self.understood.read_as == WHAT_CAN_BE_ASKED:
            return self.told(None, "", "what can be asked", [], HELP, topic="help")
        topic = next((name for name, words in META if words.search(asked)), "person")
        started = self.sorted_by(
            CREATED, [each for each in self.all if each.created_on and not each.is_fork]
        )
        pushed = self.sorted_by(PUSHED, [each for each in self.all if each.pushed_on])
        results = [(each.name, self.amount(each, PUSHED)) for each in pushed]
        owner = self.all[0].bundle["metadata"]["full_name"].partition("/")[0]
        profile = f"https://github.com/{owner}"
        pages = {each.name: each.homepage for each in self.all if each.homepage}
        rule = "repositories cannot show it; the nearest that they show is told"
        if topic == "contact":
            text = f"Repositories hold no contact details; the GitHub profile is {profile}."
            if pages:
                shown = some_of([f"{url} ({name})" for name, url in pages.items()], MAX_NAMED)
                text += f" Homepages named here: {shown}."
            found = list(pages.items())
            return self.told(profile, "url", rule, found, text, topic=topic, homepages=pages)
        when = ""
        if started and pushed:
            first, last = _known(started[0].created_on), _known(pushed[0].pushed_on)
            when = f"span {span(first, last)}, from {day(first)} to {day(last)}"
        number = self.number_of(len(self.all))
        if topic == "availability":
            near = (
                f"The last push was on {day(_known(pushed[0].pushed_on))} ({pushed[0].name})."
                if pushed
                else ""
            )
            text = (
                f"Repositories cannot show whether somebody is available. {near} To ask: {profile}"
            )
            value: object = (
                pushed[0].pushed_at.date().isoformat() if pushed and pushed[0].pushed_at else None
            )
            return self.told(value, "date", rule, results, " ".join(text.split()), topic=topic)
        if topic == "salary":
            text = f"Repositories say nothing of salaries or rates. To ask: {profile}"
            return self.told(None, "", rule, [], text, topic=topic)
        if topic == "teamwork":
            tested = [each for each in self.all if each.ci]
            nearest = self.how_many(len(tested), "have CI", "has CI", "has no CI")
            text = (
                f"Repositories cannot show how somebody works with others. The nearest: {nearest}."
            )
            found = [(each.name, each.ci or "") for each in tested]
            return self.told(len(tested), "repositories", rule, found, text, topic=topic)
        subject = {"seniority": "Seniority and years in a job"}.get(topic, "That")
        verb = "are things" if topic == "seniority" else "is something"
        text = f"{subject} {verb} that repositories cannot show."
        if when:
            text += f" {number} {when.replace('span', 'spans', 1) if len(self.all) == 1 else when}."
        dates = [
            each.isoformat()
            for each in (
                (_known(started[0].created_on), _known(pushed[0].pushed_on)) if when else ()
            )
        ]
        return self.told(dates, "dates", rule, results, text, topic=topic)


SEARCHING: frozenset[Kind] = frozenset(
    ["find", "list", "count", "superlative", "share", "has", "timeline", "compare", "languages", "profile", "role",
     "highlights", "built_with", "similar"]
)  # fmt: skip
TELLERS: Mapping[Kind, Callable[[_Teller], Told | None]] = {
    "find": _Teller.count,
    "list": _Teller.count,
    "count": _Teller.count,
    "superlative": _Teller.superlative,
    "languages": _Teller.languages,
    "share": _Teller.share,
    "compare": _Teller.compare,
    "has": _Teller.has,
    "timeline": _Teller.timeline,
    "describe": _Teller.describe,
    "built_with": _Teller.built_with,
    "similar": _Teller.similar,
    "profile": _Teller.profile,
    "role": _Teller.role,
    "highlights": _Teller.highlights,
    "meta": _Teller.meta,
}


def _has_filter(understood: Understood) -> bool:
    return bool(
        understood.about
        or understood.not_
        or understood.only
        or understood.flags
        or understood.licence is not None
        or understood.period
        or (understood.kind != "find" and understood.subject)
    )


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


def _of_them(number: int, total: int) -> str:
    return "all of them" if number == total else f"{number:,}" if number else "none of them"


def _said(repository: RepositoryFacts) -> str:
    return ended(" ".join(repository.said[:MAX_SAID_CHARS].split()))


def _with(sort: Sort, amount: str) -> str:
    return amount if sort.field in ("pushed", "created") else f"with {amount}"


def _plain(value: object) -> object:
    return value.date().isoformat() if isinstance(value, datetime) else value


def _known(moment: date | None) -> date:
    """Return a day that the caller knows to be there."""
    if moment is None:
        raise ValueError("the day is not known")
    return moment


def _side(
    name: str,
    having: Sequence[RepositoryFacts],
    best: Sequence[RepositoryFacts],
    total: int | None,
    pushed: date | None,
) -> str:
    """Say one side of a comparison."""
    if not having:
        return f"{name}: none."
    parts = [counted(len(having), "repository")]
    parts += [size(total)] if total is not None else []
    parts += [f"last pushed {day(pushed)}"] if pushed else []
    return f"{name[0].upper()}{name[1:]}: {', '.join(parts)}, best {listed([each.name for each in best])}."


def _parts_of(repository: RepositoryFacts, *, tools: bool = True) -> list[str]:
    """Return the names of the languages and technologies of a repository.

    Without `tools`, those that say nothing of what it is: package managers, build files.
    """
    entities = [taxonomy().entities[id] for id in _telling_first(repository)]
    names = [
        *(name for name in repository.languages if tools or name not in TOOL_LANGUAGES),
        *(entity.name for entity in entities if tools or _stack_group(entity.kinds) != "tools"),
    ]
    return list(dict.fromkeys(names))


def _telling_first(repository: RepositoryFacts) -> list[str]:
    """Return the technologies of a repository: tools, such as package managers, last."""
    ids = [id for id in repository.technologies if not language_of(id)]
    return sorted(
        ids, key=lambda id: _stack_group(taxonomy().entities[id].kinds) in (None, "tools")
    )


def _stack_group(kinds: Sequence[str]) -> str | None:
    for kind in kinds:
        for group, begins in STACK.items():
            if kind.partition(".")[0] in begins:
                return group
    return None


def _row(repository: RepositoryFacts) -> dict[str, object]:
    return {
        "name": repository.name,
        "technologies": _parts_of(repository),
        "code_bytes": repository.code_bytes,
        "stars": repository.stars,
        "created": repository.created_on and repository.created_on.isoformat(),
        "pushed": repository.pushed_on and repository.pushed_on.isoformat(),
        "licence": repository.licence,
        "archived": repository.is_archived,
        "about": _said(repository),
    }


def _same_role(name: str, role: Term) -> bool:
    words = {*role.id.lower().split(), *role.name.lower().split()}
    return name.split()[0] in words or name.split()[0] in role.id.lower()
