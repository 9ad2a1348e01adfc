"""Parse a question into concepts: correct typos, recognise lists, expand each concept."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice, takewhile

from relevance.mentions import technology_term, tokens
from relevance.spelling import Spelling
from relevance.taxonomy import Phrase, taxonomy
from relevance.text import GRAMMAR, Word, normalised, words
from relevance.vocabulary import is_programming_language, vocabulary

# Weights of query expansions; `relevance.vocabulary` has those of kinds and related terms.
CORRECTION_WEIGHT = 0.9  # of what a misspelled word probably means
SPELLING_WEIGHT = 0.95  # another spelling of the same word
PART_WEIGHT = 0.4  # a part of a compound name: "api" for "FastAPI"
PREFIX_WEIGHT = 0.6  # a word of a repository's name that the term is a prefix of
MIN_PREFIX_CHARS = 4
# What the taxonomy knows: technologies of a kind and of a role, words of a subject; and a word of a
# phrase that has a meaning as a whole. What is related to a technology does not answer for it.
KIND_WEIGHT, HIGH_ROLE_WEIGHT, LOW_ROLE_WEIGHT = 0.8, 0.5, 0.2
DOMAIN_WEIGHT, WORD_OF_PHRASE_WEIGHT = 0.45, 0.5
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
class Concept:
    """One thing that a question asks for."""

    written: str  # as the visitor wrote it
    term: str
    expansions: tuple[tuple[str, float], ...]  # terms that answer it, with weights; its own first
    weak: bool  # nearly every project could claim it
    known: bool  # to the vocabulary: then it says much if no repository has it
    is_technology: bool = False  # named without doubt: where it is absent, nothing replaces it
    # Terms that speak for a repository, but show too little to be claimed: words of a subject, or one
    # word of a phrase.
    unclaimed: frozenset[str] = frozenset()
    corrected: str | None = None  # how the visitor probably meant to write it, if it is misspelled


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the taxonomy knows of some words of a question."""

    start: int
    end: int  # after the last word
    expansions: tuple[tuple[str, float], ...]  # terms that answer, with weights
    is_technology: bool = False
    is_present: bool = True  # in the portfolio

    @property
    def words(self) -> set[str]:
        """The terms that are words, not technologies."""
        return {term for term, _ in self.expansions if not term.startswith("@")}

    @classmethod
    def of(cls, phrase: Phrase, expansions: Iterable[tuple[str, float]]) -> Meaning:
        """Make the meaning of a kind, a role or a subject."""
        return cls(phrase.start, phrase.end, tuple(dict(expansions).items()))


@dataclass(frozen=True, slots=True)
class ParsedQuestion:
    """What a question asks for."""

    groups: tuple[tuple[Concept, ...], ...]  # of each group, any concept answers
    bigrams: tuple[str, ...]  # adjacent terms, as `a b`


class Lexicon:
    """The terms that occur in a portfolio; used to correct and to expand questions."""

    def __init__(self, terms: Collection[str], name_terms: Collection[str]) -> None:
        """`terms`: single terms. `name_terms`: those of the repositories' names."""
        self.terms = terms
        self._name_terms = sorted(name_terms)
        self._spelling = Spelling(terms)

    def name_terms_beginning_with(self, beginning: str) -> Iterator[str]:
        """Iterate over the terms of names that begin so, in order."""
        start = bisect_left(self._name_terms, beginning)
        rest = islice(self._name_terms, start, None)
        return takewhile(lambda name_term: name_term.startswith(beginning), rest)

    def correct(self, word: Word) -> str | None:
        """Return the word that a misspelled word stands for, if it is one."""
        if word.parts or any(spelling in self.terms for spelling in word.spellings):
            return None
        return self._spelling.correct(word.written)


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
    items: list[tuple[list[Concept], bool]] = []
    seen: set[str] = set()
    for item in _items(text):
        concepts: list[Concept] = []
        previous: str | None = None
        for word in words(item.text):
            if word.term is None:
                previous = None
                continue
            concept = _concept(word, word.term, lexicon)
            if previous is not None:
                bigrams.append(f"{previous} {concept.term}")
            previous = concept.term
            if concept.term not in seen:
                seen.add(concept.term)
                concepts.append(concept)
        # Phrases are made before alternatives, so that a phrase is one of them as a whole.
        phrases = _with_technologies(tuple((concept,) for concept in concepts), item.text, lexicon)
        items.append(([phrase for (phrase,) in phrases], item.is_alternative))
    written = {meant.lower(): written for written, meant in corrections.items()}
    groups = tuple(
        tuple(_as_written(concept, written) for concept in group) for group in _groups(items)
    )
    return ParsedQuestion(groups, tuple(dict.fromkeys(bigrams)))


def _corrections(text: str, lexicon: Lexicon) -> dict[str, str]:
    """Return the misspelled words of a question, each with the word that it stands for."""
    corrections = {
        word.written: meant
        for word in words(text)
        if word.term and word.term not in lexicon.terms and (meant := lexicon.correct(word))
    }
    if corrections:  # a word of a known name is right, though it is unknown by itself
        written = tokens(text)
        for meaning in _meanings(written, lexicon):
            for word in words(" ".join(written[meaning.start : meaning.end])):
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


