"""Suggest questions that a person would ask next, and that a portfolio answers."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain, zip_longest

from answers.asked import asked_by, in_sentence
from relevance.mentions import siblings_of, tokens
from relevance.spelling import is_english
from relevance.subjects import subjects
from relevance.taxonomy import taxonomy
from relevance.text import terms
from understanding.facts import PortfolioFacts, RepositoryFacts
from understanding.model import Kind, Understood
from understanding.sentences import listed
from understanding.technologies import language_of

MAX_SUGGESTIONS = 3
MAX_TRIED = 12  # of one sort, for a question
MAX_COMMON = 30  # that are suggested where nothing nearer is left
MAX_NAME_CHARS = 40
# What many repositories have, and nobody asks for.
UNASKED_KINDS = frozenset(
    "brand build packaging linter vcs os editor docs ci format markup protocol testing testing.unit runtime".split()
)
# Of technologies of these kinds, a project has one or the other.
COMPARED_KINDS = frozenset(
    "cloud container database framework game iac language messaging ml orm styling".split()
)
MIN_LANGUAGE_SHARE = 0.05  # of the bytes of code; what templates bring is less
UNASKED = frozenset("git github markdown csv json yaml dotenv".split())
UNASKED_LANGUAGES = frozenset(
    "Batchfile CMake Dockerfile Makefile Procfile Shell PowerShell HCL HTML CSS".split()
)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A question that may be suggested."""

    text: str
    kinds: tuple[Kind, ...]  # it must be read as one of these
    about: str = ""  # what it names; not suggested to those who asked for no more than this


# Returns how a question is read if the portfolio answers it, else None.
Check = Callable[[str], Understood | None]
OVERALL = (
    Suggestion("What is the most recent project?", ("superlative",)),
    Suggestion("Which languages are used most?", ("languages",)),
    Suggestion("Which projects are worth a look?", ("highlights",)),
)


class Suggester:
    """Suggests questions about one version of a portfolio. Each is checked once, when it is needed."""

    def __init__(self, facts: PortfolioFacts) -> None:
        """`facts`: of the portfolio."""
        self._facts = facts
        self._checked: dict[Suggestion, Understood | None] = {}
        self._siblings: dict[str, list[str]] = {}

    def suggest(
        self, question: str, understood: Understood, best: Sequence[str], check: Check
    ) -> list[str]:
        """Suggest at most three questions other than `question`, which is read as `understood`.

        `best`: the names of the first results, whose neighbours come first. The suggestions have
        answers, and are the same each time.
        """
        turn = zlib.crc32(" ".join(question.lower().split()).encode())
        terms_asked = [*asked_by(question, self._facts).technologies, *understood.about]
        entities = (taxonomy().entity(term.name) for term in terms_asked)
        asked = list(dict.fromkeys(entity.id for entity in entities if entity))
        repositories = [self._facts.by_name[name.lower()] for name in best]
        near = [
            *self._competing(asked),
            *self._used_by(repositories, subjects_first=turn % 2 == 1),
        ]
        overall = self._overall(asked)
        start = turn % len(overall)
        overall = overall[start:] + overall[:start]
        # One of each sort, and more of the others where a sort has none.
        sorts = (near, overall, self._others(repositories), near, self._common, overall)
        used = set(terms(question))
        chosen: list[str] = []
        for suggestions in sorts:
            for suggestion in suggestions[:MAX_TRIED]:
                about = set(terms(suggestion.about))
                if suggestion.text in chosen or (about and about <= used):
                    continue
                reading = self._answered(suggestion, check)
                if reading is None or (reading == understood and reading.kind != "find"):
                    continue
                used |= about
                chosen.append(suggestion.text)
                break
            if len(chosen) == MAX_SUGGESTIONS:
                break
        return chosen

    def _answered(self, suggestion: Suggestion, check: Check) -> Understood | None:
        """Return how a suggestion is read if it is answered as it should be."""
        if suggestion not in self._checked:
            understood = check(suggestion.text)
            is_fitting = understood is not None and understood.kind in suggestion.kinds
            self._checked[suggestion] = understood if is_fitting else None
        return self._checked[suggestion]

    def _competing(self, asked: Sequence[str]) -> Iterator[Suggestion]:
        """Yield questions for what competes with the technologies that are asked for."""
        for id in asked:
            for sibling in self._siblings_of(id):
                if id in self._users and _is_compared(id):
                    yield _comparison(id, sibling)
                yield _use_of(sibling)

    def _used_by(
        self, repositories: Sequence[RepositoryFacts], *, subjects_first: bool
    ) -> Iterator[Suggestion]:
        """Yield questions for what the results use and are about, languages last."""
        for repository in repositories:
            used = _technologies_of(repository)
            named = map(_subject, _subjects_of(repository))
            technologies = (_use_of(id) for id in self._users if id in used)
            yield from chain(*((named, technologies) if subjects_first else (technologies, named)))

    def _others(self, repositories: Sequence[RepositoryFacts]) -> list[Suggestion]:
        """Return questions about the best results themselves."""
        return [
            Suggestion(f"Tell me about {repository.name}", ("describe",), repository.name)
            for repository in repositories
            if "." not in repository.name  # it would read as a file or an address
        ]

    def _overall(self, asked: Sequence[str]) -> list[Suggestion]:
        """Return questions that facts answer: of a language that is asked for, and of all."""
        languages = [id for id in self._users if language_of(id)]
        chosen = next((id for id in languages if id in asked), next(iter(languages), None))
        if chosen is None:
            return list(OVERALL)
        name = taxonomy().entities[chosen].name
        text = f"How many years of {name} experience?"
        return [*OVERALL, Suggestion(text, ("timeline",))]

    def _siblings_of(self, id: str) -> list[str]:
        """Return what is used here and competes with a technology: the same kind, or a language."""
        if id not in self._siblings:
            known = taxonomy().entities
            if language_of(id):
                others = {other for other in self._users if language_of(other)}
            else:
                same = (term.removeprefix("@") for term, _ in siblings_of(id))
                others = {
                    other
                    for other in same
                    if known[other].kinds[0] == known[id].kinds[0] and not language_of(other)
                }
            self._siblings[id] = [each for each in self._users if each in others - {id}]
        return self._siblings[id]

    @cached_property
    def _users(self) -> dict[str, int]:
        """The technologies worth asking for, with the number of their repositories.

        Those of most repositories come first, and languages last.
        """
        counts = Counter(
            id for repository in self._facts.repositories for id in _technologies_of(repository)
        )
        ids = sorted(counts, key=lambda id: (language_of(id) is not None, -counts[id], id))
        return {id: counts[id] for id in ids}

    @cached_property
    def _common(self) -> list[Suggestion]:
        """What most repositories use and are about: a technology and a subject in turns."""
        counts = Counter(
            name for repository in self._facts.repositories for name in _subjects_of(repository)
        )
        common = sorted(counts, key=lambda name: (-counts[name], name))
        pairs = zip_longest(map(_use_of, self._users), map(_subject, common))
        return [each for pair in pairs for each in pair if each][:MAX_COMMON]


