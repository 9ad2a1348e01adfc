"""Say what the words of a question mean: each word a concept, and known phrases as one."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile

from relevance.mentions import technology_term, tokens
from relevance.spelling import Spelling
from relevance.subjects import expansions as subject_expansions
from relevance.subjects import subjects
from relevance.taxonomy import taxonomy
from relevance.text import GRAMMAR, Word, words
from relevance.vocabulary import everyday_words, is_programming_language, vocabulary

# Weights of query expansions; `relevance.vocabulary` and `relevance.subjects` have others.
SPELLING_WEIGHT = 0.95  # another spelling of the same word
PART_WEIGHT = 0.4  # a part of a compound name: "api" for "FastAPI"
PREFIX_WEIGHT = 0.6  # a word of a repository's name that the term is a prefix of
MIN_PREFIX_CHARS = 4
# A technology of a kind, a service of a cloud, and a word of a phrase that has a meaning as a whole.
# What is only related to a technology does not answer for it.
KIND_WEIGHT, PART_OF_WEIGHT, WORD_OF_PHRASE_WEIGHT = 0.8, 0.8, 0.25


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing that a question asks for."""

    written: str  # as the visitor wrote it
    term: str
    expansions: tuple[tuple[str, float], ...]  # terms that answer it, with weights; its own first
    weak: bool  # nearly every project could claim it
    everyday: bool  # an ordinary English word, no name of anything
    known: bool  # to the vocabulary: then it says much if no repository has it
    # A technology, a kind or a subject, without doubt: it says much if no repository has it.
    is_named: bool = False
    technology: str | None = None  # its id in the taxonomy, if it is named without doubt
    # Terms that speak for a repository, but show too little to be claimed: single words of a phrase, and
    # names that only begin like the word.
    unclaimed: frozenset[str] = frozenset()
    corrected: str | None = None  # how the visitor probably meant to write it, if it is misspelled

    @property
    def shown(self) -> str:
        """How people write it: a technology by its name, anything else as the visitor did."""
        return taxonomy().entities[self.technology].name if self.technology else self.written


class Lexicon:
    """The terms that occur in a portfolio; used to correct and to expand questions."""

    def __init__(self, terms: Collection[str], name_terms: Collection[str]) -> None:
        """`terms`: single terms. `name_terms`: those of the repositories' names."""
        self.terms = terms
        self._name_terms = sorted(name_terms)
        self._spelling = Spelling(terms)

    def name_terms_beginning_with(self, beginning: str) -> Iterator[str]:
        """Iterate over the terms of names that begin so, in order."""
        start = bisect_left(self._name_terms, beginning)
        rest = islice(self._name_terms, start, None)
        return takewhile(lambda name_term: name_term.startswith(beginning), rest)

    def correct(self, word: Word) -> str | None:
        """Return the word that a misspelled word stands for, if it is one."""
        if word.parts or any(spelling in self.terms for spelling in word.spellings):
            return None
        return self._spelling.correct(word.written)


def with_meanings(concepts: Sequence[Concept], text: str, lexicon: Lexicon) -> list[Concept]:
    """Let what is known of a text's words answer them, too: of the longest phrases first.

    `concepts`: those of its words. A phrase becomes one concept in the place of its first word.
    """
    written = tokens(text)
    meanings: dict[tuple[int, int], list[Meaning]] = {}
    for start, end, meaning in meanings_in(written, lexicon):
        meanings.setdefault((start, end), []).append(meaning)
    left = list(concepts)
    for start, end in sorted(meanings, key=lambda span: (span[0] - span[1], span)):
        spanned = " ".join(written[start:end])
        inside = {word.written.lower() for word in words(spanned)}
        chosen = [concept for concept in left if concept.written.lower() in inside]
        if chosen:
            # A technology that is absent is so within a phrase, too: an operator of Kubernetes.
            inside_it = [
                meaning
                for (first, last), inner in meanings.items()
                for meaning in inner
                if start <= first and last <= end and not meaning.is_replaceable
            ]
            merged = _merged(spanned, chosen, inside_it or meanings[start, end])
            left[left.index(chosen[0])] = merged
            left = [concept for concept in left if concept not in chosen[1:]]
    return left


def concept_of(word: Word, term: str, lexicon: Lexicon) -> Concept:
    """Return what a word of a question asks for. `term`: the word's."""
    known = vocabulary()
    expansions = {term: 1.0}
    for spelling in word.spellings:
        expansions.setdefault(spelling, SPELLING_WEIGHT)
    expansions.update(known.expansions.get(term, ()))
    if " " not in word.written:  # the parts of a phrase are words of their own
        for part in word.parts:
            expansions.setdefault(part, PART_WEIGHT)
    begun: list[str] = []
    if len(term) >= MIN_PREFIX_CHARS:
        begun = [
            name_term
            for name_term in lexicon.name_terms_beginning_with(term)
            if name_term not in known.terms and name_term not in expansions
        ]
        expansions.update(dict.fromkeys(begun, PREFIX_WEIGHT))
    return Concept(
        written=word.written,
        term=term,
        expansions=tuple(expansions.items()),
        weak=term in known.weak or GRAMMAR.search(term) is not None,
        everyday=word.written.lower() in everyday_words(),
        known=term in known.terms or is_programming_language(term),
        unclaimed=frozenset(begun),
    )


def meanings_in(written: Sequence[str], lexicon: Lexicon) -> Iterator[tuple[int, int, Meaning]]:
    """Yield what is known of a question's words, with the places of the first and behind the last."""
    known = taxonomy()
    for mention in known.entities_in(written):
        entity = mention.entity
        parts = _weighted(known.parts_of(entity), PART_OF_WEIGHT, lexicon)
        is_present = bool(parts) or technology_term(entity.id) in lexicon.terms
        # "Go" may be a verb; "Zig" is no word that visitors write for anything else.
        spelling = " ".join(written[mention.start : mention.end]).lower()
        is_ordinary = mention.is_ambiguous and spelling in everyday_words()
        is_doubtful = is_ordinary or (mention.is_ambiguous and is_present)
        is_certain = not is_doubtful and "brand" not in entity.kinds
        if is_present or not is_ordinary:
            meaning = Meaning(
                {**dict(parts), technology_term(entity.id): 1.0},
                is_named=is_certain,
                is_replaceable=is_present or not is_certain,
                technology=entity.id if is_certain else None,
            )
            yield mention.start, mention.end, meaning
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


@dataclass(frozen=True, slots=True)
class Meaning:
    """What is known of some words of a question."""

    expansions: Mapping[str, float]  # terms that answer -> weights
    is_named: bool = True  # a technology, a kind or a subject, without doubt
    # Other words may answer for it; not for a technology that is absent.
    is_replaceable: bool = True
    technology: str | None = None  # its id


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
        technology=next((each.technology for each in meanings if each.technology), None),
        unclaimed=concepts[0].unclaimed if is_word else frozenset(own),
    )


def _weighted(ids: Iterable[str], weight: float, lexicon: Lexicon) -> list[tuple[str, float]]:
    """Return the terms of those technologies that the portfolio has, with a weight."""
    named = map(technology_term, ids)
    return [(term, weight) for term in named if term in lexicon.terms]
