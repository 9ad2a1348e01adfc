"""Validate a model's reply: keep only sentences that cite repositories it was given.

The only module that reads replies. Whether a sentence is shown by what it cites, or states the fact,
`support` and `stated` tell.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from answers.language import is_foreign
from answers.plain import plain_text
from answers.prompt import INSTRUCTIONS
from answers.refusals import Reason
from errors import AnswerFailed
from models import Bundle

MAX_SENTENCES, MAX_SENTENCE_CHARS = 5, 400
MAX_CLAIM_CHARS = 4 * MAX_SENTENCE_CHARS  # with markup
MAX_REPLY_CHARS = 100_000
MAX_OBJECTS = 50  # places of a reply where its JSON may begin
LEAKED_WORDS = 5  # this many consecutive words of the instructions are taken for a leak of them

THOUGHT = r"(?:think|thinking|thoughts?|reasoning|reflection|analysis|scratchpad)"
THOUGHTS_BEGIN = re.compile(rf"[<\[◁]{THOUGHT}\b[^>\]▷]{{0,50}}[>\]▷]", re.IGNORECASE)
THOUGHTS_END = re.compile(rf"[<\[◁]/{THOUGHT}\s{{0,5}}[>\]▷]", re.IGNORECASE)
# Prose has no braces, fences, tags or marks of a chat template, such as `<|channel|>`.
NOT_PROSE = re.compile(r"[{}]|```|<[a-z/!?|｜]|(?-i:\[/?[A-Z_]{4,}\])", re.IGNORECASE)
# Of JSON's sentences, HTML is removed; what is code or JSON in itself, or calls a tool, is no sentence.
NOT_A_SENTENCE = re.compile(
    r"[{}]|```|<[|｜]|</?(?:tool|function)|(?-i:\[/?[A-Z_]{4,}\])", re.IGNORECASE
)
LIST_MARK = re.compile(r"^\s*(?:[-*+•]|\d{1,2}[.)])\s+")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence and the repositories that support it, in their own spelling."""

    text: str
    repositories: tuple[str, ...]


Claim = tuple[str, list[str]]  # a sentence as the model wrote it, and what it cites


def supported_sentences(reply: str, bundles: Sequence[Bundle], question: str) -> list[Sentence]:
    """Return the sentences of a reply that cite repositories it was given.

    The first JSON object of the right shape counts, wherever it stands; without one, plain prose,
    which cites the repositories that it names. Citations of other repositories are dropped. So are
    sentences without a citation, and sentences that leak the instructions. Raises AnswerFailed if no
    sentence is left, or if they are in a language that the question is not in.
    """
    given = _Given(bundles)
    reply = _without_thoughts(reply[: MAX_REPLY_CHARS + 1])
    sentences: list[Sentence] = []
    if len(reply) <= MAX_REPLY_CHARS:
        for claims in _json_claims(reply, given):
            sentences = sentences or _supported(claims, given)
    prose = THOUGHTS_BEGIN.split(reply)[0]
    if not sentences and not NOT_PROSE.search(prose):
        sentences = _supported(_prose_claims(prose[:MAX_REPLY_CHARS], given), given)
    if not sentences:
        raise AnswerFailed(Reason.UNUSABLE_REPLY)
    if is_foreign(" ".join(sentence.text for sentence in sentences), question):
        raise AnswerFailed(Reason.OTHER_LANGUAGE)
    return sentences


