"""The terms of a repository, as the index needs them: made once, kept in its row.

The terms of the content are made when the repository is fetched. Those of the listing, which
changes without a push, are made when the index is built.
"""

from __future__ import annotations

import base64
import sys
from array import array
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from models import Bundle, PackedTerms
from relevance.fields import (
    FIELDS,
    TermWeights,
    combined_weight,
    content_weights,
    listing_weights,
)

# Raise it when `analyse` gives other terms or weights for the same bundle: after a change to
# `fields`, `context`, `text`, `vocabulary` or their data. Stored terms are then made anew.
ANALYSIS_VERSION = 5
MAX_BYTE = 255  # field weights are kept as one byte each


@dataclass(frozen=True, slots=True)
class RepositoryTerms:
    """The terms that occur in one repository, with their weights."""

    terms: tuple[str, ...]  # single terms, then bigrams as `a b`; each part is sorted
    weights: array[float]  # for each term: over all fields, 0..1, 32 bits
    field_weights: bytes  # for each term, len(FIELDS) weights in the order of FIELDS, 0..MAX_BYTE
    singles: int = field(init=False)  # how many of the terms are single

    def __post_init__(self) -> None:
        """Find where the bigrams begin."""
        object.__setattr__(self, "singles", _count_singles(self.terms))

    def weight_of(self, term: str) -> float:
        """Return the weight of a term over all fields; 0 if it does not occur."""
        position = self._position(term)
        return 0.0 if position is None else self.weights[position]

    def field_weights_of(self, term: str) -> dict[str, int]:
        """Return the fields that a term occurs in, with its weights in them, 1..MAX_BYTE."""
        position = self._position(term)
        if position is None:
            return {}
        weights = self.field_weights[position * len(FIELDS) : (position + 1) * len(FIELDS)]
        return {name: weight for name, weight in zip(FIELDS, weights, strict=True) if weight}

    def _position(self, term: str) -> int | None:
        start, end = (self.singles, len(self.terms)) if _is_bigram(term) else (0, self.singles)
        position = bisect_left(self.terms, term, start, end)
        return position if position < end and self.terms[position] == term else None


def analyse(bundle: Bundle) -> RepositoryTerms:
    """Make the terms of a repository's content. Takes milliseconds."""
    return _repository_terms(content_weights(bundle))


def listing_terms(bundle: Bundle) -> RepositoryTerms:
    """Make the terms of what GitHub's listing tells of a repository."""
    return _repository_terms(listing_weights(bundle))


def pack_terms(content: RepositoryTerms) -> PackedTerms:
    """Make JSON of terms, for a repository's row."""
    return {
        "analysis_version": ANALYSIS_VERSION,
        "terms": list(content.terms),
        "weights": base64.b64encode(_little_endian(content.weights).tobytes()).decode(),
        "field_weights": base64.b64encode(content.field_weights).decode(),
    }


def unpack_terms(packed: Any) -> RepositoryTerms | None:
    """Read what `pack_terms` made; return None if it is of another version, or no such value."""
    if not isinstance(packed, Mapping) or packed.get("analysis_version") != ANALYSIS_VERSION:
        return None
    try:
        terms = tuple(packed["terms"])
        singles = _count_singles(terms)
        # Single terms repeat between repositories: interned, each is kept once.
        terms = (*map(sys.intern, terms[:singles]), *terms[singles:])
        weights = array("f", base64.b64decode(packed["weights"], validate=True))
        field_weights = base64.b64decode(packed["field_weights"], validate=True)
    except (KeyError, TypeError, ValueError):
        return None
    if len(weights) != len(terms) or len(field_weights) != len(terms) * len(FIELDS):
        return None
    if any(type(term) is not str for term in terms[singles:]):
        return None
    return RepositoryTerms(terms, _little_endian(weights), field_weights)


def _repository_terms(weights: TermWeights) -> RepositoryTerms:
    ordered = sorted(weights, key=lambda term: (_is_bigram(term), term))
    singles = _count_singles(ordered)
    field_weights = bytearray(len(ordered) * len(FIELDS))
    for number, term in enumerate(ordered):
        for name, weight in weights[term].items():
            field_weights[number * len(FIELDS) + FIELDS.index(name)] = round(MAX_BYTE * weight)
    return RepositoryTerms(
        terms=(*map(sys.intern, ordered[:singles]), *ordered[singles:]),
        weights=array("f", (combined_weight(weights[term].values()) for term in ordered)),
        field_weights=bytes(field_weights),
    )


def _count_singles(terms: Sequence[str]) -> int:
    return bisect_left(terms, True, key=_is_bigram)


def _is_bigram(term: str) -> bool:
    return " " in term


def _little_endian(weights: array[float]) -> array[float]:
    """Swap the bytes on a big-endian machine; there and back."""
    if sys.byteorder == "little":
        return weights
    swapped = array("f", weights)
    swapped.byteswap()
    return swapped
