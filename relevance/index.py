"""Rank the repositories of a portfolio. The only module that makes scores.

A question consists of groups of concepts (`relevance.question`), a repository of terms with weights
(`relevance.fields`). The score of a repository for a question, 0..1, is made in these steps:

    match     = the maximum of expansion weight × term weight, for the expansions of a group
    weight    = MIN_GROUP_WEIGHT + ln((1 + N) / (1 + Σ match)) / ln(1 + N), for N repositories;
                less for groups of weak or unknown terms
    matched   = Σ (weight × match) ÷ Σ weight, over all groups
    covered   = Σ weight of strong groups with match ≥ MIN_COVERING_MATCH
                ÷ Σ weight of strong groups; 1 without strong groups
    base      = matched × (1 - MAX_COVERAGE_PENALTY × (1 - covered))
    by words  = base + (1 - base) × PHRASE_BONUS × mean term weight of the question's bigrams
    score     = 1 - (1 - by words) × (1 - MAX_EMBEDDING_WEIGHT × closeness in meaning)

A group's weight says how telling it is, like the inverse document frequency of BM25, but bounded.
So scores of different questions can be compared, and a threshold tells whether anything answers. It is
higher where the question names a technology that no repository has.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat

from models import Bundle
from relevance.embeddings import EmbeddingIndex, QuestionEmbedding
from relevance.fields import combined_weight
from relevance.mentions import technology_of
from relevance.postings import Postings
from relevance.question import Concept, Lexicon, ParsedQuestion, parse_question
from relevance.taxonomy import normal_form
from relevance.terms import RepositoryTerms, analyse, listing_terms, unpack_terms
from relevance.text import terms

MIN_GROUP_WEIGHT = 0.35  # if every repository matches the group; 1 more if none does
WEAK_TERM_WEIGHT = 0.3  # factor for terms that nearly every project could claim
UNKNOWN_TERM_WEIGHT = 0.5  # factor for terms found neither in the portfolio nor in the vocabulary
MIN_COVERING_MATCH = 0.2  # from this match on, a group counts as covered
MAX_COVERAGE_PENALTY = 0.45  # share of the score that is lost if no strong group is covered
PHRASE_BONUS = 0.12  # share of the distance to 1 that is gained by words in the question's order
MAX_EMBEDDING_WEIGHT = 0.35  # closeness in meaning is less reliable than words

# If no score reaches the first, nothing answers the question; if it names a technology that no
# repository has, the second.
ANSWER_THRESHOLD, ABSENT_THRESHOLD = 0.15, 0.4
SUGGESTED_THRESHOLD = 0.3  # a suggested question has a better answer
# Repositories below this score, or below this share of the best score, are not shown.
MATCH_THRESHOLD, MATCH_SHARE_OF_BEST = 0.12, 0.25
MAX_MATCHES = 50
NEAREST_THRESHOLD, MAX_NEAREST = 0.1, 3
EXACT_DECIMALS = 6  # of a score made of 32-bit weights; what differs beyond counts as equal
MIN_SHOWN_PART = 0.02  # group weight × match; words with less are not shown as matched


@dataclass(frozen=True, slots=True)
class Match:
    """A repository that answers a question, and what its score was made of."""

    name: str
    score: float  # 0..1
    signals: dict[str, float]  # field or `meaning` -> its part of the score, largest first
    terms: tuple[str, ...]  # matched words of the question as written, most important first
    expansions: dict[str, str]  # matched word -> the term that answers it, if it is another one


@dataclass(frozen=True, slots=True)
class IndexRanking:
    """The repositories that answer a question, or those that come nearest if none does."""

    matches: list[Match]  # best first
    nearest: list[str]  # names, best first; empty if there are matches


@dataclass(frozen=True, slots=True)
class GroupMatches:
    """Where a group of concepts occurs."""

    weight: float
    is_weak: bool
    is_absent: bool  # it names a technology that no repository has
    matches: dict[int, float]  # repository -> weight of the best expansion
    sources: dict[int, tuple[Concept, str]]  # repository -> the concept and term of that expansion


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
        order = sorted(range(len(bundles)), key=lambda number: _name(bundles[number]).lower())
        self.names = [_name(bundles[number]) for number in order]
        # Of each repository: the terms of its content, and those of the listing.
        self._terms = [(self.analysed[number], listing_terms(bundles[number])) for number in order]
        self._postings = Postings()
        self._answerable: dict[str, bool] = {}
        for repository, parts in enumerate(self._terms):
            for part in parts:
                self._postings.add(repository, part)
        self._embeddings = EmbeddingIndex([bundles[number] for number in order])
        name_terms = {term for name in self.names for term in terms(name)}
        self._lexicon = Lexicon(self._postings.terms, name_terms)

    def rank(self, question: str, embedding: QuestionEmbedding | None = None) -> IndexRanking:
        """Rank the repositories that answer `question`: at most MAX_MATCHES, equal scores by name.

        `embedding` adds repositories that are close in meaning.
        """
        scores, groups = self._rank_by_words(question)
        nearest_by_words = _best_first(scores, NEAREST_THRESHOLD)[:MAX_NEAREST]
        closeness = self._embeddings.closeness(embedding) if embedding else {}
        for repository, close in closeness.items():
            by_words = scores.get(repository, 0.0)
            scores[repository] = 1 - (1 - by_words) * (1 - MAX_EMBEDDING_WEIGHT * close)

        best = max(scores.values(), default=0.0)
        is_absent = any(group.is_absent for group in groups)
        if best < (ABSENT_THRESHOLD if is_absent else ANSWER_THRESHOLD):
            return IndexRanking([], [self.names[repository] for repository in nearest_by_words])
        threshold = max(MATCH_THRESHOLD, MATCH_SHARE_OF_BEST * best)
        matches = [
            self._explain(repository, scores[repository], groups, closeness.get(repository, 0.0))
            for repository in _best_first(scores, threshold)[:MAX_MATCHES]
        ]
        return IndexRanking(matches, [])

    def has_answer(self, subject: str) -> bool:
        """Tell whether any repository answers a subject of the portfolio, by words alone.

        The result is kept, since every answer suggests subjects: this is not for visitors' words.
        """
        if subject not in self._answerable:
            scores, _ = self._rank_by_words(subject)
            self._answerable[subject] = max(scores.values(), default=0.0) >= SUGGESTED_THRESHOLD
        return self._answerable[subject]

    def _rank_by_words(self, question: str) -> tuple[dict[int, float], list[GroupMatches]]:
        """Score the repositories that match any group of the question."""
        parsed = parse_question(question, self._lexicon)
        groups = [self._match_group(group) for group in parsed.groups]
        return self._score_by_words(parsed, groups), groups

    def _match_group(self, group: Sequence[Concept]) -> GroupMatches:
        """Find a group's best expansion in every repository, and weight the group."""
        matches: dict[int, float] = {}
        sources: dict[int, tuple[Concept, str]] = {}
        for concept in group:
            for term, expansion_weight in concept.expansions:
                source = (concept, term)
                for repository, term_weight in self._postings.weights_of(term).items():
                    match = expansion_weight * term_weight
                    if match > matches.get(repository, 0.0):
                        matches[repository] = match
                        sources[repository] = source
        is_weak = all(concept.weak for concept in group)
        weight = self._specificity(sum(matches.values()))
        if is_weak:
            weight *= WEAK_TERM_WEIGHT
        elif not matches and not any(concept.known for concept in group):
            weight *= UNKNOWN_TERM_WEIGHT
        is_absent = not matches and any(concept.is_technology for concept in group)
        return GroupMatches(weight, is_weak, is_absent, matches, sources)

    def _specificity(self, frequency: float) -> float:
        """Return how telling a group is: the fewer repositories match it, the more.

        `frequency`: the sum of its matches, a document frequency in which weak matches count less.
        """
        size = len(self.names)
        if not size:
            return 1.0
        return MIN_GROUP_WEIGHT + math.log((1 + size) / (1 + frequency)) / math.log(1 + size)

    def _score_by_words(
        self, question: ParsedQuestion, groups: Sequence[GroupMatches]
    ) -> dict[int, float]:
        """Score the repositories that match any group: the steps from `matched` to `by words`."""
        matched: dict[int, float] = defaultdict(float)
        covered: dict[int, float] = defaultdict(float)
        for group in groups:
            for repository, match in group.matches.items():
                matched[repository] += group.weight * match
                if not group.is_weak and match >= MIN_COVERING_MATCH:
                    covered[repository] += group.weight
        total = sum(group.weight for group in groups)
        strong_total = sum(group.weight for group in groups if not group.is_weak)
        bigram_weights = self._sum_bigram_weights(question.bigrams)
        scores: dict[int, float] = {}
        for repository, value in matched.items():
            missing = 1 - covered[repository] / strong_total if strong_total else 0.0
            score = value / total * (1 - MAX_COVERAGE_PENALTY * missing)
            if question.bigrams:
                bonus = PHRASE_BONUS * (1 - score) * bigram_weights[repository]
                score += bonus / len(question.bigrams)
            scores[repository] = min(1.0, score)
        return scores

    def _sum_bigram_weights(self, bigrams: Sequence[str]) -> dict[int, float]:
        sums: dict[int, float] = defaultdict(float)
        for bigram in bigrams:
            first, second = map(self._postings.weights_of, bigram.split(" "))
            for repository in first.keys() & second.keys():
                parts = self._terms[repository]
                sums[repository] += combined_weight(part.weight_of(bigram) for part in parts)
        return sums

    def _explain(
        self, repository: int, score: float, groups: Sequence[GroupMatches], closeness: float
    ) -> Match:
        """Say what a repository's score was made of."""
        parts = [
            (group.weight * group.matches[repository], *group.sources[repository])
            for group in groups
            if repository in group.matches
        ]
        signals = self._divide(repository, score, parts, closeness)
        ordered_signals = sorted(signals.items(), key=lambda signal: (-signal[1], signal[0]))
        ordered_parts = sorted(parts, key=lambda part: -part[0])
        claimed = [
            (part, concept, term)
            for part, concept, term in ordered_parts
            if term not in concept.unclaimed
        ]
        telling = [concept.written for part, concept, _ in claimed if part > MIN_SHOWN_PART]
        return Match(
            name=self.names[repository],
            score=round(score, 4),
            signals={signal: round(part, 4) for signal, part in ordered_signals},
            terms=tuple(dict.fromkeys(telling)),
            expansions={
                concept.written: shown
                for _, concept, term in claimed
                if (shown := _shown(concept, term)) != concept.written
            },
        )

    def _divide(
        self, repository: int, score: float, parts: Sequence[ScorePart], closeness: float
    ) -> dict[str, float]:
        """Divide a score among its signals: `meaning`, and the fields that the terms occur in."""
        signals: dict[str, float] = defaultdict(float)
        by_meaning = 0.0
        if closeness:
            by_meaning = MAX_EMBEDDING_WEIGHT * closeness * score if parts else score
            signals["meaning"] = by_meaning
        by_words = score - by_meaning
        total = sum(part for part, _, _ in parts) or 1.0
        for part, _, term in parts:
            content, listing = self._terms[repository]
            weights = {**content.field_weights_of(term), **listing.field_weights_of(term)}
            for signal, weight in weights.items():
                signals[signal] += by_words * part / total * weight / sum(weights.values())
        return signals


def _shown(concept: Concept, term: str) -> str:
    """Return the word that answers a concept as visitors read it: their own word if it means the same."""
    if term == concept.term:
        return concept.written
    technology = technology_of(term)
    if technology is None:
        return term
    is_same = normal_form(concept.written) in technology.forms
    return concept.written if is_same else technology.name


def _name(bundle: Bundle) -> str:
    return str(bundle["metadata"]["name"])


def _best_first(scores: Mapping[int, float], threshold: float) -> list[int]:
    chosen = sorted(
        (-round(score, EXACT_DECIMALS), repository)
        for repository, score in scores.items()
        if score >= threshold
    )
    return [repository for _, repository in chosen]
