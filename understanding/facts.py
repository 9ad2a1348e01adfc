"""Compute what is true of each repository. The only module that decides it.

| question | decided by |
|---|---|
| contains a language | GitHub counts it; of data and prose, which it does not count: there are such files |
| uses a technology | its own evidence outside the README's prose, or that of a part of a cloud |
| shows a kind | it uses a technology of that kind |
| shows a role | names of the role's subject or what shows it, outside the README's prose |
| only a language | at least 90 % of the bytes of code |
| recent, first, big | `pushed_at`, `created_at`, bytes of code; forks are never first or biggest |
| strongest language | Σ over repositories of share × log10(1 + bytes); forks are left out |

Code is what linguist calls programming: neither markup, nor prose, nor data.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache, cached_property, lru_cache
from itertools import chain, pairwise

from models import CONTENT_PENDING, PublishedBundle
from relevance.fields import FIELDS, combined_weight
from relevance.mentions import (
    names_in,
    technology_of_package,
    technology_term,
    tokens,
)
from relevance.subjects import expansions, subjects
from relevance.taxonomy import taxonomy
from relevance.terms import MAX_BYTE, RepositoryTerms, analyse, listing_terms, unpack_terms
from relevance.vocabulary import languages, vocabulary
from understanding.model import Flag, Period, Place, Term
from understanding.sentences import percent
from understanding.technologies import (
    is_programming,
    language_named,
    language_of,
    language_type,
    technologies_by_language,
    technologies_named,
    technologies_of_file,
    technologies_of_topic,
)

ONLY_SHARE = 0.9  # of the bytes of code, in a repository that is written in one language only
# What the README says does not show that a repository uses something. The first says most.
EVIDENCE_FIELDS = (
    "dependencies", "languages", "paths", "file_types", "context", "topics", "description", "name",
)  # fmt: skip
# The terms of these name technologies generously, as a search should: a topic `command-line` is no
# product named Line. Paths and topics themselves are looked at instead.
TERM_FIELDS = {
    field: FIELDS.index(field) for field in EVIDENCE_FIELDS if field not in ("paths", "topics")
}
# A role is shown by its names, and by what speaks for it; what is only near to it shows nothing.
MIN_ROLE_EXPANSION, MIN_ROLE_WEIGHT = 0.4, 0.3
# Each is told beside another one that is asked for.
COMMON_ROLES = (
    "backend developer",
    "frontend developer",
    "mobile developer",
    "data scientist",
    "devops engineer",
)
WORKFLOW_FOLDER = ".github/workflows/"
CI_FILES = {
    name.lower(): name
    for name in (
        ".gitlab-ci.yml", ".travis.yml", ".circleci", "Jenkinsfile", "azure-pipelines.yml", "appveyor.yml",
        ".appveyor.yml", ".drone.yml", "bitbucket-pipelines.yml", ".woodpecker.yml", ".woodpecker", ".buildkite",
        ".cirrus.yml", ".semaphore", ".forgejo", ".gitea",
    )
}  # fmt: skip
TEST_FOLDERS = frozenset("test tests spec specs __tests__ e2e testing unittests cypress".split())
TEST_KINDS = ("testing", "testing.unit", "testing.load")
LICENCE_FAMILIES = frozenset("AGPL APACHE BSD CC EPL GPL LGPL MPL".split())
CONTEXT_FILE = ".repo-context.json"
GITHUB_ACTIONS = "githubactions"
LICENCE_FILE = re.compile(r"(?:un)?licen[cs]e|copying", re.IGNORECASE)
DRAWING = re.compile("[\u2500-\u257f]")


@dataclass(frozen=True, slots=True)
class LanguageRank:
    """How much of a portfolio is in one language."""

    language: str
    score: float  # Σ share × log10(1 + bytes)
    main_in: int  # repositories that have most bytes in it
    present_in: int
    bytes: int
    last_pushed: date | None  # to a repository with it
    best: str  # the repository with most bytes in it
    best_bytes: int


@dataclass(frozen=True, slots=True)
class Role:
    """What speaks for a role."""

    weights: Mapping[str, float]  # of terms: of technologies, of words and of phrases
    words: tuple[str, ...]  # the words and phrases among them
    parts: frozenset[str]  # what these consist of: words, or the bigrams of phrases


class RepositoryFacts:
    """What is true of one repository. Each fact is computed when it is first asked for."""

    def __init__(
        self,
        bundle: PublishedBundle,
        terms: RepositoryTerms | None = None,
        listed: RepositoryTerms | None = None,
    ) -> None:
        """Take a bundle, and the terms of its content and of its listing if they are known."""
        metadata = bundle["metadata"]
        self.bundle = bundle
        self.name: str = metadata["name"]
        self.created_at = _moment(metadata["created_at"])
        self.pushed_at = _moment(metadata["pushed_at"])
        self.stars: int = metadata["stargazers_count"]
        self.is_archived: bool = metadata["archived"]
        self.is_fork: bool = metadata["fork"]
        self.licence: str | None = metadata["license"] or None
        self.homepage = (metadata["homepage"] or "").strip()
        self.commits = bundle["commits"]
        self.is_read = CONTENT_PENDING not in bundle["warnings"]
        self._given_terms, self._given_listing = terms, listed

    @property
    def created_on(self) -> date | None:
        """The day of its creation, in UTC."""
        return self.created_at.date() if self.created_at else None

    @property
    def pushed_on(self) -> date | None:
        """The day of its last push, in UTC."""
        return self.pushed_at.date() if self.pushed_at else None

    @cached_property
    def languages(self) -> Mapping[str, int]:
        """The languages that GitHub counts, with bytes; before they are read, the main one with 0."""
        if self.bundle["languages"]:
            return self.bundle["languages"]
        main = self.bundle["metadata"]["language"]
        return {main: 0} if main else {}

    @cached_property
    def code(self) -> Mapping[str, int]:
        """The programming languages among them, with bytes."""
        return {name: size for name, size in self.languages.items() if is_programming(name)}

    @cached_property
    def code_bytes(self) -> int:
        """Bytes of code."""
        return sum(self.code.values())

    @cached_property
    def main_language(self) -> str | None:
        """The language with most bytes."""
        return max(self.languages, key=lambda name: self.languages[name], default=None)

    def contains(self, language: str) -> bool:
        """Tell whether it contains a language, by linguist's name."""
        if language_type(language) in ("programming", "markup"):
            return language in self.languages
        # GitHub counts no bytes of data and prose.
        known = languages()
        return language in self.languages or any(
            suffix in known and known[suffix].name == language
            for suffix in self.bundle["file_types"]
        )

    def share_of(self, language: str) -> float:
        """Return a language's share of all bytes that GitHub counts, 0..1."""
        return self.languages.get(language, 0) / (sum(self.languages.values()) or 1)

    def code_share_of(self, language: str) -> float:
        """Return a language's share of the bytes of code, 0..1.

        Markup is no code: the share of a markup language is that of the bytes of all languages.
        """
        sizes = self.code if is_programming(language) else self.languages
        return sizes.get(language, 0) / (sum(sizes.values()) or 1)

    def is_only(self, language: str) -> bool:
        """Tell whether a language has at least 90 % of the bytes of code."""
        return self.code_share_of(language) >= ONLY_SHARE

    def has_licence(self, licence: str) -> bool:
        """Tell whether it has a licence by SPDX id, or one of a family; "" means none."""
        if not licence:
            return self.licence is None
        own, asked = (self.licence or "").upper(), licence.upper()
        return own == asked or (
            own.startswith(f"{asked}-") and (asked in LICENCE_FAMILIES or "GPL" in asked)
        )

    @cached_property
    def tests(self) -> str | None:
        """A path or a package that shows that it has tests."""
        package = self._test_package
        return self._test_path or (self._located(package) if package else None)

    @property
    def _test_path(self) -> str | None:
        return next(filter(_is_test, self._paths), None) or next(
            (file for file in self.bundle["files"] if file.lower() in TEST_FOLDERS), None
        )

    @property
    def _test_package(self) -> str | None:
        return next(
            (
                name
                for name, technology in self._technologies_of_packages
                if taxonomy().entities[technology].kinds[0] in TEST_KINDS
            ),
            None,
        )

    @cached_property
    def ci(self) -> str | None:
        """A path that shows continuous integration: a workflow, or the file of another service."""
        workflow = next((path for path in self._paths if path.startswith(WORKFLOW_FOLDER)), None)
        return workflow or next(
            (file for file in self.bundle["files"] if file.lower() in CI_FILES), None
        )

    def is_in(self, period: Period, field: str | None = None) -> bool:
        """Tell whether it was created, or last pushed to, in a period; both days are in it."""
        field = field or period.field
        if field == "any":
            return self.is_in(period, "created") or self.is_in(period, "pushed")
        moment = self.created_on if field == "created" else self.pushed_on
        if moment is None:
            return False
        return (period.start or date.min) <= moment <= (period.end or date.max)

    @cached_property
    def content(self) -> RepositoryTerms:
        """The terms of its content."""
        known = self._given_terms or unpack_terms(self.bundle.get("terms"))
        return known or analyse(self.bundle)

    @cached_property
    def terms(self) -> tuple[RepositoryTerms, RepositoryTerms]:
        """The terms of its content, and of its listing."""
        return self.content, self._given_listing or listing_terms(self.bundle)

    @cached_property
    def technologies(self) -> Mapping[str, str]:
        """The technologies that it uses, by id, each with the field that shows it best.

        Languages are not among them: these are decided by GitHub's count.
        """
        fields: dict[str, str] = {}
        for id, field in chain(
            *map(_technology_fields, self.terms),
            ((id, "paths") for id in self._known_files),
            ((id, "topics") for id in self._topics),
        ):
            fields[id] = min(field, fields.get(id, field), key=EVIDENCE_FIELDS.index)
        # `.github` without a workflow holds templates of issues.
        if self.ci and self.ci.startswith(WORKFLOW_FOLDER):
            fields.setdefault(GITHUB_ACTIONS, "paths")
        return fields

    @cached_property
    def mentioned(self) -> frozenset[str]:
        """Ids of the technologies that its README names, whether it uses them or not."""
        position = FIELDS.index("readme")
        return frozenset(
            term[1:] for term, weights in _technology_terms(self.content) if weights[position]
        )

    def evidence_of(self, id: str) -> str:
        """Return what shows a technology that it uses, in a few words: a file, a package, a topic."""
        place = self._place_of_technology(id)
        match place.signal:
            case "dependencies" if place.path:
                line = f":{place.line}" if place.line else ""
                return f"{place.quote}, {place.path}{line}"
            case "topics":
                return f"topic {place.quote}"
            case "context":
                return CONTEXT_FILE
            case "name" | "description":
                return f"its {place.signal}"
        return place.quote

    def place_of(self, term: Term) -> Place | None:
        """Return where it shows something that a question names, best first.

        None if nothing shows it, and for a repository, which needs no evidence.
        """
        if term.kind == "repository":
            return None
        if term.kind == "role":
            return self._place_of_role(_role_of(term))
        if language := language_named(term):
            return self._place_of_language(language)
        for id in technologies_named(term):
            if id in self.technologies:
                return self._place_of_technology(id)
            if (language := language_of(id)) and self.contains(language):
                return self._place_of_language(language)
        return None

    def place_of_flag(self, flag: Flag) -> Place | None:
        """Return the file or package that shows tests or CI; None if nothing does."""
        package = self._test_package if flag == "tests" and not self._test_path else None
        if package:
            path, line = self._line_of(package)
            return Place(flag, "dependencies", path, line, package)
        shown = {"tests": self._test_path, "ci": self.ci}.get(flag)
        name = "CI" if flag == "ci" else flag
        return Place(name, "paths", shown, None, shown) if shown else None

    @property
    def licence_place(self) -> Place | None:
        """The file with its licence, if it lies at the root."""
        files = (file for file in self.bundle["files"] if LICENCE_FILE.match(file))
        file = next(files, None) if self.licence else None
        return Place(f"{self.licence} licence", "paths", file, None, file) if file else None

    def role_weight(self, role: Role) -> float:
        """Return how much shows a role, 0..1."""
        own = map(technology_term, self.technologies)
        contained = map(technology_term, self._languages)
        return combined_weight(
            role.weights[term] * self._evidence_weight(term)
            for term in chain(own, contained, self.role_words(role))
            if term in role.weights
        )

    def role_words(self, role: Role) -> list[str]:
        """Return the words of a role that occur in it, in the role's order."""
        is_common = role.parts <= _common_role_parts()
        present = self._common_role_parts if is_common else self._occurring(role.parts)
        return [word for word in role.words if present.issuperset(_pairs_of(word))]

    @cached_property
    def _common_role_parts(self) -> frozenset[str]:
        """What occurs of the common roles, which are told beside one another."""
        return self._occurring(_common_role_parts())

    def _occurring(self, words: frozenset[str]) -> frozenset[str]:
        return words.intersection(chain.from_iterable(terms.terms for terms in self.terms))

    def shown_for(self, role: Role) -> list[str]:
        """Return the terms of the technologies that show a role, or else its words, the best first."""
        own = [term for term in map(technology_term, self.technologies) if term in role.weights]
        words = (word for word in self.role_words(role) if self._evidence_weight(word) > 0)
        return sorted(own or words, key=lambda term: (-role.weights[term], term))

    @cached_property
    def readme_chars(self) -> int:
        """How much its README says, without code and badges."""
        return sum(
            len(passage) for section in self.bundle["sections"] for passage in section["passages"]
        )

    @property
    def said(self) -> str:
        """What it says about itself, on one line; "" if it says nothing."""
        said = self.bundle["summary"]
        if not said or DRAWING.search(said):  # of a folder tree, which some READMEs begin with
            said = self.bundle["metadata"]["description"] or ""
        return said.strip()

    @cached_property
    def _paths(self) -> tuple[str, ...]:
        """The paths that the bundle names: of files that were read, and an example for each word."""
        locations = self.bundle["locations"]
        return tuple(dict.fromkeys([*locations["files"], *locations["paths"].values()]))

    @cached_property
    def _known_files(self) -> Mapping[str, str]:
        """The technologies that the names of files tell, anywhere in the tree, each with a path."""
        return {
            id: path
            for path in reversed([*self.bundle["files"], *self._paths])
            for id in technologies_of_file(path)
        }

    @cached_property
    def _languages(self) -> tuple[str, ...]:
        """The ids of its languages."""
        found = (technologies_by_language().get(name) for name in self.languages)
        return tuple(id for id in found if id)

    @cached_property
    def _topics(self) -> Mapping[str, str]:
        """The technologies that its topics name, each with the topic."""
        return {
            id: topic
            for topic in reversed(self.bundle["metadata"]["topics"])
            for id in technologies_of_topic(topic)
        }

    @cached_property
    def _technologies_of_packages(self) -> tuple[tuple[str, str], ...]:
        """The packages of known technologies, each with the technology's id."""
        locations = self.bundle["locations"]
        places = locations["dependencies"]
        return tuple(
            (name, term[1:])
            for name in self.bundle["dependencies"]
            if name in places
            and (term := technology_of_package(name, locations["files"][places[name][0]]))
        )

    def _place_of_technology(self, id: str) -> Place:
        """Return where a technology that it uses is shown."""
        name, signal = taxonomy().entities[id].name, self.technologies[id]
        if signal == "dependencies":
            packages = (each for each, found in self._technologies_of_packages if found == id)
            package = next(packages, None)
            path, line = self._line_of(package) if package else (None, None)
            return Place(name, signal, path, line, package or "a package")
        if signal == "paths":
            path = self._known_files.get(id) or (self.ci if id == GITHUB_ACTIONS else None)
            return Place(name, signal, path, None, path or "a path")
        if signal in ("languages", "file_types"):
            return self._place_of_file_type(id, signal)
        if signal == "context":
            return self._place_in_context(id)
        metadata = self.bundle["metadata"]
        quotes = {
            "topics": self._topics.get(id),
            "description": metadata["description"],
            "name": self.name,
        }
        return Place(name, signal, None, None, quotes[signal] or "")

    def _place_of_file_type(self, id: str, signal: str) -> Place:
        term, name, known = technology_term(id), taxonomy().entities[id].name, languages()
        for suffix in self.bundle["file_types"]:
            names = [known[suffix].name] if suffix in known else []
            names += vocabulary().suffix_terms.get(suffix, ())
            if any(term in names_in(each) for each in names):
                path = self.bundle["locations"]["paths"].get(suffix)
                return Place(name, signal, path, None, f"{suffix} files")
        language = next((each for each in self.languages if term in names_in(each)), None)
        return Place(name, signal, None, None, f"its {language}" if language else "its files")

    def _place_in_context(self, id: str) -> Place:
        name, locations = taxonomy().entities[id].name, self.bundle["locations"]
        for text, (number, line) in locations["contexts"].items():
            if technology_term(id) in names_in(text):
                return Place(name, "context", locations["files"][number], line or None, text)
        return Place(name, "context", CONTEXT_FILE, None, name)

    def _place_of_language(self, language: str) -> Place | None:
        evidence, known = _language_evidence(self, language), languages()
        if evidence is None:
            return None
        paths = self.bundle["locations"]["paths"]
        path = next(
            (
                paths[suffix]
                for suffix in self.bundle["file_types"]
                if suffix in paths and suffix in known and known[suffix].name == language
            ),
            None,
        )
        signal = "languages" if language in self.languages else "file_types"
        return Place(language, signal, path, None, evidence)

    def _place_of_role(self, role: Role) -> Place | None:
        shown = self.shown_for(role) if self.role_weight(role) >= MIN_ROLE_WEIGHT else []
        if not shown:
            return None
        best = shown[0]
        if best.startswith("@"):
            return self._place_of_technology(best[1:])
        fields = self._fields_of(_pairs_of(best)[0])
        return Place(best, max(fields, key=lambda field: fields[field]), None, None, best)

    def _located(self, package: str) -> str:
        path, line = self._line_of(package)
        return f"{package}, {path}:{line}" if line else f"{package}, {path}"

    def _line_of(self, package: str) -> tuple[str, int | None]:
        number, line = self.bundle["locations"]["dependencies"][package]
        return self.bundle["locations"]["files"][number], line or None

    def _evidence_weight(self, term: str) -> float:
        """Return the weight of a term, or of a phrase of terms, outside the README."""
        return min(map(self._part_weight, _pairs_of(term)))

    def _part_weight(self, part: str) -> float:
        return combined_weight(weight / MAX_BYTE for weight in self._fields_of(part).values())

    def _fields_of(self, part: str) -> Mapping[str, int]:
        """Return the fields that a word or bigram occurs in outside the README, with its weights."""
        fields: dict[str, int] = {}
        for terms in self.terms:
            for field, weight in terms.field_weights_of(part).items():
                fields[field] = max(weight, fields.get(field, 0))
        fields.pop("readme", None)
        return fields


