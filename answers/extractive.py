"""Write an answer from facts and the repositories' own words, without a model."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

from answers.asked import Asked, asked_by
from answers.shown import first_sentence
from models import PublishedBundle
from relevance.index import Absent
from relevance.taxonomy import taxonomy
from relevance.text import terms
from understanding.facts import PortfolioFacts, RepositoryFacts
from understanding.model import Term
from understanding.sentences import ended, listed

NO_MATCH = "Nothing in this portfolio answers that. Try a technology, a language or a topic."
MAX_NAMED = 3
MIN_SHARE_OF_BEST = 0.5  # repositories with a lower share of the best score only touch on it
CLEAR_SCORE = 0.2  # of five such repositories, four are not what was asked for
MAX_WORDS = 3  # that a repository was found by
MAX_LANGUAGES, MAX_TECHNOLOGIES = 2, 3  # of a repository that does not say what it is
NUMBERS: Final = "no one two three four five six seven eight nine ten eleven twelve".split()
# What says what a repository is about; a word of a README may stand there for any reason.
SUBJECT_SIGNALS = frozenset(["name", "topics", "description", "context"])
SAID_PLACES = frozenset(["its name", "its description"])
# Technologies of these kinds say little of what a repository is.
UNTELLING_KINDS = frozenset(
    ["brand", "build", "packaging", "linter", "vcs", "os", "editor", "docs", "runtime"]
)
PACKAGE = re.compile(r"(?P<package>[^\s,]+), (?P<path>.+?)(?::\d+)?")
IN_FILE = re.compile(r"^the package \S+ of ")
SHARE = re.compile(r"(?P<share>.*\d %) .+")
PART = re.compile(r"(?P<part>[^:]+): (?P<evidence>\S.*)")


class Result(NamedTuple):
    """A repository that the ranking found."""

    name: str
    score: float
    signals: Mapping[str, float]  # signal -> its part of the score
    matched_terms: Sequence[str]  # the repository's words
    places: str  # where these stand, for people: `its name and topics`; "" if nowhere


def extract(
    question: str, results: Sequence[Result], facts: PortfolioFacts
) -> tuple[str, list[PublishedBundle]]:
    """Write two to four sentences about at least one result, the best first.

    Returns them and the bundles that they name. `facts`: of the portfolio that was ranked.
    """
    writer = _Writer(asked_by(question, facts), results, facts)
    text = writer.text()
    return text, [repository.bundle for repository in writer.named]


def difference(absent: Sequence[Absent], repositories: int) -> str:
    """Say what a portfolio of so many repositories does not have, and what it has instead."""
    if not absent:
        return NO_MATCH
    names = listed([each.name for each in absent], "or")
    instead = listed(
        [
            f"{name} in {counted(len(holders))}"
            for each in absent
            for name, holders in each.instead.items()
        ]
    )
    of_all = (
        "The repository does not show"
        if repositories == 1
        else f"None of the {repositories} repositories shows"
    )
    return f"{of_all} {names}; {instead}." if instead else f"{of_all} {names}."


def counted(count: int) -> str:
    """Count repositories, up to twelve in words: `four repositories`."""
    noun = "repository" if count == 1 else "repositories"
    return f"{_number(count)} {noun}"


class _Writer:
    """What is asked, what was found, and what the answer has said so far."""

    def __init__(self, asked: Asked, results: Sequence[Result], facts: PortfolioFacts) -> None:
        self.asked = asked
        self.facts = facts
        self.results = {result.name: result for result in results}  # best first
        self.found = [facts.by_name[result.name.lower()] for result in results]
        self.named: list[RepositoryFacts] = []
        self._descriptions: set[str] = set()

    def text(self) -> str:
        """Say what was asked, which repository is best, why it counts, and which others there are."""
        if not self.asked.technologies:
            return self._matching()
        shown = {repository.name: self._shown(repository) for repository in self.facts.repositories}
        enough = 1 if self.asked.is_either else len(self.asked.technologies)
        if any(len(shown[each.name]) >= enough for each in self.found):
            return self._using(
                [each for each in self.facts.repositories if len(shown[each.name]) >= enough]
            )
        ids = {term.id for term in self.asked.technologies}
        mentioning = [
            each
            for each in self.found
            if ids <= {*each.mentioned, *(term.id for term in shown[each.name])}
        ]
        if mentioning:
            return self._mentioning(mentioning)
        first = max(self.found, key=lambda each: len(shown[each.name]))  # of equals, the best
        others = [each for each in self.found if each is not first and shown[each.name]]
        return self._sentences(
            f"No repository shows {self._names()}", first, "comes closest", others, self._evidence
        )

    def _using(self, users: Sequence[RepositoryFacts]) -> str:
        """Answer with the repositories that use what is asked, whether or not they were found."""
        names = {each.name for each in users}
        found = [each for each in self.found if each.name in names]
        last = ""
        if len(self.asked.technologies) == 1:
            id = self.asked.technologies[0].id
            others = [each for each in self.found if each.name not in names]
            mentions = sum(id in each.mentioned for each in others)
            last = _more(mentions, "mentions it", "mention it")
        lead, verb = self._counting(len(users), self._uses(users))
        return self._sentences(lead, found[0], verb, found[1:], self._evidence, last)

    def _mentioning(self, mentioning: Sequence[RepositoryFacts]) -> str:
        """Answer with the repositories whose READMEs name what none of them shows otherwise."""
        about = [each for each in mentioning if self._is_about(each)]
        if about and len(self.asked.technologies) == 1:
            does = "is about" if len(about) == 1 else "are about"
            last = _more(len(mentioning) - len(about), "mentions it", "mention it")
        else:
            about, last = list(mentioning), ""
            does = "mentions" if len(about) == 1 else "mention"
        lead, verb = self._counting(len(about), f"{does} {self._names()}")
        return self._sentences(lead, about[0], verb, about[1:], self._reason, last)

    def _counting(self, count: int, does: str) -> tuple[str, str]:
        """Say how many repositories do what is asked, and what is said of the first of them."""
        if count > 1:
            return f"{_capital(counted(count))} {does}", "fits best"
        is_alone = len(self.facts.repositories) == 1
        return "", does if is_alone else f"is the only repository that {does}"

    def _matching(self) -> str:
        """Answer with the repositories that have the best scores."""
        scores = [result.score for result in self.results.values()]
        near = self.found[: sum(score >= MIN_SHARE_OF_BEST * scores[0] for score in scores)]
        if scores[0] < CLEAR_SCORE:
            return self._sentences("Nothing fits well", near[0], "comes closest", [], self._reason)
        about = [each for each in near if self.asked.subject and self._is_about(each)]
        if len(about) > 1:
            lead = f"{_capital(counted(len(about)))} are about {self.asked.subject}"
            last = _more(len(self.found) - len(about), "touches on it", "touch on it")
            return self._sentences(lead, about[0], "fits best", about[1:], self._reason, last)
        further = len(near) - MAX_NAMED
        rest = len(self.found) - len(near)
        last = _more(rest, "touches on it", "touch on it")
        if further > 0:
            last = _more(further, "fits as well", "fit as well")
            if rest:
                touch = "touches" if rest == 1 else "touch"
                last = f"{last.rstrip('.')}, and {_number(rest)} {touch} on it."
        return self._sentences("", near[0], "fits best", near[1:], self._reason, last)

    def _sentences(
        self,
        lead: str,
        first: RepositoryFacts,
        verb: str,
        others: Sequence[RepositoryFacts],
        why: Callable[[RepositoryFacts], str],
        last: str = "",
    ) -> str:
        """Join the sentences of an answer. `why` says what shows that a repository counts."""
        begin = f"{lead}; {first.name} {verb}" if lead else f"{first.name} {verb}"
        sentences = [self._with_description(begin, first), _capital(ended(why(first)))]
        parts = [
            self._with_description(f"{each.name}{self._shown_by(each)}", each).rstrip(".")
            for each in others[: MAX_NAMED - 1]
        ]
        if parts:
            sentences.append(f"Also {'; '.join(parts)}.")
        return " ".join(filter(None, [*sentences, last]))

    def _with_description(self, begin: str, repository: RepositoryFacts) -> str:
        """Name a repository and say what it is, in other words than those said before."""
        self.named.append(repository)
        for description in (_said(repository), self._made_with(repository)):
            if description and description not in self._descriptions:
                self._descriptions.add(description)
                return ended(f"{begin}: {description}")
        return ended(begin)

    def _made_with(self, repository: RepositoryFacts) -> str:
        """Say what a repository is made of: `written in Go and HTML, with Gin and Redis`."""
        asked = {term.id for term in self.asked.technologies}
        entities = (taxonomy().entities[id] for id in repository.technologies if id not in asked)
        names = [entity.name for entity in entities if UNTELLING_KINDS.isdisjoint(entity.kinds)]
        languages = list(repository.languages)[:MAX_LANGUAGES]
        written = [f"written in {listed(languages)}"] if languages else []
        used = [f"with {listed(names[:MAX_TECHNOLOGIES])}"] if names else []
        return ", ".join([*written, *used])

    def _shown(self, repository: RepositoryFacts) -> list[Term]:
        """Return the technologies asked for that a repository uses."""
        return [term for term in self.asked.technologies if self.facts.shows(repository, term)]

    def _uses(self, users: Sequence[RepositoryFacts]) -> str:
        """Say what repositories do that have what is asked: `use Redis`, `show both Go and Rust`.

        A name or a description shows that a repository is about a technology, not that it uses it.
        """
        places = [place for each in users for _, place in self._places(each)]
        verb = "show" if SAID_PLACES.intersection(places) else "use"
        return f"{verb}{'s' if len(users) == 1 else ''} {self._names()}"

    def _names(self) -> str:
        """Name what is asked: `Redis`, `both Go and Rust`, `React or Vue.js`."""
        names = [term.name for term in self.asked.technologies]
        if self.asked.is_either:
            return listed(names, "or")
        return f"{'both ' if len(names) == 2 else ''}{listed(names)}"

    def _places(self, repository: RepositoryFacts) -> list[tuple[str, str]]:
        """Return the technologies asked for that a repository shows, each with a place."""
        return [
            (term.name, _place(str(self.facts.evidence(repository, term))))
            for term in self._shown(repository)
        ]

    def _shown_by(self, repository: RepositoryFacts) -> str:
        """Say in brackets where the one technology asked for shows, or which of several do."""
        places = self._places(repository)
        if len(self.asked.technologies) == 1 and places:
            return f" ({IN_FILE.sub('', places[0][1])})"
        is_part = 0 < len(places) < len(self.asked.technologies)
        return f" ({listed([name for name, _ in places])})" if is_part else ""

    def _evidence(self, repository: RepositoryFacts) -> str:
        """Say where a repository shows what is asked: `Terraform shows in main.tf`."""
        by_place: dict[str, list[str]] = {}
        for name, place in self._places(repository):
            by_place.setdefault(place, []).append(name)
        return listed(
            [
                f"{listed(names)} {'shows' if len(names) == 1 else 'show'} in {place}"
                for place, names in by_place.items()
            ]
        )

    def _reason(self, repository: RepositoryFacts) -> str:
        """Say which words a repository was found by, and where; "" if none can be claimed."""
        result = self.results[repository.name]
        words = listed([f"“{word}”" for word in result.matched_terms[:MAX_WORDS]])
        return f"it has {words} in {result.places}" if words and result.places else ""

    def _is_about(self, repository: RepositoryFacts) -> bool:
        """Tell whether a repository says itself that it is about the subject."""
        result = self.results[repository.name]
        said = set(terms(repository.said))
        return bool(SUBJECT_SIGNALS & result.signals.keys()) or any(
            said.intersection(terms(word)) for word in result.matched_terms
        )


def _said(repository: RepositoryFacts) -> str:
    """Return the first sentence of what a repository says it is: `a counter` of "It is a counter."."""
    name = re.escape(repository.name)
    own = rf"^(?:(?:the )?{name}|this(?: [\w-]+)?|it)(?: is|['’]s) (?=(?:an?|the) )"
    return re.sub(own, "", first_sentence(repository.said), flags=re.IGNORECASE)


def _place(evidence: str) -> str:
    """Name a place that shows a technology, as a sentence needs it."""
    if found := SHARE.fullmatch(evidence):
        return f"{found['share']} of its code"
    if found := PART.fullmatch(evidence):
        return f"its use of {found['part']} ({found['evidence']})"
    if found := PACKAGE.fullmatch(evidence):
        return f"the package {found['package']} of {found['path']}"
    return f"the {evidence}" if evidence.startswith("topic ") else evidence


def _more(count: int, verb: str, verbs: str) -> str:
    """Count repositories beside those that answer; "" if there are none."""
    return f"{_capital(_number(count))} more {verb if count == 1 else verbs}." if count else ""


def _number(count: int) -> str:
    return NUMBERS[count] if count < len(NUMBERS) else f"{count:,}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
