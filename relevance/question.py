"""What a question asks for."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from relevance.text import Word, words
from relevance.vocabulary import language_names, vocabulary

TYPO = 0.9  # what a corrected word counts
PART = 0.4  # what a part of a name counts
BEGINNING = 0.6  # what a name counts that begins with the word
SHORTEST_BEGINNING = 4
SHORTEST_TYPO, LONG = 5, 7  # letters: shorter words have too many neighbours, long ones two typos
LISTS = re.compile(
    r"\s*(?:,\s*(?:and|or)\b|,|\bor\b|/|\bas well as\b|\beither\b)\s*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing that is asked for."""

    written: str  # as the visitor wrote it
    term: str
    alternatives: tuple[tuple[str, float], ...]  # terms that answer it, and what they count
    weak: bool  # nearly every project could claim it
    technology: bool  # the vocabulary knows it: if nobody has it, that says much


@dataclass(frozen=True, slots=True)
class Asked:
    """A question: groups of which any one answers, and pairs that better stand together."""

    groups: tuple[tuple[Concept, ...], ...]
    pairs: tuple[str, ...]


class Speech:
    """What the repositories of a portfolio speak of."""

    def __init__(self, terms: Collection[str], names: Collection[str]) -> None:
        """`names`: the words of the repositories' names."""
        self.terms = terms
        self.names = sorted(names)
        # What a misspelt word may mean, by its first letter.
        self._candidates: dict[str, list[str]] = defaultdict(list)
        for term in sorted({*terms, *vocabulary().known}):
            if len(term) >= SHORTEST_TYPO - 1 and " " not in term:
                self._candidates[term[0]].append(term)

    def nearest(self, written: str, term: str) -> str | None:
        """The one term that a misspelt word means; a known technology is never misspelt, and none
        is made of a word that differs in its first letter."""
        if len(written) < SHORTEST_TYPO or term in vocabulary().known or not written.isalpha():
            return None
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        allowed = 1 if len(written) < LONG else 2
        best = [
            found
            for word in (written, term)
            if (
                found := process.extractOne(
                    word,
                    self._candidates.get(written[0], ()),
                    scorer=OSA.distance,
                    score_cutoff=allowed,
                )
            )
        ]
        return min(best, key=lambda found: (found[1], found[0]))[0] if best else None


def understand(question: str, speech: Speech) -> Asked:
    """Read a question to the repositories of a portfolio."""
    groups: list[tuple[Concept, ...]] = []
    pairs: list[str] = []
    seen: set[str] = set()
    listed: list[list[Concept]] = []
    for part in LISTS.split(question):
        concepts: list[Concept] = []
        before: str | None = None
        for word in words(part):
            if word.term is None:
                before = None
                continue
            concept = _concept(word, speech)
            if before is not None:
                pairs.append(f"{before} {concept.term}")
            before = concept.term
            if concept.term not in seen:
                seen.add(concept.term)
                concepts.append(concept)
        listed.append(concepts)
    # "gulp or grunt build plugins": one of several, named in a row; the rest of a part stands alone.
    for number, concepts in enumerate(listed):
        strong = [each for each in concepts if not each.weak]
        if number and strong and len(strong) <= 2 and groups:
            at = _last_strong(groups)
            groups[at] = (*groups[at], strong[0])
            concepts = [each for each in concepts if each is not strong[0]]
        groups += [(each,) for each in concepts]
    return Asked(tuple(groups), tuple(dict.fromkeys(pairs)))


def _last_strong(groups: list[tuple[Concept, ...]]) -> int:
    strong = [number for number, group in enumerate(groups) if not group[0].weak]
    return strong[-1] if strong else len(groups) - 1


def _concept(word: Word, speech: Speech) -> Concept:
    vocabulary_ = vocabulary()
    term, factor = str(word.term), 1.0
    if term not in speech.terms and term not in vocabulary_.nearby and not word.parts:
        corrected = speech.nearest(word.written.lower(), term)
        if corrected:
            term, factor = corrected, TYPO
    alternatives = {term: factor}
    alternatives |= {each: factor * f for each, f in vocabulary_.nearby.get(term, ())}
    if " " not in word.written:  # a name such as "FastAPI": its parts say something of it
        for part in word.parts:
            alternatives.setdefault(part, PART)
    if len(term) >= SHORTEST_BEGINNING:  # "slug" for a repository called slugify
        for name in speech.names:
            if name.startswith(term) and name not in vocabulary_.known:
                alternatives.setdefault(name, BEGINNING)
    return Concept(
        written=word.written,
        term=term,
        alternatives=tuple(alternatives.items()),
        weak=term in vocabulary_.weak,
        technology=term in vocabulary_.known or term in language_names(),
    )
