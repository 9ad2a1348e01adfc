"""The inverted index gives the weights of a term by repository."""

from __future__ import annotations

from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevance.fields import FIELDS
from relevance.postings import Postings
from relevance.terms import RepositoryTerms


def repository_terms(weights: dict[str, float]) -> RepositoryTerms:
    ordered = sorted(weights)
    return RepositoryTerms(
        tuple(ordered),
        array("f", [weights[term] for term in ordered]),
        bytes(len(ordered) * len(FIELDS)),
    )


@given(
    st.lists(
        st.dictionaries(st.sampled_from("abcde"), st.floats(0, 1, width=32)), min_size=1, max_size=9
    )
)
def test_they_are_the_weights_of_every_repository_by_term(repositories):
    postings = Postings()
    for number, weights in enumerate(repositories):
        postings.add(number, repository_terms(weights))

    for term in "abcde":
        expected = {
            number: weights[term] for number, weights in enumerate(repositories) if term in weights
        }
        assert expected == postings.weights_of(term)
    assert {term for weights in repositories for term in weights} == set(postings.terms)


def test_parts_of_one_repository_are_combined_as_independent_evidence():
    postings = Postings()
    postings.add(3, repository_terms({"a": 0.5, "b": 0.25}))
    postings.add(3, repository_terms({"a": 0.5}))
    postings.add(7, repository_terms({"a": 0.25}))

    assert {3: 0.75, 7: 0.25} == pytest.approx(postings.weights_of("a"))
    assert {3: 0.25} == postings.weights_of("b")
    assert {} == postings.weights_of("c")


def test_bigrams_are_left_out():
    postings = Postings()
    postings.add(0, repository_terms({"a": 0.5, "a b": 0.5}))
    postings.add(1, repository_terms({"b": 0.25}))

    assert {"a", "b"} == set(postings.terms)
    assert ({}, {1: 0.25}) == (postings.weights_of("a b"), postings.weights_of("b"))
