"""Validate a model's reply: keep only sentences that cite repositories it was given.

The only module that decides what is accepted of a reply.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from answers.plain import plain_text
from answers.prompt import INSTRUCTIONS
from errors import AnswerFailed

MAX_SENTENCES, MAX_SENTENCE_CHARS = 5, 400
MAX_REPLY_CHARS = 100_000
LEAKED_WORDS = 5  # this many consecutive words of the instructions are taken for a leak of them


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence and the repositories that support it, in their own spelling."""

    text: str
    repositories: tuple[str, ...]


Claim = tuple[str, list[str]]  # a sentence as the model wrote it, and the names that it cites


def supported_sentences(reply: str, names: Sequence[str]) -> list[Sentence]:
    """Return the sentences of a reply that are supported by the repositories it was given.

    Citations of repositories other than `names` are dropped. So are sentences without a citation,
    and sentences that leak the instructions. Prose, from models that do not support JSON, cites the
    repositories that it names. Raises AnswerFailed if no sentence is left.
    """
    spellings = {name.lower(): name for name in names}
    claims = _json_claims(reply, names) if _is_json(reply) else _prose_claims(reply, names)
    sentences = []
    for claimed, citations in claims:
        text = plain_text(claimed).strip()[:MAX_SENTENCE_CHARS]
        supporting = dict.fromkeys(
            spellings[name.lower()] for name in citations if name.lower() in spellings
        )
        has_letters = any(character.isalpha() for character in text)
        if supporting and has_letters and not _leaks_instructions(text):
            sentences.append(Sentence(text, tuple(supporting)))
    if not sentences:
        raise AnswerFailed("no sentence of the reply rests on a repository that was given")
    return sentences[:MAX_SENTENCES]


def _is_json(reply: str) -> bool:
    return reply.lstrip().startswith(("{", "[", "```"))


def _json_claims(reply: str, names: Sequence[str]) -> list[Claim]:
    """Read the JSON object in a reply, which may stand in a code fence."""
    start, end = reply.find("{"), reply.rfind("}")
    try:
        if len(reply) > MAX_REPLY_CHARS or end < start:
            raise ValueError
        content = json.loads(reply[start : end + 1])
        if isinstance(content.get("text"), str):
            return _prose_claims(content["text"], names)
        return [
            (item["text"], [name for name in item["repositories"] if isinstance(name, str)])
            for item in content["sentences"]
            if isinstance(item["text"], str)
        ]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise AnswerFailed("the reply is not what was asked for") from None


def _prose_claims(reply: str, names: Sequence[str]) -> list[Claim]:
    """Split prose into sentences; each cites the repositories that it names."""
    sentences = re.split(r"(?<=[.!?])\s+", reply[:MAX_REPLY_CHARS])
    return [
        (sentence, [name for name in names if _contains_name(sentence, name)])
        for sentence in sentences
    ]


def _contains_name(sentence: str, name: str) -> bool:
    return bool(re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", sentence, re.IGNORECASE))


def _leaks_instructions(text: str) -> bool:
    words = re.findall(r"\w+", text.lower())
    instructions = f" {' '.join(re.findall(r'[a-z]+', INSTRUCTIONS.lower()))} "
    return any(
        f" {' '.join(words[start : start + LEAKED_WORDS])} " in instructions
        for start in range(len(words) - LEAKED_WORDS + 1)
    )
