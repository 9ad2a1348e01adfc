"""Correct misspelled words of a question.

A word that is English, a technology or in the portfolio is spelt as it was meant. Any other one is
taken for its nearest neighbour among English words, technologies and words of the portfolio. Of
several with as many typos, one with the same letters in another order goes first, and then:

| candidate | the word stands for |
|---|---|
| a technology of the portfolio | it |
| a technology that the portfolio lacks | it, so nothing else takes its place |
| a word of the portfolio | it |
| a name of the vocabulary that the portfolio lacks | it |
| a brand or an English word that the portfolio lacks | nothing: the word stays as it is |
"""

from __future__ import annotations

import gzip
from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice, takewhile

from relevance.mentions import technology_term
from relevance.stems import stem
from relevance.taxonomy import DATA, ECOSYSTEMS, taxonomy
from relevance.vocabulary import vocabulary

# Shorter words have too many neighbours to be corrected; longer ones may have two typos.
MIN_CORRECTED_CHARS, MIN_CHARS_FOR_TWO_TYPOS = 5, 8
MIN_CANDIDATE_CHARS = 4
# Ranks of candidates with as many typos.
PRESENT_TECHNOLOGY, ABSENT_TECHNOLOGY, PRESENT_WORD, KNOWN_NAME, ABSENT_WORD = range(5)
INFLECTIONS = (
    *(("ies", "y"), ("ied", "y"), ("es", ""), ("s", ""), ("ed", ""), ("ing", "")),
    *(("ed", "e"), ("ing", "e")),
)
# Endings of words that are made from others: authenticator, from authenticate.
DERIVED = frozenset(["al", "er", "ers", "ly", "or", "ors"])
MAX_LETTERS = 100  # visitors may write any letter
MAX_INFLECTIONS = 200  # words that begin with a stem and are compared with it


@dataclass(frozen=True, slots=True, order=True)
class _Candidate:
    """What a misspelled word may stand for; the best candidate is the smallest."""

    typos: int
    has_other_letters: bool  # swapped letters are the most certain typo
    rank: int
    has_other_end: bool  # the last letter is seldom wrong
    other_length: int
    word: str


class Spelling:
    """Corrects words of questions about one portfolio."""

    def __init__(self, terms: Collection[str]) -> None:
        """`terms`: the single terms that occur in the portfolio."""
        self._terms = terms
        # Made when a misspelled word needs it: listing all terms takes longer than ranking.
        self._names: dict[str, dict[str, str]] = {}

    def correct(self, written: str) -> str | None:
        """Return the word that a misspelled word stands for, as people write it; None if there is none.

        The first letter is right, or swapped with the second. Takes milliseconds if the word is
        unknown, and loads the English words once per process.
        """
        word = written.lower()
        if len(word) < MIN_CORRECTED_CHARS or not word.isalpha() or self._is_known(word):
            return None
        best = min(self._candidates(word), default=None)
        if best is None or best.rank == ABSENT_WORD:
            return None
        return None if _is_form(word, best.word.lower()) else best.word

    def _is_known(self, word: str) -> bool:
        if _is_name(word) or is_english(word):
            return True
        # A word that is like a stem lacks its last letter: "machin" is none of the portfolio.
        if stem(word) in self._terms and not is_english(f"{word}e"):
            return True
        return any(_is_name(base) or is_english(base) for base in _bases(word))

    def _is_present(self, word: str) -> bool:
        return vocabulary().term(word) in self._terms

    def _candidates(self, word: str) -> Iterator[_Candidate]:
        """Yield the neighbours of a word, each with its rank."""
        swapped = word[1] + word[0]
        for beginning in (word[0], swapped):
            letter = beginning[0]
            for form, typos in _nearest(word, beginning, technologies(letter)):
                yield self._technology(word, form, typos)
            for name, typos in _nearest(word, beginning, _vocabulary_names(letter)):
                rank = PRESENT_TECHNOLOGY if self._is_present(name) else KNOWN_NAME
                yield _candidate(word, name, typos, rank)
            for other, typos in _nearest(word, beginning, english_words(letter)):
                rank = PRESENT_WORD if self._is_present(other) else ABSENT_WORD
                yield _candidate(word, other, typos, rank)
            names = self._names_of_portfolio(letter)
            for name, typos in _nearest(word, beginning, names):
                if not _is_english_stem(names[name]):
                    yield _candidate(word, name, typos, PRESENT_WORD)

    def _technology(self, word: str, form: str, typos: int) -> _Candidate:
        (mention,) = taxonomy().entities_in([form])
        entity = mention.entity
        if technology_term(entity.id) in self._terms:
            rank = PRESENT_TECHNOLOGY
        elif mention.is_ambiguous:  # an ordinary word, and nothing more
            rank = ABSENT_WORD
        elif self._is_present(form):
            rank = PRESENT_TECHNOLOGY
        else:
            rank = ABSENT_WORD if "brand" in entity.kinds else ABSENT_TECHNOLOGY
        shown = entity.name if form == entity.id and entity.name.isalnum() else form
        return _candidate(word, shown, typos, rank)

    def _names_of_portfolio(self, letter: str) -> Mapping[str, str]:
        """Return the words of the portfolio as people may write them, each with its term."""
        names = self._names.get(letter)
        if names is None:
            beginning = (
                term
                for term in self._terms
                if term.startswith(letter) and term.isalpha() and len(term) >= MIN_CANDIDATE_CHARS
            )
            names = {name: term for term in sorted(beginning) for name in _unstemmed(term)}
            if names:  # visitors may write any letter, a portfolio has few
                self._names[letter] = names
        return names


