"""Questions are read as `questions.toml` says, which was written before any rule."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from understanding.model import Sort, Term, Understood
from understanding.reading import Names, read

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
WRITTEN: dict[str, Any] = tomllib.loads(
    Path(__file__).with_name("questions.toml").read_text(encoding="utf-8")
)
NAMES = Names(WRITTEN["repositories"])
KINDS = {
    "counts": "count", "superlatives": "superlative", "lists": "list", "languages": "languages",
    "shares": "share", "compares": "compare", "has": "has", "timelines": "timeline",
    "describes": "describe", "built_with": "built_with", "similar": "similar",
    "profiles": "profile", "roles": "role", "highlights": "highlights", "meta": "meta",
}  # fmt: skip
QUESTIONS = [
    (question, KINDS[section], expected)
    for section in KINDS
    for question, expected in WRITTEN[section].items()
]


@pytest.mark.parametrize(("question", "kind", "expected"), QUESTIONS)
def test_a_question_for_facts_is_read(question: str, kind: str, expected: dict[str, Any]) -> None:
    understood = read(question, NAMES, NOW)

    if "flags" in expected:
        expected = {**expected, "flags": " ".join(sorted(expected["flags"].split()))}
    assert (understood.kind, _told(understood)) == (kind, expected)
    assert understood.read_as


@pytest.mark.parametrize("question", WRITTEN["find"]["questions"])
def test_a_search_stays_a_search(question: str) -> None:
    assert read(question, NAMES, NOW) == Understood()


@pytest.mark.parametrize(
    ("kind", "question"),
    [(kind, question) for kind, questions in WRITTEN["more"].items() for question in questions],
)
def test_another_wording_has_its_kind(kind: str, question: str) -> None:
    understood = read(question, NAMES, NOW)

    if kind in ("find", "doubtful"):
        assert understood == Understood()
    else:
        assert understood.kind == kind


@pytest.mark.parametrize(
    ("question", "read_as"),
    [
        (
            "the biggest Python project since 2023 that uses Docker and not Flask",
            "the biggest repository that uses Python and Docker and not Flask and was worked on since 2023",
        ),
        (
            "most recent project with docker but not flask",
            "the most recently pushed repository that uses Docker and not Flask",
        ),
        ("how many repos with tests and CI", "the number of repositories that have tests and have CI"),
        ("most starred fork", "the most starred repository that is a fork"),
        ("biggest project that isn't a fork", "the biggest repository that is no fork"),
        ("the most popular MIT licensed project", "the most starred repository that has the licence MIT"),
        ("oldest project without a license", "the oldest repository that has no licence"),
        ("top 3 projects", "the highlights among 3 repositories"),
        ("only typescript", "repositories that are only TypeScript"),
        ("latest repo without docker", "the most recently pushed repository that does not use Docker"),
        ("compare python and go since 2023", "Python and Go, compared, in repositories that were worked on since 2023"),
        ("which languages does he use in archived repos", "the languages used most, in repositories that are archived"),
        ("what's her email?", "how to contact the developer"),
        ("projects with docker or kubernetes", "repositories that use Docker or Kubernetes"),
        ("newest repo in go or rust", "the newest repository that uses Go or Rust"),
        ("did he use tensorflow or pytorch", "whether any repository shows TensorFlow or PyTorch"),
        ("which databases does he use", "the databases used"),
        ("top 3 languages", "the 3 languages used most"),
        ("top 3 languages since 2023", "the 3 languages used most, in repositories that were worked on since 2023"),
    ],
)  # fmt: skip
def test_a_reading_is_said_in_plain_words(question: str, read_as: str) -> None:
    assert read(question, NAMES, NOW).read_as == read_as


@pytest.mark.parametrize(
    ("question", "period"),
    [
        ("projects since march", "2026-03-01..: since March"),
        ("projects since december", "2025-12-01..: since December"),
        ("projects created after 2023-05", "2023-06-01..: after 2023-05"),
        ("projects created before 2023-05-10", "..2023-05-09: before 2023-05-10"),
        ("projects made until march 2021", "..2021-03-31: until March 2021"),
        ("projects from 2020 onwards", "2020-01-01..: since 2020"),
        ("projects updated this month", "2026-11-01..: this month"),
        ("projects updated this week", "2026-11-22..: this week"),
        ("projects updated in the last 3 weeks", "2026-11-08..: in the last 3 weeks"),
        ("projects updated in the last 10 days", "2026-11-19..: in the last 10 days"),
        ("projects updated in the past year", "2025-11-29..: in the past year"),
        ("projects since last month", "2026-10-01..: since last month"),
        ("projects since this month", "2026-11-01..: since this month"),
        ("2024 projects", "2024-01-01..2024-12-31: in 2024"),
        ("python projects untouched since 2020", "..2019-12-31: before 2020"),
    ],
)
def test_a_period_has_its_days(question: str, period: str) -> None:
    found = read(question, NAMES, NOW).period

    assert found
    assert f"{_day(found.start)}..{_day(found.end)}: {found.name}" == period


@pytest.mark.parametrize(
    "question",
    [
        "",
        "?!",
        "how many repositories " + "are there " * 40,
        "how many repositories are there? " + "x" * 300,
        "projects from 2031",
        "projects since 2023-13",
        "projects since this week",
        "2031 projects",
        "pre-2020 projects",
        "python but not python",
        "projects with tests but without tests",
        "only docker",
        "only python and only go",
        "compare python and python",
        "more cats or dogs?",
        "how many projects should have been without a fork or a spoon",
        "list all cats",
        "what has she built?",
        "biggest",
        "tets",
        "best projects without a spoon",
        "projects in the current 3 years",
        "projects untouched in 2020",
        "projects that are old or python",
        "sorted projects",
        "repos by zyxwv",
    ],
)
def test_what_makes_no_sense_is_a_search(question: str) -> None:
    assert read(question, NAMES, NOW) == Understood()


@pytest.mark.parametrize(
    ("question", "kind", "either"),
    [
        ("python or rust repos", "list", ["Python", "Rust"]),
        ("projects with docker or with kubernetes", "list", ["@docker", "@kubernetes"]),
        ("how many repos use react, vue or angular", "count", ["@react", "@vue", "@angular"]),
        ("how many repos use react, vue, or angular", "count", ["@react", "@vue", "@angular"]),
        ("most starred project in go or rust", "superlative", ["Go", "Rust"]),
        ("does he know docker or podman", "has", ["@docker", "@podman"]),
        ("python or rust, which more?", "compare", []),
        ("projects with docker and kubernetes", "find", []),
    ],
)
def test_alternatives_are_no_conditions(question: str, kind: str, either: list[str]) -> None:
    understood = read(question, NAMES, NOW)

    assert (kind, either) == (understood.kind, [_term(term) for term in understood.either])
    assert not {*understood.either} & {*understood.about}


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("what's her email?", "contact"),
        ("contact", "contact"),
        ("is he available for hire", "availability"),
        ("what's the day rate?", "salary"),
        ("is she a team player", "teamwork"),
        ("how senior is he?", "seniority"),
        ("what can I ask?", "help"),
    ],
)
def test_what_repositories_cannot_show_has_its_topic(question: str, topic: str) -> None:
    assert read(question, NAMES, NOW).topic == topic


@pytest.mark.parametrize("name", ["Anna", "Ravi", "Li Wei", "Tomasz", "anna"])
@pytest.mark.parametrize(
    "question", ["does {} know docker", "has {} ever used docker?", "is {} familiar with docker"]
)
def test_any_name_is_a_persons(name: str, question: str) -> None:
    understood = read(question.format(name), NAMES, NOW)

    assert (understood.kind, [term.id for term in understood.about]) == ("has", ["docker"])


def test_a_thing_is_no_person() -> None:
    assert read("is rust better than go", NAMES, NOW).kind == "compare"
    assert read("does rustracer know docker", NAMES, NOW).kind == "find"


@pytest.mark.parametrize(
    ("question", "meant"),
    [
        ("how mnay projects use kuberntes", "how many projects use kubernetes"),
        ("what langauge does he use most", "what language does he use most"),
        ("compair python and typscript", "compare python and typescript"),
        ("tell me about rustracr", "tell me about rustracer"),
        ("is thre anything like ng-shop", "is there anything like ng-shop"),
    ],
)
def test_a_misspelled_word_is_corrected(question: str, meant: str) -> None:
    understood = read(question, NAMES, NOW)

    assert understood.kind != "find"
    assert read(meant, NAMES, NOW) == understood


@pytest.mark.parametrize(
    ("question", "subject"),
    [
        ("how many scared projects", "scared"),  # an English word, though near to "starred"
        ("how many blockchain projects", "blockchain"),
        ("how many zyxwv vwxyz qwzrt projects", "zyxwv vwxyz qwzrt"),  # too many to be misspelled
    ],
)
def test_a_word_that_may_be_meant_is_not_corrected(question: str, subject: str) -> None:
    assert read(question, NAMES, NOW).subject == subject


def test_a_few_words_ask_with_a_question_mark_alone() -> None:
    assert read("frontend dev?", NAMES, NOW).kind == "role"
    assert read("frontend dev", NAMES, NOW).kind == "find"
    assert read("ng-shop?", NAMES, NOW).kind == "describe"
    assert read("ng-shop", NAMES, NOW).kind == "describe"
    assert read("notes", NAMES, NOW).kind == "find"
    assert read("machine learning?", NAMES, NOW).kind == "find"


@pytest.mark.parametrize(
    ("question", "kind", "repository"),
    [
        ("tell me about course scheduler", "describe", "courseScheduler"),
        ("what does lantern use", "built_with", "lantern"),
        ("anything like lantern", "similar", "lantern"),
        ("a lantern", "find", ""),
        ("what is lantern", "find", ""),
        ("what is a course scheduler", "find", ""),
    ],
)
def test_a_name_of_words_is_a_repository_where_one_is_meant(
    question: str, kind: str, repository: str
) -> None:
    understood = read(question, Names(["courseScheduler", "lantern"]), NOW)

    assert (kind, repository) == (understood.kind, "".join(term.id for term in understood.about))


def test_a_repository_goes_before_what_its_name_says() -> None:
    names = Names(["my-portfolio", "docker", "python-course", "2048", "s", "tetris.js", "top-list"])

    assert read("tell me about my-portfolio", names, NOW).about == (
        Term("repository", "my-portfolio", "my-portfolio"),
    )
    assert read("what is docker built with", names, NOW).about == (
        Term("repository", "docker", "docker"),
    )
    assert read("does he know docker", names, NOW).about == (
        Term("technology", "docker", "Docker"),
    )
    assert read("describe the python course", names, NOW).about == (
        Term("repository", "python-course", "python-course"),
    )
    assert read("what is top-list", names, NOW).kind == "describe"
    assert read("list all projects", Names(["list", "all", "projects"]), NOW).kind == "list"
    assert read("what does tetris.js use?", names, NOW).kind == "built_with"


def test_a_language_that_github_does_not_count_is_a_technology() -> None:
    understood = read("does she know jq?", NAMES, NOW)

    assert understood.about == (Term("technology", "jq", "jq"),)


def test_reading_is_the_same_each_time_and_needs_no_repositories() -> None:
    readings = {read("oldest go project", Names([]), NOW) for _ in range(3)}

    assert len(readings) == 1


def _told(understood: Understood) -> dict[str, Any]:
    """Return what is set, as `questions.toml` writes it."""
    told: dict[str, Any] = {}
    if understood.about:
        told["about"] = [_term(term) for term in understood.about]
    if understood.not_:
        told["not_"] = [_term(term) for term in understood.not_]
    if understood.only:
        told["only"] = _term(understood.only)
    if understood.flags:
        told["flags"] = " ".join(_flags(understood))
    if understood.licence is not None:
        told["licence"] = understood.licence
    if period := understood.period:
        told["period"] = f"{_day(period.start)}..{_day(period.end)} {period.field}"
    if understood.sort:
        told["sort"] = _sort(understood.sort)
    if understood.limit:
        told["limit"] = understood.limit
    if understood.subject:
        told["subject"] = understood.subject
    return told


def _flags(understood: Understood) -> list[str]:
    return sorted(flag if holds else f"-{flag}" for flag, holds in understood.flags)


def _term(term: Term) -> str:
    match term.kind:
        case "language":
            return term.id
        case "technology":
            return f"@{term.id}"
        case "repository":
            return f"repo:{term.id}"
    return f"{term.kind}:{term.id}"


def _sort(sort: Sort) -> str:
    return f"-{sort.field}" if sort.descending else sort.field


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
