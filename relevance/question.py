"""Parse a question: correct typos, recognise lists, and find out what is asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from relevance.concepts import Concept, Lexicon, concept_of, meanings_in, with_meanings
from relevance.mentions import tokens
from relevance.taxonomy import taxonomy
from relevance.text import normalised, words

CORRECTION_WEIGHT = 0.9  # of what a misspelled word probably means
# Bounds on the time for a question of hundreds of words: what asks for something stands at the front.
MAX_CONCEPTS, MAX_CORRECTABLE, MAX_CORRECTIONS = 24, 24, 6
MAX_STRONG_CONCEPTS_IN_ITEM = 2  # an item of a list with more is a statement of its own
# A comma takes the meaning of the "or" that ends its list.
LIST_SEPARATOR = re.compile(
    r"\s*(,\s*(?:and|or)\b|[,;\u3001]|\bor\b|/|\bas well as\b|\beither\b)\s*", re.IGNORECASE
)
COMMAS, ALTERNATIVE = (
    re.compile("[,;\u3001]"),
    re.compile(r"(?:,\s*)?or|/|as well as", re.IGNORECASE),
)
SLASHED = re.compile(r"(?<![\w/])(\w+)/(\w+)(?![\w/+#])")
ARTICLES = frozenset(["a", "an", "the"])


@dataclass(frozen=True, slots=True)
class ParsedQuestion:
    """What a question asks for."""

    groups: tuple[tuple[Concept, ...], ...]  # of each group, any concept answers
    bigrams: tuple[str, ...]  # adjacent terms, as `a b`
    content: str  # its words without stop words, corrected


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a list in a question; a question without a list is one item."""

    text: str
    is_alternative: bool  # to the item before


def parse_question(question: str, lexicon: Lexicon) -> ParsedQuestion:
    """Parse a question about the portfolio that `lexicon` belongs to."""
    text = normalised(question)
    corrections = _corrections(text, lexicon)
    text = _with_words_replaced(text, corrections)
    bigrams: list[str] = []
    content: list[str] = []
    items: list[tuple[list[Concept], bool]] = []
    seen: set[str] = set()
    for item in _items(text):
        concepts: list[Concept] = []
        previous: str | None = None
        for word in words(item.text):
            if word.term is None:
                previous = None
                continue
            content.append(word.written)
            concept = concept_of(word, word.term, lexicon)
            if previous is not None:
                bigrams.append(f"{previous} {concept.term}")
            previous = concept.term
            if concept.term not in seen and len(seen) < MAX_CONCEPTS:
                seen.add(concept.term)
                concepts.append(concept)
        # Phrases are made before alternatives, so that a phrase is one of them as a whole.
        items.append((with_meanings(concepts, item.text, lexicon), item.is_alternative))
    written = {meant.lower(): written for written, meant in corrections.items()}
    groups = tuple(
        tuple(_as_written(concept, written) for concept in group) for group in _groups(items)
    )
    return ParsedQuestion(groups, tuple(dict.fromkeys(bigrams)), " ".join(content))


def _corrections(text: str, lexicon: Lexicon) -> dict[str, str]:
    """Return the misspelled words of a question, each with the word that it stands for."""
    misspelled = (
        (word.written, meant)
        for word in islice(words(text), MAX_CORRECTABLE)
        if word.term and (meant := lexicon.correct(word))
    )
    corrections = dict(islice(misspelled, MAX_CORRECTIONS))
    if corrections:  # a word of a known name of several is right, though it is unknown by itself
        written = tokens(text)
        for start, end, _ in meanings_in(written, lexicon):
            if end - start > 1:
                for word in words(" ".join(written[start:end])):
                    corrections.pop(word.written, None)
    return corrections


def _with_words_replaced(text: str, replacements: Mapping[str, str]) -> str:
    for word, replacement in replacements.items():
        pattern = rf"(?<!\w){re.escape(word)}(?!\w)"
        # Neither a word nor what it stands for has symbols, so the replacement is no template.
        text = re.sub(pattern, replacement, text, flags=re.IGNORECASE)
    return text


def _as_written(concept: Concept, written: Mapping[str, str]) -> Concept:
    """Give a concept back the visitor's own words, and less weight if they were corrected."""
    original = _with_words_replaced(concept.written, written)
    if original == concept.written:
        return concept
    return replace(
        concept,
        written=original,
        expansions=tuple((term, CORRECTION_WEIGHT * weight) for term, weight in concept.expansions),
        corrected=concept.written,
    )


def _items(text: str) -> list[Item]:
    """Split a question at the separators of a list.

    After "or" and a slash, an item is an alternative to the one before; so it is after a comma in a
    list that "or" ends. Any other comma only separates.
    """
    first, *rest = LIST_SEPARATOR.split(SLASHED.sub(_whole_name, text))
    items: list[Item] = []
    ends_with_or = False
    for separator, item in reversed(list(zip(rest[::2], rest[1::2], strict=True))):
        is_comma = COMMAS.fullmatch(separator) is not None
        is_alternative = ALTERNATIVE.fullmatch(separator) is not None
        items.append(Item(item, is_alternative or (is_comma and ends_with_or and _is_plain(item))))
        ends_with_or = items[-1].is_alternative and separator != "/"
    return [Item(first, False), *reversed(items)]


def _whole_name(slashed: re.Match[str]) -> str:
    """Leave out the slash of a name that has one: TCP/IP, A/B."""
    first, second = slashed.groups()
    whole = f"{first} {second}"
    is_name = (
        len(first) == len(second) == 1
        or taxonomy().entity(first + second) is not None
        or len(list(words(whole))) == 1  # a phrase of the vocabulary: CI/CD
    )
    return whole if is_name else slashed[0]


def _is_plain(item: str) -> bool:
    """Tell whether an item is a name or a phrase, not the middle of a sentence."""
    return all(word.term or word.written.lower() in ARTICLES for word in words(item))


def _groups(items: Sequence[tuple[Sequence[Concept], bool]]) -> tuple[tuple[Concept, ...], ...]:
    """Group the concepts that a list names as alternatives. `items`: with whether they are one.

    In "gulp or grunt build plugins", the first strong concept of an item (grunt) joins the last
    strong one before it (gulp). Two items of two strong concepts are pairs: "order tracking or invoice
    scanning". All other concepts stand alone.
    """
    groups: list[tuple[Concept, ...]] = []
    before: list[int] = []  # the groups that the strong concepts of the item before belong to
    for item, is_alternative in items:
        strong = [concept for concept in item if not concept.weak]
        joined: list[int] = []
        if is_alternative and groups and 0 < len(strong) <= MAX_STRONG_CONCEPTS_IN_ITEM:
            is_pair = len(strong) == len(before) == MAX_STRONG_CONCEPTS_IN_ITEM
            joined = before if is_pair else [_last_strong_group(groups)]
        for position, concept in zip(joined, strong, strict=False):
            groups[position] = (*groups[position], concept)
        before = list(joined)
        for concept in item:
            if concept not in strong[: len(joined)]:
                if not concept.weak:
                    before.append(len(groups))
                groups.append((concept,))
    return tuple(groups)


def _last_strong_group(groups: Sequence[tuple[Concept, ...]]) -> int:
    strong = [position for position, group in enumerate(groups) if not group[0].weak]
    return strong[-1] if strong else len(groups) - 1