class PortfolioFacts:
    """What is true of a portfolio. Computed once per version; each part when it is first asked for."""

    def __init__(
        self,
        bundles: Sequence[PublishedBundle],
        terms: Sequence[RepositoryTerms | None] | None = None,
        listed: Sequence[RepositoryTerms | None] | None = None,
    ) -> None:
        """Take bundles, and the terms of each one's content and of its listing.

        They are `PortfolioIndex.analysed` and `PortfolioIndex.listed`; what is None is made anew.
        """
        unknown = [None] * len(bundles)
        repositories = map(RepositoryFacts, bundles, terms or unknown, listed or unknown)
        self.repositories = sorted(repositories, key=lambda repository: repository.name.lower())
        self._roles: dict[str, dict[str, float]] = {}

    @cached_property
    def by_name(self) -> Mapping[str, RepositoryFacts]:
        """The repositories by name, in lower case."""
        return {repository.name.lower(): repository for repository in self.repositories}

    @property
    def are_public(self) -> bool:
        """Tell whether everybody can see all of them."""
        return all(
            repository.bundle["metadata"]["visibility"] == "public"
            for repository in self.repositories
        )

    @cached_property
    def users(self) -> Mapping[str, Sequence[RepositoryFacts]]:
        """The repositories that use each technology, by its id."""
        users: dict[str, list[RepositoryFacts]] = defaultdict(list)
        for repository in self.repositories:
            for id in repository.technologies:
                users[id].append(repository)
        return users

    def shows(self, repository: RepositoryFacts, term: Term) -> bool:
        """Tell whether a repository shows something that a question names."""
        if term.kind == "role":
            return self.role_weights(term)[repository.name] >= MIN_ROLE_WEIGHT
        return self.evidence(repository, term) is not None

    def evidence(self, repository: RepositoryFacts, term: Term) -> str | None:
        """Return what shows it, in a few words; None if nothing does."""
        if term.kind == "repository":
            return "named" if repository.name.lower() == term.id.lower() else None
        if term.kind == "role":
            is_shown = self.shows(repository, term)
            return self._role_evidence(repository, term) if is_shown else None
        if language := language_named(term):
            return _language_evidence(repository, language)
        for id in technologies_named(term):
            if id in repository.technologies:
                shown = repository.evidence_of(id)
                name = taxonomy().entities[id].name
                return shown if id == term.id else f"{name}: {shown}"
            if (language := language_of(id)) and repository.contains(language):
                return str(_language_evidence(repository, language))
        return None

    def role_weights(self, term: Term) -> Mapping[str, float]:
        """Return how much of each repository shows a role, by name. Computed once per role."""
        key = term.id.lower()
        if key not in self._roles:
            role = _role_of(term)
            self._roles[key] = {
                repository.name: repository.role_weight(role) for repository in self.repositories
            }
        return self._roles[key]

    def _role_evidence(self, repository: RepositoryFacts, term: Term) -> str:
        """Name the technologies of a repository that speak for a role."""
        role = _role_of(term)
        shown = repository.shown_for(role)
        return ", ".join(
            taxonomy().entities[each[1:]].name if each.startswith("@") else each
            for each in shown[:2]
        )


