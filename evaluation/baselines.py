"""Standard rankers over the same fields: BM25F, and TF-IDF of words and of character n-grams.

BM25F: Robertson & Zaragoza, *The Probabilistic Relevance Framework: BM25 and Beyond* (2009). Its
parameters are the usual ones and its field weights round numbers; none is fitted.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, TfidfVectorizer

from evaluation.fitting import Fit, Ranking
from evaluation.measures import Result, threshold_refusing
from evaluation.portfolio import JudgedPortfolio
from models import Component
from relevance.context import normalise_context

K1, B = 1.2, 0.75
FIELD_WEIGHTS = {
    "name": 3.0, "topics": 3.0, "description": 2.0, "context": 2.0, "languages": 2.0,
    "dependencies": 1.5, "paths": 1.0, "readme": 1.0,
}  # fmt: skip
Ranker = Callable[[str], list[tuple[str, float]]]  # question -> names and scores, best first
Index = Callable[[Sequence[str], Sequence[Mapping[str, str]]], Ranker]  # of names and their fields


def fields_of(bundle: Mapping[str, Any]) -> dict[str, str]:
    """Return all that our ranking reads of a repository: the text of each field of FIELD_WEIGHTS."""
    metadata, context = bundle["metadata"], normalise_context(bundle["repoContext"])
    name = metadata["name"]
    listed = {
        "name": [name, re.sub(r"[-_.]", " ", name)],
        "topics": metadata["topics"],
        "description": [metadata["description"] or ""],
        "context": [
            *context.identity,
            *context.technologies,
            *context.skills,
            *context.components,
            *context.topics,
            *_component_texts(bundle["components"]),
        ],
        "languages": bundle["languages"],
        "dependencies": bundle["dependencies"],
        "paths": [*bundle["path_terms"], *bundle["files"]],
        "readme": [bundle["readme"]],
    }
    return {field: " ".join(texts) for field, texts in listed.items()}


def baselines() -> dict[str, Ranking]:
    """Return the baseline rankings, by name. They rank everything that has a score above 0."""
    return {
        "BM25F": _ranking(_bm25f),
        "TF-IDF": _ranking(_tfidf(stop_words="english")),
        "character TF-IDF": _ranking(_tfidf(analyzer="char_wb", ngram_range=(3, 5))),
    }


def with_threshold(ranking: Ranking, max_refused: float) -> Fit:
    """Let a ranking refuse questions whose best score is low; the threshold is fitted.

    It refuses at most `max_refused` of the answerable questions of the portfolios fitted on.
    """

    def fit(portfolios: Sequence[JudgedPortfolio]) -> Ranking:
        threshold = threshold_refusing(
            (
                max((result.score for result in ranking(portfolio, question.text)), default=0.0)
                for portfolio in portfolios
                for question in portfolio.questions
                if question.grades
            ),
            max_refused,
        )

        def rank(portfolio: JudgedPortfolio, question: str) -> list[Result]:
            return [result for result in ranking(portfolio, question) if result.score > threshold]

        return rank

    return fit


def _component_texts(components: Sequence[Component]) -> Iterator[str]:
    for component in components:
        yield from (component["name"], component["description"])
        yield from (*component["technologies"], *component["skills"])


def _ranking(index: Index) -> Ranking:
    @cache
    def ranker(portfolio: JudgedPortfolio) -> Ranker:
        names = [bundle["metadata"]["name"] for bundle in portfolio.bundles]
        return index(names, [fields_of(bundle) for bundle in portfolio.bundles])

    def rank(portfolio: JudgedPortfolio, question: str) -> list[Result]:
        return [Result(name, score) for name, score in ranker(portfolio)(question)]

    return rank


def _bm25f(names: Sequence[str], documents: Sequence[Mapping[str, str]]) -> Ranker:
    counts = [
        {field: Counter(_tokens(text)) for field, text in fields.items()} for fields in documents
    ]
    average = {
        field: sum(count[field].total() for count in counts) / len(counts) or 1.0
        for field in FIELD_WEIGHTS
    }
    # term -> repository -> its frequency over all fields, each normalised by its length
    frequencies: dict[str, dict[int, float]] = {}
    for number, count in enumerate(counts):
        for field, weight in FIELD_WEIGHTS.items():
            norm = 1 - B + B * count[field].total() / average[field]
            for term, occurrences in count[field].items():
                of_term = frequencies.setdefault(term, {})
                of_term[number] = of_term.get(number, 0.0) + weight * occurrences / norm

    def rank(question: str) -> list[tuple[str, float]]:
        scores = [0.0] * len(names)
        for term in _tokens(question):
            of_term = frequencies.get(term, {})
            rarity = math.log(1 + (len(names) - len(of_term) + 0.5) / (len(of_term) + 0.5))
            for number, frequency in of_term.items():
                scores[number] += rarity * frequency / (K1 + frequency)
        return _best_first(names, scores)

    return rank


def _tfidf(**options: Any) -> Index:
    def index(names: Sequence[str], documents: Sequence[Mapping[str, str]]) -> Ranker:
        vectorizer = TfidfVectorizer(sublinear_tf=True, **options)
        matrix = vectorizer.fit_transform(" ".join(fields.values()) for fields in documents)

        def rank(question: str) -> list[tuple[str, float]]:
            closeness = matrix @ vectorizer.transform([question]).T
            return _best_first(names, closeness.toarray().ravel())

        return rank

    return index


def _best_first(names: Sequence[str], scores: Sequence[float]) -> list[tuple[str, float]]:
    matches = [(name, float(score)) for name, score in zip(names, scores, strict=True) if score > 0]
    return sorted(matches, key=lambda match: (-match[1], match[0].lower()))


def _tokens(text: str) -> list[str]:
    words = re.findall(r"[^\W_][^\W_+#]*[+#]*", text.lower())
    return [word for word in words if word not in ENGLISH_STOP_WORDS]
