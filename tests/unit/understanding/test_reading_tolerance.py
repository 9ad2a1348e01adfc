"""Questions whose words no rule knows are read, and searches that look like them are not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from understanding.model import Kind, Sort, Understood
from understanding.reading import Names, read

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
NAMES = Names(["pixelloom", "mailsift", "tidewatch", "transit-board"])


@pytest.mark.parametrize(
    ("kind", "question"),
    [
        ("has", "has she had any luck with rust so far"),
        ("has", "does he have a clue about terraform"),
        ("has", "would she be comfortable picking up a Django codebase"),
        ("compare", "does he feel stronger in backend or data engineering"),
        ("count", "how many of these would you call archived"),
        ("superlative", "which repo have you been neglecting the longest"),
        ("superlative", "which of your repos do people star the most"),
        ("list", "could you dig out the repos with no tests"),
        ("languages", "in which languages does he feel most at ease"),
        ("languages", "what does she mainly code in?"),
        ("built_with", "which frameworks does she tend to reach for"),
        ("profile", "who is priya"),
        ("profile", "give me the gist of this person's work"),
        ("role", "are they a front end person at heart"),
        ("highlights", "which repos best show off what she can do"),
        ("meta", "is Priya a senior or more of a mid level"),
    ],
)
def test_ordinary_words_are_passed_over(kind: Kind, question: str) -> None:
    assert read(question, NAMES, NOW).kind == kind


@pytest.mark.parametrize(
    "question",
    [
        "did she build a game in go",
        "projects about cooking",
        "which project compares images",
        "something he made for kids",
        "is she a fan of tea",
        "tell me about his dog",
        "what does he use to track expenses",
        "has he written a compiler in rust",
        "which project has a login form",
        "how does pixelloom pick colours",
        "can pixelloom export svg",
        "how long does his build take",
        "who is her favourite author",
        "why does mailsift need a mailbox",
        "who uses tidewatch",
        "how to run tidewatch with docker",
        "do you have a tool that renames files",
        "which repos do not wobble",
        "my dog ate it, is there a game",
        "time tracker, weekly report, export to csv",
    ],
)
def test_what_may_be_searched_for_is_never_passed_over(question: str) -> None:
    assert read(question, NAMES, NOW) == Understood()


@pytest.mark.parametrize(
    ("question", "kind", "about"),
    [
        ("I'm hiring for mobile, is he a mobile developer by any chance", "role", ["mobile developer"]),
        ("not sure where to begin, what should i look at", "highlights", []),
        ("Could you explain mailsift to me? I'm not technical", "describe", ["mailsift"]),
        ("our stack is Django and Postgres, does she know both?", "has", ["Django", "PostgreSQL"]),
        ("we run redis here, would you be at home with it?", "has", ["Redis"]),
        ("we run redis here, do you know go", "find", []),
        ("we like repos with tests, is he a mobile developer", "find", []),
    ],
)  # fmt: skip
def test_the_clause_that_asks_is_read(question: str, kind: Kind, about: list[str]) -> None:
    understood = read(question, NAMES, NOW)

    assert (kind, about) == (understood.kind, [term.name for term in understood.about])


@pytest.mark.parametrize(
    ("question", "sort"),
    [
        ("when did he last use Go", Sort("pushed", True)),
        ("last time she used rust", Sort("pushed", True)),
        ("when was the last push", Sort("pushed", True)),
        ("when did he first use Rust", Sort("created", False)),
        ("since when does she know go", Sort("created", False)),
        ("how long has he used go", None),
        ("how long has Python been used", None),
    ],
)
def test_a_timeline_has_the_end_that_is_asked_for(question: str, sort: Sort | None) -> None:
    understood = read(question, NAMES, NOW)

    assert ("timeline", sort) == (understood.kind, understood.sort)


@pytest.mark.parametrize(
    ("question", "kind", "about", "either"),
    [
        ("compare Python and Go that use Docker", "compare", ["Python", "Go"], ["Docker"]),
        ("how much of the code is Python in repositories with Django", "share", ["Python"], ["Django"]),
        ("does she know Rust that use Docker", "has", ["Rust", "Docker"], []),
        ("does she know Vue or React?", "has", [], ["Vue", "React"]),
        ("has she done anything with machine learning", "has", ["machine learning"], []),
    ],
)  # fmt: skip
def test_what_must_be_there_is_not_what_is_asked(
    question: str, kind: Kind, about: list[str], either: list[str]
) -> None:
    understood = read(question, NAMES, NOW)

    assert (kind, about, either) == (
        understood.kind,
        [term.name for term in understood.about],
        [term.name for term in understood.either],
    )


@pytest.mark.parametrize(
    ("question", "kind", "flags"),
    [
        ("five biggest repos by code, leave the forks out", "superlative", (("fork", False),)),
        ("rank his languages with forks left out", "languages", (("fork", False),)),
        ("what tech stack did he use in 2024, forks aside", "built_with", (("fork", False),)),
        ("go repos, nothing archived", "list", (("archived", False),)),
        ("how much of the code is just HTML if you ignore forks", "share", (("fork", False),)),
    ],
)
def test_what_is_left_out_is_a_filter(
    question: str, kind: Kind, flags: tuple[tuple[str, bool], ...]
) -> None:
    understood = read(question, NAMES, NOW)

    assert (kind, flags) == (understood.kind, understood.flags)


@pytest.mark.parametrize(
    ("question", "limit"),
    [
        ("strongest language", 1),
        ("strongest languages", None),
        ("top 3 languages", 3),
        ("what did he push to last", 1),
    ],
)
def test_one_is_asked_for(question: str, limit: int | None) -> None:
    assert read(question, NAMES, NOW).limit == limit
