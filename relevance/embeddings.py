"""Embeddings: texts as directions. Near directions mean near things, whatever the words.

The vectors come from a model that the owner may set; this module keeps and compares them.
"""

from __future__ import annotations

import base64
import math
import statistics
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import mul
from typing import Any, TypedDict

from relevance.context import normalise_context
from relevance.evidence import readable

STEPS = 127  # a coordinate is kept as one signed byte
README_CHARS = 2_000
FEWEST = 5  # repositories: with fewer there is no telling what is unusual
# Models differ in how near unrelated texts are: what counts is how far a repository stands out, in
# standard deviations of the portfolio.
NOTHING_BELOW, ALL_FROM = 1.0, 3.0


class Embedding(TypedDict):
    """A text's direction, as one model sees it."""

    model: str
    vector: str  # base64 of signed bytes


def text_to_embed(bundle: Mapping[str, Any]) -> str:
    """What a repository is about, in few words."""
    metadata, context = bundle["metadata"], normalise_context(bundle["repoContext"])
    parts = [
        str(metadata["name"]),
        str(metadata["description"] or ""),
        ", ".join([*metadata["topics"], *list(bundle["languages"])[:3]]),
        ", ".join([*context.identity[:5], *context.technologies[:20], *context.skills[:10]]),
        " ".join(readable(str(bundle["readme"])).split())[:README_CHARS],
    ]
    return "\n".join(part for part in parts if part)


def pack_embedding(model: str, vector: Sequence[float]) -> Embedding:
    """Keep a vector: its direction alone, to a byte a coordinate."""
    length = math.sqrt(sum(each * each for each in vector)) or 1.0
    steps = array("b", (round(STEPS * each / length) for each in vector))
    return {"model": model, "vector": base64.b64encode(steps.tobytes()).decode()}


@dataclass(frozen=True, slots=True)
class QuestionEmbedding:
    """A question's vector, from one model."""

    model: str
    vector: tuple[float, ...]


class EmbeddingIndex:
    """The embeddings of a portfolio's repositories, of whichever models."""

    def __init__(self, bundles: Sequence[Mapping[str, Any]]) -> None:
        """`bundles` in the order of the numbers that `stand_out` answers with."""
        self._vectors: dict[tuple[str, int], array[int]] = {}
        for number, bundle in enumerate(bundles):
            embedding = bundle.get("embedding")
            if embedding:
                steps = array("b", base64.b64decode(embedding["vector"]))
                self._vectors[embedding["model"], number] = steps

    def stand_out(self, question: QuestionEmbedding) -> dict[int, float]:
        """Repositories that are unusually near to a direction -> how much, above 0 to 1."""
        model, vector = question.model, question.vector
        length = math.sqrt(sum(each * each for each in vector)) or 1.0
        near = {
            number: sum(map(mul, vector, steps)) / length
            for (whose, number), steps in self._vectors.items()
            if whose == model and len(steps) == len(vector)
        }
        if len(near) < FEWEST:
            return {}
        mean, deviation = statistics.fmean(near.values()), statistics.pstdev(near.values()) or 1.0
        found = {
            number: (value - mean) / deviation - NOTHING_BELOW for number, value in near.items()
        }
        span = ALL_FROM - NOTHING_BELOW
        return {number: min(1.0, value / span) for number, value in found.items() if value > 0}
