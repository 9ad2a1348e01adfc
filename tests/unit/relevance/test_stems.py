"""Inflections of a word share a stem; other words do not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevance.spelling import english_words, is_english
from relevance.stems import stem
from relevance.vocabulary import languages

LETTERS = "abcdefghijklmnopqrstuvwxyz"


@pytest.mark.parametrize(
    ("stemmed", "word"),
    [
        ("databas", "databases"),
        ("visualization", "visualisation"),
        ("cat", "cats"),
        ("css", "css"),  # short
        ("esp32s", "esp32s"),  # digits
        ("größen", "größen"),  # not English
        ("", ""),
    ],
)
def test_words_are_reduced_to_their_stem(stemmed, word):
    assert stemmed == stem(word)


class TestInflections:
    @pytest.mark.parametrize(
        "inflections",
        [
            "platform platforms",
            "box boxes",
            "class classes",
            "process processes processing processed",
            "cache caches caching cached",
            "story stories",
            "tie ties tied",
            "monkey monkeys",
            "hero heroes",
            "virus viruses",
            "canvas canvases",
            "alias aliases aliasing",
            "bias biases biased",
            "thing things",
        ],
    )
    def test_of_a_noun_share_a_stem(self, inflections):
        assert 1 == len(set(map(stem, inflections.split()))), inflections

    @pytest.mark.parametrize(
        ("plural", "singular"),
        [
            (f"{word}s", word)
            for word in "gpu menu guru wiki emoji taxi safari phobia portfolio studio topic metric".split()
        ],
    )
    def test_of_a_noun_with_a_rare_ending_share_a_stem(self, plural, singular):
        assert stem(singular) == stem(plural)

    @pytest.mark.parametrize(
        "inflections",
        [
            "make makes making",
            "plan plans planning planned",
            "hope hopes hoping hoped",
            "locate locating located",
            "enable enabling enabled",
            "schedule scheduling scheduled schedules",
            "track tracks tracking tracked",
            "study studies studying studied",
            "queue queues queueing queuing queued",
            "add adds adding added",
            "stuff stuffing stuffed",
            "install installs installing installed",
            "roll rolls rolling rolled",
            "breathe breathes breathing breathed",
            "embed embeds",
            "string strings stringing",
            "need needs needed needing",
            "ski skiing",
            "see seeing sees",
        ],
    )
    def test_of_a_verb_share_a_stem(self, inflections):
        assert 1 == len(set(map(stem, inflections.split()))), inflections

    @given(st.from_regex(r"[a-z]{3,12}[bdklmnprt]", fullmatch=True))
    def test_a_plural_shares_the_stem_of_any_singular(self, word):
        if not word.endswith("ed"):  # "organiseds" is no plural
            assert stem(word) == stem(f"{word}s")


class TestOtherWords:
    @pytest.mark.parametrize(
        "words",
        [
            # Endings that make another word.
            *("platformer platform", "animation animal", "designer design", "localization local"),
            *(
                "personality person",
                "organization organ",
                "university universe",
                "general generate",
            ),
            *("generation generic", "community commune", "policy police", "probably probe"),
            # Vowels that an ending leaves behind.
            *(
                "hoping hopping",
                "hoped hopped",
                "plane plan",
                "care car",
                "caring cars",
                "tape tap",
            ),
            *("rating rats", "filing filling", "tiling tilling", "wine win", "scrape scrap"),
            # Words that look inflected.
            *(
                "embedded embedding",
                "embedding embed",
                "booking book",
                "parking park",
                "news new",
                "physics physical",
                "bus bu",
            ),
            *(
                "graphics graphic",
                "statics static",
                "basics basic",
                "bias phobia",
                "analysis analyst",
            ),
            *(
                "evening even",
                "wedding wed",
                "ceiling ceil",
                "earring ear",
                "adding ad",
                "hundred hundr",
            ),
            *("string str", "king k", "tennis tenni", "corpus corpu"),
        ],
    )
    def test_have_other_stems(self, words):
        one, other = words.split()

        assert stem(one) != stem(other)


class TestBritish:
    @pytest.mark.parametrize(
        ("british", "american"),
        [
            ("analysers", "analyzers"),
            ("behavioural", "behavioral"),
            ("catalogues", "catalogs"),
            ("centre", "center"),
            ("centimetres", "centimeters"),
            ("colours", "color"),
            ("customisable", "customizable"),
            ("defence", "defense"),
            ("favourites", "favorite"),
            ("greyscale", "grayscale"),
            ("labelled", "labeled"),
            ("licence", "license"),
            ("litre", "liters"),
            ("modelling", "modeling"),
            ("neighbours", "neighbors"),
            ("organisational", "organizational"),
            ("programmes", "programs"),
            ("theatre", "theater"),
        ],
    )
    def test_words_have_the_stem_of_american_ones(self, british, american):
        assert stem(american) == stem(british)

    @pytest.mark.parametrize(
        ("word", "kept"),
        [("rise", "rise"), ("analysis", "analysis"), ("analyst", "analyst"), ("hour", "hour")],
    )
    def test_other_words_keep_their_letters(self, word, kept):
        assert kept == stem(word)

    def test_every_listed_pair_has_one_stem(self):
        pairs = [
            (word, american)
            for letter in LETTERS
            for word in english_words(letter)
            for british, other in (("is", "iz"), ("ys", "yz"))
            for ending in ("e", "es", "ed", "er", "ers", "ing", "ation", "ations", "able")
            if word.endswith(british + ending)
            and is_english(american := word.removesuffix(british + ending) + other + ending)
            and len(word) - len(british + ending) > 2  # "guise" is no "guize"
        ]

        assert len(pairs) > 1_000
        assert [] == [pair for pair in pairs if stem(pair[0]) != stem(pair[1])]


class TestAnyText:
    @given(st.text(max_size=50))
    def test_has_a_stem_that_is_as_long_at_most(self, text):
        word = text.lower()

        assert len(stem(word)) <= len(word)
        assert bool(word) == bool(stem(word))

    @given(st.from_regex(r"[a-z]{1,20}", fullmatch=True))
    def test_of_letters_has_a_stem_of_letters(self, word):
        assert stem(word).isalpha()
        assert word[0] == stem(word)[0]

    @given(st.from_regex(r"[a-z]{2,10}[0-9][a-z0-9]{0,5}", fullmatch=True))
    def test_with_digits_stays_as_it_is(self, name):
        assert name == stem(name)

    def test_the_stem_of_a_programming_language_keeps_its_first_letter(self):
        for language in languages().values():
            name = language.name.lower()
            assert name[0] == stem(name)[0]
