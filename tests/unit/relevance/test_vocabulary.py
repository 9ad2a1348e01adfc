"""The data files say what words mean."""

from __future__ import annotations

import pytest

from relevance.text import terms
from relevance.vocabulary import (
    KIND_WEIGHT,
    RELATED_WEIGHT,
    _expansions,
    is_programming_language,
    languages,
    vocabulary,
    without_symbols,
)


class TestTechnologies:
    def test_every_term_with_expansions_can_be_asked_for(self):
        for term in vocabulary().expansions:
            assert [term] == terms(term)[:1], term

    def test_every_expansion_is_a_term_of_the_vocabulary(self):
        for term, expansions in vocabulary().expansions.items():
            assert {other for other, _ in expansions} <= vocabulary().terms, term

    def test_every_phrase_is_recognised(self):
        for phrases in vocabulary().phrases.values():
            for phrase in phrases:
                assert phrase.term == terms(" ".join(phrase.tokens))[0]

    def test_kinds_weigh_more_than_related_terms(self):
        assert ("sqlite", KIND_WEIGHT) in vocabulary().expansions["database"]
        assert ("script", RELATED_WEIGHT) in vocabulary().expansions["automation"]
        assert RELATED_WEIGHT < KIND_WEIGHT < 1

    def test_a_term_that_is_both_kind_and_related_counts_as_a_kind(self):
        content = {"related": {"a": ["b", "c"]}, "kinds": {"a": ["b"]}}

        assert {"a": (("b", KIND_WEIGHT), ("c", RELATED_WEIGHT))} == _expansions(content, {})

    @pytest.mark.parametrize(
        ("word", "term"),
        [("k8s", "kubernetes"), ("databases", "database"), ("gardening", "garden")],
        ids=["spelling", "stem-of-a-name", "unknown-word"],
    )
    def test_a_word_has_its_canonical_term_or_its_stem(self, word, term):
        assert term == vocabulary().term(word)

    def test_words_that_every_project_could_claim_are_weak(self):
        assert "plugin" in vocabulary().weak
        assert "kubernetes" not in vocabulary().weak

    def test_files_and_suffixes_tell_technologies(self):
        assert ("django",) == vocabulary().file_terms["manage.py"]
        assert "terraform" in vocabulary().suffix_terms[".tf"]


class TestLanguages:
    @pytest.mark.parametrize(
        ("suffix", "name", "type_"),
        [
            (".md", "Markdown", "prose"),
            (".php", "PHP", "programming"),
            (".m", "Objective-C", "programming"),
            (".ts", "TypeScript", "programming"),
            (".json", "JSON", "data"),
            ("dockerfile", "Dockerfile", "programming"),
        ],
    )
    def test_suffixes_have_the_language_and_type_that_linguist_gives_them(
        self, suffix, name, type_
    ):
        assert (name, type_) == languages()[suffix]

    @pytest.mark.parametrize(
        ("term", "known"),
        [
            ("haskel", True),  # the stem
            ("python", True),
            ("markdown", False),
            ("r", False),  # too short to be recognised in a sentence
            ("größe", False),
        ],
    )
    def test_programming_languages_are_known_by_the_terms_of_their_names(self, term, known):
        assert known == is_programming_language(term)


@pytest.mark.parametrize(
    ("name", "word"),
    [("c++", "cplusplus"), ("ci/cd", "cicd"), ("node.js", "nodejs"), ("objective-c", "objectivec")],
)
def test_a_name_with_symbols_becomes_one_word(name, word):
    assert word == without_symbols(name)