def is_english(word: str) -> bool:
    """Tell whether a lower-case word is in the list of English words, British or American."""
    return word in english_words(word[0])


@lru_cache(maxsize=MAX_LETTERS)
def english_words(letter: str) -> Mapping[str, None]:
    """Return the listed English words that begin with a letter, sorted."""
    position = ord(letter) - ord("a")
    lines = _english_lines()
    return dict.fromkeys(lines[position].split()) if 0 <= position < len(lines) else {}


@lru_cache(maxsize=MAX_LETTERS)
def technologies(letter: str) -> Mapping[str, None]:
    """Return the normal forms of technologies that begin with a letter."""
    return dict.fromkeys(
        form
        for entity in taxonomy().entities.values()
        for form in entity.forms
        if form.startswith(letter) and len(form) >= MIN_CANDIDATE_CHARS
    )


@lru_cache(maxsize=MAX_LETTERS)
def _vocabulary_names(letter: str) -> Mapping[str, None]:
    return dict.fromkeys(
        name
        for name in sorted(vocabulary().terms)
        if name.startswith(letter) and len(name) >= MIN_CANDIDATE_CHARS
    )


@cache
def _english_lines() -> Sequence[str]:
    """Load `english.txt.gz`: a line for the words of each first letter."""
    return gzip.decompress((DATA / "english.txt.gz").read_bytes()).decode().splitlines()


@cache
def _words_of_names() -> frozenset[str]:
    """Return the words of all names of technologies: "jetpack" of Jetpack Compose."""
    return frozenset(
        word for entity in taxonomy().entities.values() for word in entity.name.lower().split()
    )


@cache
def _ecosystems() -> tuple[str, ...]:
    return tuple(dict.fromkeys(ecosystem for _, ecosystem in ECOSYSTEMS))


def _is_name(word: str) -> bool:
    """Tell whether a word names a technology or a package."""
    spelt = vocabulary().canonical.get(word)  # by words and by stems; nobody writes stems
    return (
        (spelt is not None and (spelt == word or stem(spelt) != word))
        or taxonomy().entity(word) is not None
        or word in _words_of_names()
        or any(taxonomy().package(ecosystem, word) for ecosystem in _ecosystems())
    )


def _bases(word: str) -> Iterator[str]:
    """Yield the words that a word may be a form of."""
    for ending, replacement in INFLECTIONS:
        if word.endswith(ending):
            base = word.removesuffix(ending)
            forms = [base + replacement]
            if base[-1:] == base[-2:-1]:  # planned
                forms.append(base[:-1])
            yield from (form for form in forms if stem(form) == stem(word))
    if word.endswith(("izer", "iser")):
        yield word.removesuffix("r")
    elif word.endswith("er") and not word.endswith("eer"):
        yield word.removesuffix("er")


def _is_form(word: str, other: str) -> bool:
    """Tell whether an unknown word is another form of a word, not a misspelling."""
    if stem(other) == stem(word):
        return is_english(other)
    shorter, longer = sorted((word, other), key=len)
    beginning = shorter.removesuffix("e")
    return longer.startswith(beginning) and longer.removeprefix(beginning) in DERIVED


def _nearest(word: str, beginning: str, words: Collection[str]) -> Iterator[tuple[str, int]]:
    """Yield the words that have few enough typos in common with a word, and how many."""
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    max_typos = 1 if len(word) < MIN_CHARS_FOR_TWO_TYPOS else 2
    close = process.extract(
        word, list(words), scorer=OSA.distance, score_cutoff=max_typos, limit=None
    )
    for other, typos, _ in close:
        if other.startswith(beginning) and len(other) >= MIN_CANDIDATE_CHARS:
            yield other, int(typos)


def _candidate(word: str, other: str, typos: int, rank: int) -> _Candidate:
    lower = other.lower()
    return _Candidate(
        typos=typos,
        has_other_letters=sorted(word) != sorted(lower),
        rank=rank,
        has_other_end=word[-1] != lower[-1],
        other_length=abs(len(word) - len(lower)),
        word=other,
    )


def _unstemmed(term: str) -> Iterator[str]:
    """Yield what people may have written for a term that is no English word."""
    if term.endswith("i"):
        yield f"{term[:-1]}y"
    else:
        yield term
        yield f"{term}e"


def _is_english_stem(term: str) -> bool:
    """Tell whether a term is the stem of an English word."""
    words = list(english_words(term[0]))
    beginning = term.removesuffix("i")
    first = bisect_left(words, beginning)
    inflected = takewhile(
        lambda word: word.startswith(beginning), islice(words, first, first + MAX_INFLECTIONS)
    )
    return any(vocabulary().term(word) == term for word in inflected)