def own_work(repositories: Sequence[RepositoryFacts]) -> list[RepositoryFacts]:
    """Leave forks out, unless nothing else is in a language."""
    own = [each for each in repositories if not each.is_fork]
    return own if any(each.languages for each in own) else list(repositories)


def rank_languages(repositories: Iterable[RepositoryFacts]) -> list[LanguageRank]:
    """Rank languages by Σ share × log10(1 + bytes); equal ones by name."""
    holders: dict[str, list[RepositoryFacts]] = defaultdict(list)
    for repository in repositories:
        for language in repository.languages:
            holders[language].append(repository)
    ranks = [_language_rank(language, having) for language, having in holders.items()]
    return sorted(ranks, key=lambda rank: (-rank.score, -rank.present_in, rank.language))


def _language_rank(language: str, having: Sequence[RepositoryFacts]) -> LanguageRank:
    best = min(having, key=lambda each: (-each.languages[language], each.name.lower()))
    return LanguageRank(
        language=language,
        score=math.fsum(
            each.share_of(language) * math.log10(1 + each.languages[language]) for each in having
        ),
        main_in=sum(each.main_language == language for each in having),
        present_in=len(having),
        bytes=sum(each.languages[language] for each in having),
        last_pushed=max((each.pushed_on for each in having if each.pushed_on), default=None),
        best=best.name,
        best_bytes=best.languages[language],
    )


