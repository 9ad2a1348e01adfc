"""What is believed of a model's reply: sentences that rest on repositories it was given."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from answers.plain import plain_text
from answers.prompt import INSTRUCTIONS
from errors import AnswerFailed

MOST_SENTENCES, LONGEST_SENTENCE = 5, 400
LONGEST_REPLY = 100_000
REPEATED_WORDS = 5  # so many words of the instructions in a row are a repetition of them


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, and the repositories that support it, as they are spelt."""

    text: str
    repositories: tuple[str, ...]


def supported_sentences(content: str, given: Sequence[str]) -> list[Sentence]:
    """The sentences of a reply that rest on `given` repositories. Raises AnswerFailed if none does.

    A citation of anything else is dropped, then a sentence without citations, and one that repeats
    the instructions. A reply in prose, of a model that knows no better, rests on what it names.
    """
    known = {name.lower(): name for name in given}
    stated = _stated(content, given) if _is_json(content) else _prose(content, given)
    sentences = []
    for text, names in stated:
        clean = plain_text(text).strip()[:LONGEST_SENTENCE]
        cited = dict.fromkeys(known[name.lower()] for name in names if name.lower() in known)
        if cited and any(letter.isalpha() for letter in clean) and not _repeats(clean):
            sentences.append(Sentence(clean, tuple(cited)))
    if not sentences:
        raise AnswerFailed("no sentence of the reply rests on a repository that was given")
    return sentences[:MOST_SENTENCES]


def _is_json(content: str) -> bool:
    return content.lstrip().startswith(("{", "[", "```"))


def _stated(content: str, given: Sequence[str]) -> list[tuple[str, list[str]]]:
    """Sentences and the names that the reply gives with each; without sentences, its text."""
    start, end = content.find("{"), content.rfind("}")
    try:
        if len(content) > LONGEST_REPLY or end < start:
            raise ValueError
        reply = json.loads(content[start : end + 1])
        if isinstance(reply.get("text"), str):
            return _prose(reply["text"], given)
        found = reply["sentences"]
        return [
            (each["text"], [name for name in each["repositories"] if isinstance(name, str)])
            for each in found
            if isinstance(each["text"], str)
        ]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise AnswerFailed("the reply is not what was asked for") from None


def _prose(content: str, given: Sequence[str]) -> list[tuple[str, list[str]]]:
    """Sentences and the names in them."""
    found = re.split(r"(?<=[.!?])\s+", content[:LONGEST_REPLY])
    return [(sentence, [name for name in given if _names(sentence, name)]) for sentence in found]


def _names(sentence: str, name: str) -> bool:
    return bool(re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", sentence, re.IGNORECASE))


def _repeats(text: str) -> bool:
    words = re.findall(r"\w+", text.lower())
    said = f" {' '.join(re.findall(r'[a-z]+', INSTRUCTIONS.lower()))} "
    runs = (
        " ".join(words[at : at + REPEATED_WORDS]) for at in range(len(words) - REPEATED_WORDS + 1)
    )
    return any(f" {run} " in said for run in runs)
