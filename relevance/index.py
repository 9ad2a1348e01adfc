"""Rank the repositories of a portfolio. The only module that makes scores.

A question consists of groups of concepts (`relevance.question`), a repository of terms with weights
(`relevance.fields`) and of letters (`relevance.trigrams`). The signals of a repository for a
question, each 0..1, are made in these steps:

    match   = 1 - (1 - best) × Π (1 - FURTHER_FACTOR × other), of expansion weight × term weight for
              the expansions of a group's concept; the best concept of a group counts
    weight  = MIN_GROUP_WEIGHT + ln((1 + N) / (1 + Σ match)) / ln(1 + N), for N repositories;
              less for groups of weak, everyday or unknown terms
    words   = Σ (weight × match) ÷ Σ weight, over all groups
    named   = the same over the groups that name a technology, a kind or a subject
    phrase  = mean term weight of the question's bigrams
    letters = how near the trigrams of the question's words and of the repository are: their cosine

A group's weight says how telling it is, like the inverse document frequency of BM25, but bounded.
`relevance.scoring` makes of the signals the probability that a visitor would call the repository
relevant. So scores of different questions can be compared, and a threshold tells whether anything
answers. It is higher where what the question names is absent.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise, repeat

from models import Bundle
from relevance.concepts import Concept, Lexicon
from relevance.embeddings import EmbeddingIndex, QuestionEmbedding
from relevance.fields import combined_weight
from relevance.mentions import siblings_of
from relevance.postings import Postings
from relevance.question import parse_question
from relevance.scoring import Signals, Weights, fitted_weights
from relevance.terms import RepositoryTerms, analyse, listing_terms, unpack_terms
from relevance.text import terms
from relevance.trigrams import TrigramIndex, letters_of
from relevance.wording import Wording

MIN_GROUP_WEIGHT = 0.35  # if every repository matches the group; 1 more if none does
WEAK_TERM_WEIGHT = 0.3  # factor for terms that nearly every project could claim
EVERYDAY_TERM_WEIGHT = 0.4  # factor for ordinary words, which break ties
UNKNOWN_TERM_WEIGHT = 0.5  # factor for terms found neither in the portfolio nor in the vocabulary
FURTHER_FACTOR, MAX_ADDED = 0.6, 6  # for what answers a group besides the best expansion
MIN_PRESENT_MATCH = 0.2  # what is named, and matches less everywhere, is absent
MIN_LETTERS = 0.1  # repositories that share no word with the question need as much to be scored
MAX_EMBEDDING_WEIGHT = 0.35  # closeness in meaning is less reliable than words

# If a question names a technology that no repository has, the best one must be relevant more probably
# than not; if a kind or a subject, it must reach the second. Closeness in meaning must bring a score to
# the third to answer alone.
ABSENT_THRESHOLD, ABSENT_SUBJECT_THRESHOLD, MEANING_THRESHOLD = 0.5, 0.1, 0.3
# Repositories below this score, or below this share of the best score, are not shown.
MATCH_THRESHOLD, MATCH_SHARE_OF_BEST = 0.01, 0.05
MAX_MATCHES = 50
MAX_WORDINGS = 1_000  # repositories whose words are kept in memory, 30 KB each at most
MAX_NEAREST, MAX_INSTEAD = 3, 2
MIN_INSTEAD_WEIGHT = 0.5  # of a technology offered instead: a word of a README is too little
EXACT_DECIMALS = 6  # of a score made of 32-bit weights; what differs beyond counts as equal
MIN_SHOWN_PART = 0.02  # group weight × match; words with less are not shown as matched


@dataclass(frozen=True, slots=True)
class Match:
    """A repository that answers a question, and what its score was made of."""

    name: str
    score: float  # 0..1
    # Field, `letters` or `meaning` -> its part of the score, largest first.
    signals: dict[str, float]
    terms: tuple[str, ...]  # matched words of the question as written, most important first
    expansions: dict[str, str]  # matched word -> the repository's word for it, if it is another one
    corrections: dict[str, str]  # matched word -> what it was read as, if it was misspelled


@dataclass(frozen=True, slots=True)
class Absent:
    """Something that a question names and no repository has."""

    name: str  # as people write it
    # Technologies of the same kind that repositories have -> names of these, best first.
    instead: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class IndexRanking:
    """The repositories that answer a question, or those that come nearest if none does."""

    matches: list[Match]  # best first
    nearest: list[str]  # names, best first; empty if there are matches
    absent: list[Absent]  # what the question names in vain; empty if there are matches


@dataclass(frozen=True, slots=True)
class GroupMatches:
    """Where a group of concepts occurs."""

    weight: float
    is_named: bool  # a technology, a kind or a subject
    is_absent: bool  # it is named, and no repository shows it
    concepts: tuple[Concept, ...]
    matches: dict[int, float]  # repository -> how well it matches, 0..1
    sources: dict[
        int, tuple[Concept, str]
    ]  # repository -> the concept and the term that match best


# Group weight × match, and the concept and the term that it comes from.
ScorePart = tuple[float, Concept, str]


class PortfolioIndex:
    """The index of a portfolio: postings by term, and the terms of each repository. Never changes.

    Repositories are numbered by name, so that equal scores keep the order of names.
    """

    def __init__(
        self, bundles: Sequence[Bundle], analysed: Sequence[RepositoryTerms | None] | None = None
    ) -> None:
        """Index the bundles; takes about 0.3 ms for each whose terms are known.

        `analysed`: the terms of each bundle's content. Where it has None, they come from the
        bundle's `terms`, and without usable ones they are made anew, which takes milliseconds.
        """
        given = repeat(None, len(bundles)) if analysed is None else analysed
        # The terms of each bundle's content, in the order of `bundles`.
        self.analysed: Sequence[RepositoryTerms] = tuple(
            content or unpack_terms(bundle.get("terms")) or analyse(bundle)
            for bundle, content in zip(bundles, given, strict=True)
        )
        # The terms of each bundle's listing, in the same order.
        self.listed: Sequence[RepositoryTerms] = tuple(map(listing_terms, bundles))
        order = sorted(range(len(bundles)), key=lambda number: _name(bundles[number]).lower())
        self._bundles = [bundles[number] for number in order]
        self.names = [_name(bundle) for bundle in self._bundles]
        # Of each repository: the terms of its content, and those of the listing.
        self._terms = [(self.analysed[number], self.listed[number]) for number in order]
        self._postings = Postings()
        for repository, parts in enumerate(self._terms):
            for part in parts:
                self._postings.add(repository, part)
        self._trigrams = TrigramIndex([letters_of(bundles[number]) for number in order])
        self._embeddings = EmbeddingIndex([bundles[number] for number in order])
        name_terms = {term for name in self.names for term in terms(name)}
        self._lexicon = Lexicon(self._postings.terms, name_terms)
        # Gathering the words of a repository takes longer than looking them up. The cache holds the
        # bundles and not the index, which could not be freed otherwise.
        ordered = self._bundles
        self._wording = lru_cache(MAX_WORDINGS)(lambda number: Wording(ordered[number]))

    def rank(
        self,
        question: str,
        embedding: QuestionEmbedding | None = None,
        weights: Weights | None = None,
    ) -> IndexRanking:
        """Rank the repositories that answer `question`: at most MAX_MATCHES, equal scores by name.

        `embedding` adds repositories that are close in meaning. `weights`: other than the fitted
        ones.
        """
        weights = weights or fitted_weights()
        groups, signals = self._signals(question)
        by_words = {repository: weights.score(each) for repository, each in signals.items()}
        closeness = self._embeddings.closeness(embedding) if embedding else {}
        scores = dict(by_words)
        for repository, close in closeness.items():
            scores[repository] = 1 - (1 - by_words.get(repository, 0.0)) * (
                1 - MAX_EMBEDDING_WEIGHT * close
            )
        best = max(scores.values(), default=0.0)
        needed = _needed(groups)
        best_by_words = max(by_words.values(), default=0.0)
        if best_by_words < needed and best < max(needed, MEANING_THRESHOLD):
            return self._nearest(groups, by_words)
        threshold = max(MATCH_THRESHOLD, MATCH_SHARE_OF_BEST * best)
        matches = [
            self._explain(
                repository,
                scores[repository],
                groups,
                closeness.get(repository, 0.0),
                weights.parts(signals[repository]) if repository in signals else {},
            )
            for repository in _best_first(scores, threshold)[:MAX_MATCHES]
        ]
        return IndexRanking(matches, [], [])

    def signals(self, question: str) -> dict[str, Signals]:
        """Return the signals of the repositories that may answer a question, by name."""
        _, signals = self._signals(question)
        return {self.names[repository]: each for repository, each in signals.items()}

    def _signals(self, question: str) -> tuple[list[GroupMatches], dict[int, Signals]]:
        """Make the signals of the repositories that share words or letters with the question."""
        parsed = parse_question(question, self._lexicon)
        groups = [self._match_group(group) for group in parsed.groups]
        words = _shares(groups)
        named = _shares([group for group in groups if group.is_named])
        phrases = self._sum_bigram_weights(parsed.bigrams)
        letters = self._trigrams.closeness(parsed.content)
        near = (repository for repository, close in letters.items() if close >= MIN_LETTERS)
        return groups, {
            repository: Signals(
                words=words.get(repository, 0.0),
                named=named.get(repository, 0.0),
                phrase=phrases.get(repository, 0.0) / max(1, len(parsed.bigrams)),
                letters=letters.get(repository, 0.0),
            )
            for repository in {*words, *near}
        }

    def _nearest(self, groups: Sequence[GroupMatches], scores: Mapping[int, float]) -> IndexRanking:
        """Find what comes closest to a question that nothing answers."""
        absent = [
            Absent(concept.shown, self._instead(concept))
            for group in groups
            if group.is_absent
            for concept in group.concepts
            if concept.is_named
        ]
        siblings = chain.from_iterable(names for each in absent for names in each.instead.values())
        by_words = (self.names[repository] for repository in _best_first(scores, 0.0))
        nearest = dict.fromkeys(chain(siblings, by_words))
        return IndexRanking([], list(nearest)[:MAX_NEAREST], absent)

    def _instead(self, concept: Concept) -> dict[str, list[str]]:
        """Return the technologies of an absent one's kind that most repositories have."""
        found = {
            name: {
                repository: weight
                for repository, weight in self._postings.weights_of(term).items()
                if weight >= MIN_INSTEAD_WEIGHT
            }
            for term, name in siblings_of(concept.technology)
            if term in self._postings.terms
        }
        most = sorted(filter(found.get, found), key=lambda name: (-len(found[name]), name))[
            :MAX_INSTEAD
        ]
        return {
            name: [self.names[repository] for repository in _best_first(found[name], 0.0)]
            for name in most
        }

    def _match_group(self, group: Sequence[Concept]) -> GroupMatches:
        """Find what answers a group in every repository, and weight the group."""
        matches: dict[int, float] = {}
        sources: dict[int, tuple[Concept, str]] = {}
        for concept in group:
            found: dict[int, list[tuple[float, str]]] = {}
            for term, expansion_weight in concept.expansions:
                for repository, term_weight in self._weights_of(term).items():
                    found.setdefault(repository, []).append((expansion_weight * term_weight, term))
            for repository, parts in found.items():
                parts.sort(key=lambda part: -part[0])
                others = (1 - FURTHER_FACTOR * part for part, _ in parts[1:MAX_ADDED])
                match = 1 - (1 - parts[0][0]) * math.prod(others)
                if match > matches.get(repository, 0.0):
                    matches[repository] = match
                    sources[repository] = (concept, parts[0][1])
        is_weak = all(concept.weak for concept in group)
        weight = self._specificity(sum(matches.values()))
        if is_weak:
            weight *= WEAK_TERM_WEIGHT
        elif all(concept.everyday and not concept.known for concept in group):
            weight *= EVERYDAY_TERM_WEIGHT
        elif not matches and not any(concept.known for concept in group):
            weight *= UNKNOWN_TERM_WEIGHT
        is_named = any(concept.is_named for concept in group)
        is_absent = is_named and max(matches.values(), default=0.0) < MIN_PRESENT_MATCH
        return GroupMatches(weight, is_named, is_absent, tuple(group), matches, sources)

    def _specificity(self, frequency: float) -> float:
        """Return how telling a group is: the fewer repositories match it, the more.

        `frequency`: the sum of its matches, a document frequency in which weak matches count less.
        """
        size = len(self.names)
        if not size:
            return 1.0
        return MIN_GROUP_WEIGHT + math.log((1 + size) / (1 + frequency)) / math.log(1 + size)

    def _sum_bigram_weights(self, bigrams: Sequence[str]) -> dict[int, float]:
        sums: dict[int, float] = defaultdict(float)
        for bigram in bigrams:
            for repository, weight in self._weights_of(bigram).items():
                sums[repository] += weight
        return sums

    def _weights_of(self, term: str) -> dict[int, float]:
        """Return the weight of a term, or of a phrase of terms, in every repository that has it."""
        parts = term.split(" ")
        if len(parts) == 1:
            return self._postings.weights_of(term)
        pairs = list(map(" ".join, pairwise(parts)))
        common = set.intersection(*(set(self._postings.weights_of(part)) for part in parts))
        weights = {
            repository: min(
                combined_weight(part.weight_of(pair) for part in self._terms[repository])
                for pair in pairs
            )
            for repository in common
        }
        return {repository: weight for repository, weight in weights.items() if weight}

    def _explain(
        self,
        repository: int,
        score: float,
        groups: Sequence[GroupMatches],
        closeness: float,
        of_score: Mapping[str, float],
    ) -> Match:
        """Say what a repository's score was made of. `of_score`: what signals added to its odds."""
        parts = [
            (group.weight * group.matches[repository], *group.sources[repository])
            for group in groups
            if repository in group.matches
        ]
        signals = self._divide(repository, score, parts, closeness, of_score)
        ordered_signals = sorted(signals.items(), key=lambda signal: (-signal[1], signal[0]))
        wording = self._wording(repository)
        corrections: dict[str, str] = {}
        # Word of the question -> the repository's, the most telling first.
        shown: dict[str, str] = {}
        for part, concept, term in sorted(parts, key=lambda part: -part[0]):
            if part > MIN_SHOWN_PART and term not in concept.unclaimed:
                found = wording.of(term)
                if found:
                    shown.setdefault(concept.written, found)
                    if concept.corrected:
                        corrections[concept.written] = concept.corrected
        return Match(
            name=self.names[repository],
            score=round(score, 4),
            signals={signal: round(part, 4) for signal, part in ordered_signals},
            terms=tuple(shown),
            expansions={
                written: found
                for written, found in shown.items()
                if found.lower() != written.lower()
            },
            corrections=corrections,
        )

    def _divide(
        self,
        repository: int,
        score: float,
        parts: Sequence[ScorePart],
        closeness: float,
        of_score: Mapping[str, float],
    ) -> dict[str, float]:
        """Divide a score among its signals: `meaning`, `letters`, the fields that terms occur in."""
        signals: dict[str, float] = defaultdict(float)
        by_words = of_score.get("words", 0.0) if parts else 0.0
        by_letters = of_score.get("letters", 0.0)
        by_meaning = 0.0
        if closeness:
            has_others = by_words + by_letters > 0
            by_meaning = MAX_EMBEDDING_WEIGHT * closeness * score if has_others else score
            signals["meaning"] = by_meaning
        rest = (score - by_meaning) / ((by_words + by_letters) or 1.0)
        if by_letters:
            signals["letters"] = rest * by_letters
        total = sum(part for part, _, _ in parts) or 1.0
        for part, _, term in parts:
            weights = self._field_weights_of(repository, term)
            for signal, weight in weights.items():
                share = part / total * weight / sum(weights.values())
                signals[signal] += rest * by_words * share
        return signals

    def _field_weights_of(self, repository: int, term: str) -> dict[str, int]:
        """Return the fields that a term occurs in, or a phrase of terms, with its weights."""
        parts = term.split(" ")
        content, listing = self._terms[repository]
        weights: dict[str, int] = {}
        for each in map(" ".join, pairwise(parts)) if len(parts) > 1 else parts:
            weights |= content.field_weights_of(each) | listing.field_weights_of(each)
        return weights


def _needed(groups: Sequence[GroupMatches]) -> float:
    """Return the score by words that answers a question."""
    absent = [group for group in groups if group.is_absent]
    if any(concept.technology for group in absent for concept in group.concepts):
        return ABSENT_THRESHOLD
    return ABSENT_SUBJECT_THRESHOLD if absent else MATCH_THRESHOLD


def _shares(groups: Sequence[GroupMatches]) -> dict[int, float]:
    """Return which share of groups, by their weights, each repository matches."""
    shares: dict[int, float] = defaultdict(float)
    total = sum(group.weight for group in groups)
    for group in groups:
        for repository, match in group.matches.items():
            shares[repository] += group.weight * match / total
    return shares


def _name(bundle: Bundle) -> str:
    return str(bundle["metadata"]["name"])


def _best_first(scores: Mapping[int, float], threshold: float) -> list[int]:
    chosen = sorted(
        (-round(score, EXACT_DECIMALS), repository)
        for repository, score in scores.items()
        if score >= threshold
    )
    return [repository for _, repository in chosen]