def _use_of(id: str) -> Suggestion:
    name = taxonomy().entities[id].name
    return Suggestion(f"Which projects use {name}?", ("find", "list"), name)


def _comparison(id: str, other: str) -> Suggestion:
    names = [taxonomy().entities[each].name for each in (id, other)]
    return Suggestion(f"Compare {listed(names)}", ("compare",), " ".join(names))


def _subject(name: str) -> Suggestion:
    return Suggestion(f"What is there about {name}?", ("find",), name)


def _technologies_of(repository: RepositoryFacts) -> set[str]:
    """Return the ids of what a repository uses and somebody may ask for."""
    languages = (
        taxonomy().entity(name)
        for name in repository.code
        if name not in UNASKED_LANGUAGES and repository.code_share_of(name) >= MIN_LANGUAGE_SHARE
    )
    return {
        *filter(_is_asked_for, repository.technologies),
        *(entity.id for entity in languages if entity and language_of(entity.id)),
    }


def _is_compared(id: str) -> bool:
    return taxonomy().entities[id].kinds[0].partition(".")[0] in COMPARED_KINDS


def _is_asked_for(id: str) -> bool:
    return id not in UNASKED and UNASKED_KINDS.isdisjoint(taxonomy().entities[id].kinds)


def _subjects_of(repository: RepositoryFacts) -> list[str]:
    """Return the known subjects that the topics and the name of a repository consist of."""
    topics = repository.bundle["metadata"]["topics"]
    named = (_subject_named(name.replace("-", " ")) for name in (*topics, repository.name))
    return list(filter(None, named))


@lru_cache(maxsize=4_096)
def _subject_named(name: str) -> str:
    """Return the known subject that a name is as a whole, for a sentence; "" if it is none."""
    written = tokens(name)
    is_known = any(
        (place.start, place.end) == (0, len(written)) for place in subjects().find(written)
    )
    is_readable = (
        len(name) <= MAX_NAME_CHARS
        and name == name.lower()
        and all(map(is_english, written))
        and not name.endswith("ed")  # "embedded" is what something is, not a subject
    )
    is_technology = bool(taxonomy().entities_in(written))
    return in_sentence(name) if is_known and is_readable and not is_technology else ""
