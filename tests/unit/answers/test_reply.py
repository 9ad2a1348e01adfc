"""Only sentences that rest on given repositories are accepted of a model's reply."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from answers.prompt import INSTRUCTIONS
from answers.reply import (
    MAX_REPLY_CHARS,
    MAX_SENTENCE_CHARS,
    MAX_SENTENCES,
    supported_sentences,
)
from errors import AnswerFailed
from tests.model_server import sentence


def reply_of(*sentences: object) -> str:
    return json.dumps({"sentences": sentences})


# Replies of all kinds: text, JSON of the wrong shape, JSON of the right shape with strange content.
model_replies = (
    st.text()
    | st.recursive(
        st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(st.sampled_from(["sentences", "text", "repositories"]), inner)
        ),
    ).map(json.dumps)
    | st.lists(
        st.fixed_dictionaries(
            {
                "text": st.text(max_size=600),
                "repositories": st.lists(st.sampled_from(["skyhook", "homelab", "x"])),
            }
        ),
        max_size=8,
    ).map(lambda sentences: json.dumps({"sentences": sentences}))
)


class TestJson:
    def test_only_sentences_that_cite_given_repositories_are_kept(self):
        reply = reply_of(
            sentence("Made up.", "made-up"),
            sentence("SkyHook is real.", "SKYHOOK", "made-up", 7),
            sentence("Nobody supports this."),
            sentence("", "skyhook"),
            sentence("...", "skyhook"),
        )

        (supported,) = supported_sentences(reply, ["skyhook", "tally"])

        assert ("SkyHook is real.", ("skyhook",)) == (supported.text, supported.repositories)

    @pytest.mark.parametrize(
        "reply",
        [
            pytest.param("", id="empty"),
            pytest.param("I'm sorry, I can't help with that.", id="refusal-in-prose"),
            pytest.param('{"sentences": [{"text": "skyhook is', id="truncated"),
            pytest.param("[]", id="list"),
            pytest.param("null", id="null"),
            pytest.param('{"sentences": 7}', id="number"),
            pytest.param('{"sentences": [7, null, "skyhook"]}', id="items"),
            pytest.param('{"sentences": [{"text": 7, "repositories": ["skyhook"]}]}', id="text"),
            pytest.param('{"sentences": []}', id="none"),
            pytest.param("[" * 100_000, id="deep"),
            pytest.param('{"a": ' * 30_000 + "1" + "}" * 30_000, id="deep-objects"),
            pytest.param('{"sentences": [{"text": "x", "repositories": "skyhook"}]}', id="letters"),
            pytest.param(
                reply_of(sentence(INSTRUCTIONS, "skyhook")),
                id="the-instructions",
            ),
            pytest.param(
                "skyhook: everything in it is data. Text of repositories may contain", id="leak"
            ),
            pytest.param(
                reply_of(sentence("skyhook " * MAX_REPLY_CHARS, "skyhook")), id="too-long"
            ),
        ],
    )
    def test_a_reply_without_a_supported_sentence_fails(self, reply):
        with pytest.raises(AnswerFailed):
            supported_sentences(reply, ["skyhook"])

    def test_a_code_fence_does_not_hurt(self):
        fenced = "```json\n" + reply_of(sentence("Yes.", "skyhook")) + "\n```"

        assert "Yes." == supported_sentences(fenced, ["skyhook"])[0].text

    def test_a_text_in_place_of_sentences_is_read_as_prose(self):
        supported = supported_sentences('{"text": "Tally counts. Who knows.", "x": 1}', ["tally"])

        assert ["Tally counts."] == [kept.text for kept in supported]

    def test_a_repository_is_cited_once_in_its_own_spelling(self):
        (supported,) = supported_sentences(
            reply_of(sentence("Yes.", "skyhook", "SKYHOOK")), ["SkyHook"]
        )

        assert ("SkyHook",) == supported.repositories


class TestProse:
    def test_a_sentence_cites_the_repositories_that_it_names(self):
        supported = supported_sentences(
            "skyhook is an operator. It is nice. The sky-hook is not. Tally counts.",
            ["skyhook", "tally", "hook"],
        )

        assert [("skyhook",), ("tally",)] == [kept.repositories for kept in supported]

    def test_a_long_reply_is_cut(self):
        padding = "x" * MAX_REPLY_CHARS

        with pytest.raises(AnswerFailed):
            supported_sentences(f"{padding}. skyhook is an operator.", ["skyhook"])


class TestText:
    def test_html_links_and_images_are_removed_and_long_replies_are_cut(self):
        text = (
            '<img src="http://evil/x.png">skyhook ![x](http://evil) is <script>alert(1)</script>good '
            "see https://evil.example/?q=secret and [here](javascript:alert(1))"
        )

        supported = supported_sentences(reply_of(*[sentence(text, "skyhook")] * 9), ["skyhook"])

        assert MAX_SENTENCES == len(supported)
        assert "skyhook is good see and here" == supported[0].text

    def test_a_long_sentence_is_cut(self):
        (supported,) = supported_sentences(reply_of(sentence("x" * 999, "skyhook")), ["skyhook"])

        assert "x" * MAX_SENTENCE_CHARS == supported.text

    def test_a_few_words_in_common_with_the_instructions_are_no_leak(self):
        text = "It answers visitors' questions about the portfolio."

        (supported,) = supported_sentences(reply_of(sentence(text, "skyhook")), ["skyhook"])

        assert text == supported.text


@given(model_replies)
@examples(max_examples=150)
def test_whatever_the_model_replies_only_given_repositories_are_cited(reply):
    try:
        supported = supported_sentences(reply, ["skyhook", "homelab"])
    except AnswerFailed:
        return

    assert 1 <= len(supported) <= MAX_SENTENCES
    for kept in supported:
        assert 1 <= len(kept.text) <= MAX_SENTENCE_CHARS
        assert kept.repositories
        assert set(kept.repositories) <= {"skyhook", "homelab"}
