"""The terms of a repository, as the index needs them: made once, kept in its row.

The terms of the content are made when the repository is fetched. Those of the listing, which
changes without a push, are made when the index is built.
"""

from __future__ import annotations

import base64
import sys
from array import array
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
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
ANALYSIS_VERSION = 1
MAX_BYTE = 255  # field weights are kept as one byte each


@dataclass(frozen=True, slots=True)
class RepositoryTerms:
    """The terms that occur in one repository, with their weights."""

    terms: tuple[str, ...]  # sorted; bigrams are written as `a b`
    weights: array[float]  # for each term: over all fields, 0..1, 32 bits
    field_weights: bytes  # for each term, len(FIELDS) weights in the order of FIELDS, 0..MAX_BYTE

    def field_weights_of(self, term: str) -> bytes:
        """Return the weights of a term in the order of FIELDS; empty if it does not occur."""
        position = bisect_left(self.terms, term)
        if position == len(self.terms) or self.terms[position] != term:
            return b""
        return self.field_weights[position * len(FIELDS) : (position + 1) * len(FIELDS)]


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
        # The words of repositories repeat: interned, each is kept once. Refuses what is no string.
        terms = tuple(map(sys.intern, packed["terms"]))
        weights = array("f", base64.b64decode(packed["weights"], validate=True))
        field_weights = base64.b64decode(packed["field_weights"], validate=True)
    except (KeyError, TypeError, ValueError):
        return None
    if len(weights) != len(terms) or len(field_weights) != len(terms) * len(FIELDS):
        return None
    return RepositoryTerms(terms, _little_endian(weights), field_weights)


def _repository_terms(weights: TermWeights) -> RepositoryTerms:
    ordered = sorted(weights)
    return RepositoryTerms(
        terms=tuple(map(sys.intern, ordered)),
        weights=array("f", (combined_weight(weights[term].values()) for term in ordered)),
        field_weights=bytes(
            round(MAX_BYTE * weights[term].get(field, 0.0)) for term in ordered for field in FIELDS
        ),
    )


def _little_endian(weights: array[float]) -> array[float]:
    """Swap the bytes on a big-endian machine; there and back."""
    if sys.byteorder == "little":
        return weights
    swapped = array("f", weights)
    swapped.byteswap()
    return swapped
