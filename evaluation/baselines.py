"""What anybody would try first, over the same text: BM25, TF-IDF of words, TF-IDF of characters."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from rank_bm25 import BM25Okapi
from sklearn.feature_extraction.text import TfidfVectorizer

from evaluation.measures import Ranker
from relevance.context import normalise_context


def text_of(bundle: Mapping[str, Any]) -> str:
    """All that the ranking reads of a repository, path words and manifests included."""
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
    """Name -> ranker."""
    names = [bundle["metadata"]["name"] for bundle in bundles]
    texts = [text_of(bundle) for bundle in bundles]
    words = TfidfVectorizer(stop_words="english", sublinear_tf=True)
    characters = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)
    return {
        "BM25": _bm25(names, texts),
        "TF-IDF": _tfidf(words, names, texts),
        "character TF-IDF": _tfidf(characters, names, texts),
    }


def _bm25(names: Sequence[str], texts: Sequence[str]) -> Ranker:
    index = BM25Okapi([_words(text) for text in texts])

    def rank(question: str) -> list[tuple[str, float]]:
        return _best_first(names, index.get_scores(_words(question)))

    return rank


def _tfidf(vectorizer: Any, names: Sequence[str], texts: Sequence[str]) -> Ranker:
    matrix = vectorizer.fit_transform(texts)

    def rank(question: str) -> list[tuple[str, float]]:
        return _best_first(names, (matrix @ vectorizer.transform([question]).T).toarray().ravel())

    return rank


def _best_first(names: Sequence[str], scores: Sequence[float]) -> list[tuple[str, float]]:
    found = [(name, float(score)) for name, score in zip(names, scores, strict=True) if score > 0]
    return sorted(found, key=lambda each: (-each[1], each[0].lower()))


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9+#]+", text.lower())
