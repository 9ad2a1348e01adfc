"""Text becomes terms, the same way for questions and repositories."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevance.text import Word, bigrams, terms, without_emoji_codes, words


class TestTerms:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("C++, C# and .NET", ["cplusplus", "csharp", "dotnet"]),
            ("Node.js CI/CD", ["nodejs", "cicd"]),
            ("k8s", ["kubernetes"]),
            ("Show me what he knows about testing", ["test"]),
            ("kebab-case-words", ["kebab", "case", "word"]),
        ],
    )
    def test_a_text_is_reduced_to_its_terms_in_order(self, text, expected):
        assert expected == terms(text)

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("k8s", "Kubernetes"),
            ("C++", "cpp"),
            ("C#", "csharp"),
            (".NET", "dotnet"),
            ("Node.js", "nodejs"),
            ("CI/CD", "continuous integration"),
            ("web assembly", "WebAssembly"),
            ("visualisation", "visualization"),
            ("colours", "color"),
            ("modelling", "modeling"),
            ("Postgres", "PostgreSQL"),
            ("language models", "LLM"),
            ("golang", "Go"),
            ("GitHub Actions", "github-actions"),
            ("HTML5", "HTML"),
            ("Vue3", "Vue"),
            ("Vue 3", "Vue"),
            ("Python 3", "python3"),
            (".NET 8", ".NET"),
            ("C++20", "C++"),
            # Unicode has two ways to write é, and full-width letters.
            ("cafe\u0301", "café"),
            ("Ｐｙｔｈｏｎ", "Python"),
            ("to\u2011do", "to-do"),
            ("Daten\u00adbank", "Datenbank"),
            # Stemmers do not know these plurals.
            ("matrices", "matrix"),
            ("quizzes", "quiz"),
            ("wolves", "wolf"),
            ("APIs", "API"),
            ("metrics", "metric"),
            ("booked", "book"),
        ],
    )
    def test_two_spellings_of_one_thing_are_the_same_term(self, one, other):
        assert terms(one)[0] == terms(other)[0]

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            *(("java", "javascript"), ("go", "google"), ("c", "c++"), ("embedded", "embeddings")),
            *(("platform", "platformer"), ("local", "localization"), ("book", "booking")),
        ],
    )
    def test_two_technologies_with_similar_names_are_different_terms(self, one, other):
        assert not set(terms(one)) & set(terms(other))

    def test_a_camel_case_name_is_found_as_a_whole_and_by_its_parts(self):
        assert ["kafkaconsumer", "kafka", "consumer"] == terms("KafkaConsumer")
        assert {"orchardmanager", "orchard"} <= set(terms("OrchardManager"))

    def test_a_camel_case_name_may_have_any_letters(self):
        (word,) = words("MüllKalender")

        assert {"müll", "muell", "mull", "kalender"} == set(word.parts)

    def test_a_technology_is_not_split_at_its_capitals(self):
        assert ["javascript"] == terms("JavaScript")

    def test_ordinary_words_in_prose_are_not_technologies(self):
        assert "golang" not in terms("then go to the shop", prose=True)
        assert "golang" in terms("written in Go", prose=True)
        assert "golang" in terms("go")


class TestScripts:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("für Mieter", ["fuer", "für", "mieter"]),
            ("d'à côté, l’été", ["à", "cote", "côté", "été"]),
            ("we'd say C's", ["say", "c"]),
            ("हिन्दी में", ["हिन्दी", "में"]),
            ("مَرْحَبًا", ["مرحبا", "مَرْحَبًا"]),
            ("ภาษาไทย", ["ภาษาไทย"]),
            ("ёлка йод", ["елка", "ёлка", "йод"]),
            ("Ά ἀρχή", ["ά", "αρχη", "ἀρχή"]),
            ("1️⃣ ❤️ love", ["love"]),
        ],
        ids=[
            "umlaut",
            "elision",
            "ending",
            "vowel signs",
            "harakat",
            "thai",
            "yo",
            "greek",
            "emoji",
        ],
    )
    def test_letters_and_their_marks_stay_together(self, text, expected):
        assert expected == terms(text)

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("机器学习", ["机器", "器学", "学习"]),
            ("使用Python实现", ["使用", "python", "实现"]),
            ("家計簿アプリ", ["家計", "計簿", "簿ア", "アプ", "プリ"]),
            ("가계부를 앱", ["가계", "계부", "부를", "앱"]),
            ("猫。", ["猫"]),
        ],
    )
    def test_chinese_japanese_and_korean_are_split_into_pairs(self, text, expected):
        assert expected == terms(text)

    def test_a_word_within_a_sentence_without_blanks_is_found(self):
        assert set(terms("推荐系统")) <= set(terms("基于机器学习的电影推荐系统，使用Python实现。"))

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("café", "cafe"),
            ("München", "Muenchen"),
            ("München", "Munchen"),
            ("Straße", "Strasse"),
            ("Łódź", "Lodz"),
            ("smørrebrød", "smorrebrod"),
            ("İstanbul", "istanbul"),
            ("Tiếng", "Tieng"),
        ],
    )
    def test_a_word_is_found_without_its_accents_and_with_them(self, one, other):
        assert set(terms(other)) <= set(terms(one))

    def test_a_short_word_without_its_accent_is_another_word(self):
        assert "fur" not in terms("für")

    def test_a_letter_within_a_sentence_is_no_language(self):
        assert ["c"] == terms("c")
        assert ["plan", "orchard"] == terms("plan b: c orchards", prose=True)

    @given(st.text())
    def test_terms_are_in_one_normal_form(self, text):
        for term in terms(text):
            assert unicodedata.is_normalized("NFC", term)


class TestCompounds:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("to-do", ["todo"]),
            ("A to do list", ["todo", "list"]),
            ("my-to-do-list", ["todo", "list"]),
            ("to-dos", ["todo"]),
            ("add-ons", ["addon", "add"]),
            ("sign-up form", ["signup", "sign", "form"]),
            ("Wi-Fi", ["wifi", "wi", "fi"]),
            ("e-book", ["ebook", "e", "book"]),
            ("auto-complete", ["autocomplet", "auto", "complet"]),
            ("in-memory", ["inmemori", "memori"]),
            ("utf-8", ["utf8", "utf"]),
            ("wi-fi-scanner", ["wifi", "wi", "fi", "scanner"]),
            ("auto-complete-box", ["autocomplet", "auto", "complet", "box"]),
            ("24-7", []),
            ("drag-and-drop", ["drag", "drop"]),
        ],
    )
    def test_both_the_joined_form_and_the_words_are_terms(self, text, expected):
        assert expected == terms(text)

    @pytest.mark.parametrize(
        "spellings",
        [
            ("to-do", "todo"),
            ("add-on", "addon"),
            ("wi-fi", "wifi"),
            ("e-book", "ebook"),
            ("real-time", "realtime"),
            ("front-end", "frontend"),
            ("multi-player", "multiplayer"),
        ],
    )
    def test_a_compound_in_a_sentence_is_found_as_one_word(self, spellings):
        hyphenated, joined = spellings

        assert set(terms(joined)) <= set(terms(f"An {hyphenated} thing", prose=True))

    def test_the_words_of_a_long_compound_in_a_name_keep_their_weight(self):
        assert ["child", "process"] == terms("child-process")
        assert "childprocess" in terms("A child-process manager", prose=True)

    def test_the_words_of_a_compound_stay_neighbours(self):
        assert "auto complet" in bigrams(terms("An auto-complete box", prose=True))

    def test_to_do_in_a_sentence_is_two_small_words(self):
        assert [] == terms("what to do with it", prose=True)


class TestWords:
    def test_stop_words_and_numbers_have_no_term(self):
        assert [Word("the", None), Word("42", None), Word("terraform", "terraform")] == list(
            words("the 42 terraform")
        )

    def test_a_phrase_is_one_word_with_the_terms_of_its_parts(self):
        assert [Word("Machine Learning", "machinelearning", ("machin", "learn"))] == list(
            words("Machine Learning")
        )

    def test_the_longest_phrase_wins(self):
        (word,) = words("command line interface")

        assert "cli" == word.term

    def test_a_phrase_does_not_hide_the_words_after_it(self):
        assert ["machine learning", "terraform"] == [
            word.written for word in words("machine learning terraform")
        ]

    def test_the_first_word_of_a_phrase_alone_is_an_ordinary_word(self):
        assert [Word("machine", "machin")] == list(words("machine"))

    def test_parts_of_a_camel_case_name_that_are_stop_words_are_left_out(self):
        (word,) = words("TheOrchard")

        assert ("orchard",) == word.parts

    @given(st.text())
    def test_any_text_can_be_split(self, text):
        for word in words(text):
            assert word.written
            assert word.term != ""


def test_bigrams_are_the_pairs_of_adjacent_terms():
    assert ["child process", "process manag"] == bigrams(["child", "process", "manag"])
    assert [] == bigrams(["child"])


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (":rocket: Deploys :tada:", "Deploys"),
        ("good :+1:", "good"),
        (":e-mail::e-mail: x", ":e-mail::e-mail: x"),
        ("std::vector at 10:30:45", "std::vector at 10:30:45"),
        ("a:b: c", "a:b: c"),
    ],
)
def test_codes_of_pictures_are_left_out(text, left):
    assert left == " ".join(without_emoji_codes(text).split())
