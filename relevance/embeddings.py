"""Compare questions and repositories by meaning, whatever their words.

The vectors come from the owner's embedding model; this module packs and compares them.
"""

from __future__ import annotations

import base64
import math
import statistics
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from operator import mul
from typing import TypedDict

from models import Bundle
from relevance.context import normalise_context

MAX_COORDINATE = 127  # a coordinate is kept as one signed byte
MAX_README_CHARS = 2_000
MIN_REPOSITORIES = 5  # with fewer, no similarity can be called unusual
# Models differ in how similar unrelated texts are. So what counts is how far a repository stands out
# of its portfolio, in standard deviations. Closeness grows from 0 at the first to 1 at the second.
MIN_DEVIATIONS, FULL_DEVIATIONS = 1.0, 3.0


class Embedding(TypedDict):
    """A text's direction, according to one model."""

    model: str
    vector: str  # base64 of signed bytes


@dataclass(frozen=True, slots=True)
class QuestionEmbedding:
    """A question's vector, from one model."""

    model: str
    vector: tuple[float, ...]


def text_to_embed(bundle: Bundle) -> str:
    """Summarise what a repository is about, for the model."""
    metadata, context = bundle["metadata"], normalise_context(bundle["repoContext"])
    parts = [
        str(metadata["name"]),
        str(metadata["description"] or ""),
        ", ".join([*metadata["topics"], *list(bundle["languages"])[:3]]),
        ", ".join([*context.identity[:5], *context.technologies[:20], *context.skills[:10]]),
        " ".join(chain.from_iterable(section["passages"] for section in bundle["sections"]))[
            :MAX_README_CHARS
        ],
    ]
    return "\n".join(part for part in parts if part)


def pack_embedding(model: str, vector: Sequence[float]) -> Embedding:
    """Quantise a vector to one byte per coordinate. Its length is dropped."""
    length = _length(vector)
    packed = array("b", (round(MAX_COORDINATE * value / length) for value in vector))
    return {"model": model, "vector": base64.b64encode(packed.tobytes()).decode()}


class EmbeddingIndex:
    """The embeddings of a portfolio's repositories, from any number of models."""

    def __init__(self, bundles: Sequence[Bundle]) -> None:
        """Unpack the embeddings. A bundle's position is the number of its repository."""
        self._vectors: dict[tuple[str, int], array[int]] = {}
        for repository, bundle in enumerate(bundles):
            embedding = bundle.get("embedding")
            if embedding:
                vector = array("b", base64.b64decode(embedding["vector"]))
                self._vectors[embedding["model"], repository] = vector

    def closeness(self, question: QuestionEmbedding) -> dict[int, float]:
        """Return the repositories that are unusually close to the question: number -> 0..1.

        Vectors of other models cannot be compared and are ignored.
        """
        length = _length(question.vector)
        similarity = {
            repository: sum(map(mul, question.vector, vector)) / length
            for (model, repository), vector in self._vectors.items()
            if model == question.model and len(vector) == len(question.vector)
        }
        if len(similarity) < MIN_REPOSITORIES:
            return {}
        mean = statistics.fmean(similarity.values())
        deviation = statistics.pstdev(similarity.values()) or 1.0
        excess = {
            repository: (value - mean) / deviation - MIN_DEVIATIONS
            for repository, value in similarity.items()
        }
        full = FULL_DEVIATIONS - MIN_DEVIATIONS
        return {
            repository: min(1.0, value / full) for repository, value in excess.items() if value > 0
        }


def _length(vector: Sequence[float]) -> float:
    return math.sqrt(sum(value * value for value in vector)) or 1.0
