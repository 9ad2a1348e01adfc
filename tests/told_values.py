"""What questions about a portfolio ask for, counted by hand over its public listing.

Knows nothing of how the app reads questions or decides facts: a listing is the JSON of
`GET /api/portfolios/{username}`, and everything is counted in plain Python.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest

Repository = Mapping[str, Any]
Predicate = Callable[[Repository], bool]

# Of the languages in the portfolios of these tests, those that linguist calls markup.
MARKUP = frozenset(["HTML", "CSS", "Vue", "Jupyter Notebook"])
TEST_FOLDERS = {"test", "tests", "e2e"}
TEST_PACKAGES = {"pytest", "jest", "phpunit/phpunit", "@playwright/test"}
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Expected:
    """What the answer to a question must be."""

    kind: str
    value: object
    unit: str = "repositories"
    names: Sequence[str] = ()  # of the results
    is_ordered: bool = False  # the question asks for the order of `names`
    limit: int = 50  # the question asks for so many results
    also: Mapping[str, object] = field(default_factory=dict)


# --- What is true of a repository


def name(repository: Repository) -> str:
    return str(repository["metadata"]["name"])


def created(repository: Repository) -> date:
    return date.fromisoformat(repository["metadata"]["created_at"][:10])


def pushed(repository: Repository) -> date:
    return date.fromisoformat(repository["metadata"]["pushed_at"][:10])


def moment(key: str) -> Callable[[Repository], str]:
    return lambda each: str(each["metadata"][key])


def stars(repository: Repository) -> int:
    return int(repository["metadata"]["stargazers_count"])


def is_fork(repository: Repository) -> bool:
    return bool(repository["metadata"]["fork"])


def is_archived(repository: Repository) -> bool:
    return bool(repository["metadata"]["archived"])


def has_tests(repository: Repository) -> bool:
    return bool(
        TEST_FOLDERS & set(repository["files"]) or TEST_PACKAGES & set(repository["dependencies"])
    )


def has_ci(repository: Repository) -> bool:
    """In the portfolios of these tests `.github` holds workflows alone."""
    return ".github" in repository["files"]


def has_homepage(repository: Repository) -> bool:
    return bool(repository["metadata"]["homepage"])


def contains(language: str) -> Predicate:
    return lambda repository: language in repository["languages"]


def depends_on(package: str) -> Predicate:
    return lambda repository: package in repository["dependencies"]


def uses_docker(repository: Repository) -> bool:
    return any(
        file == "Dockerfile" or file.startswith("docker-compose") for file in repository["files"]
    )


def licensed(licence: str | None) -> Predicate:
    return lambda repository: repository["metadata"]["license"] == licence


def code(repository: Repository) -> dict[str, int]:
    """Return the bytes of programming languages."""
    return {
        language: size
        for language, size in repository["languages"].items()
        if language not in MARKUP
    }


def code_bytes(repository: Repository) -> int:
    return sum(code(repository).values())


def is_only(language: str) -> Predicate:
    def is_it(repository: Repository) -> bool:
        return 10 * code(repository).get(language, 0) >= 9 * code_bytes(repository) > 0

    return is_it


def main_language(repository: Repository) -> str | None:
    sizes = repository["languages"]
    return min(sizes, key=lambda language: (-sizes[language], language), default=None)


# --- What is true of a portfolio


def those(listing: Iterable[Repository], *predicates: Predicate) -> list[Repository]:
    return [each for each in listing if all(holds(each) for holds in predicates)]


def without(predicate: Predicate) -> Predicate:
    return lambda repository: not predicate(repository)


def names(repositories: Iterable[Repository]) -> list[str]:
    return [name(each) for each in repositories]


def best_first(
    repositories: Iterable[Repository], amount: Callable[[Repository], Any], *, most: bool = True
) -> list[Repository]:
    """Order by an amount; equal ones by name."""
    by_name = sorted(repositories, key=lambda each: name(each).lower())
    return sorted(by_name, key=amount, reverse=most)


def first_created(repositories: Sequence[Repository]) -> Repository:
    """Return the oldest repository; a fork only where there is nothing else."""
    own = those(repositories, without(is_fork)) or repositories
    return best_first(own, moment("created_at"), most=False)[0]


def last_pushed(repositories: Sequence[Repository]) -> Repository:
    return best_first(repositories, moment("pushed_at"))[0]


def without_forks(listing: Sequence[Repository]) -> list[Repository]:
    """Leave forks out of what languages are measured by, unless nothing else is in a language."""
    own = those(listing, without(is_fork))
    return own if any(each["languages"] for each in own) else list(listing)


def strengths(listing: Sequence[Repository]) -> dict[str, float]:
    """Return Σ share × log10(1 + bytes) of each language, the strongest first; equal ones by name."""
    scores: dict[str, float] = {}
    for language in sorted({language for each in listing for language in each["languages"]}):
        scores[language] = math.fsum(
            each["languages"][language]
            / sum(each["languages"].values())
            * math.log10(1 + each["languages"][language])
            for each in those(listing, contains(language))
        )
    return dict(sorted(scores.items(), key=lambda item: -item[1]))


# --- What questions ask for

# Words of a question that name a filter, before and behind what is asked for.
BEFORE: Mapping[str, Predicate] = {
    "": lambda _: True,
    "Python": contains("Python"),
    "HTML": contains("HTML"),
    "archived": is_archived,
    "archived Go": lambda each: is_archived(each) and contains("Go")(each),
}
WHEN: Mapping[str, Predicate] = {
    "": lambda _: True,
    "since 2023": lambda each: max(created(each), pushed(each)).year >= 2023,
    "pushed since 2024": lambda each: pushed(each).year >= 2024,
    "created in 2022": lambda each: created(each).year == 2022,
    "created before 2021": lambda each: created(each).year < 2021,
}
BEHIND: Mapping[str, Predicate] = {
    "": lambda _: True,
    "that use Django": depends_on("django"),
    "that use Docker and not Flask": lambda each: (
        uses_docker(each) and not depends_on("flask")(each)
    ),
    "without Flask": without(depends_on("flask")),
    "with TypeScript": contains("TypeScript"),
    "without JavaScript": without(contains("JavaScript")),
    "with tests": has_tests,
    "without tests": without(has_tests),
    "with tests and CI": lambda each: has_tests(each) and has_ci(each),
    "with a homepage": has_homepage,
    "without forks": without(is_fork),
    "without a licence": licensed(None),
}


def composed(
    listing: Sequence[Repository], before: str, when: str, behind: str
) -> dict[str, Expected]:
    """Ask for the number and the first of the repositories that pass filters, and which they are."""
    passing = those(listing, BEFORE[before], WHEN[when], BEHIND[behind])
    which = names(passing)
    words = " ".join([when, behind])
    asked = {f"how many {before} projects {words}": Expected("count", len(which), names=which)}
    if before or when or behind:
        # Without a filter it is a question for the whole portfolio, and may be a search.
        asked[f"list all {before} repositories {words}"] = Expected("list", len(which), names=which)
    own = those(passing, without(is_fork))
    for question, ordered in {
        f"most recent {before} project {words}": best_first(passing, moment("pushed_at")),
        f"oldest {before} project {words}": best_first(own, moment("created_at"), most=False),
    }.items():
        first = names(ordered)[:1]
        value, unit = (first[0], "name") if first else (0, "repositories")
        asked[question] = Expected("superlative", value, unit, first, True, 1)
    return {" ".join(question.split()): expected for question, expected in asked.items()}


def lists(listing: Sequence[Repository]) -> dict[str, Expected]:
    """Ask which repositories there are of a kind."""
    asked: dict[str, Predicate] = {
        "only typescript projects": is_only("TypeScript"),
        "projects that only use Go": is_only("Go"),
        "projects without JavaScript": without(contains("JavaScript")),
        "which have tests and CI": lambda each: has_tests(each) and has_ci(each),
        "archived repositories": is_archived,
        "show me all forks": is_fork,
        "MIT licensed projects": licensed("MIT"),
        "Apache licensed Python projects": lambda each: (
            licensed("Apache-2.0")(each) and contains("Python")(each)
        ),
        "projects with a homepage": has_homepage,
    }
    found = {question: names(those(listing, holds)) for question, holds in asked.items()}
    return {question: Expected("list", len(have), names=have) for question, have in found.items()}


def superlatives(listing: Sequence[Repository]) -> dict[str, Expected]:
    """Ask for the first of an order. Forks are neither first nor biggest."""
    own = those(listing, without(is_fork))

    def first(
        ordered: Sequence[Repository], amount: Callable[[Repository], object], limit: int = 1
    ) -> Expected:
        if not ordered:
            return Expected("superlative", 0)
        best = amount(ordered[0])
        ties = [name(each) for each in ordered if amount(each) == best]
        also = {"amount": best, "ties": ties}
        shown = names(ordered)[:limit]
        return Expected("superlative", name(ordered[0]), "name", shown, True, limit, also)

    def day_of(key: str) -> Callable[[Repository], object]:
        return lambda each: each["metadata"][key][:10]

    def starred(repositories: Sequence[Repository]) -> list[Repository]:
        ordered = best_first(repositories, stars)
        return ordered if ordered and stars(ordered[0]) else []

    def most_of(language: str) -> Callable[[Repository], int]:
        return lambda each: int(each["languages"].get(language, 0))

    with_code = those(own, lambda each: code_bytes(each) > 0)
    with_python = those(own, contains("Python"))
    newest, oldest = (
        best_first(own, moment("created_at"), most=True),
        best_first(own, moment("created_at"), most=False),
    )
    recent = best_first(listing, moment("pushed_at"))
    return {
        "most recent project": first(recent, day_of("pushed_at")),
        "5 most recent projects": first(recent, day_of("pushed_at"), 5),
        "newest project": first(newest, day_of("created_at")),
        "oldest project": first(oldest, day_of("created_at")),
        "oldest Python project": first(those(oldest, contains("Python")), day_of("created_at")),
        "biggest project": first(best_first(with_code, code_bytes), code_bytes),
        "3 biggest projects": first(best_first(with_code, code_bytes), code_bytes, 3),
        "smallest project": first(best_first(with_code, code_bytes, most=False), code_bytes),
        "biggest Python project": first(
            best_first(with_python, most_of("Python")), most_of("Python")
        ),
        "most starred project": first(starred(listing), stars),
        "most starred project with CI": first(starred(those(listing, has_ci)), stars),
        "least starred project": first(best_first(listing, stars, most=False), stars),
        "top 3 by stars without forks": first(starred(own), stars, 3),
    }


def languages(listing: Sequence[Repository]) -> dict[str, Expected]:
    """Ask for the languages, the strongest first; programming languages before others in words."""
    listing = without_forks(listing)
    scores = strengths(listing)
    if not scores:
        return {"which languages has he used": Expected("languages", 0, "languages")}
    rows = []
    for language, score in scores.items():
        having = those(listing, contains(language))
        rows.append(
            {
                "language": language,
                "score": pytest.approx(score, abs=0.051),
                "main_in": sum(main_language(each) == language for each in listing),
                "present_in": len(having),
                "bytes": sum(each["languages"][language] for each in having),
                "last_pushed": pushed(last_pushed(having)).isoformat(),
            }
        )
    strongest = next((each for each in scores if each not in MARKUP), next(iter(scores)))
    # Equal scores may differ in their last binary digit, so languages are compared one by one.
    value = by_key(rows, "language")
    also = {"strongest": strongest, "languages": len(scores)}
    return {"which languages has he used": Expected("languages", value, "languages", also=also)}


def shares(listing: Sequence[Repository]) -> dict[str, Expected]:
    """Ask how much of the code is in a language; of markup, how much of all bytes."""
    asked = {}
    listing = without_forks(listing)
    for language in ("Python", "TypeScript", "HTML"):
        of_code = language not in MARKUP
        sizes = [code(each) if of_code else each["languages"] for each in listing]
        total = sum(size for size_of in sizes for size in size_of.values())
        own = sum(size_of.get(language, 0) for size_of in sizes)
        share = 100 * own / total if total else 0
        having = names(those(listing, contains(language)))
        also = {"bytes": own, "of_bytes": total, "repositories": len(having)}
        asked[f"how much of the code is {language}"] = Expected(
            "share",
            pytest.approx(share, abs=0.051 if share >= 1 else share / 19),
            "%",
            having,
            also=also if having else {},
        )
    return asked


def comparisons(listing: Sequence[Repository]) -> dict[str, Expected]:
    """Ask to compare languages, technologies and repositories."""
    asked = {
        "compare Python and Go": {"Python": contains("Python"), "Go": contains("Go")},
        "Django vs Flask": {"Django": depends_on("django"), "Flask": depends_on("flask")},
        "compare Docker and Rust": {"Docker": uses_docker, "Rust": contains("Rust")},
    }
    found = {}
    for question, sides in asked.items():
        rows, numbers = [], {}
        for side, holds in sides.items():
            having = those(listing, holds)
            numbers[side] = len(having)
            sizes = [each["languages"].get(side, 0) for each in having]
            last = pushed(last_pushed(having)).isoformat() if having else None
            is_language = side in ("Python", "Go", "Rust")
            rows.append(
                {
                    "name": side,
                    "repositories": len(having),
                    "bytes": sum(sizes) if is_language else None,
                    "last_pushed": last,
                }
            )
        most = [side for side, number in numbers.items() if number == max(numbers.values())]
        both = those(listing, *sides.values())
        also = {"both": len(both), "most": most[0] if len(most) == 1 else None}
        found[question] = Expected("compare", by_key(rows, "name"), also=also)
    if len(listing) > 1:
        two = listing[0], listing[-1]
        found[f"compare {name(two[0])} and {name(two[1])}"] = Expected(
            "compare", by_key(map(row, two), "name"), names=names(two), is_ordered=True
        )
    return found


def row(repository: Repository) -> dict[str, object]:
    """Return what a comparison and a description say of a repository."""
    return {
        "name": name(repository),
        "code_bytes": code_bytes(repository),
        "stars": stars(repository),
        "created": created(repository).isoformat(),
        "pushed": pushed(repository).isoformat(),
        "licence": repository["metadata"]["license"],
        "archived": is_archived(repository),
    }


def by_key(rows: Iterable[Mapping[str, object]], key: str) -> dict[object, Mapping[str, object]]:
    return {each[key]: each for each in rows}


def knowledge(listing: Sequence[Repository]) -> dict[str, Expected]:
    """Ask whether the repositories show something."""
    asked: dict[str, Predicate] = {
        "does she know Rust": contains("Rust"),
        "does she know COBOL": contains("COBOL"),
        "has she used Django": depends_on("django"),
        "does he know Django and Docker": lambda each: (
            depends_on("django")(each) and uses_docker(each)
        ),
    }
    found = {question: names(those(listing, holds)) for question, holds in asked.items()}
    return {question: Expected("has", len(have), names=have) for question, have in found.items()}


def timelines(listing: Sequence[Repository]) -> dict[str, Expected]:
    """Ask between which days the repositories show something."""
    asked: dict[str, Predicate] = {
        "how long has he used Python": contains("Python"),
        "for how long has he used Docker": uses_docker,
        "how long has she been coding": lambda _: True,
    }
    found = {}
    for question, holds in asked.items():
        having = those(listing, holds)
        if not having:
            found[question] = Expected("timeline", 0)
            continue
        first, last = first_created(having), last_pushed(having)
        value = [created(first).isoformat(), pushed(last).isoformat()]
        also = {"repositories": len(having), "first": name(first), "last": name(last)}
        found[question] = Expected("timeline", value, "dates", names(having), also=also)
    return found


def descriptions(listing: Sequence[Repository]) -> dict[str, Expected]:
    """Ask what the first and the last repository are."""
    return {
        f"describe {name(each)}": Expected(
            "describe",
            name(each),
            "name",
            [name(each)],
            also={**row(each), "url": each["metadata"]["html_url"]},
        )
        for each in [*listing[:1], *listing[-1:]]
    }


def stacks(listing: Sequence[Repository]) -> dict[str, Expected]:
    """Ask what everything is built with: each technology with its number of repositories."""
    numbers: dict[object, Mapping[str, object]] = {
        language: {"repositories": len(those(listing, contains(language)))}
        for language in strengths(listing)
        if language not in MARKUP
    }
    technologies = {
        "Django": depends_on("django"),
        "Flask": depends_on("flask"),
        "Docker": uses_docker,
        "GitHub Actions": has_ci,
    }
    for technology, holds in technologies.items():
        if number := len(those(listing, holds)):
            numbers[technology] = {"repositories": number}
    if not numbers:
        return {}
    return {"tech stack": Expected("built_with", numbers, "technologies")}


def built_with(listing: Sequence[Repository]) -> dict[str, Expected]:
    """Ask what the first repository is built with: its languages, and what it shows."""
    asked = {}
    for each in listing[:1]:
        shown = {
            "Django": depends_on("django")(each),
            "Flask": depends_on("flask")(each),
            "Docker": uses_docker(each),
            "GitHub Actions": has_ci(each),
            **dict.fromkeys(each["languages"], True),
        }
        rows: dict[object, Mapping[str, object]] = {
            part: {} for part, is_shown in shown.items() if is_shown
        }
        if rows:
            expected = Expected("built_with", rows, "technologies", names([each]))
            asked[f"what is {name(each)} built with"] = expected
    return asked


def similar(listing: Sequence[Repository], like: Repository) -> dict[str, Expected]:
    """Ask for repositories that share a language or a technology with one.

    `like`: one of which the listing shows all that it is built with.
    """
    shown = [contains(language) for language in like["languages"]]
    for holds in (depends_on("django"), depends_on("flask"), uses_docker, has_ci):
        shown += [holds] if holds(like) else []
    others = [
        name(each) for each in listing if each is not like and any(holds(each) for holds in shown)
    ]
    return {f"projects like {name(like)}": Expected("similar", len(others), names=others)}


def profiles(listing: Sequence[Repository], today: date) -> dict[str, Expected]:
    """Ask for a summary. "The last two years" are the current one and the one before."""
    strongest = strengths(without_forks(listing))
    programming = [language for language in strongest if language not in MARKUP]
    also = {
        "since": created(first_created(listing)).isoformat() if listing else None,
        "last_pushed": pushed(last_pushed(listing)).isoformat() if listing else None,
        "languages": programming[:5],
        "pushed_in_last_two_years": sum(pushed(each).year >= today.year - 1 for each in listing),
        "stars": sum(map(stars, listing)),
    }
    expected = Expected("profile", len(listing), names=names(listing), also=also)
    return {"what kind of developer is she": expected}


def highlights(listing: Sequence[Repository]) -> dict[str, Expected]:
    """Ask where to start, in a portfolio without READMEs: the most recent and the most starred."""
    own = those(listing, without(is_fork)) or list(listing)
    sizes = sorted(map(code_bytes, own))
    least = max(1, sizes[(len(sizes) - 1) // 4]) if sizes else 1
    substantial = those(own, without(is_archived), lambda each: code_bytes(each) >= least) or list(
        own
    )
    chosen = names(best_first(substantial, moment("pushed_at"))[:1])
    # Of equally starred ones, the one that was pushed to last.
    starred = names(
        best_first(
            those(own, lambda each: stars(each) > 0),
            lambda each: (stars(each), each["metadata"]["pushed_at"]),
        )
    )
    chosen += [each for each in starred[:2] if each not in chosen][:1]
    recent = names(best_first(own, moment("pushed_at")))
    chosen += [each for each in recent if each not in chosen]
    value = chosen[:3]
    return {"which project should I look at": Expected("highlights", value, "names", value, True)}


def meta(listing: Sequence[Repository]) -> dict[str, Expected]:
    """Ask what repositories cannot show: the nearest that they show is told."""
    if not listing:
        return {}
    owner = listing[0]["metadata"]["full_name"].partition("/")[0]
    last = pushed(last_pushed(listing)).isoformat()
    span = [created(first_created(listing)).isoformat(), last]
    pages = {name(each): each["metadata"]["homepage"] for each in those(listing, has_homepage)}
    return {
        "how can I contact her": Expected(
            "meta", f"https://github.com/{owner}", "url", list(pages), also={"homepages": pages}
        ),
        "is she available": Expected("meta", last, "date", names(listing)),
        "does he work in a team": Expected(
            "meta", len(those(listing, has_ci)), names=names(those(listing, has_ci))
        ),
        "is he senior": Expected("meta", span, "dates", names(listing)),
        "what is her hourly rate": Expected("meta", None, ""),
        "what can I ask": Expected("meta", None, ""),
    }


# --- The comparison


def differences(expected: Expected, reply: Mapping[str, Any], of: int) -> dict[str, object]:
    """Name what an answer says otherwise than was counted, with both. `of`: the number of repositories."""
    kind = reply["understood"]["kind"]
    if kind != expected.kind or "fact" not in reply:
        return {"kind": (expected.kind, kind)}
    fact, text = reply["fact"], reply["answer"]["text"]
    found = [each["name"] for each in reply["results"]]
    value, unit, also = expected.value, expected.unit, expected.also
    if not of:  # there is nothing to tell of
        value, unit, also = 0, "repositories", {}
    pairs: dict[str, tuple[object, object]] = {
        "of": (of, fact["of"]),
        "unit": (unit, fact["unit"]),
        "also": (dict(also), {key: fact["also"].get(key) for key in also}),
        "limit": (min(expected.limit, len(found)), len(found)),
    }
    if isinstance(value, dict):
        pairs["value"] = (value, comparable_rows(value, fact["value"]))
    else:
        pairs["value"] = (value, fact["value"])
        pairs[f"stated: {text}"] = (True, states(text, fact["value"], unit, of))
    if expected.is_ordered:
        pairs["names"] = (list(expected.names), found)
    elif kind not in WITH_EXAMPLES:
        pairs["names"] = (sorted(expected.names), sorted(found))
    return {what: (counted, told) for what, (counted, told) in pairs.items() if counted != told}


WITH_EXAMPLES = {"languages", "compare", "built_with", "similar"}  # results are examples


def comparable_rows(
    expected: Mapping[object, Mapping[str, object]], rows: Sequence[Mapping[str, object]]
) -> dict[object, Mapping[str, object]]:
    """Return rows by name, in the keys that were counted; of technologies those that can be."""
    key = next(key for key in ("language", "technology", "name") if key in rows[0])
    return {
        which: {part: row[part] for part in expected.get(which, row)}
        for which, row in by_key(rows, key).items()
        if key != "technology" or which in PLAIN_TECHNOLOGIES or which in expected
    }


# Of all technologies those that the listing shows plainly.
PLAIN_TECHNOLOGIES = {"Django", "Flask", "Docker", "GitHub Actions"}


def states(text: str, value: object, unit: str, of: int) -> bool:
    """Tell whether a text states a value as people write it."""
    match value:
        case None | []:
            return bool(text)
        case list():
            is_dates = unit == "dates"
            return all(states(text, each, "date" if is_dates else unit, of) for each in value)
        case int() if of == 1 and "the only" in text.lower():
            return True
        case 0:
            return any(word in text for word in ("None", "No ", " no ", " not ", "nothing"))
        case int() if unit == "repositories":
            return f"{value:,}" in text
        case float() | int():
            return f"{value:g} {unit}" in text
        case str() if unit == "date":
            moment = date.fromisoformat(value)
            return f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}" in text
    return str(value) in text