def years_until(count: int, today: date) -> tuple[date, date]:
    """Return the first and the last day of so many years, of which the current one is the last."""
    return date(today.year - count + 1, 1, 1), today


def _technology_terms(terms: RepositoryTerms) -> Iterator[tuple[str, bytes]]:
    """Yield the terms of technologies, each with its weights in the order of FIELDS."""
    count = len(FIELDS)
    position = bisect_left(terms.terms, "@", 0, terms.singles)
    while position < terms.singles and terms.terms[position].startswith("@"):
        yield terms.terms[position], terms.field_weights[position * count : (position + 1) * count]
        position += 1


def _technology_fields(terms: RepositoryTerms) -> Iterator[tuple[str, str]]:
    """Yield the ids of technologies that are no languages, each with a field that shows it."""
    known = taxonomy().entities
    for term, weights in _technology_terms(terms):
        id = term[1:]
        if id in known and not language_of(id):
            for field, position in TERM_FIELDS.items():
                if weights[position]:
                    yield id, field


def _language_evidence(repository: RepositoryFacts, language: str) -> str | None:
    if not repository.contains(language):
        return None
    if not repository.languages.get(language):
        return language
    return f"{percent(repository.share_of(language))} {language}"


@lru_cache(maxsize=4_096)
def _pairs_of(term: str) -> tuple[str, ...]:
    """Return the bigrams of a phrase, or a single term as it is."""
    parts = term.split(" ")
    return tuple(map(" ".join, pairwise(parts))) or (term,)


