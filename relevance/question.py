"""Parse a question into concepts: correct typos, recognise lists, expand each concept."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile

from relevance.mentions import technology_term, tokens
from relevance.subjects import expansions as subject_expansions
from relevance.subjects import subjects
from relevance.taxonomy import taxonomy
from relevance.text import Word, words
from relevance.vocabulary import everyday_words, is_programming_language, vocabulary

# Weights of query expansions; `relevance.vocabulary` has those of kinds and related terms.
CORRECTION_WEIGHT = 0.9  # the term that a misspelled word probably means
PART_WEIGHT = 0.4  # a part of a compound name: "api" for "FastAPI"
PREFIX_WEIGHT = 0.6  # a word of a repository's name that the term is a prefix of
MIN_PREFIX_CHARS = 4
# What the taxonomy knows: technologies of a kind and of a role, words of a subject; and a word of a
# phrase that has a meaning as a whole. What is related to a technology does not answer for it.
KIND_WEIGHT, PART_OF_WEIGHT, WORD_OF_PHRASE_WEIGHT = 0.8, 0.8, 0.25
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
    everyday: bool  # an ordinary English word, no name of anything
    known: bool  # to the vocabulary: then it says much if no repository has it
    is_named: bool = (
        False  # a technology, a kind or a subject: it says much if no repository has it
    )
    # Terms that speak for a repository, but show too little to be claimed: single words of a phrase.
    unclaimed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Meaning:
    """What is known of some words of a question."""

    expansions: Mapping[str, float]  # terms that answer -> weights
    is_named: bool = True  # a technology, a kind or a subject, without doubt
    is_replaceable: bool = (
        True  # other words may answer for it; not for a technology that is absent
    )


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
    groups = _with_meanings(_groups(items), question, lexicon)
    return ParsedQuestion(groups, tuple(dict.fromkeys(bigrams)))


def _with_meanings(
    groups: Sequence[Sequence[Concept]], question: str, lexicon: Lexicon
) -> tuple[tuple[Concept, ...], ...]:
    """Let what is known of a question's words answer them, too: of the longest phrases first."""
    written = tokens(question)
    meanings: dict[tuple[int, int], list[Meaning]] = {}
    for start, end, meaning in _meanings(written, lexicon):
        meanings.setdefault((start, end), []).append(meaning)
    for start, end in sorted(meanings, key=lambda span: (span[0] - span[1], span)):
        groups = _with_meaning(groups, " ".join(written[start:end]), meanings[start, end])
    return tuple(map(tuple, groups))


def _with_meaning(
    groups: Sequence[Sequence[Concept]], spanned: str, meanings: Sequence[Meaning]
) -> Sequence[Sequence[Concept]]:
    """Put one concept in the place of those whose words are spanned."""
    inside = {word.written.lower() for word in words(spanned)}
    chosen = [concept for group in groups for concept in group if concept.written.lower() in inside]
    if not chosen:
        return groups
    merged = _merged(spanned, chosen, meanings)
    replaced = [
        [
            merged if concept is chosen[0] else concept
            for concept in group
            if concept is chosen[0] or concept not in chosen
        ]
        for group in groups
    ]
    return [group for group in replaced if group]


def _merged(written: str, concepts: Sequence[Concept], meanings: Sequence[Meaning]) -> Concept:
    """Make one concept of a phrase: what it means answers, and less so each of its words."""
    is_word = len(concepts) == 1
    factor = 1.0 if is_word else WORD_OF_PHRASE_WEIGHT
    own: dict[str, float] = {}
    for concept in concepts:
        for term, weight in concept.expansions:
            own[term] = max(own.get(term, 0.0), factor * weight)
    if not all(meaning.is_replaceable for meaning in meanings):
        own = {concept.term: 1.0 for concept in concepts} if is_word else {}
    expansions = dict(own)
    for meaning in meanings:
        for term, weight in meaning.expansions.items():
            expansions[term] = max(expansions.get(term, 0.0), weight)
    return Concept(
        written=written,
        term=concepts[0].term,
        expansions=tuple(expansions.items()),
        weak=all(concept.weak for concept in concepts) and not expansions.keys() - own.keys(),
        everyday=False,
        known=True,
        is_named=any(meaning.is_named for meaning in meanings),
        unclaimed=frozenset(() if is_word else own),
    )


def _meanings(written: Sequence[str], lexicon: Lexicon) -> Iterator[tuple[int, int, Meaning]]:
    """Yield what is known of a question's words, with the places of the first and behind the last."""
    known = taxonomy()
    for mention in known.entities_in(written):
        entity = mention.entity
        parts = _weighted(known.parts_of(entity), PART_OF_WEIGHT, lexicon)
        is_present = bool(parts) or technology_term(entity.id) in lexicon.terms
        if is_present or not mention.is_ambiguous:
            yield (
                mention.start,
                mention.end,
                Meaning(
                    {**dict(parts), technology_term(entity.id): 1.0},
                    is_named=not mention.is_ambiguous and "brand" not in entity.kinds,
                    is_replaceable=is_present or mention.is_ambiguous or "brand" in entity.kinds,
                ),
            )
    for phrase in known.kinds_in(written):
        members = _weighted(known.members(phrase.id), KIND_WEIGHT, lexicon)
        # "desktop" may mean a kind of frameworks or not; "desktop framework" must.
        is_ordinary = " ".join(written[phrase.start : phrase.end]).lower() in everyday_words()
        yield phrase.start, phrase.end, Meaning(dict(members), is_named=not is_ordinary)
    for place in subjects().find(written):
        present = {
            term: weight
            for term, weight in subject_expansions(place.subject)
            if all(part in lexicon.terms for part in term.split(" "))
        }
        yield place.start, place.end, Meaning(present)


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
        everyday=word.written.lower() in everyday_words(),
        known=term in known.terms or is_programming_language(term),
    )
