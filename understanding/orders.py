"""Read orders: "most starred", "newest", "by size", "last 3 projects"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from understanding import words
from understanding.model import Sort
from understanding.operators import Word

MAX_WORDS_BETWEEN = 3  # "the most" and what there is most of: "the highest number of stars"
COMMITTING: Final = frozenset(["commit", "committed", "worked on", "work on"])
IDLE: Final = frozenset("dust idle dormant quiet unattended alone asleep".split())
LAST_PUSHED: Final = Sort("pushed", True)


def has_order(question: Sequence[Word]) -> bool:
    """Tell whether a question orders anything."""
    return any(order_at(question, start) for start in range(len(question)))


def order_at(question: Sequence[Word], start: int) -> tuple[int, Sort | None] | None:
    """Return the end of an order that begins at a word, and how it sorts; None for "the best"."""
    word = question[start]
    if "aspect" in word.classes and (end := _end_of_most(question, start)):
        return end, Sort(words.ASPECTS[word.text], True)
    if word.text in ("sorted", "ordered", "ranked", "by"):
        return _by_aspect(question, start)
    if word.text == "longest" and any(behind.text in IDLE for behind in question):
        return start + 1, Sort("pushed", False)
    if "superlative" in word.classes:
        return start + 1, _of_adjective(_adjective_of(word.text), is_most=True)
    if word.text in ("last", "first"):
        return _by_place(question, start)
    if word.classes & {"most", "least"} and (order := _by_degree(question, start)):
        return order
    if word.text == "best" and _is_starred(question[start + 1 : start + 2]):
        return start + 2, Sort("stars", True)
    return (start + 1, None) if "best" in word.classes else None


def _end_of_most(question: Sequence[Word], start: int) -> int:
    """Return the end of "star the most" at the end of a question; 0 if it is something else."""
    behind = [word.text for word in question[start + 1 :]]
    return len(question) if behind in (["the", "most"], ["most"]) else 0


def _is_starred(behind: Sequence[Word]) -> bool:
    return any(words.ADJECTIVES.get(word.text) == ("stars", True) for word in behind)


def _by_aspect(question: Sequence[Word], start: int) -> tuple[int, Sort] | None:
    """Read "sorted by stars", "by lines of code"."""
    by = start if question[start].text == "by" else start + 1
    if by >= len(question) or question[by].text != "by":
        return None
    for place in range(by + 1, min(by + 1 + MAX_WORDS_BETWEEN, len(question))):
        if "aspect" in question[place].classes:
            return _end_of_aspect(question, place), Sort(words.ASPECTS[question[place].text], True)
    return None


def _by_degree(question: Sequence[Word], start: int) -> tuple[int, Sort | None] | None:
    """Read "most popular", "least recently updated", "the highest number of stars"."""
    is_most = "most" in question[start].classes
    for place in range(start + 1, min(start + 2 + MAX_WORDS_BETWEEN, len(question))):
        word = question[place]
        if "adjective" in word.classes:
            sort = _of_adjective(word.text, is_most=is_most)
            return _with_verb(question, place + 1, sort)
        if "aspect" in word.classes and question[start].text != "top":
            return _end_of_aspect(question, place), Sort(words.ASPECTS[word.text], is_most)
        if "best" in word.classes:
            return place + 1, None
        if not word.classes & {"glue", "number", "count"}:
            break
    if question[start].text == "most" and any(word.text in COMMITTING for word in question):
        return start + 1, Sort("commits", True)
    return None


def _end_of_aspect(question: Sequence[Word], place: int) -> int:
    """Return the end of "lines of code", "star count"."""
    end = place + 1
    while end < len(question) and question[end].text in ("of", "code", "count"):
        end += 1
    return end


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
