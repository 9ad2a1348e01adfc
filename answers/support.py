"""Check by words whether repositories support a sentence of a model."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence

from answers.evidence import Evidence
from answers.shown import SENTENCE_END
from models import Bundle
from relevance.mentions import technologies_in, technology_of
from relevance.terms import analyse, listing_terms
from relevance.text import Word, terms, words
from relevance.vocabulary import everyday_words, vocabulary

# Of a sentence's words, so much must be found in the repositories; everyday words weigh less.
MIN_SUPPORT, EVERYDAY_WEIGHT = 0.55, 0.5
MIN_COMMON_CHARS, MAX_OTHER_CHARS = 5, 4  # deploy, deployment
NUMBER = re.compile(r"(?<!\w)(\d+(?:[.,]\d+)*)(?:\s+(thousand|million|billion)\b)?", re.IGNORECASE)
NUMBER_WORDS = "two three four five six seven eight nine ten eleven twelve".split()
# What a sentence may not send anybody to.
ADDRESS = re.compile(r"\w://|\bwww\.|\w@\w|\]\(", re.IGNORECASE)
# Verbs and nouns that any sentence about any program may have, and words of praise.
DESCRIBING = frozenset(
    terms(
        "add app application apply appear base belong best combine come component consist define depend describe design"
        " develop document employ enable example fit focus goal handle hold host implement include integrate keep like"
        " list match mention mainly note offer package part perform personal primary program provide purpose rely"
        " repository require rest run serve service set simple single small software solution store support system task"
        " tool two type write written"
        " answer ask choice clear close demonstrate directly excellent experience good great hands-on ideal match"
        " matter perfect question relevant show strong strongest suitable useful yes"
    )
)


def is_supported(
    sentence: str, bundles: Sequence[Bundle], evidence: Iterable[Evidence] = (), question: str = ""
) -> bool:
    """Tell whether the repositories that a sentence cites support it.

    They must show every technology and number that it names, and most of its other telling words. A
    text of several sentences is judged sentence by sentence. Without a telling word, as in
    `skyhook fits best.`, it must name one of the repositories. `evidence`: further quotes. Words of
    `question` that are not shown do not count against it.
    """
    if ADDRESS.search(sentence):
        return False
    quotes = " ".join(item["quote"] for item in evidence)
    claimed = _without_names(sentence, bundles)
    shown = shown_by(bundles) | set(terms(quotes, prose=True))
    texts = " ".join([quotes, str(len(bundles)), *map(_text_of, bundles)])
    asked = set(terms(question, prose=True))
    claims = list(filter(None, map(_telling_words, SENTENCE_END.split(claimed))))
    return (
        all(_is_technology_shown(term, shown) for term in technologies_in(claimed))
        and _numbers(claimed) <= _numbers(texts)
        and (bool(claims) or claimed != sentence)
        and all(_support(claim, shown, asked) >= MIN_SUPPORT for claim in claims)
    )


def shown_by(bundles: Sequence[Bundle]) -> set[str]:
    """Return the terms that repositories show, and the words of the technologies among them.

    Takes milliseconds for each.
    """
    shown = {
        term
        for bundle in bundles
        for term in (
            *analyse(bundle).terms,
            *listing_terms(bundle).terms,
            *terms(bundle["summary"], prose=True),
        )
    }
    technologies = filter(None, map(technology_of, shown))
    return shown.union(*(terms(technology.name) for technology in technologies))


def _telling_words(sentence: str) -> list[Word]:
    return [
        word
        for word in words(sentence, prose=True)
        if word.term is not None and word.term not in DESCRIBING
    ]


def _support(claim: Sequence[Word], shown: set[str], asked: set[str]) -> float:
    """Return the share, 0..1, of a claim's words that are shown; 0 if all were only asked for."""
    supported = total = 0.0
    for word in claim:
        candidates = filter(None, (word.term, *word.parts))
        is_shown = any(_is_shown(term, shown) for term in candidates)
        if not is_shown and word.term in asked:
            continue
        weight = EVERYDAY_WEIGHT if word.written.lower() in everyday_words() else 1.0
        total += weight
        supported += weight * is_shown
    return supported / total if total else 0.0


def _is_technology_shown(technology: str, shown: set[str]) -> bool:
    """Tell whether a technology is shown: by what stands for it, or by all words of its name."""
    entity = technology_of(technology)
    names = (entity.name, *entity.forms) if entity else ()
    return technology in shown or any(shown.issuperset(terms(name) or [""]) for name in names)


def _is_shown(term: str, shown: set[str]) -> bool:
    """Tell whether a term is shown: itself, something that answers it, or another form of it."""
    if term in shown:
        return True
    expansions = vocabulary().expansions.get(term, ())
    if any(other in shown for other, _ in expansions):
        return True
    return len(term) >= MIN_COMMON_CHARS and any(_is_form(term, other) for other in shown)


def _is_form(one: str, other: str) -> bool:
    """Tell whether two stems begin alike and differ in no more than an ending."""
    length = max(MIN_COMMON_CHARS, max(len(one), len(other)) - MAX_OTHER_CHARS)
    return one[:length] == other[:length]


def _without_names(sentence: str, bundles: Sequence[Bundle]) -> str:
    """Leave out the names of the repositories: they claim nothing."""
    names = "|".join(
        re.escape(bundle["metadata"][key]) for bundle in bundles for key in ("full_name", "name")
    )
    return re.sub(rf"(?<![\w-])(?:{names})(?![\w-])", " ", sentence, flags=re.IGNORECASE)


def _numbers(text: str) -> set[str]:
    """Return the numbers of a text: digits without commas, words as digits, `4 million` as a whole."""
    digits = {
        " ".join(filter(None, (number.replace(",", ""), unit.lower())))
        for number, unit in NUMBER.findall(text)
    }
    said = set(re.findall(r"[a-z]+", text.lower()))
    return digits | {str(number) for number, word in enumerate(NUMBER_WORDS, 2) if word in said}


def _text_of(bundle: Bundle) -> str:
    """Return everything of a repository that may hold a number."""
    metadata = bundle["metadata"]
    passages = (text for section in bundle["sections"] for text in section["passages"])
    numbers = (metadata["stargazers_count"], bundle["commits"], metadata["created_at"][:4])
    texts = (
        metadata["description"],
        (metadata["pushed_at"] or "")[:4],
        bundle["summary"],
        *passages,
    )
    return " ".join(map(str, (*numbers, *texts, json.dumps(bundle["repoContext"]))))
