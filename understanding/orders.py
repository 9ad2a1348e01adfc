"""Read orders: "most starred", "newest", "by size", "last 3 projects"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from understanding import words
from understanding.model import Sort
from understanding.operators import Word

MAX_WORDS_BETWEEN = 3  # "the most" and what there is most of: "the highest number of stars"
COMMITTING: Final = frozenset(["commit", "committed", "worked on", "work on"])
LAST_PUSHED: Final = Sort("pushed", True)


def has_order(question: Sequence[Word]) -> bool:
    """Tell whether a question orders anything."""
    return any(order_at(question, start) for start in range(len(question)))


def order_at(question: Sequence[Word], start: int) -> tuple[int, Sort | None] | None:
    """Return the end of an order that begins at a word, and how it sorts; None for "the best"."""
    word = question[start]
    behind = question[start + 1 : start + 2 + MAX_WORDS_BETWEEN]
    if word.text in ("sorted", "ordered", "ranked", "by"):
        end = start + (1 if word.text == "by" else 2)
        is_by = question[end - 1 : end] and question[end - 1].text == "by"
        following = question[end : end + 3]
        for number, other in enumerate(following, start=1):
            if "aspect" in other.classes and is_by:
                while end + number < len(question) and question[end + number].text in (
                    "of",
                    "code",
                    "count",
                ):
                    number += 1
                return end + number, Sort(words.ASPECTS[other.text], True)
        return None
    if "superlative" in word.classes:
        return start + 1, _of_adjective(_adjective_of(word.text), is_most=True)
    if word.text in ("last", "first"):
        return _by_place(question, start)
    is_most = bool(word.classes & {"most"})
    if is_most or "least" in word.classes:
        for number, other in enumerate(behind, start=start + 2):
            if "adjective" in other.classes:
                return _with_verb(question, number, _of_adjective(other.text, is_most=is_most))
            if "aspect" in other.classes and word.text not in (
                "biggest",
                "largest",
                "smallest",
                "top",
            ):
                while number < len(question) and question[number].text in ("of", "code", "count"):
                    number += 1
                return number, Sort(words.ASPECTS[other.text], is_most)
            if "best" in other.classes:
                return number, None
            if not other.classes & {"glue", "number", "count"} and other.text not in ("github",):
                break
    if word.text == "most" and any(other.text in COMMITTING for other in question):
        return start + 1, Sort("commits", True)
    return (start + 1, None) if "best" in word.classes else None


def _by_place(question: Sequence[Word], start: int) -> tuple[int, Sort] | None:
    """Read "the last 3 projects", "last updated", "his first project"."""
    last = question[start].text == "last"
    behind = question[start + 1 : start + 3]
    if not behind:
        before = question[start - 1].classes if start else frozenset()
        if "creating" in before:
            return start + 1, Sort("created", last)
        return (start + 1, LAST_PUSHED) if last and before & {"touching"} else None
    if behind[0].classes & {"noun", "weak noun", "technology"} or (
        "number" in behind[0].classes and behind[-1].classes & {"noun", "weak noun", "technology"}
    ):
        return start + 1, LAST_PUSHED if last else Sort("created", False)
    if "creating" in behind[0].classes:
        return start + 2, Sort("created", last)
    return (start + 2, LAST_PUSHED) if last and behind[0].classes & {"touching"} else None


def _with_verb(question: Sequence[Word], end: int, sort: Sort) -> tuple[int, Sort]:
    """Read the verb behind or before "most recently"."""
    before = question[end - 3].classes if end > 2 else frozenset()
    following = question[end].classes if end < len(question) else frozenset()
    if sort.field == "pushed" and question[end - 1].text in ("recent", "recently"):
        if "creating" in following or ("creating" in before and end == len(question)):
            return min(end + 1, len(question)), Sort("created", sort.descending)
        if following & {"touching"} and "noun" not in following:
            return end + 1, sort
    return end, sort


def _of_adjective(adjective: str, *, is_most: bool) -> Sort:
    by, descending = words.ADJECTIVES[adjective]
    return Sort(by, descending == is_most)


def _adjective_of(superlative: str) -> str:
    return next(
        adjective
        for adjective in words.ADJECTIVES
        if superlative in words.forms_of(adjective, "est")
    )
