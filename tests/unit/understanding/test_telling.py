"""Questions that were read are answered from facts, in sentences that state them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models import PublishedBundle
from tests.unit.portfolios import sample_portfolio
from tests.unit.understanding.test_facts import bundle_of
from understanding.facts import PortfolioFacts
from understanding.kinds.beyond import HELP
from understanding.model import Flag, Kind, Period, Sort, Term, Told, Topic, Understood
from understanding.question import EVIDENCE_RULE, LANGUAGE_RULE
from understanding.sentences import (
    counted,
    day,
    ended,
    listed,
    percent,
    size,
    some_of,
    span,
    thing,
    work_of,
)
from understanding.telling import tell

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
NEWEST, OLDEST = Sort("pushed", True), Sort("created", False)
STARS, CODE = Sort("stars", True), Sort("code", True)


def language(name: str) -> Term:
    return Term("language", name, name)


def technology(id: str, name: str) -> Term:
    return Term("technology", id, name)


def repository(name: str) -> Term:
    return Term("repository", name, name)


def role(name: str) -> Term:
    return Term("role", name, name)


PYTHON, GO, RUST = map(language, ("Python", "Go", "Rust"))
DJANGO, DOCKER = technology("django", "Django"), technology("docker", "Docker")

SHOP = bundle_of(
    "shop",
    summary="A shop for tea",
    languages={"Python": 6_000, "HTML": 4_000},
    packages={"django": "requirements.txt", "psycopg": "requirements.txt", "pytest": "dev.in"},
    paths=[".github/workflows/ci.yml", "tests/test_shop.py"],
    created_at="2020-02-03T00:00:00Z",
    pushed_at="2026-06-01T00:00:00Z",
    stargazers_count=7,
    license="MIT",
    homepage="https://tea.example",
    readme="# Shop\n\nSells tea of many kinds, and nothing else.",
)
CLI = bundle_of(
    "cli",
    languages={"Go": 9_000, "Python": 1_000},
    files=["Dockerfile"],
    paths=["tests/test_cli.py"],
    created_at="2021-01-01T00:00:00Z",
    pushed_at="2024-05-06T00:00:00Z",
    stargazers_count=7,
    archived=True,
)
TOY = bundle_of(
    "toy",
    languages={"Python": 500},
    created_at="2024-03-01T00:00:00Z",
    pushed_at="2025-07-08T00:00:00Z",
    stargazers_count=1,
    license="GPL-3.0",
)
FORK = bundle_of(
    "huge-fork",
    languages={"C": 9_000_000},
    fork=True,
    created_at="2010-01-01T00:00:00Z",
    pushed_at="2012-01-01T00:00:00Z",
)
PORTFOLIO = [SHOP, CLI, TOY, FORK]
SAMPLE = sample_portfolio()


def told(
    understood: Understood,
    bundles: list[PublishedBundle] = PORTFOLIO,
    ranked: list[str] | None = None,
) -> Told:
    answer = tell(understood, PortfolioFacts(bundles), NOW, ranked)
    assert answer is not None
    return answer


def names(answer: Told) -> list[str]:
    return [name for name, _ in answer.results]


class TestFind:
    def test_the_ranking_alone_answers_a_question_without_a_filter(self):
        assert tell(Understood(subject="tea"), PortfolioFacts(PORTFOLIO), NOW, ["shop"]) is None

    def test_with_a_filter_it_is_a_list_in_the_order_of_the_ranking(self):
        understood = Understood(about=(PYTHON,), subject="tea")

        assert ["toy", "shop"] == names(told(understood, ranked=["toy", "huge-fork", "shop"]))

    def test_a_subject_that_was_not_ranked_cannot_be_told(self):
        assert tell(Understood("count", subject="tea"), PortfolioFacts(PORTFOLIO), NOW) is None


class TestCount:
    def test_all_repositories(self):
        answer = told(Understood("count"))

        assert (4, "repositories", 4) == (answer.fact.value, answer.fact.unit, answer.fact.of)
        assert (
            "There are 4 public repositories, 1 fork and 1 archived among them."
            " The last push was to shop on 1 June 2026."
        ) == answer.text
        assert ["shop", "toy", "cli", "huge-fork"] == names(answer)

    def test_a_language_by_share(self):
        answer = told(Understood("count", (PYTHON,)))

        assert 3 == answer.fact.value
        assert 2 == answer.fact.also["main_in"]
        assert (
            "3 of the 4 public repositories contain Python: toy (100 % Python),"
            " shop (60 % Python) and cli (10 % Python). Python is the main language in 2."
        ) == answer.text

    def test_a_technology_with_its_evidence(self):
        answer = told(Understood("count", (DOCKER,)))

        assert "1 of the 4 public repositories shows Docker: cli (Dockerfile)." == answer.text

    def test_a_year_of_creation_with_what_was_pushed_to(self):
        year = Period(date(2024, 1, 1), date(2024, 12, 31), "created", "in 2024")
        answer = told(Understood("count", period=year))

        assert 1 == answer.fact.value
        assert (
            "1 of the 4 public repositories was created in 2024: toy (created 1 March 2024)."
            " 1 older was last pushed to in that time."
        ) == answer.text

    def test_what_is_new_and_what_changed(self):
        since = Period(date(2024, 1, 1), None, "any", "since 2024")
        answer = told(Understood("list", period=since))

        assert 3 == answer.fact.value
        assert {"created": 1, "older_pushed": 2} == answer.fact.also
        assert answer.text.endswith(" 1 new, 2 older.")

    def test_what_ranked_for_a_subject(self):
        answer = told(Understood("count", subject="tea"), ranked=["shop", "cli"])

        assert 2 == answer.fact.value
        assert "2 of the 4 public repositories match “tea”" in answer.text
        assert "the ranking decides what matches “tea”" == answer.fact.rule

    def test_nothing_ranked(self):
        answer = told(Understood("count", subject="tea"), ranked=[])

        assert "None of the 4 public repositories matches “tea”." == answer.text

    def test_all_of_them(self):
        answer = told(Understood("count", (PYTHON,)), [SHOP, TOY])

        assert answer.text.startswith("All 2 public repositories contain Python: ")
        assert answer.text.endswith("Python is the main language in all of them.")

    def test_private_repositories_are_not_called_public(self):
        answer = told(Understood("count"), [bundle_of("a", visibility="private"), bundle_of("b")])

        assert answer.text.startswith("There are 2 repositories.")


class TestFilters:
    @pytest.mark.parametrize(
        ("understood", "expected", "text"),
        [
            (Understood(not_=(PYTHON,)), ["huge-fork"], "contains no Python"),
            (Understood(not_=(DJANGO,)), ["toy", "cli", "huge-fork"], "show no Django"),
            (Understood(about=(PYTHON,), not_=(DJANGO,)), ["toy", "cli"], "contain Python and show no Django"),
            (Understood(only=PYTHON), ["toy", "shop"], "are written in Python alone"),
            (Understood(flags=(("archived", True),)), ["cli"], "is archived"),
            (Understood(flags=(("archived", False),)), ["shop", "toy", "huge-fork"], "are not archived"),
            (Understood(flags=(("fork", True),)), ["huge-fork"], "is a fork"),
            (Understood(flags=(("tests", True), ("ci", True))), ["shop"], "has tests and CI"),
            (Understood(flags=(("tests", False),)), ["toy", "huge-fork"], "have no tests"),
            (Understood(flags=(("homepage", True),)), ["shop"], "has a homepage"),
            (Understood(licence="MIT"), ["shop"], "has the MIT licence"),
            (Understood(licence=""), ["cli", "huge-fork"], "have no licence"),
            (Understood(about=(PYTHON, DJANGO)), ["shop"], "contains Python and shows Django"),
            (Understood(about=(PYTHON, GO)), ["cli"], "contains Python and Go"),
        ],
    )  # fmt: skip
    def test_a_filter_holds_and_is_told(
        self, understood: Understood, expected: list[str], text: str
    ):
        answer = told(replace(understood, kind="list"))

        assert expected == names(answer)
        assert len(expected) == answer.fact.value
        assert text in answer.text

    def test_what_was_left_out_is_counted(self):
        answer = told(Understood("list", (PYTHON,), not_=(DJANGO,)))

        assert 1 == answer.fact.also["dropped"]
        assert "1 left out that shows Django." in answer.text

    def test_what_contains_a_language_beside_others_is_counted(self):
        answer = told(Understood("list", only=PYTHON))

        assert 3 == answer.fact.also["contain"]
        assert answer.text.endswith("1 more contains Python.")
        assert ("shop", "100 % of its code is Python") == answer.results[1]

    def test_only_a_technology_means_that_it_is_shown(self):
        assert ["shop"] == names(told(Understood("list", only=DJANGO)))

    def test_what_has_one_of_tests_and_ci_is_counted(self):
        answer = told(Understood("list", flags=(("tests", True), ("ci", True))))

        assert "1 more has one of the two." in answer.text
        assert "tests and CI are shown by files and packages" == answer.fact.rule
        assert [("shop", "tests/test_shop.py; .github/workflows/ci.yml")] == answer.results

    def test_what_is_left_is_no_more_of_nothing(self):
        both: tuple[tuple[Flag, bool], ...] = (("tests", True), ("ci", True))

        assert told(Understood("list", only=GO), [SHOP, TOY]).text.endswith("in Go alone.")
        only_html = Understood("list", only=language("HTML"))
        assert told(only_html, [SHOP, TOY]).text.endswith("in HTML alone. 1 contains HTML.")
        assert told(Understood("list", flags=both), [CLI, TOY]).text.endswith(
            "has tests and CI. 1 has one of the two."
        )

    def test_what_has_no_licence_is_counted(self):
        assert told(Understood("list", licence="MIT")).text.endswith("2 have no licence.")

    def test_filters_combine_with_every_kind(self):
        for kind in get_args(Kind):
            about = (PYTHON, GO) if kind == "compare" else (PYTHON,)
            about = (
                (repository("shop"),) if kind in ("describe", "built_with", "similar") else about
            )
            answer = told(Understood(kind, about, flags=(("archived", False),)))

            assert answer.fact.of == 4
            if kind not in ("describe", "built_with", "similar", "meta"):
                assert "cli" not in names(answer)

    def test_who_asks_what_can_be_asked_is_told(self):
        answer = told(Understood("meta", topic="help"))

        assert (HELP, []) == (answer.text, answer.results)

    def test_the_limit_cuts_results_and_never_the_value(self):
        answer = told(Understood("list", (PYTHON,), limit=1))

        assert 3 == answer.fact.value
        assert ["toy"] == names(answer)

    def test_a_long_list_names_three(self):
        answer = told(Understood("list", not_=(technology("nothing", "Nothing"),)), SAMPLE)

        assert 31 == answer.fact.value == len(answer.results)
        assert answer.text.count("(") == 3
        assert " and 28 more." in answer.text


class TestAlternatives:
    """One of several is enough."""

    def test_one_of_them_is_shown(self):
        answer = told(Understood("count", either=(DJANGO, DOCKER)))

        assert 2 == answer.fact.value
        assert {"Django": 1, "Docker": 1} == answer.fact.also["either"]
        assert (
            "2 of the 4 public repositories show Django or Docker:"
            " shop (Django: django, requirements.txt:3) and cli (Docker: Dockerfile)."
        ) == answer.text

    def test_alternatives_of_several_sorts(self):
        answer = told(Understood("list", either=(GO, DJANGO), flags=(("archived", False),)))

        assert ["shop"] == names(answer)
        assert "contains Go or shows Django and is not archived" in answer.text
        # Each is counted among what passes the other filters.
        assert {"Go": 0, "Django": 1} == answer.fact.also["either"]

    def test_none_of_them(self):
        mysql, oracle = technology("mysql", "MySQL"), technology("oracledb", "Oracle")
        answer = told(Understood("has", either=(mysql, oracle)))

        assert 0 == answer.fact.value
        assert answer.text.startswith("None of the 4 public repositories shows MySQL or Oracle.")
        assert "Nearest: PostgreSQL in 1 repository." in answer.text

    def test_one_repository_without_them(self):
        answer = told(Understood("has", either=(DJANGO, DOCKER)), [TOY])

        assert answer.text == "The only public repository shows no Django or Docker."

    def test_what_must_not_be_there_is_any_of_several(self):
        answer = told(Understood("list", not_=(DJANGO, DOCKER)))

        assert "2 left out that show Django or Docker." in answer.text

    @pytest.mark.parametrize(
        "kind", sorted(set(get_args(Kind)) - {"describe", "built_with", "meta"})
    )
    def test_they_combine_with_every_kind(self, kind: Kind):
        about = {"compare": (PYTHON, GO), "similar": (repository("shop"),)}.get(kind, ())
        answer = told(Understood(kind, about, either=(DJANGO, DOCKER)))

        assert {"toy", "huge-fork"}.isdisjoint(names(answer))
        assert {"Django", "Docker"} == answer.fact.also["either"].keys()  # type: ignore[attr-defined]

    def test_what_the_results_show_is_told_as_terms(self):
        answer = told(Understood("list", (PYTHON,), (DJANGO, DOCKER), (RUST,), PYTHON))

        assert (PYTHON, DJANGO, DOCKER) == answer.terms

    def test_a_named_repository_shows_what_it_is_made_of(self):
        described = told(Understood("describe", (repository("toy"),)))

        assert (PYTHON,) == described.terms
        assert GO in told(Understood("compare", (repository("toy"), repository("cli")))).terms
        # What few repositories have tells more than what all have.
        similar = told(Understood("similar", (repository("cli"),)))
        assert {GO, DOCKER, PYTHON} == {*similar.terms}
        assert PYTHON == similar.terms[-1]


class TestPartialPortfolio:
    """Some repositories are listed, but not read yet."""

    @pytest.mark.parametrize(
        "understood",
        [
            Understood("count", (PYTHON,)),
            Understood("list", flags=(("tests", True),)),
            Understood("superlative", sort=CODE),
            Understood("superlative", (DJANGO,), sort=STARS),
            Understood("languages"),
            Understood("share", (GO,)),
            Understood("compare", (PYTHON, GO)),
            Understood("has", (PYTHON, GO)),
            Understood("timeline", (PYTHON,)),
            Understood("built_with"),
            Understood("similar", (repository("shop"),)),
            Understood("profile"),
            Understood("role", (role("backend developer"),)),
            Understood("highlights"),
            Understood("meta", topic="teamwork"),
        ],
    )
    def test_what_rests_on_content_says_how_much_is_read(self, understood: Understood):
        whole = told(understood)
        answer = tell(understood, PortfolioFacts(PORTFOLIO), NOW, pending=3)

        assert answer is not None
        assert f"So far 1 of the 4 public repositories is read. {whole.text}" == answer.text
        assert {**whole.fact.also, "read": 1} == answer.fact.also
        assert whole.fact.of == answer.fact.of

    @pytest.mark.parametrize(
        "understood",
        [
            Understood("count"),
            Understood("superlative"),
            Understood("superlative", sort=STARS, limit=3),
            Understood("list", flags=(("archived", True),)),
            Understood("list", flags=(("fork", False), ("homepage", True))),
            Understood("list", licence="MIT"),
            Understood("timeline"),
            Understood("describe", (repository("shop"),)),
            Understood("meta", topic="contact"),
        ],
    )
    def test_what_github_lists_is_known_from_the_start(self, understood: Understood):
        assert told(understood) == tell(understood, PortfolioFacts(PORTFOLIO), NOW, pending=3)

    @pytest.mark.parametrize(
        ("pending", "text"),
        [
            (
                4,
                "So far none of the 4 public repositories is read. None is known that shows MySQL.",
            ),
            (2, "So far 2 of the 4 public repositories are read. None is known that shows MySQL."),
        ],
    )
    def test_nothing_is_not_claimed_of_what_is_not_read(self, pending: int, text: str):
        understood = Understood("has", (technology("mysql", "MySQL"),))
        answer = tell(understood, PortfolioFacts(PORTFOLIO), NOW, pending=pending)

        assert answer is not None
        assert answer.text.startswith(text)

    def test_a_repository_that_is_not_read_is_described_with_caution(self):
        unread = bundle_of("x", warnings=["content_pending"])
        understood = Understood("describe", (repository("x"),))
        answer = tell(understood, PortfolioFacts([unread]), NOW, pending=1)

        assert answer is not None
        assert answer.text.startswith("The only public repository is not read yet. x: ")


class TestTruth:
    """Nothing, one and equals are told as such, whatever is asked."""

    QUESTIONS = (
        Understood("count", (PYTHON,)),
        Understood("superlative", (PYTHON,), sort=STARS),
        Understood("compare", (PYTHON, GO)),
        Understood("has", (PYTHON,)),
        Understood("share", (PYTHON,)),
        Understood("languages"),
        Understood("timeline", (PYTHON,)),
        Understood("role", (role("backend developer"),)),
    )

    @pytest.mark.parametrize("understood", QUESTIONS, ids=lambda understood: understood.kind)
    def test_nothing_is_zero_and_is_said(self, understood: Understood):
        answer = told(understood, [bundle_of("a"), bundle_of("b")])

        is_row = understood.kind == "compare"
        assert is_row or 0 == answer.fact.value
        assert [] == answer.results
        assert answer.text.startswith("None of the ")

    @pytest.mark.parametrize("understood", QUESTIONS, ids=lambda understood: understood.kind)
    def test_an_empty_portfolio_is_empty(self, understood: Understood):
        answer = told(understood, [])

        assert (0, 0, []) == (answer.fact.value, answer.fact.of, answer.results)

    @pytest.mark.parametrize("understood", QUESTIONS, ids=lambda understood: understood.kind)
    def test_one_repository_is_no_plural(self, understood: Understood):
        answer = told(understood, [SHOP])

        assert ["shop"] == names(answer)
        assert "repositories" not in answer.text.replace("That goes by the repositories alone.", "")

    def test_the_next_ones_may_tie(self):
        bundles = [
            bundle_of(name, stargazers_count=count)
            for name, count in zip("abc", (5, 2, 2), strict=True)
        ]
        answer = told(Understood("superlative", sort=STARS), bundles)

        assert ("b", 2) == (answer.fact.also["next"], answer.fact.also["next_amount"])
        assert answer.text.endswith("is a, with 5 stars. Next: b and c, with 2 stars each.")

    def test_a_limit_does_not_hide_a_tie(self):
        bundles = [
            bundle_of(name, stargazers_count=count)
            for name, count in zip("abc", (5, 2, 2), strict=True)
        ]
        answer = told(Understood("superlative", sort=STARS, limit=2), bundles)

        assert ["c"] == answer.fact.also["as_many"]
        assert answer.text.endswith(
            "are a (5 stars) and b (2 stars). c ties with the last of them."
        )

    def test_the_newest_that_tie_are_named_in_order(self):
        bundles = [bundle_of("a", pushed_at="2025-02-02T00:00:00Z"), bundle_of("b"), bundle_of("c")]

        assert "newest_created" not in told(Understood("superlative"), bundles).fact.also

    def test_equally_many_of_a_comparison(self):
        assert told(Understood("compare", (DJANGO, DOCKER))).fact.also["most"] is None

    def test_a_list_with_an_order_and_a_number_of_nothing(self):
        answer = told(Understood("list", (RUST,), sort=STARS, limit=3))

        assert (0, []) == (answer.fact.value, answer.results)

    def test_filters_hold_for_technologies_of_a_kind(self):
        databases = (Term("kind", "database", "databases"),)

        assert 0 == told(Understood("languages", databases, licence="GPL-3.0")).fact.value

    def test_other_roles_are_counted_among_what_is_asked_for(self):
        asked = Understood("role", (role("frontend developer"),), licence="GPL-3.0")

        assert 0 == told(asked).fact.also["others"]["backend developer"]  # type: ignore[index]

    def test_what_is_apart_is_data_too(self):
        assert {"Django": 1, "Docker": 1} == told(Understood("has", (DJANGO, DOCKER))).fact.also[
            "apart"
        ]

    def test_years_in_a_job_are_never_shown(self):
        assert told(Understood("timeline", (RUST,))).text.endswith(
            "Years in a job they cannot show."
        )


class TestSuperlative:
    def test_the_most_recent_is_the_last_pushed(self):
        answer = told(Understood("superlative", sort=NEWEST, limit=1))

        assert ("shop", "name") == (answer.fact.value, answer.fact.unit)
        assert (
            "The most recently pushed public repository is shop, last pushed 1 June 2026."
            " A shop for tea. Next: toy, last pushed 8 July 2025."
            " The newest by creation is toy (1 March 2024)."
        ) == answer.text
        assert [("shop", "last pushed 1 June 2026")] == answer.results

    def test_the_last_push_is_what_is_meant_without_an_order(self):
        assert "shop" == told(Understood("superlative")).fact.value

    def test_a_fork_is_never_first(self):
        answer = told(Understood("superlative", sort=OLDEST))

        assert "shop" == answer.fact.value
        assert answer.text.startswith(
            "The oldest public repository is shop, created 3 February 2020, as far as GitHub shows."
        )

    def test_nor_biggest(self):
        answer = told(Understood("superlative", sort=CODE))

        assert ("cli", 10_000) == (answer.fact.value, answer.fact.also["amount"])
        assert (
            "cli, with 10.0 KB of code, mostly Go. Next: shop, with 6.0 KB of code in Python."
            in answer.text
        )

    def test_unless_forks_are_asked_for(self):
        forks = Understood("superlative", flags=(("fork", True),), sort=CODE)

        assert "huge-fork" == told(forks).fact.value

    def test_big_in_a_language_is_by_bytes_of_it(self):
        answer = told(Understood("superlative", (PYTHON,), sort=CODE))

        assert ("shop", 6_000) == (answer.fact.value, answer.fact.also["amount"])
        assert "The biggest public repository that contains Python is shop" in answer.text

    def test_the_newest_that_also_is_the_last_pushed_is_told_once(self):
        answer = told(Understood("superlative"), [TOY, CLI])

        assert "newest" not in answer.text

    def test_ties_are_told(self):
        answer = told(Understood("superlative", sort=STARS))

        assert ["cli", "shop"] == answer.fact.also["ties"]
        assert "toy" == answer.fact.also["next"]
        assert (
            "The most starred public repositories are cli and shop, with 7 stars each."
            " Next: toy, with 1 star."
        ) == answer.text

    def test_ties_of_dates_are_told(self):
        answer = told(Understood("superlative", sort=OLDEST), [bundle_of("b"), bundle_of("a")])

        assert (
            "The oldest public repositories are a and b, each created 1 January 2025,"
            " as far as GitHub shows."
        ) == answer.text

    def test_so_many_as_asked_for(self):
        answer = told(Understood("superlative", sort=STARS, limit=3))

        assert (
            "The 3 most starred public repositories are cli (7 stars), shop (7 stars)"
            " and toy (1 star)."
        ) == answer.text
        assert ["cli", "shop", "toy"] == names(answer)

    def test_fewer_than_asked_for(self):
        answer = told(Understood("superlative", (DJANGO,), sort=STARS, limit=3))

        assert (
            answer.text == "The most starred public repository that shows Django is shop (7 stars)."
        )

    def test_a_list_with_an_order_and_a_limit_is_one(self):
        assert "cli" == told(Understood("list", sort=STARS, limit=2)).fact.value

    def test_nobody_has_a_star(self):
        answer = told(Understood("superlative", sort=STARS), [FORK, bundle_of("a")])

        assert 0 == answer.fact.value
        assert "None of the 2 public repositories has a star yet." == answer.text

    @pytest.mark.parametrize(
        ("sort", "bundles", "text"),
        [
            (CODE, [bundle_of("a"), bundle_of("b")], "holds program code of its own"),
            (OLDEST, [FORK, bundle_of("b", fork=True)], "is more than a fork"),
            (NEWEST, [bundle_of(name, pushed_at=None) for name in "ab"], "was ever pushed to"),
        ],
    )
    def test_nothing_to_order(self, sort: Sort, bundles: list[PublishedBundle], text: str):
        answer = told(Understood("superlative", sort=sort), bundles)

        assert f"None of the 2 public repositories {text}." == answer.text
        assert [] == answer.results

    def test_nothing_that_fits(self):
        answer = told(Understood("superlative", (RUST,), sort=STARS))

        assert 0 == answer.fact.value
        assert answer.text.startswith("None of the 4 public repositories contains Rust.")

    def test_commits_that_nobody_counted_are_said_not_to_be_known(self):
        answer = told(Understood("superlative", sort=Sort("commits", True)))

        assert (None, []) == (answer.fact.value, answer.results)
        assert "It is not known how many commits 4 public repositories have." == answer.text

    def test_commits(self):
        bundles = [bundle_of("a", commits=3), bundle_of("b", commits=1), bundle_of("c")]
        answer = told(Understood("superlative", sort=Sort("commits", True)), bundles)

        assert ("a", 3) == (answer.fact.value, answer.fact.also["amount"])
        assert "is a, with 3 commits. Next: b, with 1 commit." in answer.text


class TestLanguages:
    def test_the_strongest_first_and_by_which_rule(self):
        answer = told(Understood("languages"), [SHOP, CLI, TOY])

        rows: Any = answer.fact.value
        assert ["Python", "Go", "HTML"] == [row["language"] for row in rows]
        assert (2, 3, 7_500) == (rows[0]["main_in"], rows[0]["present_in"], rows[0]["bytes"])
        assert "Python" == answer.fact.also["strongest"]
        assert "log10" in answer.fact.rule
        assert (
            "Python is the strongest of 3 languages: the main one in 2 of 3 public repositories,"
            " present in 3, last pushed 1 June 2026. Then Go (main in 1, present in 1)"
            " and HTML (main in 0, present in 1)."
        ) == answer.text

    def test_one_language_is_a_name_and_all_are_told_beside(self):
        answer = told(Understood("languages", limit=1))

        rows: Any = answer.fact.also["rows"]
        assert ("Python", "name") == (answer.fact.value, answer.fact.unit)
        assert ["Python", "Go", "HTML"] == [row["language"] for row in rows]
        assert 1 == len(answer.results)

    def test_how_many_there_are_is_said(self):
        answer = told(Understood("languages"))

        assert 3 == answer.fact.also["languages"]
        assert " is the strongest of 3 languages: " in answer.text
        assert "Python is the only language: the main one in 2 of 2" in (
            told(Understood("languages"), [TOY, bundle_of("p", languages={"Python": 9})]).text
        )

    def test_forks_are_left_out_unless_there_is_nothing_else(self):
        assert told(Understood("languages")).fact.rule.endswith("log10(1 + bytes), without forks")

        only_forks = told(Understood("languages"), [FORK, bundle_of("empty")])
        assert "C" == only_forks.fact.also["strongest"]
        assert "forks" not in only_forks.fact.rule

    def test_a_filter_is_mentioned(self):
        unarchived = Understood("languages", flags=(("archived", False),))

        assert "in 2 of 2 public repositories that are not archived, present in 2" in (
            told(unarchived).text
        )
        assert " of shop, which is not archived, last " in told(unarchived, [SHOP, CLI]).text

    def test_of_a_named_repository(self):
        answer = told(Understood("languages", (repository("shop"),)))

        assert (
            "Python is the strongest of 2 languages of shop, last pushed 1 June 2026. Then HTML."
            == (answer.text)
        )

    def test_markup_is_the_strongest_only_if_there_is_no_code(self):
        page = bundle_of("page", languages={"HTML": 900, "Shell": 2})
        assert "Shell" == told(Understood("languages"), [page]).fact.also["strongest"]

        page["languages"] = {"HTML": 900}
        assert "HTML" == told(Understood("languages"), [page]).fact.also["strongest"]

    def test_technologies_of_a_kind(self):
        databases = Understood("languages", (Term("kind", "database", "databases"),))

        answer = told(databases)

        rows = [{"technology": "PostgreSQL", "repositories": 1, "names": ["shop"]}]
        assert rows == answer.fact.value
        assert [("shop", "PostgreSQL")] == answer.results
        assert (
            "1 of the 4 public repositories shows database technologies: PostgreSQL (1)."
        ) == answer.text
        assert 0 == told(databases, [TOY, CLI]).fact.value

    def test_languages_of_a_kind(self):
        functional = Understood(
            "built_with", (Term("kind", "language.functional", "functional language"),)
        )
        bundles = [bundle_of("a", languages={"Haskell": 9, "C": 1}), TOY]

        rows = [{"technology": "Haskell", "repositories": 1, "names": ["a"]}]
        assert rows == told(functional, bundles).fact.value

    def test_no_language(self):
        answer = told(Understood("languages"), [bundle_of("a"), bundle_of("b")])

        assert 0 == answer.fact.value
        assert answer.text.startswith("None of the 2 public repositories contains a language")

    def test_so_many_as_asked_for_are_named(self):
        names_four = told(Understood("languages", limit=4), SAMPLE)

        assert 3 == names_four.text.count("present in ") - 1
        assert "languages" == names_four.fact.unit


class TestShare:
    def test_of_the_bytes_of_code(self):
        answer = told(Understood("share", (PYTHON,)), [SHOP, CLI, TOY])

        assert (45.5, "%") == (answer.fact.value, answer.fact.unit)
        assert (
            "45.5 % of the code is Python: 7.5 KB of 16.5 KB, in 3 repositories."
            " Go dominates with 55 %."
        ) == answer.text

    def test_a_small_share_is_not_nothing(self):
        tiny = bundle_of("tiny", languages={"C": 1_000_000, "Go": 123})

        assert 0.012 == told(Understood("share", (GO,)), [tiny]).fact.value

    def test_markup_is_compared_with_all_bytes(self):
        assert 40 == told(Understood("share", (language("HTML"),)), [SHOP]).fact.value

    def test_none(self):
        answer = told(Understood("share", (RUST,)))

        assert 0 == answer.fact.value
        assert "None of the code is Rust: no public repository contains it." == answer.text

    def test_of_a_technology_is_a_count(self):
        assert 1 == told(Understood("share", (DJANGO,))).fact.value

    def test_of_nothing_named_are_the_languages(self):
        assert "languages" == told(Understood("share")).fact.unit

    def test_forks_are_left_out(self):
        c = Understood("share", (language("C"),))

        assert "bytes of code, without forks" == told(c).fact.rule
        assert told(c).text.endswith("no public repository contains it but forks.")
        assert 100 == told(c, [FORK]).fact.value


class TestHas:
    def test_something_shown(self):
        answer = told(Understood("has", (DJANGO,)))

        assert 1 == answer.fact.value
        assert (
            "1 of the 4 public repositories shows Django: shop (django, requirements.txt:3)."
        ) == answer.text

    def test_the_nearest_of_the_same_kind(self):
        answer = told(Understood("has", (technology("mysql", "MySQL"),)))

        assert 0 == answer.fact.value
        assert {"PostgreSQL": ["shop"]} == answer.fact.also["nearest"]
        assert (
            "None of the 4 public repositories shows MySQL. Nearest: PostgreSQL in 1 repository."
        ) == answer.text
        assert [] == answer.results

    def test_the_nearest_languages(self):
        answer = told(Understood("has", (RUST,)))

        assert {"C": ["huge-fork"], "Go": ["cli"]} == answer.fact.also["nearest"]
        assert (
            "None of the 4 public repositories contains Rust."
            " Nearest: C in 1 repository and Go in 1 repository."
        ) == answer.text

    def test_a_language_without_a_family_has_no_nearest(self):
        assert told(Understood("has", (language("COBOL"),))).text.endswith("contains COBOL.")

    def test_mentions_are_told_as_such(self):
        notes = bundle_of("notes", readme="# Notes\n\nIdeas about Kubernetes and its nodes.")
        answer = told(Understood("has", (technology("kubernetes", "Kubernetes"),)), [notes, TOY])

        assert 0 == answer.fact.value
        assert "The README of notes mentions Kubernetes without more to show for it." in answer.text

    def test_several_are_counted_together_and_apart(self):
        answer = told(Understood("has", (DJANGO, DOCKER)))

        assert 0 == answer.fact.value
        assert "None of the 4 public repositories shows Django and Docker." in answer.text
        assert answer.text.endswith("Apart: Django in 1 and Docker in 1.")

    def test_a_role(self):
        assert 1 == told(Understood("has", (role("backend developer"),))).fact.value


class TestTimeline:
    def test_between_the_first_creation_and_the_last_push(self):
        answer = told(Understood("timeline", (PYTHON,)))

        assert ["2020-02-03", "2026-06-01"] == answer.fact.value
        assert ("shop", "shop", 6.3) == tuple(
            answer.fact.also[key] for key in ("first", "last", "years")
        )
        assert (
            "Between 3 February 2020 (shop created) and 1 June 2026 (shop last pushed), 3 public"
            " repositories contain Python: 6 years and 3 months. Years in a job they cannot show."
        ) == answer.text

    def test_the_names_of_the_first_and_the_last(self):
        answer = told(Understood("timeline", (PYTHON,)), [CLI, TOY])

        assert [
            ("cli", "created 1 January 2021"),
            ("toy", "last pushed 8 July 2025"),
        ] == answer.results

    @pytest.mark.parametrize(
        ("sort", "value", "text"),
        [
            (NEWEST, "2026-06-01", "The last push to a public repository {} 1 June 2026: shop."),
            (OLDEST, "2020-02-03", "The oldest public repository {} 3 February 2020: shop."),
            (Sort("created", True), "2024-03-01", "The newest public repository {} 1 March 2024: toy."),
        ],
    )  # fmt: skip
    def test_one_date(self, sort: Sort, value: str, text: str):
        answer = told(Understood("timeline", (PYTHON,), sort=sort))

        assert (value, "date") == (answer.fact.value, answer.fact.unit)
        was = "was on" if sort == NEWEST else "was created on"
        assert text.format(f"that contains Python {was}") == answer.text
        assert ("2020-02-03", "2026-06-01") == (
            answer.fact.also["first_created"],
            answer.fact.also["last_pushed"],
        )
        assert answer.fact.rule.startswith("by the ")

    def test_the_repository_of_the_date_comes_first(self):
        assert "shop" == names(told(Understood("timeline", sort=OLDEST)))[0]

    def test_of_equal_dates_the_first_by_name_is_named(self):
        bundles = [
            bundle_of("a", pushed_at="2025-02-02T00:00:00Z"),
            bundle_of("b", pushed_at="2025-03-03T00:00:00Z"),
        ]

        assert "a" == told(Understood("timeline"), bundles).fact.also["first"]
        newest = Understood("timeline", sort=Sort("created", True))
        assert "a" == told(newest, bundles).fact.also["repository"]

    def test_nothing(self):
        assert 0 == told(Understood("timeline", (RUST,))).fact.value

    def test_a_fork_does_not_begin_it(self):
        assert "2020-02-03" == told(Understood("timeline")).fact.value[0]  # type: ignore[index]


class TestCompare:
    @pytest.mark.parametrize(
        ("about", "rule"),
        [
            ((PYTHON, GO), LANGUAGE_RULE),
            ((DJANGO, DOCKER), EVIDENCE_RULE),
            ((PYTHON, DOCKER), f"{LANGUAGE_RULE}; {EVIDENCE_RULE}"),
        ],
    )
    def test_the_rule_is_that_of_what_is_compared(self, about: tuple[Term, ...], rule: str):
        assert rule == told(Understood("compare", about)).fact.rule

    def test_two_languages(self):
        answer = told(Understood("compare", (PYTHON, GO)))

        rows: Any = answer.fact.value
        assert [("Python", 3, 7_500, "shop"), ("Go", 1, 9_000, "cli")] == [
            (row["name"], row["repositories"], row["bytes"], row["best"]) for row in rows
        ]
        assert ("Python", 1) == (answer.fact.also["most"], answer.fact.also["both"])
        assert (
            "More public repositories show Python. Python: 3 repositories, 7.5 KB, last pushed"
            " 1 June 2026, best shop and cli. Go: 1 repository, 9.0 KB, last pushed 6 May 2024,"
            " best cli. 1 repository shows both."
        ) == answer.text

    def test_nothing_stays_nothing(self):
        answer = told(Understood("compare", (DJANGO, technology("rubyonrails", "Ruby on Rails"))))

        assert [1, 0] == [row["repositories"] for row in answer.fact.value]  # type: ignore[attr-defined]
        assert "Ruby on Rails: none." in answer.text

    def test_neither(self):
        answer = told(Understood("compare", (RUST, language("Zig"))))

        assert "None of the 4 public repositories shows Rust or Zig." == answer.text

    def test_equally_many(self):
        answer = told(Understood("compare", (DJANGO, DOCKER)))

        assert answer.fact.also["most"] is None
        assert answer.text.startswith("Equally many public repositories show Django and Docker.")

    def test_roles(self):
        answer = told(
            Understood("compare", (role("frontend developer"), role("backend developer")))
        )

        assert answer.text.startswith("More public repositories show backend work.")

    def test_two_repositories(self):
        answer = told(Understood("compare", (repository("shop"), repository("cli"))))

        assert ["shop", "cli"] == names(answer)
        assert ["Python"] == answer.fact.also["common"]
        assert answer.text.startswith("Both use Python. shop also uses HTML, ")
        assert "7 stars, last pushed 6 May 2024." in answer.text

    def test_two_repositories_with_nothing_in_common(self):
        answer = told(Understood("compare", (repository("shop"), repository("huge-fork"))))

        assert answer.text.startswith("They share no technology. shop uses ")

    @pytest.mark.parametrize(
        "about", [(), (PYTHON,), (repository("shop"),), (repository("shop"), repository("gone"))]
    )
    def test_one_thing_is_not_compared(self, about: tuple[Term, ...]):
        assert tell(Understood("compare", about), PortfolioFacts(PORTFOLIO), NOW) is None


class TestOneRepository:
    def test_it_is_described(self):
        answer = told(Understood("describe", (repository("shop"),)))

        assert "shop" == answer.fact.value
        assert "https://github.com/ada/shop" == answer.fact.also["url"]
        assert answer.text.startswith("shop: A shop for tea. Made with Python, HTML, ")
        assert answer.text.endswith(
            "Created 3 February 2020, last pushed 1 June 2026, 7 stars, licence MIT."
        )

    def test_one_that_says_nothing(self):
        answer = told(Understood("describe", (repository("x"),)), [bundle_of("x", archived=True)])

        assert answer.text.startswith("x: it does not say what it is. Created ")
        assert answer.text.endswith("0 stars, archived.")

    def test_what_it_is_built_with_and_where_that_stands(self):
        answer = told(Understood("built_with", (repository("shop"),)))

        rows: Any = answer.fact.value
        evidence = {row["technology"]: row["evidence"] for row in rows}
        assert "6.0 KB" == evidence["Python"]
        assert "django, requirements.txt:3" == evidence["Django"]
        assert answer.text.startswith("shop is built with Python (6.0 KB), HTML (4.0 KB), ")

    def test_built_with_nothing(self):
        answer = told(Understood("built_with", (repository("x"),)), [bundle_of("x")])

        assert 0 == answer.fact.value
        assert "x holds nothing that shows what it is built with." == answer.text

    def test_the_stack_of_the_portfolio_by_kind(self):
        answer = told(Understood("built_with"))

        assert {"kind": "languages", "technology": "Python", "repositories": 3} in answer.fact.value  # type: ignore[operator]
        assert "Languages: Python (3), C (1) and Go (1)." in answer.text
        assert "Data: PostgreSQL (1)." in answer.text

    def test_the_stack_of_one_kind(self):
        databases = (Term("kind", "database", "databases"),)

        assert told(Understood("languages", databases)) == told(Understood("built_with", databases))

    def test_languages_of_tools_come_last_in_the_stack(self):
        sizes = {"Dockerfile": 9, "Go": 1}
        bundles = [bundle_of("a", languages=sizes), bundle_of("b", languages={"Dockerfile": 9})]

        text = told(Understood("built_with"), bundles).text
        assert "Languages: Go (1) and Dockerfile (2)." in text

    def test_no_stack(self):
        assert told(Understood("built_with"), [bundle_of("x"), bundle_of("y")]).fact.value == 2

    def test_others_like_it_and_never_itself(self):
        answer = told(Understood("similar", (repository("shop"),)))

        assert 2 == answer.fact.value
        assert [("cli", "shares Python"), ("toy", "shares Python")] == answer.results
        assert (
            "2 public repositories share something with shop; most like it:"
            " cli (shares Python) and toy (shares Python)."
        ) == answer.text
        assert told(Understood("similar", (repository("shop"),)), [SHOP, TOY]).text == (
            "1 public repository shares something with shop: toy (shares Python)."
        )

    def test_what_is_rare_is_worth_more(self):
        bundles = [
            bundle_of("a", languages={"Python": 1}, topics=["terraform"]),
            bundle_of("b", languages={"Python": 1}),
            bundle_of("c", topics=["terraform"]),
            bundle_of("d", languages={"Python": 1}),
        ]

        assert "c" == names(told(Understood("similar", (repository("a"),)), bundles))[0]

    def test_nothing_is_like_it(self):
        answer = told(Understood("similar", (repository("huge-fork"),)))

        assert 0 == answer.fact.value
        assert "No other public repository shares a language or technology with it." == answer.text

    @pytest.mark.parametrize("kind", ["describe", "built_with", "similar"])
    def test_a_repository_that_is_not_there_cannot_be_told(self, kind: Kind):
        understood = Understood(kind, (repository("gone"),))

        assert tell(understood, PortfolioFacts(PORTFOLIO), NOW) is None


class TestPerson:
    def test_a_profile(self):
        answer = told(Understood("profile"))

        assert 4 == answer.fact.value
        assert ("2020-02-03", 15) == (answer.fact.also["since"], answer.fact.also["stars"])
        assert 2 == answer.fact.also["pushed_in_last_two_years"]
        assert answer.text.startswith("4 public repositories since 3 February 2020. Mainly ")
        assert answer.text.endswith("Lately: shop, toy and cli, last pushed 1 June 2026.")
        assert ["Python", "Go"] == answer.fact.also["languages"]  # not C, which a fork is in

    def test_a_profile_of_a_time(self):
        recent = Understood("profile", period=Period(date(2023, 1, 1), None, "any", "since 2023"))

        assert told(recent).text.startswith(
            "3 public repositories that were created or pushed to since 2023,"
            " the oldest created 3 February 2020. "
        )
        assert told(recent, [TOY, FORK]).text.startswith(
            "1 public repository that was created or pushed to since 2023, created 1 March 2024. "
        )

    def test_a_role(self):
        answer = told(Understood("role", (role("backend developer"),)))

        assert 1 == answer.fact.value
        assert (
            "1 of the 4 public repositories shows backend work: shop (Django, PostgreSQL)."
        ) in answer.text

    def test_mostly_if_no_other_role_is_shown_by_more(self):
        assert told(Understood("role", (role("backend developer"),))).text.startswith("Mostly: ")

        answer = told(Understood("role", (role("frontend developer"),)))
        assert answer.text.startswith("None of the 4 public repositories shows frontend work.")
        assert " 1 shows backend work." in answer.text

    def test_a_profile_of_what_says_little(self):
        bare = bundle_of("bare", pushed_at=None, created_at="")

        assert "1 public repository." == told(Understood("profile"), [bare]).text
        assert told(Understood("meta"), [bare]).text.endswith("repositories cannot show.")
        assert "bare" in told(Understood("highlights"), [bare]).text
        availability = Understood("meta", topic="availability")
        assert told(availability, [bare]).fact.value is None
        contact = Understood("meta", topic="contact")
        assert told(contact, [bare]).text.endswith("https://github.com/ada.")

    def test_code_without_technologies(self):
        plain = bundle_of("plain", languages={"C": 9})

        assert "Mainly C (1)." in told(Understood("profile"), [plain]).text

    @pytest.mark.parametrize("kind", ["profile", "highlights", "timeline", "superlative"])
    def test_nobody_fits(self, kind: Kind):
        answer = told(Understood(kind, (RUST,)))

        assert (0, []) == (answer.fact.value, answer.results)

    @pytest.mark.parametrize(
        ("asked", "is_beside"),
        [
            (role("data scientist"), False),
            (role("data science"), False),
            (Term("kind", "database", "databases"), True),
            (role("frontend developer"), True),
        ],
    )
    def test_the_same_role_is_not_told_beside(self, asked: Term, is_beside: bool):
        others: Any = told(Understood("role", (asked,))).fact.also["others"]

        assert is_beside is ("data scientist" in others)

    def test_no_role_is_a_profile(self):
        assert told(Understood("profile")).text == told(Understood("role")).text

    def test_two_roles_are_compared(self):
        both = (role("backend developer"), role("frontend developer"))

        assert told(Understood("role", both)).text == told(Understood("compare", both)).text

    def test_highlights_with_why(self):
        answer = told(Understood("highlights"))

        assert ["shop", "cli", "toy"] == answer.fact.value
        assert ["shop", "cli", "toy"] == names(answer)
        assert dict(answer.results)["shop"].startswith("recent: last pushed 1 June 2026")
        assert "the fullest README" in dict(answer.results)["shop"]
        assert "7 stars" == dict(answer.results)["cli"]

    def test_three_repositories_if_each_is_first_once(self):
        assert ["beehive-sensor", "ferrous-grep", "skyhook"] == told(
            Understood("highlights"), SAMPLE
        ).fact.value

    @pytest.mark.parametrize(
        ("topic", "text"),
        [
            ("seniority", "repositories cannot show. 4 public repositories span 6 years and 3 months"),
            ("contact", "https://github.com/ada. Homepages named here: https://tea.example (shop)"),
            ("salary", "Repositories say nothing of salaries or rates."),
            ("teamwork", "The nearest: 1 of the 4 public repositories has CI."),
            ("availability", "The last push was on 1 June 2026 (shop)."),
            (None, "That is something that repositories cannot show."),
        ],
    )  # fmt: skip
    def test_what_repositories_cannot_show_is_said(self, topic: Topic | None, text: str):
        # Words of the reading decide nothing.
        answer = told(Understood("meta", topic=topic, read_as="salary of a team"))

        assert (topic or "general") == answer.fact.also["topic"]
        assert text in answer.text


class TestSmallPortfolios:
    @pytest.mark.parametrize("kind", get_args(Kind))
    def test_an_empty_portfolio_is_told_as_such(self, kind: Kind):
        answer = told(Understood(kind, (PYTHON,)), [])

        assert (0, 0, []) == (answer.fact.value, answer.fact.of, answer.results)
        assert "There are no public repositories yet." == answer.text

    @pytest.mark.parametrize(
        ("understood", "text"),
        [
            (Understood("count"), "There is 1 public repository. The last push was to shop on 1 June 2026."),
            (Understood("count", (PYTHON,)), "The only public repository contains Python (60 % Python)."),
            (Understood("has", (RUST,)), "The only public repository contains no Rust."),
            (Understood("has", (role("data scientist"),)), "The only public repository shows no work of a data"),
            (Understood("list", flags=(("archived", True),)), "The only public repository is not archived."),
            (Understood("list", licence="Apache-2.0"), "The only public repository is not one that has the"),
            (Understood("superlative", sort=STARS), "The only public repository is shop, 7 stars."),
            (Understood("languages"), "Python is the strongest of 2 languages of shop, last pushed 1 June 2026. Then"),
            (Understood("profile"), "1 public repository since 3 February 2020."),
            (Understood("highlights"), "There is one to start with: shop ("),
            (Understood("timeline"), "Between 3 February 2020 (shop created) and 1 June 2026 (shop last"),
        ],
    )  # fmt: skip
    def test_one_repository_reads_well(self, understood: Understood, text: str):
        assert told(understood, [SHOP]).text.startswith(text)


class TestSample:
    """Every kind on the sample portfolio."""

    @pytest.mark.parametrize("kind", get_args(Kind))
    @pytest.mark.parametrize("about", [(), (PYTHON,), (DOCKER,), (repository("tidepool"),)])
    def test_every_answer_states_its_value(self, kind: Kind, about: tuple[Term, ...]):
        answer = tell(Understood(kind, about), PortfolioFacts(SAMPLE), NOW)
        if answer is None:
            return

        assert answer.text.endswith((".", "https://github.com/ada-nimbus"))
        assert "  " not in answer.text
        assert len(names(answer)) == len(set(names(answer)))
        if isinstance(answer.fact.value, str | int) and answer.fact.value:
            assert f"{answer.fact.value}" in answer.text

    @pytest.mark.parametrize("kind", get_args(Kind))
    @pytest.mark.parametrize("about", [(), (PYTHON, GO), (repository("tidepool"),)])
    def test_facts_are_json(self, kind: Kind, about: tuple[Term, ...]):
        answer = tell(Understood(kind, about), PortfolioFacts(SAMPLE), NOW)

        assert json.dumps(answer and [answer.fact.value, answer.fact.also])

    def test_how_many_use_docker(self):
        answer = told(Understood("count", (DOCKER,)), SAMPLE)

        assert 4 == answer.fact.value
        assert {"service-template", "skyhook", "ticketwise", "tidepool"} == set(names(answer))

    def test_the_first_and_the_most_starred(self):
        assert "postcards" == told(Understood("superlative", sort=OLDEST), SAMPLE).fact.value
        assert "ferrous-grep" == told(Understood("superlative", sort=STARS), SAMPLE).fact.value

    def test_the_strongest_language(self):
        assert "Python" == told(Understood("languages", limit=1), SAMPLE).fact.value

    def test_python_but_not_django(self):
        answer = told(Understood("list", (PYTHON,), not_=(DJANGO,)), SAMPLE)

        assert (7, 1) == (answer.fact.value, answer.fact.also["dropped"])


LANGUAGES = ("Python", "Go", "C", "HTML")
MOMENTS = st.integers(0, 4_000).map(
    lambda days: datetime(2015, 1, 1, 9, tzinfo=UTC) + timedelta(days)
)


@st.composite
def portfolios(draw: st.DrawFn) -> list[PublishedBundle]:
    def bundle(number: int) -> PublishedBundle:
        created = draw(MOMENTS)
        pushed = created + timedelta(days=draw(st.integers(0, 900)))
        return bundle_of(
            f"r{number:02}",
            languages=draw(
                st.dictionaries(st.sampled_from(LANGUAGES), st.integers(1, 5_000), max_size=3)
            ),
            files=draw(st.sampled_from([[], ["Dockerfile"], ["manage.py"]])),
            created_at=created.isoformat(),
            pushed_at=draw(st.sampled_from([None, pushed.isoformat()])),
            stargazers_count=draw(st.integers(0, 3)),
            fork=draw(st.booleans()),
            archived=draw(st.booleans()),
            license=draw(st.sampled_from([None, "MIT", "GPL-3.0"])),
        )

    return [bundle(number) for number in range(draw(st.integers(1, 8)))]


@st.composite
def questions(draw: st.DrawFn) -> Understood:
    terms = st.sampled_from([PYTHON, GO, DOCKER, DJANGO])
    flags: Any = st.sampled_from(["archived", "fork"])
    return Understood(
        kind=draw(st.sampled_from(["count", "list", "superlative"])),
        about=tuple(draw(st.lists(terms, max_size=2, unique=True))),
        not_=tuple(draw(st.lists(terms, max_size=1))),
        only=draw(st.sampled_from([None, PYTHON])),
        flags=tuple(draw(st.dictionaries(flags, st.booleans(), max_size=1)).items()),
        licence=draw(st.sampled_from([None, None, "MIT", ""])),
        period=draw(
            st.sampled_from([None, Period(date(2019, 1, 1), date(2022, 12, 31), "created", "then")])
        ),
        sort=draw(st.sampled_from([NEWEST, OLDEST, STARS, CODE])),
        limit=draw(st.sampled_from([None, 1, 3])),
    )


def _holds(bundle: PublishedBundle, understood: Understood) -> bool:
    """Decide about one bundle without the code under test."""
    metadata, sizes = bundle["metadata"], bundle["languages"]
    files = {"docker": "Dockerfile", "django": "manage.py"}

    def shown(term: Term) -> bool:
        if term.kind == "language":
            return term.id in sizes
        return files[term.id] in bundle["files"]

    flag_values: dict[Flag, bool] = {"archived": metadata["archived"], "fork": metadata["fork"]}
    code = sum(size for name, size in sizes.items() if name != "HTML")
    created = datetime.fromisoformat(metadata["created_at"])
    return (
        all(map(shown, understood.about))
        and not any(map(shown, understood.not_))
        and all(flag_values[flag] is holds for flag, holds in understood.flags)
        and (understood.only is None or (code > 0 and sizes.get("Python", 0) >= 0.9 * code))
        and (understood.licence is None or (metadata["license"] or "") == understood.licence)
        and (understood.period is None or 2019 <= created.year <= 2022)
    )


class TestProperties:
    @given(bundles=portfolios(), understood=questions())
    @settings(deadline=None, max_examples=150)
    def test_the_value_is_what_an_independent_count_finds(
        self, bundles: list[PublishedBundle], understood: Understood
    ):
        fitting = [bundle for bundle in bundles if _holds(bundle, understood)]
        if understood.kind == "list":  # with an order and a limit, it is a superlative
            understood = replace(understood, limit=None)
        answer = told(understood, bundles)

        if understood.kind != "superlative":
            assert len(fitting) == answer.fact.value
            expected = {bundle["metadata"]["name"] for bundle in fitting}
            assert set(names(answer)) <= expected
            assert len(names(answer)) == min(len(expected), understood.limit or len(expected))
        else:
            assert self.first(fitting, understood) == answer.fact.value

    @staticmethod
    def first(fitting: list[PublishedBundle], understood: Understood) -> str | int:
        """Return the name of the first, and 0 if there is none."""
        terms = [*understood.about, *([understood.only] if understood.only else [])]
        named = next((term.id for term in terms if term.kind == "language"), None)

        def value(bundle: PublishedBundle) -> Any:
            metadata, sizes = bundle["metadata"], bundle["languages"]
            code = sum(size for name, size in sizes.items() if name != "HTML")
            assert understood.sort is not None
            return {
                "pushed": metadata["pushed_at"] and -datetime.fromisoformat(metadata["pushed_at"]).timestamp(),
                "created": datetime.fromisoformat(metadata["created_at"]).timestamp(),
                "stars": -metadata["stargazers_count"],
                "code": -(sizes.get(named, 0) if named else code),
            }[understood.sort.field]  # fmt: skip

        assert understood.sort is not None
        may_be_fork = ("fork", True) in understood.flags or understood.sort.field in (
            "pushed",
            "stars",
        )
        known = [
            bundle
            for bundle in fitting
            if (may_be_fork or not bundle["metadata"]["fork"])
            and value(bundle) is not None
            and (understood.sort.field not in ("stars", "code") or value(bundle))
        ]
        best = min(
            known, key=lambda bundle: (value(bundle), bundle["metadata"]["name"]), default=None
        )
        return best["metadata"]["name"] if best else 0


class TestSentences:
    @pytest.mark.parametrize(
        ("expected", "made"),
        [
            ("1 repository", counted(1, "repository")),
            ("1,200 stars", counted(1_200, "star")),
            ("12 November 2026", day(date(2026, 11, 12))),
            ("1 byte", size(1)),
            ("843 bytes", size(843)),
            ("1.3 MB", size(1_310_000)),
            ("1.0 MB", size(999_990)),
            ("340 KB", size(340_200)),
            ("1,200 TB", size(12 * 10**14)),
            ("less than 1 %", percent(0.004)),
            ("more than 99 %", percent(0.998)),
            ("100 %", percent(1)),
            ("0 %", percent(0)),
            ("1 year", span(date(2025, 1, 1), date(2026, 1, 1))),
            ("2 years and 1 month", span(date(2024, 1, 1), date(2026, 2, 3))),
            ("3 weeks", span(date(2026, 1, 1), date(2026, 1, 23))),
            ("5 days", span(date(2026, 1, 1), date(2026, 1, 6))),
            ("1 day", span(date(2026, 1, 1), date(2026, 1, 1))),
            ("", listed([])),
            ("a", listed(["a"])),
            ("a, b or c", listed(["a", "b", "c"], "or")),
            ("a, b and c", some_of(["a", "b", "c"], 2)),
            ("a, b and 2 more", some_of(["a", "b", "c", "d"], 2)),
            ("database technologies", thing(Term("kind", "database", "databases"))),
            ("messaging technologies", thing(Term("kind", "messaging", "messaging"))),
            ("api technologies", thing(Term("kind", "api", "api technology"))),
            ("cms technologies", thing(Term("kind", "cms", "cms"))),
            ("internet of things technologies", thing(Term("kind", "iot", "internet of things"))),
            ("backend work", work_of("backend developer")),
            ("software work", work_of("developer")),
            ("the work of an architect", work_of("architect")),
            ("design work", work_of("design")),
            ("Yes.", ended("Yes ")),
            ("Why?", ended("Why?")),
            ("", ended(" ")),
        ],
    )
    def test_people_read_it(self, expected: str, made: str):
        assert expected == made
