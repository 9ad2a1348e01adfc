"""Forty questions that visitors ask of a portfolio: what each one is told, word for word."""

from __future__ import annotations

from datetime import date

import pytest

from tests.unit.understanding.test_telling import (
    CODE,
    DJANGO,
    DOCKER,
    GO,
    NEWEST,
    OLDEST,
    PYTHON,
    RUST,
    STARS,
    language,
    repository,
    role,
    technology,
    told,
)  # fmt: skip
from understanding.model import Flag, Period, Understood

JAVA, AZURE = language("Java"), technology("azure", "Azure")
BACKEND, FRONTEND = role("backend developer"), role("frontend developer")
IN_2024 = Period(date(2024, 1, 1), date(2024, 12, 31), "created", "in 2024")
THIS_YEAR = Period(date(2026, 1, 1), date(2026, 12, 31), "pushed", "this year")
SINCE_2025 = Period(date(2025, 3, 1), None, "any", "since March 2025")
BEFORE_2023 = Period(None, date(2022, 12, 31), "created", "before 2023")
SIX_MONTHS = Period(date(2025, 12, 15), None, "any", "in the last 6 months")
BOTH: tuple[tuple[Flag, bool], ...] = (("tests", True), ("ci", True))

FORMS: list[tuple[int, Understood, object, str]] = [
    (1, Understood("count"), 4,
        "There are 4 public repositories, 1 fork and 1 archived among them. The last push was to shop on 1 "
        "June 2026."),
    (2, Understood("count", (PYTHON,)), 3,
        "3 of the 4 public repositories contain Python: toy (100 % Python), shop (60 % Python) and cli (10 % "
        "Python). Python is the main language in 2."),
    (3, Understood("count", (PYTHON, DOCKER)), 1,
        "1 of the 4 public repositories contains Python and shows Docker: cli (10 % Python; Dockerfile)."),
    (4, Understood("count", period=IN_2024), 1,
        "1 of the 4 public repositories was created in 2024: toy (created 1 March 2024). 1 older was last "
        "pushed to in that time."),
    (5, Understood("superlative", sort=NEWEST, limit=1), "shop",
        "The most recently pushed public repository is shop, last pushed 1 June 2026. A shop for tea. Next: "
        "toy, last pushed 8 July 2025. The newest by creation is toy (1 March 2024)."),
    (6, Understood("superlative", sort=OLDEST, limit=1), "shop",
        "The oldest public repository is shop, created 3 February 2020, as far as GitHub shows. Next: cli, "
        "created 1 January 2021."),
    (7, Understood("list", period=THIS_YEAR), 1,
        "1 of the 4 public repositories was last pushed to this year: shop (last pushed 1 June 2026)."),
    (8, Understood("list", period=SINCE_2025), 2,
        "2 of the 4 public repositories were created or pushed to since March 2025: shop (last pushed 1 June "
        "2026) and toy (last pushed 8 July 2025). 0 new, 2 older."),
    (9, Understood("list", period=BEFORE_2023), 3,
        "3 of the 4 public repositories were created before 2023: cli (created 1 January 2021), shop (created "
        "3 February 2020) and huge-fork (created 1 January 2010)."),
    (10, Understood("list", period=SIX_MONTHS), 1,
        "1 of the 4 public repositories was created or pushed to in the last 6 months: shop (last pushed 1 "
        "June 2026). 0 new, 1 older."),
    (11, Understood("superlative", sort=STARS, limit=1), "cli",
        "The most starred public repositories are cli and shop, with 7 stars each. Next: toy, with 1 star."),
    (12, Understood("superlative", sort=STARS, limit=3), "cli",
        "The 3 most starred public repositories are cli (7 stars), shop (7 stars) and toy (1 star)."),
    (13, Understood("superlative", sort=CODE, limit=1), "cli",
        "The biggest public repository is cli, with 10.0 KB of code, mostly Go. Next: shop, with 6.0 KB of "
        "code in Python."),
    (14, Understood("superlative", (PYTHON,), sort=CODE, limit=1), "shop",
        "The biggest public repository that contains Python is shop, with 6.0 KB of Python. Next: cli, with "
        "1.0 KB of Python."),
    (15, Understood("list", flags=(("archived", True),)), 1,
        "1 of the 4 public repositories is archived: cli (last pushed 6 May 2024)."),
    (16, Understood("languages", limit=1), "Python",
        "Python is the strongest of 3 languages: the main one in 2 of 3 public repositories, present in 3, last "
        "pushed 1 June 2026. Then Go (main in 1, present in 1) and HTML (main in 0, present in 1)."),
    (17, Understood("languages", limit=5), None,
        "Python is the strongest of 3 languages: the main one in 2 of 3 public repositories, present in 3, last "
        "pushed 1 June 2026. Then Go (main in 1, present in 1) and HTML (main in 0, present in 1)."),
    (18, Understood("share", (PYTHON,)), 45.5,
        "45.5 % of the code is Python: 7.5 KB of 16.5 KB, in 3 repositories. Go dominates with 55 %."),
    (19, Understood("built_with"), None,
        "In 4 public repositories, by the number that shows each. Languages: Python (3), C (1) and Go (1). "
        "Frameworks: Django (1). Data: PostgreSQL (1). Cloud and operations: Docker (1) and GitHub Actions "
        "(1). Tools: pip (1)."),
    (20, Understood("profile"), 4,
        "4 public repositories since 3 February 2020. Mainly Python (3) and Go (1); with Django, Docker and "
        "GitHub Actions. Lately: shop, toy and cli, last pushed 1 June 2026."),
    (21, Understood("profile"), 4,
        "4 public repositories since 3 February 2020. Mainly Python (3) and Go (1); with Django, Docker and "
        "GitHub Actions. Lately: shop, toy and cli, last pushed 1 June 2026."),
    (22, Understood("role", (BACKEND,)), 1,
        "Mostly: 1 of the 4 public repositories shows backend work: shop (Django, PostgreSQL). That goes by "
        "the repositories alone."),
    (23, Understood("compare", (FRONTEND, BACKEND)), None,
        "More public repositories show backend work. Frontend work: none. Backend work: 1 repository, last "
        "pushed 1 June 2026, best shop."),
    (24, Understood("has", (DOCKER,)), 1,
        "1 of the 4 public repositories shows Docker: cli (Dockerfile)."),
    (25, Understood("has", (RUST,)), 0,
        "None of the 4 public repositories contains Rust. Nearest: C in 1 repository and Go in 1 repository."),
    (26, Understood("timeline", (PYTHON,)), ["2020-02-03", "2026-06-01"],
        "Between 3 February 2020 (shop created) and 1 June 2026 (shop last pushed), 3 public repositories "
        "contain Python: 6 years and 3 months. Years in a job they cannot show."),
    (27, Understood("timeline", (GO,), sort=NEWEST), "2024-05-06",
        "The last push to a public repository that contains Go was on 6 May 2024: cli."),
    (28, Understood("timeline", (GO,)), ["2021-01-01", "2024-05-06"],
        "Between 1 January 2021 (cli created) and 6 May 2024 (cli last pushed), 1 public repository contains "
        "Go: 3 years and 4 months. Years in a job they cannot show."),
    (28, Understood("meta", (GO,), topic="seniority"), ["2021-01-01", "2024-05-06"],
        "Between 1 January 2021 (cli created) and 6 May 2024 (cli last pushed), 1 public repository contains "
        "Go: 3 years and 4 months. Years in a job they cannot show."),
    (28, Understood("timeline", (JAVA,)), 0,
        "None of the 4 public repositories contains Java. Years in a job they cannot show."),
    (29, Understood("compare", (AZURE, DJANGO)), None,
        "More public repositories show Django. Azure: none. Django: 1 repository, last pushed 1 June 2026, "
        "best shop."),
    (30, Understood("compare", (PYTHON, GO)), None,
        "More public repositories show Python. Python: 3 repositories, 7.5 KB, last pushed 1 June 2026, best "
        "shop and cli. Go: 1 repository, 9.0 KB, last pushed 6 May 2024, best cli. 1 repository shows both."),
    (31, Understood("compare", (repository("shop"), repository("cli"))), None,
        "Both use Python. shop also uses HTML, Django, PostgreSQL, GitHub Actions and pip; 6.0 KB of code, 7 "
        "stars, last pushed 1 June 2026. cli also uses Go and Docker; 10.0 KB of code, 7 stars, last pushed 6 "
        "May 2024."),
    (32, Understood("describe", (repository("shop"),)), "shop",
        "shop: A shop for tea. Made with Python, HTML, Django, PostgreSQL, GitHub Actions and pip. Created 3 "
        "February 2020, last pushed 1 June 2026, 7 stars, licence MIT."),
    (33, Understood("built_with", (repository("shop"),)), None,
        "shop is built with Python (6.0 KB), HTML (4.0 KB), Django (django, requirements.txt:3), PostgreSQL "
        "(psycopg, requirements.txt:3), GitHub Actions (.github/workflows/ci.yml) and pip (requirements.txt)."),
    (34, Understood("similar", (repository("shop"),)), 2,
        "2 public repositories share something with shop; most like it: cli (shares Python) and toy (shares "
        "Python)."),
    (35, Understood("list", not_=(PYTHON,)), 1,
        "1 of the 4 public repositories contains no Python: huge-fork (last pushed 1 January 2012). 3 left "
        "out that contain Python."),
    (36, Understood("list", (PYTHON,), not_=(DJANGO,)), 2,
        "2 of the 4 public repositories contain Python and show no Django: toy (100 % Python) and cli (10 % "
        "Python). Python is the main language in 1. 1 left out that shows Django."),
    (37, Understood("list", only=PYTHON), 2,
        "2 of the 4 public repositories are written in Python alone: toy (100 % of its code is Python) and "
        "shop (100 % of its code is Python). 1 more contains Python."),
    (38, Understood("list", flags=BOTH), 1,
        "1 of the 4 public repositories has tests and CI: shop (tests/test_shop.py; "
        ".github/workflows/ci.yml). 1 more has one of the two."),
    (39, Understood("list", licence="MIT"), 1,
        "1 of the 4 public repositories has the MIT licence: shop (MIT licence). 2 have no licence."),
    (40, Understood("highlights"), None,
        "Start with shop (recent: last pushed 1 June 2026, 6.0 KB of code; most starred: 7 stars; the fullest "
        "README: a README of 42 characters), cli (7 stars) and toy (last pushed 8 July 2025)."),
]  # fmt: skip


@pytest.mark.parametrize(
    ("understood", "value", "text"),
    [pytest.param(*form[1:], id=f"{form[0]}-{form[1].kind}") for form in FORMS],
)
def test_each_question_is_told_in_its_form(understood: Understood, value: object, text: str):
    answer = told(understood)

    assert text == answer.text
    assert value is None or value == answer.fact.value  # None: rows, which the sentences sum up


def test_every_form_is_tested():
    assert {*range(1, 41)} == {number for number, *_ in FORMS}