@lru_cache(maxsize=256)
def _expansions_of(name: str) -> Mapping[str, float]:
    weights: dict[str, float] = {}
    for named in subjects().find(tokens(name)):
        for term, weight in expansions(named.subject):
            if weight >= MIN_ROLE_EXPANSION:
                weights[term] = max(weights.get(term, 0.0), weight)
    return weights


def _role_of(term: Term) -> Role:
    """Return what speaks for a role."""
    return _role_named(term.id) if _expansions_of(term.id) else _role_named(term.name)


@lru_cache(maxsize=256)
def _role_named(name: str) -> Role:
    weights = _expansions_of(name)
    words = tuple(word for word in weights if not word.startswith("@"))
    return Role(weights, words, frozenset(part for word in words for part in _pairs_of(word)))


@cache
def _common_role_parts() -> frozenset[str]:
    return frozenset().union(*(_role_named(name).parts for name in COMMON_ROLES))


def _is_test(path: str) -> bool:
    *folders, name = path.lower().split("/")
    if any(folder in TEST_FOLDERS for folder in folders):
        return True
    stem = name.partition(".")[0] if name.count(".") < 2 else name.rpartition(".")[0]
    return stem.startswith("test_") or stem.endswith((".test", ".spec", "_test", "_spec"))


def _moment(text: str | None) -> datetime | None:
    """Read a moment of GitHub's; None if there is none."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
