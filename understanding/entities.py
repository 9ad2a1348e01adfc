"""Mark what a question names: technologies, kinds of them, repositories, roles of people."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from typing import Final

from relevance.spelling import is_english
from relevance.subjects import subjects
from relevance.taxonomy import Entity, Mention, Phrase, normal_form, taxonomy
from relevance.vocabulary import everyday_words, languages
from understanding import word_classes, words
from understanding.draft import Draft
from understanding.model import Term

FLAG_KINDS: Final = frozenset(["ci", "testing"])  # they are read as flags
HUMP: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\W_A-Z]+")  # the words of courseScheduler
MAX_ROLE_WORDS = 4
MAX_NAME_TYPOS = 1


class Names:
    """The names of a portfolio's repositories, prepared for reading questions."""

    def __init__(self, repositories: Sequence[str]) -> None:
        self._names: dict[tuple[str, ...], str] = {}
        for name in repositories:
            parts = tuple(re.findall(r"[^\W_]+", name.lower()))
            humps = tuple(part.lower() for part in HUMP.findall(name))
            for spelling in ((name.lower(),), parts, ("-".join(parts),), humps):
                if spelling and spelling != ("s",):
                    self._names.setdefault(spelling, name)
        self._longest = max(map(len, self._names), default=0)

    def at(self, tokens: Sequence[str], start: int) -> tuple[int, str] | None:
        """Return the end and the repository of the longest name that begins at a word."""
        for end in range(min(start + self._longest, len(tokens)), start, -1):
            if name := self._names.get(tuple(tokens[start:end])):
                return end, name
        return None

    def nearest(self, word: str) -> str | None:
        """Return the one-word name that a misspelled word stands for."""
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        spellings = [spelling[0] for spelling in self._names if len(spelling) == 1]
        best = process.extractOne(word, spellings, scorer=OSA.distance, score_cutoff=MAX_NAME_TYPOS)
        return str(best[0]) if best else None

    def __contains__(self, word: object) -> bool:
        """Tell whether a word alone is a repository's name."""
        return (word,) in self._names


def marked_symbols(tokens: Sequence[str], names: Names, draft: Draft) -> list[str]:
    """Mark the words that can only be repositories' names, since they have symbols."""
    result: list[str] = []
    for place, token in enumerate(tokens):
        named = None if token.isalnum() else _named([*tokens[: place + 1]], place, names)
        is_name = named is not None and taxonomy().entity(token) is None
        result.append(draft.mark("r", _repository(named[1])) if named and is_name else token)
    return result


def mark_entities(draft: Draft, names: Names, capitals: Collection[str]) -> None:
    """Mark technologies, kinds of them and repositories.

    `capitals`: the words behind the first that begin with a capital.
    """
    tokens = draft.text.split()
    mentions = {mention.start: mention for mention in _mentions(tokens)}
    kinds = {phrase.start: phrase for phrase in taxonomy().kinds_in(tokens)}
    result: list[str] = []
    position = 0
    while position < len(tokens):
        mention = mentions.get(position)
        if mention and not (tokens[position] in capitals or _is_meant(mention, tokens, mentions)):
            mention = None
        named = None if tokens[position].startswith("§") else _named(tokens, position, names)
        phrase = kinds.get(position)
        end = position + 1
        if named and (mention is None or named[0] > mention.end):
            end, name = named
            sign = "r" if _is_safe(tokens, position, end) else "w"
            result.append(draft.mark(sign, _repository(name)))
        elif mention:
            end = mention.end
            is_both = named is not None and named[0] == end
            result.append(draft.mark("b" if is_both else "e", term_of(mention.entity)))
            if named and is_both:
                draft.others[len(draft.terms) - 1] = _repository(named[1])
        elif phrase and _is_kind_meant(phrase, tokens):
            end = phrase.end
            spelling = " ".join(tokens[position:end])
            result.append(draft.mark("k", Term("kind", phrase.id, spelling)))
        else:
            result.append(tokens[position])
        position = end
    draft.text = " ".join(result)


def mark_roles(draft: Draft, tokens: Sequence[str]) -> list[str]:
    """Return the words with a mark for each role of people, the longest names first."""
    result: list[str] = []
    position = 0
    while position < len(tokens):
        end = position
        if tokens[position].isalpha() or not tokens[position].startswith(("§", "_", ",")):
            end = next(
                (
                    end
                    for end in range(min(position + MAX_ROLE_WORDS, len(tokens)), position, -1)
                    if _role(" ".join(tokens[position:end]))
                ),
                position,
            )
        role = _role(" ".join(tokens[position:end])) if end > position else None
        result.append(draft.mark("o", role) if role else tokens[position])
        position = max(end, position + 1)
    return result


