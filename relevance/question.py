"""Parse a question into concepts: correct typos, recognise lists, expand each concept."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile

from relevance.mentions import technology_term, tokens
from relevance.taxonomy import Phrase, taxonomy
from relevance.text import Word, words
from relevance.vocabulary import is_programming_language, vocabulary

# Weights of query expansions; `relevance.vocabulary` has those of kinds and related terms.
CORRECTION_WEIGHT = 0.9  # the term that a misspelled word probably means
PART_WEIGHT = 0.4  # a part of a compound name: "api" for "FastAPI"
PREFIX_WEIGHT = 0.6  # a word of a repository's name that the term is a prefix of
MIN_PREFIX_CHARS = 4
# What the taxonomy knows: technologies of a kind and of a role, words of a subject; and a word of a
# phrase that has a meaning as a whole. What is related to a technology does not answer for it.
KIND_WEIGHT, HIGH_ROLE_WEIGHT, LOW_ROLE_WEIGHT = 0.8, 0.5, 0.2
DOMAIN_WEIGHT, WORD_OF_PHRASE_WEIGHT = 0.45, 0.5
# Shorter words have too many neighbours to be corrected; longer ones may have two typos.
MIN_CORRECTED_CHARS, MIN_CHARS_FOR_TWO_TYPOS = 5, 7
MAX_STRONG_CONCEPTS_IN_ITEM = 2  # an item of a list with more is a statement of its own
LIST_SEPARATOR = re.compile(
    r"\s*(?:,\s*(?:and|or)\b|,|\bor\b|/|\bas well as\b|\beither\b)\s*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing that a question asks for."""

    written: str  # as the visitor wrote it
    term: str
    expansions: tuple[tuple[str, float], ...]  # terms that answer it, with weights; its own first
    weak: bool  # nearly every project could claim it
    known: bool  # to the vocabulary: then it says much if no repository has it
    is_technology: bool = False  # named without doubt: where it is absent, nothing replaces it
    # Terms that speak for a repository, but show too little to be claimed: words of a subject, or one
    # word of a phrase.
    unclaimed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the taxonomy knows of some words of a question."""

    start: int
    end: int  # after the last word
    expansions: tuple[tuple[str, float], ...]  # terms that answer, with weights
    is_technology: bool = False
    is_present: bool = True  # in the portfolio

    @property
    def words(self) -> set[str]:
        """The terms that are words, not technologies."""
        return {term for term, _ in self.expansions if not term.startswith("@")}

    @classmethod
    def of(cls, phrase: Phrase, expansions: Iterable[tuple[str, float]]) -> Meaning:
        """Make the meaning of a kind, a role or a subject."""
        return cls(phrase.start, phrase.end, tuple(dict(expansions).items()))


@dataclass(frozen=True, slots=True)
class ParsedQuestion:
    """What a question asks for."""

    groups: tuple[tuple[Concept, ...], ...]  # of each group, any concept answers
    bigrams: tuple[str, ...]  # adjacent terms, as `a b`


class Lexicon:
    """The terms that occur in a portfolio; used to correct and to expand questions."""

    def __init__(self, terms: Collection[str], name_terms: Collection[str]) -> None:
        """`terms`: single terms. `name_terms`: those of the repositories' names."""
        self.terms = terms
        self._name_terms = sorted(name_terms)
        # Made when a misspelled word needs it: sorting all terms takes longer than ranking.
        self._by_first_letter: dict[str, list[str]] = {}

    def name_terms_beginning_with(self, beginning: str) -> Iterator[str]:
        """Iterate over the terms of names that begin so, in order."""
        start = bisect_left(self._name_terms, beginning)
        rest = islice(self._name_terms, start, None)
        return takewhile(lambda name_term: name_term.startswith(beginning), rest)

    def correct(self, written: str, term: str) -> str | None:
        """Return the term that a misspelled word most probably means, if any.

        Terms of the vocabulary are never corrected, and the first letter is taken to be right.
        `written`: the word in lower case.
        """
        is_correctable = len(written) >= MIN_CORRECTED_CHARS and written.isalpha()
        if not is_correctable or term in vocabulary().terms:
            return None
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        max_typos = 1 if len(written) < MIN_CHARS_FOR_TWO_TYPOS else 2
        candidates = self._beginning_with(written[0])
        closest = [
            process.extractOne(spelling, candidates, scorer=OSA.distance, score_cutoff=max_typos)
            for spelling in (written, term)
        ]
        corrections = [(match[1], match[0]) for match in closest if match]  # typos, candidate
        return min(corrections)[1] if corrections else None

    def _beginning_with(self, letter: str) -> Sequence[str]:
        """Return the terms that a misspelled word may mean, sorted."""
        if letter not in self._by_first_letter:
            self._by_first_letter[letter] = sorted(
                term
                for term in {*self.terms, *vocabulary().terms}
                if term.startswith(letter) and len(term) >= MIN_CORRECTED_CHARS - 1
            )
        return self._by_first_letter[letter]


