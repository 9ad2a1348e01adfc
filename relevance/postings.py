"""The inverted index: in which repositories a term occurs."""

from __future__ import annotations

from array import array
from collections.abc import KeysView
from itertools import repeat

from relevance.fields import combined_weight
from relevance.terms import RepositoryTerms

NO_ENTRY = -1


class Postings:
    """Repositories and weights by single term.

    Bigrams are left out: they are most of the terms, and few are ever asked for.

    A term of a repository is an entry. The entries of one term form a chain, from the last one to
    the first. So a dictionary and arrays are enough, and C code fills them: hundreds of thousands
    of entries take tenths of a second, and no objects of their own.
    """

    def __init__(self) -> None:
        """Make postings without any repository."""
        self._last: dict[str, int] = {}  # term -> its last entry
        # Of each entry: the entry of the same term before it, or NO_ENTRY.
        self._previous = array("i")
        self._repositories = array("I")
        self._weights = array("f")

    @property
    def terms(self) -> KeysView[str]:
        """All single terms that occur."""
        return self._last.keys()

    def add(self, repository: int, occurring: RepositoryTerms) -> None:
        """Add the terms of a repository. Several calls for one repository must follow one another."""
        first, count = len(self._weights), occurring.singles
        terms = occurring.terms[:count]
        self._previous.extend(map(self._last.get, terms, repeat(NO_ENTRY)))
        self._last.update(zip(terms, range(first, first + count), strict=True))
        self._repositories.extend(array("I", [repository]) * count)
        self._weights.extend(occurring.weights[:count])

    def weights_of(self, term: str) -> dict[int, float]:
        """Return the weight, 0..1, of a single term in every repository that it occurs in."""
        weights: dict[int, float] = {}
        entry = self._last.get(term, NO_ENTRY)
        while entry != NO_ENTRY:
            repository, weight = self._repositories[entry], self._weights[entry]
            if repository in weights:
                weight = combined_weight((weights[repository], weight))
            weights[repository] = weight
            entry = self._previous[entry]
        return weights