def term_of(entity: Entity) -> Term:
    """Return a technology as a term: a language by the name that GitHub counts it by."""
    if {"language", "markup"} & set(entity.kinds):
        for form in entity.forms:
            if name := _languages().get(form):
                return Term("language", name, name)
    return Term("technology", entity.id, entity.name)


def is_known(spanned: Sequence[str]) -> bool:
    """Tell whether words are a kind of technologies, or a subject, as a whole."""
    return taxonomy().kind(spanned) is not None or any(
        (place.start, place.end) == (0, len(spanned)) for place in subjects().find(spanned)
    )


def _repository(name: str) -> Term:
    return Term("repository", name, name)


def _named(tokens: Sequence[str], start: int, names: Names) -> tuple[int, str] | None:
    """Find a repository's name that is no single word of ours, nor one of many: "a chess engine"."""
    named = names.at(tokens, start)
    if named is None or (named[0] == start + 1 and tokens[start] in word_classes.OWN):
        return None
    is_one_of_many = start > 0 and tokens[start - 1] in ("a", "an")
    following = tokens[named[0]] if named[0] < len(tokens) else ""
    return None if is_one_of_many and following not in words.STRONG_NOUNS else named


def _is_safe(tokens: Sequence[str], start: int, end: int) -> bool:
    """Tell whether a repository is meant, by its name or the words beside it."""
    spanned = tokens[start:end]
    if end - start > 1 or not all(word in everyday_words() or is_english(word) for word in spanned):
        return True
    if start and tokens[start - 1] in words.BEFORE_REPOSITORIES:
        return True
    beside = (*tokens[max(start - 1, 0) : start], *tokens[end : end + 1])
    return any(word in words.STRONG_NOUNS for word in beside)


def _mentions(tokens: Sequence[str]) -> Iterator[Mention]:
    """Yield the technologies that words name, between marks; no brands, and no words of our own."""
    known = taxonomy()
    start = 0
    for place in [*(n for n, token in enumerate(tokens) if token[0] in "§_,"), len(tokens)]:
        for mention in known.entities_in(tokens[start:place]):
            spanned = tokens[start + mention.start : start + mention.end]
            if "brand" not in mention.entity.kinds and not _is_own(spanned):
                yield replace(mention, start=start + mention.start, end=start + mention.end)
        start = place + 1


def _is_meant(mention: Mention, tokens: Sequence[str], mentions: dict[int, Mention]) -> bool:
    if not mention.is_ambiguous:
        return True
    before = tokens[mention.start - 1] if mention.start else ""
    after = tokens[mention.end] if mention.end < len(tokens) else ""
    if before in words.BEFORE_NAMES or after in words.AFTER_NAMES:
        return True
    following = mentions.get(mention.end + 1)
    if following is None or after not in ("and", "or", ",", "vs", "versus"):
        return False
    spelling = " ".join(tokens[mention.start : mention.end])
    return not following.is_ambiguous or spelling not in everyday_words()


def _is_kind_meant(phrase: Phrase, tokens: Sequence[str]) -> bool:
    """Tell whether a kind is one that something uses or does not: "frontend projects" are a subject."""
    near = tokens[max(phrase.start - 2, 0) : phrase.start]
    before = [token for token in near if token not in ("a", "an", "any")]
    spanned = tokens[phrase.start : phrase.end]
    following = tokens[phrase.end] if phrase.end < len(tokens) else ""
    is_asked = bool(before) and before[-1] in ("which", "what") and following in words.AUXILIARIES
    return (
        phrase.id.partition(".")[0] not in FLAG_KINDS
        and (is_asked or (bool(before) and before[-1] in words.BEFORE_KINDS))
        and not _is_own(spanned)
    )


def _is_own(spanned: Sequence[str]) -> bool:
    return all(word in word_classes.OWN for word in spanned)


@cache
def _languages() -> dict[str, str]:
    """Return linguist's names of languages, by their normal forms."""
    return {normal_form(language.name): language.name for language in languages().values()}


@lru_cache(maxsize=4_096)
def _role(text: str) -> Term | None:
    """Return the role of people that a text names as a whole."""
    written = text.split()
    if len(written) == 1 and written[0] in word_classes.OWN:
        return None
    for ending in ([], ["developer"], ["engineer"]):
        if role := _role_named([*written, *ending]):
            return role
    return None


def _role_named(written: Sequence[str]) -> Term | None:
    for place in subjects().find(written):
        names = place.subject.names
        is_role = any(name.split()[-1] in words.ROLE_NOUNS for name in names)
        if is_role and (place.start, place.end) == (0, len(written)):
            return Term("role", names[0], names[0])
    return None