def parse_question(question: str, lexicon: Lexicon) -> ParsedQuestion:
    """Parse a question about the portfolio that `lexicon` belongs to."""
    bigrams: list[str] = []
    items: list[list[Concept]] = []
    seen: set[str] = set()
    for item in LIST_SEPARATOR.split(question):
        concepts: list[Concept] = []
        previous: str | None = None
        for word in words(item):
            if word.term is None:
                previous = None
                continue
            concept = _concept(word, word.term, lexicon)
            if previous is not None:
                bigrams.append(f"{previous} {concept.term}")
            previous = concept.term
            if concept.term not in seen:
                seen.add(concept.term)
                concepts.append(concept)
        items.append(concepts)
    groups = _with_technologies(_groups(items), question, lexicon)
    return ParsedQuestion(groups, tuple(dict.fromkeys(bigrams)))


def _with_technologies(
    groups: tuple[tuple[Concept, ...], ...], question: str, lexicon: Lexicon
) -> tuple[tuple[Concept, ...], ...]:
    """Let what the taxonomy knows of a question's words answer them, too: the longest phrases first."""
    written = tokens(question)
    for meaning in sorted(_meanings(written, lexicon), key=lambda known: known.start - known.end):
        spanned = " ".join(written[meaning.start : meaning.end])
        inside = {word.written.lower() for word in words(spanned)}
        chosen = [
            group for group in groups if {concept.written.lower() for concept in group} <= inside
        ]
        if chosen:
            merged = _merged(spanned, chosen, meaning)
            position = groups.index(chosen[0])
            rest = [group for group in groups if group not in chosen]
            groups = (*rest[:position], (merged,), *rest[position:])
    return groups


def _merged(written: str, groups: Sequence[Sequence[Concept]], meaning: Meaning) -> Concept:
    """Make one concept of a phrase: what it means answers, and less so each of its words."""
    concepts = [concept for group in groups for concept in group]
    is_word = len(concepts) == 1
    expansions: dict[str, float] = {}
    for concept in concepts:
        for term, weight in concept.expansions:
            factor = 1.0 if is_word else WORD_OF_PHRASE_WEIGHT
            expansions[term] = max(expansions.get(term, 0.0), factor * weight)
    if meaning.is_technology and not meaning.is_present:
        # Nothing related may take its place.
        expansions = {concept.term: 1.0 for concept in concepts} if is_word else {}
    # Of a phrase, no single word can be claimed; of a word, what its subject adds to it.
    unclaimed = meaning.words - expansions.keys() if is_word else meaning.words | expansions.keys()
    for term, weight in meaning.expansions:
        expansions[term] = max(expansions.get(term, 0.0), weight)
    return Concept(
        written=concepts[0].written if is_word else written,
        term=concepts[0].term,
        expansions=tuple(expansions.items()),
        weak=all(concept.weak for concept in concepts) and not meaning.expansions,
        known=True,
        is_technology=meaning.is_technology,
        unclaimed=frozenset(unclaimed),
    )