class _Given:
    """The repositories that a model was given, by every way to cite them."""

    def __init__(self, bundles: Sequence[Bundle]) -> None:
        self.names: dict[str, str] = {}
        self._mentions: list[tuple[str, re.Pattern[str]]] = []
        links: list[str] = []
        for bundle in bundles:
            metadata = bundle["metadata"]
            name, full_name = metadata["name"], metadata["full_name"]
            address = re.sub(r"^https?://", "", metadata["html_url"])
            for spelling in (name, full_name, address):
                self.names.setdefault(spelling.lower(), name)
            owner = re.escape(full_name.rpartition("/")[0])
            named = rf"(?<![\w/.-])(?:{owner}/)?{re.escape(name)}(?![\w-])"
            self._mentions.append((name, re.compile(named, re.IGNORECASE)))
            links.append(re.escape(address))
        longest_first = "|".join(sorted(links, key=len, reverse=True)) or r"(?!)"
        self._links = re.compile(
            rf"(?:https?://)?(?<![\w.-])(?:www\.)?({longest_first})(?:\.git)?(?:[/#?][^\s)\]]*)?(?![\w-])",
            re.IGNORECASE,
        )

    def cited(self, citation: str) -> str | None:
        """Return the repository that a citation means, if it was given."""
        path = re.sub(r"^(?:https?://)?(?:www\.)?", "", citation.strip().lower())
        parts = re.split(r"[?#]", path)[0].strip("/").split("/")
        return self.names.get("/".join(parts[:3]).removesuffix(".git"))

    def with_names(self, text: str) -> str:
        """Replace links to given repositories by their names."""
        return self._links.sub(lambda match: self.names[match[1].lower()], text)

    def mentioned(self, sentence: str) -> list[str]:
        """Return the repositories that a sentence names."""
        return [name for name, mention in self._mentions if mention.search(sentence)]


def _supported(claims: Sequence[Claim], given: _Given) -> list[Sentence]:
    sentences = []
    for claimed, citations in claims:
        text = _shown(claimed, given)
        supporting = dict.fromkeys(filter(None, map(given.cited, citations)))
        if supporting and text and not _leaks_instructions(text):
            sentences.append(Sentence(text, tuple(supporting)))
    return sentences[:MAX_SENTENCES]


def _shown(claimed: str, given: _Given) -> str:
    """Return a sentence as it may be shown; empty if it is none."""
    text = THOUGHTS_BEGIN.split(_without_thoughts(claimed[:MAX_CLAIM_CHARS]))[0]
    if NOT_A_SENTENCE.search(text):
        return ""
    text = plain_text(given.with_names(text))
    text = "".join(character if character.isprintable() else " " for character in text)
    text = " ".join(text.split())[:MAX_SENTENCE_CHARS].strip()
    return text if any(character.isalpha() for character in text) else ""


def _without_thoughts(reply: str) -> str:
    """Remove what a reasoning model thinks aloud, also where a template wrote its beginning."""
    ends = [match.end() for match in THOUGHTS_END.finditer(reply)]
    if not ends:
        return reply
    begin = THOUGHTS_BEGIN.search(reply, 0, ends[-1])
    return f"{reply[: begin.start()] if begin else ''} {reply[ends[-1] :]}"


def _json_claims(reply: str, given: _Given) -> Iterator[list[Claim]]:
    """Read the JSON objects of the right shape, in their order."""
    decoder = json.JSONDecoder()
    start = -1
    for _ in range(MAX_OBJECTS):
        start = reply.find("{", start + 1)
        if start < 0:
            return
        try:
            content, _ = decoder.raw_decode(reply, start)
        except (ValueError, RecursionError):
            continue
        if claims := _claims_of(content, given):
            yield claims


def _claims_of(content: Any, given: _Given) -> list[Claim]:
    match content:
        case {"sentences": [*items]}:
            return [claim for item in items for claim in _claims_of(item, given)]
        case {"text": str(text), "repositories": [*names]}:
            return [(text, [name for name in names if isinstance(name, str)])]
        case {"text": str(text)} if "repositories" not in content:
            return _prose_claims(text, given)
    return []


def _prose_claims(prose: str, given: _Given) -> list[Claim]:
    """Split prose into sentences; each cites the repositories that it names."""
    lines = [LIST_MARK.sub("", line) for line in given.with_names(prose).splitlines()]
    sentences = [part for line in lines for part in re.split(r"(?<=[.!?])\s+", line)]
    return [(sentence, given.mentioned(sentence)) for sentence in sentences]


def _leaks_instructions(text: str) -> bool:
    words = re.findall(r"\w+", text.lower())
    instructions = f" {' '.join(re.findall(r'[a-z]+', INSTRUCTIONS.lower()))} "
    return any(
        f" {' '.join(words[start : start + LEAKED_WORDS])} " in instructions
        for start in range(len(words) - LEAKED_WORDS + 1)
    )
