"""Standard rankers over the same text: BM25, and TF-IDF of words and of character n-grams."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from rank_bm25 import BM25Okapi
from sklearn.feature_extraction.text import TfidfVectorizer

from evaluation.measures import Ranker
from relevance.context import normalise_context


def document(bundle: Mapping[str, Any]) -> str:
    """Join everything that our ranking reads of a repository, path words and dependencies included."""
    metadata, context = bundle["metadata"], normalise_context(bundle["repoContext"])
    parts = [
        re.sub(r"[-_.]", " ", metadata["name"]),
        metadata["name"],
        metadata["description"] or "",
        *metadata["topics"],
        *bundle["languages"],
        *context.identity,
        *context.technologies,
        *context.skills,
        *context.components,
        *context.topics,
        *bundle["dependencies"],
        *bundle["path_terms"],
        *bundle["files"],
        bundle["readme"],
    ]
    return " ".join(parts)


def baselines(bundles: Sequence[Mapping[str, Any]]) -> dict[str, Ranker]:
    """Build the baseline rankers, by name."""
    names = [bundle["metadata"]["name"] for bundle in bundles]
    documents = [document(bundle) for bundle in bundles]
    words = TfidfVectorizer(stop_words="english", sublinear_tf=True)
    characters = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)
    return {
        "BM25": _bm25(names, documents),
        "TF-IDF": _tfidf(words, names, documents),
        "character TF-IDF": _tfidf(characters, names, documents),
    }


def _bm25(names: Sequence[str], documents: Sequence[str]) -> Ranker:
    index = BM25Okapi([_tokens(document) for document in documents])

    def rank(question: str) -> list[tuple[str, float]]:
        return _best_first(names, index.get_scores(_tokens(question)))

    return rank


def _tfidf(vectorizer: Any, names: Sequence[str], documents: Sequence[str]) -> Ranker:
    matrix = vectorizer.fit_transform(documents)

    def rank(question: str) -> list[tuple[str, float]]:
        return _best_first(names, (matrix @ vectorizer.transform([question]).T).toarray().ravel())

    return rank


def _best_first(names: Sequence[str], scores: Sequence[float]) -> list[tuple[str, float]]:
    matches = [(name, float(score)) for name, score in zip(names, scores, strict=True) if score > 0]
    return sorted(matches, key=lambda match: (-match[1], match[0].lower()))


def _tokens(text: str) -> list[str]:
    return re.findall(r"[a-z0-9+#]+", text.lower())