def _meanings(written: Sequence[str], lexicon: Lexicon) -> Iterator[Meaning]:
    """Yield what the taxonomy knows of a question: technologies, kinds, roles and subjects."""
    known = taxonomy()
    for mention in known.entities_in(written):
        entity = mention.entity
        term = technology_term(entity.id)
        is_present = term in lexicon.terms
        if mention.is_ambiguous and not is_present:
            continue
        yield Meaning(
            mention.start,
            mention.end,
            ((term, 1.0),),
            is_technology=not mention.is_ambiguous and "brand" not in entity.kinds,
            is_present=is_present,
        )
    for phrase in known.kinds_in(written):
        yield Meaning(
            phrase.start,
            phrase.end,
            tuple(_weighted(known.members(phrase.id), KIND_WEIGHT, lexicon)),
            is_technology=True,
        )
    for phrase in known.roles_in(written):
        role = known.roles[phrase.id]
        low = _weighted(_technologies(role.low), LOW_ROLE_WEIGHT, lexicon)
        high = _weighted(_technologies(role.high), HIGH_ROLE_WEIGHT, lexicon)
        yield Meaning.of(phrase, [*low, *high])
    for phrase in known.domains_in(written):
        subject = [word.term for text in known.domains[phrase.id] for word in _single(text)]
        yield Meaning.of(phrase, [(term, DOMAIN_WEIGHT) for term in subject if term])


def _single(text: str) -> list[Word]:
    """Return the word of a text of one word."""
    found = list(words(text))
    return found if len(found) == 1 else []


def _technologies(ids: Sequence[str]) -> Iterator[str]:
    """Yield technologies, and those of kinds."""
    for id in ids:
        yield from taxonomy().members(id) if id in taxonomy().kinds else (id,)


def _weighted(ids: Iterable[str], weight: float, lexicon: Lexicon) -> list[tuple[str, float]]:
    """Return the terms of those technologies that the portfolio has, with a weight."""
    named = map(technology_term, ids)
    return [(term, weight) for term in named if term in lexicon.terms]


def _groups(items: Sequence[Sequence[Concept]]) -> tuple[tuple[Concept, ...], ...]:
    """Group the concepts that a list names as alternatives.

    In "gulp or grunt build plugins", the first strong concept of an item (grunt) joins the last
    strong one before it (gulp). All other concepts stand alone.
    """
    groups: list[tuple[Concept, ...]] = []
    for item in items:
        concepts = list(item)
        strong = [concept for concept in concepts if not concept.weak]
        if groups and 0 < len(strong) <= MAX_STRONG_CONCEPTS_IN_ITEM:
            position = _last_strong_group(groups)
            groups[position] = (*groups[position], strong[0])
            concepts.remove(strong[0])
        groups += [(concept,) for concept in concepts]
    return tuple(groups)


def _last_strong_group(groups: Sequence[tuple[Concept, ...]]) -> int:
    strong = [position for position, group in enumerate(groups) if not group[0].weak]
    return strong[-1] if strong else len(groups) - 1


def _concept(word: Word, term: str, lexicon: Lexicon) -> Concept:
    known = vocabulary()
    weight = 1.0
    if term not in lexicon.terms and term not in known.expansions and not word.parts:
        correction = lexicon.correct(word.written.lower(), term)
        if correction:
            term, weight = correction, CORRECTION_WEIGHT
    expansions = {term: weight}
    for other, other_weight in known.expansions.get(term, ()):
        expansions[other] = weight * other_weight
    if " " not in word.written:  # the parts of a phrase are words of their own
        for part in word.parts:
            expansions.setdefault(part, PART_WEIGHT)
    if len(term) >= MIN_PREFIX_CHARS:
        for name_term in lexicon.name_terms_beginning_with(term):
            if name_term not in known.terms:
                expansions.setdefault(name_term, PREFIX_WEIGHT)
    return Concept(
        written=word.written,
        term=term,
        expansions=tuple(expansions.items()),
        weak=term in known.weak,
        known=term in known.terms or is_programming_language(term),
    )