def _with_technologies(
    groups: tuple[tuple[Concept, ...], ...], question: str, lexicon: Lexicon
) -> tuple[tuple[Concept, ...], ...]:
    """Let what the taxonomy knows of a question's words answer them, too: the longest phrases first."""
    written = tokens(question)
    for meaning in sorted(_meanings(written, lexicon), key=lambda known: known.start - known.end):
        spanned = " ".join(written[meaning.start : meaning.end])
        inside = {word.written.lower() for word in words(spanned)}
        chosen = [
            group for group in groups if {concept.written.lower() for concept in group} <= inside
        ]
        if chosen:
            merged = _merged(spanned, chosen, meaning)
            position = groups.index(chosen[0])
            rest = [group for group in groups if group not in chosen]
            groups = (*rest[:position], (merged,), *rest[position:])
    return groups


def _merged(written: str, groups: Sequence[Sequence[Concept]], meaning: Meaning) -> Concept:
    """Make one concept of a phrase: what it means answers, and less so each of its words."""
    concepts = [concept for group in groups for concept in group]
    is_word = len(concepts) == 1
    expansions: dict[str, float] = {}
    for concept in concepts:
        for term, weight in concept.expansions:
            factor = 1.0 if is_word else WORD_OF_PHRASE_WEIGHT
            expansions[term] = max(expansions.get(term, 0.0), factor * weight)
    if meaning.is_technology and not meaning.is_present:
        # Nothing related may take its place.
        expansions = {concept.term: 1.0 for concept in concepts} if is_word else {}
    # Of a phrase, no single word can be claimed; of a word, what its subject adds to it.
    unclaimed = meaning.words - expansions.keys() if is_word else meaning.words | expansions.keys()
    for term, weight in meaning.expansions:
        expansions[term] = max(expansions.get(term, 0.0), weight)
    return Concept(
        written=concepts[0].written if is_word else written,
        term=concepts[0].term,
        expansions=tuple(expansions.items()),
        weak=all(concept.weak for concept in concepts) and not meaning.expansions,
        known=True,
        is_technology=meaning.is_technology,
        unclaimed=frozenset(unclaimed),
    )


def _meanings(written: Sequence[str], lexicon: Lexicon) -> Iterator[Meaning]:
    """Yield what the taxonomy knows of a question: technologies, kinds, roles and subjects."""
    known = taxonomy()
    for mention in known.entities_in(written):
        entity = mention.entity
        term = technology_term(entity.id)
        is_present = term in lexicon.terms
        if mention.is_ambiguous and not is_present:
            continue
        yield Meaning(
            mention.start,
            mention.end,
            ((term, 1.0),),
            is_technology=not mention.is_ambiguous and "brand" not in entity.kinds,
            is_present=is_present,
        )
    for phrase in known.kinds_in(written):
        yield Meaning(
            phrase.start,
            phrase.end,
            tuple(_weighted(known.members(phrase.id), KIND_WEIGHT, lexicon)),
            is_technology=True,
        )
    for phrase in known.roles_in(written):
        role = known.roles[phrase.id]
        low = _weighted(_technologies(role.low), LOW_ROLE_WEIGHT, lexicon)
        high = _weighted(_technologies(role.high), HIGH_ROLE_WEIGHT, lexicon)
        yield Meaning.of(phrase, [*low, *high])
    for phrase in known.domains_in(written):
        subject = [word.term for text in known.domains[phrase.id] for word in _single(text)]
        yield Meaning.of(phrase, [(term, DOMAIN_WEIGHT) for term in subject if term])


def _single(text: str) -> list[Word]:
    """Return the word of a text of one word."""
    found = list(words(text))
    return found if len(found) == 1 else []


def _technologies(ids: Sequence[str]) -> Iterator[str]:
    """Yield technologies, and those of kinds."""
    for id in ids:
        yield from taxonomy().members(id) if id in taxonomy().kinds else (id,)


def _weighted(ids: Iterable[str], weight: float, lexicon: Lexicon) -> list[tuple[str, float]]:
    """Return the terms of those technologies that the portfolio has, with a weight."""
    named = map(technology_term, ids)
    return [(term, weight) for term in named if term in lexicon.terms]


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


def _concept(word: Word, term: str, lexicon: Lexicon) -> Concept:
    known = vocabulary()
    expansions = {term: 1.0}
    for spelling in word.spellings:
        expansions.setdefault(spelling, SPELLING_WEIGHT)
    expansions.update(known.expansions.get(term, ()))
    if " " not in word.written:  # the parts of a phrase are words of their own
        for part in word.parts:
            expansions.setdefault(part, PART_WEIGHT)
    if len(term) >= MIN_PREFIX_CHARS:
        for name_term in lexicon.name_terms_beginning_with(term):
            if name_term not in known.terms:
                expansions.setdefault(name_term, PREFIX_WEIGHT)
    return Concept(
        written=word.written,
        term=term,
        expansions=tuple(expansions.items()),
        weak=term in known.weak or GRAMMAR.search(term) is not None,
        known=term in known.terms or is_programming_language(term),
    )
